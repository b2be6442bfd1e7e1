"""Writes to which messages a person is sent, and to how far their daily summary has told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from accounts import policies
from accounts.models import User
from core import records

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime


@transaction.atomic
def change_preferences(
    *,
    person: User,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> User:
    """Change which messages a person is sent; a daily summary that is asked for anew begins today."""
    locked: User = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if values.get("wants_digest") and not locked.wants_digest:
        locked.digested_until = timezone.now()
        locked.save(update_fields=["digested_until"])
    return records.change(locked, values, by=by, trail="accounts", seen=seen, overwrite=overwrite)


@transaction.atomic
def begin_digest(*, person: User, now: datetime, by: User | None = None) -> datetime | None:
    """Take up the daily summary of a person, once a day: return since when it tells what happened, or none where it was taken up."""
    locked = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if not policies.is_digest_due(locked, now):
        return None
    since = policies.digest_begins_at(locked, now)
    locked.digested_until = now
    locked.save(update_fields=["digested_until"])
    return since
