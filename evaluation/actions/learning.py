"""Every write to what was learned: by those who did the work, and by the admin who takes it into the menu's evidence."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from core import records
from core.refusals import ActionRefused, Blocker, refuse_if
from engagements.actions.engagement import lock_engagement
from engagements.enums import EngagementStatus
from evaluation import policies
from evaluation.enums import Sharing
from evaluation.models import FeedbackForm, Learning

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from accounts.models import User
    from engagements.models import Engagement


@transaction.atomic
def add_learning(*, engagement: Engagement, values: Mapping[str, Any], by: User) -> Learning:
    """Write what was learned, with what the records say of it."""
    locked = lock_engagement(engagement)
    refuse_if(policies.learning_blockers(locked))
    refuse_if(policies.tying_blockers(values.get("planned_intervention"), locked.planned_interventions.all()))
    learning = Learning(engagement=locked, sources=_sources(values.get("planned_intervention"), locked))
    return records.add(learning, values, by=by, trail=locked.trail)


@transaction.atomic
def change_learning(
    *,
    learning: Learning,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> Learning:
    """Change what was learned, as long as the engagement is open; what the records say is drawn up anew."""
    engagement, locked = _hold(learning)
    refuse_if(policies.learning_blockers(engagement))
    refuse_if(policies.tying_blockers(values.get("planned_intervention"), engagement.planned_interventions.all()))
    changed = records.change(locked, values, by=by, trail=engagement.trail, seen=seen, overwrite=overwrite)
    changed.sources = _sources(changed.planned_intervention, engagement)
    changed.save(update_fields=["sources"])
    return changed


@transaction.atomic
def remove_learning(*, learning: Learning, by: User, values: Mapping[str, Any] | None = None) -> None:
    """Remove what was written, as long as the engagement is open."""
    engagement, locked = _hold(learning)
    refuse_if(policies.learning_blockers(engagement))
    records.remove(locked, by=by, trail=engagement.trail)


def conclude(engagement: Engagement, to: EngagementStatus, by: User) -> None:
    """Keep what measures and feedback came to, and propose what was learned and may be shared; part of closing."""
    if to != EngagementStatus.CLOSED:
        return
    today = timezone.localdate()
    for progress in policies.progress_in(engagement):
        progress.measure.final_status = policies.final_status_of(progress)
        progress.measure.save(update_fields=["final_status"])
    asked = FeedbackForm.objects.filter(planned_intervention__engagement=engagement, opened_at__isnull=False)
    for row in asked.order_by("pk").prefetch_related("answers"):
        summary = policies.summary_of(row, list(row.answers.all()), on=today)
        row.told = [asdict(told) for told in (summary.confidence if summary else ()) if told.is_told]
        row.save(update_fields=["told"])
    for learning in Learning.objects.filter(engagement=engagement).exclude(sharing=Sharing.TEAM).order_by("pk"):
        proposed = {"proposed_at": timezone.now(), "evidence": learning.worked}
        records.change(learning, proposed, by=by, trail=engagement.trail, verb="proposed as evidence")


@transaction.atomic
def accept_learning(*, learning: Learning, values: Mapping[str, Any], by: User) -> Learning:
    """Take what was learned into the evidence of the menu, in its own words or in shorter ones."""
    engagement, locked = _hold(learning)
    refuse_if(policies.answering_learning_blockers(locked))
    said = {"evidence": values["evidence"], "accepted_at": timezone.now(), "accepted_by": by}
    return records.change(locked, said, by=by, trail=engagement.trail, verb="accepted as evidence")


@transaction.atomic
def decline_learning(*, learning: Learning, values: Mapping[str, Any], by: User) -> Learning:
    """Leave what was learned where it was written, with the reason."""
    engagement, locked = _hold(learning)
    refuse_if(policies.answering_learning_blockers(locked))
    said = {"declined_at": timezone.now(), "declined_reason": values["reason"]}
    return records.change(locked, said, by=by, trail=engagement.trail, verb="declined as evidence")


def _hold(learning: Learning) -> tuple[Engagement, Learning]:
    """Hold what was learned and its engagement; refuse where it is gone."""
    engagement = lock_engagement(learning.engagement)
    held = Learning.objects.select_for_update(of=("self",)).filter(pk=learning.pk)
    locked = held.select_related("planned_intervention", "engagement").first()
    if locked is None:
        raise ActionRefused([Blocker("Somebody has removed this meanwhile.")])
    return engagement, locked


def _sources(planned: Any, engagement: Engagement) -> list[dict[str, str]]:
    """Return what the records say of an intervention, as it is kept."""
    if planned is None:
        return []
    planned.engagement = engagement
    return [asdict(drawn) for drawn in policies.drawn_from(planned, on=timezone.localdate())]
