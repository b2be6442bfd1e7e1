"""Adding, changing and removing measures: done, refused, and nothing left behind."""

from datetime import date

import pytest

from core import records
from core.models import AuditEvent
from core.records import EditConflict
from core.refusals import ActionRefused
from engagements.enums import EngagementStatus, StartedFrom
from evaluation import actions
from evaluation.models import Measure
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory
from tests.factories.evaluation import MeasureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def audit_fails(monkeypatch):
    """Let the audit write fail, as a full disk would."""

    def fail(*args, **kwargs):
        raise OSError("no space left")

    monkeypatch.setattr("core.audit.AuditEvent.objects.create", fail)


def test_add_measure_saves_it_and_says_so_in_the_history():
    engagement = EngagementFactory()
    planned = PlannedInterventionFactory(engagement=engagement)
    values = {"outcome": "Fewer delays", "planned_intervention": planned, "due_on": date(2017, 4, 1)}

    measure = actions.add_measure(engagement=engagement, values=values, by=engagement.lead_consultant)

    measure.refresh_from_db()
    assert (measure.engagement, measure.planned_intervention, measure.outcome) == (engagement, planned, "Fewer delays")
    event = AuditEvent.objects.get(trail=engagement.trail)
    assert (event.verb, event.subject_label, event.actor) == ("added", "measure Fewer delays", engagement.lead_consultant)


def test_add_measure_as_the_first_entry_says_where_the_conversation_started():
    engagement = EngagementFactory()

    actions.add_measure(engagement=engagement, values={"outcome": "Fewer delays"}, by=engagement.lead_consultant)

    engagement.refresh_from_db()
    assert engagement.started_from == StartedFrom.MEASURE


def test_add_measure_later_leaves_where_the_conversation_started():
    engagement = EngagementFactory(started_from=StartedFrom.PLACE)

    actions.add_measure(engagement=engagement, values={"outcome": "Fewer delays"}, by=engagement.lead_consultant)

    engagement.refresh_from_db()
    assert engagement.started_from == StartedFrom.PLACE


def test_add_measure_for_an_intervention_of_another_plan_is_refused():
    engagement = EngagementFactory()
    foreign = PlannedInterventionFactory()

    with pytest.raises(ActionRefused, match="not in this plan any more"):
        actions.add_measure(
            engagement=engagement,
            values={"outcome": "Fewer delays", "planned_intervention": foreign},
            by=engagement.lead_consultant,
        )

    assert not Measure.objects.exists()


@pytest.mark.parametrize("status", [status for status in EngagementStatus if status != EngagementStatus.CO_DESIGN])
def test_measures_outside_co_design_are_left_alone(status):
    measure = MeasureFactory(engagement__status=status, outcome="Fewer delays")
    by = measure.engagement.lead_consultant

    with pytest.raises(ActionRefused, match="change"):
        actions.add_measure(engagement=measure.engagement, values={"outcome": "More"}, by=by)
    with pytest.raises(ActionRefused, match="change"):
        actions.change_measure(measure=measure, values={"outcome": "Other"}, by=by)
    with pytest.raises(ActionRefused, match="change"):
        actions.remove_measure(measure=measure, by=by)

    assert [row.outcome for row in Measure.objects.all()] == ["Fewer delays"]
    assert not AuditEvent.objects.exists()


def test_add_measure_leaves_nothing_behind_when_the_audit_write_fails(audit_fails):
    engagement = EngagementFactory()

    with pytest.raises(OSError, match="no space"):
        actions.add_measure(engagement=engagement, values={"outcome": "Fewer delays"}, by=engagement.lead_consultant)

    engagement.refresh_from_db()
    assert not Measure.objects.exists()
    assert engagement.started_from == ""


def test_change_measure_tells_old_and_new():
    measure = MeasureFactory(outcome="Fewer delays", kind="number")

    actions.change_measure(measure=measure, values={"kind": "story"}, by=measure.engagement.lead_consultant)

    event = AuditEvent.objects.get(trail=measure.engagement.trail)
    assert event.changes == [{"field": "kind", "label": "form of the result", "old": "A number", "new": "A story"}]


def test_change_measure_merges_what_two_people_changed_in_different_fields():
    measure = MeasureFactory(outcome="Fewer delays", unit="days")
    by = measure.engagement.lead_consultant
    seen = records.snapshot(measure, ["outcome", "unit"])
    actions.change_measure(measure=measure, values={"unit": "hours"}, by=by)

    actions.change_measure(measure=measure, values={"outcome": "Shorter delays", "unit": "days"}, by=by, seen=seen)

    measure.refresh_from_db()
    assert (measure.outcome, measure.unit) == ("Shorter delays", "hours")


def test_change_measure_of_one_field_by_two_people_shows_both_until_one_is_chosen():
    measure = MeasureFactory(outcome="Fewer delays")
    by = measure.engagement.lead_consultant
    seen = records.snapshot(measure, ["outcome"])
    actions.change_measure(measure=measure, values={"outcome": "Theirs"}, by=by)

    with pytest.raises(EditConflict) as caught:
        actions.change_measure(measure=measure, values={"outcome": "Mine"}, by=by, seen=seen)
    assert caught.value.conflicts["outcome"].theirs == "Theirs"
    actions.change_measure(measure=measure, values={"outcome": "Mine"}, by=by, seen=seen, overwrite=["outcome"])

    measure.refresh_from_db()
    assert measure.outcome == "Mine"


def test_change_measure_that_merges_into_something_impossible_is_refused_in_words():
    measure = MeasureFactory()
    by = measure.engagement.lead_consultant
    seen = records.snapshot(measure, ["baseline", "baseline_on", "no_baseline_reason"])
    actions.change_measure(measure=measure, values={"no_baseline_reason": "Nobody counted"}, by=by)

    with pytest.raises(ActionRefused, match="either a baseline or the reason"):
        actions.change_measure(
            measure=measure,
            values={"baseline": "42", "baseline_on": date(2016, 4, 1), "no_baseline_reason": ""},
            by=by,
            seen=seen,
        )

    measure.refresh_from_db()
    assert (measure.baseline, measure.no_baseline_reason) == ("", "Nobody counted")


def test_change_measure_to_an_intervention_of_another_plan_is_refused():
    measure = MeasureFactory()
    values = {"planned_intervention": PlannedInterventionFactory()}

    with pytest.raises(ActionRefused, match="not in this plan any more"):
        actions.change_measure(measure=measure, values=values, by=measure.engagement.lead_consultant)


def test_change_measure_that_was_removed_meanwhile_is_refused():
    measure = MeasureFactory()
    Measure.objects.filter(pk=measure.pk).delete()

    with pytest.raises(ActionRefused, match="removed this measure meanwhile"):
        actions.change_measure(measure=measure, values={"outcome": "Mine"}, by=measure.engagement.lead_consultant)


def test_change_measure_leaves_nothing_behind_when_the_audit_write_fails(audit_fails):
    measure = MeasureFactory(outcome="Fewer delays")

    with pytest.raises(OSError, match="no space"):
        actions.change_measure(measure=measure, values={"outcome": "Mine"}, by=measure.engagement.lead_consultant)

    measure.refresh_from_db()
    assert measure.outcome == "Fewer delays"


def test_remove_measure_keeps_what_it_said_in_the_history():
    measure = MeasureFactory(outcome="Fewer delays", with_baseline=True)

    actions.remove_measure(measure=measure, by=measure.engagement.lead_consultant)

    assert not Measure.objects.exists()
    event = AuditEvent.objects.get(trail=measure.engagement.trail)
    assert event.verb == "removed"
    assert {"field": "baseline", "label": "baseline", "old": "42", "new": ""} in event.changes


def test_remove_measure_that_was_removed_meanwhile_is_refused():
    measure = MeasureFactory()
    Measure.objects.filter(pk=measure.pk).delete()

    with pytest.raises(ActionRefused, match="removed this measure meanwhile"):
        actions.remove_measure(measure=measure, by=measure.engagement.lead_consultant)


def test_remove_measure_leaves_it_when_the_audit_write_fails(audit_fails):
    measure = MeasureFactory()

    with pytest.raises(OSError, match="no space"):
        actions.remove_measure(measure=measure, by=measure.engagement.lead_consultant)

    assert Measure.objects.filter(pk=measure.pk).exists()
