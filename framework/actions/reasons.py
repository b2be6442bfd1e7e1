"""How the reason for a change of the framework is kept beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.audit import FieldChange

# The history of the whole framework: its changes concern everybody.
TRAIL = "framework"


def reason_of(values: Mapping[str, Any]) -> list[FieldChange]:
    """Return the reason that was given, as the trail keeps it; none where nobody was asked for one."""
    said = values.get("reason", "")
    return [{"field": "reason", "label": "Reason", "old": "", "new": said}] if said else []
