"""Pages of the resources, for those who keep them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.history import history_page, version_page
from core.pages import form_page, post_action
from framework import actions, forms, policies
from framework.models import Resource
from framework.views.loading import crumbs, list_url, must_keep

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest


def _context(resource: Resource) -> dict[str, object]:
    """Return what the pages of one resource show around their own."""
    return {
        "crumbs": crumbs(),
        "name": str(resource),
        "resource": resource,
        "blockers": policies.retired_blockers(resource),
        "back": list_url(f"resource-{resource.slug}"),
    }


@require_http_methods(["GET", "POST"])
def resource_create(request: PortalRequest) -> HttpResponse:
    """Add a resource."""
    must_keep(request)
    return form_page(
        request,
        form=forms.ResourceForm(request.POST or None, instance=Resource()),
        save=partial(actions.add_resource, by=request.user),
        template="framework/resource_create.html",
        done=lambda resource: list_url(f"resource-{resource.slug}"),
        context={"crumbs": crumbs(), "back": list_url("resources"), "blockers": []},
    )


@require_http_methods(["GET", "POST"])
def resource_edit(request: PortalRequest, slug: str) -> HttpResponse:
    """Change a resource."""
    must_keep(request)
    resource = get_object_or_404(Resource, slug=slug)
    return form_page(
        request,
        form=forms.ResourceForm(request.POST or None, instance=get_object_or_404(Resource, slug=slug)),
        save=partial(actions.change_resource, resource=resource, by=request.user),
        template="framework/resource_edit.html",
        done=list_url(f"resource-{slug}"),
        context=_context(resource),
    )


@require_http_methods(["GET", "POST"])
def resource_retire(request: PortalRequest, slug: str) -> HttpResponse:
    """Ask why, then retire a resource."""
    must_keep(request)
    resource = get_object_or_404(Resource, slug=slug)
    return form_page(
        request,
        form=forms.RetireForm(request.POST or None),
        save=partial(actions.retire_resource, resource=resource, by=request.user),
        template="framework/resource_retire.html",
        done=list_url("resources"),
        context=_context(resource) | {"blockers": policies.retiring_blockers(resource)},
    )


@require_POST
def resource_restore(request: PortalRequest, slug: str) -> HttpResponse:
    """Bring a retired resource back."""
    must_keep(request)
    resource = get_object_or_404(Resource, slug=slug)
    act = partial(actions.restore_resource, resource=resource, by=request.user)
    return post_action(request, act=act, done=list_url(f"resource-{slug}"))


@require_safe
def resource_history(request: PortalRequest, slug: str) -> HttpResponse:
    """Tell what became of a resource."""
    must_keep(request)
    resource = get_object_or_404(Resource, slug=slug)
    return history_page(request, resource, template="framework/resource_history.html", context=_context(resource))


@require_http_methods(["GET", "POST"])
def resource_version(request: PortalRequest, slug: str, number: int) -> HttpResponse:
    """Show one version of a resource, and go back to it."""
    must_keep(request)
    resource = get_object_or_404(Resource, slug=slug)
    history = reverse("framework:resource_history", args=[slug])
    return version_page(
        request,
        resource,
        number,
        change=partial(actions.change_resource, resource=resource, by=request.user),
        template="framework/resource_version.html",
        done=history,
        context=_context(resource) | {"crumbs": crumbs(("History", history))},
    )
