"""Lock the secrets of second factors with today's key."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts import actions


class Command(BaseCommand):
    """After a key was rotated, let no second factor depend on the old one."""

    help = "Lock the secrets of all second factors with the key of today, before an old key is taken out."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many there were."""
        count = actions.relock_second_factors(by=None)
        self.stdout.write(f"{count:,} second factors are locked with the key of today.")
