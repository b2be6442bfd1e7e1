"""Pages of the framework: the wheel of four domains, and each domain with its leadership roles and behaviours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from framework.models import Domain, Resource

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_not_required
@require_safe
def domain_list(request: HttpRequest) -> HttpResponse:
    """Show the four domains as a wheel and as a list, what systems leadership is, and the resources."""
    context = {
        "crumbs": [("Home", reverse("home"))],
        "domains": Domain.objects.in_order().with_counts(),
        "resources": Resource.objects.current().order_by("position", "pk"),
    }
    return TemplateResponse(request, "framework/domain_list.html", context)


@login_not_required
@require_safe
def domain_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one domain: its aim, its leadership roles and behaviours word for word, and its interventions."""
    domain = get_object_or_404(Domain, slug=slug)
    context = {
        "crumbs": [("Home", reverse("home")), ("Framework", reverse("framework:domain_list"))],
        "domain": domain,
        "roles": domain.roles.current().order_by("row", "pk"),
        "behaviours": domain.behaviours.current().order_by("row", "position", "pk"),
        "interventions": domain.interventions.on_the_menu(),
        "also_interventions": domain.also_interventions.on_the_menu().select_related("main_domain"),
        "other_domains": Domain.objects.in_order().exclude(pk=domain.pk),
    }
    return TemplateResponse(request, "framework/domain_detail.html", context)
