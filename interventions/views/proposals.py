"""Pages of what regions propose for the national menu, and of the answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.pages import form_page, post_action
from core.reading import Relation, prefetch_in_one_query
from interventions import actions, forms, permissions, policies
from interventions.enums import ROWS_EACH_PAGE
from interventions.models import Intervention, MenuProposal

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest


@require_safe
def proposal_list(request: PortalRequest) -> HttpResponse:
    """Show what was proposed: what waits for an answer first, then what was answered."""
    if not permissions.can_read_proposals(request.user):
        raise PermissionDenied
    known = MenuProposal.objects.visible_to(request.user).select_related("intervention", "region", "by", "answered_by")
    page = Paginator(known.answered(), ROWS_EACH_PAGE).get_page(request.GET.get("page"))
    context = {
        "crumbs": _crumbs()[:-1],
        "waiting": list(known.open()),
        "page": page,
        "can_propose": permissions.can_propose_change(request.user),
        "can_answer": permissions.can_answer_proposal(request.user),
    }
    return TemplateResponse(request, "interventions/proposal_list.html", context)


@require_http_methods(["GET", "POST"])
def proposal_create(request: PortalRequest, slug: str | None = None) -> HttpResponse:
    """Propose a change of an intervention of the national menu, or a new one."""
    if not permissions.can_propose_change(request.user):
        raise PermissionDenied
    intervention = None
    if slug is not None:
        intervention = get_object_or_404(Intervention.objects.on_the_menu(), slug=slug)
        _read_relations(intervention)
    menu = reverse("interventions:menu_list")
    return form_page(
        request,
        form=forms.ProposalForm(request.POST or None, instance=intervention or Intervention()),
        save=partial(actions.add_proposal, intervention=intervention, by=request.user),
        template="interventions/proposal_create.html",
        done=lambda added: added.get_absolute_url(),
        context={
            "crumbs": [*_crumbs()[:-1], ("National menu", menu)] if intervention else _crumbs(),
            "name": intervention.name if intervention else "",
            "back": menu if intervention else reverse("interventions:proposal_list"),
        },
    )


@require_safe
def proposal_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """Show what is proposed beside what the menu says, and the answer."""
    proposal = _load(request, pk)
    context = _about(proposal) | {
        "crumbs": _crumbs(),
        "can_answer": proposal.is_open and permissions.can_answer_proposal(request.user),
        "can_withdraw": proposal.is_open and permissions.can_withdraw_proposal(request.user, proposal),
    }
    return TemplateResponse(request, "interventions/proposal_detail.html", context)


@require_POST
def proposal_withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """Take a proposal back."""
    proposal = _load(request, pk)
    if not permissions.can_withdraw_proposal(request.user, proposal):
        raise PermissionDenied
    act = partial(actions.withdraw_proposal, proposal=proposal, by=request.user)
    return post_action(request, act=act, done=proposal.get_absolute_url())


@require_http_methods(["GET", "POST"])
def proposal_accept(request: PortalRequest, pk: int) -> HttpResponse:
    """Change the menu as it was proposed, after a look at each field."""
    proposal = _load_to_answer(request, pk)
    intervention = proposal.intervention or Intervention()
    blockers = policies.answering_blockers(proposal) or policies.changing_blockers(intervention)
    context = _about(proposal) | {"blockers": blockers}
    return form_page(
        request,
        form=forms.ProposalAcceptForm(request.POST or None, instance=intervention, initial=policies.proposed_values(proposal)),
        save=partial(actions.accept_proposal, proposal=proposal, by=request.user),
        template="interventions/proposal_accept.html",
        done=proposal.get_absolute_url(),
        context=context,
    )


@require_http_methods(["GET", "POST"])
def proposal_decline(request: PortalRequest, pk: int) -> HttpResponse:
    """Leave the menu as it is, and say why."""
    proposal = _load_to_answer(request, pk)
    return form_page(
        request,
        form=forms.ProposalDeclineForm(request.POST or None),
        save=partial(actions.decline_proposal, proposal=proposal, by=request.user),
        template="interventions/proposal_decline.html",
        done=proposal.get_absolute_url(),
        context=_about(proposal) | {"blockers": policies.answering_blockers(proposal)},
    )


def _load(request: PortalRequest, pk: int) -> MenuProposal:
    """Return a proposal that the person may read."""
    if not permissions.can_read_proposals(request.user):
        raise PermissionDenied
    known = MenuProposal.objects.visible_to(request.user).select_related("intervention", "region", "by", "answered_by")
    proposal: MenuProposal = get_object_or_404(known, pk=pk)
    return proposal


def _load_to_answer(request: PortalRequest, pk: int) -> MenuProposal:
    """Return a proposal that the person may answer."""
    proposal = _load(request, pk)
    if not permissions.can_answer_proposal(request.user):
        raise PermissionDenied
    return proposal


def _read_relations(intervention: Intervention) -> None:
    """Read what an intervention develops and where it belongs with a single query."""
    prefetch_in_one_query([Relation([intervention], name) for name in policies.TO_MANY])


def _crumbs() -> list[tuple[str, str]]:
    """Return the way to the proposals."""
    return [
        ("Home", reverse("home")),
        ("Manage", reverse("manage")),
        ("Proposals", reverse("interventions:proposal_list")),
    ]


def _about(proposal: MenuProposal) -> dict[str, object]:
    """Return what every page of one proposal shows; a form changes the intervention while it checks it."""
    return {
        "proposal": proposal,
        "title": proposal.title,
        "fields": policies.proposed_fields(proposal),
        "is_retired": bool(proposal.intervention and proposal.intervention.retired_at),
        "crumbs": [*_crumbs(), (proposal.title, proposal.get_absolute_url())],
        "back": proposal.get_absolute_url(),
    }
