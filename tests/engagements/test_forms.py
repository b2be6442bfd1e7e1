"""What may be typed on the pages of an engagement: the least, whatever a person writes, plain messages, bad input kept."""

import pytest

from engagements.enums import MAX_TEXT
from tests.engagements.typed import (
    MONEY,
    check_form,
    engagement_form,
    facet_form,
    funding_form,
    group_form,
    place_form,
    planned_form,
    priority_form,
    purpose_form,
)

pytestmark = pytest.mark.django_db

# Each form with the least it takes, and every field in which a person writes freely.
FORMS = {
    "engagement": (engagement_form, {"title": "Leading together"}, ["title", "client"]),
    "facet": (facet_form, {"people_clarity": "clear"}, ["people_words"]),
    "group": (group_form, {"name": "Carers"}, ["name", "why_them", "organisation_name"]),
    "place": (place_form, {"name": "Boston"}, ["name", "note"]),
    "purpose": (
        purpose_form,
        {"statement": "Get people home"},
        ["statement", "real_work_issue", "strategy_title", "strategy_section"],
    ),
    "priority": (priority_form, {"statement": "Plan together"}, ["statement"]),
    "planned intervention": (
        planned_form,
        {"title": "Coaching"},
        ["title", "co_designed", "route_reason", "other_provider", "expected_impact"],
    ),
    "funding line": (funding_form, MONEY, ["source"]),
    "criterion": (check_form, {"reason": "The board has agreed it."}, ["reason"]),
}
ALL = [pytest.param(make, least, id=name) for name, (make, least, _) in FORMS.items()]
TEXTS = [
    pytest.param(make, least, field, id=f"{name} {field}") for name, (make, least, fields) in FORMS.items() for field in fields
]
EACH = [pytest.param(*row, id=name) for name, row in FORMS.items()]


@pytest.mark.parametrize(("make", "least"), ALL)
def test_form_takes_the_least(make, least):
    form = make(**least)

    assert form.is_valid(), form.errors


@pytest.mark.parametrize(
    ("make", "messages"),
    [
        pytest.param(engagement_form, {"title": "Enter the title"}, id="engagement"),
        pytest.param(facet_form, {"people_clarity": "Answer: How clear is People by now?"}, id="facet"),
        pytest.param(group_form, {"name": "Answer: Who are they?"}, id="group"),
        pytest.param(place_form, {"__all__": "Choose an STP area or a site, or enter the name of the place."}, id="place"),
        pytest.param(purpose_form, {"statement": "Answer: What is this for?"}, id="purpose"),
        pytest.param(priority_form, {"statement": "Answer: What must change first?"}, id="priority"),
        pytest.param(planned_form, {"title": "Enter the title"}, id="planned intervention"),
        pytest.param(
            funding_form,
            {
                "source": "Answer: Where does the money come from?",
                "amount": "Enter the amount",
                "certainty": "Answer: How sure is it?",
            },
            id="funding line",
        ),
        pytest.param(check_form, {"reason": "Enter the reason"}, id="criterion"),
    ],
)
def test_form_sent_empty_asks_in_its_own_words_for_the_least(make, messages):
    form = make()

    assert not form.is_valid()
    assert {name: errors[0] for name, errors in form.errors.items()} == messages


@pytest.mark.parametrize(("make", "least", "field"), TEXTS)
def test_text_of_50_000_characters_is_refused_with_a_count_and_kept(make, least, field):
    form = make(**least | {field: "long " * 10_000})

    assert not form.is_valid()
    [message] = form.errors[field]
    assert "characters or fewer. You have typed " in message
    assert form[field].value().strip() == ("long " * 10_000).strip()


@pytest.mark.parametrize(("make", "least", "field"), TEXTS)
def test_text_of_50_000_characters_in_one_word_is_refused_and_kept(make, least, field):
    form = make(**least | {field: "x" * 50_000})

    assert not form.is_valid()
    assert form[field].value() == "x" * 50_000


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ufffe"])
@pytest.mark.parametrize(("make", "least", "fields"), EACH)
def test_control_characters_are_refused_with_their_place(make, least, fields, character):
    form = make(**least | dict.fromkeys(fields, f"Plan {character}together"))

    assert not form.is_valid()
    for name in fields:
        assert any("hidden character after “Plan” that cannot be printed" in message for message in form.errors[name])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<script>alert(1)</script><b>Bold</b> & 'quoted' \"twice\"", id="script"),
        pytest.param("{{ engagement }} {% csrf_token %} %(name)s %s {0}", id="template"),
        pytest.param("שלום עולם\u200f and back", id="right to left"),
        pytest.param("مرحبا\u200fabc\u200e", id="direction marks"),
        pytest.param("Zoe\u0308 café n\u0303 a\u0301\u0323\u0330", id="combining"),
        pytest.param("👩🏽‍⚕️ 🇬🇧 👨‍👩‍👧‍👦", id="emoji"),
        pytest.param("'; DROP TABLE engagements; --", id="sql"),
        pytest.param("=1+1 @x +y -z", id="formula"),
        pytest.param("漢字かな交じり文", id="other script"),
    ],
)
@pytest.mark.parametrize(("make", "least", "fields"), EACH)
def test_whatever_a_person_can_type_is_taken_as_it_is(make, least, fields, text):
    # An organisation's name is looked up, so that a new one is asked about before it is taken.
    names = [name for name in fields if name != "organisation_name"]

    form = make(**least | dict.fromkeys(names, text))

    assert form.is_valid(), form.errors
    assert {name: form.values[name] for name in names} == dict.fromkeys(names, text)


@pytest.mark.parametrize(
    ("text", "is_taken"), [("é" * MAX_TEXT, True), ("é" * (MAX_TEXT + 1), False), ("a\r\n" * (MAX_TEXT // 2), True)]
)
def test_text_is_counted_in_characters_with_a_line_break_as_one(text, is_taken):
    assert priority_form(statement=text).is_valid() is is_taken


@pytest.mark.parametrize(("make", "least"), ALL)
def test_every_field_has_a_label_and_no_message_is_longer_than_two_lines(make, least):
    form = make()
    form.is_valid()

    for name, field in form.fields.items():
        assert name == "seen" or field.label
    for messages in form.errors.values():
        assert all(len(message) < 160 for message in messages)
