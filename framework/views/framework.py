"""The framework as its keepers see it, and the pages of its domains."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.history import history_page, version_page
from core.pages import form_page
from framework import actions, forms
from framework.enums import StepKind
from framework.models import Behaviour, Domain, ForwardViewStep, LeadershipRole, Resource
from framework.views.loading import crumbs, list_url, must_keep

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpResponse

    from core.requests import PortalRequest


@dataclass
class Group:
    """Rows that stand together: those that can be chosen today, and those that are retired."""

    current: list[Any] = field(default_factory=list)
    retired: list[Any] = field(default_factory=list)


def _grouped(rows: Iterable[Any], name: str) -> dict[Any, Group]:
    """Group the latest wordings by one of their columns; a wording that another has replaced is told in the history."""
    latest: dict[int, Any] = {}
    for row in rows:
        if row.lineage not in latest or row.pk > latest[row.lineage].pk:
            latest[row.lineage] = row
    groups: dict[Any, Group] = {}
    for row in latest.values():
        group = groups.setdefault(getattr(row, name), Group())
        (group.current if row.retired_at is None else group.retired).append(row)
    return groups


@require_safe
def framework_list(request: PortalRequest) -> HttpResponse:
    """Show the whole framework, each of its rows with the way to change it."""
    must_keep(request)
    roles = _grouped(LeadershipRole.objects.order_by("row", "pk"), "domain_id")
    behaviours = _grouped(Behaviour.objects.order_by("row", "position", "pk"), "domain_id")
    steps = _grouped(ForwardViewStep.objects.order_by("position", "pk"), "kind")
    resources = Group()
    for resource in Resource.objects.order_by("position", "pk"):
        (resources.current if resource.retired_at is None else resources.retired).append(resource)
    context = {
        "crumbs": crumbs()[:-1],
        "domains": [
            (domain, roles.get(domain.pk, Group()), behaviours.get(domain.pk, Group())) for domain in Domain.objects.in_order()
        ],
        "kinds": [(kind, steps.get(kind.value, Group())) for kind in StepKind],
        "resources": resources,
    }
    return TemplateResponse(request, "framework/framework_list.html", context)


def _context(domain: Domain) -> dict[str, object]:
    """Return what the pages of one domain show around their own."""
    back = list_url(f"domain-{domain.slug}")
    return {"crumbs": crumbs(), "name": str(domain), "domain": domain, "back": back, "blockers": []}


@require_http_methods(["GET", "POST"])
def domain_edit(request: PortalRequest, slug: str) -> HttpResponse:
    """Change the name or the aim of a domain."""
    must_keep(request)
    domain = get_object_or_404(Domain, slug=slug)
    return form_page(
        request,
        # A form changes its record while it checks it: what the page calls the domain is what is saved.
        form=forms.DomainForm(request.POST or None, instance=get_object_or_404(Domain, slug=slug)),
        save=partial(actions.change_domain, domain=domain, by=request.user),
        template="framework/domain_edit.html",
        done=list_url(f"domain-{slug}"),
        context=_context(domain),
    )


@require_safe
def domain_history(request: PortalRequest, slug: str) -> HttpResponse:
    """Tell what became of a domain."""
    must_keep(request)
    domain = get_object_or_404(Domain, slug=slug)
    return history_page(request, domain, template="framework/domain_history.html", context=_context(domain))


@require_http_methods(["GET", "POST"])
def domain_version(request: PortalRequest, slug: str, number: int) -> HttpResponse:
    """Show one version of a domain, and go back to it."""
    must_keep(request)
    domain = get_object_or_404(Domain, slug=slug)
    history = reverse("framework:domain_history", args=[slug])
    return version_page(
        request,
        domain,
        number,
        change=partial(actions.change_domain, domain=domain, by=request.user),
        template="framework/domain_version.html",
        done=history,
        context=_context(domain) | {"crumbs": crumbs(("History", history))},
    )
