"""Messages that ask somebody to act: sent once, and tried again where they have not gone (P34)."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Invitation
from engagements import actions, jobs, policies, tasks
from engagements.enums import MAX_MESSAGE_TRIES, DecisionOutcome, EngagementStatus, MessageKind, MessageStatus
from engagements.models import Message
from tests.engagements.messages import about, in_review, message_of, send
from tests.engagements.situations import decide, reread
from tests.factories.engagements import ClientLeadFactory, MessageFactory, PlanVersionFactory

pytestmark = pytest.mark.django_db
K, S = MessageKind, MessageStatus


def test_a_message_is_sent_once(after_commit):
    engagement = after_commit(in_review)
    message = message_of(engagement)

    for _ in range(3):
        send(message)
    jobs.send_waiting_messages(timezone.now() + timedelta(days=9))

    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_message_send_one_mail(in_parallel, monkeypatch):
    engagement = in_review()
    mail.outbox.clear()
    message = about(engagement, K.DECISION_DUE)

    in_parallel(lambda number: tasks.send_message(message.pk), 4)

    message.refresh_from_db()
    assert (message.status, message.tries) == (S.SENT, 1)
    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_down_stops_no_decision_and_no_submission(after_commit, server_down):
    engagement = after_commit(in_review)
    lead = engagement.client_leads.get()

    after_commit(decide, lead, DecisionOutcome.CHANGES_WANTED, "Too dear.")

    assert reread(engagement).status == EngagementStatus.CO_DESIGN
    assert message_of(engagement, K.CHANGES_WANTED).status == S.WAITING
    assert message_of(engagement, K.CHANGES_WANTED).tries == 1


def test_what_has_not_gone_goes_later(after_commit, server_down):
    engagement = after_commit(in_review)
    message = message_of(engagement)
    assert (message.status, message.tries, message.sent_at) == (S.WAITING, 1, None)
    server_down()

    jobs.send_waiting_messages(message.tried_at + timedelta(minutes=1))
    assert mail.outbox == []
    Message.objects.update(tried_at=timezone.now() - timedelta(minutes=2))
    jobs.send_waiting_messages()

    message.refresh_from_db()
    assert (message.status, message.tries) == (S.SENT, 2)
    assert len(mail.outbox) == 1


def test_a_message_is_given_up_after_so_many_tries(after_commit, server_down):
    engagement = after_commit(in_review)
    message = message_of(engagement)

    for _ in range(MAX_MESSAGE_TRIES + 2):
        Message.objects.update(tried_at=timezone.now() - timedelta(days=9))
        send(message)

    assert (message.status, message.tries) == (S.FAILED, MAX_MESSAGE_TRIES)


def test_a_message_that_nobody_needs_any_more_during_its_last_try_has_not_failed(after_commit, monkeypatch):
    engagement = in_review()
    message = message_of(engagement)
    Message.objects.update(tries=MAX_MESSAGE_TRIES - 1)

    def recall_and_fail(*args, **kwargs):
        actions.recall_engagement(engagement=engagement, by=engagement.lead_consultant)
        raise SMTPServerDisconnected

    monkeypatch.setattr("django.core.mail.EmailMessage.send", recall_and_fail)

    assert send(message).status == S.NOT_NEEDED
    assert message.tries == MAX_MESSAGE_TRIES


@pytest.mark.parametrize(("tries", "minutes"), [(0, 1), (1, 2), (2, 4), (5, 32)])
def test_the_pause_between_two_tries_doubles(tries, minutes):
    now = timezone.now()
    message = MessageFactory.build(tries=tries, tried_at=now, version=PlanVersionFactory())

    assert not policies.is_to_try(message, now + timedelta(minutes=minutes, seconds=-1))
    assert policies.is_to_try(message, now + timedelta(minutes=minutes))


def test_a_mistake_in_one_message_counts_as_a_try_and_says_where_it_was_made(monkeypatch, caplog):
    engagement = in_review()

    def fail(*args):
        raise RuntimeError("Grace Obi, grace.obi@example.org")

    monkeypatch.setattr("engagements.notifications.build", fail)
    message = send(message_of(engagement))

    assert (message.status, message.tries) == (S.WAITING, 1)
    assert "RuntimeError at " in caplog.text
    assert "grace.obi" not in caplog.text


def test_a_message_to_an_address_that_cannot_be_written_to_is_given_up(caplog):
    engagement = in_review()
    message = message_of(engagement)
    message.client_lead.user.email = f"grace.obi@{'ü' * 60}.de"
    message.client_lead.user.save()

    for _ in range(MAX_MESSAGE_TRIES):
        Message.objects.update(tried_at=timezone.now() - timedelta(days=9))
        send(message)

    assert (message.status, message.tries) == (S.FAILED, MAX_MESSAGE_TRIES)
    assert "grace.obi" not in caplog.text
    assert mail.outbox == []


def test_no_link_is_made_for_somebody_who_is_removed_while_their_message_is_taken_up(monkeypatch):
    engagement = in_review()
    message, lead = message_of(engagement), engagement.client_leads.get()
    ClientLeadFactory(engagement=engagement)
    take_up = tasks._take_up

    def take_up_and_remove(*args):
        was_taken_up = take_up(*args)
        actions.remove_client_lead(lead=lead, by=engagement.lead_consultant)
        return was_taken_up

    monkeypatch.setattr(tasks, "_take_up", take_up_and_remove)
    send(message)

    assert message.status == S.NOT_NEEDED
    assert mail.outbox == []
    assert not Invitation.objects.filter(person=lead.user).exists()


@pytest.mark.django_db(transaction=True)
def test_a_link_made_while_its_reader_is_removed_leads_nowhere(in_parallel):
    engagement = in_review()
    message, lead = message_of(engagement), engagement.client_leads.get()
    ClientLeadFactory(engagement=engagement)
    Message.objects.update(status=S.WAITING, tries=0, tried_at=None, sent_at=None)
    by = engagement.lead_consultant
    both = [lambda: tasks.send_message(message.pk), lambda: actions.remove_client_lead(lead=lead, by=by)]

    in_parallel(lambda number: both[number](), 2)

    assert not Invitation.objects.open(timezone.now()).filter(person=lead.user).exists()
