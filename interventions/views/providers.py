"""Pages of the directory of providers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import PortalForm
from core.history import history_page, version_page
from core.pages import form_page, post_action
from core.reading import Relation, prefetch_in_one_query
from directory.models import Region
from framework.models import Domain
from interventions import actions, permissions, policies
from interventions.enums import ROWS_EACH_PAGE
from interventions.forms import ProviderFilterForm, ProviderForm
from interventions.models import Intervention, Provider

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from core.requests import PortalRequest

LIST = "interventions:provider_list"


@require_safe
def provider_list(request: PortalRequest) -> HttpResponse:
    """Show who can deliver, narrowed to what the address asks for."""
    _require_reader(request)
    user = request.user
    offered = Intervention.objects.on_the_menu(None if user.is_national_admin else user.region)
    filters = ProviderFilterForm.read(request.GET, regions=Region.objects.order_by("name", "pk"), interventions=offered)
    found = Provider.objects.visible_to(user).found_by(**filters.chosen)
    page = Paginator(found, ROWS_EACH_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    _read_relations(shown)
    context = {
        "crumbs": _crumbs(request)[:-1],
        "filters": filters,
        "page": page,
        "providers": shown,
        "count": page.paginator.count,
        "can_add": permissions.can_add_provider(user),
        "list_url": reverse(LIST),
    }
    return TemplateResponse(request, "interventions/provider_list.html", context)


@require_safe
def provider_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """Show one provider, what can be done with it and where it is used."""
    provider = _load(request, pk)
    user = request.user
    can_keep = permissions.can_keep_provider(user, provider)
    context = _about(request, provider) | {
        "crumbs": _crumbs(request),
        "delivers": _by_domain(provider),
        "plans": policies.plans_using(provider, user),
        "offers": policies.offers_using(provider, user),
        "can_keep": can_keep,
        "can_leave": permissions.can_leave_provider(user, provider),
        "can_remove": can_keep and not policies.removing_provider_blockers(provider),
        "is_admin": user.is_admin,
    }
    return TemplateResponse(request, "interventions/provider_detail.html", context)


@require_http_methods(["GET", "POST"])
def provider_create(request: PortalRequest) -> HttpResponse:
    """Add a provider to the directory."""
    if not permissions.can_add_provider(request.user):
        raise PermissionDenied
    return form_page(
        request,
        form=ProviderForm(request.POST or None, user=request.user),
        save=partial(actions.add_provider, by=request.user),
        template="interventions/provider_create.html",
        done=lambda added: added.get_absolute_url(),
        context={"crumbs": _crumbs(request), "back": reverse(LIST), **_namesake(request)},
    )


@require_http_methods(["GET", "POST"])
def provider_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Change what is said of a provider."""
    provider = _load_kept(request, pk)
    return form_page(
        request,
        form=ProviderForm(request.POST or None, instance=provider, user=request.user),
        save=partial(actions.change_provider, provider=provider, by=request.user),
        template="interventions/provider_edit.html",
        done=provider.get_absolute_url(),
        context=_about(request, provider) | _namesake(request, provider),
    )


@require_http_methods(["GET", "POST"])
def provider_leave(request: PortalRequest, pk: int) -> HttpResponse:
    """Ask, then take the admin's own region out of those in which a shared provider works."""
    provider = _load(request, pk)
    if not permissions.can_leave_provider(request.user, provider):
        raise PermissionDenied

    def leave(**_: object) -> None:
        actions.change_provider(provider=provider, values={"regions": []}, by=request.user)
        messages.success(request, f"{provider} is not offered in {request.user.region} any more.")

    context = _about(request, provider) | {
        "region": request.user.region,
        "plans": policies.plans_using(provider, request.user),
        "offers": policies.offers_using(provider, request.user),
    }
    return form_page(
        request,
        form=PortalForm(request.POST or None),
        save=leave,
        template="interventions/provider_leave.html",
        done=reverse(LIST),
        context=context,
    )


@require_http_methods(["GET", "POST"])
def provider_retire(request: PortalRequest, pk: int) -> HttpResponse:
    """Show where a provider is used, then retire it."""
    provider = _load_kept(request, pk)
    context = _about(request, provider) | {
        "blockers": policies.retiring_provider_blockers(provider),
        "plans": policies.plans_using(provider, request.user),
        "offers": policies.offers_using(provider, request.user),
    }
    return form_page(
        request,
        form=PortalForm(request.POST or None),
        save=partial(actions.retire_provider, provider=provider, by=request.user),
        template="interventions/provider_retire.html",
        done=provider.get_absolute_url(),
        context=context,
    )


@require_POST
def provider_reinstate(request: PortalRequest, pk: int) -> HttpResponse:
    """Offer a retired provider again."""
    provider = _load_kept(request, pk)
    act = partial(actions.reinstate_provider, provider=provider, by=request.user)
    return post_action(request, act=act, done=provider.get_absolute_url())


@require_http_methods(["GET", "POST"])
def provider_remove(request: PortalRequest, pk: int) -> HttpResponse:
    """Ask, then remove a provider that nothing uses."""
    provider = _load_kept(request, pk)
    return form_page(
        request,
        form=PortalForm(request.POST or None),
        save=partial(actions.remove_provider, provider=provider, by=request.user),
        template="interventions/provider_remove.html",
        done=reverse(LIST),
        context=_about(request, provider) | {"blockers": policies.removing_provider_blockers(provider)},
    )


@require_safe
def provider_history(request: PortalRequest, pk: int) -> HttpResponse:
    """Tell who changed what of a provider, and when."""
    provider = _load_for_admin(request, pk)
    return history_page(request, provider, template="interventions/provider_history.html", context=_about(request, provider))


@require_http_methods(["GET", "POST"])
def provider_version(request: PortalRequest, pk: int, number: int) -> HttpResponse:
    """Show one version of a provider beside what it says now, and go back to it."""
    provider = _load_for_admin(request, pk)
    history = reverse("interventions:provider_history", args=[pk])
    may_change = permissions.can_keep_provider(request.user, provider)
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    way = (provider.name, provider.get_absolute_url())
    context = _about(request, provider) | {"crumbs": [*_crumbs(request), way, ("History", history)]}
    return version_page(
        request,
        provider,
        number,
        change=partial(actions.change_provider, provider=provider, by=request.user) if may_change else None,
        template="interventions/provider_version.html",
        done=history,
        context=context,
    )


def _require_reader(request: PortalRequest) -> None:
    """Refuse whoever may not read the directory."""
    if not permissions.can_read_providers(request.user):
        raise PermissionDenied


def _load(request: PortalRequest, pk: int) -> Provider:
    """Return a provider that the person may see, with where it works and what it delivers."""
    _require_reader(request)
    provider: Provider = get_object_or_404(Provider.objects.visible_to(request.user), pk=pk)
    _read_relations([provider])
    return provider


def _load_for_admin(request: PortalRequest, pk: int) -> Provider:
    """Return a provider whose history the person may read."""
    provider = _load(request, pk)
    if not request.user.is_admin:
        raise PermissionDenied
    return provider


def _load_kept(request: PortalRequest, pk: int) -> Provider:
    """Return a provider that the person may change."""
    provider = _load(request, pk)
    if not permissions.can_keep_provider(request.user, provider):
        raise PermissionDenied
    return provider


def _read_relations(providers: Sequence[Provider]) -> None:
    """Read where providers work and what they deliver with a single query."""
    prefetch_in_one_query(
        [
            Relation(providers, "regions", order=lambda region: region.name),
            Relation(providers, "interventions", order=lambda row: (row.main_domain_id, row.position, row.pk)),
        ]
    )


def _by_domain(provider: Provider) -> list[tuple[Domain, list[Intervention]]]:
    """Return what a provider delivers, under the domains that it belongs to first of all."""
    rows = list(provider.interventions.all())
    found = [(domain, [row for row in rows if row.main_domain_id == domain.pk]) for domain in Domain.objects.in_order()]
    return [(domain, delivered) for domain, delivered in found if delivered]


def _namesake(request: PortalRequest, provider: Provider | None = None) -> dict[str, object]:
    """Return the provider that has the name typed already, as far as the person may see it, for the page to lead to."""
    typed = " ".join(request.POST.get("name", "").split())
    if not typed or "\x00" in typed:
        return {"namesake": None, "has_hidden_namesake": False}
    same = Provider.objects.filter(name__iexact=typed)
    same = same.exclude(pk=provider.pk) if provider else same
    known = same.visible_to(request.user).first()
    return {"namesake": known, "has_hidden_namesake": known is None and same.exists()}


def _crumbs(request: PortalRequest) -> list[tuple[str, str]]:
    """Return the way to the directory: through Manage for those who manage."""
    manage = [("Manage", reverse("manage"))] if request.user.is_admin else []
    return [("Home", reverse("home")), *manage, ("Providers", reverse(LIST))]


def _about(request: PortalRequest, provider: Provider) -> dict[str, object]:
    """Return what every page of one provider shows."""
    return {
        "provider": provider,
        "name": provider.name,
        "back": provider.get_absolute_url(),
        "crumbs": [*_crumbs(request), (provider.name, provider.get_absolute_url())],
    }
