"""The stored files, through the portal's own storage: a local folder or a bucket, one piece at a time."""

from __future__ import annotations

import hashlib
from typing import IO, TYPE_CHECKING, cast

from django.core.files.base import File

from core.backup.archive import PIECE, Member
from core.storage import PART

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.files.storage import Storage

    from core.backup.archive import Reader

# Where the check of the storage writes a file, and removes it.
PROBED = "health_check_storage_test"


def names(storage: Storage, folder: str = "") -> Iterator[str]:
    """Return the name of every stored file, folder by folder; what is still being written, or is there for a moment to see that it can be, is none."""
    try:
        folders, here = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(here):
        if not name.endswith(PART):
            yield f"{folder}{name}"
    for name in sorted(folders):
        if name != PROBED:
            yield from names(storage, f"{folder}{name}/")


def as_stored(storage: Storage, name: str) -> Member | None:
    """Return how long a stored file is, and its SHA-256."""
    if not storage.exists(name):
        return None
    digest, size = hashlib.sha256(), 0
    with storage.open(name) as opened:
        for piece in opened.chunks(PIECE):
            digest.update(cast("bytes", piece))
            size += len(piece)
    return Member(size, digest.hexdigest())


def add_missing(storage: Storage, reader: Reader) -> None:
    """Store what is not there yet; what is there stays as it is."""
    for name in reader.manifest.files:
        if not storage.exists(name):
            _store(storage, name, reader.file(name))


def settle(storage: Storage, reader: Reader) -> list[str]:
    """Make the stored files what the archive says, neither more nor less; return in words what is not."""
    wanted = reader.manifest.files
    for name in list(names(storage)):
        if name not in wanted:
            storage.delete(name)
    wrong = []
    for name, member in wanted.items():
        if as_stored(storage, name) != member:
            storage.delete(name)
            _store(storage, name, reader.file(name))
            if as_stored(storage, name) != member:
                wrong.append(f"The file {name} is not what was backed up.")
    return wrong


def _store(storage: Storage, name: str, content: IO[bytes]) -> None:
    storage.save(name, File(content, name=name))
