"""What a database holds at one moment, as it compares: every table's rows and hash, the sequences, the migrations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# What Django writes while it makes the tables: a database with nothing else in it is empty.
MADE_WITH_THE_TABLES = {"django_migrations", "django_content_type", "auth_permission", "sqlite_sequence"}


@dataclass(frozen=True)
class Table:
    """How many rows a table has, and one hash over all of them."""

    rows: int
    hash: str


@dataclass(frozen=True)
class Snapshot:
    """A database at one moment."""

    kind: str
    tables: dict[str, Table]
    sequences: dict[str, int]
    migrations: list[str]
    audit_head: str = ""

    @property
    def rows(self) -> int:
        """Return how many rows there are in all."""
        return sum(table.rows for table in self.tables.values())

    @property
    def has_data(self) -> bool:
        """Tell whether anything was ever written to it."""
        return any(table.rows for name, table in self.tables.items() if name not in MADE_WITH_THE_TABLES)

    def as_json(self) -> dict[str, Any]:
        """Return it as the manifest keeps it."""
        return {
            "database": self.kind,
            "tables": {name: {"rows": table.rows, "hash": table.hash} for name, table in self.tables.items()},
            "sequences": self.sequences,
            "migrations": self.migrations,
            "audit_head": self.audit_head,
        }


@dataclass
class Differences:
    """Where what was restored is not what was backed up, in words."""

    found: list[str] = field(default_factory=list)

    def between(self, wanted: Snapshot, found: Snapshot) -> None:
        """Compare every table and sequence."""
        for name in sorted(wanted.tables.keys() | found.tables.keys()):
            mine, theirs = wanted.tables.get(name), found.tables.get(name)
            if theirs is None or mine is None:
                self.found.append(f"The table {name} is {'missing' if theirs is None else 'not in the back-up'}.")
            elif mine.rows != theirs.rows:
                self.found.append(f"The table {name} has {theirs.rows} rows in place of {mine.rows}.")
            elif mine.hash != theirs.hash:
                self.found.append(f"The table {name} has other rows than were backed up.")
        for name, value in sorted(wanted.sequences.items()):
            # A number that is taken while the back-up is made counts on: rows are of one moment, sequences never are.
            if found.sequences.get(name, -1) < value:
                self.found.append(f"The sequence {name} stands at {found.sequences.get(name)} in place of {value}.")


def from_json(kept: dict[str, Any]) -> Snapshot:
    """Return what a manifest says."""
    return Snapshot(
        kind=kept["database"],
        tables={name: Table(rows=table["rows"], hash=table["hash"]) for name, table in kept["tables"].items()},
        sequences=kept["sequences"],
        migrations=kept["migrations"],
        audit_head=kept["audit_head"],
    )
