"""Load the reference data."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from core import reference


class Command(BaseCommand):
    """Load the fixtures: adds what is new, updates what changed, keeps what people edited or added in the portal."""

    help = "Load the reference data. Safe to run again at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take another folder than the portal's own."""
        parser.add_argument("--folder", type=Path, default=settings.FIXTURES_DIR)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Load and say what was done, model by model."""
        for report in reference.load(folder):
            self.stdout.write(str(report))
