"""Values compared by what they mean and said in words."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import records, said
from engagements.models import PlannedIntervention, Purpose
from tests.core.editing import change, last_event
from tests.factories.accounts import ConsultantFactory
from tests.factories.directory import a_footprint, a_region
from tests.factories.engagements import PlannedInterventionFactory, PurposeFactory
from tests.factories.framework import a_step
from tests.factories.interventions import ProviderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return ConsultantFactory(full_name="Ann Archer")


@pytest.fixture
def purpose():
    return PurposeFactory(statement="Fewer falls", real_work_issue="Nobody owns it")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        pytest.param(Decimal("12.50"), Decimal("12.5"), id="a sum with more zeros"),
        pytest.param(Decimal("1E+3"), Decimal("1000"), id="a sum in another notation"),
        pytest.param("a\r\nb", "a\nb", id="a browser's line breaks"),
        pytest.param(
            datetime(2016, 7, 1, 13, tzinfo=ZoneInfo("Europe/London")), datetime(2016, 7, 1, 12, tzinfo=UTC), id="summer time"
        ),
        pytest.param([3, 1], (1, 3), id="rows in another order"),
    ],
)
def test_values_that_mean_the_same_compare_alike(typed, stored):
    assert said.comparable(typed) == said.comparable(stored)


def test_every_comparable_value_is_plain_json():
    values = [None, True, 3, Decimal("0.10"), date(2016, 1, 2), "x", a_region(), [a_footprint(), a_footprint(14)]]

    for value in values:
        plain = said.comparable(value)
        assert json.loads(json.dumps(plain)) == plain


@given(first=st.text(), second=st.text())
def test_texts_have_the_same_fingerprint_only_when_they_are_the_same(first, second):
    are_same = said.comparable(first) == said.comparable(second)

    assert (records.fingerprint(said.comparable(first)) == records.fingerprint(said.comparable(second))) == are_same


def test_a_snapshot_reads_no_related_row(django_assert_num_queries):
    planned = PlannedIntervention.objects.get(pk=PlannedInterventionFactory(provider=ProviderFactory()).pk)

    with django_assert_num_queries(0):
        records.snapshot(planned, ["title", "provider", "intervention", "estimated_cost"])


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        ("", ""),
        (True, "yes"),
        (False, "no"),
        (Decimal("1234.5"), "1,234.50"),
        (date(2016, 7, 1), "1 July 2016"),
        ([1, "a"], "1, a"),
        (7, "7"),
    ],
)
def test_values_are_said_in_words(value, words):
    assert said.as_text(value) == words


def test_a_moment_is_said_in_local_time():
    assert "1 July 2016" in said.as_text(datetime(2016, 6, 30, 23, 30, tzinfo=UTC))


def test_rows_are_said_by_name(purpose):
    purpose.forward_view_steps.set([a_step()])

    assert said.as_text(purpose.forward_view_steps) == "Care and quality gap"
    assert said.as_text(purpose.forward_view_steps.all()) == "Care and quality gap"


def test_long_texts_are_cut_in_the_trail_and_nowhere_else(purpose, ann):
    change(purpose, {"statement": "x" * 4000}, ann)

    assert len(last_event().changes[0]["new"]) == records.MAX_AUDIT_TEXT
    assert len(Purpose.objects.get(pk=purpose.pk).statement) == 4000
