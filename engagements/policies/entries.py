"""What bars removing a part of a plan: another part still leans on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from core.refusals import Blocker
from engagements.models import ParticipantGroup, PlannedIntervention, Priority

if TYPE_CHECKING:
    from engagements.models import FundingLine, Place, Purpose

    Entry = ParticipantGroup | Place | Purpose | Priority | PlannedIntervention | FundingLine


def entry_removing_blockers(entry: Entry) -> list[Blocker]:
    """Return what still uses an entry: nothing drops out of an audience, a priority's service or the measures unnoticed."""
    if isinstance(entry, ParticipantGroup):
        return _used_by_plan(entry, "is for this group. Choose another audience there first.")
    if isinstance(entry, Priority):
        return _used_by_plan(entry, "serves this priority. Choose another priority there first.")
    if isinstance(entry, PlannedIntervention) and entry.measures.exists():
        url = reverse("evaluation:measure_list", args=[entry.engagement.reference])
        return [Blocker("Measures belong to this intervention. Move or remove them first.", url)]
    return []


def _used_by_plan(entry: ParticipantGroup | Priority, why: str) -> list[Blocker]:
    """Return one blocker for each planned intervention that names the entry."""
    reference = entry.engagement.reference
    return [
        Blocker(f"“{planned}” {why}", reverse("engagements:planned_intervention_edit", args=[reference, planned.pk]))
        for planned in entry.planned_interventions.order_by("position", "pk")
    ]
