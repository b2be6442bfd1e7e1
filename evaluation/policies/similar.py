"""Engagements elsewhere that are most like one that is being scoped: what they chose, what changed, and whom to ring (P47)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.reading import Relation, prefetch_in_one_query
from engagements.models import PlannedIntervention, Priority
from evaluation.enums import MAX_CANDIDATES, MAX_SIMILAR, RESULT_STATUSES, MeasureStatus
from evaluation.models import Learning, Measure
from interventions.policies import Weight

if TYPE_CHECKING:
    from collections.abc import Collection

    from accounts.models import User
    from engagements.models import Engagement


@dataclass(frozen=True)
class Similar:
    """One engagement elsewhere, as far as its owners share it: what both ask for, what it chose, what its measures came to."""

    engagement: Engagement
    in_common: tuple[str, ...]
    same_kind: bool
    chosen: tuple[str, ...]
    weight: Weight
    learned: tuple[Learning, ...]


def similar_to(engagement: Engagement, user: User) -> list[Similar]:
    """Return the few engagements most like one, the closest first: by the wanted roles and behaviours that both name, then the kind of client.

    Only those stand here of which somebody may read what was learned, and was accepted. Six queries, however many there are.
    """
    accepted = Learning.objects.visible_to(user).accepted().exclude(engagement=engagement)
    rows = accepted.select_related("engagement__lead_region", "engagement__lead_consultant")[:MAX_CANDIDATES]
    learned: dict[int, list[Learning]] = defaultdict(list)
    for row in rows:
        learned[row.engagement_id].append(row)
    wanted = _wanted([engagement.pk, *learned])
    mine = wanted.get(engagement.pk, {})
    found = []
    for pk, pieces in learned.items():
        other = pieces[0].engagement
        common = tuple(text for key, text in mine.items() if key in wanted.get(pk, {}))
        if common:
            same_kind = bool(other.client_kind) and other.client_kind == engagement.client_kind
            found.append((-len(common), not same_kind, pk, common, same_kind, pieces))
    found.sort(key=lambda row: row[:3])
    closest = found[:MAX_SIMILAR]
    chosen, weights = _chosen([row[2] for row in closest]), _weights([row[2] for row in closest])
    return [
        Similar(pieces[0].engagement, common, same_kind, tuple(chosen[pk]), weights.get(pk, Weight()), tuple(pieces))
        for _, _, pk, common, same_kind, pieces in closest
    ]


def _wanted(engagements: Collection[int]) -> dict[int, dict[tuple[str, int], str]]:
    """Return for each engagement the roles and behaviours that its priorities ask for, by their lineage."""
    priorities: list[Any] = list(Priority.objects.filter(engagement__in=engagements).order_by("engagement", "position", "pk"))
    prefetch_in_one_query([Relation(priorities, "roles"), Relation(priorities, "behaviours")])
    found: dict[int, dict[tuple[str, int], str]] = defaultdict(dict)
    for priority in priorities:
        for kind in ("roles", "behaviours"):
            for row in getattr(priority, kind).all():
                found[priority.engagement_id][kind, row.lineage] = row.text
    return found


def _chosen(engagements: Collection[int]) -> dict[int, list[str]]:
    """Return the interventions of the menu that each engagement chose; bespoke ones are its own affair."""
    planned = PlannedIntervention.objects.filter(engagement__in=engagements, intervention__isnull=False)
    found: dict[int, list[str]] = defaultdict(list)
    for pk, name in planned.order_by("engagement", "position", "pk").values_list("engagement", "intervention__name"):
        if name not in found[pk]:
            found[pk].append(name)
    return found


def _weights(engagements: Collection[int]) -> dict[int, Weight]:
    """Return how many measures of each engagement had a result, and how many were met."""
    measures = Measure.objects.filter(engagement__in=engagements, final_status__in=RESULT_STATUSES).order_by("pk")
    found: dict[int, list[str]] = defaultdict(list)
    for pk, status in measures.values_list("engagement", "final_status"):
        found[pk].append(status)
    return {pk: Weight(statuses.count(MeasureStatus.MET), len(statuses)) for pk, statuses in found.items()}
