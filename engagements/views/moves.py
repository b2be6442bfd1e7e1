"""Pages of the moves from status to status: each shows what bars the move, or asks and carries it out."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core import drafts
from core.pages import form_page
from engagements import actions, documents, forms, permissions, policies
from engagements.enums import USUAL_DAYS_TO_DECIDE, DecisionOutcome, SigningOrder, VersionOutcome
from engagements.models import Criterion, EarlyStart
from engagements.views.loading import load_editable, load_engagement
from engagements.views.review import brief_of, decide_url, latest_version, read_people

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from typing import Any

    from django.http import HttpResponse

    from accounts.models import User
    from core.forms import PortalForm
    from core.refusals import Blocker
    from core.requests import PortalRequest
    from engagements.models import ClientLead, Decision, Engagement, PlanVersion


def _move_page(
    request: PortalRequest,
    engagement: Engagement,
    *,
    action: Callable[..., Any],
    blockers: Sequence[Blocker],
    template: str,
    form: PortalForm | None = None,
    done: str = "",
    **context: object,
) -> HttpResponse:
    """Show what bars a move, or ask for it and carry it out; then show where the plan stands, unless there is more to show elsewhere."""
    review_url = reverse("engagements:review_detail", args=[engagement.reference])
    return form_page(
        request,
        form=form or forms.ConfirmForm(request.POST or None),
        save=partial(action, by=request.user),
        template=f"engagements/{template}.html",
        done=done or review_url,
        context={"engagement": engagement, "blockers": blockers, "back": review_url, **context},
    )


def _usual_due_date() -> date:
    """Return the day by which signatories decide unless the consultant chooses another."""
    return timezone.localdate() + timedelta(days=USUAL_DAYS_TO_DECIDE)


@require_http_methods(["GET", "POST"])
def engagement_submit(request: PortalRequest, reference: str) -> HttpResponse:
    """Send the plan to its signatories."""
    engagement = load_editable(request, reference).load_plan()
    return _move_page(
        request,
        engagement,
        action=partial(actions.submit_engagement, engagement=engagement),
        blockers=policies.submission_blockers(engagement, Criterion.objects.order_by("position", "pk")),
        template="engagement_submit",
        form=forms.EngagementSubmitForm(request.POST or None, initial={"due_on": _usual_due_date()}),
        client_leads=engagement.client_leads.all(),
        signatories=[lead for lead in engagement.client_leads.all() if lead.is_signatory],
        is_in_order=engagement.signing_order == SigningOrder.IN_ORDER,
        planned_interventions=engagement.planned_interventions.all(),
    )


@require_http_methods(["GET", "POST"])
def engagement_recall(request: PortalRequest, reference: str) -> HttpResponse:
    """Take a submitted plan back."""
    engagement = load_editable(request, reference)
    version = latest_version(engagement)
    return _move_page(
        request,
        engagement,
        action=partial(actions.recall_engagement, engagement=engagement),
        blockers=policies.recalling_blockers(engagement, version),
        template="engagement_recall",
        version=version,
    )


def _ask_to_read_again(request: PortalRequest, engagement: Engagement, version: PlanVersion) -> HttpResponse:
    """Send somebody whose page is older than the plan back to read it; their comment is kept, their decision is not."""
    said = "This plan has changed since you opened it. Nothing was decided. Read it again"
    if request.method == "POST":
        comment = {"comment": request.POST.getlist("comment"), **_section_kept(request, engagement, version)}
        # Where the review page leads from now on to what they meant to decide.
        page = decide_url(engagement, version, request.POST.get("outcome", ""))
        drafts.keep(user=request.user, form="engagements:version_decide", subject=page, data=comment)
        request.is_draft_kept = True
        said += "; your comment is kept"
    messages.warning(request, f"{said}.")
    return redirect("engagements:review_detail", reference=engagement.reference)


def _section_kept(request: PortalRequest, engagement: Engagement, version: PlanVersion) -> dict[str, list[str]]:
    """Return which part a comment is about, as far as its key names the same part in this version as in the one that was read."""
    key, number = request.POST.get("section", ""), request.POST.get("number", "")
    read = next((known for known in engagement.versions.all() if str(known.number) == number), None)
    titles = [{section.key: section.title for section in _sections_of(known)}.get(key) for known in (read, version)]
    return {"section": [key]} if titles[0] is not None and titles[0] == titles[1] else {}


def _decide(*, lead: ClientLead, values: Mapping[str, Any], by: User) -> Decision:
    """Decide, and let go of what was typed at the other button: there is nothing left to decide."""
    decision = actions.decide_version(lead=lead, values=values, by=by)
    for outcome in DecisionOutcome.values:
        drafts.discard(user=by, subject=decide_url(lead.engagement, decision.version, outcome))
    return decision


def _is_of_another_version(request: PortalRequest, version: PlanVersion) -> bool:
    """Tell whether the person comes from a page that showed another version than the one that waits."""
    if request.method == "POST":
        shown = (request.POST.get("number"), request.POST.get("content_hash"))
        return shown != (str(version.number), version.content_hash)
    return request.GET.get("version", str(version.number)) != str(version.number)


@require_http_methods(["GET", "POST"])
def version_decide(request: PortalRequest, reference: str) -> HttpResponse:
    """Agree to the version that waits, or ask for changes; for its signatories and their deputies."""
    engagement = load_engagement(request, reference)
    read_people(engagement)
    if not permissions.can_decide_engagement(request.user, engagement):
        raise PermissionDenied
    signing = policies.read_signing(engagement, engagement.client_leads.all())
    lead = cast("ClientLead", policies.lead_to_decide_for(request.user, signing.leads))
    version = signing.version
    if version is not None and signing.is_waiting and _is_of_another_version(request, version):
        return _ask_to_read_again(request, engagement, version)
    shown = version.content_hash if version else ""
    mine = list(version.comments.threads().filter(author=request.user)) if version else []
    return _move_page(
        request,
        engagement,
        action=partial(_decide, lead=lead),
        blockers=policies.turn_blockers(signing, lead, request.user, content_hash=shown),
        template="version_decide",
        form=forms.VersionDecideForm(
            request.POST or None,
            shown=version,
            sections=_sections_of(version),
            has_commented=bool(mine),
            initial={"outcome": request.GET.get("outcome", "")},
        ),
        version=version,
        lead=lead,
        is_deputy=lead.user_id != request.user.pk,
        own_comments=mine,
    )


def _sections_of(version: PlanVersion | None) -> tuple[documents.Section, ...]:
    """Return the parts of a version that can be spoken of, or none where it cannot be read any more."""
    brief = brief_of(version)
    return documents.sections_of(brief) if brief else ()


@require_http_methods(["GET", "POST"])
def engagement_revise(request: PortalRequest, reference: str) -> HttpResponse:
    """Reopen an agreed plan, so that a new version can be made."""
    engagement = load_editable(request, reference)
    return _move_page(
        request,
        engagement,
        action=partial(actions.revise_engagement, engagement=engagement),
        blockers=policies.revising_blockers(engagement),
        template="engagement_revise",
        form=forms.EngagementReviseForm(request.POST or None),
    )


@require_http_methods(["GET", "POST"])
def engagement_start_early(request: PortalRequest, reference: str) -> HttpResponse:
    """Record that work begins before the plan is signed, with the reason."""
    engagement = load_editable(request, reference)
    has_started = EarlyStart.objects.filter(engagement=engagement).exists()
    was_signed = engagement.versions.filter(outcome=VersionOutcome.AGREED).exists()
    return _move_page(
        request,
        engagement,
        action=partial(actions.start_before_sign_off, engagement=engagement),
        blockers=policies.early_start_blockers(engagement, has_started=has_started, was_signed=was_signed),
        template="engagement_start_early",
        form=forms.EarlyStartForm(request.POST or None),
    )


@require_http_methods(["GET", "POST"])
def engagement_start_delivery(request: PortalRequest, reference: str) -> HttpResponse:
    """Say that the interventions have begun."""
    engagement = load_editable(request, reference)
    return _move_page(
        request,
        engagement,
        action=partial(actions.start_delivery, engagement=engagement),
        blockers=policies.delivery_blockers(engagement),
        template="engagement_start_delivery",
    )


@require_http_methods(["GET", "POST"])
def engagement_start_evaluation(request: PortalRequest, reference: str) -> HttpResponse:
    """Say that the interventions are done and the measures are being collected."""
    engagement = load_editable(request, reference)
    return _move_page(
        request,
        engagement,
        action=partial(actions.start_evaluation, engagement=engagement),
        blockers=policies.evaluation_blockers(engagement),
        template="engagement_start_evaluation",
    )


@require_http_methods(["GET", "POST"])
def engagement_close(request: PortalRequest, reference: str) -> HttpResponse:
    """Close the engagement."""
    engagement = load_editable(request, reference)
    return _move_page(
        request,
        engagement,
        action=partial(actions.close_engagement, engagement=engagement),
        blockers=policies.closing_blockers(engagement),
        template="engagement_close",
        done=reverse("evaluation:report_detail", args=[reference]),
        remarks=policies.closing_remarks(engagement),
    )


@require_http_methods(["GET", "POST"])
def engagement_withdraw(request: PortalRequest, reference: str) -> HttpResponse:
    """Stop the work before its end, with the reason."""
    engagement = load_editable(request, reference)
    return _move_page(
        request,
        engagement,
        action=partial(actions.withdraw_engagement, engagement=engagement),
        blockers=policies.withdrawing_blockers(engagement),
        template="engagement_withdraw",
        form=forms.EngagementWithdrawForm(request.POST or None),
    )


@require_http_methods(["GET", "POST"])
def engagement_reinstate(request: PortalRequest, reference: str) -> HttpResponse:
    """Take a withdrawn engagement up again."""
    engagement = load_editable(request, reference)
    return _move_page(
        request,
        engagement,
        action=partial(actions.reinstate_engagement, engagement=engagement),
        blockers=policies.reinstating_blockers(engagement),
        template="engagement_reinstate",
    )
