"""Pages of the national menu: what stands on it, each intervention with its versions, retiring and splitting."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.history import history_page, version_page
from core.pages import form_page, post_action
from core.reading import Relation, prefetch_in_one_query
from framework.models import Domain
from interventions import actions, forms, permissions, policies
from interventions.models import Intervention

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest


def _menu_url() -> str:
    """Return the address of the national menu as its admins see it."""
    return reverse("interventions:menu_list")


def _edit_url(intervention: Intervention) -> str:
    """Return where an intervention of the national menu is changed."""
    return reverse("interventions:intervention_edit", args=[intervention.slug])


def _crumbs(*below: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the way to a page below the national menu."""
    return [("Home", reverse("home")), ("Manage", reverse("manage")), ("National menu", _menu_url()), *below]


def _load_kept(request: PortalRequest, slug: str) -> Intervention:
    """Return an intervention of the national menu that the person may change."""
    intervention = _load_known(request, slug)
    if not permissions.can_keep_menu(request.user):
        raise PermissionDenied
    return intervention


def _load_known(request: PortalRequest, slug: str) -> Intervention:
    """Return an intervention of the national menu whose history the person may read."""
    if not permissions.can_read_menu_versions(request.user):
        raise PermissionDenied
    known = Intervention.objects.ever_on_the_menu().select_related("main_domain").with_use()
    intervention: Intervention = get_object_or_404(known, slug=slug)
    return intervention


@require_safe
def menu_list(request: PortalRequest) -> HttpResponse:
    """Show the national menu by domain, with its versions and how much each intervention is used, and what was retired."""
    if not permissions.can_read_menu_versions(request.user):
        raise PermissionDenied
    known = list(Intervention.objects.ever_on_the_menu().select_related("main_domain").with_use())
    retired = sorted((row for row in known if row.retired_at), key=lambda row: (row.name.lower(), row.pk))
    after = policies.all_successors_on_the_menu(retired)
    offered = [row for row in known if row.retired_at is None]
    columns = [(domain, [row for row in offered if row.main_domain_id == domain.pk]) for domain in Domain.objects.in_order()]
    context = {
        "crumbs": _crumbs()[:-1],
        "columns": columns,
        "count": len(offered),
        "retired": [(row, after[row.pk]) for row in retired],
        "can_keep": permissions.can_keep_menu(request.user),
    }
    return TemplateResponse(request, "interventions/menu_list.html", context)


@require_http_methods(["GET", "POST"])
def intervention_create(request: PortalRequest) -> HttpResponse:
    """Put a new intervention on the national menu."""
    if not permissions.can_keep_menu(request.user):
        raise PermissionDenied
    return form_page(
        request,
        form=forms.InterventionForm(request.POST or None, instance=Intervention()),
        save=partial(actions.add_intervention, by=request.user),
        template="interventions/intervention_create.html",
        done=_menu_url(),
        context={"crumbs": _crumbs(), "back": _menu_url()},
    )


@require_http_methods(["GET", "POST"])
def intervention_edit(request: PortalRequest, slug: str) -> HttpResponse:
    """Change what the national menu says of an intervention."""
    intervention = _load_kept(request, slug)
    prefetch_in_one_query([Relation([intervention], name) for name in ("other_domains", "roles", "behaviours")])
    context = _about(intervention) | {"back": _menu_url(), "blockers": policies.changing_blockers(intervention)}
    return form_page(
        request,
        form=forms.InterventionForm(request.POST or None, instance=intervention),
        save=partial(actions.change_intervention, intervention=intervention, by=request.user),
        template="interventions/intervention_edit.html",
        done=_menu_url(),
        context=context,
    )


@require_http_methods(["GET", "POST"])
def intervention_retire(request: PortalRequest, slug: str) -> HttpResponse:
    """Ask why an intervention leaves the menu and what takes its place, then retire it."""
    intervention = _load_kept(request, slug)
    return form_page(
        request,
        form=forms.InterventionRetireForm(request.POST or None, intervention=intervention),
        save=partial(actions.retire_intervention, intervention=intervention, by=request.user),
        template="interventions/intervention_retire.html",
        done=_menu_url(),
        context=_below(intervention) | {"blockers": policies.retiring_blockers(intervention)},
    )


@require_POST
def intervention_reinstate(request: PortalRequest, slug: str) -> HttpResponse:
    """Bring a retired intervention back to the menu."""
    intervention = _load_kept(request, slug)
    bring_back = partial(actions.reinstate_intervention, intervention=intervention, by=request.user)
    return post_action(request, act=bring_back, done=_menu_url())


@require_http_methods(["GET", "POST"])
def intervention_split(request: PortalRequest, slug: str) -> HttpResponse:
    """Put two or more interventions in the place of one."""
    intervention = _load_kept(request, slug)
    return form_page(
        request,
        form=forms.InterventionSplitForm(request.POST or None),
        save=partial(actions.split_intervention, intervention=intervention, by=request.user),
        template="interventions/intervention_split.html",
        done=_menu_url(),
        context=_below(intervention) | {"blockers": policies.splitting_blockers(intervention)},
    )


@require_safe
def intervention_history(request: PortalRequest, slug: str) -> HttpResponse:
    """Tell what happened to an intervention of the national menu."""
    intervention = _load_known(request, slug)
    context = _about(intervention) | {"crumbs": _crumbs(_place_of(request, intervention))}
    return history_page(request, intervention, template="interventions/intervention_history.html", context=context)


@require_http_methods(["GET", "POST"])
def intervention_version(request: PortalRequest, slug: str, number: int) -> HttpResponse:
    """Show what the national menu once said of an intervention; national admins can go back to it."""
    intervention = _load_known(request, slug)
    can_keep = permissions.can_keep_menu(request.user)
    if request.method == "POST" and not can_keep:
        raise PermissionDenied
    is_open = can_keep and not policies.changing_blockers(intervention)
    change = partial(actions.change_intervention, intervention=intervention, by=request.user) if is_open else None
    history = reverse("interventions:intervention_history", args=[slug])
    return version_page(
        request,
        intervention,
        number,
        change=change,
        template="interventions/intervention_version.html",
        done=history,
        context=_about(intervention)
        | {"crumbs": _crumbs(_place_of(request, intervention), ("History", history)), "number": number},
    )


def _place_of(request: PortalRequest, intervention: Intervention) -> tuple[str, str]:
    """Return the page of an intervention that the person can open: where it is changed, or what everybody reads."""
    can_keep = permissions.can_keep_menu(request.user)
    return intervention.name, _edit_url(intervention) if can_keep else intervention.get_absolute_url()


def _about(intervention: Intervention) -> dict[str, object]:
    """Return what the pages of one intervention say of it; a form changes its record while it checks it."""
    return {
        "crumbs": _crumbs(),
        "name": intervention.name,
        "slug": intervention.slug,
        "address": intervention.get_absolute_url(),
        "version_number": intervention.version,
        "plan_count": intervention.plan_count,
        "is_retired": intervention.retired_at is not None,
    }


def _below(intervention: Intervention) -> dict[str, object]:
    """Return what a page says that stands below the one where an intervention is changed."""
    edit = _edit_url(intervention)
    return _about(intervention) | {"crumbs": _crumbs((intervention.name, edit)), "back": edit}
