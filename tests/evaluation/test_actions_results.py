"""Writes to results: done, refused, and nothing left behind."""

from datetime import timedelta

import pytest

from core import audit
from core.models import AuditEvent
from core.refusals import ActionRefused
from engagements.actions import revise_engagement, start_delivery, submit_engagement
from engagements.enums import EngagementStatus
from evaluation import actions
from evaluation.enums import Moment
from evaluation.models import Result
from tests.engagements.situations import agree_all, engagement_at
from tests.evaluation.recording import DAY, collect, lead_of, under_way, verbs
from tests.factories.evaluation import MeasureFactory, ResultFactory

pytestmark = pytest.mark.django_db

OUTSIDE = [EngagementStatus.CLOSED, EngagementStatus.WITHDRAWN]


@pytest.fixture
def audit_fails(monkeypatch):
    """Let the audit write fail, as a full disk would."""

    def fail(*args, **kwargs):
        raise OSError("no space left")

    monkeypatch.setattr("core.audit.AuditEvent.objects.create", fail)


# The moves of the engagement.


def test_delivery_says_when_each_measure_is_collected():
    engagement = engagement_at(EngagementStatus.AGREED)

    start_delivery(engagement=engagement, by=engagement.lead_consultant)

    (measure,) = engagement.measures.all()
    assert {row.moment for row in measure.results.all()} == {Moment.END, Moment.MONTHS_6}
    assert verbs(engagement)[-2:] == ["planned", "planned"]


def test_delivery_does_not_start_where_its_collections_cannot_be_planned(monkeypatch):
    engagement = MeasureFactory(engagement__status=EngagementStatus.AGREED, with_baseline=True).engagement
    write = audit.record

    def fail_at_collections(verb, *args, **kwargs):
        if verb == "planned":
            raise OSError("no space left")
        return write(verb, *args, **kwargs)

    monkeypatch.setattr(audit, "record", fail_at_collections)

    with pytest.raises(OSError, match="no space"):
        start_delivery(engagement=engagement, by=engagement.lead_consultant)

    engagement.refresh_from_db()
    assert engagement.status == EngagementStatus.AGREED
    assert not Result.objects.exists()
    assert not AuditEvent.objects.exists()


def test_delivery_again_leaves_what_there_is():
    engagement = engagement_at(EngagementStatus.IN_DELIVERY)
    before = set(Result.objects.values_list("pk", flat=True))
    by = engagement.lead_consultant
    revise_engagement(engagement=engagement, values={"reason": "Another group joins"}, by=by)
    submit_engagement(engagement=engagement, values={"message": ""}, by=by)
    agree_all(engagement)

    start_delivery(engagement=engagement, by=by)

    assert set(Result.objects.values_list("pk", flat=True)) == before


def test_collections_are_added_on_demand_where_there_are_none():
    measure = under_way()
    MeasureFactory(engagement=measure.engagement, dropped_on=DAY, dropped_reason="Closed")

    actions.plan_results(engagement=measure.engagement, by=lead_of(measure))

    assert set(Result.objects.values_list("measure", flat=True)) == {measure.pk}
    with pytest.raises(ActionRefused, match="has its collections already"):
        actions.plan_results(engagement=measure.engagement, by=lead_of(measure))


def test_no_collections_before_the_plan_is_agreed():
    measure = MeasureFactory()

    with pytest.raises(ActionRefused, match="once the plan is agreed"):
        actions.plan_results(engagement=measure.engagement, by=lead_of(measure))


# One collection.


def test_add_and_change_when_it_is_due():
    measure = under_way()

    result = actions.add_result(measure=measure, values={"moment": Moment.DURING, "due_on": DAY}, by=lead_of(measure))
    actions.change_result(result=result, values={"moment": Moment.DURING, "due_on": DAY + timedelta(7)}, by=lead_of(measure))

    result.refresh_from_db()
    assert result.due_on == DAY + timedelta(7)
    assert verbs(measure.engagement) == ["added", "changed"]


def test_two_collections_of_a_kind_on_one_day_are_refused():
    result = ResultFactory(measure=under_way())
    values = {"moment": result.moment, "due_on": result.due_on}

    with pytest.raises(ActionRefused, match="has a collection of this kind on that day already"):
        actions.add_result(measure=result.measure, values=values, by=lead_of(result.measure))


def test_collect_writes_down_what_was_found_and_correct_changes_it():
    result = ResultFactory(measure=under_way())

    collect(result, narrative="Two wards began")
    collect(result, value="52", narrative="Two wards began")

    result.refresh_from_db()
    assert (result.collected_on, result.value, result.narrative) == (DAY, "52", "Two wards began")
    assert verbs(result.measure.engagement) == ["collected", "corrected"]


def test_collect_takes_back_that_there_is_none():
    result = ResultFactory(measure=under_way(), missed_reason="The survey was lost")

    collect(result)

    result.refresh_from_db()
    assert (result.value, result.missed_reason) == ("50", "")


def test_collect_without_a_result_is_refused():
    result = ResultFactory(measure=under_way())

    with pytest.raises(ActionRefused, match="Enter the result"):
        collect(result, value="")

    result.refresh_from_db()
    assert result.is_open


def test_collect_leaves_nothing_behind_when_the_history_cannot_be_written(audit_fails):
    result = ResultFactory(measure=under_way())

    with pytest.raises(OSError, match="no space"):
        collect(result)

    result.refresh_from_db()
    assert result.is_open


def test_miss_says_why_there_is_none():
    result = ResultFactory(measure=under_way())

    actions.miss_result(result=result, values={"missed_reason": "The ward closed"}, by=lead_of(result.measure))

    result.refresh_from_db()
    assert result.is_missed
    assert verbs(result.measure.engagement) == ["did not collect"]


def test_miss_and_remove_leave_a_result_alone():
    result = ResultFactory(measure=under_way(), collected=True)
    by = lead_of(result.measure)

    with pytest.raises(ActionRefused, match="You can correct it"):
        actions.miss_result(result=result, values={"missed_reason": "No"}, by=by)
    with pytest.raises(ActionRefused, match="You can correct it"):
        actions.remove_result(result=result, by=by)

    assert Result.objects.filter(pk=result.pk, value="50").exists()


def test_remove_takes_a_collection_away_once():
    result = ResultFactory(measure=under_way())
    by = lead_of(result.measure)

    actions.remove_result(result=result, by=by)

    with pytest.raises(ActionRefused, match="Somebody has removed this collection"):
        actions.remove_result(result=result, by=by)
    assert not Result.objects.exists()


@pytest.mark.parametrize("status", OUTSIDE)
def test_ended_engagement_is_left_alone(status):
    result = ResultFactory(measure=MeasureFactory(engagement__status=status))
    by = lead_of(result.measure)
    steps = [
        lambda: collect(result),
        lambda: actions.miss_result(result=result, values={"missed_reason": "No"}, by=by),
        lambda: actions.add_result(measure=result.measure, values={"moment": "end", "due_on": DAY}, by=by),
        lambda: actions.drop_measure(measure=result.measure, values={"reason": "No"}, by=by),
        lambda: actions.write_contribution(measure=result.measure, values={"contribution": "Snow"}, by=by),
    ]

    for step in steps:
        with pytest.raises(ActionRefused, match="can be read and not changed any more"):
            step()

    assert not AuditEvent.objects.exists()
