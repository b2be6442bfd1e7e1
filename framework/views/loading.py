"""What the pages for national admins share: who may open them, and which record an address names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from core.reading import MAX_ID_DIGITS
from framework import permissions

if TYPE_CHECKING:
    from core.requests import PortalRequest


def must_keep(request: PortalRequest) -> None:
    """Refuse whoever does not keep the framework."""
    if not permissions.can_keep_framework(request.user):
        raise PermissionDenied


def list_url(anchor: str = "") -> str:
    """Return the address of the framework as its keepers see it, at one of its rows."""
    return reverse("framework:framework_list") + (f"#{anchor}" if anchor else "")


def crumbs(*further: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the way to a page below the framework."""
    return [("Home", reverse("home")), ("Manage", reverse("manage")), ("Framework", list_url()), *further]


def load_latest(model: Any, pk: int) -> Any:
    """Return the latest wording of a lineage, which its address names by the first row."""
    if len(str(pk)) > MAX_ID_DIGITS:
        raise Http404
    joined = ["domain"] if any(field.name == "domain" for field in model._meta.concrete_fields) else []
    latest = model._default_manager.in_lineage(pk).select_related(*joined).first()
    if latest is None or latest.lineage != pk:
        raise Http404
    return latest
