"""The review of a plan: what is asked, what changed since the reader last looked, the plan with what was said about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.text import counted
from engagements import documents, permissions, policies
from engagements.enums import DecisionOutcome, EngagementStatus, Finding, VersionOutcome
from engagements.views.loading import load_engagement
from engagements.views.messages import message_rows
from engagements.views.review.reading import (
    brief_of,
    changes_wanted,
    decide_url,
    load_documents,
    read_people,
    read_submitted,
    signing_of,
)
from engagements.views.review.sections import (
    SINCE_SIGNED,
    compared_with,
    parts_of,
    since,
    threads_without_part,
)
from engagements.views.review.signatories import signatories_of, signatories_to_be

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpResponse

    from core.requests import PortalRequest
    from engagements.documents import Brief
    from engagements.models import Decision, Engagement, PlanVersion
    from engagements.views.review.reading import Submitted, Thread

# For each status the pages of the moves that it allows, what comes next first.
_MOVES = {
    EngagementStatus.CO_DESIGN: [("engagement_submit", "Submit for review"), ("engagement_withdraw", "Withdraw the engagement")],
    EngagementStatus.IN_REVIEW: [("engagement_recall", "Recall the plan"), ("engagement_withdraw", "Withdraw the engagement")],
    EngagementStatus.AGREED: [
        ("engagement_start_delivery", "Start delivery"),
        ("engagement_revise", "Reopen the plan"),
        ("engagement_withdraw", "Withdraw the engagement"),
    ],
    EngagementStatus.IN_DELIVERY: [
        ("engagement_start_evaluation", "Start the evaluation"),
        ("engagement_revise", "Reopen the plan"),
        ("engagement_withdraw", "Withdraw the engagement"),
    ],
    EngagementStatus.IN_EVALUATION: [("engagement_close", "Close"), ("engagement_withdraw", "Withdraw the engagement")],
    EngagementStatus.CLOSED: [],
    EngagementStatus.WITHDRAWN: [("engagement_reinstate", "Reinstate the engagement")],
}


@require_safe
def review_detail(request: PortalRequest, reference: str) -> HttpResponse:
    """Show where the review of a plan stands: to its consultants what to do, to its client leads what is asked of them."""
    engagement = load_engagement(request, reference)
    user = request.user
    submitted = read_submitted(engagement, user)
    is_working = engagement.status == EngagementStatus.CO_DESIGN and not user.is_stp_lead
    context = _of_plan(request, engagement, submitted) if is_working else _of_version(request, engagement, submitted)
    can_edit = permissions.can_edit_engagement(user, engagement)
    early_start = submitted.early_start
    context |= {
        "engagement": engagement,
        "is_client": user.is_stp_lead,
        "is_co_design": is_working,
        # While others decide, taking the plan back is not what anybody should be led to.
        "move_variant": "secondary" if engagement.status == EngagementStatus.IN_REVIEW else "",
        "moves": _moves(engagement, submitted) if can_edit else [],
        "versions": _versions(submitted),
        "early_start": early_start,
        "in_force": submitted.in_force_beside(engagement),
        "signed": submitted.last,
        "brief_state": policies.brief_state(submitted.last),
        "can_edit": can_edit,
        "can_comment": _can_comment(request, engagement, submitted),
        "can_answer": permissions.can_answer_engagement(user, engagement),
    }
    return TemplateResponse(request, "engagements/review_detail.html", context)


def _moves(engagement: Engagement, submitted: Submitted) -> list[tuple[str, str]]:
    """Return the moves that the status allows, each with its page."""
    moves = [*_MOVES[EngagementStatus(engagement.status)]]
    was_signed = any(row.outcome == VersionOutcome.AGREED for row in submitted.versions)
    if not policies.early_start_blockers(engagement, has_started=submitted.early_start is not None, was_signed=was_signed):
        moves.append(("engagement_start_early", "Start before sign-off"))
    return [(reverse(f"engagements:{view}", args=[engagement.reference]), label) for view, label in moves]


def _versions(submitted: Submitted) -> list[tuple[PlanVersion, list[Decision], PlanVersion | None]]:
    """Return each version with the decisions on it and the version before it, the latest first."""
    before = [*submitted.versions[1:], None]
    return [(row, submitted.decided_on(row), older) for row, older in zip(submitted.versions, before, strict=False)]


def _can_comment(request: PortalRequest, engagement: Engagement, submitted: Submitted) -> bool:
    """Tell whether the person can comment on the version that the page shows."""
    version = submitted.last
    if version is None or not permissions.can_comment_engagement(request.user, engagement):
        return False
    return not policies.commenting_blockers(engagement, version, version.number)


def _of_plan(request: PortalRequest, engagement: Engagement, submitted: Submitted) -> dict[str, Any]:
    """Return what the people who write a plan see while it is in co-design: worked out from the whole plan (P14)."""
    criteria = submitted.criteria
    blockers = policies.missing_blockers(engagement.load_plan(), criteria)
    return {
        "version": None,
        "blockers": blockers,
        "remarks": policies.contradictions(engagement),
        "steps": [policies.next_step(engagement, blockers), *_to_settle(submitted)],
        "must_decide": False,
        "signatories": signatories_to_be(list(engagement.client_leads.all())),
        "problems": _problems(documents.compose_brief(engagement, criteria=criteria, contacts=())),
        "changes_wanted": changes_wanted(submitted),
        # Whether those who answer have been told of what is wanted.
        "message_rows": message_rows(submitted.last) if permissions.can_edit_engagement(request.user, engagement) else [],
        "threads": _to_answer(submitted.threads),
        "brief": None,
    }


def _of_version(request: PortalRequest, engagement: Engagement, submitted: Submitted) -> dict[str, Any]:
    """Return what was submitted last, who has decided on it, and what is asked of the person."""
    version, user = submitted.last, request.user
    read_people(engagement)
    signing = signing_of(engagement, submitted)
    decisions = submitted.decided_on(version)
    steps, must_decide = [policies.next_step(engagement, []), *_waited(signing)], False
    if user.is_stp_lead:
        steps, must_decide = policies.asked_of(signing, user, decisions, on=timezone.localdate())
    is_to_recall = signing.is_waiting and not user.is_stp_lead
    shown = _shown(request, engagement, submitted, version) if version else {"brief": None, "problems": []}
    return {
        "version": version,
        "is_waiting": signing.is_waiting,
        "blockers": policies.recalling_blockers(engagement, version) if is_to_recall else [],
        "remarks": [],
        "steps": steps,
        "must_decide": must_decide,
        "ways": {str(row): decide_url(engagement, version, row) for row in DecisionOutcome} if must_decide and version else {},
        "signatories": signatories_of(shown["brief"], signing, decisions),
        "is_read": version is None or version.number in submitted.read,
        "message_rows": message_rows(version) if permissions.can_edit_engagement(user, engagement) else [],
        "changes_wanted": [],
        **shown,
    }


def _waited(signing: policies.Signing) -> list[str]:
    """Say how long a plan has been with the client, for whom it waits and by when they are asked."""
    version = signing.version
    if version is None or not signing.is_waiting:
        return []
    return [policies.waiting_words(version.submitted_at, version.due_on, signing.waits_for, on=timezone.localdate())]


def _to_settle(submitted: Submitted) -> list[str]:
    """Say how many comments still wait for an answer or to be settled."""
    count = sum(not thread.comment.is_resolved for thread in submitted.threads)
    return [f"{counted(count, 'comment')} of the client {'is' if count == 1 else 'are'} not settled yet."] if count else []


def _shown(request: PortalRequest, engagement: Engagement, submitted: Submitted, version: PlanVersion) -> dict[str, Any]:
    """Return the plan as it was submitted, section by section, with what changed and what was said."""
    wants_signed = request.GET.get("since") == SINCE_SIGNED
    older, other = compared_with(submitted, version, wants_signed=wants_signed, is_client=request.user.is_stp_lead)
    load_documents(engagement, [version, older])
    brief = brief_of(version)
    if brief is None:
        return {"brief": None, "problems": []}
    looked_at = older is not None and older.number == max((n for n in submitted.read if n < version.number), default=0)
    compared = since(older, other, brief, is_looked_at=looked_at) if older else None
    parts = parts_of(brief, version, compared, submitted.threads, is_client=request.user.is_stp_lead)
    return {
        "brief": brief,
        "problems": _problems(brief),
        "since": compared,
        "parts": parts,
        "is_folded": not all(part.is_open for part in parts),
        "other_threads": threads_without_part(parts, submitted.threads),
    }


def _problems(brief: Brief) -> list[dict[str, Any]]:
    """Return the criteria that are not met or that a person has overruled: the reviewer reads them first."""
    return [
        {"planned": planned.title, "result": result, "colour": result.finding.colour}
        for planned in brief.planned
        for result in planned.results
        if result.is_overruled or result.finding == Finding.NOT_MET
    ]


def _to_answer(threads: Iterable[Thread]) -> list[Thread]:
    """Return what was said about earlier versions: what is not settled first, the latest version before others."""
    return sorted(threads, key=lambda row: (row.comment.is_resolved, -row.number))
