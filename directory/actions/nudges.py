"""What is kept of asking a region's admins, once a month, to check its contact points."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.db import transaction
from django.utils import timezone

from core import audit
from directory import policies
from directory.enums import NUDGED
from directory.models import Region

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.contrib.auth.base_user import AbstractBaseUser

P = TypeVar("P", bound="AbstractBaseUser")


@transaction.atomic
def begin_nudge(*, region: Region, people: Iterable[P], now: datetime, by: AbstractBaseUser | None = None) -> list[P]:
    """Take up this month's email about a region: return who is to get it, or nobody where another job has taken it up."""
    locked = Region.objects.select_for_update().get(pk=region.pk)
    on = timezone.localdate(now)
    wanted = policies.people_to_nudge(locked, people, now) if policies.is_nudge_due(locked, on) else []
    if wanted:
        locked.nudged_on = on
        locked.save(update_fields=["nudged_on"])
    for person in wanted:
        _tell(NUDGED, locked, person, by)
    return wanted


def _tell(verb: str, region: Region, person: AbstractBaseUser, by: AbstractBaseUser | None) -> None:
    """Say in the trail of a region's contact points who was asked to check them, or could not be."""
    audit.record(verb, person, by=by, trail=region.contacts_trail, label=f"{person} to check the contact points")
