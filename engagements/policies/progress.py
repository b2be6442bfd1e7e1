"""How far an engagement has come: the task list, and the next step in words (P06)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from core.text import counted, joined
from engagements.enums import Clarity, EngagementStatus, Facet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.refusals import Blocker
    from engagements.models import Engagement

_RELATIONS = {Facet.PEOPLE: "groups", Facet.PLACE: "places", Facet.PURPOSE: "purposes", Facet.PRIORITIES: "priorities"}
_ONE_AND_MANY = {
    Facet.PEOPLE: ("group", "groups"),
    Facet.PLACE: ("place", "places"),
    Facet.PURPOSE: ("purpose", "purposes"),
    Facet.PRIORITIES: ("priority", "priorities"),
}
# What a client lead reads who has nothing to decide; the consultant's next steps are not theirs to take.
_CLIENT_STEPS = {
    EngagementStatus.CO_DESIGN: "Your LDP is working on this plan again. Nothing is asked of you until a new version is submitted.",
    EngagementStatus.IN_REVIEW: "This plan is with its signatories. You can read it. Nothing is asked of you.",
    EngagementStatus.AGREED: "All signatories have agreed to this plan. Nothing more is asked of you.",
    EngagementStatus.IN_DELIVERY: "The interventions are under way. Nothing is asked of you here.",
    EngagementStatus.IN_EVALUATION: "The interventions are done, and their results are being gathered. Nothing is asked of you here.",
    EngagementStatus.CLOSED: "This engagement is closed. You can still read the plan.",
    EngagementStatus.WITHDRAWN: "This engagement was withdrawn. Nothing is asked of you.",
}


@dataclass(frozen=True)
class Task:
    """One row of the task list: at most three statuses, and the whole row is the link."""

    title: str
    url: str
    status: Clarity
    hint: str


@dataclass(frozen=True)
class Sector:
    """One facet as the compass draws it."""

    slug: str
    name: str
    clarity: Clarity
    count_words: str
    url: str

    @property
    def clarity_label(self) -> str:
        """Return how clear the facet is, in words."""
        return str(self.clarity.label)


def content_count(engagement: Engagement, facet: Facet) -> int:
    """Return how many entries one facet holds."""
    return len(getattr(engagement, _RELATIONS[facet]).all())


def compass(engagement: Engagement) -> list[Sector]:
    """Return the four facets of a loaded engagement as the compass draws them."""
    return [
        Sector(
            slug=str(facet.value),
            name=str(facet.label),
            clarity=engagement.clarity_of(facet),
            count_words=counted(content_count(engagement, facet), *_ONE_AND_MANY[facet]),
            url=reverse(f"engagements:{facet}_detail", args=[engagement.reference]),
        )
        for facet in Facet
    ]


def progress(engagement: Engagement, blockers: Sequence[Blocker]) -> list[Task]:
    """Return the task list of a loaded engagement. A row is clear when nothing bars submission on its pages."""
    planned = len(engagement.planned_interventions.all())
    measures = len(engagement.measures.all())
    leads = len(engagement.client_leads.all())
    checks = sum(len(row.criterion_checks.all()) for row in engagement.planned_interventions.all())
    rows = [
        ("Plan", "plan_detail", "engagements", planned, counted(planned, "intervention"), "plan"),
        ("Criteria", "criteria_detail", "engagements", checks or planned, "Five useful criteria", "criteria"),
        ("Measures", "measure_list", "evaluation", measures, counted(measures, "measure"), "measures"),
        ("Client leads", "team_detail", "engagements", leads, counted(leads, "client lead"), "team"),
    ]
    tasks = [Task(row.name, row.url, row.clarity, row.count_words) for row in compass(engagement)]
    for name, view, app, count, hint, part in rows:
        is_barred = any(blocker.bars(part) for blocker in blockers)
        status = Clarity.NOT_STARTED if not count else Clarity.IN_PROGRESS if is_barred else Clarity.CLEAR
        tasks.append(Task(name, reverse(f"{app}:{view}", args=[engagement.reference]), status, hint))
    return tasks


def next_step(engagement: Engagement, blockers: Sequence[Blocker]) -> str:
    """Say where the plan stands and what comes next, in words."""
    # A plan that was submitted before has been returned, recalled or reopened since.
    plan = "This plan" if engagement.shared_at is None else "The new version of this plan"
    match EngagementStatus(engagement.status):
        case EngagementStatus.CO_DESIGN if blockers:
            count = counted(len(blockers), "thing")
            return f"{plan} has not been submitted. {count} to settle before it can go to the client for review."
        case EngagementStatus.CO_DESIGN:
            return f"{plan} has not been submitted. It is ready: submit it for review."
        case EngagementStatus.IN_REVIEW:
            return "This plan is with the signatories. It cannot be changed until they have decided or it is recalled."
        case EngagementStatus.AGREED:
            return "All signatories have agreed. Next: start delivery."
        case EngagementStatus.IN_DELIVERY:
            return "The interventions are under way. Next: start the evaluation when they are done."
        case EngagementStatus.IN_EVALUATION:
            return "The interventions are done. Next: collect the measures, then close."
        case EngagementStatus.CLOSED:
            return "This engagement is closed. It can be read and not changed."
        case _:
            return "This engagement was withdrawn. It can be reinstated."


def client_next_step(
    engagement: Engagement, *, is_to_decide: bool = False, agreed_at: datetime | None = None, waits_for: Sequence[str] = ()
) -> str:
    """Say to a client lead where the plan stands and what is asked of them, in words.

    A signatory is to decide or, while others have not decided, has agreed at a moment.
    """
    if is_to_decide:
        return "You are asked to read this plan and to decide: agree to it, or ask for changes."
    if agreed_at is not None:
        when = date_format(localtime(agreed_at), "DATE_FORMAT")
        return f"You agreed to this plan on {when}. It still waits for {joined(waits_for)}."
    return _CLIENT_STEPS[EngagementStatus(engagement.status)]
