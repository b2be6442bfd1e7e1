"""How pages for admins find their region, and what it keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from directory.models import Region
from interventions import permissions
from interventions.models import Intervention

if TYPE_CHECKING:
    from core.requests import PortalRequest

Crumbs = list[tuple[str, str]]


def load_kept_region(request: PortalRequest, slug: str) -> Region:
    """Return the region of a page for admins: another region's pages are not there for a regional admin, nobody else may open any."""
    if not request.user.is_admin:
        raise PermissionDenied
    region = get_object_or_404(Region, slug=slug)
    if not permissions.can_keep_offers(request.user, region):
        raise Http404
    return region


def load_on_menu(region: Region, slug: str) -> Intervention:
    """Return an intervention that the region can offer today."""
    return get_object_or_404(Intervention.objects.on_the_menu(region).select_related("main_domain"), slug=slug)


def load_ever_on_menu(region: Region, slug: str) -> Intervention:
    """Return an intervention that the region can offer or could once."""
    return get_object_or_404(Intervention.objects.ever_on_the_menu(region), slug=slug)


def load_extra(region: Region, slug: str) -> Intervention:
    """Return an extra of the region, retired ones included."""
    return get_object_or_404(Intervention, region=region, slug=slug)


def offers_url(region: Region) -> str:
    """Return the address of the page of what a region offers."""
    return reverse("interventions:region_offer_list", args=[region.slug])


def offer_crumbs(request: PortalRequest, region: Region, *below: tuple[str, str]) -> Crumbs:
    """Return the way to a page of one region's offers."""
    crumbs = [("Home", reverse("home")), ("Manage", reverse("manage"))]
    if request.user.is_national_admin:
        crumbs.append(("What we offer", reverse("interventions:offer_list")))
    return [*crumbs, (region.name if request.user.is_national_admin else "What we offer", offers_url(region)), *below]
