"""What the database refuses of a measure, and in which words."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from evaluation.models import MeasureSuggestion
from tests.factories.evaluation import MeasureFactory, MeasureSuggestionFactory, ResultFactory

pytestmark = pytest.mark.django_db

IMPOSSIBLE = [
    pytest.param({"baseline": "42"}, "Enter the date of the baseline", id="baseline without its date"),
    pytest.param(
        {"baseline": "42", "baseline_on": date(2016, 4, 1), "no_baseline_reason": "Nobody counted"},
        "either a baseline or the reason",
        id="baseline and a reason for none",
    ),
    pytest.param(
        {"baseline": "42", "baseline_on": date(2016, 4, 1), "due_on": date(2016, 4, 1)},
        "must be after the date of the baseline",
        id="target on the day of the baseline",
    ),
]


@pytest.mark.parametrize(("values", "words"), IMPOSSIBLE)
def test_measure_that_cannot_be_is_refused_in_words(values, words):
    with pytest.raises(ValidationError, match=words):
        MeasureFactory.build(engagement=MeasureFactory().engagement, **values).full_clean()


@pytest.mark.parametrize(("values", "words"), IMPOSSIBLE)
def test_measure_that_cannot_be_is_refused_by_the_database(values, words):
    with pytest.raises(IntegrityError), transaction.atomic():
        MeasureFactory(**values)


def test_measure_with_any_part_left_out_can_be_saved():
    measure = MeasureFactory(baseline="", no_baseline_reason="", target="", due_on=None)

    assert measure.full_clean() is None
    assert not measure.has_baseline


@pytest.mark.parametrize(
    ("values", "has_baseline"),
    [({}, False), ({"baseline": "42", "baseline_on": date(2016, 4, 1)}, True), ({"no_baseline_reason": "Nobody counted"}, True)],
    ids=["neither", "baseline", "reason"],
)
def test_measure_has_a_baseline_or_a_reason_for_none(values, has_baseline):
    assert MeasureFactory(**values).has_baseline is has_baseline


def test_measure_suggestion_has_a_place_of_its_own_in_its_intervention():
    first = MeasureSuggestionFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        MeasureSuggestionFactory(intervention=first.intervention, position=first.position)

    assert str(first) == first.outcome
    assert MeasureSuggestion.objects.filter(intervention=first.intervention).count() == 1


def test_result_says_how_far_it_has_come_in_a_known_word():
    result = ResultFactory.build(measure=MeasureFactory(), reached="nearly")

    with pytest.raises(ValidationError, match="nearly"):
        result.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        ResultFactory(story=True, reached="nearly")
