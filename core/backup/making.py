"""Makes a back-up, while the portal runs."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from core.backup import archive, databases, files, leftovers

if TYPE_CHECKING:
    from core.backup.archive import Manifest


def make(place: Path) -> Manifest:
    """Write the database as it stands now, and every stored file, into one archive.

    Files come after the database: whatever a row speaks of was stored before the row was written.
    """
    leftovers.remove(place.parent)
    created_at = timezone.now().isoformat()
    with archive.writing(place) as writer:
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=leftovers.BACKUP) as folder:
            dumped = Path(folder) / "database"
            dumped.touch(mode=0o600)
            stands = databases.of(connection).dump(connection, dumped)
            with dumped.open("rb") as content:
                writer.add(archive.DATABASE, content)
        for name in files.names(default_storage):
            with default_storage.open(name) as stored:
                writer.add(archive.FILES + name, stored)
        return writer.finish(created_at, stands)
