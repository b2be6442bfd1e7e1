"""What a daily summary tells one person: worked out from the audit trail when it is sent (P34)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate

from core.models import AuditEvent
from engagements.enums import MAX_EVENTS_TOLD, EngagementStatus, VersionOutcome
from engagements.models import Engagement
from engagements.policies.signing import lead_to_decide_for, read_signing
from engagements.policies.submitted import show_as_submitted

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from accounts.models import User

    WorkFinder = Callable[[User, date, date], list["WaitingWork"]]

# Links are the portal's own affair: the messages that carry them have told of them.
_NOT_TOLD = {"accounts.invitation"}
_ABOUT_VERSIONS = {"engagements.planversion", "engagements.comment"}


@dataclass(frozen=True)
class WaitingWork:
    """Something that waits on a person in one engagement: what is new makes a summary, what has waited longer goes with it."""

    engagement: Engagement
    sentence: str
    is_new: bool


_finders: list[WorkFinder] = []


def register_digest_work(find: WorkFinder) -> None:
    """Let an upper app say in daily summaries what waits on a person; it joins in its `apps.py`.

    `find(person, since, until)` returns all that waits; new is what has come up after the one day and until the other.
    """
    if find not in _finders:
        _finders.append(find)


@dataclass(frozen=True)
class EngagementNews:
    """What others did on one engagement, the newest last, and what now waits on the reader."""

    engagement: Engagement
    events: tuple[AuditEvent, ...]
    more: int
    waits: str
    path: str
    tasks: tuple[str, ...] = ()


def digest_for(person: User, *, since: datetime, until: datetime) -> list[EngagementNews]:
    """Return what others did between two moments, engagement by engagement; nothing where there is nothing to tell.

    Consultants are told of what they lead or are on the team of; client leads of what is shared with them, and there only of
    versions, comments and decisions.
    """
    seen = Engagement.objects.visible_to(person)
    engagements = {row.trail: row for row in (seen if person.is_stp_lead else seen.for_person(person)).with_people()}
    show_as_submitted(person, engagements.values())
    happened = AuditEvent.objects.filter(trail__in=engagements, at__gt=since, at__lte=until).exclude(actor=person)
    told: dict[str, list[AuditEvent]] = defaultdict(list)
    for event in happened.exclude(subject_type__in=_NOT_TOLD).select_related("actor").order_by("at", "pk"):
        if not person.is_stp_lead or _is_for_clients(event):
            told[event.trail].append(event)
    tasks: dict[str, list[str]] = defaultdict(list)
    waiting = [work for find in _finders for work in find(person, localdate(since), localdate(until))]
    for work in waiting:
        engagements.setdefault(work.engagement.trail, work.engagement)
        tasks[work.engagement.trail].append(work.sentence)
    with_news = told.keys() | {work.engagement.trail for work in waiting if work.is_new}
    found = [_news(person, engagements[trail], told.get(trail, []), tuple(tasks[trail])) for trail in with_news]
    return sorted(found, key=lambda news: news.engagement.reference)


def _is_for_clients(event: AuditEvent) -> bool:
    """Tell whether an event is about a version: a decision, a comment, or a move from status to status."""
    return event.subject_type in _ABOUT_VERSIONS or any(change["field"] == "status" for change in event.changes)


def _news(person: User, engagement: Engagement, events: list[AuditEvent], tasks: tuple[str, ...]) -> EngagementNews:
    """Return the news of one engagement: its last events, and how many came before them."""
    view = "review_detail" if person.is_stp_lead else "engagement_detail"
    return EngagementNews(
        engagement=engagement,
        events=tuple(events[-MAX_EVENTS_TOLD:]),
        more=max(0, len(events) - MAX_EVENTS_TOLD),
        waits=_waits_on(person, engagement),
        path=reverse(f"engagements:{view}", args=[engagement.reference]),
        tasks=tasks,
    )


def _waits_on(person: User, engagement: Engagement) -> str:
    """Say what a person is asked to do on an engagement, if anything."""
    signing = read_signing(engagement)
    version = signing.version
    if version is None:
        return ""
    if person.is_stp_lead:
        lead = lead_to_decide_for(person, signing.leads)
        if lead is None or lead.pk not in {row.pk for row in signing.waits_for}:
            return ""
        by_when = f" by {date_format(version.due_on, 'DATE_FORMAT')}" if version.due_on else ""
        return f"You are asked to agree to this plan or to ask for changes{by_when}."
    if engagement.status == EngagementStatus.CO_DESIGN and version.outcome == VersionOutcome.CHANGES_WANTED:
        return "The client wants changes. Read the comments, then submit again."
    return ""
