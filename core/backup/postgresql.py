"""A back-up of PostgreSQL: by its own programs, with the rows hashed in the very snapshot that is dumped, and put back in one transaction."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from django.db import DatabaseError

from core.backup.faults import BackupError
from core.backup.snapshot import Snapshot, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.utils import CursorWrapper

# Where Debian keeps the programs of each version of the server.
BESIDE_THE_SERVER = "/usr/lib/postgresql"
HEAD_OF_THE_CHAIN = "SELECT number || ':' || hash FROM core_auditlink ORDER BY number DESC LIMIT 1"
ROWS_AND_HASH = """
    SELECT count(*), encode(sha256(coalesce(string_agg(h, ''::bytea ORDER BY h), ''::bytea)), 'hex')
    FROM (SELECT sha256(convert_to((t.*)::text, 'UTF8')) AS h FROM {} AS t) AS hashed
"""
# What the portal has made goes, in the transaction that puts the back-up in its place; extensions and other people's schemas stay. Whatever
# ends before the last word, this process too, leaves the database as it was: psql's own option would commit at the end of its input.
BEGIN = """
BEGIN;
SET LOCAL lock_timeout = '10s';
SET LOCAL client_min_messages = warning;
DO $clear$
DECLARE statement text;
BEGIN
    FOR statement IN
        SELECT format('DROP TABLE IF EXISTS %I.%I CASCADE', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public'
        UNION ALL
        SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', p.oid::regprocedure) FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE statement;
    END LOOP;
END
$clear$;
"""
COMMIT = "\nCOMMIT;\n"


def dump(connection: BaseDatabaseWrapper, to: Path) -> Snapshot:
    """Dump the database as it stands at one moment, and tell what stood there at that moment."""
    with _at_one_moment(connection) as cursor, to.open("wb") as written:
        cursor.execute("SELECT pg_export_snapshot()")
        of_this_moment = f"--snapshot={cursor.fetchone()[0]}"
        arguments, environment = reach(connection, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", of_this_moment)
        _run(arguments, environment, stdout=written)
        return _look_at(cursor)


def load(connection: BaseDatabaseWrapper, dumped: Path, wanted: Snapshot) -> None:
    """Put a dump in the place of what the database holds, in one transaction: whole or not at all."""
    connection.close()
    restoring = [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(dumped)]
    quiet = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", "--file=-")
    arguments, environment = reach(connection, "psql", *quiet)
    with tempfile.TemporaryFile() as said:
        reader = subprocess.Popen(restoring, stdout=subprocess.PIPE, stderr=said)  # noqa: S603 - no shell, our own words
        writer = subprocess.Popen(arguments, env=environment, stdin=subprocess.PIPE, stdout=said, stderr=said)  # noqa: S603 - as above
        is_whole = False
        try:
            script, to = cast("IO[bytes]", reader.stdout), cast("IO[bytes]", writer.stdin)
            is_whole = _say(to, BEGIN) and _hand_over(script, to) and reader.wait() == 0 and _say(to, COMMIT)
        finally:
            if not is_whole:
                writer.kill()
                reader.kill()
            _close(writer.stdin)
            _close(reader.stdout)
            is_put_back = writer.wait() == 0 and is_whole
            reader.wait()
        if not is_put_back:
            raise BackupError(f"The database could not be put back; nothing in it was changed. {_said_in(said)}")


def _hand_over(script: IO[bytes], to: IO[bytes]) -> bool:
    """Hand the whole dump over; not where the other has stopped, having said why."""
    try:
        shutil.copyfileobj(script, to)
    except BrokenPipeError:
        return False
    return True


def _say(to: IO[bytes], words: str) -> bool:
    """Say something at once; not where the other has stopped."""
    try:
        to.write(words.encode())
        to.flush()
    except BrokenPipeError:
        return False
    return True


def look_at(connection: BaseDatabaseWrapper) -> Snapshot:
    """Tell what is in the database."""
    with _at_one_moment(connection) as cursor:
        return _look_at(cursor)


def reach(connection: BaseDatabaseWrapper, program: str, *options: str) -> tuple[list[str], dict[str, str]]:
    """Return how a program reaches the database; the password is in its environment, where other people do not see it."""
    client: Any = connection.client
    (_, *where), environment = client.settings_to_cmd_args_env(connection.settings_dict, [])
    return [_program(program), *options, *where], {**os.environ, **(environment or {})}


@contextmanager
def _at_one_moment(connection: BaseDatabaseWrapper) -> Iterator[CursorWrapper]:
    """Read in a transaction of its own, which sees one moment of the database."""
    reading: Any = connection.copy()
    try:
        reading.set_autocommit(False)
        with reading.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # A row is hashed as text: it must read the same on every server.
            cursor.execute("SET LOCAL TIME ZONE 'UTC'")
            cursor.execute("SET LOCAL datestyle = 'ISO, YMD'")
            cursor.execute("SET LOCAL extra_float_digits = 1")
            yield cursor
        reading.rollback()
    except DatabaseError as error:
        raise BackupError(f"The database could not be read: {str(error).strip()}") from error
    finally:
        reading.close()


def _look_at(cursor: CursorWrapper) -> Snapshot:
    """Tell what is in the database at the moment that a cursor sees."""
    cursor.execute(
        "SELECT tablename, format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    )
    tables = {}
    for name, quoted in cursor.fetchall():
        cursor.execute(ROWS_AND_HASH.format(quoted))
        tables[name] = Table(*cursor.fetchone())
    cursor.execute("SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1")
    sequences = dict(cursor.fetchall())
    migrations, head = [], None
    if "django_migrations" in tables:
        cursor.execute("SELECT app || '.' || name FROM django_migrations")
        migrations = sorted(row[0] for row in cursor.fetchall())
    if "core_auditlink" in tables:
        cursor.execute(HEAD_OF_THE_CHAIN)
        head = cursor.fetchone()
    return Snapshot("postgresql", tables, sequences, migrations, head[0] if head else "")


def _program(name: str) -> str:
    """Find a program of PostgreSQL, on the path or beside the newest server of this machine."""
    beside = sorted(Path(BESIDE_THE_SERVER).glob(f"*/bin/{name}"), key=lambda place: float(place.parts[-3]))
    found = shutil.which(name) or (str(beside[-1]) if beside else None)
    if found is None:
        raise BackupError(f"The program {name} was not found. Install the client of PostgreSQL, in the version of the server.")
    return found


def _run(arguments: list[str], environment: dict[str, str], stdout: IO[bytes]) -> None:
    """Run a program to its end."""
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(arguments, env=environment, stdout=stdout, stderr=said, check=False)  # noqa: S603 - no shell, our own words
        if done.returncode:
            raise BackupError(f"{Path(arguments[0]).name} has failed. {_said_in(said)}")


def _close(pipe: IO[bytes] | None) -> None:
    """Close a pipe, also where nobody reads it any more."""
    try:
        if pipe is not None:
            pipe.close()
    except BrokenPipeError:
        pass


def _said_in(said: IO[bytes]) -> str:
    """Return the first line in which a program says what is wrong."""
    said.seek(0)
    lines = said.read().decode(errors="replace").splitlines()
    wrong = [line for line in lines if "error" in line.lower() or "fatal" in line.lower()]
    return next(iter(wrong or lines), "")
