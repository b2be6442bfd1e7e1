"""Empties tables between tests that commit, those that refuse to be emptied too: by taking the triggers off, as only their owner can."""

from contextlib import contextmanager

from django.db import transaction


@contextmanager
def append_only_lifted(connection):
    """Let append-only tables be changed or emptied in this block, and no longer."""
    with connection.cursor() as cursor:
        off, on = _statements(cursor, connection.vendor)
        for statement in off:
            cursor.execute(statement)
        yield cursor
        for statement in on:
            cursor.execute(statement)


def _statements(cursor, vendor):
    if vendor == "sqlite":
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%append_only%'")
        found = cursor.fetchall()
        return [f"DROP TRIGGER {name}" for name, _ in found], [sql for _, sql in found]
    cursor.execute("SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%append_only%'")
    found = cursor.fetchall()
    off, on = ([f"ALTER TABLE {table} {word} TRIGGER {name}" for name, table in found] for word in ("DISABLE", "ENABLE"))
    # What was written in this transaction is checked first: a table with checks to come may not be altered.
    return ["SET CONSTRAINTS ALL IMMEDIATE", *off], [*on, "SET CONSTRAINTS ALL DEFERRED"]


def empty(operations, statements):
    """Do what Django does to empty the tables, in one transaction."""
    with transaction.atomic(using=operations.connection.alias), append_only_lifted(operations.connection) as cursor:
        for statement in statements:
            cursor.execute(statement)
