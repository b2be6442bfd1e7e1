"""The form of one contact point of a region."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import PortalModelForm
from directory import policies
from directory.enums import ContactKind
from directory.models import ContactPoint

_KIND_HINTS = {
    ContactKind.TELEPHONE.value: "Such as 0115 496 0123, or 0115 496 0123 ext 12",
    ContactKind.EMAIL.value: "Such as name@example.nhs.uk",
    ContactKind.WEBSITE.value: "Such as www.example.nhs.uk",
    ContactKind.PERSON.value: "Their name, and what they do",
}


class ContactPointForm(PortalModelForm):
    """A telephone number, an email address, a website or a person, each checked as people write it."""

    kind = forms.ChoiceField(
        label="What is it?",
        choices=ContactKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose telephone, email, website or person"},
    )
    value = forms.CharField(
        label="Number, address or name",
        max_length=200,
        error_messages={"required": "Enter the number, address or name"},
    )
    label = forms.CharField(
        label="What it is for",
        max_length=100,
        required=False,
        help_text="Shown beside it, such as “Front desk”. For a person, what they do, such as “Programme manager”.",
    )

    class Meta:
        model = ContactPoint
        fields = ["kind", "value", "label"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].option_hints = _KIND_HINTS  # type: ignore[attr-defined]  # the form pack reads it

    def clean(self) -> dict[str, Any]:
        """Check what was typed by its kind; what stands there already is left as it was written."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        kind, value = cleaned.get("kind"), cleaned.get("value")
        before = self.initial.get("kind"), self.initial.get("value")
        if kind and value and (kind, value) != before:
            try:
                cleaned["value"] = policies.contact_as_written(kind, value)
            except ValidationError as error:
                self.add_error("value", error)
        if kind == ContactKind.PERSON and not cleaned.get("label"):
            self.add_error("label", "Enter what the person does, such as Programme manager")
        return cleaned
