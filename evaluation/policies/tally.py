"""What several measures come to together, and how far their results bear."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evaluation.enums import RESULT_STATUSES, MeasureStatus
from interventions.policies import Weight

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evaluation.policies.results import Progress


@dataclass(frozen=True)
class Tally:
    """How many measures have come to what, and what stands behind them.

    What was dropped or has no result counts neither for nor against. `baseline`, `agreed` and `other_causes` count the measures, without
    those that were dropped, that began from a known value, were agreed with those who receive the intervention, and say what else may
    have caused the change.
    """

    statuses: tuple[tuple[MeasureStatus, int], ...] = ()
    baseline: int = 0
    agreed: int = 0
    other_causes: int = 0

    @property
    def measures(self) -> int:
        """Return how many measures there are."""
        return sum(count for _, count in self.statuses)

    @property
    def kept(self) -> int:
        """Return how many measures were not dropped."""
        return self.measures - dict(self.statuses).get(MeasureStatus.DROPPED, 0)

    @property
    def weight(self) -> Weight:
        """Return how many have a result, and how many of those met their target."""
        counts = dict(self.statuses)
        return Weight(counts.get(MeasureStatus.MET, 0), sum(counts.get(status, 0) for status in RESULT_STATUSES))


def tally_of(rows: Iterable[Progress]) -> Tally:
    """Return what measures come to together."""
    found = list(rows)
    counts = Counter(row.status for row in found)
    kept = [row for row in found if row.status != MeasureStatus.DROPPED]
    return Tally(
        statuses=tuple((status, counts[status]) for status in MeasureStatus if counts[status]),
        baseline=sum(bool(row.baseline) for row in kept),
        agreed=sum(bool(row.measure.agreed_with) for row in kept),
        other_causes=sum(bool(row.measure.other_influences or row.measure.contribution) for row in kept),
    )
