"""One timeline for each planned intervention: what was delivered, measured, said and decided, in the order in which it happened (P48)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.timezone import localdate

from core.reading import Relation, prefetch_in_one_query
from core.text import counted
from engagements.enums import ENDED_STATUSES, DecisionOutcome, EngagementStatus
from engagements.models import Decision, PlannedIntervention
from evaluation.policies.learning import progress_in
from evaluation.policies.measures import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from engagements.models import Engagement
    from evaluation.models import DeliveredSession
    from evaluation.policies.results import Progress

# The moves that everybody looks for on a timeline.
_TOLD = {
    EngagementStatus.IN_REVIEW: "The plan was submitted",
    EngagementStatus.AGREED: "All signatories have agreed",
    EngagementStatus.IN_DELIVERY: "Delivery started",
    EngagementStatus.IN_EVALUATION: "The evaluation started",
    EngagementStatus.CLOSED: "The engagement was closed",
    EngagementStatus.WITHDRAWN: "The engagement was withdrawn",
    EngagementStatus.CO_DESIGN: "The plan went back to co-design",
}


@dataclass(frozen=True)
class Happening:
    """One thing on a timeline: its day, what kind it is, what is told of it, and where there is more."""

    day: date
    kind: str
    text: str
    detail: str = ""
    url: str = ""
    session: DeliveredSession | None = None
    at: datetime | None = None

    @property
    def order(self) -> tuple[date, float]:
        """Return its place: by day, what has only a day before what has a moment."""
        return self.day, self.at.timestamp() if self.at else 0


@dataclass(frozen=True)
class Timeline:
    """What happened to one planned intervention, the earliest first, and what is still to come."""

    planned: PlannedIntervention
    happened: tuple[Happening, ...]
    to_come: tuple[Happening, ...]


def timelines_of(engagement: Engagement, *, on: date) -> list[Timeline]:
    """Return the timeline of each planned intervention of an engagement; a fixed number of queries.

    What happened to the plan as a whole stands on each. Nothing is told of who answered, or how many, while feedback is open.
    """
    planned_rows = list(PlannedIntervention.objects.filter(engagement=engagement).order_by("position", "pk"))
    prefetch_in_one_query(
        [
            Relation([engagement], "status_changes"),
            Relation(planned_rows, "delivered_sessions"),
            Relation(planned_rows, "feedback_forms"),
        ]
    )
    progress = progress_in(engagement)
    decisions = Decision.objects.filter(version__engagement=engagement).select_related("version").order_by("at", "pk")
    # Of one moment, a decision stands before the move that it led to.
    shared = [*_decisions(engagement, decisions), *_moves(engagement)]
    found = []
    for planned in planned_rows:
        own = [row for row in progress if row.measure.planned_intervention_id == planned.pk]
        rows = [*shared, *_dates(planned), *_sessions(planned), *_measured(engagement, own, on=on), *_asked(engagement, planned)]
        rows.sort(key=lambda row: row.order)
        found.append(
            Timeline(
                planned,
                tuple(row for row in rows if row.day <= on),
                tuple(row for row in rows if row.day > on),
            )
        )
    return found


def _moves(engagement: Engagement) -> list[Happening]:
    """Return the moves of the engagement."""
    return [
        Happening(localdate(row.at), "Plan", _TOLD[EngagementStatus(row.to_status)], row.reason, at=row.at)
        for row in engagement.status_changes.all()
    ]


def _decisions(engagement: Engagement, decisions: Iterable[Decision]) -> list[Happening]:
    """Return what each signatory decided."""
    url = reverse("engagements:review_detail", args=[engagement.reference])
    did = {DecisionOutcome.AGREED: "agreed to", DecisionOutcome.CHANGES_WANTED: "asked for changes to"}
    return [
        Happening(
            localdate(row.at),
            "Decision",
            f"{row.name} {did[DecisionOutcome(row.outcome)]} version {row.version.number}",
            row.comment,
            url,
            at=row.at,
        )
        for row in decisions
    ]


def _dates(planned: PlannedIntervention) -> list[Happening]:
    """Return when an intervention was to begin and to end."""
    rows = [(planned.starts_on, "Planned to begin"), (planned.ends_on, "Planned to end")]
    return [Happening(day, "Plan", text) for day, text in rows if day]


def _sessions(planned: Any) -> list[Happening]:
    """Return the sessions of a planned intervention that took place."""
    found = []
    for row in planned.delivered_sessions.all():
        came = "" if row.attended is None else f"; {counted(row.attended, 'person', 'people')} came"
        found.append(Happening(row.held_on, "Session", f"A session was held{came}", row.note, session=row))
    return found


def _measured(engagement: Engagement, progress: Iterable[Progress], *, on: date) -> list[Happening]:
    """Return each collection: what it showed, why there is none, or when it is due; and each target that was replaced."""
    base = reverse("evaluation:result_list", args=[engagement.reference])
    found = []
    for row in progress:
        name, url = quoted(row.measure), f"{base}#measure-{row.measure.pk}"
        if row.measure.baseline and row.measure.baseline_on:
            found.append(Happening(row.measure.baseline_on, "Measure", f"{name} began at {row.measure.baseline}", url=url))
        for result in row.results:
            when = result.get_moment_display().lower()
            if result.collected_on:
                shown = result.value or result.get_reached_display() or "a story"
                found.append(Happening(result.collected_on, "Measure", f"{name}, {when}: {shown}", result.narrative, url))
            elif result.is_missed:
                day = min(result.due_on, on)
                found.append(Happening(day, "Measure", f"{name}, {when}: not collected", result.missed_reason, url))
            elif row.measure.dropped_on is None and engagement.status not in ENDED_STATUSES:
                found.append(Happening(result.due_on, "Measure", f"{name}, {when}: due", url=url))
        targets = [earlier.target for earlier in row.earlier] + [row.measure.target]
        for earlier, target in zip(row.earlier, targets[1:], strict=True):
            told = f"{name}: the target of {earlier.target or 'none'} became {target or 'none'}"
            day = localdate(earlier.replaced_at)
            found.append(Happening(day, "Measure", told, earlier.reason, url, at=earlier.replaced_at))
        if row.measure.dropped_on:
            found.append(Happening(row.measure.dropped_on, "Measure", f"{name} was dropped", row.measure.dropped_reason, url))
    return found


def _asked(engagement: Engagement, planned: Any) -> list[Happening]:
    """Return when participants of a planned intervention were asked, and when that ended."""
    found = []
    for form in planned.feedback_forms.all():
        if form.opened_at is not None:
            url = reverse("evaluation:feedback_form_detail", args=[engagement.reference, form.pk])
            asked, closed = form.opened_at, form.closed_at
            found.append(Happening(localdate(asked), "Feedback", "Participants were asked", url=url, at=asked))
            ended = localdate(closed) if closed else form.closes_on
            told = "No more answers were taken" if closed else "Last day to answer"
            found.append(Happening(ended, "Feedback", told, url=url, at=closed))
    return found
