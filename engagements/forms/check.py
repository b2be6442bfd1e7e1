"""The form by which anybody checks a signed brief."""

from __future__ import annotations

import re

from django import forms

from core.forms import PortalForm

FINGERPRINT_LENGTH = 64
# Nobody pastes more than a page of the brief by mistake.
MAX_PASTED = 2_000


class BriefCheckForm(PortalForm):
    """A fingerprint as it was typed or pasted: case, spaces and line ends do not matter."""

    fingerprint = forms.CharField(
        label="Fingerprint from the last page of the brief",
        max_length=MAX_PASTED,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        help_text="It has 64 characters, digits and the letters a to f. Capital letters and spaces do not matter.",
        error_messages={"required": "Enter the fingerprint"},
    )

    def clean_fingerprint(self) -> str:
        """Return the fingerprint as the portal keeps it, or say what is wrong with it."""
        typed = "".join(self.cleaned_data["fingerprint"].split()).lower()
        if re.search(r"[^0-9a-f]", typed):
            raise forms.ValidationError("A fingerprint has only digits and the letters a to f. Check what you have typed.")
        if len(typed) != FINGERPRINT_LENGTH:
            raise forms.ValidationError(
                f"A fingerprint has {FINGERPRINT_LENGTH} characters, and this has {len(typed)}. Check what you have typed."
            )
        return typed
