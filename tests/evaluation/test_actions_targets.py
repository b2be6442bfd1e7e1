"""Writes to targets and to measures that have results: replaced with a reason, given up, kept as they were."""

from datetime import date

import pytest
from django.utils import timezone

from core.refusals import ActionRefused
from engagements.actions import recall_engagement, revise_engagement, submit_engagement
from engagements.enums import EngagementStatus
from evaluation import actions
from evaluation.enums import Moment
from evaluation.models import EarlierTarget, Measure, Result
from evaluation.policies import progress_of
from tests.engagements.situations import engagement_at
from tests.evaluation.recording import DAY, collect, lead_of, under_way, verbs
from tests.factories.evaluation import EarlierTargetFactory, MeasureFactory, ResultFactory

pytestmark = pytest.mark.django_db


# Targets, and measures that are given up.


def test_p39_target_that_is_replaced_stays_with_the_reason():
    measure = under_way()
    first = measure.target, measure.due_on
    target_day = ResultFactory(measure=measure, moment=Moment.TARGET, due_on=measure.due_on)
    values = {"target": "55", "due_on": date(2018, 1, 1), "reason": "Two wards closed"}

    actions.retarget_measure(measure=measure, values=values, by=lead_of(measure))
    actions.retarget_measure(measure=measure, values=values | {"target": "50", "reason": "A third"}, by=lead_of(measure))

    measure.refresh_from_db()
    target_day.refresh_from_db()
    progress = progress_of(measure, measure.results.all(), measure.earlier_targets.order_by("pk"))
    assert (progress.first_target, progress.first_due_on) == first
    assert (measure.target, measure.due_on) == ("50", date(2018, 1, 1))
    assert [(row.target, row.reason) for row in progress.earlier] == [("60", "Two wards closed"), ("55", "A third")]
    assert target_day.due_on == date(2018, 1, 1)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"target": "60", "due_on": date(2017, 4, 1), "reason": "Again"}, "the same as before"),
        ({"target": "55", "due_on": date(2017, 4, 1), "reason": " "}, "Enter why the target changes"),
        ({"target": "55", "due_on": date(2016, 3, 1), "reason": "Sooner"}, "must be after the date of the baseline"),
    ],
)
def test_target_is_not_replaced_without_a_change_a_reason_and_a_true_date(values, said):
    measure = under_way()

    with pytest.raises(ActionRefused, match=said):
        actions.retarget_measure(measure=measure, values=values, by=lead_of(measure))

    measure.refresh_from_db()
    assert measure.target == "60"
    assert not EarlierTarget.objects.exists()


def test_p39_target_that_was_agreed_stays_when_the_reopened_plan_names_another():
    engagement = engagement_at(EngagementStatus.AGREED)
    by = engagement.lead_consultant
    measure = engagement.measures.get()
    revise_engagement(engagement=engagement, values={"reason": "The trust merges"}, by=by)

    for target in ("70", "80"):
        actions.change_measure(measure=measure, values={"target": target}, by=by)
    actions.change_measure(measure=measure, values={"owner": "The board"}, by=by)

    (earlier,) = EarlierTarget.objects.all()
    assert (earlier.target, earlier.reason, earlier.replaced_by) == ("60", "The trust merges", by)


def test_target_that_nobody_agreed_to_is_just_changed():
    measure = MeasureFactory(with_baseline=True)

    actions.change_measure(measure=measure, values={"target": "70"}, by=lead_of(measure))

    assert not EarlierTarget.objects.exists()


def test_dropped_measure_is_collected_no_more_until_it_is_taken_up_again():
    measure = under_way()
    result = ResultFactory(measure=measure)
    by = lead_of(measure)

    actions.drop_measure(measure=measure, values={"reason": "The ward closed"}, by=by)

    with pytest.raises(ActionRefused, match="Take it up again"):
        collect(result)
    with pytest.raises(ActionRefused, match="Take it up again"):
        actions.drop_measure(measure=measure, values={"reason": "Twice"}, by=by)
    measure.refresh_from_db()
    assert (measure.dropped_on, measure.dropped_reason) == (timezone.localdate(), "The ward closed")
    actions.restore_measure(measure=measure, by=by)
    collect(result)
    result.refresh_from_db()
    assert result.value == "50"


def test_contribution_is_kept():
    measure = under_way()

    actions.write_contribution(measure=measure, values={"contribution": "A mild winter"}, by=lead_of(measure))

    measure.refresh_from_db()
    assert measure.contribution == "A mild winter"


# The plan, once there are results.


@pytest.mark.parametrize("values", [{"unit": "weeks"}, {"kind": "story"}, {"unit": "weeks", "kind": "scale"}])
def test_unit_of_results_is_not_changed_under_them(values):
    measure = MeasureFactory(with_baseline=True, kind="number", unit="days")
    ResultFactory(measure=measure, collected=True)

    with pytest.raises(ActionRefused, match="Drop this measure on the page of results"):
        actions.change_measure(measure=measure, values=values, by=lead_of(measure))

    measure.refresh_from_db()
    assert (measure.kind, measure.unit) == ("number", "days")


def test_unit_without_results_and_other_words_can_change():
    measure = MeasureFactory(with_baseline=True, kind="number", unit="days")
    waiting = ResultFactory(measure=measure)
    actions.change_measure(measure=measure, values={"unit": "weeks"}, by=lead_of(measure))
    Result.objects.filter(pk=waiting.pk).update(collected_on=DAY, value="50")

    actions.change_measure(measure=measure, values={"unit": "weeks", "outcome": "Shorter"}, by=lead_of(measure))

    measure.refresh_from_db()
    assert (measure.unit, measure.outcome) == ("weeks", "Shorter")


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(lambda measure: ResultFactory(measure=measure, collected=True), id="a result"),
        pytest.param(lambda measure: ResultFactory(measure=measure, missed_reason="Closed"), id="why there is none"),
        pytest.param(lambda measure: EarlierTargetFactory(measure=measure), id="an earlier target"),
        pytest.param(lambda measure: Measure.objects.update(dropped_on=DAY, dropped_reason="Closed"), id="why it was dropped"),
    ],
)
def test_measure_of_which_something_was_said_is_dropped_and_not_removed(said):
    measure = MeasureFactory()
    said(measure)

    with pytest.raises(ActionRefused, match="Drop it on the page of results"):
        actions.remove_measure(measure=measure, by=lead_of(measure))

    assert Measure.objects.filter(pk=measure.pk).exists()


def test_measure_without_results_goes_with_its_collections():
    measure = MeasureFactory()
    ResultFactory(measure=measure)

    actions.remove_measure(measure=measure, by=lead_of(measure))

    assert not Result.objects.exists()
    assert verbs(measure.engagement) == ["removed", "removed"]


def test_collection_with_a_result_stays_what_it_was():
    result = ResultFactory(measure=under_way(), collected=True)
    by = lead_of(result.measure)

    with pytest.raises(ActionRefused, match="stays what it was"):
        actions.change_result(result=result, values={"moment": Moment.BASELINE}, by=by)
    actions.change_result(result=result, values={"moment": result.moment, "due_on": DAY}, by=by)

    result.refresh_from_db()
    assert (result.moment, result.due_on) == (Moment.END, DAY)


def test_new_date_of_the_target_is_collected_where_nothing_is_near():
    measure = under_way()
    ResultFactory(measure=measure, due_on=date(2017, 3, 25))
    values = {"target": "60", "due_on": date(2017, 9, 1), "reason": "Later"}

    actions.retarget_measure(measure=measure, values=values, by=lead_of(measure))

    assert list(measure.results.filter(moment=Moment.TARGET).values_list("due_on", flat=True)) == [date(2017, 9, 1)]
    near = values | {"due_on": date(2017, 9, 5), "reason": "A little"}
    actions.retarget_measure(measure=measure, values=near, by=lead_of(measure))
    assert measure.results.filter(moment=Moment.TARGET).count() == 1


def test_target_of_a_plan_that_was_only_recalled_is_just_changed():
    engagement = engagement_at(EngagementStatus.AGREED)
    by = engagement.lead_consultant
    measure = engagement.measures.get()
    revise_engagement(engagement=engagement, values={"reason": "The trust merges"}, by=by)
    actions.change_measure(measure=measure, values={"target": "70"}, by=by)
    submit_engagement(engagement=engagement, values={"message": ""}, by=by)
    recall_engagement(engagement=engagement, by=by)

    actions.change_measure(measure=measure, values={"target": "80"}, by=by)

    assert [row.target for row in EarlierTarget.objects.all()] == ["60"]
