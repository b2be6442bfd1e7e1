"""The daily summary: one email a day at most, worked out when it is sent, never about one's own action (P34)."""

from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPAuthenticationError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone

from accounts.enums import DIGEST_FAILED
from accounts.models import User
from accounts.policies import is_digest_due
from core import audit, outbox
from core.mail import MOST_TRIES_TODAY
from core.models import AuditEvent, OutboxEntry
from engagements import actions, jobs, notifications, policies, tasks
from engagements.enums import MAX_EVENTS_TOLD, DecisionOutcome, EngagementStatus, SigningOrder
from engagements.models import Engagement
from tests.emptying import append_only_lifted
from tests.engagements.situations import decide, engagement_at, ready_engagement, waiting_version
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory
from tests.factories.engagements import ClientLeadFactory, CommentFactory, EngagementFactory, ParticipantGroupFactory

pytestmark = pytest.mark.django_db


def morning(days=1, hour=7):
    """Return an hour of the morning, so many mornings from now: in the small hours the next one is today's."""
    # A summary leaves out the last ten minutes.
    now = timezone.localtime() + timedelta(minutes=10)
    day = now.date() + timedelta(days=days - (now.hour < 7))
    return timezone.make_aware(datetime.combine(day, datetime.min.time()).replace(hour=hour))


def send_digests(now):
    """Let the job begin what is due, and the outbox send it."""
    jobs.queue_digests(now)
    outbox.work_off()


def told(person, days=1):
    """Return what the summary of a person tells, engagement by engagement, as sentences of text."""
    now = morning(days)
    return policies.digest_for(person, since=now - timedelta(days=3), until=now)


def verbs(person):
    return [event.verb for news in told(person) for event in news.events]


def to(person):
    return [email for email in mail.outbox if email.to == [person.email]]


def quiet(*people):
    """Let nobody but these want a summary."""
    for person in people:
        type(person).objects.exclude(pk__in=[row.pk for row in people]).update(wants_digest=False)


def busy(by=None, count=3, **fields):
    """Return an engagement on which somebody has added groups."""
    engagement = EngagementFactory(**fields)
    by = by or ConsultantFactory()
    for number in range(count):
        group = ParticipantGroupFactory(engagement=engagement, name=f"Group {number}")
        audit.record("added", group, by=by, trail=engagement.trail)
    return engagement


def test_p34_five_hundred_events_give_one_email():
    person, colleague = ConsultantFactory(), ConsultantFactory()
    quiet(person)
    for number in range(5):
        busy(colleague, 100, lead_consultant=person, title=f"Work {number}")

    for hour in range(7, 24):
        send_digests(morning(hour=hour))

    assert len(mail.outbox) == 1
    (email,) = to(person)
    assert email.subject == "Your daily summary: 5 engagements"
    assert email.body.count("added group Group") == 5 * MAX_EVENTS_TOLD
    assert email.body.count("80 earlier, and then:") == 5


def test_p34_a_summary_comes_once_a_day_and_tells_nothing_twice():
    person = ConsultantFactory()
    quiet(person)
    engagement = busy(lead_consultant=person, count=1)

    send_digests(morning(1))
    send_digests(morning(2))
    assert len(mail.outbox) == 1

    carers = ParticipantGroupFactory(engagement=engagement, name="Carers")
    _move(audit.record("added", carers, by=ConsultantFactory(), trail=engagement.trail), morning(2, 12))
    send_digests(morning(3))

    assert len(mail.outbox) == 2
    assert "Carers" in mail.outbox[1].body
    assert "Group 0" not in mail.outbox[1].body


def _move(event, moment):
    """Let an event have happened at another moment; the trail itself never changes."""
    with append_only_lifted(connection):
        AuditEvent._base_manager.filter(pk=event.pk).update(at=moment)


def test_p34_nothing_to_tell_is_no_email():
    person = ConsultantFactory()
    EngagementFactory(lead_consultant=person)

    send_digests(morning())

    assert mail.outbox == []


def test_p34_nobody_is_told_of_what_they_did():
    person = ConsultantFactory()
    busy(person, lead_consultant=person)

    assert told(person) == []


def test_the_portals_own_doings_are_told_but_links_are_not():
    person = ConsultantFactory()
    engagement = engagement_at(EngagementStatus.IN_REVIEW, lead_consultant=person, lead_region=person.region)
    audit.record("added", waiting_version(engagement), by=None, trail=engagement.trail)
    AuditEvent.objects.create(
        verb="added", subject_type="accounts.invitation", subject_id=1, subject_label="x", trail=engagement.trail
    )

    assert [event.subject_type for event in told(person)[0].events] == ["engagements.planversion"]


def test_p35_consultants_are_told_of_what_they_lead_or_work_on_now():
    lead, member, other = ConsultantFactory(), ConsultantFactory(), ConsultantFactory()
    engagement = busy(lead_consultant=lead)
    engagement.team.add(member)

    assert [len(told(person)) for person in (lead, member, other, NationalAdminFactory())] == [1, 1, 0, 0]


@pytest.mark.parametrize("change", [{"wants_digest": False}, {"is_active": False}], ids=["unwanted", "left"])
def test_p35_a_summary_goes_to_active_people_who_want_it(change):
    person = ConsultantFactory(**change)
    busy(lead_consultant=person)

    send_digests(morning())

    assert to(person) == []


def test_no_summary_comes_before_the_morning():
    person = ConsultantFactory()
    busy(lead_consultant=person)

    send_digests(morning(hour=6))

    assert mail.outbox == []


def test_client_leads_are_told_of_versions_comments_and_decisions_only():
    engagement = ready_engagement(signatories=2)
    first, second = engagement.client_leads.order_by("pk")
    actions.change_engagement(engagement=engagement, values={"client": "The Wolds"}, by=engagement.lead_consultant)
    actions.submit_engagement(engagement=engagement, values={"message": ""}, by=engagement.lead_consultant)
    audit.record("commented on", CommentFactory(version=waiting_version(engagement)), by=second.user, trail=engagement.trail)
    decide(second)

    assert verbs(first.user) == ["submitted version 1 of", "commented on", "agreed to"]
    assert verbs(second.user) == ["submitted version 1 of"]


def test_client_leads_are_told_nothing_before_a_plan_is_shared_and_after_they_left():
    engagement = busy()
    lead = ClientLeadFactory(engagement=engagement)
    assert told(lead.user) == []

    shared = engagement_at(EngagementStatus.IN_REVIEW)
    gone = shared.client_leads.get()
    assert len(told(gone.user)) == 1
    gone.removed_at = timezone.now()
    gone.save()
    assert told(gone.user) == []


def test_the_summary_says_what_waits_on_its_reader():
    engagement = engagement_at(EngagementStatus.IN_REVIEW, signatories=2, signing_order=SigningOrder.IN_ORDER)
    first, second = engagement.client_leads.order_by("position", "pk")
    deputy = ClientLeadFactory(engagement=engagement, is_signatory=False, deputy_for=first)
    reader = ClientLeadFactory(engagement=engagement, is_signatory=False)
    due_on = waiting_version(engagement).due_on

    asked = f"You are asked to agree to this plan or to ask for changes by {due_on.day} {due_on:%B %Y}."
    assert [told(row.user)[0].waits for row in (first, deputy, second, reader)] == [asked, asked, "", ""]

    version = waiting_version(engagement)
    version.due_on = None
    version.save()
    assert told(first.user)[0].waits == "You are asked to agree to this plan or to ask for changes."

    decide(first, DecisionOutcome.CHANGES_WANTED, "Too dear.")
    consultant = Engagement.objects.get(pk=engagement.pk).lead_consultant
    assert told(consultant)[0].waits == "The client wants changes. Read the comments, then submit again."
    assert told(consultant)[0].path == engagement.get_absolute_url()


def test_nothing_waits_where_nothing_was_submitted_or_the_plan_is_agreed():
    draft = busy()
    agreed = engagement_at(EngagementStatus.AGREED)

    assert told(draft.lead_consultant)[0].waits == ""
    assert told(agreed.lead_consultant)[0].waits == ""


def test_the_summary_links_to_each_engagement_and_to_the_preferences(settings):
    settings.PORTAL_ADDRESS = "https://portal.example"
    person = ConsultantFactory()
    quiet(person)
    engagement = busy(lead_consultant=person, title="Frailty & <falls>", count=1)

    send_digests(morning())

    email = mail.outbox[0]
    html = BeautifulSoup(email.alternatives[0].content, "html.parser")
    page = f"https://portal.example{engagement.get_absolute_url()}"
    assert [a["href"] for a in html.select("a")] == [page, "https://portal.example/accounts/preferences/"]
    assert html.select_one("h2").get_text() == f"{engagement.reference} Frailty & <falls>"
    assert page in email.body
    assert "Frailty & <falls>" in email.body


@pytest.mark.parametrize(
    "error",
    [
        SMTPServerDisconnected("down"),
        SMTPAuthenticationError(535, b"no"),
        ConnectionRefusedError(),
        OSError(113, "No route to host"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_summaries_that_a_mail_server_did_not_take_go_to_everybody_once_it_is_back(monkeypatch, error):
    people = ConsultantFactory.create_batch(2)
    quiet(*people)
    for person in people:
        busy(lead_consultant=person)

    def fail(*args, **kwargs):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
        send_digests(morning())
        send_digests(morning(hour=8))
    assert mail.outbox == []

    outbox.work_off(timezone.now() + outbox.pause_after(1))
    assert sorted(email.to for email in mail.outbox) == sorted([person.email] for person in people)


def refuse(person):
    """Let a mail server refuse the address of one person."""
    send = EmailMessage.send

    def refuse_one(self, *args, **kwargs):
        if self.to == [person.email]:
            raise SMTPRecipientsRefused({person.email: (550, b"no such mailbox")})
        return send(self, *args, **kwargs)

    return "django.core.mail.EmailMessage.send", refuse_one


def mistake_about(person):
    """Let the summary of one person be beyond writing."""
    build = notifications.build_digest

    def fail_one(reader, news):
        if reader == person:
            raise ValueError(f"{person.full_name} <{person.email}>")
        return build(reader, news)

    return "engagements.notifications.build_digest", fail_one


@pytest.mark.parametrize("happen", [refuse, mistake_about], ids=lambda row: row.__name__)
def test_one_summary_that_cannot_be_sent_stops_nobody_elses_and_is_tried_again_next_day(monkeypatch, caplog, settings, happen):
    settings.CELERY_TASK_EAGER_PROPAGATES = False
    first, second = people = ConsultantFactory.create_batch(2)
    quiet(*people)
    for person in people:
        busy(lead_consultant=person)

    with monkeypatch.context() as patch:
        patch.setattr(*happen(first))
        jobs.queue_digests(morning())
        outbox.work_off(timezone.now() + timedelta(days=1))
    assert [email.to for email in mail.outbox] == [[second.email]]
    assert OutboxEntry.objects.failed().get().tries == MOST_TRIES_TODAY
    assert first.email not in caplog.text
    assert first.full_name not in caplog.text

    _move(AuditEvent.objects.get(verb=DIGEST_FAILED, subject_id=first.pk), morning())
    for hour in (8, 23):
        send_digests(morning(hour=hour))
    assert not is_digest_due(User.objects.get(pk=first.pk), morning(hour=9))
    assert to(first) == []

    send_digests(morning(2))
    assert "Group 0" in to(first)[0].body


def test_a_summary_that_is_given_up_after_the_next_day_began_takes_nothing_back():
    person = ConsultantFactory(digested_until=morning(2))

    tasks.send_digest.give_up(person.pk, morning(0).isoformat(), morning(1).isoformat())

    assert User.objects.get(pk=person.pk).digested_until == morning(2)
    assert AuditEvent.objects.filter(verb=DIGEST_FAILED, subject_id=person.pk).exists()


def test_a_summary_is_not_sent_to_somebody_who_wants_it_no_more():
    person = ConsultantFactory()
    quiet(person)
    busy(lead_consultant=person)
    jobs.queue_digests(morning())

    User.objects.update(wants_digest=False)
    outbox.work_off()

    assert mail.outbox == []


def test_a_summary_tells_of_a_week_at_most(monkeypatch):
    person = ConsultantFactory(digested_until=morning(-100))
    quiet(person)
    seen = []
    monkeypatch.setattr(policies, "digest_for", lambda person, since, until: seen.append(since) or [])

    send_digests(morning())

    # A week before the ten minutes that it leaves to the next.
    assert seen == [morning() - timedelta(days=7, minutes=10)]


def test_a_summary_taken_up_by_another_worker_is_left_to_it(monkeypatch):
    person = ConsultantFactory()
    quiet(person)
    busy(lead_consultant=person)
    monkeypatch.setattr(jobs, "people_due_for_digest", lambda now: [person])

    send_digests(morning())
    send_digests(morning())

    assert len(mail.outbox) == 1


def test_d15_a_summary_comes_once_on_each_day_of_a_leap_year(monkeypatch):
    person = ConsultantFactory()
    quiet(person)
    days = []
    monkeypatch.setattr(policies, "digest_for", lambda person, since, until: days.append(timezone.localdate(until)) or [])

    moment = datetime(2016, 1, 1, tzinfo=UTC)
    while moment < datetime(2017, 1, 1, tzinfo=UTC):
        send_digests(moment)
        moment += timedelta(hours=6)

    assert days == [date(2016, 1, 1) + timedelta(days=number) for number in range(366)]
