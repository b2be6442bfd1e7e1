"""What bars a change of an STP area."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.refusals import Blocker

if TYPE_CHECKING:
    from collections.abc import Collection

    from directory.models import Region


def sharing_blockers(lead: Region, others: Collection[Region]) -> list[Blocker]:
    """Return why an area cannot be led by one region and shared by others: the lead region stands once."""
    if lead not in others:
        return []
    return [
        Blocker(f"{lead} leads this area, so it cannot be among the other regions too. Untick it, or choose another lead region.")
    ]
