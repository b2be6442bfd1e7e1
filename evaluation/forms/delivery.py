"""What a person may type about what was delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from core.forms import PortalModelForm
from core.widgets import NHSDateField
from evaluation.models import DeliveredSession

if TYPE_CHECKING:
    from datetime import date


class DeliveredSessionForm(PortalModelForm):
    """When a session was held, how many came, and what there is to remember."""

    held_on = NHSDateField(label="Held on", what="the date on which it was held")

    class Meta:
        model = DeliveredSession
        fields = ["held_on", "attended", "note"]
        labels = {"attended": "How many came? (optional)", "note": "What is there to remember? (optional)"}
        help_texts = {"note": "For the story of this intervention. Name nobody who came."}
        widgets = {
            "attended": forms.NumberInput(attrs={"data-width": "4"}),
            "note": forms.Textarea(attrs={"rows": 4}),
        }

    def clean(self) -> dict[str, Any]:
        """Hold the date to what has happened."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        day: date | None = values.get("held_on")
        if day and day > timezone.localdate():
            self.add_error("held_on", "The date on which it was held must be today or in the past")
        return values
