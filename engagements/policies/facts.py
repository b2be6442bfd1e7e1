"""Where the facts of each criterion are entered, so that whoever misses one is led there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from engagements.enums import CriterionSlug

if TYPE_CHECKING:
    from engagements.models import Engagement, PlannedIntervention


@dataclass(frozen=True)
class FactsPage:
    """The page where the facts of a criterion are entered, and what a link to it says."""

    label: str
    url: str


def facts_page(engagement: Engagement, planned: PlannedIntervention, slug: str) -> FactsPage:
    """Return where the facts of one criterion are entered for one planned intervention of a loaded engagement."""
    if slug == CriterionSlug.WORKFORCE_STRATEGY:
        return _workforce_strategy(engagement)
    if slug == CriterionSlug.AFFORDABLE and planned.is_cost_known:
        address = reverse("engagements:funding_line_create", args=[engagement.reference, planned.pk])
        return FactsPage("Add funding", address)
    label = {
        CriterionSlug.FORWARD_VIEW: "Link Forward View steps and give the share of preparatory work",
        CriterionSlug.MULTI_ORGANISATIONAL: "Choose who it is for",
        CriterionSlug.LEADERSHIP_FOCUS: "Choose what it develops",
        CriterionSlug.AFFORDABLE: "Enter the cost",
    }[CriterionSlug(slug)]
    return FactsPage(label, reverse("engagements:planned_intervention_edit", args=[engagement.reference, planned.pk]))


def _workforce_strategy(engagement: Engagement) -> FactsPage:
    """Return the purpose that holds the strategy, or where a purpose is added."""
    purposes = list(engagement.purposes.all())
    named = next((purpose for purpose in purposes if purpose.strategy_title), purposes[0] if purposes else None)
    if named is None:
        return FactsPage(
            "Add a purpose with its workforce strategy", reverse("engagements:purpose_create", args=[engagement.reference])
        )
    address = reverse("engagements:purpose_edit", args=[engagement.reference, named.pk])
    return FactsPage("Name the workforce strategy under Purpose", address)
