"""How the pages of results and feedback begin: not visible is 404, visible and not allowed is 403."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from engagements.views.loading import load_engagement
from evaluation import permissions

if TYPE_CHECKING:
    from core.requests import PortalRequest
    from engagements.models import Engagement


def load_results(request: PortalRequest, reference: str) -> Engagement:
    """Return an engagement whose results the person may read."""
    engagement = load_engagement(request, reference)
    if not permissions.can_read_results(request.user, engagement):
        raise PermissionDenied
    return engagement
