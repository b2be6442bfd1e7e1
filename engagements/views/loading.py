"""How every page of an engagement begins: not visible is 404, visible and not allowed is 403."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from engagements import permissions, policies
from engagements.models import Engagement

if TYPE_CHECKING:
    from core.requests import PortalRequest


def load_engagement(request: PortalRequest, reference: str) -> Engagement:
    """Return an engagement that the person may see, with the title and client that they read."""
    visible = Engagement.objects.visible_to(request.user).with_people()
    engagement: Engagement = get_object_or_404(visible, reference=reference)
    policies.show_as_submitted(request.user, [engagement])
    return engagement


def load_working(request: PortalRequest, reference: str) -> Engagement:
    """Return an engagement whose working pages the person may read: clients read what was submitted to them instead."""
    engagement = load_engagement(request, reference)
    if not permissions.can_read_working_engagement(request.user, engagement):
        raise PermissionDenied
    return engagement


def load_editable(request: PortalRequest, reference: str) -> Engagement:
    """Return an engagement that the person may change."""
    engagement = load_working(request, reference)
    if not permissions.can_edit_engagement(request.user, engagement):
        raise PermissionDenied
    return engagement
