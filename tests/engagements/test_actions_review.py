"""The actions of a review: asking by a date and in order, deputies, messages written with their cause, starting early."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Invitation
from core.models import AuditEvent
from core.refusals import ActionRefused
from engagements import actions
from engagements.enums import DecisionOutcome, EngagementStatus, MessageKind, MessageStatus, SigningOrder
from engagements.models import Comment, Decision, EarlyStart, Message
from tests.engagements.situations import decide, engagement_at, ready_engagement, reread, waiting_version
from tests.factories.accounts import StpLeadFactory
from tests.factories.engagements import ClientLeadFactory

pytestmark = pytest.mark.django_db
S = EngagementStatus


def submit(engagement, **values):
    return actions.submit_engagement(engagement=reread(engagement), values=values, by=engagement.lead_consultant)


def leads_of(engagement):
    return list(engagement.client_leads.current().with_people())


def asked(version, kind=MessageKind.DECISION_ASKED):
    """Return who is asked, in the order in which it was written."""
    return [message.client_lead for message in Message.objects.filter(version=version, kind=kind).order_by("pk")]


def named(engagement, **changes):
    values = {"full_name": "Dee Puty", "email": "dee@example.org", "job_title": "", "organisation": None, "is_signatory": False}
    return actions.name_client_lead(engagement=reread(engagement), values=values | changes, by=engagement.lead_consultant)


def test_submit_engagement_asks_by_the_date_that_was_chosen():
    by = timezone.localdate() + timedelta(days=3)

    assert submit(ready_engagement(), due_on=by).due_on == by


def test_submit_engagement_gives_two_weeks_where_nobody_chose():
    assert submit(ready_engagement()).due_on == timezone.localdate() + timedelta(days=14)


def test_submit_engagement_by_a_day_that_has_passed_is_refused():
    engagement = ready_engagement()

    with pytest.raises(ActionRefused, match="has passed"):
        submit(engagement, due_on=timezone.localdate() - timedelta(days=1))

    assert reread(engagement).status == S.CO_DESIGN


def test_p15_all_signatories_are_asked_at_once_and_readers_are_not():
    engagement = ready_engagement(signatories=2)
    ClientLeadFactory(engagement=engagement, is_signatory=False)

    assert asked(submit(engagement)) == [lead for lead in leads_of(engagement) if lead.is_signatory]


def test_p15_signatories_in_order_are_asked_one_after_the_other():
    engagement = ready_engagement(signatories=3, signing_order=SigningOrder.IN_ORDER)
    first, second, third = leads_of(engagement)
    version = submit(engagement)
    at_first = asked(version)
    decide(first)
    then = asked(version)
    decide(second)

    assert [at_first, then, asked(version)] == [[first], [first, second], [first, second, third]]


def test_submit_engagement_numbers_the_leads_as_the_brief_has_them():
    engagement = ready_engagement(signatories=2)
    first, second = leads_of(engagement)
    actions.move_client_lead(lead=second, is_up=True, by=engagement.lead_consultant)
    version = submit(engagement)

    decision = decide(second)

    assert [lead["name"] for lead in version.document["client_leads"]] == [str(second), str(first)]
    assert decision.number == 1


def test_p11_deputy_named_in_review_decides_on_behalf_of_their_signatory():
    engagement = engagement_at(S.IN_REVIEW, signatories=2)
    first, second = leads_of(engagement)
    deputy = named(engagement, deputy_for=first)
    values = {"outcome": DecisionOutcome.AGREED, "content_hash": waiting_version(engagement).content_hash}
    actions.decide_version(lead=first, values=values, by=deputy.user)
    decide(second)

    decision = Decision.objects.get(client_lead=first)
    assert (decision.name, decision.on_behalf_of, decision.decided_by) == ("Dee Puty", str(first), deputy.user)
    assert decision.number == 1
    assert reread(engagement).status == S.AGREED
    event = AuditEvent.objects.filter(trail=engagement.trail, verb="agreed to", actor=deputy.user).get()
    assert event.changes == [{"field": "on_behalf_of", "label": "on behalf of", "old": "", "new": str(first)}]


def test_decide_version_by_a_stranger_is_refused_by_the_action_itself():
    engagement = engagement_at(S.IN_REVIEW)
    (lead,) = leads_of(engagement)
    values = {"outcome": DecisionOutcome.AGREED, "content_hash": waiting_version(engagement).content_hash}

    for person in (engagement.lead_consultant, StpLeadFactory()):
        with pytest.raises(ActionRefused, match="or their deputy can take this decision"):
            actions.decide_version(lead=lead, values=values, by=person)

    assert not Decision.objects.exists()


def test_p07_wish_for_changes_is_a_comment_on_its_part_of_the_plan():
    engagement = engagement_at(S.IN_REVIEW)
    (lead,) = leads_of(engagement)

    decide(lead, DecisionOutcome.CHANGES_WANTED, "Name the hospice.")

    comment = Comment.objects.get()
    assert (comment.section, comment.text, comment.author) == ("people", "Name the hospice.", lead.user)


def test_p07_comments_written_before_are_enough_to_ask_for_changes():
    engagement = engagement_at(S.IN_REVIEW)
    (lead,) = leads_of(engagement)
    version = waiting_version(engagement)
    actions.write_comment(version=version, values={"section": "place", "text": "Not only Boston."}, by=lead.user)

    decide(lead, DecisionOutcome.CHANGES_WANTED)

    assert reread(engagement).status == S.CO_DESIGN
    assert Comment.objects.count() == 1
    assert asked(version, MessageKind.CHANGES_WANTED) == [lead]


@pytest.mark.parametrize("step", ["agree", "recall", "withdraw", "ask for changes"])
def test_settling_a_version_lets_go_of_what_would_still_ask_for_a_decision(step):
    engagement = engagement_at(S.IN_REVIEW)
    (lead,) = leads_of(engagement)
    version = waiting_version(engagement)
    Message.objects.update(status=MessageStatus.WAITING, sent_at=None)
    by = engagement.lead_consultant
    {
        "agree": lambda: decide(lead),
        "recall": lambda: actions.recall_engagement(engagement=engagement, by=by),
        "withdraw": lambda: actions.withdraw_engagement(engagement=engagement, values={"reason": "No money."}, by=by),
        "ask for changes": lambda: decide(lead, DecisionOutcome.CHANGES_WANTED, "Name the hospice."),
    }[step]()

    waiting = Message.objects.filter(version=version, status=MessageStatus.WAITING)
    assert not waiting.exclude(kind=MessageKind.CHANGES_WANTED).exists()


def test_remove_client_lead_in_review_asks_the_next_one():
    engagement = engagement_at(S.IN_REVIEW, signatories=3, signing_order=SigningOrder.IN_ORDER)
    first, second, _ = leads_of(engagement)

    actions.remove_client_lead(lead=first, by=engagement.lead_consultant)

    assert asked(waiting_version(engagement)) == [first, second]


def test_remove_client_lead_ends_their_links_and_their_deputy_only_reads_on():
    engagement = engagement_at(S.IN_REVIEW, signatories=2)
    first, _ = leads_of(engagement)
    deputy = named(engagement, deputy_for=first)
    now = timezone.now()
    link = Invitation.objects.create(
        person=first.user, target=engagement.get_absolute_url(), trail=engagement.trail, expires_at=now + timedelta(days=1)
    )

    actions.remove_client_lead(lead=first, by=engagement.lead_consultant)

    link.refresh_from_db()
    deputy.refresh_from_db()
    assert link.revoked_at
    assert deputy.deputy_for is None
    assert deputy.removed_at is None


def test_name_client_lead_takes_somebody_up_again_who_left():
    engagement = ready_engagement(signatories=2)
    lead = leads_of(engagement)[0]
    actions.remove_client_lead(lead=lead, by=engagement.lead_consultant)

    again = named(engagement, full_name=lead.user.full_name, email=lead.user.email, is_signatory=True)

    assert again == lead
    assert again.removed_at is None
    assert leads_of(engagement)[-1] == lead


def test_move_client_lead_at_the_end_of_the_list_changes_nothing():
    engagement = ready_engagement(signatories=2)
    before = leads_of(engagement)

    actions.move_client_lead(lead=before[0], is_up=True, by=engagement.lead_consultant)
    actions.move_client_lead(lead=before[1], is_up=False, by=engagement.lead_consultant)

    assert leads_of(engagement) == before


def test_move_client_lead_who_left_is_refused():
    engagement = ready_engagement(signatories=2)
    lead = leads_of(engagement)[0]
    actions.remove_client_lead(lead=lead, by=engagement.lead_consultant)

    with pytest.raises(ActionRefused, match="already"):
        actions.move_client_lead(lead=lead, is_up=False, by=engagement.lead_consultant)


def test_p10_start_before_sign_off_keeps_the_reason_and_moves_nothing():
    engagement = engagement_at(S.IN_REVIEW)
    by = engagement.lead_consultant

    actions.start_before_sign_off(engagement=engagement, values={"reason": "The term begins on Monday."}, by=by)

    start = EarlyStart.objects.get()
    assert (start.engagement, start.reason, start.by_name) == (engagement, "The term begins on Monday.", str(by))
    assert reread(engagement).status == S.IN_REVIEW
    event = AuditEvent.objects.for_trail(engagement.trail).first()
    assert event.verb == "started work before sign-off on"
    with pytest.raises(ActionRefused, match="recorded already"):
        actions.start_before_sign_off(engagement=engagement, values={"reason": "Again."}, by=by)


def test_start_before_sign_off_without_a_reason_is_refused():
    engagement = engagement_at(S.CO_DESIGN)

    with pytest.raises(ActionRefused, match="Enter why"):
        actions.start_before_sign_off(engagement=engagement, values={"reason": " "}, by=engagement.lead_consultant)

    assert not EarlyStart.objects.exists()


def test_change_client_lead_cannot_rename_the_role_of_somebody_who_is_named_elsewhere():
    engagement = ready_engagement()
    (lead,) = leads_of(engagement)
    other = ClientLeadFactory(user=lead.user)
    by = other.engagement.lead_consultant

    with pytest.raises(ActionRefused, match="named on other engagements too"):
        actions.change_client_lead(lead=other, values={"job_title": "Nobody at all"}, by=by)

    lead.user.refresh_from_db()
    assert lead.user.job_title != "Nobody at all"


def test_signatory_decides_under_the_role_that_the_version_names_them_with():
    engagement = ready_engagement()
    (lead,) = leads_of(engagement)
    lead.user.job_title = "Medical director"
    lead.user.save()
    submit(engagement)
    lead.user.job_title = "Nobody at all"
    lead.user.save()

    assert decide(lead).job_title == "Medical director"
