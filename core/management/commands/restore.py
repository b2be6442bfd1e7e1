"""Restore the portal from a back-up."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core import upkeep
from core.backup.faults import BackupError
from core.backup.restoring import restore
from core.models import UpkeepKind


class Command(BaseCommand):
    """Check an archive, put it in the place of what is there, and compare every row and file."""

    help = "Restore the portal from a back-up and compare every row and file. Stop the web processes and the workers first."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the archive, and what may be given up for it."""
        parser.add_argument("file", type=Path, help="an archive written by `backup`")
        parser.add_argument("--replace", action="store_true", help="replace the data that is here; it is backed up first")
        parser.add_argument("--made-elsewhere", action="store_true", help="take a back-up that was made under another key")

    def handle(self, *args: Any, file: Path, replace: bool, made_elsewhere: bool, **options: Any) -> None:
        """Restore, and say what was compared."""
        try:
            restored = restore(file, replace=replace, made_elsewhere=made_elsewhere)
        except BackupError as error:
            raise CommandError(str(error)) from error
        finally:
            # The tables may have been made anew, and then belong to their owner alone.
            call_command("grant_portal", stdout=self.stdout)
        if restored.kept_first:
            self.stdout.write(f"What was here is kept in {restored.kept_first}.")
        for difference in restored.differences:
            self.stderr.write(difference)
        if restored.differences:
            raise CommandError(f"{len(restored.differences)} differences were found after restoring.")
        stands = restored.manifest.stands
        made_at = timezone.localtime(datetime.fromisoformat(restored.manifest.created_at))
        said = f"{stands.rows:,} rows and {len(restored.manifest.files):,} files of {made_at:%-d %B %Y, %H:%M}"
        self.stdout.write(f"Restored and compared, no difference: {said}.")
        if restored.is_older:
            self.stdout.write(
                "The back-up is of an older portal. Run manage.py migrate now, then manage.py grant_portal and manage.py verify_audit."
            )
        else:
            upkeep.note(UpkeepKind.RESTORE, f"restored: {said}")
            self.stdout.write(f"The audit trail is whole and ends at {stands.audit_head or 'nothing yet'}.")
