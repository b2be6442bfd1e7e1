"""After sign-off the page says that the brief is on its way; where it could not be made, who may have it made again."""

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEvent, OutboxEntry
from engagements import documents, policies, tasks
from engagements.enums import BriefState, EngagementStatus
from engagements.models import BriefFile
from tests.engagements.situations import engagement_at, waiting_version
from tests.factories.accounts import NationalAdminFactory, StpLeadFactory
from tests.helpers import as_user, post, soup, text_of

pytestmark = pytest.mark.django_db

COMING, FAILED = "The brief is on its way", "could not be made"


@pytest.fixture
def agreed(monkeypatch):
    """Return an engagement whose plan was agreed just now, its brief not made yet; making it takes no time."""
    monkeypatch.setattr(documents, "render_signed", lambda version: b"%PDF")
    return engagement_at(EngagementStatus.AGREED)


def give_up():
    OutboxEntry.objects.filter(task=policies.RENDERING).update(status="failed", ended_at=timezone.now(), fault="PdfError")


def pages_of(engagement):
    return [
        reverse("engagements:review_detail", args=[engagement.reference]),
        reverse("engagements:brief_detail", args=[engagement.reference]),
        reverse("engagements:version_detail", args=[engagement.reference, 1]),
    ]


def render_url(engagement):
    return reverse("engagements:version_render", args=[engagement.reference, waiting_version(engagement).number])


def test_the_task_that_pages_ask_after_is_the_one_that_makes_the_brief():
    assert tasks.render_signed_brief.name == policies.RENDERING


def test_the_pages_say_that_the_brief_is_on_its_way_until_it_is_there(agreed):
    lead = agreed.client_leads.get().user
    for reader in (lead, agreed.lead_consultant):
        for page in pages_of(agreed):
            assert COMING in text_of(as_user(reader).get(page)), page

    tasks.render_signed_brief(waiting_version(agreed).pk)

    for reader in (lead, agreed.lead_consultant):
        for page in pages_of(agreed):
            words = text_of(as_user(reader).get(page))
            assert COMING not in words
            assert FAILED not in words


def test_where_it_was_given_up_those_who_may_change_the_plan_have_it_made_again(agreed, after_commit):
    give_up()
    consultant = as_user(agreed.lead_consultant)
    page = soup(consultant.get(pages_of(agreed)[0]))
    form = page.find("button", string=lambda words: words and "Make the brief again" in words).find_parent("form")

    response = after_commit(post, consultant, form["action"])

    assert response["Location"] == pages_of(agreed)[0]
    assert BriefFile.objects.get().version == waiting_version(agreed)
    event = AuditEvent.objects.get(verb="asked again for")
    assert (event.actor, event.trail) == (agreed.lead_consultant, agreed.trail)
    assert event.subject_label == "the signed brief of version 1"
    assert FAILED not in text_of(consultant.get(pages_of(agreed)[0]))


def test_others_read_that_it_failed_and_who_can_help(agreed):
    give_up()
    for reader in (agreed.client_leads.get().user, NationalAdminFactory()):
        for page in pages_of(agreed):
            shown = as_user(reader).get(page)
            assert "The lead consultant can have it made again." in text_of(shown)
            assert "Make the brief again" not in text_of(shown)


def test_a_signed_brief_that_nobody_was_asked_for_can_be_asked_for(agreed):
    OutboxEntry.objects.all().delete()

    assert policies.brief_state(waiting_version(agreed)) == BriefState.GIVEN_UP
    assert policies.making_blockers(waiting_version(agreed)) == []


@pytest.mark.parametrize(
    ("status", "is_made", "words"),
    [
        (EngagementStatus.AGREED, False, "The brief is on its way"),
        (EngagementStatus.AGREED, True, "The signed brief has been made"),
        (EngagementStatus.IN_REVIEW, False, "This version is not signed"),
    ],
    ids=["on its way", "there", "not signed"],
)
def test_version_render_refuses_where_there_is_nothing_to_make_again(monkeypatch, status, is_made, words):
    monkeypatch.setattr(documents, "render_signed", lambda version: b"%PDF")
    engagement = engagement_at(status)
    if is_made:
        tasks.render_signed_brief(waiting_version(engagement).pk)

    response = post(as_user(engagement.lead_consultant), render_url(engagement), follow=True)

    assert words in text_of(response)
    assert not AuditEvent.objects.filter(verb="asked again for").exists()


def test_version_render_is_for_those_who_may_change_the_plan(agreed):
    give_up()
    url = render_url(agreed)

    assert post(as_user(agreed.client_leads.get().user), url).status_code == 403
    assert post(as_user(NationalAdminFactory()), url).status_code == 403
    assert post(as_user(StpLeadFactory()), url).status_code == 404
    elsewhere = reverse("engagements:version_render", args=[agreed.reference, 9])
    assert post(as_user(agreed.lead_consultant), elsewhere).status_code == 404
