"""The form pack writes an error as the official NHS macros do, and leads to it from the summary."""

from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_errors, as_crispy_field
from django import forms
from django.utils import timezone

from core.fieldparts import problems_of
from core.widgets import NHSDateField
from tests.core.official import CHOICES, HOSTILE, asked, date_items, drawn, form_with, legend, official, tree, words, wrong


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        pytest.param(asked, lambda: official("input", "input", id="id_answer", name="answer", **words(), **wrong()), id="text"),
        pytest.param(
            lambda: asked(widget=forms.Textarea),
            lambda: official("textarea", "textarea", id="id_answer", name="answer", value="", **words(), **wrong()),
            id="textarea",
        ),
        pytest.param(
            lambda: asked(widget=forms.Textarea(attrs={"data-maxlength": "200"})),
            lambda: official(
                "character-count",
                "characterCount",
                id="id_answer",
                name="answer",
                maxlength="200",
                value="",
                **words(),
                **wrong(),
            ),
            id="character-count",
        ),
        pytest.param(
            lambda: asked(forms.ChoiceField, choices=[("", "Choose one"), *CHOICES]),
            lambda: official(
                "select",
                "select",
                id="id_answer",
                name="answer",
                items=[{"value": "", "text": "Choose one", "selected": True}, *({"value": v, "text": t} for v, t in CHOICES)],
                **words(),
                **wrong(),
            ),
            id="select",
        ),
        pytest.param(
            lambda: asked(forms.ChoiceField, choices=CHOICES, widget=forms.RadioSelect),
            lambda: official(
                "radios",
                "radios",
                idPrefix="id_answer",
                name="answer",
                items=[{"value": v, "text": t} for v, t in CHOICES],
                **legend(),
                **wrong(),
            ),
            id="radios",
        ),
        pytest.param(
            lambda: asked(forms.MultipleChoiceField, choices=CHOICES, widget=forms.CheckboxSelectMultiple),
            lambda: official(
                "checkboxes",
                "checkboxes",
                idPrefix="id_answer",
                name="answer",
                items=[{"value": v, "text": t} for v, t in CHOICES],
                **legend(),
                **wrong(),
            ),
            id="checkboxes",
        ),
        pytest.param(
            lambda: asked(forms.BooleanField),
            lambda: official(
                "checkboxes",
                "checkboxes",
                idPrefix="id_answer",
                name="answer",
                items=[{"value": "on", "text": "Question", "hint": {"text": "Some help"}}],
                **wrong(),
            ),
            id="single-checkbox",
        ),
        pytest.param(
            lambda: asked(NHSDateField),
            lambda: official(
                "date-input", "dateInput", id="id_answer", items=date_items("", "", ""), **legend(), **wrong("Enter the question")
            ),
            id="date",
        ),
        pytest.param(
            lambda: asked(widget=forms.PasswordInput),
            lambda: official("password-input", "passwordInput", id="id_answer", name="answer", **words(), **wrong()),
            id="password",
        ),
    ],
)
def test_field_left_empty_equals_official_markup_of_an_error(field, expected):
    form = form_with(field(), data={})

    assert drawn(form) == expected()


def test_date_without_year_marks_only_the_year():
    form = form_with(asked(NHSDateField), data={"answer_day": "27", "answer_month": "March", "answer_year": ""})

    html = as_crispy_field(form["answer"])

    page = BeautifulSoup(html, "html.parser")
    assert [box["id"] for box in page.select(".nhsuk-input--error")] == ["id_answer_year"]
    assert page.select_one("#id_answer_month")["value"] == "March"
    assert problems_of(form) == [("The question must include a year", "id_answer_year")]


def test_p03_conflict_shows_both_texts_and_asks_which_to_keep():
    form = form_with(asked(widget=forms.Textarea), data={"answer": "Mine"})
    form.conflicts = {
        "answer": SimpleNamespace(who="Sam Patel", when=timezone.now(), theirs=f"Theirs\n{HOSTILE}", field="answer")
    }

    page = BeautifulSoup(as_crispy_field(form["answer"]), "html.parser")

    panel = page.select_one(".app-conflict")
    assert page.select_one("textarea").text.strip() == "Mine"
    assert "Sam Patel changed this at " in panel.text
    assert HOSTILE in panel.select_one("blockquote").text
    choices = {choice["value"]: choice for choice in panel.select("input[type=radio]")}
    assert list(choices) == ["mine", "theirs"]
    assert {choice["name"] for choice in choices.values()} == {"overwrite-answer"}
    assert not any(choice.has_attr("checked") for choice in choices.values())
    assert "Question" in panel.select_one("fieldset > legend").text


def test_p51_summary_equals_official_markup_and_leads_to_the_controls():
    class WholeForm(forms.Form):
        name = forms.CharField()
        kind = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect)
        token = forms.CharField(widget=forms.HiddenInput)
        start = NHSDateField(what="the start date")

        def clean(self):
            self.add_error(None, "These do not fit together")

    form = WholeForm({})

    assert tree(as_crispy_errors(form)) == official(
        "error-summary",
        "errorSummary",
        titleText="There is a problem",
        errorList=[
            {"text": "These do not fit together"},
            {"text": "Enter name", "href": "#id_name"},
            {"text": "Enter kind", "href": "#id_kind"},
            {"text": "Enter token"},
            {"text": "Enter the start date", "href": "#id_start_day"},
        ],
    )


def test_p51_summary_is_absent_without_errors():
    form = form_with(forms.CharField(), data={"answer": "Yes"})

    assert tree(as_crispy_errors(form)) == []
