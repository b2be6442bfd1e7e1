"""Lock the secrets of second factors with today's key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import actions


class Command(BaseCommand):
    """After a key was rotated, let no second factor depend on the old one."""

    help = "Lock the secrets of all second factors with the key of today, before an old key is taken out."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many there were."""
        count, unreadable = actions.relock_second_factors(by=None)
        self.stdout.write(f"{count:,} secrets of second factors and recovery codes are locked with the key of today.")
        if unreadable:
            raise CommandError(
                f"{unreadable:,} more can be read with no key that is known here. Put the key they were made with into"
                " PORTAL_SECRET_KEY_FALLBACKS, or let an admin reset the second factors of those people."
            )
