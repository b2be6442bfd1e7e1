"""The consultant's list of messages: what became of each, and trying again."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.models import AuditEvent
from engagements import actions
from engagements.enums import DecisionOutcome, MessageKind, MessageStatus
from engagements.models import ClientLead, Message, PlanVersion
from engagements.views.messages import message_rows
from tests.engagements.messages import in_review, message_of, send
from tests.engagements.situations import decide, reread, waiting_version
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, StpLeadFactory
from tests.factories.engagements import MessageFactory
from tests.helpers import as_user, post, text_of

pytestmark = pytest.mark.django_db
K, S = MessageKind, MessageStatus


def rows(engagement):
    return message_rows(waiting_version(engagement))


def test_the_list_says_what_became_of_each_message(after_commit):
    engagement = after_commit(in_review)
    lead = engagement.client_leads.get()
    sent = message_of(engagement)
    sent.sent_at = timezone.make_aware(timezone.datetime(2017, 4, 3, 14, 5))
    sent.save()
    MessageFactory(version=sent.version, client_lead=lead, kind=K.DECISION_DUE)
    MessageFactory(version=sent.version, client_lead=lead, kind=K.DECISION_OVERDUE, status=S.FAILED)
    MessageFactory(version=sent.version, client_lead=lead, kind=K.CHANGES_WANTED)
    MessageFactory(version=sent.version, client_lead=lead, kind=K.DEPUTY_ASKED, status=S.NOT_NEEDED)

    found = rows(engagement)

    assert [row.state for row in found] == [
        f"Sent to {lead.user.email} on 3 April 2017, 2:05pm",
        "Has not gone yet: we keep trying",
        "Could not be sent",
        "Has not gone yet: we keep trying",
    ]
    assert [row.who for row in found] == [str(lead)] * 3 + [str(engagement.lead_consultant)]
    assert [bool(row.send_url) for row in found] == [False, True, True, True]


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"is_active": False}, "the account of {} is closed"), ({"role": "national_admin"}, "{} is not an STP lead any more")],
    ids=["closed", "other role"],
)
def test_p35_the_list_says_why_somebody_who_is_waited_for_could_not_be_written_to(after_commit, change, reason):
    engagement = in_review()
    lead = engagement.client_leads.get()
    User.objects.filter(pk=lead.user_id).update(**change)
    send(message_of(engagement))

    (row,) = rows(engagement)

    assert (row.state, row.colour, row.send_url) == (f"Not sent: {reason.format(lead)}", "red", "")
    assert row.state in text_of(as_user(engagement.lead_consultant).get(f"{engagement.get_absolute_url()}review/"))


def test_the_list_leaves_out_what_nobody_waits_for_any_more():
    engagement = in_review(signatories=2)
    first, second = engagement.client_leads.order_by("pk")
    Message.objects.update(status=S.NOT_NEEDED)
    MessageFactory(version=waiting_version(engagement), client_lead=None, status=S.NOT_NEEDED)
    decide(first)
    User.objects.filter(pk=first.user_id).update(is_active=False)
    ClientLead.objects.filter(pk=second.pk).update(removed_at=timezone.now())
    assert rows(engagement) == []

    ClientLead.objects.filter(pk=second.pk).update(removed_at=None)
    User.objects.filter(pk=second.user_id).update(is_active=False)
    assert [row.who for row in rows(engagement)] == [str(second)]
    PlanVersion.objects.update(outcome="recalled", settled_at=timezone.now())
    assert rows(engagement) == []


def test_a_lead_who_may_change_the_plan_sees_in_co_design_that_nobody_was_told_of_wanted_changes():
    engagement = in_review()
    admin = ConsultantFactory(role="regional_admin", region=engagement.lead_region)
    decide(engagement.client_leads.get(), DecisionOutcome.CHANGES_WANTED, "Too dear.")
    address = f"{engagement.get_absolute_url()}review/"
    Message.objects.filter(kind=K.CHANGES_WANTED).update(status=S.FAILED)
    assert "Could not be sent" in text_of(as_user(admin).get(address))
    assert "Could not be sent" not in text_of(as_user(NationalAdminFactory()).get(address))

    Message.objects.filter(kind=K.CHANGES_WANTED).update(status=S.NOT_NEEDED)
    assert "Not sent" not in text_of(as_user(admin).get(address))
    User.objects.filter(pk=engagement.lead_consultant_id).update(is_active=False)
    assert "Not sent: nobody of the team can be written to" in text_of(as_user(admin).get(address))
    withdraw = {"reason": "No money."}
    actions.withdraw_engagement(engagement=reread(engagement), values=withdraw, by=admin)
    assert "Not sent" not in text_of(as_user(admin).get(address))


def test_there_are_no_messages_before_a_version():
    assert message_rows(None) == []


def test_message_send_tries_a_failed_message_again(after_commit):
    engagement = in_review()
    message = message_of(engagement)
    Message.objects.update(status=S.FAILED, tries=84, tried_at=timezone.now())
    url = reverse("engagements:message_send", args=[engagement.reference, message.pk])

    response = after_commit(post, as_user(engagement.lead_consultant), url)

    message.refresh_from_db()
    assert response["Location"] == reverse("engagements:review_detail", args=[engagement.reference])
    assert (message.status, message.tries) == (S.SENT, 1)
    assert AuditEvent.objects.get(verb="tried again to send").actor == engagement.lead_consultant


@pytest.mark.parametrize(("seconds", "is_tried"), [(0, False), (115, False), (125, True)])
def test_message_send_leaves_a_message_to_the_worker_that_is_sending_it(after_commit, seconds, is_tried):
    engagement = in_review()
    message = message_of(engagement)
    Message.objects.update(tries=1, tried_at=timezone.now() - timedelta(seconds=seconds))
    url = reverse("engagements:message_send", args=[engagement.reference, message.pk])

    response = after_commit(post, as_user(engagement.lead_consultant), url, follow=True)

    message.refresh_from_db()
    assert ("We are sending this message just now" in text_of(response)) is not is_tried
    assert message.status == (S.SENT if is_tried else S.WAITING)
    assert len(mail.outbox) == is_tried


@pytest.mark.parametrize("status", [S.SENT, S.NOT_NEEDED])
def test_message_send_refuses_what_has_gone_or_is_not_needed(status):
    engagement = in_review()
    message = message_of(engagement)
    Message.objects.update(status=status, sent_at=timezone.now() if status == S.SENT else None)
    url = reverse("engagements:message_send", args=[engagement.reference, message.pk])

    response = post(as_user(engagement.lead_consultant), url, follow=True)

    assert "has gone already, or is not needed any more" in text_of(response)


def test_message_send_is_for_those_who_may_change_the_plan():
    engagement = in_review()
    message, other = message_of(engagement), MessageFactory()
    url = reverse("engagements:message_send", args=[engagement.reference, message.pk])

    assert post(as_user(engagement.client_leads.get().user), url).status_code == 403
    assert post(as_user(NationalAdminFactory()), url).status_code == 403
    assert post(as_user(StpLeadFactory()), url).status_code == 404
    elsewhere = reverse("engagements:message_send", args=[engagement.reference, other.pk])
    assert post(as_user(engagement.lead_consultant), elsewhere).status_code == 404
