"""When measures are collected and what their results come to: worked out by hand in each row."""

from datetime import date

import pytest

from engagements.enums import EngagementStatus
from engagements.models import Engagement, PlannedIntervention
from evaluation import documents, policies
from evaluation.enums import Direction, MeasureKind, MeasureLevel, MeasureStatus, Moment, Reached
from evaluation.models import EarlierTarget, Measure, Result

ON = date(2017, 6, 1)
LONG_AGO, LATER = date(2017, 1, 9), date(2017, 12, 1)


def a_measure(**values):
    """Return a number that should rise from 40 to 60 by December, unless it is said otherwise."""
    usual = {"kind": MeasureKind.NUMBER, "baseline": "40", "baseline_on": date(2016, 9, 1), "target": "60", "due_on": LATER}
    return Measure(outcome="Fewer delays", **usual | values)


def collected(value="", on=LONG_AGO, pk=1, **values):
    return Result(pk=pk, moment=values.pop("moment", Moment.END), due_on=on, collected_on=on, value=value, **values)


def waiting(due_on=LATER, pk=9, **values):
    return Result(pk=pk, moment=values.pop("moment", Moment.MONTHS_6), due_on=due_on, **values)


def status_of(measure, *results):
    return policies.progress_of(measure, results).status


# What it has come to.


@pytest.mark.parametrize(
    ("values", "result", "reached"),
    [
        pytest.param({}, "60", Reached.MET, id="at the target"),
        pytest.param({}, "1,060.5", Reached.MET, id="beyond it, with a comma"),
        pytest.param({}, "41", Reached.PARTLY, id="moved towards it"),
        pytest.param({}, "40", Reached.NOT_MET, id="where it began"),
        pytest.param({}, "12", Reached.NOT_MET, id="the wrong way"),
        pytest.param({"target": "20"}, "20", Reached.MET, id="down, as the target says"),
        pytest.param({"target": "20"}, "30", Reached.PARTLY, id="partly down"),
        pytest.param({"direction": Direction.DECREASE, "baseline": "", "target": "20"}, "30", Reached.NOT_MET, id="no baseline"),
        pytest.param({"direction": Direction.INCREASE, "baseline": "", "target": "20"}, "20", Reached.MET, id="said to rise"),
        pytest.param({"direction": Direction.INCREASE, "target": "0"}, "0", Reached.MET, id="zero is a number"),
        pytest.param({"kind": MeasureKind.SCALE, "baseline": "2", "target": "4"}, "3.5", Reached.PARTLY, id="a scale"),
        pytest.param({"kind": MeasureKind.YES_NO, "target": "Yes"}, "yes", Reached.MET, id="yes"),
        pytest.param({"kind": MeasureKind.YES_NO, "target": "Yes"}, "No", Reached.NOT_MET, id="no"),
    ],
)
def test_result_is_laid_beside_baseline_and_target(values, result, reached):
    measure = a_measure(**values)

    assert policies.reached_by(measure, collected(result), measure.baseline) == reached


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"kind": MeasureKind.STORY}, id="a story"),
        pytest.param({"direction": Direction.MAINTAIN}, id="it should stay"),
        pytest.param({"target": "most of them"}, id="a target in words"),
        pytest.param({"baseline": "", "direction": ""}, id="nobody said which way"),
        pytest.param({"target": "40"}, id="the target is where it began"),
        pytest.param({"kind": ""}, id="no form"),
        pytest.param({"kind": MeasureKind.YES_NO, "target": ""}, id="yes or no without a target"),
    ],
)
def test_person_says_how_far_it_has_come_where_values_do_not(values):
    measure = a_measure(**values)

    assert policies.needs_judgement(measure, measure.baseline)
    assert policies.reached_by(measure, collected("50"), measure.baseline) is None
    assert policies.reached_by(measure, collected("50", reached=Reached.PARTLY), measure.baseline) == Reached.PARTLY


def test_value_that_is_no_number_says_nothing():
    assert policies.reached_by(a_measure(), collected("about half"), "40") is None


@pytest.mark.parametrize(
    ("results", "status"),
    [
        pytest.param([], MeasureStatus.PLANNED, id="no collections"),
        pytest.param([waiting()], MeasureStatus.PLANNED, id="all to come"),
        pytest.param([waiting(LONG_AGO), waiting(LATER, pk=8)], MeasureStatus.PLANNED, id="one late, one to come"),
        pytest.param([waiting(LONG_AGO)], MeasureStatus.PLANNED, id="late, and nobody has said why"),
        pytest.param([waiting(LONG_AGO, missed_reason="Closed")], MeasureStatus.NOT_COLLECTED, id="given up"),
        pytest.param([collected("50"), waiting()], MeasureStatus.IN_PROGRESS, id="on the way"),
        pytest.param([collected("60"), waiting()], MeasureStatus.MET, id="met before its time"),
        pytest.param([collected("50")], MeasureStatus.PARTLY_MET, id="nothing more to come"),
        pytest.param([collected("39")], MeasureStatus.NOT_MET, id="not met"),
        pytest.param([collected("50", LATER), waiting()], MeasureStatus.PARTLY_MET, id="the date of the target has come"),
        pytest.param([collected("60"), collected("45", ON, pk=2)], MeasureStatus.PARTLY_MET, id="it fell back"),
        pytest.param([collected("60", moment=Moment.BASELINE), waiting()], MeasureStatus.PLANNED, id="a baseline is no result"),
    ],
)
def test_status_follows_from_the_latest_result(results, status):
    assert status_of(a_measure(), *results) == status


def test_dropped_measure_is_dropped_whatever_it_showed():
    measure = a_measure(dropped_on=ON, dropped_reason="The ward closed")

    assert status_of(measure, collected("60")) == MeasureStatus.DROPPED


def test_story_without_a_word_on_how_far_is_in_progress():
    assert status_of(a_measure(kind=MeasureKind.STORY), collected(narrative="They ring")) == MeasureStatus.IN_PROGRESS


def test_collected_baseline_stands_for_the_one_the_plan_lacks():
    measure = a_measure(baseline="", baseline_on=None)

    progress = policies.progress_of(measure, [collected("40", moment=Moment.BASELINE), collected("50", ON, pk=2)])

    assert (progress.baseline, progress.baseline_on) == ("40", LONG_AGO)
    assert progress.status == MeasureStatus.PARTLY_MET


def test_first_and_current_target_are_known():
    earlier = [EarlierTarget(target="80", due_on=ON, reason="Too much"), EarlierTarget(target="70", due_on=LATER, reason="Still")]

    progress = policies.progress_of(a_measure(), [], earlier)

    assert (progress.first_target, progress.first_due_on) == ("80", ON)
    assert policies.progress_of(a_measure(), []).first_target == "60"
    assert policies.progress_of(a_measure(), []).first_due_on == LATER


# When.


def planned(starts_on=date(2017, 1, 10), ends_on=date(2017, 3, 31)):
    return PlannedIntervention(title="Coaching", starts_on=starts_on, ends_on=ends_on)


def when(measure):
    return [(moment.value, day.isoformat()) for moment, day in policies.usual_collections(measure, ON)]


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (MeasureLevel.INDIVIDUAL, [("during", "2017-02-19"), ("end", "2017-03-31"), ("months_3", "2017-06-30")]),
        (MeasureLevel.TEAM, [("end", "2017-03-31"), ("months_3", "2017-06-30"), ("months_6", "2017-09-30")]),
        (MeasureLevel.ORGANISATION, [("end", "2017-03-31"), ("months_6", "2017-09-30"), ("months_12", "2018-03-31")]),
        (MeasureLevel.SYSTEM, [("end", "2017-03-31"), ("months_6", "2017-09-30"), ("months_12", "2018-03-31")]),
        (MeasureLevel.POPULATION, [("months_6", "2017-09-30"), ("months_12", "2018-03-31")]),
        ("", [("end", "2017-03-31"), ("months_6", "2017-09-30")]),
    ],
)
def test_usual_collections_follow_the_level(level, expected):
    measure = a_measure(level=level, due_on=None, planned_intervention=planned())

    assert when(measure) == expected


def test_usual_collections_hold_the_date_of_the_target_unless_another_is_near():
    far = a_measure(level=MeasureLevel.POPULATION, due_on=date(2018, 1, 1), planned_intervention=planned())
    near = a_measure(level=MeasureLevel.POPULATION, due_on=date(2018, 4, 14), planned_intervention=planned())

    assert ("target", "2018-01-01") in when(far)
    assert when(far) == sorted(when(far), key=lambda row: row[1])
    assert "target" not in dict(when(near))


def test_usual_collections_begin_with_the_baseline_that_the_plan_lacks():
    later = planned(starts_on=date(2017, 7, 1), ends_on=date(2017, 9, 1))
    measure = a_measure(baseline="", no_baseline_reason="Nobody asked", due_on=None, planned_intervention=later)

    assert when(measure)[0] == ("baseline", "2017-07-01")
    # Once it has begun there is no baseline to be had.
    measure.planned_intervention = planned()
    assert "baseline" not in dict(when(measure))


def test_usual_collections_without_dates_count_from_the_target_or_from_today():
    assert when(a_measure(planned_intervention=planned(None, None))) == [("end", "2017-12-01"), ("months_6", "2018-06-01")]
    assert when(a_measure(due_on=None)) == [("end", "2017-06-01"), ("months_6", "2017-12-01")]
    one_day = planned(ON, ON)
    assert "during" not in dict(when(a_measure(level=MeasureLevel.INDIVIDUAL, due_on=None, planned_intervention=one_day)))


# A second look.


@pytest.mark.parametrize(
    ("measure", "result", "said"),
    [
        pytest.param(a_measure(unit="% of wards"), collected("140"), "More than 100%", id="over a hundred per cent"),
        pytest.param(a_measure(unit="per cent"), collected("101"), "More than 100%", id="in words"),
        pytest.param(a_measure(), collected("50", date(2016, 8, 1)), "before the baseline of 1 September 2016", id="too early"),
        pytest.param(a_measure(), collected("50", narrative="Then Mrs Patel rang"), "“Mrs Patel”", id="a name with a title"),
        pytest.param(a_measure(), collected("50", narrative="and Sarah Okoye agreed"), "“Sarah Okoye”", id="a first name"),
    ],
)
def test_odd_result_is_pointed_out(measure, result, said):
    (remark,) = policies.remarks_on(result, policies.progress_of(measure, [result]))

    assert said in remark


@pytest.mark.parametrize(
    ("measure", "result"),
    [
        pytest.param(a_measure(unit="% of wards"), collected("100"), id="all of them"),
        pytest.param(a_measure(unit="beds"), collected("140"), id="no per cent"),
        pytest.param(a_measure(), collected("50", narrative="West Yorkshire Fire Service joined on Monday"), id="no person"),
        pytest.param(a_measure(), collected("50", date(2016, 8, 1), moment=Moment.BASELINE), id="a baseline of its own"),
        pytest.param(a_measure(), waiting(), id="not collected yet"),
    ],
)
def test_ordinary_result_is_left_alone(measure, result):
    assert policies.remarks_on(result, policies.progress_of(measure, [result])) == []


# What may be done.


@pytest.mark.parametrize("status", EngagementStatus)
def test_results_are_kept_from_agreement_to_the_end(status):
    engagement = Engagement(status=status)
    running = status in (EngagementStatus.AGREED, EngagementStatus.IN_DELIVERY, EngagementStatus.IN_EVALUATION)
    ended = status in (EngagementStatus.CLOSED, EngagementStatus.WITHDRAWN)

    assert (policies.recording_blockers(engagement, has_collections=False) == []) is running
    # A plan that was reopened goes on with what it has.
    assert (policies.recording_blockers(engagement, has_collections=True) == []) is not ended


@pytest.mark.parametrize(
    ("measure", "results", "owes", "is_result"),
    [
        pytest.param(a_measure(), [], True, False, id="never collected"),
        pytest.param(a_measure(), [waiting(LONG_AGO)], True, False, id="late"),
        pytest.param(a_measure(), [collected("60"), waiting(LONG_AGO)], True, False, id="met, and one is late"),
        pytest.param(a_measure(), [collected("60"), waiting(LATER)], False, False, id="met, and one is to come"),
        pytest.param(a_measure(), [collected("50"), waiting(LATER)], False, False, id="on the way, and one is to come"),
        pytest.param(a_measure(), [waiting(LATER)], True, False, id="all is to come"),
        pytest.param(
            a_measure(), [waiting(missed_reason="Closed"), waiting(LATER)], False, False, id="one given up, one to come"
        ),
        pytest.param(
            a_measure(kind=MeasureKind.STORY), [collected(narrative="They ring")], True, False, id="nobody says how far"
        ),
        pytest.param(a_measure(), [collected("60")], False, True, id="met"),
        pytest.param(a_measure(), [collected("50")], False, True, id="partly met"),
        pytest.param(a_measure(), [waiting(missed_reason="Closed")], False, False, id="given up"),
        pytest.param(a_measure(dropped_on=ON, dropped_reason="Closed"), [waiting()], False, False, id="dropped"),
    ],
)
def test_measure_owes_a_word_before_the_end_and_counts_once_nothing_waits(measure, results, owes, is_result):
    measure.engagement = Engagement(status=EngagementStatus.IN_EVALUATION)
    progress = policies.progress_of(measure, results)

    assert progress.owes(ON) is owes
    assert progress.is_result is is_result


@pytest.mark.parametrize(("value", "is_result"), [("60", True), ("50", False)], ids=["met", "on the way"])
def test_after_the_end_what_was_still_to_come_makes_no_miss(value, is_result):
    measure = a_measure(engagement=Engagement(status=EngagementStatus.CLOSED))

    assert policies.progress_of(measure, [collected(value), waiting(LATER)]).is_result is is_result


# The chart.


def test_chart_draws_values_in_time_with_higher_ones_above():
    results = [collected("50", LONG_AGO), collected("60", ON, pk=2), waiting()]

    chart = documents.chart_of(policies.progress_of(a_measure(target="55"), results))

    assert [point.value for point in chart.points] == ["40", "50", "60"]
    xs, ys = [point.x for point in chart.points], [point.y for point in chart.points]
    assert xs == sorted(xs)
    assert ys == sorted(ys, reverse=True)
    assert ys[1] > chart.target_y > ys[2]
    assert chart.line.count(" ") == 2
    assert chart.points[0].label_y < chart.points[0].y
    assert all(0 <= x <= chart.width for x in xs)
    assert all(0 <= y <= chart.height for y in ys)


def test_chart_of_equal_values_is_a_line_in_the_middle():
    chart = documents.chart_of(policies.progress_of(a_measure(target="most"), [collected("40")]))

    assert len({point.y for point in chart.points}) == 1
    assert chart.target_y is None


@pytest.mark.parametrize(
    ("values", "results"),
    [
        pytest.param({}, [], id="one value"),
        pytest.param({"kind": MeasureKind.STORY}, [collected(narrative="One"), collected(narrative="Two", pk=2)], id="stories"),
        pytest.param({"kind": MeasureKind.YES_NO}, [collected("Yes"), collected("No", pk=2)], id="yes or no"),
        pytest.param({"baseline": "some"}, [collected("50")], id="a baseline in words"),
    ],
)
def test_nothing_to_draw_is_no_chart(values, results):
    assert documents.chart_of(policies.progress_of(a_measure(**values), results)) is None


@pytest.mark.parametrize(
    ("direction", "target", "said"),
    [
        (Direction.INCREASE, "42", "The target is the same as the baseline. Is that what was meant?"),
        (Direction.DECREASE, "42.0", "The target is the same as the baseline. Is that what was meant?"),
        ("", "42", "The target is the same as the baseline. Is that what was meant?"),
        (Direction.INCREASE, "41", "The target lies below the baseline, though it should go up."),
        (Direction.DECREASE, "43", "The target lies above the baseline, though it should go down."),
        (Direction.INCREASE, "1,000", ""),
        (Direction.DECREASE, "-1", ""),
        (Direction.MAINTAIN, "42", ""),
        (Direction.INCREASE, "a lot", ""),
    ],
)
def test_an_odd_target_is_said_in_words(direction, target, said):
    measure = a_measure(direction=direction, target=target)

    assert policies.remarks_on_target(measure, "42") == ([said] if said else [])
    assert policies.remarks_on_target(measure, "") == []


def test_no_remark_on_a_target_that_is_no_number():
    assert policies.remarks_on_target(a_measure(kind="yes_no", target="yes", direction=""), "yes") == []
