"""Puts a back-up in the place of what is there, and compares every row and every file with the manifest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from core import chain
from core.backup import archive, databases, files, making
from core.backup.faults import BackupError, room_on
from core.backup.snapshot import Differences

if TYPE_CHECKING:
    from django.core.files.storage import Storage

    from core.backup.archive import Manifest, Reader


@dataclass
class Restored:
    """What became of a restore: what differs, what was put away first, what is left to do."""

    manifest: Manifest
    differences: list[str] = field(default_factory=list)
    kept_first: Path | None = None
    is_older: bool = False


def restore(place: Path, *, replace: bool = False, made_elsewhere: bool = False) -> Restored:
    """Restore the portal from an archive; what is there is backed up first where it is to be replaced."""
    with archive.reading(place) as reader:
        check(reader, made_elsewhere=made_elsewhere)
        has_data = databases.of(connection).look_at(connection).has_data or any(True for _ in files.names(default_storage))
        if has_data and not replace:
            raise BackupError(
                "This portal holds data already. Restore into an empty one, or say --replace: what is here is then backed up first."
            )
        kept_first = None
        if has_data:
            kept_first = place.with_name(f"before-restore-{timezone.now():%Y%m%d-%H%M%S-%f}.tar")
            making.make(kept_first)
        restored = put_in_place(reader, "default", default_storage)
    restored.kept_first = kept_first
    # Sessions and counts of the portal that was replaced.
    cache.clear()
    return restored


def check(reader: Reader, *, made_elsewhere: bool = False) -> None:
    """Refuse an archive that is whole but is not for this portal."""
    manifest = reader.manifest
    if not (manifest.is_ours or made_elsewhere):
        raise BackupError(
            "This back-up was not made with this portal's key, or was changed since. Nothing was changed here. "
            "Set the PORTAL_SECRET_KEY it was made with, or say --made-elsewhere if you know where it comes from."
        )
    if manifest.stands.kind != connection.vendor:
        raise BackupError(
            f"This is a back-up of another kind of database ({manifest.stands.kind}); this portal runs on {connection.vendor}. "
            "Nothing was changed."
        )
    newer = sorted(set(manifest.stands.migrations) - _migrations_of_the_code(with_replaced=True))
    if newer:
        raise BackupError(
            f"This back-up is of a newer portal (it knows {newer[0]}). Install that version first. Nothing was changed."
        )


def put_in_place(reader: Reader, alias: str, storage: Storage) -> Restored:
    """Fill a database and a storage from an archive that was checked, and compare both with it."""
    manifest, into = reader.manifest, connections[alias]
    restored = Restored(manifest)
    with room_on(Path("the place of the stored files")):
        # What can fail for want of room comes before the database is touched.
        files.add_missing(storage, reader)
    databases.of(into).load(into, reader.dumped, manifest.stands)
    with room_on(
        Path("the place of the stored files"), then="The database is restored, the files are not: make room, and restore again."
    ):
        restored.differences += files.settle(storage, reader)
    restored.is_older = bool(_migrations_of_the_code(with_replaced=False) - set(manifest.stands.migrations))
    differences = Differences()
    # The database hashes its rows while the chain is read here: the one keeps a processor of the server busy, the other one of this process.
    with ThreadPoolExecutor(1) as beside:
        looking = beside.submit(databases.of(into).look_at, into)
        faults = [] if restored.is_older else chain.verify(head=manifest.stands.audit_head, using=alias).faults
        differences.between(manifest.stands, looking.result())
    restored.differences += [*differences.found, *faults]
    return restored


def _migrations_of_the_code(*, with_replaced: bool) -> set[str]:
    """Return the migrations that this portal's code has, those of packages included."""
    disk = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    replaced = {key for migration in disk.values() for key in migration.replaces} if with_replaced else set()
    return {".".join(key) for key in {*disk, *replaced}}
