"""What an intervention develops, to tick by domain: the framework as it stands today."""

from __future__ import annotations

from core.choices import GroupedMultipleChoiceField
from framework.models import Behaviour, LeadershipRole


def roles_field(label: str, help_text: str = "") -> GroupedMultipleChoiceField:
    """Return a field for leadership roles, by domain."""
    rows = LeadershipRole.objects.current().select_related("domain").order_by("domain__position", "row", "pk")
    return GroupedMultipleChoiceField(rows, group=lambda row: row.domain.name, is_folded=True, label=label, help_text=help_text)


def behaviours_field(label: str, help_text: str = "") -> GroupedMultipleChoiceField:
    """Return a field for behaviours, by domain."""
    rows = Behaviour.objects.current().select_related("domain").order_by("domain__position", "row", "position", "pk")
    return GroupedMultipleChoiceField(rows, group=lambda row: row.domain.name, is_folded=True, label=label, help_text=help_text)
