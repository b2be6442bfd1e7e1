"""Hold migrations to what the release before can live with while they run: none drops or renames what it reads, none makes a column it cannot fill.

What stands in scripts/released-migrations.txt was there when the last release was made, and is let be. With --release, write that file anew.
"""

import logging
import os
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ldp_portal.settings")

import django
from django.apps import apps
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django_migration_linter import MigrationLinter

RELEASED = Path(__file__).with_name("released-migrations.txt")
NUMBER = re.compile(r"\d{4}")
# SQLite makes a table anew for almost every change, and the linter takes each column and constraint of it for a new one. `unfillable`
# finds the columns, and on PostgreSQL the linter finds the constraints.
MISTAKEN = {"sqlite": ["NOT_NULL", "ADD_UNIQUE"]}


def own_migrations() -> dict[str, list[str]]:
    """Return the names of each of our apps' migrations, in order."""
    found = {}
    root = Path(__file__).resolve().parent.parent
    for config in apps.get_app_configs():
        if Path(config.path).parent == root:
            names = sorted(path.stem for path in Path(config.path, "migrations").glob("[0-9]*.py"))
            found |= {config.label: names} if names else {}
    return found


def released() -> dict[str, str]:
    """Return the last migration of each app in the last release."""
    lines = (line.split() for line in RELEASED.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    return {app: last for app, last in lines}  # noqa: C416 - says what the two are


def newer() -> list[tuple[str, str]]:
    """Return the migrations that came after the last release."""
    last = {app: NUMBER.match(name).group() for app, name in released().items()}
    return [(app, name) for app, names in own_migrations().items() for name in names if name[:4] > last.get(app, "")]


def write_release() -> None:
    """Write down that everything there is has been released."""
    head = "# The last migration of each app in the last release: python scripts/lint_migrations.py --release\n"
    RELEASED.write_text(head + "".join(f"{app} {names[-1]}\n" for app, names in own_migrations().items()), encoding="utf-8")


def unfillable(operations: list[migrations.operations.base.Operation]) -> list[str]:
    """Return the columns that older code cannot fill when it adds a row: neither empty nor with a default of the database's own."""
    added = [row for row in operations if isinstance(row, migrations.AddField)]
    return [
        f"{row.model_name}.{row.name}"
        for row in added
        if not isinstance(row.field, models.ManyToManyField) and not row.field.null and not row.field.has_db_default()
    ]


def has_unsafe(named: list[tuple[str, str]]) -> bool:
    """Print what is unsafe in these migrations, and tell whether anything is."""
    logging.getLogger("django_migration_linter").setLevel(logging.WARNING)
    known = MigrationLoader(None).disk_migrations
    has_errors = False
    for app, name in named:
        linter = MigrationLinter(
            no_cache=True, all_warnings_as_errors=True, exclude_migration_tests=MISTAKEN.get(connection.vendor, [])
        )
        linter.lint_all_migrations(app_label=app, migration_name=name)
        columns = unfillable(known[app, name].operations)
        for column in columns:
            print(f"({app}, {name})... older code cannot fill {column}")
        has_errors |= linter.has_errors or bool(columns)
    return has_errors


if __name__ == "__main__":
    django.setup()
    if "--release" in sys.argv:
        write_release()
    elif has_unsafe(newer()):
        sys.exit(1)
