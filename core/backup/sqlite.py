"""A back-up of SQLite: copied page by page while the portal runs, and put back in one transaction."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from core.backup.faults import BackupError
from core.backup.snapshot import Snapshot, Table

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

LONGEST_WAIT_SECONDS = 30
HEAD_OF_THE_CHAIN = "SELECT number, hash FROM core_auditlink ORDER BY number DESC LIMIT 1"


def dump(connection: BaseDatabaseWrapper, to: Path) -> Snapshot:
    """Copy the database as it stands after the last commit, and tell what is in the copy."""
    with closing(_open(_place(connection))) as live, closing(_open(to)) as copy:
        live.backup(copy)
        # The copy is one file: what SQLite keeps beside it would not come along.
        copy.execute("PRAGMA journal_mode=DELETE")
        return _look_at(copy)


def load(connection: BaseDatabaseWrapper, dumped: Path, wanted: Snapshot) -> None:
    """Put a copy in the place of the database, whole or not at all; whoever has the database open sees it at their next query."""
    connection.close()
    place = _place(connection)
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(_open(dumped)) as copy:
            if copy.execute("PRAGMA integrity_check").fetchone() != (b"ok",) or _look_at(copy) != wanted:
                raise BackupError("The database in the back-up is not what the manifest says. Nothing was changed.")
            with closing(_open(place)) as live:
                copy.backup(live)
    except sqlite3.Error as error:
        raise BackupError(f"The database could not be put back: {error}. Nothing was changed.") from error


def look_at(connection: BaseDatabaseWrapper) -> Snapshot:
    """Tell what is in the database."""
    place = _place(connection)
    if not place.exists():
        return Snapshot("sqlite", {}, {}, [])
    with closing(_open(place)) as live:
        live.execute("BEGIN")
        return _look_at(live)


def _place(connection: BaseDatabaseWrapper) -> Path:
    return Path(connection.settings_dict["NAME"])


def _open(place: Path) -> sqlite3.Connection:
    """Open a file as it is: text as its bytes, no transaction by itself."""
    opened = sqlite3.connect(place, timeout=LONGEST_WAIT_SECONDS, isolation_level=None)
    opened.text_factory = bytes
    return opened


def _look_at(opened: sqlite3.Connection) -> Snapshot:
    """Tell what is in an open file."""
    listed = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    names = [row[0].decode() for row in listed]
    tables = {name: _table(opened, name) for name in names}
    sequences = {}
    if opened.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'").fetchone():
        sequences = {
            name.decode(): value for name, value in opened.execute("SELECT name, seq FROM sqlite_sequence ORDER BY name")
        }
    migrations, head = [], None
    if "django_migrations" in tables:
        applied = opened.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
        migrations = [row[0].decode() for row in applied]
    if "core_auditlink" in tables:
        head = opened.execute(HEAD_OF_THE_CHAIN).fetchone()
    return Snapshot("sqlite", tables, sequences, migrations, f"{head[0]}:{head[1].decode()}" if head else "")


def _table(opened: sqlite3.Connection, name: str) -> Table:
    """Hash all rows of a table in their order, one after the other."""
    digest, rows = hashlib.sha256(), 0
    for row in opened.execute(f'SELECT * FROM "{name}" ORDER BY rowid'):  # noqa: S608 - a table of this very database
        digest.update(repr(row).encode())
        rows += 1
    return Table(rows, digest.hexdigest())
