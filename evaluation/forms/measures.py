"""What a person may type about a measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils import timezone

from core.forms import PortalModelForm
from core.widgets import NHSDateField
from evaluation import policies
from evaluation.enums import Direction, Kirkpatrick, MeasureKind, MeasureLevel
from evaluation.models import Measure

if TYPE_CHECKING:
    from datetime import date

    from evaluation.models import MeasureSuggestion

LEVEL_HINTS = {
    MeasureLevel.INDIVIDUAL: "In what each person knows, feels able to do or does",
    MeasureLevel.TEAM: "In how a team or service works",
    MeasureLevel.ORGANISATION: "In what one organisation does or decides",
    MeasureLevel.SYSTEM: "Between organisations: what they do together",
    MeasureLevel.POPULATION: "In the health or care of the people who live there",
}
KIND_HINTS = {
    MeasureKind.NUMBER: "A count, a share or a sum, such as 14 days or 60%",
    MeasureKind.SCALE: "A score between two ends, such as 1 to 5",
    MeasureKind.YES_NO: "Either it is so or it is not",
    MeasureKind.STORY: "What people tell, in their own words",
}
TAKEN_FROM_SUGGESTION = ("outcome", "level", "kirkpatrick", "kind", "unit", "direction", "method", "data_source")


class MeasureForm(PortalModelForm):
    """A measure of success: what should change, how that will be known, from where to where, who, when and agreed with whom."""

    baseline_on = NHSDateField(label="Date of the baseline", required=False, what="the date of the baseline")
    due_on = NHSDateField(label="Reach the target by", required=False, what="the date for the target")
    agreed_on = NHSDateField(label="Agreed on", required=False, what="the date of the agreement")

    class Meta:
        model = Measure
        fields = [
            "planned_intervention",
            "outcome",
            "level",
            "kirkpatrick",
            "kind",
            "unit",
            "direction",
            "method",
            "data_source",
            "other_influences",
            "baseline",
            "baseline_on",
            "no_baseline_reason",
            "target",
            "owner",
            "collected_from",
            "due_on",
            "agreed_with",
            "agreed_on",
        ]
        labels = {
            "planned_intervention": "Planned intervention",
            "outcome": "Outcome sought",
            "level": "Where the change should show",
            "kirkpatrick": "Kirkpatrick level (optional)",
            "kind": "Form of the result",
            "unit": "Unit",
            "direction": "Which way is better",
            "method": "How it is measured",
            "data_source": "Where the data comes from",
            "other_influences": "What else could cause the change",
            "baseline": "Baseline",
            "no_baseline_reason": "Or the reason for no baseline",
            "target": "Target",
            "owner": "Who collects it",
            "collected_from": "From whom it is collected",
            "agreed_with": "Agreed with",
        }
        help_texts = {
            "planned_intervention": "Leave it open if you start from the measure. You can tie it to an intervention later.",
            "outcome": "What should be different, and for whom? For example: wards and home care teams ring each other before a "
            "patient goes home.",
            "kirkpatrick": "1 what people thought of it, 2 what they learned, 3 what they now do, 4 what came of that.",
            "unit": "What a number or a scale counts in, such as days, % of patients or score out of 5. Not needed for yes or no, or "
            "for a story.",
            "method": "For example: the same four questions before the first session and after the last.",
            "data_source": "For example: the monthly discharge report, or a short survey run by the LDP.",
            "other_influences": "Other work, rules or events that could bring about the same change. A result is easier to believe "
            "when they were named beforehand.",
            "baseline": "What the measure shows before the intervention begins: a number, yes or no, or how people describe things now.",
            "no_baseline_reason": "For example: nobody has asked this before, so the first survey is the baseline.",
            "target": "What it should show by the date you agree. For a story: what you hope to hear.",
            "owner": "The person who sees that the measure is taken.",
            "collected_from": "For example: the 24 participants, or the ward managers of three hospitals.",
            "due_on": "",
            "agreed_with": "The people who receive the intervention, or those who speak for them.",
        }
        widgets = {
            "outcome": forms.Textarea(attrs={"rows": 3}),
            "level": forms.RadioSelect(attrs={"data-small": True}),
            "kind": forms.RadioSelect(attrs={"data-small": True}),
            "direction": forms.RadioSelect(attrs={"data-small": True}),
            "unit": forms.TextInput(attrs={"data-width": "20"}),
            "method": forms.Textarea(attrs={"rows": 3}),
            "other_influences": forms.Textarea(attrs={"rows": 3}),
            "baseline": forms.TextInput(attrs={"data-width": "20"}),
            "no_baseline_reason": forms.Textarea(attrs={"rows": 2}),
            "target": forms.TextInput(attrs={"data-width": "20"}),
        }
        error_messages = {
            "outcome": {"required": "Enter the outcome sought"},
            "planned_intervention": {
                "invalid_choice": "Choose an intervention of this plan, or leave it open. The one you chose is not in the plan."
            },
        }

    layout = Layout(
        Fieldset("What should change", "planned_intervention", "outcome", "level", "kirkpatrick"),
        Fieldset("How you will know", "kind", "unit", "direction", "method", "data_source", "other_influences"),
        Fieldset("Starting point and target", "baseline", "baseline_on", "no_baseline_reason", "target"),
        Fieldset("Who and when", "owner", "collected_from", "due_on"),
        Fieldset("Agreed with those it is for", "agreed_with", "agreed_on"),
    )

    def __init__(self, *args: Any, suggestion: MeasureSuggestion | None = None, **kwargs: Any) -> None:
        """Offer the interventions of the measure's own plan; a suggestion fills in what it knows and hints at the date."""
        if suggestion is not None:
            prefilled = {name: getattr(suggestion, name) for name in TAKEN_FROM_SUGGESTION}
            kwargs["initial"] = prefilled | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        planned: Any = self.fields["planned_intervention"]
        planned.queryset = self.instance.engagement.planned_interventions.order_by("position", "pk")
        planned.empty_label = "Not tied to an intervention yet"
        self._offer("level", MeasureLevel.choices, LEVEL_HINTS)
        self._offer("kind", MeasureKind.choices, KIND_HINTS)
        self._offer("direction", Direction.choices, {})
        kirkpatrick: Any = self.fields["kirkpatrick"]
        kirkpatrick.choices = [("", "Not used"), *Kirkpatrick.choices]
        if suggestion is not None and suggestion.typical_timing:
            self.fields["due_on"].help_text = f"Usual timing: {suggestion.typical_timing}."

    def clean(self) -> dict[str, Any]:
        """Check that the values have the form that was chosen and that the dates follow each other."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        self._check_form("baseline", "The baseline", values)
        self._check_form("target", "The target", values)
        baseline, baseline_on = values.get("baseline"), values.get("baseline_on")
        if baseline and baseline_on is None and "baseline_on" not in self.errors:
            self.add_error("baseline_on", "Enter the date of the baseline")
        if baseline and values.get("no_baseline_reason"):
            self.add_error("no_baseline_reason", "Enter either a baseline or the reason why there is none, not both")
        due_on = values.get("due_on")
        if baseline_on and due_on and due_on <= baseline_on:
            self.add_error("due_on", "The date for the target must be after the date of the baseline")
        self._check_past("baseline_on", "The date of the baseline", baseline_on)
        self._check_past("agreed_on", "The date of the agreement", values.get("agreed_on"))
        return values

    def _offer(self, name: str, choices: list[tuple[str, str]], hints: dict[Any, str]) -> None:
        """Offer choices as radios, the last of which leaves the matter open."""
        field: Any = self.fields[name]
        field.choices = [*choices, ("", "Not decided yet")]
        field.option_hints = hints

    def _check_form(self, name: str, subject: str, values: dict[str, Any]) -> None:
        """Hold a value to the form of the result."""
        kind, value = values.get("kind", ""), values.get(name, "")
        words = policies.expected_form(kind, value)
        if words:
            where = "" if kind == MeasureKind.YES_NO else ". Write what it counts, such as days or %, under “Unit”"
            self.add_error(name, f"{subject} must be {words}{where}")
        elif kind == MeasureKind.YES_NO and value:
            values[name] = value.capitalize()

    def _check_past(self, name: str, subject: str, day: date | None) -> None:
        """Hold a date to what has happened already."""
        if day and day > timezone.localdate():
            self.add_error(name, f"{subject} must be today or in the past")
