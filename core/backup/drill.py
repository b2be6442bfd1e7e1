"""Proves that a back-up can be restored: makes one, restores it into a database of its own, compares, and leaves nothing behind."""

from __future__ import annotations

import tempfile
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files.storage import FileSystemStorage
from django.db import DatabaseError, connection, connections
from django.utils import timezone

from core import upkeep
from core.backup import archive, leftovers, making, restoring
from core.backup.faults import BackupError
from core.models import UpkeepKind

if TYPE_CHECKING:
    from collections.abc import Iterator

# As what the database that a drill fills is known while it is there.
ALIAS = "drill"
PREFIX, MADE_AT = "portal_drill_", "%Y%m%d%H%M"


@dataclass(frozen=True)
class Drilled:
    """What a drill found, and how long each half took."""

    rows: int
    files: int
    differences: list[str]
    backup_seconds: float
    restore_seconds: float


def run(within: Path | None = None) -> Drilled:
    """Back up, restore into an empty machine and compare, within a folder; a restore that was found whole is noted."""
    within = within or Path(tempfile.gettempdir())
    leftovers.remove(within)
    with tempfile.TemporaryDirectory(prefix=leftovers.DRILL, dir=within) as folder:
        place, began = Path(folder) / "portal.tar", time.monotonic()
        manifest = making.make(place)
        backed_up = time.monotonic()
        with empty_database(Path(folder)), archive.reading(place) as reader:
            restoring.check(reader)
            restored = restoring.put_in_place(reader, ALIAS, FileSystemStorage(location=Path(folder) / "media"))
        done = Drilled(
            manifest.stands.rows,
            len(manifest.files),
            restored.differences,
            backed_up - began,
            time.monotonic() - backed_up,
        )
    if not done.differences:
        seconds = f"{done.restore_seconds:.1f} seconds"
        upkeep.note(UpkeepKind.RESTORE, f"drill: {done.rows:,} rows and {done.files:,} files, no difference, {seconds}")
    return done


@contextmanager
def empty_database(folder: Path) -> Iterator[None]:
    """Offer an empty database beside the portal's, under a name of its own, and remove it."""
    name = (
        str(folder / "drill.sqlite3")
        if connection.vendor == "sqlite"
        else f"{PREFIX}{timezone.now():{MADE_AT}}_{uuid.uuid4().hex[:8]}"
    )
    into: Any = connection.copy(ALIAS)
    into.settings_dict["NAME"] = name
    if connection.vendor == "postgresql":
        _drop_what_was_left()
        _say_to_the_server(f"CREATE DATABASE {name} TEMPLATE template0")
    connections.databases[ALIAS] = into.settings_dict
    connections[ALIAS] = into
    try:
        yield
    finally:
        into.close()
        del connections[ALIAS]
        del connections.databases[ALIAS]
        if connection.vendor == "postgresql":
            _say_to_the_server(f"DROP DATABASE IF EXISTS {name}")


def _drop_what_was_left() -> None:
    """Remove the databases of drills that were killed more than a day ago: their names say when they were made."""
    before = f"{PREFIX}{timezone.now() - timedelta(seconds=leftovers.OLD_SECONDS):{MADE_AT}}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [f"^{PREFIX}[0-9]{{12}}_[0-9a-f]{{8}}$"])
        left = [name for (name,) in cursor.fetchall() if name < before]
    for name in left:
        _say_to_the_server(f"DROP DATABASE IF EXISTS {name}")


def _say_to_the_server(statement: str) -> None:
    """Make or remove a database, which no transaction may surround."""
    server: Any = connection.copy()
    try:
        with server.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        raise BackupError(
            f"The drill needs a database of its own, which the account of the portal may not make: {str(error).strip()}"
        ) from error
    finally:
        server.close()
