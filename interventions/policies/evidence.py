"""What earlier work says of an intervention: how often its measures were met, with the uncertainty of few results, and what was learned.

The upper app that keeps measures, feedback and learning joins with what it knows; without it nothing is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from accounts.models import User
    from interventions.models import Intervention

    WeightFinder = Callable[[Collection[Intervention]], Mapping[int, "Weight"]]
    EvidenceFinder = Callable[[Intervention, User], "Evidence"]

# Under this many results nothing is said of how often measures are met.
MIN_RESULTS = 5
# Two-sided, 95%.
_Z = 1.96


@dataclass(frozen=True)
class Weight:
    """How many results there are of an intervention, and how many of them met their target."""

    met: int = 0
    results: int = 0

    @property
    def enough(self) -> int:
        """Return how many results it takes."""
        return MIN_RESULTS

    @property
    def is_enough(self) -> bool:
        """Tell whether there are enough results to say anything."""
        return self.results >= MIN_RESULTS

    @property
    def interval(self) -> tuple[int, int]:
        """Return the share met in per cent as the results allow it: Wilson's interval at 95%, from and to."""
        return wilson(self.met, self.results)

    @property
    def percent(self) -> int:
        """Return the share met in per cent."""
        return round(100 * self.met / self.results) if self.results else 0

    @property
    def counts(self) -> int:
        """Return what it counts in advice: the lower end of the interval, and nothing under enough results."""
        return self.interval[0] if self.is_enough else 0


@dataclass(frozen=True)
class ConfidenceChange:
    """By how much people's confidence in one behaviour rose, on a scale from 1 to 5, and how many people said so."""

    text: str
    people: int
    change: float


@dataclass(frozen=True)
class Learned:
    """What was learned in one engagement, as far as it may be told: from where, and whom to ask."""

    text: str
    for_whom: str
    context: str
    to_watch: str
    where: str
    url: str = ""


@dataclass(frozen=True)
class Evidence:
    """All that is known of one intervention from earlier work."""

    used: int = 0
    places: tuple[tuple[str, int], ...] = ()
    weight: Weight = Weight()
    confidence: tuple[ConfidenceChange, ...] = ()
    learned: tuple[Learned, ...] = ()


_weight_finders: list[WeightFinder] = []
_evidence_finders: list[EvidenceFinder] = []


def register_evidence(*, weights: WeightFinder, evidence: EvidenceFinder) -> None:
    """Let an upper app say what is known of interventions; it joins in its `apps.py`."""
    if weights not in _weight_finders:
        _weight_finders.append(weights)
        _evidence_finders.append(evidence)


def weights_of(interventions: Collection[Intervention]) -> dict[int, Weight]:
    """Return how much evidence there is of each intervention (primary key); no results where nothing is known."""
    found: dict[int, Weight] = {}
    for find in _weight_finders:
        found |= find(interventions)
    return {row.pk: found.get(row.pk, Weight()) for row in interventions}


def evidence_of(intervention: Intervention, user: User) -> Evidence:
    """Return what is known of one intervention, as far as a person may read it."""
    return next((find(intervention, user) for find in _evidence_finders), Evidence())


def wilson(met: int, results: int) -> tuple[int, int]:
    """Return Wilson's score interval of a share at 95%, in per cent: from 0 to 100 where there are no results.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    if not results:
        return 0, 100
    share = met / results
    middle = share + _Z**2 / (2 * results)
    spread = _Z * sqrt(share * (1 - share) / results + _Z**2 / (4 * results**2))
    whole = 1 + _Z**2 / results
    return round(100 * max(0.0, (middle - spread) / whole)), round(100 * min(1.0, (middle + spread) / whole))
