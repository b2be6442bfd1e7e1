"""Choices that stand in groups: leadership roles and behaviours by domain, Forward View steps by kind."""

from __future__ import annotations

from core.choices import GroupedMultipleChoiceField, RowsField, load_choices
from framework.enums import StepKind
from framework.models import ForwardViewStep
from interventions.forms.choices import behaviours_field, roles_field

__all__ = ["GroupedMultipleChoiceField", "RowsField", "behaviours_field", "load_choices", "roles_field", "steps_field"]


def steps_field(label: str, help_text: str = "") -> GroupedMultipleChoiceField:
    """Return a field for Forward View steps, gaps first, then services, then enablers."""
    rows = ForwardViewStep.objects.active()
    return GroupedMultipleChoiceField(rows, group=lambda row: StepKind(row.kind).label, label=label, help_text=help_text)
