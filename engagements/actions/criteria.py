"""Writes about the criteria: why one is not met, or why a finding is overruled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from core import audit, records
from core.refusals import ActionRefused, Blocker, refuse_if
from engagements import policies
from engagements.actions.engagement import lock_for_editing
from engagements.models import Criterion, CriterionCheck, PlannedIntervention

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from accounts.models import User


@transaction.atomic
def write_criterion_reason(
    *,
    planned: PlannedIntervention,
    criterion: Criterion,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> CriterionCheck:
    """Overrule a finding, or say why it is not met; what was worked out at the time is kept beside it."""
    engagement = lock_for_editing(planned.engagement)
    check = (
        CriterionCheck.objects.select_for_update(of=("self",)).filter(planned_intervention=planned, criterion=criterion).first()
    )
    finding = policies.work_out_criteria(engagement.load_plan(), [criterion])[planned.pk][0]
    overruled_to = values.get("overruled_to", check.overruled_to if check else "")
    refuse_if(policies.reason_blockers(finding, overruled_to))
    stamp = {"by": by, "at": timezone.now(), "worked_out": finding.worked_out}
    if check is None:
        fresh = CriterionCheck(planned_intervention=planned, criterion=criterion, **stamp)
        return records.add(fresh, values, by=by, trail=engagement.trail)
    if seen is not None:
        # Whoever began to write while there was nothing yet has seen empty fields.
        seen = {name: records.fingerprint("") for name in values} | dict(seen)
    before = records.snapshot(check, values)
    records.change(check, values, by=by, trail=engagement.trail, seen=seen, overwrite=overwrite)
    if records.snapshot(check, values) == before:
        # The same words, said of what is worked out now.
        audit.record("confirmed", check, by=by, trail=engagement.trail)
    for name, value in stamp.items():
        setattr(check, name, value)
    check.save(update_fields=list(stamp))
    return check


@transaction.atomic
def withdraw_criterion_reason(*, check: CriterionCheck, by: User, values: Mapping[str, Any] | None = None) -> None:
    """Take back an overrule or a reason, so that the finding stands as it is worked out."""
    engagement = lock_for_editing(check.planned_intervention.engagement)
    locked = CriterionCheck.objects.select_for_update(of=("self",)).filter(pk=check.pk).first()
    if locked is None:
        raise ActionRefused([Blocker("Somebody has taken this back already.")])
    records.remove(locked, by=by, trail=engagement.trail)
