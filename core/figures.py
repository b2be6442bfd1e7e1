"""What the portal counts while it works, for Prometheus: how long pages take, and what waits in the outbox.

A figure names pages and tasks, never people or what they wrote.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from core.models import OutboxEntry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prometheus_client.core import Metric

PAGE_SECONDS = Histogram(
    "portal_page_seconds",
    "How long a page took, by view and class of status.",
    ["view", "status"],
    buckets=(0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30),
)

REFUSALS = Counter("portal_refusals", "Pages that somebody signed in was refused, by view.", ["view"])


def note_page(view: str, status: int, seconds: float) -> None:
    """Count one page."""
    PAGE_SECONDS.labels(view or "none", f"{status // 100}xx").observe(seconds)


def note_refusal(view: str) -> None:
    """Count that somebody signed in was refused a page."""
    REFUSALS.labels(view).inc()


class Now:
    """Figures that are read from the database at the moment they are asked for."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self.families = list(families)

    def collect(self) -> list[Metric]:
        """Return them."""
        return self.families


def written(families: Iterable[Metric]) -> bytes:
    """Return everything counted as Prometheus reads it: by all web processes where they share a folder, and the given families."""
    counted = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    moment = CollectorRegistry()
    moment.register(Now(families))
    return generate_latest(counted) + generate_latest(moment)


def of_the_outbox() -> list[Metric]:
    """Return how much stands in the outbox by task and status, and for how long the oldest effect that is due has waited."""
    entries = GaugeMetricFamily("portal_outbox_entries", "Effects in the outbox.", labels=["task", "status"])
    rows = OutboxEntry.objects.values("task", "status").annotate(number=Count("pk")).order_by("task", "status")
    for row in rows:
        entries.add_metric([row["task"], row["status"]], row["number"])
    now = timezone.now()
    oldest = OutboxEntry.objects.due(now).order_by().aggregate(at=Min("due_at"))["at"]
    age = GaugeMetricFamily("portal_outbox_oldest_seconds", "For how long the oldest effect that is due has waited.")
    age.add_metric([], (now - oldest).total_seconds() if oldest else 0)
    return [entries, age]
