"""Every write to results: when they are collected, what they show, and what becomes of a target or a measure on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from core import records
from core.refusals import ActionRefused, Blocker, refuse_if
from engagements.actions.engagement import lock_engagement
from engagements.enums import EngagementStatus
from evaluation import policies
from evaluation.actions.measures import follow_target, keep_target, lock_measure
from evaluation.models import EarlierTarget, Measure, Result

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from accounts.models import User
    from core.audit import FieldChange
    from engagements.models import Engagement

GONE = "Somebody has removed this collection meanwhile."


def collect_from_delivery(engagement: Engagement, to: EngagementStatus, by: User) -> None:
    """Say when each measure is collected, as soon as delivery starts; part of that move."""
    if to == EngagementStatus.IN_DELIVERY:
        _add_usual(engagement, by)


@transaction.atomic
def plan_results(*, engagement: Engagement, by: User, values: Mapping[str, Any] | None = None) -> None:
    """Add the usual collections of every measure that has none."""
    locked = lock_engagement(engagement)
    refuse_if(policies.recording_blockers(locked, has_collections=_has_collections(locked)))
    if not _add_usual(locked, by):
        raise ActionRefused([Blocker("Every measure has its collections already.")])


@transaction.atomic
def add_result(*, measure: Measure, values: Mapping[str, Any], by: User) -> Result:
    """Add a collection of a measure: when it is due."""
    engagement, locked = _hold(measure)
    refuse_if(policies.dropped_blockers(locked))
    return records.add(Result(measure=locked), values, by=by, trail=engagement.trail)


@transaction.atomic
def change_result(
    *,
    result: Result,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> Result:
    """Change when a collection is due."""
    engagement, locked = _hold_result(result)
    refuse_if(policies.dropped_blockers(locked.measure) + policies.moving_blockers(locked, values))
    return records.change(locked, values, by=by, trail=engagement.trail, seen=seen, overwrite=overwrite)


@transaction.atomic
def collect_result(
    *,
    result: Result,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> Result:
    """Write down what a collection showed, or correct it; whatever was said of why there is none is let go."""
    engagement, locked = _hold_result(result)
    refuse_if(policies.dropped_blockers(locked.measure))
    verb = "corrected" if locked.is_collected else "collected"
    found = {**values, "missed_reason": ""}
    return records.change(locked, found, by=by, trail=engagement.trail, seen=seen, overwrite=overwrite, verb=verb)


@transaction.atomic
def miss_result(
    *,
    result: Result,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> Result:
    """Say that a collection did not and will not take place, with the reason."""
    engagement, locked = _hold_result(result)
    refuse_if(policies.result_removing_blockers(locked))
    said = {"missed_reason": values["missed_reason"]}
    return records.change(locked, said, by=by, trail=engagement.trail, seen=seen, overwrite=overwrite, verb="did not collect")


@transaction.atomic
def remove_result(*, result: Result, by: User, values: Mapping[str, Any] | None = None) -> None:
    """Remove a collection that has no result."""
    engagement, locked = _hold_result(result)
    refuse_if(policies.result_losing_blockers(locked))
    records.remove(locked, by=by, trail=engagement.trail)


@transaction.atomic
def retarget_measure(
    *,
    measure: Measure,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> Measure:
    """Set another target or date for a measure that is under way; the one before stays, with the reason (P39)."""
    engagement, locked = _hold(measure)
    target, due_on, reason = values["target"], values["due_on"], values["reason"]
    refuse_if(policies.retargeting_blockers(locked, target=target, due_on=due_on, reason=reason))
    earlier = EarlierTarget(measure=locked, target=locked.target, due_on=locked.due_on, replaced_by=by)
    values = {"target": target, "due_on": due_on}
    because = [_because(reason)]
    changed = records.change(locked, values, by=by, trail=engagement.trail, seen=seen, overwrite=overwrite, notes=because)
    keep_target(earlier, reason=reason)
    follow_target(changed, was_due_on=earlier.due_on, by=by)
    return changed


@transaction.atomic
def drop_measure(*, measure: Measure, values: Mapping[str, Any], by: User) -> Measure:
    """Stop collecting a measure, with the reason; what it has shown stays."""
    engagement, locked = _hold(measure)
    refuse_if(policies.dropped_blockers(locked))
    said = {"dropped_on": timezone.localdate(), "dropped_reason": values["reason"]}
    return records.change(locked, said, by=by, trail=engagement.trail, verb="dropped")


@transaction.atomic
def restore_measure(*, measure: Measure, by: User) -> Measure:
    """Take a dropped measure up again."""
    engagement, locked = _hold(measure)
    said = {"dropped_on": None, "dropped_reason": ""}
    return records.change(locked, said, by=by, trail=engagement.trail, verb="took up again")


@transaction.atomic
def write_contribution(
    *,
    measure: Measure,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> Measure:
    """Say what else may have caused what a measure shows."""
    engagement, locked = _hold(measure)
    return records.change(locked, values, by=by, trail=engagement.trail, seen=seen, overwrite=overwrite)


def _add_usual(engagement: Engagement, by: User) -> bool:
    """Add the usual collections where there are none, and tell whether any was added."""
    measures = list(
        Measure.objects.filter(engagement=engagement, dropped_on=None, results=None)
        .select_related("planned_intervention")
        .order_by("pk")
    )
    today = timezone.localdate()
    for measure in measures:
        for moment, due_on in policies.usual_collections(measure, today):
            records.add(
                Result(measure=measure), {"moment": moment, "due_on": due_on}, by=by, trail=engagement.trail, verb="planned"
            )
    return bool(measures)


def _has_collections(engagement: Engagement) -> bool:
    """Tell whether anything is collected for a plan."""
    return Result.objects.filter(measure__engagement=engagement).exists()


def _hold(measure: Measure) -> tuple[Engagement, Measure]:
    """Hold a measure and its engagement; refuse where the measure is gone or nothing can be said of results now."""
    engagement = lock_engagement(measure.engagement)
    refuse_if(policies.recording_blockers(engagement, has_collections=_has_collections(engagement)))
    locked = lock_measure(measure)
    prefetch_related_objects([locked], "planned_intervention")
    return engagement, locked


def _hold_result(result: Result) -> tuple[Engagement, Result]:
    """Hold a collection, its measure and its engagement; refuse where it is gone or nothing can be said of results now."""
    engagement, measure = _hold(result.measure)
    locked = Result.objects.select_for_update(of=("self",)).filter(pk=result.pk).first()
    if locked is None:
        raise ActionRefused([Blocker(GONE)])
    locked.measure = measure
    return engagement, locked


def _because(reason: str) -> FieldChange:
    """Return the reason as the history tells it."""
    return {"field": "reason", "label": "reason", "old": "", "new": reason[: records.MAX_AUDIT_TEXT]}
