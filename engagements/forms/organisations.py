"""Finding an organisation by its name, and adding it where the directory does not have it."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy

from core.forms import PortalForm
from core.names import plain
from directory.enums import MAX_ORGANISATIONS_OFFERED, Sector
from directory.models import Organisation

ADD_NEW = "new"


class OrganisationByName(PortalForm):
    """Takes an organisation's name. A name that nobody knows yet is never guessed: the person chooses a near one or adds it.

    `values` hold `organisation`, or `new_organisation` with its name and sector for the action to add.
    """

    columns: ClassVar[dict[str, str]] = {"organisation_name": "organisation"}

    organisation_name = forms.CharField(
        label="Organisation",
        required=False,
        max_length=200,
        help_text="Start typing and choose from the list. If it is not there, type its full name and you can add it.",
        widget=forms.TextInput(
            attrs={
                "list": "organisation-options",
                "autocomplete": "off",
                "data-hx-get": reverse_lazy("directory:organisation_search"),
                "data-hx-trigger": "input changed delay:200ms",
                "data-hx-target": "#organisation-options",
            }
        ),
    )
    organisation_choice = forms.ChoiceField(
        label="Which organisation is it?", required=False, choices=[], widget=forms.RadioSelect
    )
    sector = forms.ChoiceField(
        label="Sector",
        required=False,
        choices=Sector.choices,
        widget=forms.RadioSelect,
        help_text="Needed for an organisation that is new to the directory, and for a group without one, such as citizens.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        instance = getattr(self, "instance", None)
        if instance is not None and getattr(instance, "organisation", None) and not self.is_bound:
            self.initial["organisation_name"] = instance.organisation.name
        choice: Any = self.fields["organisation_choice"]
        typed = str(self.data.get(self.add_prefix("organisation_name"), "")).strip() if self.is_bound else ""
        is_name = bool(typed) and self._can_be_a_name(typed)
        named = self._named(typed) if is_name else []
        self.is_shared_name = len(named) > 1
        self.known = None if self.is_shared_name else next(iter(named), None)
        self.near: list[Organisation] = []
        if is_name and self.known is None:
            # Several had this name once, or none has it: a name that is only near is never taken for it.
            active = Organisation.objects.active()
            self.near = named or list(active.matching(typed, at_most=MAX_ORGANISATIONS_OFFERED))
            add = f"None of these: add “{typed}”" if self.near else f"Add “{typed}” to the directory"
            choice.choices = [*((str(row.pk), row.name) for row in self.near), (ADD_NEW, add)]
        else:
            del self.fields["organisation_choice"]

    @property
    def values(self) -> dict[str, Any]:
        """Return what was typed, with the organisation found or described: neither where a colleague's choice was kept."""
        left_out = {"organisation", "new_organisation"} if "organisation" in self._chosen("theirs") else set()
        return {name: value for name, value in super().values.items() if name not in left_out}

    def clean(self) -> dict[str, Any]:
        """Find the organisation, or ask which one is meant."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        name = str(cleaned.pop("organisation_name", "")).strip()
        choice = cleaned.pop("organisation_choice", "")
        sector = cleaned.get("sector", "")
        if not name or self.known:
            cleaned["organisation"] = self.known if name else None
        elif choice == ADD_NEW and sector:
            cleaned["new_organisation"] = {"name": name, "sector": sector}
        elif choice == ADD_NEW:
            self.add_error("sector", f"Choose the sector of “{name}”, so that it can be added")
        elif choice:
            cleaned["organisation"] = Organisation.objects.active().get(pk=int(choice))
        elif "organisation_choice" not in self.errors:
            self.add_error("organisation_choice", self._question(name))
        return cleaned

    def _can_be_a_name(self, typed: str) -> bool:
        """Tell whether a text is fit to be looked for: what is too long or unprintable is refused beside the field."""
        try:
            self.fields["organisation_name"].clean(typed)
        except ValidationError:
            return False
        return True

    def _named(self, name: str) -> list[Organisation]:
        """Return what has this name or had it earlier and can be chosen; first of all what the record names already."""
        own = getattr(getattr(self, "instance", None), "organisation", None)
        if own is not None and plain(own.name) == plain(name):
            return [own]
        return list(Organisation.objects.active().named(name))

    def _question(self, name: str) -> str:
        """Ask which organisation is meant."""
        if self.is_shared_name:
            return f"More than one organisation has had the name “{name}”. Choose the one you mean, or add this one"
        asked = f"Did you mean {self.near[0].name}? " if self.near else ""
        return f"{asked}“{name}” is not in the directory yet. Choose an organisation, or add this one"
