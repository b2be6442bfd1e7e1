"""Pages of who is on an engagement, and who can see and do what."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.pages import form_page, post_action
from engagements import actions, forms, permissions, policies
from engagements.enums import EngagementStatus, SigningOrder
from engagements.models import Engagement
from engagements.views.loading import load_editable, load_engagement, load_working
from engagements.views.review import read_people

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest


def _team_url(reference: str) -> str:
    """Return the address of the page of who is on an engagement."""
    return reverse("engagements:team_detail", args=[reference])


@require_safe
def team_detail(request: PortalRequest, reference: str) -> HttpResponse:
    """Show who is on an engagement, and who can see and do what, and why (P18)."""
    engagement = load_engagement(request, reference)
    read_people(engagement)
    people = policies.people_shown(engagement, request.user)
    can_edit = permissions.can_edit_engagement(request.user, engagement)
    blockers = policies.editing_blockers(engagement)
    is_in_order = engagement.signing_order == SigningOrder.IN_ORDER
    is_in_review = engagement.status == EngagementStatus.IN_REVIEW
    signatories = [lead.pk for lead in people.leads if lead.is_signatory]
    context = {
        "engagement": engagement,
        "team": people.team,
        "leads": sorted(people.leads, key=lambda lead: not lead.is_signatory) if is_in_order else people.leads,
        "signatories": signatories,
        "asked": policies.asked_in_words(engagement.signing_order, people.leads),
        "access": policies.access_table(engagement, people.touched, team=people.team, client_leads=people.leads),
        "since": people.since,
        "can_edit": can_edit and not blockers,
        "can_move": can_edit and not blockers and is_in_order and len(signatories) > 1,
        "can_name": can_edit and not policies.naming_lead_blockers(engagement, people.leads),
        "can_remove": can_edit,
        "can_reassign": permissions.can_reassign_engagement(request.user, engagement),
        "is_in_review": is_in_review,
        "blockers": blockers if can_edit and not is_in_review else [],
    }
    return TemplateResponse(request, "engagements/team_detail.html", context)


@require_http_methods(["GET", "POST"])
def team_edit(request: PortalRequest, reference: str) -> HttpResponse:
    """Choose who else works on an engagement."""
    engagement = load_editable(request, reference)
    regions = [engagement.lead_region, *(touched.region for touched in policies.touched_regions(engagement))]
    return form_page(
        request,
        form=forms.TeamForm(request.POST or None, instance=engagement, regions=regions),
        save=partial(actions.change_engagement, engagement=engagement, by=request.user),
        template="engagements/team_edit.html",
        done=_team_url(reference),
        context=_about(engagement) | {"blockers": policies.editing_blockers(engagement)},
    )


@require_http_methods(["GET", "POST"])
def signing_edit(request: PortalRequest, reference: str) -> HttpResponse:
    """Choose whether the signatories are asked all at once or one after the other (P15)."""
    engagement = load_editable(request, reference)
    return form_page(
        request,
        form=forms.SigningForm(request.POST or None, instance=load_editable(request, reference)),
        save=partial(actions.change_engagement, engagement=engagement, by=request.user),
        template="engagements/signing_edit.html",
        done=_team_url(reference),
        context=_about(engagement) | {"blockers": policies.editing_blockers(engagement)},
    )


@require_http_methods(["GET", "POST"])
def client_lead_create(request: PortalRequest, reference: str) -> HttpResponse:
    """Name a leader of the client; in review, a deputy."""
    engagement = load_editable(request, reference)
    leads = list(engagement.client_leads.current().with_people())
    is_in_review = engagement.status == EngagementStatus.IN_REVIEW
    return form_page(
        request,
        form=forms.ClientLeadForm(request.POST or None, signatories=policies.without_deputy(leads), is_in_review=is_in_review),
        save=partial(actions.name_client_lead, engagement=engagement, by=request.user),
        template="engagements/client_lead_create.html",
        done=_team_url(reference),
        context=_about(engagement) | {"blockers": policies.naming_lead_blockers(engagement, leads), "is_in_review": is_in_review},
    )


@require_http_methods(["GET", "POST"])
def client_lead_edit(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Change what a client lead does, and for whom they speak."""
    engagement = load_editable(request, reference)
    leads = list(engagement.client_leads.current().with_people())
    lead = next((row for row in leads if row.pk == pk), None)
    if lead is None:
        raise Http404
    open_to_them = [
        row for row in leads if row.pk != pk and (row.pk == lead.deputy_for_id or row in policies.without_deputy(leads))
    ]
    return form_page(
        request,
        form=forms.ClientLeadEditForm(request.POST or None, instance=lead, signatories=open_to_them),
        save=partial(actions.change_client_lead, lead=lead, by=request.user),
        template="engagements/client_lead_edit.html",
        done=_team_url(reference),
        context=_about(engagement)
        | {"name": str(lead), "email": lead.user.email, "blockers": policies.editing_blockers(engagement)},
    )


@require_POST
def client_lead_move(request: PortalRequest, reference: str, pk: int, direction: str) -> HttpResponse:
    """Move a signatory up or down in the order of signing."""
    lead = get_object_or_404(load_editable(request, reference).client_leads.current(), pk=pk)
    move = partial(actions.move_client_lead, lead=lead, is_up=direction == "up", by=request.user)
    return post_action(request, act=move, done=_team_url(reference))


@require_http_methods(["GET", "POST"])
def client_lead_remove(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Ask, then take a client lead off an engagement."""
    engagement = load_editable(request, reference)
    lead = get_object_or_404(engagement.client_leads.current().with_people(), pk=pk)
    signing = policies.read_signing(engagement)
    return form_page(
        request,
        form=forms.ConfirmForm(request.POST or None),
        save=partial(actions.remove_client_lead, lead=lead, by=request.user),
        template="engagements/client_lead_remove.html",
        done=_team_url(reference),
        context=_about(engagement)
        | {
            "lead": lead,
            "deputy": next((row for row in signing.leads if row.deputy_for_id == lead.pk), None),
            "is_waiting": signing.is_waiting,
            "blockers": policies.leaving_blockers(signing, lead),
        },
    )


@require_http_methods(["GET", "POST"])
def engagement_reassign(request: PortalRequest, reference: str) -> HttpResponse:
    """Give an engagement another lead consultant."""
    engagement = load_working(request, reference)
    if not permissions.can_reassign_engagement(request.user, engagement):
        raise PermissionDenied
    return form_page(
        request,
        form=forms.ReassignForm(request.POST or None, instance=load_working(request, reference)),
        save=partial(actions.reassign_engagement, engagement=engagement, by=request.user),
        template="engagements/engagement_reassign.html",
        done=lambda changed: _team_url(reference) if _can_still_see(request, changed) else reverse("engagements:engagement_list"),
        context=_about(engagement) | {"blockers": []},
    )


def _about(engagement: Engagement) -> dict[str, object]:
    """Return what every form page of the team shows."""
    return {"engagement": engagement, "back": _team_url(engagement.reference)}


def _can_still_see(request: PortalRequest, engagement: Engagement) -> bool:
    """Tell whether a person who handed work over can see it any longer: their region may be another one by now."""
    return Engagement.objects.visible_to(request.user).filter(pk=engagement.pk).exists()
