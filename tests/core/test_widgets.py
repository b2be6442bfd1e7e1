import datetime

import pytest
from django import forms

from core.widgets import MoneyInput, NHSDateField, NHSDateWidget, PercentInput


def form_with(field, data):
    """Return a posted form of one field, `answer`."""
    return type("OneFieldForm", (forms.Form,), {"answer": field})(data)


def dated(day, month, year, **kwargs):
    """Return a posted form with a date in three boxes."""
    field = NHSDateField(**{"what": "the start date", **kwargs})
    return form_with(field, {"answer_day": day, "answer_month": month, "answer_year": year})


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param(("27", "3", "2026"), datetime.date(2026, 3, 27), id="numbers"),
        pytest.param((" 07 ", "03", "2026"), datetime.date(2026, 3, 7), id="zeros-and-spaces"),
        pytest.param(("27", "March", "2026"), datetime.date(2026, 3, 27), id="name-of-month"),
        pytest.param(("27", "sept", "2026"), datetime.date(2026, 9, 27), id="short-name"),
        pytest.param(("27", "Jun.", "2026"), datetime.date(2026, 6, 27), id="short-name-with-stop"),
        pytest.param(("29", "2", "2028"), datetime.date(2028, 2, 29), id="leap-day"),
    ],
)
def test_date_is_read_from_what_people_type(parts, expected):
    form = dated(*parts)

    assert form.is_valid()
    assert form.cleaned_data["answer"] == expected


@pytest.mark.parametrize(
    ("parts", "message", "faulty"),
    [
        pytest.param(("", "", ""), "Enter the start date", {"day", "month", "year"}, id="empty"),
        pytest.param(("27", "3", ""), "The start date must include a year", {"year"}, id="no-year"),
        pytest.param(("", "3", ""), "The start date must include a day and a year", {"day", "year"}, id="no-day-or-year"),
        pytest.param(("27", "3", "26"), "The start date must have a year with 4 numbers, like 2026", {"year"}, id="short-year"),
        pytest.param(("27", "13", "2026"), "The start date must have a month between 1 and 12", {"month"}, id="month-13"),
        pytest.param(("27", "Ma", "2026"), "The start date must be a real date", {"month"}, id="two-letters"),
        pytest.param(("x", "3", "2026"), "The start date must be a real date", {"day"}, id="letter-for-a-day"),
        pytest.param(("30", "2", "2026"), "The start date must be a real date", {"day"}, id="thirtieth-of-february"),
        pytest.param(("0", "3", "2026"), "The start date must be a real date", {"day"}, id="day-0"),
        pytest.param(("1", "1", "0000"), "The start date must be a real date", {"year"}, id="year-0"),
        pytest.param(("²", "1", "2026"), "The start date must be a real date", {"day"}, id="superscript"),
    ],
)
def test_date_that_cannot_be_read_says_what_to_repair_and_is_kept(parts, message, faulty):
    form = dated(*parts)

    assert form.errors["answer"] == [message]
    [error] = form.errors["answer"].as_data()
    assert NHSDateWidget().faulty_parts(error.code) == faulty
    assert form["answer"].value() == list(parts)


def test_date_left_out_of_an_optional_field_is_nothing():
    form = dated("", "", "", required=False)

    assert form.is_valid()
    assert form.cleaned_data["answer"] is None


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        pytest.param({"label": "Baseline date"}, "Enter the baseline date", id="from-the-label"),
        pytest.param({"what": "when it starts"}, "Enter when it starts", id="as-told"),
        pytest.param({}, "Enter the date", id="without-either"),
        pytest.param({"error_messages": {"required": "When does it start?"}}, "When does it start?", id="own-words"),
    ],
)
def test_missing_date_is_asked_for_by_name(kwargs, message):
    form = form_with(NHSDateField(**kwargs), {})
    form.fields["answer"].label = kwargs.get("label", "")

    assert form.errors["answer"] == [message]


def test_date_is_shown_in_its_three_boxes():
    assert NHSDateWidget().decompress(datetime.date(2026, 3, 27)) == [27, 3, 2026]
    assert NHSDateWidget().decompress(None) == [None, None, None]


def test_date_unchanged_is_seen_as_unchanged():
    field = NHSDateField()

    assert not field.has_changed(datetime.date(2026, 3, 27), ["27", "March", "2026"])
    assert field.has_changed(datetime.date(2026, 3, 27), ["28", "3", "2026"])


def test_date_as_one_text_is_read_too():
    assert NHSDateField().clean("2026-03-27") == datetime.date(2026, 3, 27)


@pytest.mark.parametrize("typed", ["£12,500", "12500", " 12 500 "])
def test_money_is_read_without_the_marks_around_it(typed):
    form = form_with(forms.IntegerField(widget=MoneyInput), {"answer": typed})

    assert form.is_valid()
    assert form.cleaned_data["answer"] == 12500


def test_per_cent_is_read_without_its_sign():
    form = form_with(forms.IntegerField(widget=PercentInput), {"answer": "25 %"})

    assert form.is_valid()
    assert form.cleaned_data["answer"] == 25


@pytest.mark.parametrize("widget", [MoneyInput, PercentInput])
def test_number_left_out_is_asked_for(widget):
    form = form_with(forms.IntegerField(widget=widget), {})

    assert "answer" in form.errors
