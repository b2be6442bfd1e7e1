"""What measures lack before review, and what their values have to look like."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from engagements.policies import submission_blockers
from evaluation import policies
from evaluation.enums import MeasureKind
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory
from tests.factories.evaluation import MeasureFactory

COMPLETE = {"baseline": "42", "baseline_on": date(2016, 4, 1), "target": "60", "due_on": date(2017, 4, 1)}


@pytest.fixture
def engagement(db):
    return EngagementFactory()


@pytest.fixture
def planned(engagement):
    return PlannedInterventionFactory(engagement=engagement, title="Coaching for leaders")


def sentences(engagement):
    return [blocker.sentence for blocker in policies.measure_blockers(engagement.load_plan())]


def test_p46_submission_waits_for_a_measure_with_baseline_target_and_date_for_each_intervention(engagement, planned):
    """P46: no plan goes to review without a measure, a baseline and a date for each intervention."""
    other = PlannedInterventionFactory(engagement=engagement, title="A shared programme")
    MeasureFactory(engagement=engagement, planned_intervention=other, outcome="Fewer delays", target="60")

    found = [blocker for blocker in submission_blockers(engagement.load_plan(), []) if "/measures/" in blocker.url]

    assert [blocker.sentence for blocker in found] == [
        "Coaching for leaders: add at least one measure",
        "A shared programme: “Fewer delays” still needs a baseline or the reason for none and a date for the target",
    ]


def test_measure_blockers_with_one_complete_measure_for_each_are_none(engagement, planned):
    MeasureFactory(engagement=engagement, planned_intervention=planned, **COMPLETE)

    assert sentences(engagement) == []


def test_measure_blockers_with_a_reason_for_no_baseline_are_none(engagement, planned):
    values = {"no_baseline_reason": "Nobody counted", "target": "60", "due_on": date(2017, 4, 1)}
    MeasureFactory(engagement=engagement, planned_intervention=planned, **values)

    assert sentences(engagement) == []


def test_measure_blockers_of_an_empty_plan_are_none(engagement):
    assert sentences(engagement) == []


@pytest.mark.parametrize(
    ("left_out", "words"),
    [
        pytest.param({"baseline": "", "baseline_on": None}, "a baseline or the reason for none", id="baseline"),
        pytest.param({"target": ""}, "a target", id="target"),
        pytest.param({"due_on": None}, "a date for the target", id="date"),
        pytest.param({"target": "", "due_on": None}, "a target and a date for the target", id="two things"),
        pytest.param(
            {"baseline": "", "target": "", "due_on": None},
            "a baseline or the reason for none, a target and a date for the target",
            id="three things",
        ),
    ],
)
def test_measure_blockers_name_what_is_missing_and_lead_there(engagement, planned, left_out, words):
    values = COMPLETE | left_out
    measure = MeasureFactory(engagement=engagement, planned_intervention=planned, outcome="Fewer delays", **values)

    [blocker] = policies.measure_blockers(engagement.load_plan())

    assert blocker.sentence == f"Coaching for leaders: “Fewer delays” still needs {words}"
    assert blocker.url == f"/engagements/{engagement.reference}/measures/{measure.pk}/"


def test_measure_blockers_without_a_measure_lead_to_adding_one_for_that_intervention(engagement, planned):
    [blocker] = policies.measure_blockers(engagement.load_plan())

    assert blocker.url == reverse("evaluation:measure_create", args=[engagement.reference]) + f"?for={planned.pk}"


def test_measure_blockers_ask_which_intervention_an_untied_measure_belongs_to(engagement):
    MeasureFactory(engagement=engagement, outcome="Fewer delays", **COMPLETE)

    assert sentences(engagement) == ["Measures: say which intervention “Fewer delays” belongs to"]


def test_measure_blockers_of_an_untied_and_incomplete_measure_are_two(engagement):
    MeasureFactory(engagement=engagement, outcome="Fewer delays", **COMPLETE | {"target": ""})

    assert sentences(engagement) == [
        "Measures: say which intervention “Fewer delays” belongs to",
        "Measures: “Fewer delays” still needs a target",
    ]


def test_measure_blockers_quote_a_long_outcome_by_its_beginning_on_one_line(engagement, planned):
    outcome = "Wards and\nhome care teams " + "ring each other " * 200
    MeasureFactory(engagement=engagement, planned_intervention=planned, outcome=outcome, **COMPLETE | {"target": ""})

    [sentence] = sentences(engagement)

    assert "“Wards and home care teams ring" in sentence
    assert len(sentence) < 150
    assert "\n" not in sentence


def test_measure_blockers_name_a_value_that_merging_has_made_unfit_for_its_kind(engagement, planned):
    MeasureFactory(engagement=engagement, planned_intervention=planned, kind="yes_no", outcome="A board", **COMPLETE)

    assert sentences(engagement) == [
        "Coaching for leaders: “A board” still needs a baseline that is yes or no and a target that is yes or no"
    ]


def test_measure_blockers_ask_the_database_nothing_about_a_loaded_plan(engagement, planned, django_assert_num_queries):
    MeasureFactory(engagement=engagement, planned_intervention=planned)
    MeasureFactory(engagement=engagement)
    engagement.load_plan()

    with django_assert_num_queries(0):
        assert len(policies.measure_blockers(engagement)) == 3


@pytest.mark.parametrize(
    ("kind", "value", "is_fit"),
    [
        pytest.param(MeasureKind.NUMBER, "42", True, id="whole number"),
        pytest.param(MeasureKind.NUMBER, "-3.5", True, id="below zero"),
        pytest.param(MeasureKind.NUMBER, " 1,200 ", True, id="thousands"),
        pytest.param(MeasureKind.NUMBER, "1,20", False, id="comma elsewhere"),
        pytest.param(MeasureKind.NUMBER, "60%", False, id="with its unit"),
        pytest.param(MeasureKind.NUMBER, "about 40", False, id="words"),
        pytest.param(MeasureKind.NUMBER, "٤٢", False, id="other digits"),
        pytest.param(MeasureKind.NUMBER, "1e999", False, id="exponent"),
        pytest.param(MeasureKind.NUMBER, "", True, id="nothing"),
        pytest.param(MeasureKind.SCALE, "3.5", True, id="score"),
        pytest.param(MeasureKind.SCALE, "high", False, id="score in words"),
        pytest.param(MeasureKind.YES_NO, "Yes", True, id="yes"),
        pytest.param(MeasureKind.YES_NO, "no", True, id="no"),
        pytest.param(MeasureKind.YES_NO, "perhaps", False, id="perhaps"),
        pytest.param(MeasureKind.STORY, "They ring each other", True, id="story"),
        pytest.param("", "anything", True, id="kind not decided"),
    ],
)
def test_expected_form_by_kind(kind, value, is_fit):
    assert (policies.expected_form(kind, value) == "") is is_fit


@pytest.mark.parametrize(
    ("value", "number"), [("1,200.5", Decimal("1200.5")), ("-3", Decimal(-3)), ("many", None), ("", None)], ids=str
)
def test_number_of_a_value(value, number):
    assert policies.number_of(value) == number


def test_tying_blockers(engagement, planned):
    foreign = PlannedInterventionFactory()

    assert policies.tying_blockers(None, []) == []
    assert policies.tying_blockers(planned, [planned]) == []
    assert "not in this plan" in policies.tying_blockers(foreign, [planned])[0].sentence
