import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engagements import actions
from engagements.enums import ClientKind, EngagementStatus, Finding
from engagements.models import Engagement
from tests.engagements.situations import decide, engagement_at, ready_engagement, reread, waiting_version
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import a_region
from tests.factories.engagements import (
    ClientLeadFactory,
    CommentFactory,
    CriterionCheckFactory,
    EngagementFactory,
    PlaceFactory,
    PlanVersionFactory,
    a_criterion,
)
from tests.helpers import THE_SESSION, as_user, soup, text_of

pytestmark = pytest.mark.django_db
S = EngagementStatus


def url(engagement, view="review_detail"):
    return reverse(f"engagements:{view}", args=[engagement.reference])


def page_for(user, engagement):
    response = as_user(user).get(url(engagement))
    assert response.status_code == 200
    return response


def links(response):
    return {link.get_text(" ", strip=True): link["href"] for link in soup(response).select("main a")}


def decides(response, engagement):
    """Tell whether a page leads to the decision."""
    return any(href.startswith(url(engagement, "version_decide")) for href in links(response).values())


def overruled(engagement, reason="The board agreed that the preparation is itself a step."):
    """Let a person overrule one finding of the plan."""
    planned = engagement.planned_interventions.get()
    planned.preparatory_percent = 60
    planned.save()
    actions.write_criterion_reason(
        planned=planned,
        criterion=a_criterion(),
        values={"overruled_to": Finding.MET, "reason": reason},
        by=engagement.lead_consultant,
    )
    return engagement


@pytest.mark.parametrize("status", S, ids=str)
def test_review_detail_says_where_the_plan_stands(status):
    engagement = engagement_at(status)

    response = page_for(engagement.lead_consultant, engagement)

    assert soup(response).select_one(".app-next-step").get_text(strip=True)
    assert engagement.get_status_display() in soup(response).select_one(".app-meta").get_text()


NEXT = {
    S.CO_DESIGN: {"engagement_submit", "engagement_withdraw", "engagement_start_early"},
    S.IN_REVIEW: {"engagement_recall", "engagement_withdraw", "engagement_start_early"},
    S.AGREED: {"engagement_start_delivery", "engagement_revise", "engagement_withdraw"},
    S.IN_DELIVERY: {"engagement_start_evaluation", "engagement_revise", "engagement_withdraw"},
    S.IN_EVALUATION: {"engagement_close", "engagement_withdraw"},
    S.CLOSED: set(),
    S.WITHDRAWN: {"engagement_reinstate"},
}
ALL_MOVES = set().union(*NEXT.values())


@pytest.mark.parametrize("status", S, ids=str)
def test_review_detail_offers_the_moves_that_are_allowed(status):
    engagement = engagement_at(status)

    offered = set(links(page_for(engagement.lead_consultant, engagement)).values())

    assert {move for move in ALL_MOVES if url(engagement, move) in offered} == NEXT[status]


@pytest.mark.parametrize("status", S, ids=str)
@pytest.mark.parametrize("who", ["colleague", "national admin", "client"])
def test_review_detail_links_only_to_what_the_reader_can_open(status, who):
    engagement = engagement_at(status)
    Engagement.objects.filter(pk=engagement.pk, shared_at=None).update(shared_at=engagement.created_at)
    person = {
        "colleague": ConsultantFactory,
        "national admin": NationalAdminFactory,
        "client": lambda: engagement.client_leads.get().user,
    }[who]()
    client = as_user(person)

    response = client.get(url(engagement))

    for name, href in links(response).items():
        if not href.startswith(("mailto:", "https:", "http:", "#")):
            assert client.get(href, follow=True).status_code == 200, name


def test_review_detail_names_what_is_missing_with_links():
    engagement = EngagementFactory()

    found = links(page_for(engagement.lead_consultant, engagement))

    assert found["People: add at least one group"] == url(engagement, "people_detail")
    assert url(engagement, "engagement_submit") not in found.values()


def test_review_detail_tells_readers_what_is_missing_without_links():
    response = page_for(ConsultantFactory(), EngagementFactory())

    assert "People: add at least one group" in text_of(response)
    assert "People: add at least one group" not in links(response)


def test_review_detail_points_out_what_does_not_fit():
    engagement = EngagementFactory(client_kind=ClientKind.SEVERAL_STPS)
    PlaceFactory(engagement=engagement, whole_area=True)

    response = page_for(engagement.lead_consultant, engagement)

    assert "The client is more than one STP area, and Place names only" in text_of(response)


def test_review_detail_shows_overruled_criteria_first_with_the_reason():
    engagement = overruled(ready_engagement())

    words = text_of(page_for(engagement.lead_consultant, engagement))

    assert "Overruled. It works out as “partly met”." in words
    assert words.index("The board agreed that the preparation") < words.index("Signatories")


def test_review_detail_says_that_nobody_wrote_why():
    engagement = ready_engagement()
    planned = engagement.planned_interventions.get()
    planned.is_no_cost, planned.estimated_cost = False, 100
    planned.save()
    planned.funding_lines.create(source="A fund", amount=10, certainty="confirmed")

    words = text_of(page_for(engagement.lead_consultant, engagement))

    assert "Affordable: Planned intervention" in words
    assert "Nobody has written why yet." in words


def test_review_detail_in_review_says_who_has_decided():
    engagement = engagement_at(S.IN_REVIEW, signatories=2)
    first, second = engagement.client_leads.order_by("pk")
    decide(first, comment="Well done.")

    response = page_for(engagement.lead_consultant, engagement)

    words = text_of(response)
    assert f"{first} Agreed" in words
    assert "Well done." in words
    assert f"{second} Has not decided yet" in words
    assert "the plan cannot be recalled" in words
    assert url(engagement, "engagement_recall") not in links(response).values()


def test_review_detail_lists_the_versions_with_what_was_said():
    engagement = engagement_at(S.IN_REVIEW)
    by = engagement.lead_consultant
    decide(engagement.client_leads.get(), "changes_wanted", "Name the ambulance service.")
    actions.submit_engagement(engagement=reread(engagement), values={"message": "It is named now."}, by=by)

    items = soup(page_for(by, engagement)).select(".app-history__item")

    said = [" ".join(item.get_text(" ").split()) for item in items]
    assert "Version 2 : waiting for the signatories" in said[0]
    assert "It is named now." in said[0]
    assert "Version 1 : changes wanted" in said[1]
    assert "Name the ambulance service." in said[1]
    assert waiting_version(engagement).content_hash[:12] in said[0]


def test_review_detail_asks_the_signatory_first_what_is_asked():
    engagement = overruled(ready_engagement(title="Urgent care together"))
    submitted = actions.submit_engagement(
        engagement=engagement, values={"message": "Dear Cara, please read."}, by=engagement.lead_consultant
    )

    response = page_for(engagement.client_leads.get().user, submitted.engagement)

    words = text_of(response)
    order = [
        "Urgent care together",
        "Please agree to this plan or ask for changes by",
        "days left.",
        "Agree",
        "Ask for changes",
        "Dear Cara, please read.",
        "Criteria to look at first",
        "The board agreed that the preparation",
        "This is the first version that you are shown.",
        "The plan",
        "Fewer people wait for a bed.",
        "Signatories",
        "Versions",
    ]
    # The title stands in the breadcrumb as well, and the name of a page in the navigation.
    start = words.index("Urgent care together")
    for part in order:
        start = words.index(part, start)
    assert links(response)["Agree"] == f"{url(engagement, 'version_decide')}?version=1&outcome=agreed"
    assert links(response)["Ask for changes"] == f"{url(engagement, 'version_decide')}?version=1&outcome=changes_wanted"


def test_review_detail_tells_a_signatory_whom_it_waits_for():
    engagement = engagement_at(S.IN_REVIEW, signatories=2)
    first, second = engagement.client_leads.order_by("pk")
    decide(first)

    response = page_for(first.user, engagement)

    assert "You agreed to this plan on" in text_of(response)
    assert f"It still waits for {second}." in text_of(response)
    assert not decides(response, engagement)


def test_review_detail_tells_a_reader_that_nothing_is_asked():
    engagement = engagement_at(S.IN_REVIEW)
    reader = ClientLeadFactory(engagement=engagement, is_signatory=False).user

    response = page_for(reader, engagement)

    assert "Nothing is asked of you." in text_of(response)
    assert not decides(response, engagement)


def test_review_detail_says_to_the_client_that_all_criteria_are_met():
    engagement = engagement_at(S.IN_REVIEW)

    words = text_of(page_for(engagement.client_leads.get().user, engagement))

    assert "nobody has overruled a finding" in words
    assert "1 planned intervention. No cost." in words


@pytest.mark.parametrize("status", [status for status in S if status != S.IN_REVIEW], ids=str)
def test_review_detail_tells_the_client_where_the_plan_stands(status):
    engagement = engagement_at(status)
    Engagement.objects.filter(pk=engagement.pk, shared_at=None).update(shared_at=engagement.created_at)

    words = text_of(page_for(engagement.client_leads.get().user, engagement))

    assert "Next:" not in words
    assert "Before it can go to review" not in words


def test_review_detail_shows_the_client_nothing_of_a_plan_being_rewritten():
    engagement = engagement_at(S.IN_REVIEW)
    client = engagement.client_leads.get().user
    actions.recall_engagement(engagement=engagement, by=engagement.lead_consultant)
    overruled(reread(engagement), reason="Not for the client yet.")

    words = text_of(page_for(client, engagement))

    assert "Your LDP is working on this plan again." in words
    assert "Not for the client yet." not in words


def test_review_detail_lets_nobody_decide_on_what_they_wrote():
    engagement = engagement_at(S.IN_REVIEW)
    client = engagement.client_leads.get().user
    engagement.team.add(client)

    response = page_for(client, engagement)

    assert not decides(response, engagement)
    assert "Nobody signs a plan that they helped to write." in text_of(response)


def test_review_detail_without_a_document_that_can_be_read():
    engagement = EngagementFactory(status=S.IN_REVIEW, shared=True)
    PlanVersionFactory(engagement=engagement)

    page = soup(page_for(engagement.lead_consultant, engagement))

    assert page.select_one("#plan") is None
    assert page.find("a", string="Read the brief")


def test_review_detail_shows_words_as_text():
    engagement = ready_engagement()
    words = "<script>alert(1)</script> \u202e"
    actions.submit_engagement(engagement=engagement, values={"message": words}, by=engagement.lead_consultant)

    response = page_for(engagement.client_leads.get().user, engagement)

    assert not soup(response).select("main script")
    assert words in soup(response).select_one("main").get_text()


def test_review_detail_is_not_found_by_strangers():
    engagement = EngagementFactory(shared=True)

    for stranger in (ConsultantFactory(region=a_region("london")), StpLeadFactory()):
        assert as_user(stranger).get(url(engagement)).status_code == 404


@pytest.mark.parametrize("who", ["lead", "client"])
@pytest.mark.parametrize("status", [S.CO_DESIGN, S.IN_REVIEW, S.AGREED], ids=str)
def test_review_detail_asks_as_many_questions_after_many_versions_as_after_one(who, status):
    engagement = engagement_at(status, signatories=2)
    Engagement.objects.filter(pk=engagement.pk, shared_at=None).update(shared_at=engagement.created_at)
    # Somebody who is not on the team wrote a reason: the page has to learn their name.
    CriterionCheckFactory(planned_intervention=engagement.planned_interventions.get(), by=RegionalAdminFactory())
    client = as_user(engagement.lead_consultant if who == "lead" else engagement.client_leads.first().user)
    with CaptureQueriesContext(connection) as one:
        client.get(url(engagement))
    engagement.versions.update(number=20)
    for number in range(1, 13):
        version = PlanVersionFactory(engagement=engagement, recalled=True, number=number)
        CommentFactory(version=version, author=engagement.client_leads.first().user)
    with CaptureQueriesContext(connection) as many:
        client.get(url(engagement))

    assert len(many) - len(one) in (0, 1)
    assert len(many) <= 12 + THE_SESSION
