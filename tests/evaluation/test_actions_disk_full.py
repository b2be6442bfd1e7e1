"""No write of evaluation leaves half of itself behind where its history cannot be written, as on a full disk."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from engagements.enums import EngagementStatus
from evaluation import actions
from evaluation.enums import FeedbackKind, Moment, Sharing
from evaluation.models import DeliveredSession, EarlierTarget, FeedbackForm, FeedbackLink, Learning, Measure, Result
from tests.factories.accounts import RegionalAdminFactory
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory
from tests.factories.evaluation import (
    DeliveredSessionFactory,
    FeedbackFormFactory,
    FeedbackLinkFactory,
    LearningFactory,
    MeasureFactory,
    ResultFactory,
)

pytestmark = pytest.mark.django_db

KEPT = (DeliveredSession, EarlierTarget, FeedbackForm, FeedbackLink, Learning, Measure, Result)
DAY = date(2017, 1, 9)


class Plan:
    """A plan in evaluation, with a row of everything that can be written to."""

    def __init__(self):
        self.engagement = EngagementFactory(status=EngagementStatus.IN_EVALUATION, shared_at=timezone.now())
        self.by = self.engagement.lead_consultant
        self.planned = PlannedInterventionFactory(engagement=self.engagement)
        self.measure = MeasureFactory(engagement=self.engagement, planned_intervention=self.planned, with_baseline=True)
        self.dropped = MeasureFactory(engagement=self.engagement, dropped_on=DAY, dropped_reason="The ward closed")
        self.waiting = ResultFactory(measure=self.measure)
        self.session = DeliveredSessionFactory(planned_intervention=self.planned)
        self.prepared = FeedbackFormFactory(planned_intervention=self.planned)
        self.opened = FeedbackLinkFactory(form__planned_intervention=self.planned).form
        self.learning = LearningFactory(engagement=self.engagement)
        self.proposed = LearningFactory(engagement=self.engagement, proposed=True)


def soon():
    return timezone.localdate() + timedelta(days=3)


WRITES = {
    "add a session": lambda p: actions.add_session(planned=p.planned, values={"held_on": DAY}, by=p.by),
    "change a session": lambda p: actions.change_session(session=p.session, values={"note": "Full"}, by=p.by),
    "remove a session": lambda p: actions.remove_session(session=p.session, by=p.by),
    "prepare a form": lambda p: actions.add_feedback_form(
        planned=p.planned, values={"kind": FeedbackKind.ROOM, "bank_questions": ["useful"], "closes_on": soon()}, by=p.by
    ),
    "change a form": lambda p: actions.change_feedback_form(form=p.prepared, values={"own_question": "Why?"}, by=p.by),
    "remove a form": lambda p: actions.remove_feedback_form(form=p.prepared, by=p.by),
    "open a form": lambda p: actions.open_feedback_form(form=p.prepared, by=p.by),
    "move the last day": lambda p: actions.extend_feedback_form(form=p.opened, values={"closes_on": soon()}, by=p.by),
    "close a form": lambda p: actions.close_feedback_form(form=p.opened, by=p.by),
    "make a new link": lambda p: actions.renew_feedback_link(form=p.opened, by=p.by),
    "write learning": lambda p: actions.add_learning(
        engagement=p.engagement, values={"worked": "Suppers", "sharing": Sharing.TEAM}, by=p.by
    ),
    "change learning": lambda p: actions.change_learning(learning=p.learning, values={"worked": "Lunches"}, by=p.by),
    "remove learning": lambda p: actions.remove_learning(learning=p.learning, by=p.by),
    "accept learning": lambda p: actions.accept_learning(
        learning=p.proposed, values={"evidence": "Suppers"}, by=RegionalAdminFactory(region=p.engagement.lead_region)
    ),
    "decline learning": lambda p: actions.decline_learning(
        learning=p.proposed, values={"reason": "Too soon"}, by=RegionalAdminFactory(region=p.engagement.lead_region)
    ),
    "add a collection": lambda p: actions.add_result(
        measure=p.measure, values={"moment": Moment.DURING, "due_on": soon()}, by=p.by
    ),
    "change a collection": lambda p: actions.change_result(
        result=p.waiting, values={"moment": p.waiting.moment, "due_on": soon()}, by=p.by
    ),
    "collect": lambda p: actions.collect_result(result=p.waiting, values={"collected_on": DAY, "value": "50"}, by=p.by),
    "say why there is none": lambda p: actions.miss_result(result=p.waiting, values={"missed_reason": "Lost"}, by=p.by),
    "remove a collection": lambda p: actions.remove_result(result=p.waiting, by=p.by),
    "set another target": lambda p: actions.retarget_measure(
        measure=p.measure, values={"target": "65", "due_on": p.measure.due_on, "reason": "Two wards closed"}, by=p.by
    ),
    "drop a measure": lambda p: actions.drop_measure(measure=p.measure, values={"reason": "The ward closed"}, by=p.by),
    "take it up again": lambda p: actions.restore_measure(measure=p.dropped, by=p.by),
    "say what else caused it": lambda p: actions.write_contribution(
        measure=p.measure, values={"contribution": "A new rota"}, by=p.by
    ),
}


def stands():
    """Return every row of what evaluation keeps."""
    return {model.__name__: sorted(model.objects.values_list(), key=str) for model in KEPT}


@pytest.mark.parametrize("write", WRITES)
def test_a_write_without_its_history_is_no_write(monkeypatch, write):
    def fail(*args, **kwargs):
        raise OSError("no space left")

    plan = Plan()
    before = stands()
    with monkeypatch.context() as full:
        full.setattr("core.audit.AuditEvent.objects.create", fail)
        with pytest.raises(OSError, match="no space left"):
            WRITES[write](plan)

    assert stands() == before

    WRITES[write](Plan())

    assert stands() != before
