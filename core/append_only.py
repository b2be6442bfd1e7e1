"""Tables that can only be added to: the database itself refuses to change or delete their rows, whoever asks.

A migration on SQLite that makes a table anew drops its triggers without a word: a test holds that every table named here has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.migrations.operations.base import Operation

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import ProjectState

TABLES = ("core_auditevent", "core_auditlink", "core_recordversion", "engagements_statuschange")

FUNCTION = """
CREATE OR REPLACE FUNCTION portal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are append only.', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$
"""
ON = {
    "postgresql": [
        FUNCTION,
        "CREATE TRIGGER {0}_append_only BEFORE UPDATE OR DELETE ON {0} FOR EACH ROW EXECUTE FUNCTION portal_append_only()",
        "CREATE TRIGGER {0}_append_only_all BEFORE TRUNCATE ON {0} FOR EACH STATEMENT EXECUTE FUNCTION portal_append_only()",
    ],
    "sqlite": [
        "CREATE TRIGGER {0}_append_only_update BEFORE UPDATE ON {0} BEGIN SELECT RAISE(ABORT, 'Rows of {0} are append only.'); END",
        "CREATE TRIGGER {0}_append_only_delete BEFORE DELETE ON {0} BEGIN SELECT RAISE(ABORT, 'Rows of {0} are append only.'); END",
    ],
}
OFF = {
    "postgresql": ["DROP TRIGGER {0}_append_only ON {0}", "DROP TRIGGER {0}_append_only_all ON {0}"],
    "sqlite": ["DROP TRIGGER {0}_append_only_update", "DROP TRIGGER {0}_append_only_delete"],
}


class AppendOnly(Operation):
    """A step of a migration: from here on a table can only be added to."""

    reversible = True

    def __init__(self, table: str) -> None:
        self.table = table

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing in what the models say."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Refuse changes from here on."""
        self._run(schema_editor, ON)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Let the table be changed again."""
        self._run(schema_editor, OFF)

    def describe(self) -> str:
        """Say what the step does."""
        return f"Let {self.table} only be added to"

    def _run(self, schema_editor: BaseDatabaseSchemaEditor, statements: dict[str, list[str]]) -> None:
        for statement in statements[schema_editor.connection.vendor]:
            told: Any = statement if statement is FUNCTION else statement.format(self.table)
            # Without parameters: a percent sign is one.
            schema_editor.execute(told, params=None)


def grants(role: str, there: Collection[str] = TABLES) -> list[str]:
    """Return what lets a role of PostgreSQL run the portal and never change what is append only: it must not own the tables.

    An older release has not all of the tables: `there` are those that are.
    """
    tables = ", ".join(table for table in TABLES if table in there)
    only_added_to = [f"REVOKE ALL ON {tables} FROM {role}", f"GRANT SELECT, INSERT ON {tables} TO {role}"] if tables else []
    return [
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        *only_added_to,
    ]
