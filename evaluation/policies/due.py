"""What a person is asked to collect, and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.formats import date_format

from core.text import counted
from engagements.enums import RUNNING_STATUSES
from engagements.models import Engagement
from engagements.policies import WaitingWork
from evaluation.enums import DUE_SOON_DAYS
from evaluation.models import Result
from evaluation.policies.measures import quoted
from evaluation.policies.owners import is_owner

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import User


@dataclass(frozen=True)
class DueResult:
    """One collection that waits on a person: late, or due within the next days."""

    result: Result
    is_late: bool
    when: str


def due_results_of(person: User, *, on: date) -> list[DueResult]:
    """Return what a person is asked to collect, what has waited longest first; one query.

    A measure names its owner in words, who may have no account: so whoever leads the engagement is asked for all of it. A client lead is
    asked for what names them, once the plan is agreed; national admins collect nothing.
    """
    if person.is_national_admin:
        return []
    seen = Engagement.objects.visible_to(person)
    if person.is_stp_lead:
        seen = seen.filter(status__in=RUNNING_STATUSES)
    name = person.full_name.split()[:1]
    mine = Q(measure__owner__icontains=name[0]) if name else Q()
    if not person.is_stp_lead:
        mine |= Q(measure__engagement__lead_consultant=person)
    rows = Result.objects.due(on).filter(mine, measure__engagement__in=seen.order_by().values("pk"))
    found = [
        row
        for row in rows.select_related("measure__engagement").in_order()
        if row.measure.engagement.lead_consultant_id == person.pk or is_owner(person, row.measure)
    ]
    return [DueResult(row, row.is_overdue(on), due_in_words(row, on)) for row in found]


def due_for_digest(person: User, since: date, until: date) -> list[WaitingWork]:
    """Return what a daily summary tells of results: new is what is asked for from these days on, and what has become late in them."""
    found = []
    for due in due_results_of(person, on=until):
        asked_on, late_on = due.result.due_on - timedelta(days=DUE_SOON_DAYS), due.result.due_on + timedelta(days=1)
        is_new = any(since < day <= until for day in (asked_on, late_on))
        what = f"Collect {quoted(due.result.measure)}: {due.result.get_moment_display().lower()}, {due.when}"
        found.append(WaitingWork(due.result.measure.engagement, what, is_new))
    return found


def due_in_words(result: Result, on: date) -> str:
    """Say when a collection is due and how late it is: "due 3 April 2017, 2 days late"."""
    days = (on - result.due_on).days
    late = f", {counted(days, 'day')} late" if days > 0 else " today" if days == 0 else ""
    return f"due{late}" if days == 0 else f"due {date_format(result.due_on, 'DATE_FORMAT')}{late}"
