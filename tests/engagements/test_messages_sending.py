"""Messages that ask somebody to act: sent once, and tried again by the outbox where they have not gone (P34)."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Invitation
from core import outbox
from core.mail import MOST_TRIES_TO_SEND
from core.models import OutboxEntry
from engagements import actions, policies, tasks
from engagements.enums import DecisionOutcome, EngagementStatus, MessageKind, MessageStatus
from engagements.models import Message
from tests.engagements.messages import in_review, message_of, send
from tests.engagements.situations import decide, reread
from tests.factories.engagements import ClientLeadFactory

pytestmark = pytest.mark.django_db
K, S = MessageKind, MessageStatus


def the_entry(message):
    return OutboxEntry.objects.of("engagements.tasks.send_message", message.pk).get()


def try_until_given_up():
    """Let the outbox make the last two tries."""
    OutboxEntry.objects.update(tries=MOST_TRIES_TO_SEND - 2)
    outbox.work_off(timezone.now() + timedelta(days=9))
    assert OutboxEntry.objects.failed().get().tries == MOST_TRIES_TO_SEND


def test_a_message_is_sent_once(after_commit):
    engagement = after_commit(in_review)
    message = message_of(engagement)

    for _ in range(3):
        send(message)
        tasks.send_message.delay_on_commit(message.pk)
        outbox.work_off()

    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_message_send_one_mail(in_parallel, monkeypatch):
    monkeypatch.setattr(outbox, "ring", lambda entry_pk: None)
    message = message_of(in_review())

    in_parallel(lambda number: outbox.work_off(), 4)

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

    outbox.work_off()
    assert mail.outbox == []
    outbox.work_off(timezone.now() + outbox.pause_after(1))

    message.refresh_from_db()
    assert (message.status, message.tries) == (S.SENT, 2)
    assert len(mail.outbox) == 1


def test_a_message_is_given_up_after_so_many_tries(after_commit, server_down):
    engagement = after_commit(in_review)
    message = message_of(engagement)

    try_until_given_up()

    message.refresh_from_db()
    assert message.status == S.FAILED
    assert the_entry(message).fault == "SMTPServerDisconnected"


def test_a_mail_server_may_be_away_for_a_weekend():
    pauses = [outbox.pause_after(tries) for tries in range(1, MOST_TRIES_TO_SEND)]

    assert timedelta(days=3) < sum(pauses, timedelta()) < timedelta(days=4)


def test_a_message_that_nobody_needs_any_more_during_its_last_try_has_not_failed(monkeypatch):
    engagement = in_review()
    message = message_of(engagement)
    OutboxEntry.objects.update(tries=MOST_TRIES_TO_SEND - 1)

    def recall_and_fail(*args, **kwargs):
        actions.recall_engagement(engagement=engagement, by=engagement.lead_consultant)
        raise SMTPServerDisconnected

    monkeypatch.setattr("django.core.mail.EmailMessage.send", recall_and_fail)
    outbox.work_off()

    message.refresh_from_db()
    assert (message.status, the_entry(message).status) == (S.NOT_NEEDED, "failed")


def test_a_mistake_in_one_message_counts_as_a_try_and_says_where_it_was_made(monkeypatch, caplog, settings):
    settings.CELERY_TASK_EAGER_PROPAGATES = False
    message = message_of(in_review())

    def fail(*args):
        raise RuntimeError("Grace Obi, grace.obi@example.org")

    monkeypatch.setattr("engagements.notifications.build", fail)
    outbox.work_off()

    message.refresh_from_db()
    assert (message.status, message.tries) == (S.WAITING, 1)
    assert "RuntimeError at " in caplog.text
    assert "grace.obi" not in caplog.text


def test_a_message_to_an_address_that_cannot_be_written_to_is_given_up(caplog):
    engagement = in_review()
    message = message_of(engagement)
    message.client_lead.user.email = f"grace.obi@{'ü' * 60}.de"
    message.client_lead.user.save()

    try_until_given_up()

    message.refresh_from_db()
    assert message.status == S.FAILED
    assert "grace.obi" not in caplog.text
    assert mail.outbox == []


def test_no_link_is_made_for_somebody_who_is_removed_while_their_message_is_taken_up(monkeypatch):
    engagement = in_review()
    message, lead = message_of(engagement), engagement.client_leads.get()
    ClientLeadFactory(engagement=engagement)
    recipient_of = policies.recipient_of

    def remove_and_ask(message):
        actions.remove_client_lead(lead=lead, by=engagement.lead_consultant)
        message.client_lead.refresh_from_db()
        return recipient_of(message)

    monkeypatch.setattr(policies, "recipient_of", remove_and_ask)
    send(message)

    assert message.status == S.NOT_NEEDED
    assert mail.outbox == []
    assert not Invitation.objects.filter(person=lead.user).exists()


@pytest.mark.django_db(transaction=True)
def test_a_link_made_while_its_reader_is_removed_leads_nowhere(in_parallel):
    engagement = in_review()
    message, lead = message_of(engagement), engagement.client_leads.get()
    ClientLeadFactory(engagement=engagement)
    Message.objects.update(status=S.WAITING, sent_at=None)
    by = engagement.lead_consultant
    both = [lambda: tasks.send_message(message.pk), lambda: actions.remove_client_lead(lead=lead, by=by)]

    in_parallel(lambda number: both[number](), 2)

    assert not Invitation.objects.open(timezone.now()).filter(person=lead.user).exists()
