"""Naming an organisation of the directory by typing its name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse_lazy

from directory.models import Organisation


class OrganisationNameField(forms.CharField):
    """Takes the name of an organisation that is in the directory, and returns the organisation; a browser offers names while typing."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(
            attrs={
                "list": "organisation-options",
                "autocomplete": "off",
                "data-hx-get": reverse_lazy("directory:organisation_search"),
                "data-hx-trigger": "input changed delay:200ms",
                "data-hx-target": "#organisation-options",
            }
        )
        super().__init__(**{"required": False, "max_length": 200, "widget": widget, **kwargs})
        # One that is closed by now stays with whom it stands for already.
        self.own: int | None = None

    def clean(self, value: Any) -> Any:
        """Return the organisation of a name, whatever its case and spaces; none where nothing was typed."""
        name = " ".join(str(super().clean(value)).split())
        if not name:
            return None
        known = Organisation.objects.filter(Q(is_active=True) | Q(pk=self.own)).named(name).first()
        if known is None:
            raise ValidationError(f"“{name}” is not in the directory. Check the name, or add it under “Organisations” first.")
        return known
