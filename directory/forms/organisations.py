"""What an admin says of organisations, and how the one is found that is meant."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from django import forms

from core.choices import GroupedMultipleChoiceField, load_choices
from core.filters import FilterForm, SearchField
from core.forms import PortalForm, PortalModelForm
from core.names import join_names, plain, split_names
from directory import policies
from directory.enums import MAX_ORGANISATIONS_OFFERED, Sector
from directory.models import Footprint, Organisation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.records import EditConflict
    from directory.models import OrganisationQuerySet
    from directory.policies import MergePreview

ADD_NEW = "new"
_DIVIDER = "|"


class OneNameEachLine(forms.Textarea):
    """Shows names that stand in one column as one on each line."""

    def format_value(self, value: Any) -> Any:
        """Return the names, each on its line; what was typed stays as it is."""
        return value if value is None else "\n".join(split_names(value)) if _DIVIDER in value else value


class OrganisationForm(PortalModelForm):
    """What the directory says of an organisation."""

    other_names = forms.CharField(
        label="Other and earlier names",
        required=False,
        widget=OneNameEachLine(attrs={"rows": 3}),
        help_text="One on each line. Everybody finds the organisation by these too. After a change of name, the earlier one is added here.",
    )
    sector = forms.ChoiceField(label="Sector", choices=Sector.choices, widget=forms.RadioSelect)
    footprints = GroupedMultipleChoiceField(
        Footprint.objects.none(),
        group=lambda area: area.lead_region.name,
        label="STP areas",
        help_text="Where it works. Each area stands under the region that leads it.",
        is_folded=True,
    )

    class Meta:
        model = Organisation
        fields = ["name", "other_names", "ods_code", "sector", "footprints"]
        labels = {"name": "Name", "ods_code": "ODS code"}
        help_texts = {
            "ods_code": "The code of the NHS Organisation Data Service, such as 04D. Leave it empty where there is none."
        }
        error_messages = {
            "name": {"required": "Enter the name of the organisation"},
            "ods_code": {"unique": "There is an organisation with this ODS code already."},
        }
        widgets = {"ods_code": forms.TextInput(attrs={"data-width": "10"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas: Any = self.fields["footprints"]
        areas.queryset = Footprint.objects.select_related("lead_region").order_by("lead_region__name", "name", "pk")
        load_choices(self)

    def clean_name(self) -> str:
        """Return the name with single spaces, where no other organisation has it."""
        name = " ".join(self.cleaned_data["name"].split())
        if _DIVIDER in name:
            raise forms.ValidationError("Enter the name without the sign |, which parts one name from another")
        standing = Organisation.objects.filter(merged_into=None).exclude(pk=self.instance.pk)
        if plain(name) in {plain(known) for known in standing.values_list("name", flat=True)}:
            raise forms.ValidationError("There is an organisation with this name already.")
        return name

    def clean_other_names(self) -> str:
        """Return the names as one column keeps them."""
        lines = self.cleaned_data["other_names"].replace(_DIVIDER, "\n").splitlines()
        names = join_names(lines)
        for blocker in policies.length_blockers(names):
            raise forms.ValidationError(blocker.sentence)
        return names

    def clean_ods_code(self) -> str:
        """Return the code as it is written, in capitals and without spaces."""
        code = "".join(self.cleaned_data["ods_code"].split()).upper()
        if code and not (code.isascii() and code.isalnum()):
            raise forms.ValidationError("Enter the ODS code with letters and numbers only, such as 04D")
        return code

    def show_conflicts(self, conflict: EditConflict) -> None:
        """Show a colleague's names as the form shows one's own: one on each line."""
        theirs = conflict.conflicts.get("other_names")
        if theirs is not None:
            conflict.conflicts["other_names"] = dataclasses.replace(theirs, theirs="\n".join(split_names(theirs.theirs)))
        super().show_conflicts(conflict)


class NewOrganisationForm(OrganisationForm):
    """An organisation that nobody has added yet: one that is much like another is never added without asking."""

    field_order = ["name", "meant", "other_names", "ods_code", "sector", "footprints"]

    meant = forms.ChoiceField(label="Did you mean one of these?", required=False, choices=[], widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed = " ".join(str(self.data.get("name", "")).split())[:200]
        near = list(Organisation.objects.matching(typed, at_most=MAX_ORGANISATIONS_OFFERED)) if typed else []
        self.near = {str(row.pk): row for row in near if plain(row.name) != plain(typed)}
        if self.near:
            choices = [(key, row.name) for key, row in self.near.items()]
            field: Any = self.fields["meant"]
            field.choices = [*choices, (ADD_NEW, f"None of these: add “{typed}”")]
            field.option_hints = {key: _told_apart(row) for key, row in self.near.items()}
        else:
            del self.fields["meant"]

    @property
    def values(self) -> dict[str, Any]:
        """Return what the action takes."""
        return {name: value for name, value in super().values.items() if name != "meant"}

    @property
    def chosen(self) -> Organisation | None:
        """Return the organisation that was meant, where it is one that is there."""
        return self.near.get(self.cleaned_data.get("meant", ""))

    def clean(self) -> dict[str, Any]:
        """Ask which one is meant."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.near and not cleaned.get("meant") and "name" in cleaned and "meant" not in self.errors:
            first = next(iter(self.near.values()))
            self.add_error("meant", f"Did you mean {first.name}? Choose it, or say that this one is new")
        return cleaned


def _told_apart(organisation: Organisation) -> str:
    """Say what tells an organisation from others of a like name."""
    parts = [organisation.get_sector_display(), organisation.ods_code, "; ".join(organisation.other_name_list)]
    return ", ".join([*filter(None, parts), *([] if organisation.is_active else ["closed"])])


class OrganisationFilterForm(FilterForm):
    """The search and the filters of the list of organisations."""

    q = SearchField(label="Search", help_text="A name, an earlier name or an ODS code. Typing mistakes do no harm.")
    sector = forms.ChoiceField(label="Sector", required=False, choices=[("", "Any sector"), *Sector.choices])
    area = forms.TypedChoiceField(label="STP area", required=False, coerce=int, empty_value=None)
    closed = forms.BooleanField(label="Closed ones too", required=False)

    def __init__(self, *args: Any, areas: Iterable[Footprint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = {area.number: area.name for area in areas}
        self.fields["area"].choices = [("", "Any STP area"), *self.areas.items()]  # type: ignore[attr-defined]

    @property
    def search(self) -> str:
        """Return the words that are searched for."""
        return str(self.chosen.get("q", ""))

    @property
    def sentence(self) -> list[str]:
        """Say in words what the list is narrowed to."""
        chosen = self.chosen
        words = {
            "sector": lambda sector: f"of the sector {Sector(sector).label}",
            "area": lambda number: f"in {self.areas[number]}",
            "closed": lambda _: "closed ones included",
            "q": lambda search: f"found by “{search}”",
        }
        return [say(chosen[name]) for name, say in words.items() if name in chosen]

    def narrow(self, organisations: OrganisationQuerySet) -> OrganisationQuerySet:
        """Narrow to what the address asks for, but for the words."""
        chosen = self.chosen
        found = organisations if chosen.get("closed") else organisations.active()
        columns = {"sector": "sector", "area": "footprints__number"}
        return found.filter(**{column: chosen[name] for name, column in columns.items() if name in chosen})


class _AsShown(forms.HiddenInput):
    """A hidden field that always says what the page shows now, whatever was posted."""

    def __init__(self, shown: str) -> None:
        super().__init__()
        self.shown = shown

    def format_value(self, value: Any) -> str:
        """Return what is shown."""
        return self.shown


class MergeForm(PortalForm):
    """Which value stays where two organisations have different ones, and what was shown of the merge."""

    preview = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, preview: MergePreview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["preview"].widget = _AsShown(preview.fingerprint)
        for field in preview.fields:
            if field.is_choice:
                self.fields[field.name] = forms.ChoiceField(
                    label=f"Which {_lower(field.label)} stays?",
                    choices=[(policies.KEPT, field.kept), (policies.DROPPED, field.dropped)],
                    initial=policies.KEPT,
                    widget=forms.RadioSelect,
                    error_messages={"required": f"Choose which {_lower(field.label)} stays"},
                )


def _lower(label: str) -> str:
    """Return a label as part of a question; an abbreviation keeps its capitals."""
    return label if label[:2].isupper() else f"{label[:1].lower()}{label[1:]}"
