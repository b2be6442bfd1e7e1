"""New links for somebody who has asked for them (P09)."""

import pytest
from django.core import mail
from django.utils import timezone

from core import outbox
from engagements import actions
from engagements.enums import EngagementStatus
from tests.engagements.messages import deputy_of, in_review, resubmitted
from tests.engagements.situations import engagement_at, ready_engagement
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, StpLeadFactory
from tests.factories.engagements import ClientLeadFactory, EngagementFactory

pytestmark = pytest.mark.django_db


def links_for(person, after_commit):
    mail.outbox.clear()
    after_commit(actions.send_links_again, person=person)
    return [email.subject for email in mail.outbox]


def test_a_new_link_is_sent_for_each_plan_that_waits_on_the_person(after_commit):
    person = StpLeadFactory()
    waiting = [ready_engagement(signatories=0, title=f"Waiting {n}") for n in (1, 2)]
    for engagement in waiting:
        ClientLeadFactory(engagement=engagement, user=person)
        resubmitted(engagement)
    agreed = engagement_at(EngagementStatus.AGREED)
    ClientLeadFactory(engagement=agreed, user=person, is_signatory=False)

    assert sorted(links_for(person, after_commit)) == ["Your new link to “Waiting 1”", "Your new link to “Waiting 2”"]


def test_a_new_link_is_sent_for_the_newest_plan_where_none_waits(after_commit):
    person = StpLeadFactory()
    for title in ("Older", "Newer"):
        engagement = engagement_at(EngagementStatus.AGREED, title=title)
        ClientLeadFactory(engagement=engagement, user=person, is_signatory=False)

    assert links_for(person, after_commit) == ["Your new link to “Newer”"]


def test_a_deputy_gets_a_new_link_to_what_they_may_decide(after_commit):
    engagement = in_review(title="Frailty")
    deputy = deputy_of(engagement.client_leads.get())

    assert links_for(deputy.user, after_commit) == ["Your new link to “Frailty”"]


@pytest.mark.parametrize("make", [StpLeadFactory, ConsultantFactory, NationalAdminFactory])
def test_somebody_with_whom_nothing_is_shared_gets_no_link(after_commit, make):
    in_review()

    assert links_for(make(), after_commit) == []


def test_pressing_twice_in_a_minute_sends_one_link(after_commit, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr("engagements.actions.outbox.timezone.now", lambda: now)
    engagement = in_review()
    person = engagement.client_leads.get().user

    assert len(links_for(person, after_commit)) == 1
    assert links_for(person, after_commit) == []


def test_asking_on_the_page_leads_to_the_plan(client, after_commit):
    engagement = in_review()
    person = engagement.client_leads.get().user

    after_commit(client.post, "/accounts/invitation/ask/", {"email": person.email})
    outbox.work_off()

    assert mail.outbox[-1].to == [person.email]
    assert mail.outbox[-1].subject == f"Your new link to “{engagement.title}”"


def test_a_shared_engagement_without_a_version_has_no_link_to_send(after_commit):
    lead = ClientLeadFactory(engagement=EngagementFactory(shared_at=timezone.now()))

    assert links_for(lead.user, after_commit) == []
