"""What is typed about feedback: what to ask, and the answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from core.forms import PortalForm, PortalModelForm
from core.text import on_one_line, refuse_unprintable
from core.widgets import NHSDateField
from evaluation.enums import (
    MAX_ANSWER,
    MAX_CODES,
    MAX_MIN_ANSWERS,
    MAX_QUESTIONS,
    MIN_ANSWERS,
    MIN_QUESTIONS,
    SCALE,
    USUAL_DAYS_OPEN,
    USUAL_QUESTIONS,
    BankQuestion,
    FeedbackKind,
    QuestionKind,
)
from evaluation.models import FeedbackForm

if TYPE_CHECKING:
    from django.forms import BoundField

KIND_HINTS = {
    FeedbackKind.ROOM: "On a screen or a table card. Whoever has the link can answer, and could do so twice.",
    FeedbackKind.CODES: "You print a card for each person. Each works once, and nobody can tell which card an answer came from.",
}
YES_NO = [("yes", "Yes"), ("no", "No")]


class FeedbackSetupForm(PortalModelForm):
    """What the people who took part are asked, by whom it can be answered, and until when."""

    bank_questions = forms.MultipleChoiceField(
        label="Questions",
        choices=BankQuestion.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"data-small": True}),
        help_text=f"Choose {MIN_QUESTIONS} to {MAX_QUESTIONS}, your own included. People answer on a phone, between two other things.",
    )
    closes_on = NHSDateField(label="Last day to answer", what="the last day to answer")

    class Meta:
        model = FeedbackForm
        fields = ["kind", "code_count", "bank_questions", "own_question", "min_answers", "closes_on"]
        labels = {
            "kind": "Who answers?",
            "code_count": "How many cards?",
            "own_question": "A question of your own (optional)",
            "min_answers": "How many answers before anything is shown?",
        }
        help_texts = {
            "code_count": "Only for cards: one for each person, and more people than the answers you promise below, as some will not answer.",
            "own_question": "It is answered in their own words.",
            "min_answers": f"{MIN_ANSWERS} at least. You promise this to those who answer, so it cannot be changed once the form is open.",
        }
        widgets = {
            "kind": forms.RadioSelect,
            "code_count": forms.NumberInput(attrs={"data-width": "3"}),
            "min_answers": forms.NumberInput(attrs={"data-width": "3"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = FeedbackKind.choices
        kind.option_hints = KIND_HINTS
        if self.instance.pk is None:
            self.initial["bank_questions"] = [str(question.value) for question in USUAL_QUESTIONS]
            self.initial["closes_on"] = timezone.localdate() + timedelta(days=USUAL_DAYS_OPEN)

    def clean(self) -> dict[str, Any]:
        """Hold the number of questions and of cards to what can be answered and told."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        count = len(values.get("bank_questions", ())) + bool(values.get("own_question"))
        if not MIN_QUESTIONS <= count <= MAX_QUESTIONS:
            self.add_error("bank_questions", f"Ask {MIN_QUESTIONS} to {MAX_QUESTIONS} questions. You have chosen {count}")
        enough = values.get("min_answers") or MIN_ANSWERS
        if not MIN_ANSWERS <= enough <= MAX_MIN_ANSWERS:
            self.add_error("min_answers", f"Enter a number from {MIN_ANSWERS} to {MAX_MIN_ANSWERS}")
        cards = values.get("code_count")
        if values.get("kind") == FeedbackKind.CODES and "code_count" not in self.errors:
            if not cards or cards > MAX_CODES:
                self.add_error("code_count", f"Enter how many cards you need, up to {MAX_CODES}")
            elif cards < enough:
                self.add_error("code_count", f"Make at least {enough} cards: of fewer answers nothing could be shown")
        if values.get("closes_on") and values["closes_on"] < timezone.localdate():
            self.add_error("closes_on", "The last day to answer must be today or later")
        return values


class FeedbackExtendForm(PortalModelForm):
    """Another last day."""

    closes_on = NHSDateField(label="Last day to answer", what="the last day to answer")

    class Meta:
        model = FeedbackForm
        fields = ["closes_on"]


class FeedbackAnswerForm(PortalForm):
    """The questions as somebody who took part answers them: everything may be left out, and something has to be said."""

    def __init__(self, *args: Any, asked: FeedbackForm, **kwargs: Any) -> None:
        """Ask for confidence before and now in each behaviour, then each question."""
        super().__init__(*args, **kwargs)
        self.asked = asked
        for place, _ in enumerate(asked.behaviours):
            self.fields[f"before_{place}"] = _scale("Before")
            self.fields[f"now_{place}"] = _scale("Now")
        for question in asked.questions:
            self.fields[f"said_{question['key']}"] = _FIELDS[QuestionKind(question["kind"])](question["text"])

    @property
    def pairs(self) -> list[tuple[str, BoundField, BoundField]]:
        """Return each behaviour with its two scales."""
        rows = enumerate(self.asked.behaviours)
        return [(row["text"], self[f"before_{place}"], self[f"now_{place}"]) for place, row in rows]

    @property
    def others(self) -> list[tuple[str, BoundField]]:
        """Return each question with how it is answered."""
        return [(question["kind"], self[f"said_{question['key']}"]) for question in self.asked.questions]

    def clean(self) -> dict[str, Any]:
        """Ask for one answer at least."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        given = [on_one_line(value) if isinstance(value, str) else value for value in values.values()]
        if not self.errors and not any(given):
            self.add_error(None, "Answer at least one question")
        return values

    @property
    def values(self) -> dict[str, Any]:
        """Return the answer as it is kept."""
        typed = self.cleaned_data
        places = range(len(self.asked.behaviours))
        said = {question["key"]: typed[f"said_{question['key']}"] for question in self.asked.questions}
        # What shows nothing, such as a space of no width, was left out.
        said = {key: value for key, value in said.items() if not isinstance(value, str) or on_one_line(value)}
        return {
            "before": [typed[f"before_{place}"] for place in places],
            "now": [typed[f"now_{place}"] for place in places],
            "said": {key: value for key, value in said.items() if value not in (None, "")},
        }


def _scale(label: str) -> forms.Field:
    """Return a scale from 1 to 5 that may be left out."""
    return forms.TypedChoiceField(
        label=label,
        choices=[(number, str(number)) for number in SCALE],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose a number from 1 to 5"},
    )


def _yes_no(label: str) -> forms.Field:
    """Return a choice of yes or no that may be left out."""
    message = {"invalid_choice": "Choose yes or no"}
    return forms.ChoiceField(label=label, choices=YES_NO, required=False, widget=forms.RadioSelect, error_messages=message)


def _words(label: str) -> forms.Field:
    """Return room for a few sentences."""
    message = {"max_length": f"Keep this to {MAX_ANSWER:,} characters"}
    widget = forms.Textarea(attrs={"rows": 3})
    checks = [refuse_unprintable]
    return forms.CharField(
        label=label, required=False, max_length=MAX_ANSWER, widget=widget, error_messages=message, validators=checks
    )


_FIELDS = {QuestionKind.SCALE: _scale, QuestionKind.YES_NO: _yes_no, QuestionKind.WORDS: _words}
