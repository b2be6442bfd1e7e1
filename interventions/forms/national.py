"""Forms of the national menu: what an intervention is, why it is retired, into what it is split."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms

from core.choices import GroupedMultipleChoiceField, RowsField, load_choices
from core.forms import PortalForm, PortalModelForm
from framework.models import Domain
from interventions.forms.choices import behaviours_field, roles_field
from interventions.models import Intervention

MAX_REASON = 2_000
_ORDINALS = ("first", "second", "third", "fourth")
_NAME_TAKEN = "There is an intervention with this name already. Choose another name."


class InterventionForm(PortalModelForm):
    """What the menu says of one intervention."""

    main_domain = forms.ModelChoiceField(
        label="Main domain",
        queryset=Domain.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        help_text="It stands in this column of the menu",
        error_messages={"required": "Choose the main domain"},
    )
    other_domains = RowsField(label="Other domains", queryset=Domain.objects.none())
    roles = roles_field("Which leadership roles does it develop?")
    behaviours = behaviours_field("Which behaviours does it develop?")

    layout = Layout(
        Fieldset("What it is", "name", "summary", "description"),
        Fieldset("Where it stands", "main_domain", "other_domains"),
        Fieldset("For whom and how long", "suits", "typical_length"),
        Fieldset("What it develops", "roles", "behaviours"),
    )

    class Meta:
        model = Intervention
        fields = [
            "name",
            "summary",
            "description",
            "main_domain",
            "other_domains",
            "suits",
            "typical_length",
            "roles",
            "behaviours",
        ]
        labels = {
            "name": "Name",
            "summary": "Summary",
            "description": "What is it?",
            "suits": "Whom does it suit?",
            "typical_length": "Typical length",
        }
        help_texts = {
            "summary": "One or two sentences, shown on the menu and in briefs",
            "typical_length": "Such as “six sessions over half a year”",
        }
        widgets = {"summary": forms.Textarea(attrs={"rows": 3}), "description": forms.Textarea(attrs={"rows": 8})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        domains = Domain.objects.in_order()
        self.fields["main_domain"].queryset = domains  # type: ignore[attr-defined]  # both fields are model choices
        self.fields["other_domains"].queryset = domains.all()  # type: ignore[attr-defined]
        load_choices(self)

    def clean_name(self) -> str:
        """Refuse a name that another intervention has or had: plans name them."""
        name: str = self.cleaned_data["name"]
        if _is_taken(name, besides=self.instance):
            raise forms.ValidationError(_NAME_TAKEN)
        return name

    def clean(self) -> dict[str, Any]:
        """Leave the main domain out of the others, where it was ticked in both."""
        cleaned = super().clean() or self.cleaned_data
        main, others = cleaned.get("main_domain"), cleaned.get("other_domains")
        if main is not None and others is not None:
            cleaned["other_domains"] = others.exclude(pk=main.pk)
        return cleaned


class InterventionRetireForm(PortalForm):
    """Why an intervention leaves the menu, and what takes its place."""

    reason = forms.CharField(
        label="Why is it retired?",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=MAX_REASON,
        help_text="Shown on its page, which stays readable for everybody",
        error_messages={"required": "Enter why it is retired"},
    )
    successors = GroupedMultipleChoiceField(
        Intervention.objects.none(),
        group=lambda row: row.main_domain.name,
        is_folded=True,
        label="What takes its place?",
        help_text="Whoever opens its page, or wants to plan it, is pointed there. Leave it empty if nothing does.",
    )

    def __init__(self, *args: Any, intervention: Intervention, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        successors: Any = self.fields["successors"]
        successors.queryset = Intervention.objects.on_the_menu().exclude(pk=intervention.pk).select_related("main_domain")
        successors.load(())
        successors.error_messages["invalid_choice"] = "Something you ticked is not on the menu any more. Choose again."


def _name_field(ordinal: str, *, is_required: bool = True) -> forms.CharField:
    """Return the field for the name of one part."""
    return forms.CharField(
        label=f"Name of the {ordinal}",
        max_length=200,
        required=is_required,
        error_messages={"required": f"Enter the name of the {ordinal}"},
    )


def _summary_field(ordinal: str, *, is_required: bool = True) -> forms.CharField:
    """Return the field for the summary of one part."""
    return forms.CharField(
        label=f"Summary of the {ordinal}",
        max_length=300,
        required=is_required,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": f"Enter the summary of the {ordinal}"},
    )


class InterventionSplitForm(PortalForm):
    """The names and summaries of what takes the place of one intervention, and why."""

    name_1 = _name_field("first")
    summary_1 = _summary_field("first")
    name_2 = _name_field("second")
    summary_2 = _summary_field("second")
    name_3 = _name_field("third", is_required=False)
    summary_3 = _summary_field("third", is_required=False)
    name_4 = _name_field("fourth", is_required=False)
    summary_4 = _summary_field("fourth", is_required=False)
    reason = forms.CharField(
        label="Why is it split?",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=MAX_REASON,
        help_text="Shown on the page of the old one, which stays readable for everybody",
        error_messages={"required": "Enter why it is split"},
    )

    layout = Layout(
        Fieldset("The first", "name_1", "summary_1"),
        Fieldset("The second", "name_2", "summary_2"),
        Fieldset("A third, if there is one", "name_3", "summary_3"),
        Fieldset("A fourth, if there is one", "name_4", "summary_4"),
        Fieldset("Why", "reason"),
    )

    def clean(self) -> dict[str, Any]:
        """Hold each name to being one of its own, with a summary."""
        cleaned = super().clean() or self.cleaned_data
        names: set[str] = set()
        for number, ordinal in enumerate(_ORDINALS, start=1):
            name, summary = cleaned.get(f"name_{number}", ""), cleaned.get(f"summary_{number}", "")
            if name and name.lower() in names:
                self.add_error(f"name_{number}", "Another part has this name. Choose another one.")
            elif name and _is_taken(name):
                self.add_error(f"name_{number}", _NAME_TAKEN)
            if name and not summary and not self.has_error(f"summary_{number}"):
                self.add_error(f"summary_{number}", f"Enter the summary of the {ordinal}")
            if summary and not name and not self.has_error(f"name_{number}"):
                self.add_error(f"name_{number}", f"Enter the name of the {ordinal}")
            names.add(name.lower())
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """Return what was typed as the parts and the reason."""
        said = self.cleaned_data
        numbers = [number for number in range(1, len(_ORDINALS) + 1) if said[f"name_{number}"]]
        parts = [{"name": said[f"name_{number}"], "summary": said[f"summary_{number}"]} for number in numbers]
        return {"parts": parts, "reason": said["reason"]}


def _is_taken(name: str, besides: Intervention | None = None) -> bool:
    """Tell whether another intervention has a name, on any menu and whether retired or not."""
    others = Intervention.objects.filter(name__iexact=name)
    return (others.exclude(pk=besides.pk) if besides and besides.pk else others).exists()
