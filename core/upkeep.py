"""What administrators do for the portal itself, and when it was last done: the status page shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from core import audit, outbox
from core.models import OutboxEntry, OutboxStatus, UpkeepKind, UpkeepRecord
from core.refusals import ActionRefused, Blocker

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.base_user import AbstractBaseUser

MAX_NOTE_LENGTH = 300
TRAIL = "outbox"


def note(kind: str, detail: str = "", *, at: datetime | None = None) -> UpkeepRecord:
    """Write down that something was done now, or at the moment given: a back-up, or a restore that was compared and found whole."""
    return UpkeepRecord.objects.create(kind=UpkeepKind(kind), note=detail[:MAX_NOTE_LENGTH], at=at or timezone.now())


def last(kind: str) -> UpkeepRecord | None:
    """Return when something was done last, if ever."""
    return UpkeepRecord.objects.filter(kind=UpkeepKind(kind)).order_by("-at", "-pk").first()


def latest() -> dict[str, UpkeepRecord]:
    """Return for each kind when it was done last."""
    newest = UpkeepRecord.objects.filter(kind=OuterRef("kind")).order_by("-at", "-pk").values("pk")[:1]
    return {record.kind: record for record in UpkeepRecord.objects.filter(pk=Subquery(newest))}


@transaction.atomic
def try_effect_again(*, entry: OutboxEntry, by: AbstractBaseUser) -> OutboxEntry:
    """Let an effect that was given up be tried as often as a new one."""
    entry = OutboxEntry.objects.select_for_update().get(pk=entry.pk)
    if entry.status != OutboxStatus.FAILED:
        raise ActionRefused([Blocker("Somebody has had this tried again already.")])
    audit.record("tried again", entry, by=by, trail=TRAIL, label=f"outbox entry {entry.task}")
    outbox.try_again(entry)
    return entry
