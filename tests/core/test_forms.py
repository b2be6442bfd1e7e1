import json

import pytest
from django import forms
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from core.forms import PortalForm
from core.records import Conflict, EditConflict
from core.refusals import Blocker
from engagements.models import Purpose
from tests.core.stand_in import PurposeForm
from tests.factories.accounts import ConsultantFactory
from tests.factories.engagements import PurposeFactory
from tests.helpers import as_user, controls, filled, post, soup, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.stand_in")]


class PlainForm(PortalForm):
    name = forms.CharField(label="Full name", max_length=10)
    code = forms.CharField(label="ODS code", max_length=3, required=False)
    share = forms.CharField(label="Share in %", max_length=3, required=False)
    agree = forms.CharField(label="Do you agree?")
    route = forms.ChoiceField(label="Sourcing route", choices=[("", ""), ("broker", "Broker")])
    purpose = forms.ModelChoiceField(label="Purpose", queryset=Purpose.objects.none())
    note = forms.CharField(error_messages={"required": "Say what happened"})


class LineForm(PortalForm):
    name = forms.CharField(label="Name in 100%", max_length=40)
    email = forms.EmailField(required=False)
    note = forms.CharField(required=False)
    words = forms.CharField(widget=forms.Textarea, required=False)


class RenamedForm(PortalForm):
    columns = {"organisation_name": "organisation"}

    organisation_name = forms.CharField(label="Organisation")


def errors_of(data, form=PlainForm):
    return {name: list(found) for name, found in form(QueryDict.fromkeys([]) if data is None else data).errors.items()}


def posted(**values):
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


# Messages.


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("name", "Enter the full name"),
        ("agree", "Answer: Do you agree?"),
        ("route", "Choose the sourcing route"),
        ("purpose", "Choose the purpose"),
        ("note", "Say what happened"),
    ],
)
def test_an_empty_field_says_what_to_do(field, message):
    assert errors_of({})[field] == [message]


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("name", "“Full name” must be 10 characters or fewer. You have typed 11."),
        ("code", "“ODS code” must be 3 characters or fewer. You have typed 11."),
        ("share", "“Share in %” must be 3 characters or fewer. You have typed 11."),
    ],
)
def test_a_text_too_long_says_how_long_it_may_be(field, message):
    assert errors_of({field: "x" * 11})[field] == [message]


def test_a_model_form_speaks_in_the_models_words():
    errors = PurposeForm({"statement": ""}).errors

    assert errors["statement"] == ["Enter what this is for"]


# Hostile text.


def test_fifty_thousand_characters_are_refused_in_words_and_kept_on_the_page():
    client = as_user(ConsultantFactory())
    url = f"/purposes/{PurposeFactory().pk}/edit/"

    response = post(client, url, {"statement": "x" * 50_000})

    assert "must be 4,000 characters or fewer. You have typed 50000." in text_of(response)
    assert soup(response).select_one("textarea[name=statement]").get_text().strip() == "x" * 50_000


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x1b", "\x7f", "\x85", "\ufffe", "\uffff"], ids=ascii)
def test_a_character_that_cannot_be_printed_is_refused_in_words(character):
    found = errors_of({"name": f"Ann{character}A"})["name"]

    assert found == ["There is a hidden character after “Ann” that cannot be printed. Delete it there and type the words again."]


@pytest.mark.parametrize(
    "text",
    ["<script>", "שלום", "e\u0301\u0302", "👩🏽‍⚕️", "می\u200cخواهم", "a\u200fb\u200e", "{{ x }}", "%s %(a)s", "'; --"],
)
def test_whatever_can_be_printed_is_taken_as_it_is(text):
    form = PlainForm({"name": text})

    assert "name" not in form.errors
    assert form.cleaned_data["name"] == text


@given(
    st.text(max_size=10), st.sampled_from(["\r\n", "\n", "\r", "\t", "\u2028", "\u2029", "\u00a0", " \n "]), st.text(max_size=10)
)
def test_a_field_of_one_line_holds_one_line_or_refuses(before, between, after):
    form = LineForm({"name": before + between + after, "email": "", "words": "x"})

    form.is_valid()

    kept = form.cleaned_data.get("name", "-")
    assert kept == " ".join(kept.split(" ")).strip()
    assert "  " not in kept
    assert not set(kept) & set("\r\n\t\u00a0\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@pytest.mark.parametrize("between", ["\r\n", "\n", "\r", "\t", "\u2028", "  "], ids=ascii)
def test_line_breaks_in_a_field_of_one_line_become_a_space(between):
    form = LineForm({"name": f" Ann{between}Adams\n", "email": f"{between}ann@example.org", "words": "one\ntwo  three"})

    assert form.is_valid()
    assert form.values == {"name": "Ann Adams", "email": "ann@example.org", "note": "", "words": "one\ntwo  three"}


@pytest.mark.parametrize("character", [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"], ids=ascii)
def test_what_turns_the_writing_is_refused_in_a_field_of_one_line_alone(character):
    form = LineForm({"name": f"Ann {character}smadA", "email": "", "words": f"Ann {character}smadA"})

    assert dict(form.errors) == {"name": ["“Name in 100%” has a character that cannot be seen. Type it again."]}


@pytest.mark.parametrize(
    "typed", ["\u200b", "\u200d\u200c", "\ufeff\u2060", "\u202e", "\u00ad", "\u3164", "\u2800 \u115f", "\ufe0f", "\n"], ids=ascii
)
def test_a_field_of_one_line_that_shows_nothing_is_empty(typed):
    form = LineForm({"name": typed, "email": "", "note": typed, "words": "x"})

    assert dict(form.errors) == {"name": ["Enter the name in 100%"]}
    assert form.cleaned_data["note"] == ""


def test_a_line_break_counts_as_one_character_as_it_does_on_the_page():
    text = "line\r\n" * 799

    form = PurposeForm(posted(statement=text.strip("\r\n") + "\r\n.", real_work_issue=""))

    assert form.is_valid()
    assert form.values["statement"] == "line\n" * 799 + "."


# What was seen.


def test_a_form_of_a_record_says_what_its_writer_saw():
    form = PurposeForm(instance=PurposeFactory())

    assert set(json.loads(form.initial["seen"])) == {"statement", "real_work_issue", "forward_view_steps", "strategy_title"}


def test_a_form_of_a_new_record_saw_nothing():
    assert "seen" not in PurposeForm().initial


def test_a_posted_form_keeps_what_was_seen_when_it_was_opened():
    form = PurposeForm(posted(statement="x", seen='{"statement": "abc"}'), instance=PurposeFactory())

    assert form.is_valid()
    assert form.merge == {"seen": {"statement": "abc"}, "overwrite": set()}
    assert "seen" not in form.values


@pytest.mark.parametrize("seen", ["", "{", "[]", "3", "null", '"x"', "[" * 100_000, '{"statement": {}, "x": 3}'])
def test_a_spoilt_note_of_what_was_seen_does_no_harm(seen):
    form = PurposeForm(posted(statement="x", seen=seen), instance=PurposeFactory())

    assert form.is_valid()
    assert form.merge["seen"] == {}


@given(seen=st.text())
def test_no_note_of_what_was_seen_breaks_a_form(seen):
    form = PurposeForm(posted(statement="x", seen=seen))

    if form.is_valid():
        assert all(isinstance(mark, str) for mark in form.merge["seen"].values())


# Clashes.


def clash(form, **fields):
    found = [Conflict(name, name, theirs, "Bob Baker", None) for name, theirs in fields.items()]
    form.show_conflicts(EditConflict(found, dict.fromkeys(fields, "start shown")))


def test_p03_a_clash_is_told_beside_its_field_and_keeps_what_was_typed():
    form = PurposeForm(posted(statement="Mine", seen='{"statement": "start", "real_work_issue": "r"}'), instance=PurposeFactory())
    assert form.is_valid()

    clash(form, statement="Theirs")

    assert form.errors["statement"] == ["Bob Baker changed “What this is for” while you were writing. Choose which text to keep."]
    assert form.conflicts["statement"].theirs == "Theirs"
    assert form["statement"].value() == "Mine"
    assert json.loads(form.data["seen"]) == {"statement": "start shown", "real_work_issue": "r"}


def test_p03_a_choice_of_the_last_time_does_not_count_for_a_new_clash():
    form = PurposeForm(posted(**{"statement": "Mine", "overwrite-statement": "mine"}), instance=PurposeFactory())
    assert form.is_valid()

    clash(form, statement="Theirs")

    assert "overwrite-statement" not in form.data


@pytest.mark.parametrize(
    ("choice", "values", "overwrite"),
    [("mine", {"statement"}, {"statement"}), ("theirs", set(), set()), ("neither", {"statement"}, set())],
)
def test_p03_the_choice_between_two_texts_is_passed_on(choice, values, overwrite):
    form = PurposeForm(posted(**{"statement": "Mine", "overwrite-statement": choice}), instance=PurposeFactory())

    assert form.is_valid()
    assert form.values.keys() & {"statement"} == values
    assert form.merge["overwrite"] == overwrite


@pytest.mark.parametrize(("choice", "kept"), [("mine", {"organisation_name": "Mine"}), ("theirs", {})])
def test_p03_a_field_under_another_name_than_its_column_clashes_too(choice, kept):
    form = RenamedForm(posted(organisation_name="Mine"))
    assert form.is_valid()
    clash(form, organisation="Theirs")

    again = RenamedForm(posted(**{"organisation_name": "Mine", "overwrite-organisation_name": choice}))

    assert list(form.conflicts) == ["organisation_name"]
    assert again.is_valid()
    assert again.values == kept
    assert again.merge["overwrite"] == ({"organisation"} if choice == "mine" else set())


def test_p03_a_stale_form_shows_both_texts_and_saves_the_one_chosen():
    purpose = PurposeFactory(statement="Fewer falls", real_work_issue="Nobody owns it")
    url = f"/purposes/{purpose.pk}/edit/"
    ann, bob = (as_user(ConsultantFactory(full_name=name)) for name in ("Ann Archer", "Bob Baker"))
    stale = filled(bob, url)
    ann.post(url, filled(ann, url) | {"statement": "No falls", "real_work_issue": "Ann owns it"})

    shown = bob.post(url, stale | {"statement": "Half the falls"})

    page = soup(shown)
    assert "Ann Archer changed this" in text_of(shown)
    assert page.select_one("textarea[name=statement]").get_text().strip() == "Half the falls"
    assert page.select_one(".app-conflict__theirs").get_text().strip() == "No falls"

    again = controls(page.select_one("main form.app-form")) | {"overwrite-statement": "mine"}
    assert bob.post(url, again).status_code == 302
    purpose.refresh_from_db()
    assert (purpose.statement, purpose.real_work_issue) == ("Half the falls", "Ann owns it")


# Refusals.


def test_a_refusal_stands_above_the_fields_in_words():
    form = PurposeForm(posted(statement="x"))
    assert form.is_valid()

    form.refuse([Blocker("Choose another word.", "/somewhere/"), Blocker("And another.")])

    assert form.non_field_errors() == ["Choose another word.", "And another."]
    assert form.refusals[0].url == "/somewhere/"


def test_a_form_states_its_own_layout():
    class LaidOut(PlainForm):
        layout = ("name", "code")

    assert LaidOut().helper.layout == ("name", "code")
    assert not PlainForm().helper.form_tag
