"""Who is due a daily summary, and since when it tells."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from accounts.enums import DIGEST_FAILED, DIGEST_HOUR, MAX_DIGEST_DAYS
from accounts.models import User
from core.models import AuditEvent

if TYPE_CHECKING:
    from core.models import AuditEventQuerySet


def people_due_for_digest(now: datetime) -> list[User]:
    """Return who wants a daily summary and has had none today, by key; nobody before the hour at which it goes.

    Whose summary could not be sent today is left for tomorrow.
    """
    if timezone.localtime(now).hour < DIGEST_HOUR:
        return []
    not_yet = Q(digested_until=None) | Q(digested_until__lt=_midnight_before(now))
    failed = _digests_failed(now).values("subject_id")
    return list(User.objects.active().filter(not_yet, wants_digest=True).exclude(pk__in=failed).order_by("pk"))


def is_digest_due(person: User, now: datetime) -> bool:
    """Tell whether a person wants a daily summary, has had none on this day and can be sent one."""
    has_had = person.digested_until is not None and person.digested_until >= _midnight_before(now)
    is_wanted = person.is_active and person.wants_digest and not has_had
    return is_wanted and not _digests_failed(now).filter(subject_id=person.pk).exists()


def _digests_failed(now: datetime) -> AuditEventQuerySet:
    """Return the events that say whose daily summary could not be sent on this day."""
    return AuditEvent.objects.filter(trail="accounts", verb=DIGEST_FAILED, at__gte=_midnight_before(now)).order_by()


def digest_begins_at(person: User, now: datetime) -> datetime:
    """Return since when a daily summary tells what happened: since the last one, at most a week; the first tells of one day."""
    if person.digested_until is None:
        return now - timedelta(days=1)
    return max(person.digested_until, now - timedelta(days=MAX_DIGEST_DAYS))


def _midnight_before(now: datetime) -> datetime:
    """Return the moment at which the day of a moment began, as clocks in England show it."""
    return timezone.make_aware(datetime.combine(timezone.localdate(now), time.min))
