"""Every write to what was delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from core import records
from core.refusals import ActionRefused, Blocker, refuse_if
from engagements.actions.engagement import lock_engagement
from evaluation import policies
from evaluation.models import DeliveredSession

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from accounts.models import User
    from engagements.models import Engagement, PlannedIntervention


@transaction.atomic
def add_session(*, planned: PlannedIntervention, values: Mapping[str, Any], by: User) -> DeliveredSession:
    """Write down that a session took place."""
    engagement = lock_engagement(planned.engagement)
    refuse_if(policies.delivering_blockers(engagement))
    return records.add(DeliveredSession(planned_intervention=planned), values, by=by, trail=engagement.trail)


@transaction.atomic
def change_session(
    *,
    session: DeliveredSession,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> DeliveredSession:
    """Correct what was written of a session."""
    engagement, locked = _hold(session)
    return records.change(locked, values, by=by, trail=engagement.trail, seen=seen, overwrite=overwrite)


@transaction.atomic
def remove_session(*, session: DeliveredSession, by: User, values: Mapping[str, Any] | None = None) -> None:
    """Remove a session that did not take place."""
    engagement, locked = _hold(session)
    records.remove(locked, by=by, trail=engagement.trail)


def _hold(session: DeliveredSession) -> tuple[Engagement, DeliveredSession]:
    """Hold a session and its engagement; refuse where it is gone or the work has ended."""
    engagement = lock_engagement(session.planned_intervention.engagement)
    refuse_if(policies.delivering_blockers(engagement))
    held = DeliveredSession.objects.select_for_update(of=("self",)).filter(pk=session.pk)
    locked = held.select_related("planned_intervention").first()
    if locked is None:
        raise ActionRefused([Blocker("Somebody has removed this session meanwhile.")])
    return engagement, locked
