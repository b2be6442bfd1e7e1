"""The figures that Prometheus reads."""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client.core import GaugeMetricFamily

from core import figures
from engagements.enums import VersionOutcome
from engagements.models import PlanVersion

if TYPE_CHECKING:
    from django.http import HttpRequest


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Show the figures to whoever brings the token; for everybody else there is no such page."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    is_known = compare_digest(token.encode(), settings.METRICS_TOKEN.encode())
    if not (settings.METRICS_TOKEN and kind == "Bearer" and is_known):
        raise Http404
    return HttpResponse(figures.written([*figures.of_the_outbox(), _briefs()]), content_type=CONTENT_TYPE_LATEST)


def _briefs() -> GaugeMetricFamily:
    """Return how many agreed plans have their signed brief, and how many wait for it."""
    agreed = PlanVersion.objects.filter(outcome=VersionOutcome.AGREED)
    counts = agreed.aggregate(all=Count("pk"), missing=Count("pk", filter=Q(brief_file=None)))
    family = GaugeMetricFamily("portal_signed_briefs", "Signed briefs of agreed plans.", labels=["state"])
    family.add_metric(["rendered"], counts["all"] - counts["missing"])
    family.add_metric(["missing"], counts["missing"])
    return family
