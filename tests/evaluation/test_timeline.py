"""The timeline: what was delivered, measured, said and decided, in its order and no more than may be told (P48)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from core.refusals import ActionRefused
from engagements.enums import EngagementStatus
from evaluation import actions, policies
from evaluation.models import DeliveredSession
from tests.engagements.situations import engagement_at
from tests.factories.engagements import ClientLeadFactory, EngagementFactory, PlannedInterventionFactory
from tests.factories.evaluation import (
    DeliveredSessionFactory,
    EarlierTargetFactory,
    FeedbackAnswerFactory,
    FeedbackFormFactory,
    MeasureFactory,
    ResultFactory,
)
from tests.helpers import as_user, date_boxes, submit, text_of

pytestmark = pytest.mark.django_db

DAY = date(2017, 1, 9)


@pytest.fixture
def planned():
    engagement = EngagementFactory(status=EngagementStatus.IN_DELIVERY, shared_at=timezone.now())
    return PlannedInterventionFactory(engagement=engagement, title="Three suppers", starts_on=DAY, ends_on=date(2100, 1, 1))


@pytest.fixture
def lead(planned):
    """Return the client of the engagement's lead consultant."""
    return as_user(planned.engagement.lead_consultant)


def url(planned, tail=""):
    return f"/engagements/{planned.engagement.reference}/timeline/{tail}"


def told(planned):
    (timeline,) = policies.timelines_of(planned.engagement, on=timezone.localdate())
    return [row.text for row in timeline.happened], [row.text for row in timeline.to_come]


def test_everything_stands_in_the_order_in_which_it_happened(planned):
    DeliveredSessionFactory(planned_intervention=planned, held_on=DAY + timedelta(1), attended=12)
    DeliveredSessionFactory(planned_intervention=planned, held_on=DAY + timedelta(2))
    measure = MeasureFactory(engagement=planned.engagement, planned_intervention=planned, outcome="Calls", with_baseline=True)
    ResultFactory(measure=measure, collected_on=DAY + timedelta(3), value="50")
    ResultFactory(measure=measure, due_on=DAY + timedelta(4), missed_reason="Lost")
    ResultFactory(measure=measure, due_on=date(2099, 1, 1))
    EarlierTargetFactory(measure=measure)
    dropped = MeasureFactory(
        engagement=planned.engagement, planned_intervention=planned, outcome="Visits", dropped_on=DAY, dropped_reason="Closed"
    )
    ResultFactory(measure=dropped, due_on=date(2099, 1, 1))
    FeedbackFormFactory(planned_intervention=planned)
    now = timezone.now()
    FeedbackFormFactory(planned_intervention=planned, opened=True, opened_at=now, closed_at=now + timedelta(seconds=1))

    happened, to_come = told(planned)

    assert happened == [
        "“Calls” began at 42",
        "Planned to begin",
        "“Visits” was dropped",
        "A session was held; 12 people came",
        "A session was held",
        "“Calls”, at the end: 50",
        "“Calls”, at the end: not collected",
        "“Calls”: the target of 70 became 60",
        "Participants were asked",
        "No more answers were taken",
    ]
    assert to_come == ["“Calls”, at the end: due", "Planned to end"]


def test_moves_and_decisions_stand_on_it():
    engagement = engagement_at(EngagementStatus.IN_DELIVERY)

    (timeline,) = policies.timelines_of(engagement, on=timezone.localdate())

    texts = [row.text for row in timeline.happened if row.kind in ("Plan", "Decision")]
    name = engagement.client_leads.get().user.full_name
    assert texts == ["The plan was submitted", f"{name} agreed to version 1", "All signatories have agreed", "Delivery started"]


def test_p43_open_feedback_is_told_and_not_counted(planned, lead):
    asked = FeedbackFormFactory(planned_intervention=planned, opened=True)
    before = text_of(lead.get(url(planned)))

    FeedbackAnswerFactory.create_batch(7, form=asked)

    assert text_of(lead.get(url(planned))) == before
    assert told(planned)[1][0] == "Last day to answer"


def test_session_is_added_changed_and_removed(lead, planned):
    submit(lead, url(planned, f"new/{planned.pk}/"), {"attended": "12", "note": "It rained"} | date_boxes("held_on", DAY))
    session = DeliveredSession.objects.get()
    assert "It rained" in text_of(lead.get(url(planned)))

    submit(lead, url(planned, f"{session.pk}/"), {"attended": "14"})
    session.refresh_from_db()
    assert session.attended == 14
    submit(lead, url(planned, f"{session.pk}/remove/"))

    assert not DeliveredSession.objects.exists()
    with pytest.raises(ActionRefused, match="removed this session"):
        actions.remove_session(session=session, by=planned.engagement.lead_consultant)


def test_session_that_is_still_to_come_is_refused(lead, planned):
    response = submit(lead, url(planned, f"new/{planned.pk}/"), date_boxes("held_on", date(2099, 1, 1)))

    assert "must be today or in the past" in text_of(response)
    assert not DeliveredSession.objects.exists()


@pytest.mark.parametrize(
    ("status", "shared", "said"),
    [
        (EngagementStatus.CLOSED, True, "read and not changed any more"),
        (EngagementStatus.WITHDRAWN, True, "read and not changed any more"),
        (EngagementStatus.CO_DESIGN, False, "once the plan has been submitted"),
    ],
)
def test_sessions_are_kept_while_there_is_something_to_deliver(status, shared, said):
    engagement = EngagementFactory(status=status, shared_at=timezone.now() if shared else None)
    planned = PlannedInterventionFactory(engagement=engagement)

    with pytest.raises(ActionRefused, match=said):
        actions.add_session(planned=planned, values={"held_on": DAY}, by=engagement.lead_consultant)


def test_client_reads_the_timeline_and_changes_nothing(planned):
    DeliveredSessionFactory(planned_intervention=planned)
    client = as_user(ClientLeadFactory(engagement=planned.engagement).user)

    text = text_of(client.get(url(planned)))

    assert "A session was held" in text
    assert "Add a session" not in text
    assert client.get(url(planned, f"new/{planned.pk}/")).status_code == 403
