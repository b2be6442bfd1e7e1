"""What stands at the top of the review: what is in force, how long it waits, what is to settle, what began early."""

import pytest
from django.urls import reverse

from core.models import FormDraft
from engagements import actions
from engagements.enums import EngagementStatus
from tests.engagements.situations import engagement_at, reread, waiting_version
from tests.helpers import as_user, submit, text_of

pytestmark = pytest.mark.django_db
S = EngagementStatus
IN_FORCE = "stays in force until a new version is signed"


def page(engagement, user, view="review_detail"):
    return as_user(user).get(reverse(f"engagements:{view}", args=[engagement.reference]))


def revise(engagement):
    actions.revise_engagement(engagement=engagement, values={"reason": "The money came."}, by=engagement.lead_consultant)
    return reread(engagement)


def test_signed_version_is_named_as_in_force_while_the_next_is_written_and_reviewed():
    engagement = revise(engagement_at(S.AGREED))
    consultant, client = engagement.lead_consultant, engagement.client_leads.get().user

    written = [text_of(page(engagement, user)) for user in (consultant, client)]
    workspace = text_of(page(engagement, consultant, "engagement_detail"))
    actions.submit_engagement(engagement=engagement, values={}, by=consultant)
    reviewed = [text_of(page(engagement, user)) for user in (consultant, client)]

    assert all("Version 1, signed" in said and IN_FORCE in said for said in (*written, workspace, *reviewed))


@pytest.mark.parametrize("status", [S.IN_REVIEW, S.AGREED], ids=str)
def test_nothing_is_in_force_beside_a_first_version(status):
    engagement = engagement_at(status)

    assert IN_FORCE not in text_of(page(engagement, engagement.lead_consultant))


def test_p10_consultant_reads_at_the_top_how_long_on_whom_and_by_when():
    engagement = engagement_at(S.IN_REVIEW)

    said = text_of(page(engagement, engagement.lead_consultant))

    waits = f"Waiting for {engagement.client_leads.get()}. Asked to decide by"
    assert said.index(waits) < said.index("Signatories")


def test_consultant_reads_how_many_comments_are_to_settle():
    engagement = engagement_at(S.IN_REVIEW)
    lead = engagement.client_leads.get()
    actions.write_comment(
        version=waiting_version(engagement), values={"section": "people", "text": "Who drives the ambulance?"}, by=lead.user
    )
    actions.recall_engagement(engagement=engagement, by=engagement.lead_consultant)

    assert "1 comment of the client is not settled yet." in text_of(page(engagement, engagement.lead_consultant))


def test_p10_start_before_sign_off_stands_before_the_plan():
    engagement = engagement_at(S.IN_REVIEW)
    actions.start_before_sign_off(engagement=engagement, values={"reason": "The term begins."}, by=engagement.lead_consultant)

    said = text_of(page(engagement, engagement.client_leads.get().user))

    assert said.index("The term begins.") < said.index("The plan")


def test_what_was_typed_at_the_other_button_goes_with_the_decision():
    engagement = engagement_at(S.IN_REVIEW)
    user = engagement.client_leads.get().user
    decide = reverse("engagements:version_decide", args=[engagement.reference])
    other = f"{decide}?version=1&outcome=changes_wanted"
    FormDraft.objects.create(user=user, form="engagements:version_decide", subject=other, data={"comment": ["Half a thought"]})

    submit(as_user(user), f"{decide}?version=1&outcome=agreed")

    assert reread(engagement).status == S.AGREED
    assert not FormDraft.objects.exists()
