"""Back the portal up."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import chain, upkeep
from core.backup.faults import BackupError
from core.backup.making import make
from core.models import UpkeepKind


class Command(BaseCommand):
    """Write the database and the stored files into one archive, while the portal runs."""

    help = "Back up the database and the stored files into one archive. The portal's key (PORTAL_SECRET_KEY) is not in it: keep it apart."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the archive's place."""
        parser.add_argument("file", type=Path, help="where to write the archive, such as /backups/2026-11-23.tar")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Back up, and say what is in it."""
        try:
            chain.link(everything=True)
            manifest = make(file)
        except BackupError as error:
            raise CommandError(str(error)) from error
        said = f"{manifest.stands.rows:,} rows and {len(manifest.files):,} files, {file.stat().st_size:,} bytes"
        upkeep.note(UpkeepKind.BACKUP, said)
        self.stdout.write(f"Backed up to {file}: {said}.")
        self.stdout.write(f"The audit trail ends at {manifest.stands.audit_head or 'nothing yet'}.")
