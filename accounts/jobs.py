"""What accounts do by the clock: once a month, admins are asked to check how their LDP can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery import shared_task
from django.utils import timezone

from accounts import actions
from accounts.enums import DIGEST_HOUR
from directory.policies import regions_due_for_nudge

if TYPE_CHECKING:
    from datetime import datetime


@shared_task
def queue_contact_nudges(now: datetime | None = None) -> None:
    """Begin to ask the admins of each region to check its contact points where that has not been done for long, once a month."""
    moment = now or timezone.now()
    if timezone.localtime(moment).hour < DIGEST_HOUR:
        return
    for region in regions_due_for_nudge(timezone.localdate(moment)):
        actions.queue_nudges(region=region, now=moment)
