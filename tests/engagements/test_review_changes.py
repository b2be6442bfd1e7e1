"""The review page shows each reader what changed since they last looked, and folds what did not (P08, P20)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engagements import actions
from engagements.enums import EngagementStatus
from engagements.models import Engagement, PlanVersion, VersionReading
from tests.engagements.review_pages import again, changes_of, folds, page_for, submit, url
from tests.engagements.situations import agree_all, decide, engagement_at, reread, waiting_version
from tests.factories.accounts import StpLeadFactory
from tests.factories.engagements import ClientLeadFactory, CommentFactory, EarlyStartFactory, PlannedInterventionFactory
from tests.helpers import as_user, post, soup, text_of

pytestmark = pytest.mark.django_db
S = EngagementStatus


def test_review_detail_shows_a_first_version_whole(in_review, lead):
    response = page_for(lead.user, in_review)

    assert "This is the first version that you are shown." in changes_of(response)
    assert list(folds(response)) == ["client", "people", "place", "purpose", "priorities", "planned-1", "criteria", "measures"]
    assert all(folds(response).values())


def test_p08_review_detail_shows_what_changed_since_the_reader_looked_and_folds_the_rest(returned, lead):
    again(returned)

    response = page_for(lead.user, returned)

    assert "Since you last looked" in changes_of(response)
    assert "You looked at version 1. This is version 2." in changes_of(response)
    assert "Ambulance crews" in changes_of(response)
    assert [part for part, is_open in folds(response).items() if is_open] == ["people"]
    assert soup(response).select_one("section[aria-labelledby=changes] a")["href"] == "#section-people"
    assert soup(response).select_one("#section-people .nhsuk-tag").get_text() == "Changed"


def test_p08_review_detail_shows_each_reader_their_own_differences(returned, lead):
    second = returned.client_leads.order_by("pk").last()
    again(returned)

    assert "Ambulance crews" in changes_of(page_for(lead.user, returned))
    assert "This is the first version that you are shown." in changes_of(page_for(second.user, returned))
    assert all(folds(page_for(second.user, returned)).values())


def test_p08_review_detail_compares_with_what_was_looked_at_last_however_often_it_is_opened(returned, lead):
    version = again(returned)
    actions.note_reading(version=version, by=lead.user)

    assert "You looked at version 1. This is version 2." in changes_of(page_for(lead.user, returned))


def test_p08_review_detail_leaves_out_versions_that_the_reader_has_not_seen(returned, lead):
    again(returned, "Ambulance crews")
    actions.recall_engagement(engagement=returned, by=returned.lead_consultant)
    again(returned, "Care homes")

    words = changes_of(page_for(lead.user, returned))

    assert "You looked at version 1. This is version 3." in words
    assert "Ambulance crews" in words
    assert "Care homes" in words


def test_review_detail_says_that_nothing_changed(returned, lead):
    submit(returned)

    response = page_for(lead.user, returned)

    assert "Nothing in the plan has changed since version 1." in changes_of(response)
    assert not any(folds(response).values())


@pytest.fixture
def signed():
    """Return an engagement whose signed plan was reopened and submitted anew."""
    engagement = engagement_at(S.AGREED)
    actions.revise_engagement(engagement=engagement, values={"reason": "A new partner"}, by=engagement.lead_consultant)
    again(engagement)
    return reread(engagement)


def test_p08_review_detail_compares_with_the_signed_version_where_the_reader_has_seen_none(signed):
    newcomer = ClientLeadFactory(engagement=signed, is_signatory=False).user

    response = page_for(newcomer, signed)

    assert "Since version 1, which is signed" in changes_of(response)
    assert "Ambulance crews" in changes_of(response)


def test_p08_review_detail_says_that_what_was_looked_at_last_is_signed(signed):
    words = changes_of(page_for(signed.client_leads.get().user, signed))

    assert "You looked at version 1, which is signed. This is version 2." in words
    assert "instead" not in words


def test_p08_review_detail_switches_to_the_differences_since_the_signed_version(signed):
    user = signed.client_leads.get().user
    decide(signed.client_leads.get(), "changes_wanted", "Name the care homes.")
    again(signed, "Care homes")
    looked_at = page_for(user, signed)
    link = soup(looked_at).select_one("section[aria-labelledby=changes] a[href*=since]")

    since_signed = page_for(user, signed, link["href"].removeprefix(url(signed)).partition("#")[0])

    assert "Ambulance crews" not in changes_of(looked_at)
    assert "Since version 1, which is signed" in changes_of(since_signed)
    assert "Ambulance crews" in changes_of(since_signed)
    assert "Compare with version 2 instead, which you looked at last" in changes_of(since_signed)


def test_review_detail_shows_colleagues_what_changed_since_the_version_before(returned):
    again(returned)

    response = page_for(returned.lead_consultant, returned)

    assert "Since version 1" in changes_of(response)
    assert "Ambulance crews" in changes_of(response)


def test_review_detail_where_the_older_version_cannot_be_read_shows_the_whole_plan(returned, lead):
    again(returned)
    PlanVersion.objects.filter(number=1).update(document={"format": 0})

    response = page_for(lead.user, returned)

    assert "Version 1 cannot be read any more" in changes_of(response)
    assert all(folds(response).values())


# Who has looked.


def test_p08_version_read_notes_once_that_a_client_lead_has_looked(in_review, lead):
    client = as_user(lead.user)

    answers = [post(client, url(in_review, "version_read", 1)) for _ in range(2)]

    assert [answer.url for answer in answers] == [url(in_review)] * 2
    assert VersionReading.objects.get().user == lead.user


def test_p08_version_read_is_offered_until_it_is_noted(in_review, lead):
    before = soup(page_for(lead.user, in_review)).select("[data-reading] form")
    actions.note_reading(version=waiting_version(in_review), by=lead.user)

    assert [form["action"] for form in before] == [url(in_review, "version_read", 1)]
    assert not soup(page_for(lead.user, in_review)).select("[data-reading]")
    assert not soup(page_for(in_review.lead_consultant, in_review)).select("[data-reading]")


def test_version_read_is_for_client_leads_and_versions_that_are_there(in_review, lead):
    assert post(as_user(in_review.lead_consultant), url(in_review, "version_read", 1)).status_code == 403
    assert post(as_user(StpLeadFactory()), url(in_review, "version_read", 1)).status_code == 404
    assert post(as_user(lead.user), url(in_review, "version_read", 2)).status_code == 404
    assert as_user(lead.user).get(url(in_review, "version_read", 1)).status_code == 405
    assert not VersionReading.objects.exists()


# Two versions side by side.


def test_version_compare_shows_what_changed_from_the_version_before(returned, lead):
    again(returned)

    response = as_user(lead.user).get(url(returned, "version_compare", 2))

    assert "From version 1 to version 2" in text_of(response)
    assert "Ambulance crews" in text_of(response)


def test_version_compare_takes_any_two_versions(returned, lead):
    again(returned, "Ambulance crews")
    actions.recall_engagement(engagement=returned, by=returned.lead_consultant)
    again(returned, "Care homes")
    client = as_user(lead.user)

    nearest = client.get(url(returned, "version_compare", 3))
    farthest = client.get(f"{url(returned, 'version_compare', 3)}?since=1")

    assert "From version 2 to version 3" in text_of(nearest)
    assert "Ambulance crews" not in text_of(nearest)
    assert "From version 1 to version 3" in text_of(farthest)
    assert "Ambulance crews" in text_of(farthest)
    assert soup(nearest).find("a", href=f"{url(returned, 'version_compare', 3)}?since=1")


def test_version_compare_says_what_there_is_to_say(returned, lead):
    submit(returned)
    client = as_user(lead.user)

    assert "Nothing in the plan changed from version 1 to version 2." in text_of(client.get(url(returned, "version_compare", 2)))
    assert "This is the first version." in text_of(client.get(url(returned, "version_compare", 1)))
    assert client.get(url(returned, "version_compare", 3)).status_code == 404
    assert as_user(StpLeadFactory()).get(url(returned, "version_compare", 2)).status_code == 404
    PlanVersion.objects.filter(number=1).update(document={"format": 0})
    assert "cannot be read any more" in text_of(client.get(url(returned, "version_compare", 2)))


# What the page costs, and where it leads.


def test_p20_a_client_lead_reaches_everything_the_page_links_to(returned, lead):
    EarlyStartFactory(engagement=returned)
    again(returned)
    client = as_user(lead.user)
    page = soup(client.get(url(returned)))
    addresses = {link["href"] for link in page.select("main a") if link["href"].startswith("/")}

    statuses = {address: client.get(address, follow=True).status_code for address in addresses}

    assert len(addresses) > 10
    assert set(statuses.values()) == {200}
    anchors = {link["href"] for link in page.select("main a") if link["href"].startswith("#")}
    assert all(page.select_one(anchor) for anchor in anchors)
    assert len({found["id"] for found in page.select("[id]")}) == len(page.select("[id]"))


@pytest.mark.parametrize("who", ["consultant", "client"])
@pytest.mark.parametrize("is_submitted", [False, True], ids=["sent back", "submitted"])
def test_review_detail_takes_as_many_queries_for_fifty_comments_and_parts_as_for_one(returned, lead, who, is_submitted):
    user = lead.user if who == "client" else returned.lead_consultant
    if is_submitted:
        again(returned)
    client = as_user(user)
    with CaptureQueriesContext(connection) as few:
        client.get(url(returned))
    version = waiting_version(returned)
    for number in range(50):
        comment = CommentFactory(version=version, author=lead.user, section=["people", "criteria"][number % 2])
        CommentFactory(version=version, answer_to=comment, author=returned.lead_consultant)
    if not is_submitted:
        PlannedInterventionFactory.create_batch(50, engagement=returned)

    with CaptureQueriesContext(connection) as many:
        client.get(url(returned))

    assert len(few) == len(many) <= 12


def test_review_detail_reads_nothing_of_other_engagements(in_review, lead):
    CommentFactory(text="About something else", version=waiting_version(engagement_at(S.IN_REVIEW)))

    assert "About something else" not in text_of(page_for(lead.user, in_review))


def test_review_detail_after_all_have_agreed_folds_what_did_not_change(signed):
    agree_all(signed)

    response = page_for(signed.client_leads.get().user, Engagement.objects.get(pk=signed.pk))

    assert [part for part, is_open in folds(response).items() if is_open] == ["people"]
    assert "All signatories have agreed to this plan." in text_of(response)


def test_p08_version_that_was_recalled_hides_nothing_that_changed_since_the_signed_one(signed):
    user = signed.client_leads.get().user
    actions.note_reading(version=waiting_version(signed), by=user)
    actions.recall_engagement(engagement=signed, by=signed.lead_consultant)
    again(signed, "Care homes")

    shown = changes_of(page_for(user, signed))

    assert "Ambulance crews" in shown
    assert "Care homes" in shown
