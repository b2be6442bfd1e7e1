"""What may be typed about a measure: the least, the form of each value, the dates, and what nobody should type."""

from datetime import date, timedelta

import pytest
from django.forms import Textarea
from django.utils import timezone

from engagements.enums import MAX_NAME, MAX_TEXT
from evaluation.enums import Direction, MeasureKind
from evaluation.forms import MeasureForm
from evaluation.forms.measures import TAKEN_FROM_SUGGESTION
from evaluation.models import Measure, MeasureSuggestion
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory
from tests.factories.evaluation import MeasureFactory, MeasureSuggestionFactory
from tests.helpers import date_boxes

pytestmark = pytest.mark.django_db

TEXT_FIELDS = [
    "outcome",
    "unit",
    "baseline",
    "no_baseline_reason",
    "target",
    "method",
    "data_source",
    "owner",
    "collected_from",
    "other_influences",
    "agreed_with",
]
SPRING = date(2016, 4, 1)


@pytest.fixture
def engagement():
    return EngagementFactory()


def form_of(engagement, **typed):
    return MeasureForm({"outcome": "Fewer delays"} | typed, instance=Measure(engagement=engagement))


def with_baseline(value="42", **typed):
    return {"baseline": value, **date_boxes("baseline_on", SPRING)} | typed


def test_form_asks_for_nothing_but_the_outcome(engagement):
    form = form_of(engagement)

    assert form.is_valid(), form.errors
    assert form.values["outcome"] == "Fewer delays"


def test_form_without_an_outcome_asks_for_it(engagement):
    form = form_of(engagement, outcome="  ")

    assert form.errors == {"outcome": ["Enter the outcome sought"]}


def test_form_holds_every_column_of_a_measure():
    columns = {field.name for field in Measure._meta.concrete_fields}
    # What is said once results come in has forms of its own.
    later = {"contribution", "dropped_on", "dropped_reason", "final_status"}

    assert columns - later - {"id", "engagement"} == set(MeasureForm.Meta.fields)


def test_form_shows_every_field_in_a_group(engagement):
    shown = {pointer.name for pointer in MeasureForm.layout.get_field_names()}

    assert shown == set(MeasureForm.Meta.fields)


def test_form_offers_the_interventions_of_its_own_plan_only(engagement):
    own = PlannedInterventionFactory(engagement=engagement)
    foreign = PlannedInterventionFactory()

    form = form_of(engagement, planned_intervention=str(foreign.pk))

    assert list(form.fields["planned_intervention"].queryset) == [own]
    assert "Choose an intervention of this plan" in form.errors["planned_intervention"][0]


@pytest.mark.parametrize("field", ["level", "kirkpatrick", "kind", "direction"])
def test_form_with_a_choice_that_is_not_offered_is_refused(engagement, field):
    assert list(form_of(engagement, **{field: "other"}).errors) == [field]


@pytest.mark.parametrize("field", ["level", "kind", "direction", "kirkpatrick"])
def test_form_can_leave_each_choice_open_again(engagement, field):
    form = form_of(engagement, **{field: ""})

    assert {label for value, label in form.fields[field].choices if not value} <= {"Not used", "Not decided yet"}
    assert form.is_valid()


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        pytest.param(MeasureKind.NUMBER, "about 40", "must be a number, like 42 or 3.5. Write what it counts", id="number"),
        pytest.param(MeasureKind.NUMBER, "60%", "under “Unit”", id="number with its unit"),
        pytest.param(MeasureKind.SCALE, "quite high", "must be a number on the scale", id="scale"),
        pytest.param(MeasureKind.YES_NO, "perhaps", "must be yes or no", id="yes or no"),
    ],
)
def test_form_holds_baseline_and_target_to_the_form_of_the_result(engagement, kind, value, words):
    form = form_of(engagement, kind=kind, target=value, **with_baseline(value))

    assert set(form.errors) == {"baseline", "target"}
    assert words in form.errors["baseline"][0]
    assert words in form.errors["target"][0]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (MeasureKind.NUMBER, "1,200"),
        (MeasureKind.SCALE, "3.5"),
        (MeasureKind.YES_NO, "Yes"),
        (MeasureKind.STORY, "They ring each other"),
        ("", "Whatever it is"),
    ],
)
def test_form_takes_what_fits_the_form_of_the_result(engagement, kind, value):
    form = form_of(engagement, kind=kind, target=value)

    assert form.is_valid(), form.errors
    assert form.values["target"] == value


def test_form_writes_yes_and_no_alike(engagement):
    form = form_of(engagement, kind=MeasureKind.YES_NO, target="YES", **with_baseline("no"))

    assert form.is_valid(), form.errors
    assert (form.values["baseline"], form.values["target"]) == ("No", "Yes")


def test_form_with_a_baseline_asks_for_its_date(engagement):
    assert form_of(engagement, baseline="42").errors == {"baseline_on": ["Enter the date of the baseline"]}


def test_form_with_a_baseline_and_half_a_date_says_what_is_missing_once(engagement):
    form = form_of(engagement, baseline="42", baseline_on_day="1", baseline_on_month="4")

    assert form.errors == {"baseline_on": ["The date of the baseline must include a year"]}


def test_form_with_a_baseline_and_a_reason_for_none_asks_for_one_of_them(engagement):
    form = form_of(engagement, no_baseline_reason="Nobody counted", **with_baseline())

    assert form.errors == {"no_baseline_reason": ["Enter either a baseline or the reason why there is none, not both"]}


@pytest.mark.parametrize("days", [0, -1])
def test_form_with_a_target_date_not_after_the_baseline_is_refused(engagement, days):
    form = form_of(engagement, **with_baseline(), **date_boxes("due_on", SPRING + timedelta(days=days)))

    assert form.errors == {"due_on": ["The date for the target must be after the date of the baseline"]}


@pytest.mark.parametrize(
    ("direction", "target"), [(Direction.INCREASE, "42"), (Direction.DECREASE, "43"), (Direction.INCREASE, "1"), ("", "42")]
)
def test_form_keeps_an_odd_target(engagement, direction, target):
    assert form_of(engagement, kind=MeasureKind.NUMBER, direction=direction, target=target, **with_baseline()).is_valid()


@pytest.mark.parametrize("name", ["baseline_on", "agreed_on"])
def test_form_with_a_fact_in_the_future_is_refused(engagement, name):
    today = timezone.localdate()

    assert form_of(engagement, **date_boxes(name, today)).is_valid()
    form = form_of(engagement, **date_boxes(name, today + timedelta(days=1)))
    assert "must be today or in the past" in form.errors[name][0]


@pytest.mark.parametrize(
    ("boxes", "words"),
    [
        pytest.param(("31", "2", "2017"), "must be a real date", id="31 February"),
        pytest.param(("1", "13", "2017"), "month between 1 and 12", id="month 13"),
        pytest.param(("1", "4", "17"), "year with 4 numbers", id="short year"),
        pytest.param(("soon", "", ""), "must include a month and a year", id="words"),
        pytest.param(("٣", "4", "2017"), "must be a real date", id="other digits"),
        pytest.param(("0", "0", "0000"), "month between 1 and 12", id="noughts"),
    ],
)
@pytest.mark.parametrize("name", ["baseline_on", "due_on", "agreed_on"])
def test_form_with_a_date_that_is_none_says_why(engagement, name, boxes, words):
    typed = dict(zip((f"{name}_day", f"{name}_month", f"{name}_year"), boxes, strict=True))

    assert words in form_of(engagement, **typed).errors[name][0]


@pytest.mark.parametrize("name", TEXT_FIELDS)
def test_form_with_text_of_50_000_characters_is_refused_with_the_limit(engagement, name):
    form = form_of(engagement, **{name: "x" * 50_000})

    limit = MAX_TEXT if Measure._meta.get_field(name).max_length == MAX_TEXT else MAX_NAME
    assert f"must be {limit:,} characters or fewer. You have typed 50000" in form.errors[name][0]
    assert form[name].value() == "x" * 50_000


@pytest.mark.parametrize("name", TEXT_FIELDS)
@pytest.mark.parametrize("character", ["\x00", "\x1b", "\ud800", "\uffff"], ids=["null", "escape", "half a pair", "no character"])
def test_form_with_a_hidden_character_says_where(engagement, name, character):
    form = form_of(engagement, **{name: f"Fewer{character} delays"})

    assert "hidden character after “Fewer”" in form.errors[name][0]


@pytest.mark.parametrize("name", [name for name in TEXT_FIELDS if name != "baseline"])
@pytest.mark.parametrize(
    "text",
    ["<script>alert('x')</script> <b>&amp;</b>", "مرحبا بالعالم", "e\u0301le\u0300ve", "👩🏽\u200d⚕️ 🏥", "first\r\nsecond"],
    ids=["html", "right to left", "combining", "emoji", "lines"],
)
def test_form_takes_any_text_that_can_be_printed(engagement, name, text):
    form = form_of(engagement, **{name: text})

    assert form.is_valid(), form.errors
    is_one_line = not isinstance(form.fields[name].widget, Textarea)
    assert form.values[name] == (text.replace("\r\n", " ") if is_one_line else text)


def test_form_from_a_suggestion_starts_with_what_it_knows_and_hints_at_the_date(engagement):
    suggestion = MeasureSuggestion.objects.filter(kind=MeasureKind.SCALE).order_by("pk").first()

    form = MeasureForm(instance=Measure(engagement=engagement), suggestion=suggestion)

    assert {name: form[name].value() for name in TAKEN_FROM_SUGGESTION} == {
        name: getattr(suggestion, name) for name in TAKEN_FROM_SUGGESTION
    }
    assert form["due_on"].value() is None
    assert form.fields["due_on"].help_text == f"Usual timing: {suggestion.typical_timing}."


def test_form_from_a_suggestion_without_timing_has_no_hint(engagement):
    form = MeasureForm(instance=Measure(engagement=engagement), suggestion=MeasureSuggestionFactory())

    assert form.fields["due_on"].help_text == ""


def test_form_of_a_saved_measure_shows_it_and_remembers_what_was_seen():
    measure = MeasureFactory(with_baseline=True)

    form = MeasureForm(instance=measure)

    assert form["baseline"].value() == "42"
    assert '"baseline"' in form["seen"].value()
