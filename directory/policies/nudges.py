"""When the admins of a region are asked to check its contact points: once a month while one of them has not been checked for long."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar

from django.utils import timezone

from core.models import AuditEvent
from directory.enums import DAYS_IN_ANY_MONTH, NUDGE_FAILED, NUDGED
from directory.models import ContactPoint, Region

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.contrib.auth.base_user import AbstractBaseUser

P = TypeVar("P", bound="AbstractBaseUser")


def month_after(day: date) -> date:
    """Return the same day of the next month, or the last one where that month is shorter."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def regions_due_for_nudge(on: date) -> list[Region]:
    """Return the regions that have a contact point to check and whose admins have not been asked for a month."""
    points = ContactPoint.objects.to_check(on)
    regions = Region.objects.filter(pk__in=points.values("region")).order_by("name", "pk")
    return [region for region in regions if _has_waited(region, on)]


def is_nudge_due(region: Region, on: date) -> bool:
    """Tell whether the admins of one region are to be asked today."""
    return _has_waited(region, on) and region.contact_points.to_check(on).exists()


def people_to_nudge(region: Region, people: Iterable[P], now: datetime) -> list[P]:
    """Narrow people to those who have not been asked about a region for a month, and to whom it was not tried in vain today."""
    on = timezone.localdate(now)
    told = AuditEvent.objects.filter(
        trail=region.contacts_trail, verb__in=[NUDGED, NUDGE_FAILED], at__gte=now - timedelta(days=DAYS_IN_ANY_MONTH)
    )
    last = {event.subject_id: event for event in told.order_by("at", "pk")}
    return [person for person in people if person.pk not in last or _is_again(last[person.pk], on)]


def _has_waited(region: Region, on: date) -> bool:
    """Tell whether a month has gone by since the admins of a region were asked."""
    return region.nudged_on is None or month_after(region.nudged_on) <= on


def _is_again(event: AuditEvent, on: date) -> bool:
    """Tell whether somebody can be asked again after what the trail told last: a month on, or the day after it went wrong."""
    day = timezone.localdate(event.at)
    return day < on if event.verb == NUDGE_FAILED else month_after(day) <= on
