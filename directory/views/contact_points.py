"""Pages on which admins keep true how their LDP can be reached."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.history import EVENTS_EACH_PAGE, history_page, version_page
from core.models import AuditEvent
from core.pages import form_page, post_action
from core.reading import MAX_ID_DIGITS
from core.records import mark_of
from core.refusals import ActionRefused
from directory import actions, permissions
from directory.enums import CHECKED_FOR_DAYS
from directory.forms import ContactPointForm
from directory.models import ContactPoint, Region

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest


@require_safe
def contact_point_list(request: PortalRequest, region: str = "") -> HttpResponse:
    """List a region's contact points as the public sees them, to be ordered and checked; national admins choose a region first."""
    if not request.user.is_admin:
        raise PermissionDenied
    if not region and not request.user.is_national_admin:
        return redirect("directory:contact_point_list", request.user.region.slug)
    context: dict[str, Any] = {"crumbs": _crumbs(), "days": CHECKED_FOR_DAYS, "region": None}
    on = timezone.localdate()
    if region:
        kept = _load_region(request, region)
        points = list(kept.contact_points.select_related("last_checked_by").in_order())
        context |= {
            "region": kept,
            "rows": [(point, mark_of([point]), point.is_to_check(on)) for point in points],
            "to_check": sum(point.is_to_check(on) for point in points),
            "seen": mark_of(points),
        }
        if request.user.is_national_admin:
            context["crumbs"] = [*_crumbs(), ("Contacts", reverse("directory:contact_point_list"))]
    else:
        to_check = Count("contact_points", filter=Q(contact_points__in=ContactPoint.objects.to_check(on)))
        found = Region.objects.annotate(points=Count("contact_points"), to_check=to_check)
        context["regions"] = found.order_by("name", "pk")
    return TemplateResponse(request, "directory/contact_point_list.html", context)


@require_http_methods(["GET", "POST"])
def contact_point_create(request: PortalRequest, region: str) -> HttpResponse:
    """Add a way to reach a region."""
    kept = _load_region(request, region)
    return form_page(
        request,
        form=ContactPointForm(request.POST or None),
        save=partial(actions.add_contact_point, region=kept, by=request.user),
        template="directory/contact_point_create.html",
        done=lambda point: _list_url(kept, point.pk),
        context=_about(request, kept),
    )


@require_http_methods(["GET", "POST"])
def contact_point_edit(request: PortalRequest, region: str, pk: int) -> HttpResponse:
    """Change a way to reach a region."""
    kept = _load_region(request, region)
    point = get_object_or_404(kept.contact_points, pk=pk)
    shown = str(point)
    return form_page(
        request,
        form=ContactPointForm(request.POST or None, instance=point),
        save=partial(actions.change_contact_point, point=point, by=request.user),
        template="directory/contact_point_edit.html",
        done=_list_url(kept, pk),
        context=_about(request, kept) | {"pk": pk, "shown": shown},
    )


@require_http_methods(["GET", "POST"])
def contact_point_remove(request: PortalRequest, region: str, pk: int) -> HttpResponse:
    """Ask, then take away a way to reach a region."""
    kept = _load_region(request, region)
    point = get_object_or_404(kept.contact_points, pk=pk)
    context = _about(request, kept) | {"point": point, "blockers": []}
    if request.method == "POST":
        try:
            actions.remove_contact_point(point=point, by=request.user)
        except ActionRefused as refusal:
            context["blockers"] = refusal.blockers
        else:
            return redirect(_list_url(kept))
    return TemplateResponse(request, "directory/contact_point_remove.html", context)


@require_POST
def contact_point_move(request: PortalRequest, region: str, pk: int, direction: str) -> HttpResponse:
    """Move a contact point one place up or down, and come back to it."""
    kept = _load_region(request, region)
    point = get_object_or_404(kept.contact_points, pk=pk)
    move = partial(actions.move_contact_point, point=point, is_up=direction == "up", by=request.user)
    return post_action(request, act=move, done=_list_url(kept, pk))


@require_POST
def contact_point_reorder(request: PortalRequest, region: str) -> HttpResponse:
    """Put the contact points in the order into which they were dragged, and come back to the one that was."""
    kept = _load_region(request, region)
    # What is no number of a row can be none of the region's: the action refuses it in words.
    order = [int(key) if _is_key(key) else 0 for key in request.POST.getlist("order")]
    moved = request.POST.get("moved", "")
    seen = request.GET.get("seen")
    act = partial(actions.order_contact_points, region=kept, order=order, seen=seen, by=request.user)
    return post_action(request, act=act, done=_list_url(kept, int(moved) if _is_key(moved) else None))


@require_POST
def contact_point_check(request: PortalRequest, region: str, pk: int) -> HttpResponse:
    """Say that one contact point is right, as it was shown."""
    kept = _load_region(request, region)
    point = get_object_or_404(kept.contact_points, pk=pk)
    check = partial(actions.check_contact_point, point=point, seen=request.GET.get("seen"), by=request.user)
    return post_action(request, act=check, done=_list_url(kept, pk))


@require_POST
def contacts_check(request: PortalRequest, region: str) -> HttpResponse:
    """Say that all contact points of a region are right, as they were shown."""
    kept = _load_region(request, region)

    def check() -> None:
        actions.check_contacts(region=kept, seen=request.GET.get("seen"), by=request.user)
        messages.success(request, "Thank you. The public page says that they were checked today.")

    return post_action(request, act=check, done=_list_url(kept))


@require_safe
def contacts_history(request: PortalRequest, region: str) -> HttpResponse:
    """Tell what happened to all contact points of a region, those that were removed included."""
    kept = _load_region(request, region)
    page = Paginator(AuditEvent.objects.for_trail(kept.contacts_trail), EVENTS_EACH_PAGE).get_page(request.GET.get("page"))
    context = _about(request, kept) | {"page": page, "versions_url": ""}
    return TemplateResponse(request, "directory/contacts_history.html", context)


@require_safe
def contact_point_history(request: PortalRequest, region: str, pk: int) -> HttpResponse:
    """Tell what happened to one contact point."""
    kept = _load_region(request, region)
    point = get_object_or_404(kept.contact_points, pk=pk)
    context = _about(request, kept) | {"point": point}
    return history_page(request, point, template="directory/contact_point_history.html", context=context)


@require_http_methods(["GET", "POST"])
def contact_point_version(request: PortalRequest, region: str, pk: int, number: int) -> HttpResponse:
    """Show what a contact point said once, and go back to that."""
    kept = _load_region(request, region)
    point = get_object_or_404(kept.contact_points, pk=pk)
    history = ("Its history", reverse("directory:contact_point_history", args=[kept.slug, pk]))
    about = _about(request, kept)
    return version_page(
        request,
        point,
        number,
        change=partial(actions.change_contact_point, point=point, by=request.user),
        template="directory/contact_point_version.html",
        done=_list_url(kept, pk),
        context=about | {"crumbs": [*about["crumbs"], history], "point": point},
    )


def _load_region(request: PortalRequest, slug: str) -> Region:
    """Return a region whose contact points the person keeps; to the admin of another one its pages do not exist."""
    region = get_object_or_404(Region, slug=slug)
    if permissions.can_keep_contacts(request.user, region):
        return region
    if request.user.is_admin:
        raise Http404
    raise PermissionDenied


def _list_url(region: Region, pk: int | None = None) -> str:
    """Return the address of a region's contact points, at one of them: whoever works by keyboard goes on from there."""
    url = reverse("directory:contact_point_list", args=[region.slug])
    return f"{url}#contact-{pk}" if pk else url


def _crumbs() -> list[tuple[str, str]]:
    """Return the way to the pages of contacts."""
    return [("Home", reverse("home")), ("Manage", reverse("manage"))]


def _about(request: PortalRequest, region: Region) -> dict[str, Any]:
    """Return what every page about contact points of one region shows."""
    contacts = [("Contacts", reverse("directory:contact_point_list"))] if request.user.is_national_admin else []
    own = (region.name if contacts else "Contacts", _list_url(region))
    return {"crumbs": [*_crumbs(), *contacts, own], "region": region, "back": _list_url(region)}


def _is_key(text: str) -> bool:
    """Tell whether a text could be the number of a row."""
    return text.isascii() and text.isdigit() and len(text) <= MAX_ID_DIGITS
