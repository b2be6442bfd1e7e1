"""What is asked of a client lead, in sentences (P06, P10)."""

from datetime import date

import pytest

from engagements import policies
from engagements.enums import EngagementStatus
from tests.engagements.situations import engagement_at
from tests.factories.engagements import ClientLeadFactory, EngagementFactory

pytestmark = pytest.mark.django_db
TODAY = date(2017, 4, 3)


def asked(engagement, user):
    signing = policies.read_signing(engagement)
    decisions = list(signing.version.decisions.all()) if signing.version else []
    return policies.asked_of(signing, user, decisions, on=TODAY)


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (date(2017, 4, 5), "2 days left."),
        (date(2017, 4, 4), "1 day left."),
        (TODAY, "Today is the last day."),
        (date(2017, 4, 2), "1 day late."),
        (date(2017, 3, 31), "3 days late."),
    ],
    ids=str,
)
def test_p10_time_left_says_how_much_time_there_is(due_on, words):
    assert policies.time_left(due_on, on=TODAY) == words


@pytest.mark.parametrize(("days", "words"), [(0, "Asked today"), (1, "Asked 1 day ago"), (9, "Asked 9 days ago")])
def test_p10_asked_words_say_since_when(days, words):
    assert policies.asked_words(days) == words


def test_p06_asked_of_says_that_nothing_has_been_submitted():
    lead = ClientLeadFactory(engagement=EngagementFactory(shared=True))

    sentences, must_decide = asked(lead.engagement, lead.user)

    assert "Your LDP is working on this plan" in sentences[0]
    assert not must_decide


@pytest.mark.parametrize("status", [status for status in EngagementStatus if status != EngagementStatus.CO_DESIGN], ids=str)
def test_p06_asked_of_asks_for_a_decision_in_review_only(status):
    engagement = engagement_at(status)

    sentences, must_decide = asked(engagement, engagement.client_leads.get().user)

    assert all(sentences)
    assert must_decide == (status == EngagementStatus.IN_REVIEW)


def test_p06_asked_of_tells_a_reader_that_they_can_comment():
    engagement = engagement_at(EngagementStatus.IN_REVIEW)
    reader = ClientLeadFactory(engagement=engagement, is_signatory=False)

    assert asked(engagement, reader.user)[0][-1] == "You can comment on it."
