"""Every write to feedback: what is asked, from when to when, and the answers."""

from __future__ import annotations

from random import SystemRandom
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Case, F, When
from django.utils import timezone

from core import audit, records
from core.refusals import ActionRefused, Blocker, refuse_if
from engagements.actions.engagement import lock_engagement
from engagements.enums import ENDED_STATUSES
from evaluation import policies
from evaluation.enums import FeedbackKind
from evaluation.models import FeedbackAnswer, FeedbackForm, FeedbackLink

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from accounts.models import User
    from engagements.enums import EngagementStatus
    from engagements.models import Engagement, PlannedIntervention

# No order that anybody could work out.
_SHUFFLE = SystemRandom().shuffle
GONE = "Somebody has removed this form meanwhile."


@transaction.atomic
def add_feedback_form(*, planned: PlannedIntervention, values: Mapping[str, Any], by: User) -> FeedbackForm:
    """Prepare a form for those who take part in a planned intervention; nobody can answer it yet."""
    engagement = lock_engagement(planned.engagement)
    refuse_if(policies.feedback_blockers(engagement))
    refuse_if(policies.closing_day_blockers(values["closes_on"], timezone.localdate()))
    return records.add(FeedbackForm(planned_intervention=planned), values, by=by, trail=engagement.trail)


@transaction.atomic
def change_feedback_form(
    *,
    form: FeedbackForm,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> FeedbackForm:
    """Change what a form will ask and promise, as long as nobody can have answered."""
    engagement, locked = _hold(form)
    refuse_if(policies.changing_form_blockers(locked))
    return records.change(locked, values, by=by, trail=engagement.trail, seen=seen, overwrite=overwrite)


@transaction.atomic
def remove_feedback_form(*, form: FeedbackForm, by: User, values: Mapping[str, Any] | None = None) -> None:
    """Remove a form that was never opened."""
    engagement, locked = _hold(form)
    refuse_if(policies.changing_form_blockers(locked))
    records.remove(locked, by=by, trail=engagement.trail)


@transaction.atomic
def open_feedback_form(*, form: FeedbackForm, by: User, values: Mapping[str, Any] | None = None) -> FeedbackForm:
    """Fix what is asked, make the links and take answers from now on."""
    engagement, locked = _hold(form)
    refuse_if(policies.asking_blockers(locked, timezone.localdate()))
    locked.title = locked.planned_intervention.title
    locked.questions = policies.questions_of(locked)
    locked.behaviours = policies.behaviours_of(locked.planned_intervention)
    locked.opened_at = timezone.now()
    locked.save(update_fields=["title", "questions", "behaviours", "opened_at"])
    numbers = range(1, (locked.code_count or 0) + 1) if locked.kind == FeedbackKind.CODES else [0]
    _make_links(locked, numbers)
    audit.record("opened", locked, by=by, trail=engagement.trail)
    return locked


@transaction.atomic
def extend_feedback_form(
    *,
    form: FeedbackForm,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> FeedbackForm:
    """Set another last day for a form that is open."""
    engagement, locked = _hold(form)
    today = timezone.localdate()
    refuse_if(policies.open_form_blockers(locked, today) or policies.closing_day_blockers(values["closes_on"], today))
    said = {"closes_on": values["closes_on"]}
    return records.change(locked, said, by=by, trail=engagement.trail, seen=seen, overwrite=overwrite)


@transaction.atomic
def close_feedback_form(*, form: FeedbackForm, by: User, values: Mapping[str, Any] | None = None) -> FeedbackForm:
    """Take no more answers, ever, so that what was said can be told."""
    engagement, locked = _hold(form)
    refuse_if(policies.open_form_blockers(locked, timezone.localdate()))
    locked.closed_at = timezone.now()
    locked.save(update_fields=["closed_at"])
    audit.record("closed", locked, by=by, trail=engagement.trail)
    return locked


@transaction.atomic
def renew_feedback_link(*, form: FeedbackForm, by: User) -> FeedbackForm:
    """Let the link of a room lead nowhere, and make another."""
    engagement, locked = _hold(form)
    refuse_if(policies.renewing_blockers(locked, timezone.localdate()))
    locked.links.filter(revoked_at=None).update(revoked_at=timezone.now())
    _make_links(locked, [0])
    audit.record("made a new link for", locked, by=by, trail=engagement.trail)
    return locked


@transaction.atomic
def give_feedback(*, link: FeedbackLink, values: Mapping[str, Any]) -> bool:
    """Take one answer by a link, and tell whether it was taken: not where the form closed or the link was renewed meanwhile.

    A card that was used already leads to the same thanks, after the same work, and keeps nothing. All links and all answers of the form are written anew,
    the answers in no order, so that neither the marks of the database nor its order tell which answer came by which card, or when. The
    audit trail says nothing of it either.
    """
    asked = FeedbackForm.objects.select_for_update(of=("self",)).get(pk=link.form_id)
    if not asked.is_open(timezone.localdate()):
        return False
    links = FeedbackLink.objects.filter(form=asked)
    mine = links.filter(pk=link.pk, revoked_at=None).first()
    if mine is None:
        return False
    if asked.kind == FeedbackKind.CODES:
        links.update(is_used=Case(When(pk=link.pk, then=True), default=F("is_used")))
    said = [(row.before, row.now, row.said) for row in FeedbackAnswer.objects.filter(form=asked)]
    if not mine.is_used:
        said.append((values["before"], values["now"], values["said"]))
    _SHUFFLE(said)
    FeedbackAnswer.objects.filter(form=asked).delete()
    FeedbackAnswer.objects.bulk_create(
        FeedbackAnswer(form=asked, before=before, now=now, said=words) for before, now, words in said
    )
    return True


def end_feedback(engagement: Engagement, to: EngagementStatus, by: User) -> None:
    """Close every open form of an engagement that has ended, so that what was said can be told; part of that move."""
    if to not in ENDED_STATUSES:
        return
    forms = FeedbackForm.objects.select_for_update(of=("self",)).select_related("planned_intervention")
    waiting = forms.filter(planned_intervention__engagement=engagement, opened_at__isnull=False, closed_at=None)
    for held in waiting.order_by("pk"):
        held.closed_at = timezone.now()
        held.save(update_fields=["closed_at"])
        audit.record("closed", held, by=by, trail=engagement.trail)


def _make_links(form: FeedbackForm, numbers: Collection[int]) -> None:
    """Make a link for each number."""
    for number in numbers:
        link = FeedbackLink(form=form, number=number)
        link.token_hash = policies.token_hash(policies.feedback_token(link))
        link.save()


def _hold(form: FeedbackForm) -> tuple[Engagement, FeedbackForm]:
    """Hold a form and its engagement; refuse where it is gone or no feedback is asked for any more."""
    engagement = lock_engagement(form.planned_intervention.engagement)
    refuse_if(policies.feedback_blockers(engagement))
    held = FeedbackForm.objects.select_for_update(of=("self",)).filter(pk=form.pk)
    locked = held.select_related("planned_intervention").first()
    if locked is None:
        raise ActionRefused([Blocker(GONE)])
    return engagement, locked
