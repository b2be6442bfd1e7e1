"""Load the demonstration."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.refusals import ActionRefused
from evaluation.management import demonstration


class Command(BaseCommand):
    """Load made-up people and their engagements in real places, each step through the action that a page would call."""

    help = "Load the demonstration people and engagements. Safe to run again: what people changed since stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take another folder than the portal's own."""
        parser.add_argument("--folder", type=Path, default=settings.FIXTURES_DIR / "demonstration")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Load and say what was added, kind by kind."""
        if not (settings.DEMONSTRATION or settings.DEBUG):
            raise CommandError(
                "Demonstration people sign in without a password, so they are loaded only where PORTAL_DEMONSTRATION or PORTAL_DEBUG is on."
            )
        try:
            for line in demonstration.load(folder):
                self.stdout.write(line)
        except ActionRefused as refusal:
            raise CommandError(f"The demonstration could not be loaded. {refusal}") from refusal
