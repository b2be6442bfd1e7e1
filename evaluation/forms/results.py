"""What a person may type about results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from core.forms import PortalForm, PortalModelForm
from core.widgets import NHSDateField
from engagements.enums import MAX_TEXT
from evaluation import policies
from evaluation.enums import MeasureKind, Moment, Reached
from evaluation.models import Measure, Result

if TYPE_CHECKING:
    from datetime import date

YES_NO = [("Yes", "Yes"), ("No", "No")]


class ResultForm(PortalModelForm):
    """When a measure is collected."""

    due_on = NHSDateField(label="Due on", what="the date on which it is due")

    class Meta:
        model = Result
        fields = ["moment", "due_on"]
        labels = {"moment": "When"}
        widgets = {"moment": forms.RadioSelect(attrs={"data-small": True})}
        error_messages = {"moment": {"required": "Choose when it is collected"}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moment: Any = self.fields["moment"]
        # A plan that holds a baseline needs no other.
        left_out = {"", Moment.BASELINE} if self.instance.measure.baseline else {""}
        moment.choices = [choice for choice in moment.choices if choice[0] not in left_out]


class ResultCollectForm(PortalModelForm):
    """What one collection showed: as a number, on a scale, yes or no, or as a story."""

    collected_on = NHSDateField(label="Collected on", what="the date on which it was collected")

    class Meta:
        model = Result
        fields = ["collected_on", "value", "reached", "narrative", "source", "note"]
        labels = {
            "value": "Result",
            "reached": "How far has it come?",
            "narrative": "What lies behind it",
            "source": "Where it comes from",
            "note": "Note for the team (optional)",
        }
        help_texts = {
            "narrative": "What should a reader know to understand this result? It is printed beside the number. Leave out names "
            "and anything about a patient or a member of staff.",
            "source": "For example: the monthly discharge report of June, page 4.",
            "note": "For LDP colleagues. Clients never read it.",
        }
        widgets = {
            "reached": forms.RadioSelect(attrs={"data-small": True}),
            "narrative": forms.Textarea(attrs={"rows": 5}),
            "note": forms.Textarea(attrs={"rows": 2}),
            "value": forms.TextInput(attrs={"data-width": "10"}),
        }

    def __init__(self, *args: Any, baseline: str, is_for_team: bool, **kwargs: Any) -> None:
        """Ask in the form that the measure has; how far it has come is asked only where that cannot be worked out.

        `baseline` is where the measure began; only those who work on the engagement write notes to each other.
        """
        super().__init__(*args, **kwargs)
        self.measure: Measure = self.instance.measure
        self.baseline = baseline
        if not is_for_team:
            del self.fields["note"]
        if self.instance.collected_on is None:
            self.initial["collected_on"] = timezone.localdate()
        if self.measure.is_story:
            del self.fields["value"]
            self.fields["narrative"].label = "The story"
            self.fields[
                "narrative"
            ].help_text = "What did people tell? Their own words are best. Leave out names and anything about a patient or a member of staff."
            self.fields["narrative"].required = True
            self.fields["narrative"].error_messages["required"] = "Enter the story"
        else:
            self._ask_for_value()
        if self.instance.moment != Moment.BASELINE and policies.needs_judgement(self.measure, baseline):
            reached: Any = self.fields["reached"]
            reached.choices = [("", "Too early to say"), *Reached.choices]
            reached.help_text = self._beside()
        else:
            del self.fields["reached"]

    def clean(self) -> dict[str, Any]:
        """Hold the value to the form of the measure, and the date to what has happened."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        value = values.get("value", "")
        words = policies.expected_form(self.measure.kind, value)
        if words:
            self.add_error("value", f"The result must be {words}")
        day: date | None = values.get("collected_on")
        if day and day > timezone.localdate():
            self.add_error("collected_on", "The date on which it was collected must be today or in the past")
        return values

    def _ask_for_value(self) -> None:
        """Ask for a value of the kind that the measure has."""
        value: Any = self.fields["value"]
        value.required = True
        value.error_messages["required"] = "Enter the result"
        unit = f" ({self.measure.unit})" if self.measure.unit else ""
        value.label = f"Result{unit}"
        if self.measure.kind == MeasureKind.YES_NO:
            value.widget = forms.RadioSelect(choices=YES_NO, attrs={"data-small": True})
            value.error_messages["required"] = "Choose yes or no"
        else:
            value.help_text = self._beside()

    def _beside(self) -> str:
        """Return the baseline and the target, to lay a result beside them."""
        parts = [("Baseline", self.baseline), ("target", self.measure.target)]
        said = [f"{name}: {words}" for name, words in parts if words]
        return f"{'; '.join(said)}." if said else ""


class ResultMissForm(PortalModelForm):
    """Why a collection does not take place."""

    class Meta:
        model = Result
        fields = ["missed_reason"]
        labels = {"missed_reason": "Why is there no result?"}
        help_texts = {
            "missed_reason": "For example: the survey was not sent out, because the ward closed. “Not collected” is said with this reason, "
            "and never counted as zero."
        }
        widgets = {"missed_reason": forms.Textarea(attrs={"rows": 3})}
        error_messages = {"missed_reason": {"required": "Enter why there is no result"}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["missed_reason"].required = True


class MeasureRetargetForm(PortalModelForm):
    """Another target for a measure that is under way."""

    due_on = NHSDateField(label="Reach it by", what="the date for the target")
    reason = forms.CharField(
        label="Why does the target change?",
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The first target and this reason stay beside the new one.",
        error_messages={"required": "Enter why the target changes"},
    )

    class Meta:
        model = Measure
        fields = ["target", "due_on"]
        labels = {"target": "New target"}
        widgets = {"target": forms.TextInput(attrs={"data-width": "10"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measure: Measure = self.instance
        self.fields["target"].required = True
        if self.measure.unit:
            self.fields["target"].label = f"New target ({self.measure.unit})"

    def clean(self) -> dict[str, Any]:
        """Hold the target to the form of the measure, and its date behind the baseline."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        words = policies.expected_form(self.measure.kind, values.get("target", ""))
        if words:
            self.add_error("target", f"The target must be {words}")
        due_on: date | None = values.get("due_on")
        if due_on and self.measure.baseline_on and due_on <= self.measure.baseline_on:
            self.add_error("due_on", "The date for the target must be after the date of the baseline")
        return values


class MeasureDropForm(PortalForm):
    """Why a measure is not collected any more."""

    reason = forms.CharField(
        label="Why is this measure dropped?",
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Enter why the measure is dropped"},
    )


class ContributionForm(PortalModelForm):
    """What else may have caused what a measure shows."""

    class Meta:
        model = Measure
        fields = ["contribution"]
        labels = {"contribution": "What else may have caused it?"}
        help_texts = {
            "contribution": "Say what happened beside the intervention, which way it worked, and how much of the change you think it "
            "explains. A result that says this is easier to believe."
        }
        widgets = {"contribution": forms.Textarea(attrs={"rows": 5})}
