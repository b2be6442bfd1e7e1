"""Pages on which national admins keep which regions an STP area belongs to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.history import history_page, version_page
from core.pages import form_page
from directory import actions, permissions
from directory.forms import FootprintForm
from directory.models import Footprint

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest


@require_safe
def footprint_list(request: PortalRequest) -> HttpResponse:
    """List the STP areas with the regions that lead and share them."""
    _refuse_others(request)
    areas = Footprint.objects.select_related("lead_region").prefetch_related("other_regions").order_by("number")
    return TemplateResponse(request, "directory/footprint_list.html", {"crumbs": _crumbs(), "areas": areas})


@require_http_methods(["GET", "POST"])
def footprint_edit(request: PortalRequest, number: int) -> HttpResponse:
    """Change which regions an STP area belongs to, and what else it is called."""
    area = _load_area(request, number)
    return form_page(
        request,
        form=FootprintForm(request.POST or None, instance=area),
        save=partial(actions.change_footprint, footprint=area, by=request.user),
        template="directory/footprint_edit.html",
        done=_list_url(number),
        context=_about(area),
    )


@require_safe
def footprint_history(request: PortalRequest, number: int) -> HttpResponse:
    """Tell what happened to an STP area."""
    area = _load_area(request, number)
    return history_page(request, area, template="directory/footprint_history.html", context=_about(area))


@require_http_methods(["GET", "POST"])
def footprint_version(request: PortalRequest, number: int, version: int) -> HttpResponse:
    """Show what an STP area said once, and go back to that."""
    area = _load_area(request, number)
    about = _about(area)
    history = ("Its history", reverse("directory:footprint_history", args=[number]))
    return version_page(
        request,
        area,
        version,
        change=partial(actions.change_footprint, footprint=area, by=request.user),
        template="directory/footprint_version.html",
        done=_list_url(number),
        context=about | {"crumbs": [*about["crumbs"], history]},
    )


def _refuse_others(request: PortalRequest) -> None:
    """Let nobody but national admins in."""
    if not permissions.can_keep_footprints(request.user):
        raise PermissionDenied


def _load_area(request: PortalRequest, number: int) -> Footprint:
    """Return an STP area, to whoever keeps them."""
    _refuse_others(request)
    return get_object_or_404(Footprint, number=number)


def _list_url(number: int) -> str:
    """Return the address of the list of areas, at one of them."""
    return f"{reverse('directory:footprint_list')}#area-{number}"


def _crumbs() -> list[tuple[str, str]]:
    """Return the way to the list of areas."""
    return [("Home", reverse("home")), ("Manage", reverse("manage"))]


def _about(area: Footprint) -> dict[str, Any]:
    """Return what every page about one area shows; as facts, since validation of a form changes the record it is about."""
    return {
        "crumbs": [*_crumbs(), ("STP areas", reverse("directory:footprint_list"))],
        "number": area.number,
        "name": area.name,
        "back": _list_url(area.number),
    }
