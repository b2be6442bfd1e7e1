"""The differences between any two versions of a plan, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from engagements.views.loading import load_engagement
from engagements.views.review.reading import brief_of, load_documents
from engagements.views.review.sections import moved_between

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest
    from engagements.models import PlanVersion


@require_safe
def version_compare(request: PortalRequest, reference: str, number: int) -> HttpResponse:
    """Show what changed from an older version to a newer one: the one before, unless the address names another."""
    engagement = load_engagement(request, reference)
    versions = {row.number: row for row in engagement.versions.defer("document").order_by("-number")}
    newer = versions.get(number)
    if newer is None:
        raise Http404
    others = [row for row in versions.values() if row.number < number]
    older = _chosen(others, request.GET.get("since", ""))
    load_documents(engagement, [newer, older])
    new, old = brief_of(newer), brief_of(older)
    context = {
        "engagement": engagement,
        "newer": newer,
        "older": older,
        "others": [row for row in others if row is not older],
        "is_readable": new is not None and (old is not None or older is None),
        "moved": moved_between(old, new) if old and new else [],
    }
    return TemplateResponse(request, "engagements/version_compare.html", context)


def _chosen(others: list[PlanVersion], asked: str) -> PlanVersion | None:
    """Return the older version that the address names or, where it names none of them, the latest."""
    named = next((row for row in others if str(row.number) == asked), None)
    return named or next(iter(others), None)
