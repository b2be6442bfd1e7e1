"""What the menu says for a group's needs: advice that anybody can work out again from the reasons it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from interventions.enums import AVAILABILITY_UNLESS_STATED, Availability
from interventions.policies.evidence import Weight

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from framework.models import Behaviour, LeadershipRole
    from interventions.models import Intervention

R = TypeVar("R", "LeadershipRole", "Behaviour")

# Offered comes before on request, on request before not offered.
AVAILABILITY_ORDER = (Availability.OFFERED, Availability.ON_REQUEST, Availability.NOT_OFFERED)


@dataclass(frozen=True)
class Need:
    """One priority: what it is called, and the leadership roles and behaviours it asks for (their lineages)."""

    label: str
    roles: frozenset[int]
    behaviours: frozenset[int]

    @property
    def size(self) -> int:
        """Return how many roles and behaviours the priority asks for."""
        return len(self.roles) + len(self.behaviours)


@dataclass(frozen=True)
class Advice:
    """One intervention's place in the advice, with every reason that decided it."""

    rank: int
    intervention: Intervention
    roles: tuple[LeadershipRole, ...]
    behaviours: tuple[Behaviour, ...]
    wanted: int
    needs: tuple[str, ...]
    availability: Availability
    evidence: Weight

    @property
    def covered(self) -> int:
        """Return how many of the wanted roles and behaviours the intervention develops."""
        return len(self.roles) + len(self.behaviours)


def rank_interventions(
    interventions: Iterable[Intervention],
    needs: Sequence[Need],
    availability: Mapping[int, Availability],
    evidence: Mapping[int, Weight] | None = None,
) -> list[Advice]:
    """Rank a menu for a group's needs.

    In this order: more of the wanted roles and behaviours developed; more of the priorities touched; more evidence that it works; offered
    before on request before not offered; the order of the printed menu. Coverage comes first, so that more of what is wanted never
    ranks lower, whatever the evidence; what `Weight.counts` says comes second, and few results count nothing. Rows of the framework are matched by their lineage, so
    that other words change no rank. `availability` maps interventions (primary keys) to what
    the region says; where it says nothing the intervention is on request.
    """
    wanted_roles = frozenset[int]().union(*(need.roles for need in needs))
    wanted_behaviours = frozenset[int]().union(*(need.behaviours for need in needs))
    known = evidence or {}
    found = []
    for place, intervention in enumerate(interventions):
        roles = _wanted(intervention.roles.all(), wanted_roles)
        behaviours = _wanted(intervention.behaviours.all(), wanted_behaviours)
        developed = {role.lineage for role in roles}, {behaviour.lineage for behaviour in behaviours}
        touched = tuple(need.label for need in needs if need.roles & developed[0] or need.behaviours & developed[1])
        offer = availability.get(intervention.pk, AVAILABILITY_UNLESS_STATED)
        weight = known.get(intervention.pk, Weight())
        order = (-len(roles) - len(behaviours), -len(touched), -weight.counts, AVAILABILITY_ORDER.index(offer), place)
        found.append((order, intervention, roles, behaviours, touched, offer, weight))
    found.sort(key=lambda row: row[0])
    wanted = len(wanted_roles) + len(wanted_behaviours)
    return [
        Advice(rank, intervention, roles, behaviours, wanted, touched, offer, weight)
        for rank, (_, intervention, roles, behaviours, touched, offer, weight) in enumerate(found, start=1)
    ]


def _wanted(rows: Iterable[R], wanted: frozenset[int]) -> tuple[R, ...]:
    """Return the rows that are wanted, the latest wording of each lineage."""
    found: dict[int, R] = {}
    for row in rows:
        if row.lineage in wanted and (row.lineage not in found or row.pk > found[row.lineage].pk):
            found[row.lineage] = row
    return tuple(found.values())
