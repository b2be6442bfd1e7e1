"""The history of an engagement: what was done, by whom and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from core.models import AuditEvent
from engagements.enums import ROWS_EACH_PAGE
from engagements.views.loading import load_working

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest


@require_safe
def history_list(request: PortalRequest, reference: str) -> HttpResponse:
    """Tell what happened to an engagement in sentences, the newest first."""
    engagement = load_working(request, reference)
    events = AuditEvent.objects.for_trail(engagement.trail)
    page = Paginator(events, ROWS_EACH_PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(request, "engagements/history_list.html", {"engagement": engagement, "page": page})
