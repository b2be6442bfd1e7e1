"""The overview for admins: what is theirs to keep true, and what has waited long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.backoffice import is_open_to
from ldp_portal.waiting import MAX_NAMED, left_behind, waiting_for

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest


@require_safe
def manage(request: PortalRequest) -> HttpResponse:
    """Show an admin what waits on them."""
    if not request.user.is_admin:
        raise PermissionDenied
    waiting = waiting_for(request.user)
    context = {
        "crumbs": [("Home", reverse("home"))],
        "waiting": waiting,
        "left": left_behind(request.user),
        "has_more_left": any(row.slug == "left" and row.count > MAX_NAMED for row in waiting),
        "back_office_url": reverse("admin:index") if is_open_to(request.user) else "",
    }
    return TemplateResponse(request, "ldp_portal/manage.html", context)
