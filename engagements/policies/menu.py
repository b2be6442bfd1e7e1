"""What the menu says of a plan's interventions today, beside what it said when they were planned (P38)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.refusals import Blocker

if TYPE_CHECKING:
    from engagements.models import PlannedIntervention


def is_menu_newer(planned: PlannedIntervention) -> bool:
    """Tell whether the menu has changed an intervention since it was planned; one that is retired is not offered anew."""
    menu_item = planned.intervention
    return menu_item is not None and menu_item.retired_at is None and menu_item.version != planned.menu_version


def refreshing_blockers(planned: PlannedIntervention) -> list[Blocker]:
    """Return why a plan cannot take over what the menu says today: it is bespoke, or the menu does not hold it any more."""
    if planned.intervention is None:
        return [Blocker("This intervention is bespoke, so the menu says nothing of it.")]
    if planned.intervention.retired_at is not None:
        return [Blocker(f"“{planned.intervention}” is not on the menu any more. The plan keeps the words it was made from.")]
    return []
