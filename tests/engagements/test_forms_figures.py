"""Numbers, sums of money and dates as people type them: read where they can be, refused in words and kept where they cannot."""

from datetime import date
from decimal import Decimal

import pytest

from tests.engagements.typed import MONEY, boxes, funding_form, group_form, planned_form

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("headcount", "message"),
    [
        ("0", "A group has at least 1 person"),
        ("-3", "A group has at least 1 person"),
        ("100001", "Enter a number of people up to 100,000"),
        ("9" * 40, "Enter a number of people up to 100,000"),
        ("a dozen", "Enter how many people in digits, such as 30"),
        ("1.5", "Enter how many people in digits, such as 30"),
    ],
)
def test_a_headcount_that_cannot_be_is_refused_and_kept(headcount, message):
    form = group_form(name="Carers", headcount=headcount)

    assert not form.is_valid()
    assert message in form.errors["headcount"]
    assert form["headcount"].value() == headcount


@pytest.mark.parametrize("headcount", ["1", "100000", " 12 ", "١٢"])
def test_a_headcount_that_can_be_is_taken(headcount):
    form = group_form(name="Carers", headcount=headcount)

    assert form.is_valid()
    assert form.values["headcount"] >= 1


@pytest.mark.parametrize(
    ("cost", "message"),
    [
        ("-1", "A sum of money cannot be less than £0"),
        ("10000000", "A sum of money must be £9,999,999 or less"),
        ("9" * 60, "A sum of money must be £9,999,999 or less"),
        ("1e400", "A sum of money must be £9,999,999 or less"),
        ("NaN", "Enter a sum of money in pounds, like 4000 or 4000.50"),
        ("Infinity", "Enter a sum of money in pounds, like 4000 or 4000.50"),
        ("12.345", "Enter pounds and pence, like 4000.50"),
        ("about a thousand", "Enter a sum of money in pounds, like 4000 or 4000.50"),
    ],
)
@pytest.mark.parametrize(
    ("make", "least", "field"), [(planned_form, {"title": "x"}, "estimated_cost"), (funding_form, MONEY, "amount")]
)
def test_a_sum_that_cannot_be_is_refused_and_kept(make, least, field, cost, message):
    form = make(**least | {field: cost})

    assert not form.is_valid()
    assert form.errors[field][0] == message
    assert form[field].value().strip() == cost.replace(" ", "")


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("£4,000.50", "4000.50"), ("4 000", "4000"), ("0", "0"), ("9999999", "9999999"), ("£ 12", "12"), ("00012", "12")],
)
def test_a_sum_is_read_as_people_write_it(typed, amount):
    form = planned_form(title="Coaching", estimated_cost=typed)

    assert form.is_valid(), form.errors
    assert form.values["estimated_cost"] == Decimal(amount)


def test_both_a_cost_and_no_cost_is_refused():
    form = planned_form(title="Coaching", estimated_cost="500", is_no_cost="on")

    assert form.non_field_errors() == ["Either enter an estimated cost or tick “There is no cost”, not both."]


def test_no_cost_with_nothing_or_nought_entered_is_taken():
    assert planned_form(title="Coaching", is_no_cost="on").is_valid()
    assert planned_form(title="Coaching", is_no_cost="on", estimated_cost="0").is_valid()


def test_an_end_before_the_start_is_refused():
    dates = boxes("starts_on", 2, 2, 2017) | boxes("ends_on", 1, 2, 2017)

    form = planned_form(title="Coaching", **dates)

    assert form.non_field_errors() == ["The end date must be the same as or after the start date."]
    assert form["ends_on"].value() == ["1", "2", "2017"]


def test_an_intervention_of_one_day_is_taken():
    dates = boxes("starts_on", 2, 2, 2017) | boxes("ends_on", 2, "February", 2017)

    form = planned_form(title="Coaching", **dates)

    assert form.is_valid()
    assert form.values["starts_on"] == form.values["ends_on"] == date(2017, 2, 2)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ((31, 2, 2017), "The start date must be a real date"),
        ((29, 2, 2017), "The start date must be a real date"),
        ((1, 13, 2017), "The start date must have a month between 1 and 12"),
        ((1, 2, 17), "The start date must have a year with 4 numbers, like 2026"),
        ((0, 2, 2017), "The start date must be a real date"),
        (("first", "of", "May"), "The start date must be a real date"),
        (("", 2, 2017), "The start date must include a day"),
        ((1, "", ""), "The start date must include a month and a year"),
        ((1, 1, "0000"), "The start date must be a real date"),
    ],
)
def test_a_date_that_does_not_exist_is_refused_and_kept(typed, message):
    form = planned_form(title="Coaching", **boxes("starts_on", *typed))

    assert not form.is_valid()
    assert form.errors["starts_on"] == [message]
    assert form["starts_on"].value() == [str(part) for part in typed]


def test_a_leap_day_is_taken():
    assert planned_form(title="Coaching", **boxes("starts_on", 29, 2, 2016)).is_valid()


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("preparatory_percent", "101", "Enter a percentage from 0 to 100"),
        ("preparatory_percent", "-1", "Enter a percentage from 0 to 100"),
        ("preparatory_percent", "half", "Enter a whole number."),
        ("sessions", "-1", "Enter at least 1 session, or leave it empty"),
        ("sessions", "0", "Enter at least 1 session, or leave it empty"),
        ("sessions", "1001", "Enter a number of sessions up to 1,000"),
        ("places", "-1", "Enter at least 1 place, or leave it empty"),
        ("places", "0", "Enter at least 1 place, or leave it empty"),
        ("places", "100001", "Enter a number of places up to 100,000"),
    ],
)
def test_a_number_that_cannot_be_is_refused_in_words(field, typed, message):
    form = planned_form(title="Coaching", **{field: typed})

    assert message in form.errors[field]
    assert form[field].value() == typed


@pytest.mark.parametrize("typed", ["0", "100", "50%", " 49 % "])
def test_a_share_is_read_as_people_write_it(typed):
    assert planned_form(title="Coaching", preparatory_percent=typed).is_valid()
