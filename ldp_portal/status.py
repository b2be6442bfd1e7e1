"""How the portal is at work, for national admins: what is late, what was given up, and when it was last backed up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from celery import current_app
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Min, Q
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core import upkeep
from core.models import OutboxEntry, UpkeepKind, UpkeepRecord
from core.pages import post_action
from engagements.enums import MessageStatus, VersionOutcome
from engagements.models import Message, PlanVersion
from ldp_portal.settings.watching import VERSION

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest

# Within this time after the last signatory agreed, the signed brief is there.
PROMPT = timedelta(seconds=10)
DAYS_SHOWN = 30
MAX_SHOWN = 20
# How long ago is too long.
WELL_WITHIN = {UpkeepKind.BACKUP: timedelta(days=2), UpkeepKind.RESTORE: timedelta(days=7)}
# What is due is taken up within this time while workers keep up.
TAKEN_UP_WITHIN = timedelta(seconds=15)


@dataclass(frozen=True)
class Upkeep:
    """One thing that administrators do for the portal, and when it was last done."""

    name: str
    last: UpkeepRecord | None
    is_overdue: bool


@dataclass(frozen=True)
class GivenUp:
    """One effect that was tried as often as it may be."""

    pk: int
    what: str
    fault: str
    tries: int
    at: datetime | None


@require_safe
def status(request: PortalRequest) -> HttpResponse:
    """Show a national admin how the portal is at work."""
    if not request.user.is_national_admin:
        raise PermissionDenied
    now = timezone.now()
    failed = list(OutboxEntry.objects.failed()[: MAX_SHOWN + 1])
    due = OutboxEntry.objects.due(now).order_by().aggregate(count=Count("pk"), oldest=Min("due_at"))
    context = {
        "crumbs": [("Home", reverse("home")), ("Manage", reverse("manage"))],
        "briefs": _briefs(now),
        "days": DAYS_SHOWN,
        "due": due,
        "is_late": due["oldest"] is not None and now - due["oldest"] > TAKEN_UP_WITHIN,
        "given_up": [_given_up(entry) for entry in failed[:MAX_SHOWN]],
        "has_more_given_up": len(failed) > MAX_SHOWN,
        "unsent": Message.objects.filter(status=MessageStatus.FAILED, created_at__gte=now - timedelta(days=DAYS_SHOWN)).count(),
        "upkeep": _upkeep(now),
        "version": VERSION,
    }
    return TemplateResponse(request, "ldp_portal/status.html", context)


@require_POST
def effect_retry(request: PortalRequest, pk: int) -> HttpResponse:
    """Let an effect that was given up be tried again."""
    if not request.user.is_national_admin:
        raise PermissionDenied
    entry = get_object_or_404(OutboxEntry, pk=pk)

    def act() -> None:
        upkeep.try_effect_again(entry=entry, by=request.user)
        messages.success(request, "It is being tried again.")

    return post_action(request, act=act, done=reverse("status"))


def _briefs(now: datetime) -> dict[str, Any]:
    """Count the plans that were agreed of late, and those whose signed brief was there in time."""
    agreed = PlanVersion.objects.filter(outcome=VersionOutcome.AGREED, settled_at__gte=now - timedelta(days=DAYS_SHOWN))
    prompt = Q(brief_file__created_at__lte=F("settled_at") + PROMPT)
    counts = agreed.filter(settled_at__lte=now - PROMPT).aggregate(
        all=Count("pk"), prompt=Count("pk", filter=prompt), missing=Count("pk", filter=Q(brief_file=None))
    )
    # To one place, never rounded up: 99.9 is the goal.
    tenths = counts["prompt"] * 1000 // counts["all"] if counts["all"] else 0
    return counts | {"percent": f"{tenths / 10:g}"}


def _given_up(entry: OutboxEntry) -> GivenUp:
    """Return an effect as the page shows it: what its task does in a sentence, never whom it is about."""
    task = current_app.tasks.get(entry.task)
    what = ((task.__doc__ if task else "") or entry.task).strip().splitlines()[0]
    return GivenUp(entry.pk, what, entry.fault, entry.tries, entry.ended_at)


def _upkeep(now: datetime) -> list[Upkeep]:
    """Return each thing that administrators do for the portal."""
    last = upkeep.latest()
    return [
        Upkeep(str(kind.label), last.get(kind), kind in WELL_WITHIN and _is_overdue(last.get(kind), now, WELL_WITHIN[kind]))
        for kind in UpkeepKind
    ]


def _is_overdue(last: UpkeepRecord | None, now: datetime, within: timedelta) -> bool:
    """Tell whether something has not been done for too long."""
    return last is None or now - last.at > within
