"""Every write to the measures of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from core import records
from core.refusals import ActionRefused, Blocker, refuse_if
from engagements.actions import lock_for_editing, note_progress
from engagements.actions.engagement import lock_engagement
from engagements.enums import EngagementStatus, StartedFrom, VersionOutcome
from evaluation import policies
from evaluation.enums import SAME_TIME_DAYS, Moment
from evaluation.models import EarlierTarget, Measure, Result

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from accounts.models import User
    from accounts.policies import OpenWork
    from engagements.models import Engagement

# A plan that was agreed goes back to co-design from here; from review it was never agreed.
REOPENED_FROM = (EngagementStatus.AGREED, EngagementStatus.IN_DELIVERY)


@transaction.atomic
def add_measure(*, engagement: Engagement, values: Mapping[str, Any], by: User) -> Measure:
    """Add a measure to a plan; a conversation may have started from it."""
    locked = lock_for_editing(engagement)
    _refuse_untieable(locked, values)
    measure = records.add(Measure(engagement=locked), values, by=by, trail=locked.trail)
    note_progress(locked, StartedFrom.MEASURE, None)
    return measure


@transaction.atomic
def change_measure(
    *,
    measure: Measure,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> Measure:
    """Change a measure field by field, beside whatever a colleague changed meanwhile."""
    engagement = lock_for_editing(measure.engagement)
    locked = lock_measure(measure)
    _refuse_untieable(engagement, values)
    refuse_if(policies.unit_blockers(locked, values))
    earlier = EarlierTarget(measure=locked, target=locked.target, due_on=locked.due_on, replaced_by=by)
    changed = records.change(locked, values, by=by, trail=engagement.trail, seen=seen, overwrite=overwrite)
    _keep_agreed_target(engagement, changed, earlier)
    follow_target(changed, was_due_on=earlier.due_on, by=by)
    return changed


@transaction.atomic
def remove_measure(*, measure: Measure, by: User, values: Mapping[str, Any] | None = None) -> None:
    """Remove a measure without results, with when it would have been collected; what it said stays in the history."""
    engagement = lock_for_editing(measure.engagement)
    locked = lock_measure(measure)
    refuse_if(policies.measure_removing_blockers(locked))
    for row in locked.results.order_by("pk"):
        records.remove(row, by=by, trail=engagement.trail)
    records.remove(locked, by=by, trail=engagement.trail)


@transaction.atomic
def hand_over_measure(*, measure: Measure, person: User, to: User | None, by: User) -> None:
    """Write a successor's name in place of the owner of a measure, whatever the state of the plan; without one it has no owner."""
    engagement = lock_engagement(measure.engagement)
    locked = lock_measure(measure)
    owner = policies.owner_after(locked.owner, person.full_name, to.full_name if to else "")
    records.change(locked, {"owner": owner}, by=by, trail=engagement.trail)


class MeasureWork:
    """The measures that a person owns, for the step that hands them over."""

    def find(self, person: User, by: User) -> list[OpenWork]:
        """Return the measures of open engagements that name the person."""
        return policies.measures_owned_by(person, by, self)

    def move(self, work: OpenWork, *, person: User, to: User | None, by: User) -> None:
        """Hand one measure over."""
        hand_over_measure(measure=work.subject, person=person, to=to, by=by)


def lock_measure(measure: Measure) -> Measure:
    """Read a measure again and hold it; refuse where somebody has removed it meanwhile."""
    locked = Measure.objects.select_for_update(of=("self",)).filter(pk=measure.pk).first()
    if locked is None:
        raise ActionRefused([Blocker("Somebody has removed this measure meanwhile. Add it again if it is still wanted.")])
    return locked


def _keep_agreed_target(engagement: Engagement, measure: Measure, earlier: EarlierTarget) -> None:
    """Keep the target that the signatories agreed to, where a plan that was reopened names another; the reason is that of reopening."""
    if (earlier.target, earlier.due_on) == (measure.target, measure.due_on) or not earlier.target:
        return
    if engagement.versions.filter(outcome=VersionOutcome.AGREED).exists():
        reopened = (
            engagement.status_changes.filter(from_status__in=REOPENED_FROM, to_status=EngagementStatus.CO_DESIGN)
            .order_by("-at", "-pk")
            .first()
        )
        if reopened and measure.earlier_targets.filter(replaced_at__gte=reopened.at).exists():
            # What was typed on the way to the new version was agreed by nobody.
            return
        keep_target(earlier, reason=reopened.reason if reopened and reopened.reason else "The plan was reopened.")


def keep_target(earlier: EarlierTarget, *, reason: str) -> None:
    """Keep a target that another one has taken the place of; part of the action that changes it."""
    earlier.reason = reason
    earlier.full_clean()
    earlier.save()


def follow_target(measure: Measure, *, was_due_on: date | None, by: User) -> None:
    """Move the collection on the date of the target with that date, or add one; part of the action that changes it.

    Nothing is done for a measure of which nothing says yet when it is collected.
    """
    results = list(measure.results.in_order())
    due_on = measure.due_on
    if not results or due_on is None or due_on == was_due_on:
        return
    trail = measure.engagement.trail
    waits = next((row for row in results if row.moment == Moment.TARGET and row.is_open), None)
    if waits is not None:
        records.change(waits, {"due_on": due_on}, by=by, trail=trail)
    elif not any(abs((row.due_on - due_on).days) <= SAME_TIME_DAYS for row in results if row.moment != Moment.BASELINE):
        records.add(Result(measure=measure), {"moment": Moment.TARGET, "due_on": due_on}, by=by, trail=trail, verb="planned")


def _refuse_untieable(engagement: Engagement, values: Mapping[str, Any]) -> None:
    """Refuse an intervention of another plan, or one that has been removed meanwhile."""
    planned = values.get("planned_intervention")
    refuse_if(policies.tying_blockers(planned, engagement.planned_interventions.all()) if planned else [])
