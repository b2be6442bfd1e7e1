"""What a signatory wants changed stands first wherever the plan is changed."""

import pytest

from engagements import actions
from engagements.enums import DecisionOutcome
from engagements.models import Engagement
from tests.engagements.situations import engagement_at
from tests.helpers import as_user, soup, text_of

pytestmark = pytest.mark.django_db
WORDS = "Say who pays for backfill on the coast"


@pytest.fixture
def returned():
    """Return an engagement whose signatory has asked for changes."""
    engagement = engagement_at("in_review")
    lead = engagement.client_leads.filter(is_signatory=True).first()
    version = engagement.versions.get()
    values = {
        "outcome": DecisionOutcome.CHANGES_WANTED,
        "comment": WORDS,
        "section": "people",
        "content_hash": version.content_hash,
    }
    actions.decide_version(lead=lead, values=values, by=lead.user)
    return Engagement.objects.get(pk=engagement.pk)


@pytest.mark.parametrize("address", ["", "review/"])
def test_the_words_of_who_asked_for_changes_stand_on_workspace_and_review(returned, address):
    text = text_of(as_user(returned.lead_consultant).get(f"{returned.get_absolute_url()}{address}"))

    assert "asked for changes to version 1" in text
    assert WORDS in text
    assert "The new version of this plan has not been submitted" in text


def test_nothing_is_said_before_anybody_has_asked_for_changes():
    engagement = engagement_at("co_design")

    text = text_of(as_user(engagement.lead_consultant).get(engagement.get_absolute_url()))

    assert "asked for changes" not in text


def test_review_shows_the_words_of_who_asked_for_changes_once(returned):
    page = soup(as_user(returned.lead_consultant).get(f"{returned.get_absolute_url()}review/"))
    for folded in page.select("#versions-heading ~ ol details"):
        folded.decompose()
    text = " ".join(page.get_text(" ").split())

    assert text.count(WORDS) == 1
