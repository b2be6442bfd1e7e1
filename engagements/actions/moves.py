"""Moves of an engagement from status to status, and what is frozen on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from core import audit, records
from core.refusals import Blocker, refuse_if
from engagements import documents, policies, tasks
from engagements.actions import messages
from engagements.actions.comments import write_comment
from engagements.actions.engagement import lock_engagement
from engagements.enums import (
    NEXT_STATUSES,
    USUAL_DAYS_TO_DECIDE,
    DecisionOutcome,
    EngagementStatus,
    MessageKind,
    VersionOutcome,
)
from engagements.models import Criterion, Decision, EarlyStart, PlanVersion, StatusChange, VersionReading

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from accounts.models import User
    from engagements.models import ClientLead, Engagement

    Follower = Callable[[Engagement, EngagementStatus, User], object]

_followers: list[Follower] = []


def register_follower(follow: Follower) -> None:
    """Let an upper app do what follows from a move, in its transaction: `follow(engagement, to, by)`; it joins in its `apps.py`."""
    if follow not in _followers:
        _followers.append(follow)


def _move(engagement: Engagement, *, to: EngagementStatus, by: User, verb: str, reason: str = "") -> None:
    """Move a held engagement, write its history row and its audit row."""
    came_from = EngagementStatus(engagement.status)
    refuse_if(
        [] if to in NEXT_STATUSES[came_from] else [Blocker(f"The plan cannot go from “{came_from.label}” to “{to.label}”.")]
    )
    engagement.status = to
    engagement.save(update_fields=["status"])
    StatusChange.objects.create(engagement=engagement, from_status=came_from, to_status=to, by=by, reason=reason)
    changes: list[audit.FieldChange] = [{"field": "status", "label": "status", "old": str(came_from.label), "new": str(to.label)}]
    if reason:
        changes.append({"field": "reason", "label": "reason", "old": "", "new": reason[: records.MAX_AUDIT_TEXT]})
    audit.record(verb, engagement, by=by, trail=engagement.trail, changes=changes)
    for follow in _followers:
        follow(engagement, to, by)


def _waiting_version(engagement: Engagement) -> PlanVersion | None:
    """Return the version that waits for the signatories, held until the transaction ends."""
    waiting = PlanVersion.objects.filter(engagement=engagement, outcome=VersionOutcome.WAITING)
    return waiting.select_for_update(of=("self",)).order_by("-number").first()


def _settle(version: PlanVersion | None, outcome: VersionOutcome) -> None:
    """Write what became of a version, where one was waiting, and let go of what would still ask people to decide on it."""
    if version is not None:
        messages.drop_messages(version)
        version.outcome = outcome
        version.settled_at = timezone.now()
        version.save(update_fields=["outcome", "settled_at"])


@transaction.atomic
def submit_engagement(*, engagement: Engagement, values: Mapping[str, Any], by: User) -> PlanVersion:
    """Freeze the plan as the next version and ask the signatories, all at once or the first of them, to decide by a date."""
    locked = lock_engagement(engagement)
    due_on = values.get("due_on") or timezone.localdate() + timedelta(days=USUAL_DAYS_TO_DECIDE)
    refuse_if(policies.due_date_blockers(due_on, today=timezone.localdate()))
    refuse_if(policies.submission_blockers(locked.load_plan(), Criterion.objects.order_by("position", "pk")))
    _number_leads(locked)
    brief = documents.load_brief(locked)
    last = locked.versions.aggregate(last=Max("number"))["last"] or 0
    version = PlanVersion.objects.create(
        engagement=locked,
        number=last + 1,
        document=documents.to_json(brief),
        content_hash=documents.content_hash(brief),
        message=values.get("message", ""),
        due_on=due_on,
        submitted_by=by,
        submitted_by_name=by.full_name,
        has_feedback_code=True,
    )
    if locked.shared_at is None:
        locked.shared_at = timezone.now()
        locked.save(update_fields=["shared_at"])
    _move(locked, to=EngagementStatus.IN_REVIEW, by=by, verb=f"submitted version {version.number} of", reason=version.message)
    messages.ask_to_decide(version, policies.to_decide_now(locked.signing_order, list(locked.client_leads.all()), ()))
    return version


def _number_leads(engagement: Engagement) -> None:
    """Give the client leads of a loaded plan their places in the brief, from 1: decisions name them by it."""
    for number, lead in enumerate(engagement.client_leads.all(), start=1):
        if lead.position != number:
            lead.position = number
            lead.save(update_fields=["position"])


@transaction.atomic
def recall_engagement(*, engagement: Engagement, by: User, values: Mapping[str, Any] | None = None) -> None:
    """Take a submitted plan back before anybody has decided on it."""
    locked = lock_engagement(engagement)
    version = _waiting_version(locked)
    refuse_if(policies.recalling_blockers(locked, version))
    _settle(version, VersionOutcome.RECALLED)
    _move(locked, to=EngagementStatus.CO_DESIGN, by=by, verb="recalled")


@transaction.atomic
def decide_version(*, lead: ClientLead, values: Mapping[str, Any], by: User) -> Decision:
    """Record the decision of one signatory, taken by them or by their deputy, on the version they were shown.

    The last to agree makes the plan agreed; a wish for changes takes it back to co-design. `values` hold the outcome, the comment,
    the key of the section that it speaks of and the content hash of what the person read.
    """
    locked = lock_engagement(lead.engagement)
    signing = policies.read_signing(locked)
    content_hash, number = values["content_hash"], values.get("number")
    refuse_if(policies.deciding_blockers(signing, lead, by, content_hash=content_hash, number=number))
    version = cast("PlanVersion", signing.version)
    outcome, comment, section = values["outcome"], values.get("comment", ""), values.get("section", "")
    refuse_if(
        policies.saying_blockers(
            outcome,
            has_comment=bool(comment.strip()),
            has_section=bool(section),
            has_commented=version.comments.filter(author=by, answer_to=None).exists(),
        )
    )
    if outcome == DecisionOutcome.CHANGES_WANTED and comment.strip() and section:
        write_comment(version=version, values={"section": section, "text": comment}, by=by)
    # As it stands now: submission has numbered the leads since the caller may have read theirs.
    lead = next(row for row in signing.leads if row.pk == lead.pk)
    decider = next(row for row in signing.leads if row.user_id == by.pk)
    VersionReading.objects.get_or_create(version=version, user=by)
    decision = _write_decision(version, lead=lead, decider=decider, outcome=outcome, comment=comment)
    if outcome == DecisionOutcome.CHANGES_WANTED:
        _settle(version, VersionOutcome.CHANGES_WANTED)
        _move(locked, to=EngagementStatus.CO_DESIGN, by=by, verb="sent back", reason=comment)
        messages.queue(MessageKind.CHANGES_WANTED, version, lead)
        return decision
    decided = signing.decided | {lead.pk}
    if not policies.undecided(signing.leads, decided):
        _settle(version, VersionOutcome.AGREED)
        _move(locked, to=EngagementStatus.AGREED, by=by, verb="completed the signatures on")
        tasks.render_signed_brief.delay_on_commit(version.pk)
    else:
        messages.ask_to_decide(version, policies.to_decide_now(locked.signing_order, signing.leads, decided))
    return decision


def _write_decision(version: PlanVersion, *, lead: ClientLead, decider: ClientLead, outcome: str, comment: str) -> Decision:
    """Write a decision and its audit row.

    A signatory decides under the role and organisation that the version names them with; a deputy, and whoever took the part over since,
    under those of today and on behalf of whom the version names.
    """
    role = {"job_title": decider.user.job_title, "organisation": decider.organisation.name if decider.organisation else ""}
    stands_for = lead.user.full_name
    if decider.pk == lead.pk:
        named = version.document["client_leads"][lead.position - 1]
        is_successor = policies.has_taken_over(lead, version)
        stands_for = named["name"] if is_successor else ""
        role = role if is_successor else {name: named[name] for name in role}
    decision = Decision.objects.create(
        version=version,
        client_lead=lead,
        # Submission has numbered the leads as the frozen brief has them.
        number=lead.position,
        decided_by=decider.user,
        on_behalf_of=stands_for,
        name=decider.user.full_name,
        **role,
        outcome=DecisionOutcome(outcome),
        comment=comment,
    )
    said: list[audit.FieldChange] = [
        {"field": "comment", "label": "comment", "old": "", "new": comment[: records.MAX_AUDIT_TEXT]}
    ]
    if decision.on_behalf_of:
        said.append({"field": "on_behalf_of", "label": "on behalf of", "old": "", "new": decision.on_behalf_of})
    verb = "agreed to" if outcome == DecisionOutcome.AGREED else "asked for changes to"
    trail = version.engagement.trail
    audit.record(verb, version, by=decider.user, trail=trail, label=str(version), changes=[row for row in said if row["new"]])
    return decision


@transaction.atomic
def revise_engagement(*, engagement: Engagement, values: Mapping[str, Any], by: User) -> None:
    """Reopen an agreed plan; what was signed stays in force until a new version is agreed."""
    locked = lock_engagement(engagement)
    refuse_if(policies.revising_blockers(locked, reason=values["reason"]))
    _move(locked, to=EngagementStatus.CO_DESIGN, by=by, verb="reopened", reason=values["reason"])


@transaction.atomic
def start_before_sign_off(*, engagement: Engagement, values: Mapping[str, Any], by: User) -> EarlyStart:
    """Record that work begins before the plan is signed, with the reason; the plan still needs its signatures (P10)."""
    locked = lock_engagement(engagement)
    has_started = EarlyStart.objects.filter(engagement=locked).exists()
    was_signed = locked.versions.filter(outcome=VersionOutcome.AGREED).exists()
    reason = values["reason"]
    refuse_if(policies.early_start_blockers(locked, has_started=has_started, was_signed=was_signed, reason=reason))
    start = EarlyStart.objects.create(engagement=locked, reason=values["reason"], by=by, by_name=by.full_name)
    said: list[audit.FieldChange] = [
        {"field": "reason", "label": "reason", "old": "", "new": start.reason[: records.MAX_AUDIT_TEXT]}
    ]
    audit.record("started work before sign-off on", locked, by=by, trail=locked.trail, changes=said)
    return start


@transaction.atomic
def start_delivery(*, engagement: Engagement, by: User, values: Mapping[str, Any] | None = None) -> None:
    """Say that the interventions have begun."""
    locked = lock_engagement(engagement)
    refuse_if(policies.delivery_blockers(locked))
    _move(locked, to=EngagementStatus.IN_DELIVERY, by=by, verb="started delivery of")


@transaction.atomic
def start_evaluation(*, engagement: Engagement, by: User, values: Mapping[str, Any] | None = None) -> None:
    """Say that the interventions are done and the measures are being collected."""
    locked = lock_engagement(engagement)
    refuse_if(policies.evaluation_blockers(locked))
    _move(locked, to=EngagementStatus.IN_EVALUATION, by=by, verb="started the evaluation of")


@transaction.atomic
def close_engagement(*, engagement: Engagement, by: User, values: Mapping[str, Any] | None = None) -> None:
    """Close the engagement."""
    locked = lock_engagement(engagement)
    refuse_if(policies.closing_blockers(locked))
    _move(locked, to=EngagementStatus.CLOSED, by=by, verb="closed")


@transaction.atomic
def withdraw_engagement(*, engagement: Engagement, values: Mapping[str, Any], by: User) -> None:
    """Withdraw an open engagement, with the reason; a version that was waiting is recalled."""
    locked = lock_engagement(engagement)
    refuse_if(policies.withdrawing_blockers(locked, reason=values["reason"]))
    _settle(_waiting_version(locked), VersionOutcome.RECALLED)
    _move(locked, to=EngagementStatus.WITHDRAWN, by=by, verb="withdrew", reason=values["reason"])


@transaction.atomic
def reinstate_engagement(*, engagement: Engagement, by: User, values: Mapping[str, Any] | None = None) -> None:
    """Take a withdrawn engagement up again, in co-design."""
    locked = lock_engagement(engagement)
    refuse_if(policies.reinstating_blockers(locked))
    _move(locked, to=EngagementStatus.CO_DESIGN, by=by, verb="reinstated")
