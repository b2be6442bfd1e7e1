"""What the records say of what was learned, and what closing an engagement asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate

from core.refusals import Blocker
from core.text import counted, joined
from engagements.enums import ENDED_STATUSES, RUNNING_STATUSES
from evaluation.enums import MeasureStatus, Sharing
from evaluation.models import EarlierTarget, FeedbackForm, Learning, Measure, Result
from evaluation.policies.feedback import summary_of
from evaluation.policies.measures import quoted
from evaluation.policies.results import Progress, progress_of

if TYPE_CHECKING:
    from datetime import date

    from engagements.models import Engagement, PlannedIntervention


@dataclass(frozen=True)
class Drawn:
    """A sentence that the portal drew up from a record, with the path of that record."""

    text: str
    path: str


def progress_in(engagement: Engagement, *, planned: PlannedIntervention | None = None) -> list[Progress]:
    """Return the progress of the measures of an engagement, or of one of its interventions; three queries."""
    measures = Measure.objects.filter(engagement=engagement)
    if planned is not None:
        measures = measures.filter(planned_intervention=planned)
    rows = measures.order_by("pk").prefetch_related(
        Prefetch("results", Result.objects.in_order()),
        Prefetch("earlier_targets", EarlierTarget.objects.order_by("replaced_at", "pk")),
    )
    found = [progress_of(row, row.results.all(), row.earlier_targets.all()) for row in rows]
    for progress in found:
        progress.measure.engagement = engagement
    return found


def drawn_from(planned: PlannedIntervention, *, on: date) -> list[Drawn]:
    """Return what the records of one planned intervention say, a sentence for each measure and each behaviour that was asked about."""
    engagement = planned.engagement
    results_url = reverse("evaluation:result_list", args=[engagement.reference])
    found = [
        Drawn(_measure_in_words(row), f"{results_url}#measure-{row.measure.pk}")
        for row in progress_in(engagement, planned=planned)
    ]
    forms = FeedbackForm.objects.filter(planned_intervention=planned, opened_at__isnull=False).order_by("created_at", "pk")
    closed = [form for form in forms if form.is_closed(on)]
    prefetch_related_objects(closed, "answers")
    for form in closed:
        summary = summary_of(form, list(form.answers.all()), on=on)
        path = reverse("evaluation:feedback_form_detail", args=[engagement.reference, form.pk])
        for row in summary.confidence if summary else ():
            if row.is_told:
                way = "rose" if row.change > 0 else "fell" if row.change < 0 else "stayed"
                text = f"Confidence in “{row.text}” {way} from {row.before:.1f} to {row.now:.1f} of 5 ({row.count} answers)."
                found.append(Drawn(text, path))
    return found


def closing_checks(engagement: Engagement) -> list[Blocker]:
    """Return what an engagement still owes before it closes: a word on each measure, and what was learned."""
    results_url = reverse("evaluation:result_list", args=[engagement.reference])
    today = localdate()
    found = [
        Blocker(_owed_in_words(row, today), f"{results_url}#measure-{row.measure.pk}")
        for row in progress_in(engagement)
        if row.owes(today)
    ]
    if not Learning.objects.filter(engagement=engagement).exists():
        found.append(
            Blocker(
                "Say what was learned: what worked, for whom, and what to watch",
                reverse("evaluation:learning_list", args=[engagement.reference]),
            )
        )
    return found


def closing_remarks(engagement: Engagement) -> list[str]:
    """Say what is not collected any more once an engagement is closed."""
    later = sorted(row.due_on for progress in progress_in(engagement) for row in progress.waiting if row.due_on > localdate())
    if not later:
        return []
    until = "" if len(later) == 1 else f", the last on {date_format(later[-1], 'DATE_FORMAT')}"
    more = counted(len(later), "collection")
    sentence = (
        f"{more} of results would still come, the first on {date_format(later[0], 'DATE_FORMAT')}{until}. Once it is closed nobody is asked "
        "for them, and a measure that is still in progress counts neither for nor against. To wait for them, leave the engagement in "
        "evaluation."
    )
    return [sentence]


def final_status_of(row: Progress) -> MeasureStatus:
    """Return what is kept of a measure when the work ends: what had no result by then was not collected."""
    return MeasureStatus.NOT_COLLECTED if row.status == MeasureStatus.PLANNED else row.status


def _owed_in_words(row: Progress, on: date) -> str:
    """Say what is still to be said of a measure."""
    late = [result for result in row.waiting if result.due_on <= on]
    if row.status == MeasureStatus.PLANNED:
        return f"{quoted(row.measure)}: add its result, say why there is none, or drop it"
    if late:
        days = joined([date_format(result.due_on, "DATE_FORMAT") for result in late])
        return f"{quoted(row.measure)}: add the result that was due on {days}, or say why there is none"
    return f"{quoted(row.measure)}: say how far its last result has come"


def readers_of(learning: Learning) -> str:
    """Say who may read what was learned now: only what an admin has accepted goes beyond those who see the engagement."""
    wanted = Sharing(learning.sharing)
    if learning.accepted_at is not None or wanted == Sharing.TEAM:
        return str(wanted.label)
    if learning.declined_at is not None:
        return str(Sharing.TEAM.label)
    return f"{Sharing.TEAM.label}, until it is accepted for: {wanted.label}"


def learning_blockers(engagement: Engagement) -> list[Blocker]:
    """Return why nothing can be written of what was learned now: before the plan is agreed, or once the work has ended."""
    if engagement.status in ENDED_STATUSES:
        return [Blocker("The engagement has ended. What was learned can be read and not changed any more.")]
    return [] if engagement.status in RUNNING_STATUSES else [Blocker("What was learned is written once the plan is agreed.")]


def answering_learning_blockers(learning: Learning) -> list[Blocker]:
    """Return why nothing can be said to a proposed piece of evidence: it was not proposed, or somebody has answered."""
    if learning.is_waiting:
        return []
    if learning.sharing == Sharing.TEAM or learning.proposed_at is None:
        return [Blocker("This has not been proposed as evidence.")]
    return [Blocker("Somebody has answered this already.")]


def _measure_in_words(row: Progress) -> str:
    """Say in one sentence what became of a measure."""
    measure, latest = row.measure, row.latest
    unit = f" {measure.unit}" if measure.unit else ""
    if row.status == MeasureStatus.DROPPED:
        return f"{quoted(measure)} was dropped: {measure.dropped_reason}"
    if row.status == MeasureStatus.PLANNED:
        return f"{quoted(measure)} has no result yet."
    if latest is None or latest.collected_on is None:
        missed = next((result.missed_reason for result in row.results if result.is_missed), "")
        return f"{quoted(measure)} was not collected{f': {missed}' if missed else '.'}"
    day = date_format(latest.collected_on, "DATE_FORMAT")
    if measure.is_story:
        return f"{quoted(measure)}: {row.status.label.lower()}, as told on {day}."
    began = f", from {row.baseline}" if row.baseline else ""
    wanted = f", with a target of {measure.target}" if measure.target else ""
    return f"{quoted(measure)}: {row.status.label.lower()}. It was {latest.value}{unit} on {day}{began}{wanted}."
