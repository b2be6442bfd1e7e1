"""Pages of the menu: four columns as it is printed, and one page for each intervention."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.reading import Relation, prefetch_in_one_query
from directory.models import Region
from framework.models import Behaviour, Domain, LeadershipRole
from interventions import permissions, policies
from interventions.forms import MenuFilterForm
from interventions.models import Intervention

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.models import User


@login_not_required
@require_safe
def intervention_list(request: HttpRequest) -> HttpResponse:
    """Show the menu in its four columns, narrowed to what the address asks for."""
    filters = MenuFilterForm.read(
        request.GET,
        roles=LeadershipRole.objects.current().select_related("domain").in_order(),
        behaviours=Behaviour.objects.current().select_related("domain").in_order(),
        regions=Region.objects.order_by("name", "pk"),
    )
    region = filters.chosen_region
    menu = Intervention.objects.available_in(region) if region else Intervention.objects.offered_anywhere()
    found = list(menu.found_by(**filters.words).with_offer_count(region).select_related("region"))
    columns = [
        {"domain": domain, "interventions": [x for x in found if x.main_domain_id == domain.pk]}
        for domain in Domain.objects.in_order()
    ]
    context = {
        "crumbs": [("Home", reverse("home"))],
        "filters": filters,
        "columns": columns,
        "region_count": len(filters.regions),
        "region": region,
        "count": len(found),
        "all_url": reverse("interventions:intervention_list"),
    }
    return TemplateResponse(request, "interventions/intervention_list.html", context)


@login_not_required
@require_safe
def intervention_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one intervention: what it is, whom it suits, what it develops, where it is offered, how to measure it."""
    intervention = get_object_or_404(Intervention.objects.select_related("main_domain", "region"), slug=slug)
    domains = {domain.pk: domain for domain in Domain.objects.in_order()}
    prefetch_in_one_query(
        [
            Relation([intervention], "other_domains", lambda domain: (domain.position, domain.pk)),
            Relation([intervention], "roles", lambda role: (domains[role.domain_id].position, role.row, role.pk)),
            Relation([intervention], "behaviours", lambda row: (domains[row.domain_id].position, row.row, row.position, row.pk)),
        ]
    )
    roles, behaviours = list(intervention.roles.all()), list(intervention.behaviours.all())
    for role in roles:
        role.domain = domains[role.domain_id]
    for behaviour in behaviours:
        behaviour.domain = domains[behaviour.domain_id]
    context = {
        "crumbs": [("Home", reverse("home")), ("Menu", reverse("interventions:intervention_list"))],
        "intervention": intervention,
        "other_domains": intervention.other_domains.all(),
        "roles": roles,
        "behaviours": behaviours,
        "offers": policies.offers_everywhere(intervention),
        "can_read_offers": permissions.can_read_offers(request.user),
        "suggestions": policies.suggested_measures([intervention])[intervention.pk],
        "successors": policies.successors_on_the_menu(intervention) if intervention.retired_at else [],
        "can_keep": intervention.region_id is None and permissions.can_keep_menu(request.user),
        "evidence": policies.evidence_of(intervention, cast("User", request.user)),
        "related": Intervention.objects.on_the_menu().related_to(intervention, roles, behaviours),
    }
    return TemplateResponse(request, "interventions/intervention_detail.html", context)
