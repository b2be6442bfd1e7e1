"""Messages that ask somebody to act: whom they are for when they are sent (P35)."""

import pytest
from django.core import mail
from django.utils import timezone

from accounts.enums import Role
from directory.models import Region
from engagements import actions, policies
from engagements.enums import DecisionOutcome, EngagementStatus, MessageKind, MessageStatus, SigningOrder
from engagements.models import Message
from tests.engagements.messages import about, deputy_of, in_review, message_of, recalled, resubmitted, send
from tests.engagements.situations import decide, engagement_at, reread
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory
from tests.factories.engagements import MessageFactory

pytestmark = pytest.mark.django_db
K, S = MessageKind, MessageStatus


def test_p35_a_message_goes_to_the_signatory_of_the_moment(after_commit):
    engagement = after_commit(in_review)
    lead = engagement.client_leads.get()

    message = message_of(engagement)

    assert message.status == S.SENT
    assert message.sent_to == lead.user.email
    assert [email.to for email in mail.outbox] == [[lead.user.email]]


def lead_left(engagement, lead):
    lead.removed_at = timezone.now()
    lead.save()


def account_closed(engagement, lead):
    lead.user.is_active = False
    lead.user.save()


def role_changed(engagement, lead):
    lead.user.role = "national_admin"
    lead.user.save()


def joined_the_team(engagement, lead):
    engagement.team.add(lead.user)


def withdrawn(engagement, lead):
    actions.withdraw_engagement(engagement=engagement, values={"reason": "No money."}, by=engagement.lead_consultant)


def decided(engagement, lead):
    decide(lead)


GONE_BY = [lead_left, account_closed, role_changed, joined_the_team, recalled, withdrawn, decided]


@pytest.mark.parametrize("kind", [K.DECISION_ASKED, K.DECISION_DUE, K.DECISION_OVERDUE, K.DEPUTY_ASKED])
@pytest.mark.parametrize("happen", GONE_BY, ids=lambda row: row.__name__)
def test_p35_nobody_is_written_to_who_is_not_asked_any_more(kind, happen):
    engagement = in_review(signatories=2)
    lead = engagement.client_leads.order_by("position", "pk").first()
    deputy = deputy_of(lead)
    message = about(engagement, kind, lead)
    happen(engagement, deputy if kind == K.DEPUTY_ASKED and happen in GONE_BY[:4] else lead)
    # What waits is let go of at once where a version is settled; the address is looked up all the same.
    Message.objects.filter(pk=message.pk).update(status=S.WAITING)

    assert send(message).status == S.NOT_NEEDED
    assert mail.outbox == []


def test_p35_a_message_about_an_older_version_is_not_needed():
    engagement = in_review()
    message = about(engagement, K.DECISION_ASKED)
    recalled(engagement, None)
    resubmitted(engagement)
    Message.objects.filter(pk=message.pk).update(status=S.WAITING)

    assert send(message).status == S.NOT_NEEDED


def test_p15_whoever_signs_later_is_not_written_to_before_their_turn():
    engagement = in_review(signatories=2, signing_order=SigningOrder.IN_ORDER)
    first, second = engagement.client_leads.order_by("position", "pk")
    message = about(engagement, K.DECISION_DUE, second)

    assert policies.recipient_of(message) is None
    decide(first)
    assert policies.recipient_of(Message.objects.get(pk=message.pk)) == second.user


def test_a_deputy_of_the_moment_is_asked():
    engagement = in_review()
    lead = engagement.client_leads.get()
    message = about(engagement, K.DEPUTY_ASKED, lead)

    assert policies.recipient_of(message) is None
    deputy = deputy_of(lead)
    assert policies.recipient_of(Message.objects.get(pk=message.pk)) == deputy.user


def test_p35_the_lead_consultant_of_today_hears_that_changes_are_wanted(after_commit):
    engagement = in_review()
    colleague = ConsultantFactory(region=engagement.lead_region)
    decide(engagement.client_leads.get(), DecisionOutcome.CHANGES_WANTED, "Too dear.")
    actions.reassign_engagement(
        engagement=reread(engagement), values={"lead_consultant": colleague}, by=engagement.lead_consultant
    )

    message = send(message_of(engagement, K.CHANGES_WANTED))

    assert message.sent_to == colleague.email


def consultant_left(engagement):
    engagement.lead_consultant.is_active = False
    engagement.lead_consultant.save()


def withdrawn_since(engagement):
    withdrawn(reread(engagement), None)


@pytest.mark.parametrize("happen", [resubmitted, consultant_left, withdrawn_since], ids=lambda row: row.__name__)
def test_p35_nobody_hears_of_changes_that_are_no_longer_waited_for(happen):
    engagement = in_review()
    decide(engagement.client_leads.get(), DecisionOutcome.CHANGES_WANTED, "Too dear.")
    message = message_of(engagement, K.CHANGES_WANTED)
    happen(engagement)

    assert send(message).status == S.NOT_NEEDED


def moved_on(engagement):
    lead = engagement.lead_consultant
    lead.role, lead.region = Role.NATIONAL_ADMIN, None
    lead.save()


@pytest.mark.parametrize("happen", [consultant_left, moved_on], ids=lambda row: row.__name__)
def test_p35_where_the_lead_consultant_has_left_the_team_or_a_regional_admin_hears_that_changes_are_wanted(happen):
    engagement = in_review()
    here = {"region": engagement.lead_region}
    engagement.team.set(
        [
            ConsultantFactory(full_name="Amy Left", is_active=False, **here),
            ConsultantFactory(full_name="Cat Second", **here),
            ConsultantFactory(full_name="Bea First", **here),
            NationalAdminFactory(full_name="Abe Nation"),
        ]
    )
    elsewhere = Region.objects.exclude(pk=engagement.lead_region_id).order_by("pk").first()
    ConsultantFactory(full_name="Ada Elsewhere", role=Role.REGIONAL_ADMIN, region=elsewhere)
    decide(engagement.client_leads.get(), DecisionOutcome.CHANGES_WANTED, "Too dear.")
    message = message_of(engagement, K.CHANGES_WANTED)
    happen(engagement)

    def told():
        return str(policies.recipient_of(Message.objects.get(pk=message.pk)))

    assert told() == "Bea First"
    engagement.team.clear()
    assert told() == "None"
    ConsultantFactory(full_name="Dan Consultant", **here)
    ConsultantFactory(full_name="Eve Admin", role=Role.REGIONAL_ADMIN, **here)
    assert told() == "Eve Admin"


def test_whoever_hears_of_changes_in_place_of_the_lead_consultant_answers_to_nobody_who_left():
    engagement = in_review()
    engagement.team.add(ConsultantFactory(region=engagement.lead_region))
    decide(engagement.client_leads.get(), DecisionOutcome.CHANGES_WANTED, "Too dear.")
    consultant_left(engagement)

    send(message_of(engagement, K.CHANGES_WANTED))

    assert mail.outbox[-1].reply_to == []


def test_a_new_link_goes_to_a_client_lead_whatever_the_plan_waits_for():
    engagement = engagement_at(EngagementStatus.AGREED)
    lead = engagement.client_leads.get()

    assert send(about(engagement, K.LINK_AGAIN, lead)).sent_to == lead.user.email


@pytest.mark.parametrize("happen", [lead_left, account_closed, role_changed], ids=lambda row: row.__name__)
def test_a_new_link_does_not_go_to_somebody_who_may_not_read(happen):
    engagement = engagement_at(EngagementStatus.AGREED)
    lead = engagement.client_leads.get()
    message = about(engagement, K.LINK_AGAIN, lead)
    happen(engagement, lead)

    assert send(message).status == S.NOT_NEEDED


def test_a_message_without_a_signatory_is_for_nobody():
    assert policies.recipient_of(MessageFactory(client_lead=None)) is None
