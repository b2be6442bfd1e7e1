"""Writes to what admins are asked by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from accounts import tasks
from accounts.enums import Role
from accounts.models import User
from directory.actions import begin_nudge

if TYPE_CHECKING:
    from datetime import datetime

    from directory.models import Region


@transaction.atomic
def queue_nudges(*, region: Region, now: datetime, by: User | None = None) -> None:
    """Begin this month's emails about the contact points of a region, one to each of its admins."""
    on, before = timezone.localdate(now).isoformat(), region.nudged_on.isoformat() if region.nudged_on else None
    admins = User.objects.active().filter(region=region, role=Role.REGIONAL_ADMIN).order_by("pk")
    for person in begin_nudge(region=region, people=admins, now=now):
        tasks.send_contact_nudge.delay_on_commit(region.pk, person.pk, on, before)
