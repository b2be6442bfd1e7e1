"""The form pack writes what the official NHS macros write for the same field."""

import datetime

import pytest
from bs4 import BeautifulSoup
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, ButtonHolder, Column, Div, Field, Fieldset, Layout, Row, Submit
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_errors, as_crispy_field, as_crispy_form
from crispy_forms.utils import render_crispy_form
from django import forms

from core.widgets import MoneyInput, NHSDateField, PercentInput
from tests.core.official import CHOICES, HOSTILE, asked, date_items, drawn, form_with, legend, official, words


@pytest.mark.parametrize(
    ("field", "initial", "expected"),
    [
        pytest.param(
            lambda: asked(widget=forms.TextInput(attrs={"data-width": "10", "autocomplete": "name"}), max_length=50),
            "Jo",
            lambda: official(
                "input", "input", id="id_answer", name="answer", value="Jo", width="10", autocomplete="name", **words()
            ),
            id="text",
        ),
        pytest.param(
            lambda: asked(forms.EmailField, widget=forms.EmailInput(attrs={"placeholder": "you@nhs.net"})),
            "jo@nhs.net",
            lambda: official("input", "input", id="id_answer", name="answer", type="email", value="jo@nhs.net", **words()),
            id="email",
        ),
        pytest.param(
            lambda: asked(forms.IntegerField, min_value=1),
            7,
            lambda: official("input", "input", id="id_answer", name="answer", value="7", inputmode="numeric", **words()),
            id="whole-number",
        ),
        pytest.param(
            lambda: asked(forms.DecimalField, widget=MoneyInput),
            None,
            lambda: official(
                "input", "input", id="id_answer", name="answer", inputmode="decimal", width="10", prefix={"text": "£"}, **words()
            ),
            id="money",
        ),
        pytest.param(
            lambda: asked(forms.IntegerField, widget=PercentInput),
            25,
            lambda: official(
                "input",
                "input",
                id="id_answer",
                name="answer",
                value="25",
                inputmode="numeric",
                width="3",
                suffix={"text": "%"},
                **words(),
            ),
            id="per-cent",
        ),
        pytest.param(
            lambda: asked(widget=forms.Textarea),
            "Two\nlines",
            lambda: official("textarea", "textarea", id="id_answer", name="answer", value="Two\nlines", **words()),
            id="textarea",
        ),
        pytest.param(
            lambda: asked(widget=forms.Textarea(attrs={"data-maxlength": 200, "rows": 3})),
            None,
            lambda: official(
                "character-count", "characterCount", id="id_answer", name="answer", maxlength="200", rows=3, value="", **words()
            ),
            id="character-count",
        ),
        pytest.param(
            lambda: asked(widget=forms.Textarea, max_length=500),
            None,
            lambda: official(
                "character-count",
                "characterCount",
                id="id_answer",
                name="answer",
                maxlength="500",
                threshold="75",
                value="",
                **words(),
            ),
            id="character-count-of-the-fields-own-limit",
        ),
        pytest.param(
            lambda: asked(forms.ChoiceField, choices=CHOICES),
            "b",
            lambda: official(
                "select",
                "select",
                id="id_answer",
                name="answer",
                value="b",
                items=[{"value": v, "text": t} for v, t in CHOICES],
                **words(),
            ),
            id="select",
        ),
        pytest.param(
            lambda: asked(
                forms.ChoiceField, choices=CHOICES, widget=forms.RadioSelect(attrs={"data-inline": True, "data-small": True})
            ),
            "b",
            lambda: official(
                "radios",
                "radios",
                idPrefix="id_answer",
                name="answer",
                value="b",
                inline=True,
                small=True,
                items=[{"value": v, "text": t} for v, t in CHOICES],
                **legend(),
            ),
            id="radios",
        ),
        pytest.param(
            lambda: asked(forms.MultipleChoiceField, choices=CHOICES, widget=forms.CheckboxSelectMultiple),
            ["a", "c"],
            lambda: official(
                "checkboxes",
                "checkboxes",
                idPrefix="id_answer",
                name="answer",
                values=["a", "c"],
                items=[{"value": v, "text": t} for v, t in CHOICES],
                **legend(),
            ),
            id="checkboxes",
        ),
        pytest.param(
            lambda: asked(forms.BooleanField),
            True,
            lambda: official(
                "checkboxes",
                "checkboxes",
                idPrefix="id_answer",
                name="answer",
                values=["on"],
                items=[{"value": "on", "text": "Question", "hint": {"text": "Some help"}}],
            ),
            id="single-checkbox",
        ),
        pytest.param(
            lambda: asked(NHSDateField),
            datetime.date(2026, 3, 27),
            lambda: official("date-input", "dateInput", id="id_answer", items=date_items("27", "3", "2026"), **legend()),
            id="date",
        ),
        pytest.param(
            lambda: asked(widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})),
            "secret",
            lambda: official(
                "password-input", "passwordInput", id="id_answer", name="answer", autocomplete="new-password", **words()
            ),
            id="password",
        ),
    ],
)
def test_field_shown_equals_official_markup(field, initial, expected):
    form = form_with(field(), initial={"answer": initial})

    assert drawn(form) == expected()


def test_choices_with_hints_and_groups_are_labelled():
    groups = [("Relationships", [("a", "Trust"), ("b", "Listening")]), ("Innovation", [("c", "Courage")])]
    form = form_with(asked(forms.MultipleChoiceField, choices=groups, widget=forms.CheckboxSelectMultiple))
    form.fields["answer"].option_hints = {"b": "Hearing what is meant"}

    page = BeautifulSoup(as_crispy_field(form["answer"]), "html.parser")

    titles = [page.select_one(f"#{group['aria-labelledby']}").text for group in page.select("[role=group]")]
    assert titles == ["Relationships", "Innovation"]
    assert [box["id"] for box in page.select("input")] == ["id_answer", "id_answer-2", "id_answer-3"]
    hint = page.select_one(f"#{page.select_one('#id_answer-2')['aria-describedby']}")
    assert hint.text == "Hearing what is meant"


def test_select_with_groups_has_optgroups():
    form = form_with(asked(forms.ChoiceField, choices=[("North", [("a", "Leeds")]), ("", "Elsewhere")]))

    page = BeautifulSoup(as_crispy_field(form["answer"]), "html.parser")

    assert page.select_one("optgroup[label=North] option").text == "Leeds"
    assert page.select_one("select > option").text == "Elsewhere"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param(lambda: forms.CharField(validators=[refuse]), HOSTILE, id="text"),
        pytest.param(lambda: forms.CharField(widget=forms.Textarea, validators=[refuse]), HOSTILE, id="textarea"),
        pytest.param(lambda: forms.ChoiceField(choices=[("x", HOSTILE)]), HOSTILE, id="select"),
        pytest.param(lambda: forms.ChoiceField(choices=[(HOSTILE, HOSTILE)], widget=forms.RadioSelect), "other", id="radios"),
        pytest.param(
            lambda: forms.MultipleChoiceField(choices=[(HOSTILE, [("x", HOSTILE)])], widget=forms.CheckboxSelectMultiple),
            [HOSTILE],
            id="checkboxes",
        ),
        pytest.param(lambda: forms.BooleanField(error_messages={"required": HOSTILE}), "", id="single-checkbox"),
        pytest.param(NHSDateField, HOSTILE, id="date"),
    ],
)
def test_hostile_text_comes_out_as_text(field, value):
    shown = field()
    shown.label = HOSTILE
    shown.help_text = HOSTILE
    shown.option_hints = {"x": HOSTILE}
    names = ["answer", "answer_day", "answer_month", "answer_year"]
    form = form_with(shown, data=dict.fromkeys(names, value))

    html = as_crispy_field(form["answer"]) + as_crispy_errors(form)

    page = BeautifulSoup(html, "html.parser")
    assert form.errors
    assert page.find("b") is None
    assert HOSTILE in page.text


def refuse(value):
    raise forms.ValidationError(f"Not allowed: {value}")


def test_textarea_beginning_with_a_new_line_keeps_it():
    form = form_with(forms.CharField(widget=forms.Textarea), initial={"answer": "\nSecond line"})

    html = as_crispy_field(form["answer"])

    # A browser drops the first line break after the tag.
    assert ">\n\nSecond line</textarea>" in html


def test_password_is_never_written_back():
    form = form_with(forms.CharField(widget=forms.PasswordInput), data={"answer": "secret"})

    assert "secret" not in as_crispy_field(form["answer"])


def test_disabled_field_says_so():
    form = form_with(forms.CharField(disabled=True), initial={"answer": "Fixed"})

    page = BeautifulSoup(as_crispy_field(form["answer"]), "html.parser")

    assert page.select_one("input").has_attr("disabled")


def test_hidden_field_has_no_wrapper():
    form = form_with(forms.CharField(widget=forms.HiddenInput), initial={"answer": "7"})

    page = BeautifulSoup(as_crispy_field(form["answer"]), "html.parser")

    assert [tag.name for tag in page.find_all()] == ["input"]
    assert page.input["value"] == "7"


def test_layout_objects_are_written_with_nhs_classes():
    class LaidOutForm(forms.Form):
        first = forms.CharField()
        second = forms.CharField()
        third = forms.CharField()
        fourth = forms.CharField()

    form = LaidOutForm()
    form.helper = FormHelper()
    form.helper.layout = Layout(
        Fieldset("Who it is for", Row(Column("first"), "second"), css_id="who"),
        Div("third", css_class="app-quiet"),
        Field("fourth", wrapper_class="app-wide"),
        HTML("<p>Words</p>"),
        ButtonHolder(Submit("save", "Save plan", css_class="nhsuk-button--secondary")),
    )

    page = BeautifulSoup(render_crispy_form(form), "html.parser")

    assert page.form["method"] == "post"
    assert page.form.has_attr("novalidate")
    assert page.select_one("#who > legend.nhsuk-fieldset__legend").text == "Who it is for"
    assert page.select_one("#who .app-row > .app-column input")["name"] == "first"
    assert page.select_one(".app-quiet input")["name"] == "third"
    assert page.select_one(".app-wide input")["name"] == "fourth"
    button = page.select_one(".nhsuk-button-group button")
    assert button["class"] == ["nhsuk-button", "nhsuk-button--secondary"]
    assert (button["type"], button["name"], button.text) == ("submit", "save", "Save plan")


def test_form_without_layout_is_written_field_by_field():
    form = form_with(asked())
    form.helper = FormHelper()
    form.helper.layout = None
    form.helper.form_tag = False
    form.helper.add_input(Submit("save", "Save"))

    page = BeautifulSoup(render_crispy_form(form), "html.parser")

    assert page.form is None
    assert page.select_one("input#id_answer") is not None
    assert page.select_one(".nhsuk-button-group button").text == "Save"


def test_formset_is_written_form_by_form_with_its_errors():
    formset_class = forms.formset_factory(type("RowForm", (forms.Form,), {"name": forms.CharField()}), extra=2)
    formset = formset_class({"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "1", "form-0-name": "", "form-1-name": "Jo"})

    page = BeautifulSoup(render_crispy_form(formset, FormHelper()), "html.parser")
    fields = BeautifulSoup(as_crispy_form(formset), "html.parser")

    assert [link["href"] for link in page.select(".nhsuk-error-summary a")] == ["#id_form-0-name"]
    assert [box["name"] for box in fields.select("input.nhsuk-input")] == ["form-0-name", "form-1-name"]
