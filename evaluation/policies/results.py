"""When a measure is collected, what its results come to, and what the state of a plan allows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta
from django.utils.formats import date_format

from core.refusals import Blocker
from core.text import joined
from engagements.enums import BEGUN_STATUSES, ENDED_STATUSES, RUNNING_STATUSES, EngagementStatus
from evaluation.enums import (
    FIRST_NAMES,
    MOMENTS_UNLESS_KNOWN,
    MONTHS_AFTER,
    RESULT_STATUSES,
    SAME_TIME_DAYS,
    USUAL_MOMENTS,
    Direction,
    MeasureKind,
    MeasureLevel,
    MeasureStatus,
    Moment,
    Reached,
)
from evaluation.policies.measures import number_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from typing import Any

    from engagements.models import Engagement
    from evaluation.models import EarlierTarget, Measure, Result

MAX_PERCENT = 100
_ONE = Decimal(1)
_PERCENT = re.compile(r"%|\bper\s?cent", re.IGNORECASE)
_STATUS_OF = {
    Reached.MET: MeasureStatus.MET,
    Reached.PARTLY: MeasureStatus.PARTLY_MET,
    Reached.NOT_MET: MeasureStatus.NOT_MET,
}
# What is mostly somebody's name: a title or a common first name before a word in capitals.
_NAME = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Sister|Nurse|Cllr|Councillor|Sir|Dame)\.?\s+[A-Z][\w’'-]+"
    rf"|\b(?:{FIRST_NAMES})\s+[A-Z][\w’'-]+"
)


@dataclass(frozen=True)
class Progress:
    """One measure with what its collections have shown so far.

    `baseline` is what was agreed before, or else the first collection; the targets are the first and the one that counts now.
    """

    measure: Measure
    results: tuple[Result, ...]
    earlier: tuple[EarlierTarget, ...]
    status: MeasureStatus
    latest: Result | None
    baseline: str
    baseline_on: date | None

    @property
    def first_target(self) -> str:
        """Return the target that was agreed first."""
        return self.earlier[0].target if self.earlier else self.measure.target

    @property
    def first_due_on(self) -> date | None:
        """Return by when the first target was to be reached."""
        return self.earlier[0].due_on if self.earlier else self.measure.due_on

    @property
    def waiting(self) -> list[Result]:
        """Return the collections that nobody has made or given up, the earliest first."""
        return [] if self.status == MeasureStatus.DROPPED else [row for row in self.results if row.is_open]

    @property
    def is_result(self) -> bool:
        """Tell whether its status counts as a result: nothing more is to be collected, or the work has ended before it was due."""
        has_ended = not self.waiting or self.measure.engagement.status == EngagementStatus.CLOSED
        return has_ended and self.status in RESULT_STATUSES

    def owes(self, on: date) -> bool:
        """Tell whether somebody has yet to say what became of it, before the work ends on a day.

        That is a collection that is due, a measure of which nothing was said at all, or how far its last result has come. What is due later
        bars nobody.
        """
        is_late = any(row.due_on <= on for row in self.waiting)
        is_unsaid = self.status == MeasureStatus.PLANNED and not any(row.is_missed for row in self.results)
        is_unjudged = self.status == MeasureStatus.IN_PROGRESS and not self.waiting
        return is_late or is_unsaid or is_unjudged


# When.


def usual_collections(measure: Measure, on: date) -> list[tuple[Moment, date]]:
    """Return when a measure is usually collected: by the level at which it shows, and on the date of its target.

    A baseline is collected where the plan holds none and the intervention has not begun. Without dates of the intervention, its end is the
    date of the target.
    """
    planned = measure.planned_intervention
    starts_on = planned.starts_on if planned and planned.starts_on else on
    ends_on = (planned.ends_on if planned else None) or measure.due_on or starts_on
    usual = USUAL_MOMENTS.get(MeasureLevel(measure.level), MOMENTS_UNLESS_KNOWN) if measure.level else MOMENTS_UNLESS_KNOWN
    found = [] if measure.baseline or starts_on < on else [(Moment.BASELINE, starts_on)]
    for moment in usual:
        if moment == Moment.DURING:
            if ends_on > starts_on:
                found.append((moment, starts_on + (ends_on - starts_on) / 2))
        else:
            found.append((moment, ends_on + relativedelta(months=MONTHS_AFTER[moment])))
    nearness = timedelta(days=SAME_TIME_DAYS)
    if measure.due_on and not any(abs(day - measure.due_on) <= nearness for moment, day in found if moment != Moment.BASELINE):
        found.append((Moment.TARGET, measure.due_on))
    return sorted(found, key=lambda row: row[1])


# What it comes to.


def progress_of(measure: Measure, results: Iterable[Result], earlier: Iterable[EarlierTarget] = ()) -> Progress:
    """Return what the results of a measure have shown so far. Results come in the order in which they are due."""
    rows = tuple(results)
    baseline, baseline_on = _baseline_of(measure, rows)
    collected = [row for row in rows if row.is_collected and row.moment != Moment.BASELINE]
    latest = max(collected, key=lambda row: (row.collected_on, row.pk), default=None)
    status = _status(measure, rows, latest, baseline)
    return Progress(measure, rows, tuple(earlier), status, latest, baseline, baseline_on)


def needs_judgement(measure: Measure, baseline: str) -> bool:
    """Tell whether a person has to say how far a result has come: a story, or a value that cannot be laid beside its target.

    `baseline` is where the measure began, as the plan says or as it was collected.
    """
    if measure.kind == MeasureKind.YES_NO:
        return not measure.target
    if measure.kind not in (MeasureKind.NUMBER, MeasureKind.SCALE) or measure.direction == Direction.MAINTAIN:
        return True
    return number_of(measure.target) is None or _way(measure, baseline) is None


def reached_by(measure: Measure, result: Result, baseline: str) -> Reached | None:
    """Return how far one result has come: what a person said of it, or else its value beside baseline and target.

    Met at the target or beyond it, in the way that is better; partly where it has moved that way from the baseline. A yes or no is met
    or not. Without a baseline there is no partly. Nothing where a person has to say it and has not yet.
    """
    if needs_judgement(measure, baseline):
        return Reached(result.reached) if result.reached else None
    if measure.kind == MeasureKind.YES_NO:
        return Reached.MET if result.value.lower() == measure.target.lower() else Reached.NOT_MET
    value, target, start = number_of(result.value), number_of(measure.target), number_of(baseline)
    way = _way(measure, baseline)
    if value is None or target is None or way is None:
        return None
    if (value - target) * way >= 0:
        return Reached.MET
    return Reached.PARTLY if start is not None and (value - start) * way > 0 else Reached.NOT_MET


def _status(measure: Measure, rows: Sequence[Result], latest: Result | None, baseline: str) -> MeasureStatus:
    """Return what has become of a measure. The latest result counts; before the last collection only "met" is said."""
    if measure.dropped_on:
        return MeasureStatus.DROPPED
    followed = [row for row in rows if row.moment != Moment.BASELINE]
    waiting = [row for row in followed if row.is_open]
    if latest is None or latest.collected_on is None:
        is_given_up = bool(followed) and not waiting
        return MeasureStatus.NOT_COLLECTED if is_given_up else MeasureStatus.PLANNED
    reached = reached_by(measure, latest, baseline)
    is_last = not waiting or (measure.due_on is not None and latest.collected_on >= measure.due_on)
    if reached is None or (not is_last and reached != Reached.MET):
        return MeasureStatus.IN_PROGRESS
    return _STATUS_OF[reached]


def _baseline_of(measure: Measure, rows: Iterable[Result]) -> tuple[str, date | None]:
    """Return where a measure began: the baseline of the plan, or else the one that was collected."""
    if measure.baseline:
        return measure.baseline, measure.baseline_on
    found = next((row for row in rows if row.moment == Moment.BASELINE and row.is_collected), None)
    return (found.value or found.narrative, found.collected_on) if found else ("", None)


def _way(measure: Measure, baseline: str) -> Decimal | None:
    """Return 1 where up is better and -1 where down is: as it was said, or else from the baseline to the target."""
    if measure.direction == Direction.INCREASE:
        return _ONE
    if measure.direction == Direction.DECREASE:
        return -_ONE
    start, target = number_of(baseline), number_of(measure.target)
    if start is None or target is None or start == target:
        return None
    return _ONE if target > start else -_ONE


# What may be done.


def recording_blockers(engagement: Engagement, *, has_collections: bool) -> list[Blocker]:
    """Return why nothing can be said of results now: before the plan is agreed, or once the work has ended.

    A plan that was reopened goes on with the collections that it has.
    """
    status = EngagementStatus(engagement.status)
    if status in ENDED_STATUSES:
        return [Blocker(f"The engagement is {status.label.lower()}. Its results can be read and not changed any more.")]
    if status in RUNNING_STATUSES or has_collections:
        return []
    return [Blocker("Results are collected once the plan is agreed.")]


def delivering_blockers(engagement: Engagement) -> list[Blocker]:
    """Return why no session can be written down: the work has not begun, or it has ended. A plan that was reopened is still under way."""
    if engagement.status in ENDED_STATUSES:
        return [Blocker("The engagement has ended. Its sessions can be read and not changed any more.")]
    if engagement.shared_at is None:
        return [Blocker("Sessions are written down once the plan has been submitted.")]
    return []


def reporting_blockers(engagement: Engagement) -> list[Blocker]:
    """Return why there is no report yet: the work has not begun, whatever has become of its plan since."""
    if engagement.status in BEGUN_STATUSES or any(
        row.to_status == EngagementStatus.IN_DELIVERY for row in engagement.status_changes.all()
    ):
        return []
    return [Blocker("The report begins when delivery does. It is put together from the plan and from what you record.")]


def dropped_blockers(measure: Measure) -> list[Blocker]:
    """Return why nothing is collected for a measure any more: it was dropped."""
    if measure.dropped_on is None:
        return []
    day = date_format(measure.dropped_on, "DATE_FORMAT")
    return [Blocker(f"This measure was dropped on {day}. Take it up again before you collect anything for it.")]


def moving_blockers(result: Result, values: Mapping[str, Any]) -> list[Blocker]:
    """Return why a collection cannot become another one: it has a result, which was collected when it was."""
    if result.is_open or values.get("moment", result.moment) == result.moment:
        return []
    return [Blocker("There is something to read here already, so it stays what it was. You can change its date.")]


def result_removing_blockers(result: Result) -> list[Blocker]:
    """Return why a collection cannot be removed, or said not to take place: it has a result."""
    return [Blocker("There is a result. You can correct it.")] if result.is_collected else []


def result_losing_blockers(result: Result) -> list[Blocker]:
    """Return why a collection cannot be removed: it has a result, or somebody said why there is none."""
    if result.is_missed:
        return [Blocker("It says why there is no result. That stays; you can change the reason.")]
    return result_removing_blockers(result)


def measure_removing_blockers(measure: Measure) -> list[Blocker]:
    """Return why a measure cannot be removed from a plan: something was said of it since, which has to stay."""
    has_more = measure.dropped_on is not None or any(measure.earlier_targets.all())
    if not has_more and all(row.is_open for row in measure.results.all()):
        return []
    return [
        Blocker(
            "This measure has results or earlier targets. Drop it on the page of results, with the reason, so that they stay."
        )
    ]


def unit_blockers(measure: Measure, values: Mapping[str, Any]) -> list[Blocker]:
    """Return why the form or the unit of a measure cannot change: it has results in the old one."""
    changed = [name for name in ("kind", "unit") if name in values and (values[name] or "") != getattr(measure, name)]
    if not changed or not any(row.is_collected for row in measure.results.all()):
        return []
    words = joined([{"kind": "form", "unit": "unit"}[name] for name in changed])
    unit = f" in “{measure.unit}”" if measure.unit else ""
    return [
        Blocker(
            f"The {words} cannot change, because there are results{unit} already. Drop this measure on the page of results, with "
            "the reason, and add a new one."
        )
    ]


def retargeting_blockers(measure: Measure, *, target: str, due_on: date | None, reason: str) -> list[Blocker]:
    """Return why a target cannot be replaced: nothing changes, there is no reason, or the measure was dropped."""
    found = dropped_blockers(measure)
    if (target, due_on) == (measure.target, measure.due_on):
        found.append(Blocker("The target and its date are the same as before."))
    return found if reason.strip() else [*found, Blocker("Enter why the target changes.")]


# What is worth a second look.


def remarks_on(result: Result, progress: Progress) -> list[str]:
    """Return what is odd about a result, in words; it is kept as it is."""
    measure = progress.measure
    found = []
    value = number_of(result.value)
    if value is not None and value > MAX_PERCENT and _PERCENT.search(measure.unit):
        found.append("More than 100%. Is that what was meant?")
    collected_on, started_on = result.collected_on, progress.baseline_on
    if result.moment != Moment.BASELINE and collected_on and started_on and collected_on < started_on:
        day = date_format(started_on, "DATE_FORMAT")
        found.append(f"Collected before the baseline of {day}. Check both dates.")
    name = _NAME.search(result.narrative)
    if name:
        found.append(f"“{name.group()}” looks like somebody’s name. A story travels further without names.")
    return found
