"""A portal of many rows and files is backed up, lost, and restored; what a bare restore of the database takes is measured beside it (D11)."""

import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection, connections

from core import chain
from core.backup import archive, drill, making, postgresql, restoring
from core.backup.faults import BackupError
from core.models import AuditEvent
from tests.factories.core import AuditEventFactory

AT_ONCE = 5_000


@dataclass(frozen=True)
class Outcome:
    """What came of it: rows and files, differences, broken archives that were let through, and how long each took."""

    rows: int
    files: int
    differences: list
    broken: int
    let_through: int
    bare_seconds: float
    restore_seconds: float


def run(*, events, files, flips):
    """Fill the portal, restore it beside itself, and try so many broken archives."""
    _fill(events, files)
    with tempfile.TemporaryDirectory(prefix="portal-restoring-") as folder:
        place = Path(folder) / "portal.tar"
        manifest = making.make(place)
        with archive.reading(place) as reader:
            bare = _bare(reader.dumped, Path(folder))
        began = time.monotonic()
        with drill.empty_database(Path(folder)), archive.reading(place) as reader:
            restoring.check(reader)
            restored = restoring.put_in_place(reader, drill.ALIAS, FileSystemStorage(location=Path(folder) / "media"))
        took = time.monotonic() - began
        let_through = sum(_is_let_through(place, number, flips) for number in range(flips))
    return Outcome(manifest.stands.rows, len(manifest.files), restored.differences, flips, let_through, bare, took)


def _fill(events, files):
    like = AuditEventFactory()
    for start in range(0, events, AT_ONCE):
        AuditEvent.objects.bulk_create(
            AuditEvent(
                actor_id=like.actor_id,
                verb="changed",
                subject_type=like.subject_type,
                subject_id=number,
                subject_label=f"region {number}",
                trail="region:1",
                changes=[{"field": "name", "label": "name", "old": "x" * 100, "new": f"y{number}"}],
            )
            for number in range(start, min(start + AT_ONCE, events))
        )
    chain.link(everything=True)
    for number in range(files):
        default_storage.save(f"briefs/2026/{number}.pdf", ContentFile(f"%PDF {number} ".encode() * 10_000))


def _bare(dumped, folder):
    """Return how long the database's own means take for its part alone."""
    began = time.monotonic()
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(dumped)) as source, closing(sqlite3.connect(folder / "bare.sqlite3")) as into:
            source.backup(into)
        return time.monotonic() - began
    with drill.empty_database(folder):
        into = connections[drill.ALIAS]
        words, environment = postgresql.reach(into, "pg_restore", "--no-owner", "--single-transaction")
        *options, name = words
        began = time.monotonic()
        subprocess.run([*options, f"--dbname={name}", str(dumped)], env=environment, check=True)
        return time.monotonic() - began


def _is_let_through(place, number, of):
    """Change one byte of a copy, so far along, and tell whether nobody noticed."""
    broken = place.with_name("broken.tar")
    shutil.copyfile(place, broken)
    with tarfile.open(place) as tar:
        parts = [(entry.offset_data, entry.size) for entry in tar if entry.size]
    # One part after the other, and in each another place.
    start, size = parts[number % len(parts)]
    spot = start + int(size * (number + 0.5) / of)
    with broken.open("r+b") as opened:
        opened.seek(spot)
        byte = opened.read(1)[0]
        opened.seek(spot)
        opened.write(bytes([byte ^ 0x41]))
    try:
        with archive.reading(broken) as reader:
            restoring.check(reader)
    except BackupError:
        return False
    return True
