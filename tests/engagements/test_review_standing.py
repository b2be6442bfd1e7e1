"""The review page says what is asked of whom, by when, and where the signing stands (P06, P10, P15)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from engagements import actions
from engagements.enums import EngagementStatus, SigningOrder
from tests.engagements.review_pages import folds, page_for, submit, url, words_of
from tests.engagements.situations import decide, engagement_at, ready_engagement, waiting_version
from tests.factories.accounts import ConsultantFactory, StpLeadFactory
from tests.factories.engagements import ClientLeadFactory, EarlyStartFactory
from tests.helpers import soup, text_of

pytestmark = pytest.mark.django_db
S = EngagementStatus


@pytest.mark.parametrize(
    ("days", "words"), [(2, "2 days left."), (1, "1 day left."), (0, "Today is the last day."), (-3, "3 days late.")]
)
def test_p06_review_detail_says_by_when_and_how_much_time_is_left(in_review, lead, days, words):
    due_on = timezone.localdate() + timedelta(days=days)
    in_review.versions.update(due_on=due_on)

    asked = words_of(soup(page_for(lead.user, in_review)), ".app-next-step")

    assert re.search(rf"Please agree to this plan or ask for changes by {due_on.day} \w+ {due_on.year}\.", asked)
    assert words in asked


def test_review_detail_asks_without_a_date_where_none_was_set(in_review, lead):
    in_review.versions.update(due_on=None)

    assert "Please agree to this plan or ask for changes. Agree" in words_of(
        soup(page_for(lead.user, in_review)), ".app-next-step"
    )


def test_p10_review_detail_asks_a_deputy_for_whom_they_decide_and_names_them_to_all(in_review, lead):
    values = {
        "email": "deputy@example.nhs.uk",
        "full_name": "Dr Deputy",
        "job_title": "",
        "organisation": None,
        "is_signatory": False,
        "deputy_for": lead,
    }
    deputy = actions.name_client_lead(engagement=in_review, values=values, by=in_review.lead_consultant)

    response = page_for(deputy.user, in_review)

    assert f"Please agree to this plan for {lead}, as their deputy, or ask for changes" in text_of(response)
    assert "Deputy: Dr Deputy" in words_of(soup(response), "section[aria-labelledby=signatories-heading]")

    decide_as_deputy(deputy, lead)

    assert f"You agreed to this plan for {lead} on" in text_of(page_for(deputy.user, in_review))
    own = text_of(page_for(lead.user, in_review))
    assert f"Dr Deputy agreed to this plan for {lead} on" in own
    assert "by Dr Deputy , their deputy" in own


def decide_as_deputy(deputy, lead):
    shown = waiting_version(lead.engagement).content_hash
    values = {"outcome": "agreed", "comment": "", "section": "", "content_hash": shown}
    actions.decide_version(lead=lead, values=values, by=deputy.user)


def test_p15_review_detail_says_that_others_decide_first_and_who_is_asked_later():
    engagement = ready_engagement(signatories=2, signing_order=SigningOrder.IN_ORDER)
    submit(engagement)
    first, second = engagement.client_leads.order_by("position", "pk")

    response = page_for(second.user, engagement)

    assert f"It is not your turn yet. {first} decides first." in text_of(response)
    assert not soup(response).select(f"a[href*='{url(engagement, 'version_decide')}']")
    signatories = words_of(soup(response), "section[aria-labelledby=signatories-heading]")
    assert f"{first} Has not decided yet" in signatories
    assert "Asked today" in signatories
    assert f"{second} Not asked yet" in signatories
    assert "one after the other" in signatories

    decide(first)

    assert "Please agree to this plan" in text_of(page_for(second.user, engagement))


def test_p10_review_detail_says_how_long_it_has_waited(in_review, lead):
    in_review.versions.update(submitted_at=timezone.now() - timedelta(days=9))

    signatories = words_of(soup(page_for(lead.user, in_review)), "section[aria-labelledby=signatories-heading]")

    assert signatories.count("Asked 9 days ago") == 2


def test_review_detail_says_who_recalled_the_plan_and_when(in_review, lead):
    actions.recall_engagement(engagement=in_review, by=in_review.lead_consultant)

    response = page_for(lead.user, in_review)

    assert f"{in_review.lead_consultant} recalled this plan on" in text_of(response)
    assert not soup(response).select(f"a[href*='{url(in_review, 'version_decide')}']")


def test_review_detail_says_to_whoever_asked_for_changes_that_they_did_and_folds_what_they_read(returned, lead):
    response = page_for(lead.user, returned)

    assert "You asked for changes to version 1 on" in text_of(response)
    assert not any(folds(response).values())


def test_review_detail_says_who_asked_for_changes(returned):
    other = returned.client_leads.order_by("pk").last()

    assert f"{returned.client_leads.order_by('pk').first()} asked for changes to version 1 on" in text_of(
        page_for(other.user, returned)
    )


@pytest.mark.parametrize("status", [S.IN_REVIEW, S.AGREED])
def test_review_detail_says_who_withdrew_the_plan(status):
    engagement = engagement_at(status)
    by = engagement.lead_consultant
    actions.withdraw_engagement(engagement=engagement, values={"reason": "The money went elsewhere."}, by=by)

    assert f"{by} withdrew this plan on" in text_of(page_for(engagement.client_leads.get().user, engagement))


def test_review_detail_shows_clients_nobody_who_was_named_since(returned, lead):
    ClientLeadFactory(engagement=returned, user=StpLeadFactory(full_name="Named Since"))

    assert "Named Since" not in text_of(page_for(lead.user, returned))
    assert "Named Since" in text_of(page_for(returned.lead_consultant, returned))


def test_review_detail_shows_who_has_left_the_plan(in_review, lead):
    second = in_review.client_leads.order_by("pk").last()
    actions.remove_client_lead(lead=second, by=in_review.lead_consultant)

    assert f"{second} No longer on the plan" in text_of(page_for(lead.user, in_review))


def test_p10_review_detail_says_that_work_started_before_sign_off_and_why(in_review, lead):
    EarlyStartFactory(engagement=in_review, reason="The first workshop had been booked.")

    words = text_of(page_for(lead.user, in_review))

    assert "Work started before sign-off" in words
    assert "The first workshop had been booked." in words
    assert url(in_review, "engagement_start_early") not in str(page_for(in_review.lead_consultant, in_review).content)


def test_review_detail_names_the_fingerprint(in_review, lead):
    words = text_of(page_for(lead.user, in_review))

    assert f"Fingerprint {waiting_version(in_review).content_hash[:12]}" in words


def test_review_detail_is_open_to_a_colleague_without_buttons(in_review):
    page = soup(page_for(ConsultantFactory(), in_review))

    assert not page.select("main form")
