"""The archive: a plain tar of the database, the stored files and last a manifest, which says what all of it must be.

Reading trusts nothing: names, kinds, sizes, hashes and the manifest's own seal are checked before anybody uses a byte of it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any, cast

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from core.backup import leftovers, snapshot
from core.backup.faults import BackupError, room_on

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMAT = "Systems Leadership Portal back-up"
VERSION = 1
DATABASE, FILES, MANIFEST = "database", "files/", "manifest.json"
MAX_MANIFEST_BYTES = 256 * 1024 * 1024
PIECE = 1024 * 1024
BROKEN = "This back-up is broken: {}. Nothing was changed."


@dataclass(frozen=True)
class Member:
    """How long one part of the archive is, and its SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive must hold."""

    created_at: str
    stands: snapshot.Snapshot
    members: dict[str, Member]
    is_ours: bool = True

    @property
    def files(self) -> dict[str, Member]:
        """Return the stored files by their names."""
        return {name.removeprefix(FILES): member for name, member in self.members.items() if name.startswith(FILES)}

    def as_json(self) -> dict[str, Any]:
        """Return it as it is written, without its seal."""
        members = {name: {"size": member.size, "sha256": member.sha256} for name, member in self.members.items()}
        head = {"format": FORMAT, "version": VERSION, "created_at": self.created_at}
        return {**head, **self.stands.as_json(), "members": members}


class Writer:
    """Writes an archive beside its place; it is there once it is whole."""

    def __init__(self, opened: IO[bytes], folder: Path) -> None:
        self.tar = tarfile.open(fileobj=opened, mode="w", format=tarfile.GNU_FORMAT)  # noqa: SIM115 - closed by `finish`
        self.folder = folder
        self.members: dict[str, Member] = {}

    def add(self, name: str, content: IO[bytes]) -> None:
        """Add a part; it is laid aside first, since its length stands before it."""
        with tempfile.TemporaryFile(dir=self.folder) as aside:
            digest = hashlib.sha256()
            while piece := content.read(PIECE):
                digest.update(piece)
                aside.write(piece)
            size = aside.tell()
            aside.seek(0)
            self.tar.addfile(_entry(name, size), aside)
        self.members[name] = Member(size, digest.hexdigest())

    def finish(self, created_at: str, stands: snapshot.Snapshot) -> Manifest:
        """Add the manifest, under the seal of this portal."""
        manifest = Manifest(created_at, stands, self.members)
        written = manifest.as_json()
        text = json.dumps({**written, "seal": _seal(written, settings.SECRET_KEY)}, indent=1, sort_keys=True).encode()
        self.tar.addfile(_entry(MANIFEST, len(text)), io.BytesIO(text))
        self.tar.close()
        return manifest


@contextmanager
def writing(place: Path) -> Iterator[Writer]:
    """Write an archive that only its owner may read; whatever goes wrong leaves nothing."""
    if place.exists():
        raise BackupError(f"{place} is there already. Choose another name.")
    unfinished = place.with_name(f".{place.name}.{os.getpid()}.part")
    with room_on(place.parent):
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
                yield Writer(opened, place.parent)
                opened.flush()
                os.fsync(opened.fileno())
            unfinished.rename(place)
        finally:
            unfinished.unlink(missing_ok=True)


class Reader:
    """An archive that was found whole: its manifest, its database laid out as a file, its stored files."""

    def __init__(self, opened: IO[bytes], dumped: Path) -> None:
        self.dumped = dumped
        self.entries: dict[str, tarfile.TarInfo] = {}
        try:
            self.tar = tarfile.open(fileobj=opened, mode="r:")  # noqa: SIM115 - reads from what its user has opened
            found, text = self._read_all()
        except (tarfile.TarError, EOFError) as error:
            raise BackupError(BROKEN.format("it is no archive of a portal, or a part of it is missing")) from error
        self.manifest = _understood(text)
        if found != self.manifest.members:
            named = sorted(name for name in found | self.manifest.members if found.get(name) != self.manifest.members.get(name))
            raise BackupError(BROKEN.format(f"{named[0]} is not what the manifest says"))
        # What stands behind the end is no part of it.
        opened.seek(self.tar.offset)
        while piece := opened.read(PIECE):
            if piece.strip(b"\0"):
                raise BackupError(BROKEN.format("there is something behind its end"))

    def file(self, name: str) -> IO[bytes]:
        """Open one stored file."""
        return cast("IO[bytes]", self.tar.extractfile(self.entries[FILES + name]))

    def _read_all(self) -> tuple[dict[str, Member], bytes]:
        """Read every part once: hash each, lay out the database, and return the manifest's text."""
        found: dict[str, Member] = {}
        text = b""
        for entry in self.tar:
            if entry.type != tarfile.REGTYPE or entry.name in found or text or not _may_be_called(entry.name):
                raise BackupError(BROKEN.format(f"it holds “{entry.name[:100]}”, which is no part of a back-up"))
            content = cast("IO[bytes]", self.tar.extractfile(entry))
            if entry.name == MANIFEST:
                if entry.size > MAX_MANIFEST_BYTES:
                    raise BackupError(BROKEN.format("its manifest is too long"))
                text = content.read()
                continue
            with (self.dumped if entry.name == DATABASE else Path(os.devnull)).open("wb") as laid_out:
                found[entry.name] = Member(entry.size, copied(content, laid_out))
            self.entries[entry.name] = entry
        if not text:
            raise BackupError(BROKEN.format("it has no manifest, so its end is missing"))
        return found, text


@contextmanager
def reading(place: Path) -> Iterator[Reader]:
    """Check an archive from its first byte to its last, and offer what is in it."""
    try:
        opened = place.open("rb")
    except OSError as error:
        raise BackupError(f"{place} could not be opened: {error.strerror}.") from error
    # Beside the archive there is room for what is in it; where nothing may be written there, the machine's own place has to do.
    beside = place.parent if os.access(place.parent, os.W_OK) else None
    leftovers.remove(place.parent)
    with opened, tempfile.TemporaryDirectory(prefix=leftovers.RESTORE, dir=beside) as folder:
        with room_on(Path(folder)):
            reader = Reader(opened, Path(folder) / "database")
        yield reader


def copied(content: IO[bytes], to: IO[bytes]) -> str:
    """Copy piece by piece, and return the SHA-256."""
    digest = hashlib.sha256()
    while piece := content.read(PIECE):
        digest.update(piece)
        to.write(piece)
    return digest.hexdigest()


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


def _may_be_called(name: str) -> bool:
    """Tell whether a part may bear this name: nothing leads out of the folder it is put into."""
    if name in {DATABASE, MANIFEST}:
        return True
    inner = name.removeprefix(FILES)
    is_plain = inner == PurePosixPath(inner).as_posix() and not {"..", ".", ""} & set(inner.split("/"))
    return name.startswith(FILES) and is_plain and "\\" not in inner and "\0" not in inner


def _understood(text: bytes) -> Manifest:
    """Return what a manifest says, or refuse what is not one of ours."""
    try:
        kept = json.loads(text)
        if kept["format"] != FORMAT or kept["version"] != VERSION:
            raise BackupError("This is no back-up of a portal, or one of a format that is not known here. Nothing was changed.")
        seal = kept.pop("seal")
        members = {name: Member(size=part["size"], sha256=part["sha256"]) for name, part in kept["members"].items()}
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        is_ours = any(constant_time_compare(seal, _seal(kept, key)) for key in keys)
        return Manifest(kept["created_at"], snapshot.from_json(kept), members, is_ours)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(BROKEN.format("its manifest cannot be read")) from error


def _seal(written: dict[str, Any], key: str) -> str:
    """Return the seal of a manifest: only who knows the portal's key can make one."""
    return salted_hmac("core.backup", json.dumps(written, sort_keys=True), secret=key, algorithm="sha256").hexdigest()
