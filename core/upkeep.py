"""What administrators do for the portal itself, and when it was last done: the status page shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from core.models import UpkeepKind, UpkeepRecord

if TYPE_CHECKING:
    from datetime import datetime

MAX_NOTE_LENGTH = 300


def note(kind: str, detail: str = "", *, at: datetime | None = None) -> UpkeepRecord:
    """Write down that something was done now, or at the moment given: a back-up, or a restore that was compared and found whole."""
    return UpkeepRecord.objects.create(kind=UpkeepKind(kind), note=detail[:MAX_NOTE_LENGTH], at=at or timezone.now())


def last(kind: str) -> UpkeepRecord | None:
    """Return when something was done last, if ever."""
    return UpkeepRecord.objects.filter(kind=UpkeepKind(kind)).order_by("-at", "-pk").first()
