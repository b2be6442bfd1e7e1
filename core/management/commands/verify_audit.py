"""Verify the audit trail."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import chain, upkeep
from core.models import UpkeepKind


class Command(BaseCommand):
    """Look at every event of the audit trail and its place in the chain."""

    help = "Find any event of the audit trail that was changed, removed, added or swapped. Changes none; the status page shows when it was done."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take an end of the chain that was kept elsewhere."""
        parser.add_argument(
            "--head", default="", metavar="NUMBER:HASH", help="an end of the chain printed before; it must still be there"
        )

    def handle(self, *args: Any, head: str, **options: Any) -> None:
        """Say what was found; the last line is the end of the chain, to be kept elsewhere."""
        found = chain.verify(head=head)
        upkeep.note(UpkeepKind.AUDIT, chain.said_of(found))
        for fault in found.faults:
            self.stderr.write(fault)
        if found.faults:
            raise CommandError(f"The audit trail does not hold: {len(found.faults):,} faults.")
        self.stdout.write(f"The audit trail is whole: {found.links:,} events chained, {found.waiting:,} waiting to be.")
        if found.of_unknown_keys:
            self.stdout.write(f"{found.of_unknown_keys:,} of the first events were sealed with a key that is not known here.")
        self.stdout.write(f"head {found.head or 'none yet'}")
