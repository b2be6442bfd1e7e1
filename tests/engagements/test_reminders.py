"""Reminders before and after the due date: each once, on the right day, whatever the clocks do (P10, D15)."""

from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from engagements import actions, jobs, policies
from engagements.enums import REMINDER_HOUR, MessageKind, MessageStatus, SigningOrder, VersionOutcome
from engagements.models import Message, PlanVersion
from tests.engagements.situations import decide, engagement_at, waiting_version
from tests.factories.engagements import ClientLeadFactory, EngagementFactory, MessageFactory, PlanVersionFactory

pytestmark = pytest.mark.django_db
K = MessageKind
DAY = date(2017, 4, 3)


def at(day, hour=9, minute=0):
    """Return a moment by the clocks of England."""
    return timezone.make_aware(datetime.combine(day, datetime.min.time()).replace(hour=hour, minute=minute))


def waiting(due_on=DAY, *, asked_on=None, **fields):
    """Return a version that has waited for one signatory since a day."""
    submitted_at = at(asked_on or due_on - timedelta(days=10))
    version = PlanVersionFactory(engagement=EngagementFactory(**fields), due_on=due_on, submitted_at=submitted_at)
    ClientLeadFactory(engagement=version.engagement, position=1)
    return version


def due(now):
    return [(row.kind, row.client_lead) for row in policies.due_reminders(now)]


def kinds(now):
    return [kind for kind, _ in due(now)]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2017, 3, 30), []),
        (date(2017, 3, 31), [K.DECISION_DUE]),
        (date(2017, 4, 3), [K.DECISION_DUE]),
        (date(2017, 4, 4), [K.DECISION_OVERDUE]),
        (date(2017, 5, 4), [K.DECISION_OVERDUE]),
    ],
    ids=str,
)
def test_p10_a_signatory_is_reminded_three_days_before_the_due_date_and_the_day_after(day, expected):
    waiting()

    assert kinds(at(day)) == expected


@pytest.mark.parametrize(("hour", "minute", "count"), [(0, 1, 0), (REMINDER_HOUR - 1, 59, 0), (REMINDER_HOUR, 0, 1), (23, 59, 1)])
def test_d15_reminders_begin_in_the_morning_by_the_clocks_of_england(hour, minute, count):
    # British Summer Time: seven in the morning is six by the world's clock.
    waiting()

    assert len(due(at(DAY, hour, minute))) == count


def test_nobody_is_reminded_on_the_day_they_were_asked():
    waiting(asked_on=DAY - timedelta(days=2))

    assert kinds(at(DAY - timedelta(days=2), 23)) == []
    assert kinds(at(DAY - timedelta(days=1))) == [K.DECISION_DUE]


def test_whoever_was_asked_later_is_not_reminded_on_that_day():
    version = waiting()
    lead = version.engagement.client_leads.get()
    MessageFactory(version=version, client_lead=lead, kind=K.DECISION_ASKED, created_at=at(DAY))

    assert kinds(at(DAY, 23)) == []
    assert kinds(at(DAY + timedelta(days=1))) == [K.DECISION_OVERDUE]


def test_p15_only_whoever_is_asked_now_is_reminded():
    engagement = engagement_at("in_review", signatories=2, signing_order=SigningOrder.IN_ORDER)
    first, second = engagement.client_leads.order_by("position", "pk")
    later = at(waiting_version(engagement).due_on)

    assert due(later) == [(K.DECISION_DUE, first)]
    decide(first)
    assert due(later) == [(K.DECISION_DUE, second)]


def test_the_deputy_is_asked_with_the_second_reminder():
    version = waiting()
    lead = version.engagement.client_leads.get()
    ClientLeadFactory(engagement=version.engagement, is_signatory=False, deputy_for=lead)

    assert due(at(DAY)) == [(K.DECISION_DUE, lead)]
    assert due(at(DAY + timedelta(days=1))) == [(K.DECISION_OVERDUE, lead), (K.DEPUTY_ASKED, lead)]


def test_each_deputy_is_asked_once_and_so_is_whoever_replaces_them():
    version = waiting()
    lead = version.engagement.client_leads.get()
    late = at(DAY + timedelta(days=1))
    first = ClientLeadFactory(engagement=version.engagement, is_signatory=False, deputy_for=lead)
    jobs.queue_reminders(late)
    assert due(late) == []

    first.removed_at, first.deputy_for = timezone.now(), None
    first.save()
    ClientLeadFactory(engagement=version.engagement, is_signatory=False, deputy_for=lead)

    assert due(late) == [(K.DEPUTY_ASKED, lead)]
    jobs.queue_reminders(late)
    jobs.queue_reminders(late)
    assert Message.objects.filter(kind=K.DEPUTY_ASKED).count() == 2


def test_nobody_is_reminded_of_what_is_settled_or_has_no_due_date():
    PlanVersionFactory(due_on=DAY, recalled=True)
    PlanVersionFactory(due_on=None)

    assert due(at(DAY)) == []


def test_a_reminder_is_written_once_however_often_the_job_runs(monkeypatch):
    waiting()

    for hour in range(7, 24):
        jobs.queue_reminders(at(DAY, hour))

    assert Message.objects.filter(kind=K.DECISION_DUE).count() == 1


def test_a_reminder_that_two_workers_find_due_is_written_once():
    waiting()
    (reminder,) = policies.due_reminders(at(DAY))

    actions.queue_reminder(reminder=reminder)
    actions.queue_reminder(reminder=reminder)

    assert Message.objects.count() == 1


def test_a_reminder_goes_to_the_signatory(django_capture_on_commit_callbacks):
    engagement = engagement_at("in_review")
    version = waiting_version(engagement)
    mail.outbox.clear()

    with django_capture_on_commit_callbacks(execute=True):
        jobs.queue_reminders(at(version.due_on))

    assert [email.to for email in mail.outbox] == [[engagement.client_leads.get().user.email]]
    assert mail.outbox[0].subject.startswith("Reminder: please decide on")
    assert Message.objects.get(kind=K.DECISION_DUE).status == MessageStatus.SENT


def test_d15_reminders_fire_once_over_two_years_with_every_change_of_the_clocks():
    first, last = date(2015, 12, 28), date(2018, 1, 5)
    # Around both changes of the clocks of each year, a leap day, and the turn of the year.
    clocks = {date(2016, 3, 27), date(2016, 10, 30), date(2017, 3, 26), date(2017, 10, 29), date(2016, 2, 29), date(2016, 12, 31)}
    due_dates = sorted({day + timedelta(days=shift) for day in clocks for shift in (-1, 0, 1, 2, 3)})
    versions = {waiting(day, asked_on=day - timedelta(days=6)).pk: day for day in due_dates}
    written = {}

    moment, end = at(first, 0), at(last, 0)
    while moment < end:
        for reminder in policies.due_reminders(moment):
            key = (reminder.version.pk, reminder.kind)
            assert key not in written
            written[key] = moment
            of = {"version": reminder.version, "client_lead": reminder.client_lead, "kind": reminder.kind}
            MessageFactory(**of, key=reminder.key, created_at=moment)
        # Ten days after its due date a version is settled at last.
        late = PlanVersion.objects.filter(
            outcome=VersionOutcome.WAITING, due_on__lt=timezone.localdate(moment) - timedelta(days=10)
        )
        late.update(outcome=VersionOutcome.RECALLED, settled_at=moment)
        moment += timedelta(hours=6)

    assert set(written) == {(pk, kind) for pk in versions for kind in (K.DECISION_DUE, K.DECISION_OVERDUE)}
    for (pk, kind), when in written.items():
        wanted = versions[pk] + timedelta(days=-3 if kind == K.DECISION_DUE else 1)
        assert timezone.localdate(when) == wanted
        assert REMINDER_HOUR <= timezone.localtime(when).hour < REMINDER_HOUR + 6


def test_due_reminders_take_as_many_queries_for_many_versions_as_for_one(django_assert_num_queries):
    waiting()
    with django_assert_num_queries(4):
        policies.due_reminders(at(DAY))
    for _ in range(5):
        waiting()

    with django_assert_num_queries(4):
        assert len(policies.due_reminders(at(DAY))) == 6
