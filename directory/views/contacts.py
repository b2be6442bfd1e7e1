"""Pages of the directory: find your LDP, one region's contacts, organisations found by typing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.reading import Relation, prefetch_in_one_query
from directory import permissions
from directory.enums import Closeness
from directory.forms import AreaSearchForm, OrganisationSearchForm
from directory.models import Footprint, Organisation, Region, Site

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True)
class Finding:
    """One STP area that was searched for: how it was found, and through which sites."""

    area: Footprint
    how: str
    sites: list[Site]


@login_not_required
@require_safe
def region_list(request: HttpRequest) -> HttpResponse:
    """Help anybody find their LDP: by the name of an STP area or site, by region, or on the map."""
    filters = AreaSearchForm.read(request.GET)
    text = filters.chosen.get("q", "")
    regions = list(Region.objects.order_by("name", "pk"))
    areas = list(Footprint.objects.order_by("number"))
    sites = list(Site.objects.found_by(text).order_by("name", "pk")) if text else []
    prefetch_in_one_query(
        [
            Relation(regions, "contact_points", lambda point: (point.position, point.pk)),
            Relation(areas, "other_regions", lambda region: (region.name, region.pk)),
            Relation(sites, "footprints", lambda area: area.number),
        ]
    )
    _tie_regions(areas, regions)
    context = {
        "crumbs": [("Home", reverse("home"))],
        "filters": filters,
        "text": text,
        "findings": _findings(text, areas, sites) if text else [],
        "sites_elsewhere": [site for site in sites if not site.footprints.all()],
        "regions": regions,
        "areas": areas,
    }
    return TemplateResponse(request, "directory/region_list.html", context)


def _tie_regions(areas: Iterable[Footprint], regions: Iterable[Region]) -> None:
    """Let each area reach its lead region as it was read, contact points included."""
    by_pk = {region.pk: region for region in regions}
    for area in areas:
        area.lead_region = by_pk[area.lead_region_id]


def _findings(text: str, areas: Iterable[Footprint], sites: Iterable[Site]) -> list[Finding]:
    """Return the areas that a search finds, the closest first."""
    by_pk = {area.pk: area for area in areas}
    found: Any = Footprint.objects.found_by(text)
    return [
        Finding(
            area=by_pk[pk],
            how=str(Closeness(closeness).label),
            sites=[site for site in sites if pk in {area.pk for area in site.footprints.all()}],
        )
        for pk, closeness in found.values_list("pk", "closeness")
    ]


@login_not_required
@require_safe
def region_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how to reach one region's LDP, and which STP areas it leads or shares."""
    region = get_object_or_404(Region, slug=slug)
    areas = list(Footprint.objects.for_region(region).select_related("lead_region").prefetch_related("sites").order_by("number"))
    context = {
        "crumbs": [("Home", reverse("home")), ("Find your LDP", reverse("directory:region_list"))],
        "region": region,
        "contact_points": region.contact_points.order_by("position", "pk"),
        "areas": [area for area in areas if area.lead_region_id == region.pk],
        "shared_areas": [area for area in areas if area.lead_region_id != region.pk],
    }
    return TemplateResponse(request, "directory/region_detail.html", context)


@require_safe
def organisation_search(request: HttpRequest) -> HttpResponse:
    """Offer the organisations that a person may mean while typing, as options of a datalist."""
    if not permissions.can_search_organisations(request.user):
        raise PermissionDenied
    query: Any = request.GET.copy()
    # A browser that asks while somebody types sends the field under whatever name it has on its page.
    query.setdefault("q", next(iter(query.values()), ""))
    text = OrganisationSearchForm.read(query).chosen.get("q", "")
    context = {"organisations": Organisation.objects.best_for(text) if text else [], "text": text}
    return TemplateResponse(request, "directory/organisation_search.html", context)
