"""What measures still lack before a plan can go to review, and what their values have to look like (P46)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.text import Truncator

from core.refusals import Blocker
from core.text import joined
from evaluation.enums import MAX_QUOTED, Direction, MeasureKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engagements.models import Engagement, PlannedIntervention
    from evaluation.models import Measure

# ASCII only: a result has to be compared with these values later.
_NUMBER = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", re.ASCII)
_YES_NO = re.compile(r"yes|no", re.IGNORECASE)
_FORMS = {
    MeasureKind.NUMBER: (_NUMBER, "a number, like 42 or 3.5"),
    MeasureKind.SCALE: (_NUMBER, "a number on the scale, like 3 or 3.5"),
    MeasureKind.YES_NO: (_YES_NO, "yes or no"),
}


def expected_form(kind: str, value: str) -> str:
    """Return in words what a baseline or target of this kind has to be, or nothing where it is so, is empty or may be anything."""
    pattern, words = _FORMS.get(kind, (None, ""))  # type: ignore[call-overload]  # an unknown or empty kind has no form
    return words if value and pattern and not pattern.fullmatch(value.strip()) else ""


def number_of(value: str) -> Decimal | None:
    """Return the number that a value states, or nothing where it states none."""
    return Decimal(value.strip().replace(",", "")) if _NUMBER.fullmatch(value.strip()) else None


def remarks_on_target(measure: Measure, baseline: str) -> list[str]:
    """Return what is odd about a target beside where the measure began, in words; it is kept as it is."""
    start, end = number_of(baseline), number_of(measure.target)
    if measure.kind not in (MeasureKind.NUMBER, MeasureKind.SCALE) or start is None or end is None:
        return []
    if start == end and measure.direction != Direction.MAINTAIN:
        return ["The target is the same as the baseline. Is that what was meant?"]
    if measure.direction == Direction.INCREASE and end < start:
        return ["The target lies below the baseline, though it should go up."]
    if measure.direction == Direction.DECREASE and end > start:
        return ["The target lies above the baseline, though it should go down."]
    return []


def missing_parts(measure: Measure) -> list[str]:
    """Return what one measure lacks to be complete: a baseline or the reason for none, a target and a date."""
    found = []
    if not measure.has_baseline:
        found.append("a baseline or the reason for none")
    if not measure.target:
        found.append("a target")
    if measure.due_on is None:
        found.append("a date for the target")
    # A form refuses these beside the field; two people's changes that merged can still bring them about.
    for name, value in (("baseline", measure.baseline), ("target", measure.target)):
        words = expected_form(measure.kind, value)
        if words:
            found.append(f"a {name} that is {words}")
    return found


def measure_blockers(engagement: Engagement) -> list[Blocker]:
    """Return what the measures of a loaded plan still lack, each with the address where it can be put right.

    Each planned intervention needs a measure, each measure a planned intervention, a baseline or the reason for none, a
    target and a date (DESIGN, "States").
    """
    measures: list[Measure] = [row for row in engagement.measures.all() if row.dropped_on is None]
    titles = {planned.pk: planned.title for planned in engagement.planned_interventions.all()}
    measured = {measure.planned_intervention_id for measure in measures}
    create = reverse("evaluation:measure_create", args=[engagement.reference])
    found = [
        Blocker(f"{title}: add at least one measure", f"{create}?for={pk}") for pk, title in titles.items() if pk not in measured
    ]
    for measure in measures:
        url = reverse("evaluation:measure_edit", args=[engagement.reference, measure.pk])
        title = titles.get(measure.planned_intervention_id or 0, "Measures")
        if measure.planned_intervention_id is None:
            found.append(Blocker(f"{title}: say which intervention {quoted(measure)} belongs to", url))
        missing = missing_parts(measure)
        if missing:
            found.append(Blocker(f"{title}: {quoted(measure)} still needs {joined(missing)}", url))
    return found


def tying_blockers(planned: PlannedIntervention | None, plan: Iterable[PlannedIntervention]) -> list[Blocker]:
    """Return why a measure cannot be tied to an intervention: it is not, or no longer, in this plan."""
    if planned is None or planned in plan:
        return []
    return [Blocker("That intervention is not in this plan any more. Choose another one, or tie the measure later.")]


def quoted(measure: Measure) -> str:
    """Quote a measure by the beginning of its outcome, on one line."""
    return f"“{Truncator(' '.join(measure.outcome.split())).chars(MAX_QUOTED)}”"
