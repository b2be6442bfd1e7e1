"""Which of the two databases is backed up, and by which module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from core.backup import postgresql, sqlite
from core.backup.faults import BackupError

if TYPE_CHECKING:
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper

    from core.backup.snapshot import Snapshot


class Database(Protocol):
    """What can be done with a database of one kind."""

    def dump(self, connection: BaseDatabaseWrapper, to: Path) -> Snapshot:
        """Write it into a file."""

    def load(self, connection: BaseDatabaseWrapper, dumped: Path, wanted: Snapshot) -> None:
        """Put a file in its place."""

    def look_at(self, connection: BaseDatabaseWrapper) -> Snapshot:
        """Tell what is in it."""


def of(connection: BaseDatabaseWrapper) -> Database:
    """Return the module for the database that a connection leads to."""
    kinds = {"sqlite": sqlite, "postgresql": postgresql}
    if connection.vendor not in kinds:
        raise BackupError(f"There is no back-up for {connection.display_name}.")
    return cast("Database", kinds[connection.vendor])
