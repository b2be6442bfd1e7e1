"""What several measures come to together, and how far their results bear."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.timezone import localdate

from evaluation.enums import YEAR_BEGINS_IN, MeasureStatus
from interventions.policies import Weight

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from evaluation.policies.results import Progress


@dataclass(frozen=True)
class Tally:
    """How many measures have come to what, and what stands behind them.

    `weight` counts those that came to an end with a result: what is under way, was dropped or has no result counts neither for nor against,
    so that early good news is not all the news there is. `baseline`, `agreed` and `other_causes` count the measures, without
    those that were dropped, that began from a known value, were agreed with those who receive the intervention, and name what else could
    cause the change.
    """

    statuses: tuple[tuple[MeasureStatus, int], ...]
    weight: Weight
    baseline: int
    agreed: int
    other_causes: int

    @property
    def measures(self) -> int:
        """Return how many measures there are."""
        return sum(count for _, count in self.statuses)

    @property
    def kept(self) -> int:
        """Return how many measures were not dropped."""
        return self.measures - dict(self.statuses).get(MeasureStatus.DROPPED, 0)


def year_of(closed_at: datetime | None) -> int | None:
    """Return the calendar year in which the year of a closing began, or nothing while work is under way."""
    if closed_at is None:
        return None
    day = localdate(closed_at)
    return day.year if day.month >= YEAR_BEGINS_IN else day.year - 1


def tally_of(rows: Iterable[Progress]) -> Tally:
    """Return what measures come to together."""
    found = list(rows)
    counts = Counter(row.status for row in found)
    ended = [row for row in found if row.is_result]
    kept = [row for row in found if row.status != MeasureStatus.DROPPED]
    return Tally(
        statuses=tuple((status, counts[status]) for status in MeasureStatus if counts[status]),
        weight=Weight(sum(row.status == MeasureStatus.MET for row in ended), len(ended)),
        baseline=sum(bool(row.baseline) for row in kept),
        agreed=sum(bool(row.measure.agreed_with) for row in kept),
        other_causes=sum(bool(row.measure.other_influences or row.measure.contribution) for row in kept),
    )
