"""Prove that the portal can be restored."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import chain
from core.backup import drill
from core.backup.faults import BackupError


class Command(BaseCommand):
    """Back up, restore into an empty database, compare every row and file, and remove both."""

    help = (
        "Back the portal up, restore it into an empty database beside it, and compare every row and file. Changes nothing here."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder to work in."""
        parser.add_argument(
            "--within", type=Path, help="a folder with room for two back-ups; without it, the machine's own for such things"
        )

    def handle(self, *args: Any, within: Path | None, **options: Any) -> None:
        """Run the drill, and say what was found."""
        try:
            chain.link(everything=True)
            drilled = drill.run(within)
        except BackupError as error:
            raise CommandError(str(error)) from error
        for difference in drilled.differences:
            self.stderr.write(difference)
        if drilled.differences:
            raise CommandError(f"{len(drilled.differences)} differences were found.")
        said = f"{drilled.rows:,} rows and {drilled.files:,} files"
        took = f"back-up {drilled.backup_seconds:.1f} s, restore {drilled.restore_seconds:.1f} s"
        self.stdout.write(f"Restored and compared, no difference: {said} ({took}).")
