"""Pages of the moves from status to status, as the people who write a plan use them (P04)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core import keys
from engagements import actions
from engagements.enums import EngagementStatus
from tests.engagements.move_pages import form_of, url
from tests.engagements.situations import decide, engagement_at, ready_engagement, reread
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory
from tests.factories.directory import a_region
from tests.factories.engagements import ClientLeadFactory, EngagementFactory
from tests.helpers import THE_SESSION, as_user, date_boxes, draft_fields, post, soup, submit, text_of

pytestmark = pytest.mark.django_db
S = EngagementStatus
DUE_ON = timezone.localdate() + timedelta(days=14)
# For each page of a consultant: the status it starts from, what is typed, where it leads.
MOVES = {
    "engagement_submit": (S.CO_DESIGN, {"message": "Please read."}, S.IN_REVIEW),
    "engagement_recall": (S.IN_REVIEW, {}, S.CO_DESIGN),
    "engagement_revise": (S.AGREED, {"reason": "A new partner"}, S.CO_DESIGN),
    "engagement_start_delivery": (S.AGREED, {}, S.IN_DELIVERY),
    "engagement_start_evaluation": (S.IN_DELIVERY, {}, S.IN_EVALUATION),
    "engagement_close": (S.IN_EVALUATION, {}, S.CLOSED),
    "engagement_withdraw": (S.IN_DELIVERY, {"reason": "The money went elsewhere"}, S.WITHDRAWN),
    "engagement_reinstate": (S.WITHDRAWN, {}, S.CO_DESIGN),
}
ALSO_ALLOWED = {
    "engagement_revise": {S.IN_DELIVERY},
    "engagement_withdraw": {S.CO_DESIGN, S.IN_REVIEW, S.AGREED, S.IN_EVALUATION},
}


@pytest.mark.parametrize("view", MOVES)
def test_move_page_carries_the_move_out(view):
    status, typed, reached = MOVES[view]
    engagement = engagement_at(status)

    response = submit(as_user(engagement.lead_consultant), url(view, engagement), typed)

    assert response.status_code == 302
    # What closed work came to stands in its report.
    leads_to = "evaluation:report_detail" if reached == S.CLOSED else "engagements:review_detail"
    assert response["Location"] == reverse(leads_to, args=[engagement.reference])
    assert reread(engagement).status == reached


@pytest.mark.parametrize("status", S, ids=str)
@pytest.mark.parametrize("view", MOVES)
def test_move_page_in_each_status(view, status):
    engagement = engagement_at(status)
    client = as_user(engagement.lead_consultant)
    is_allowed = status == MOVES[view][0] or status in ALSO_ALLOWED.get(view, ())

    with CaptureQueriesContext(connection) as queries:
        response = client.get(url(view, engagement))

    assert response.status_code == 200
    assert len(queries) <= 12 + THE_SESSION
    assert (form_of(response) is not None) == is_allowed
    assert ("Before you can do this" in text_of(response)) == (not is_allowed)
    if not is_allowed:
        refused = post(client, url(view, engagement), MOVES[view][1])

        assert refused.status_code == 200
        assert soup(refused).title.get_text().startswith("Error: ")
        assert reread(engagement).status == status


@pytest.mark.parametrize("view", MOVES)
def test_move_page_is_not_found_by_a_stranger(view):
    stranger = ConsultantFactory(region=a_region("london"))

    assert as_user(stranger).get(url(view, EngagementFactory())).status_code == 404


@pytest.mark.parametrize("view", MOVES)
@pytest.mark.parametrize("factory", [ConsultantFactory, NationalAdminFactory], ids=["colleague", "national admin"])
def test_move_page_is_refused_to_readers(view, factory):
    engagement, reader = EngagementFactory(status=MOVES[view][0]), as_user(factory())

    assert reader.get(url(view, engagement)).status_code == 403
    assert post(reader, url(view, engagement), MOVES[view][1]).status_code == 403
    assert reread(engagement).status == MOVES[view][0]


@pytest.mark.parametrize("view", MOVES)
def test_move_page_is_refused_to_the_client(view):
    lead = ClientLeadFactory(engagement__shared=True)

    assert as_user(lead.user).get(url(view, lead.engagement)).status_code == 403


def test_move_page_is_open_to_the_regions_admin():
    engagement = engagement_at(S.AGREED)

    response = submit(as_user(RegionalAdminFactory()), url("engagement_start_delivery", engagement))

    assert response.status_code == 302
    assert reread(engagement).status == S.IN_DELIVERY


@pytest.mark.parametrize(
    ("view", "message"),
    [("engagement_revise", "Enter why a new version is needed"), ("engagement_withdraw", "Enter why the work stops")],
)
def test_move_page_asks_for_the_reason(view, message):
    engagement = engagement_at(MOVES[view][0])

    response = post(as_user(engagement.lead_consultant), url(view, engagement), {"reason": "  "})

    assert message in text_of(response)
    assert soup(response).title.get_text().startswith("Error: ")
    assert reread(engagement).status == MOVES[view][0]


def test_move_page_keeps_a_reason_that_is_too_long():
    engagement = engagement_at(S.AGREED)
    words = "x" * 4_001

    response = post(as_user(engagement.lead_consultant), url("engagement_revise", engagement), {"reason": words})

    assert "must be 4,000 characters or fewer" in text_of(response)
    assert words in form_of(response).select_one("textarea").get_text()


def test_engagement_submit_names_who_signs_and_what():
    engagement = ready_engagement()
    lead = engagement.client_leads.get()

    words = text_of(as_user(engagement.lead_consultant).get(url("engagement_submit", engagement)))

    assert str(lead) in words
    assert f"{engagement.planned_interventions.get().title} , at no cost" in words


def test_engagement_submit_names_what_is_missing_with_links():
    engagement = EngagementFactory()

    page = soup(as_user(engagement.lead_consultant).get(url("engagement_submit", engagement)))

    links = {link.get_text(): link["href"] for link in page.select(".nhsuk-card--warning a")}
    assert links["People: add at least one group"] == url("people_detail", engagement)
    assert links["Client leads: name at least one person who signs the plan"] == url("team_detail", engagement)


def test_engagement_submit_keeps_a_message_that_came_too_late():
    engagement = ready_engagement()
    client = as_user(engagement.lead_consultant)
    actions.submit_engagement(engagement=engagement, values={"message": ""}, by=engagement.lead_consultant)

    response = post(client, url("engagement_submit", engagement), {"message": "Please read the second part."})

    assert "Only a plan in co-design can be submitted" in text_of(response)
    assert "Please read the second part." in form_of(response).get_text()


def test_p04_drafts_and_saved_words_make_no_version_and_submitting_makes_one():
    engagement = ready_engagement()
    by, client = engagement.lead_consultant, as_user(engagement.lead_consultant)
    form = reverse("engagements:priority_create", args=[engagement.reference])
    for typed in ("Half", "Half a sent", "Half a sentence"):
        answer = client.post(reverse("core:draft_save"), {**draft_fields(by, form), "statement": typed})
        assert answer.status_code == 204
    post(client, form, {"statement": "A whole sentence"}, draft_owner=by)

    assert engagement.priorities.filter(statement="A whole sentence").exists()
    assert engagement.versions.count() == 0
    actions.submit_engagement(engagement=engagement, values={"message": ""}, by=by)

    assert engagement.versions.count() == 1


def test_engagement_submit_posted_twice_makes_one_version():
    engagement = ready_engagement()
    client = as_user(engagement.lead_consultant)
    data = {"message": "", "action_key": keys.new_key(), **date_boxes("due_on", DUE_ON)}

    answers = [client.post(url("engagement_submit", engagement), data)["Location"] for _ in range(2)]

    assert answers == [url("review_detail", engagement)] * 2
    assert engagement.versions.count() == 1


@pytest.mark.django_db(transaction=True)
def test_engagement_submit_posted_twenty_times_at_once_makes_one_version(in_parallel):
    engagement = ready_engagement()
    data = {"message": "", "action_key": keys.new_key(), **date_boxes("due_on", DUE_ON)}
    clients = [as_user(engagement.lead_consultant) for _ in range(20)]

    answers = in_parallel(lambda number: clients[number].post(url("engagement_submit", engagement), data), 20)

    assert {answer.get("Location") for answer in answers} == {url("review_detail", engagement)}
    assert engagement.versions.count() == 1


def test_engagement_recall_says_that_somebody_has_decided():
    engagement = engagement_at(S.IN_REVIEW, signatories=2)
    decide(engagement.client_leads.order_by("pk").first())

    response = as_user(engagement.lead_consultant).get(url("engagement_recall", engagement))

    assert "decided already, so the plan cannot be recalled" in text_of(response)
    assert form_of(response) is None
