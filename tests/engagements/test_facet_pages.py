"""Pages of the four facets: four equal ways in, how clear each is, and the client's own words."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engagements.enums import Clarity, EngagementStatus, Facet
from engagements.models import Engagement
from tests.engagements.facets import HOSTILE, a_client_lead, each_facet, each_kind, outsiders, strangers
from tests.engagements.pages import colleague_of
from tests.factories.directory import OrganisationFactory, SiteFactory, a_footprint
from tests.factories.engagements import EngagementFactory, ParticipantGroupFactory, PlaceFactory
from tests.factories.framework import a_behaviour, a_role, a_step
from tests.helpers import as_user, filled, post, soup, submit, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement():
    return EngagementFactory(title="Leading together")


@pytest.fixture
def client(engagement):
    return as_user(engagement.lead_consultant)


@pytest.fixture
def colleague(engagement):
    return colleague_of(engagement)


@each_facet
def test_facet_page_opens_for_everybody_who_may_see_the_engagement(engagement, facet):
    url = reverse(f"engagements:{facet}_detail", args=[engagement.reference])

    for person in [engagement.lead_consultant, *outsiders(engagement)]:
        assert as_user(person).get(url).status_code == 200


@each_facet
def test_facet_page_is_not_found_by_people_who_may_not_see_the_engagement(engagement, facet):
    url = reverse(f"engagements:{facet}_detail", args=[engagement.reference])

    for person in strangers():
        assert as_user(person).get(url).status_code == 404


@each_facet
def test_facet_page_is_closed_to_the_client_who_reads_what_was_submitted(engagement, facet):
    client = as_user(a_client_lead(engagement))

    assert client.get(reverse(f"engagements:{facet}_detail", args=[engagement.reference])).status_code == 403


@each_facet
def test_facet_page_of_an_unknown_reference_is_not_found(client, facet):
    assert client.get(reverse(f"engagements:{facet}_detail", args=["EM-9999"])).status_code == 404


@each_kind
def test_facet_page_takes_as_many_queries_for_50_rows_as_for_one(engagement, client, kind):
    def measured():
        # Asked once in each process, which must not be counted.
        assert connection.features.supports_json_field
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(kind.home(engagement)).status_code == 200
        return len(queries)

    lists = {"priority": {"roles": [a_role()], "behaviours": [a_behaviour()]}, "purpose": {"forward_view_steps": [a_step()]}}
    extra = lists.get(kind.view, {})
    make = {
        "participant_group": lambda: {"organisation": OrganisationFactory(footprints=[a_footprint()])},
        "place": lambda: {"site": SiteFactory(footprints=[a_footprint()])},
    }.get(kind.view, dict)
    kind.factory(engagement=engagement, **extra, **make())
    one = measured()
    for _ in range(49):
        kind.factory(engagement=engagement, **extra, **make())

    assert measured() == one <= 12


# How clear a facet is, and the client's own words.


@each_facet
def test_facet_edit_keeps_clarity_and_words_apart_from_the_entries(engagement, client, facet):
    url = reverse("engagements:facet_edit", args=[engagement.reference, facet])

    answer = submit(client, url, {f"{facet}_clarity": Clarity.CLEAR, f"{facet}_words": HOSTILE}, follow=True)

    engagement.refresh_from_db()
    assert (engagement.clarity_of(facet), engagement.words_on(facet)) == (Clarity.CLEAR, HOSTILE)
    assert soup(answer).select_one("blockquote").get_text().strip() == HOSTILE
    assert "<script>alert" not in answer.content.decode()
    assert {engagement.clarity_of(other) for other in Facet if other != facet} == {Clarity.NOT_STARTED}


def test_facet_edit_of_no_facet_is_not_found(engagement, client):
    assert client.get(reverse("engagements:facet_edit", args=[engagement.reference, "weather"])).status_code == 404


@each_facet
def test_facet_edit_is_closed_to_who_may_not_change_and_not_found_by_strangers(engagement, facet):
    url = reverse("engagements:facet_edit", args=[engagement.reference, facet])

    for person in [*outsiders(engagement), a_client_lead(engagement)]:
        assert as_user(person).get(url).status_code == 403
        assert post(as_user(person), url, {f"{facet}_clarity": "clear"}).status_code == 403
    for person in strangers():
        assert as_user(person).get(url).status_code == 404


def test_facet_edit_without_a_choice_asks_for_it_and_keeps_the_words(engagement, client):
    url = reverse("engagements:facet_edit", args=[engagement.reference, "people"])

    answer = post(client, url, {"people_words": "They said so"})

    assert "Answer: How clear is People by now?" in text_of(answer)
    assert answer.context["form"]["people_words"].value() == "They said so"


def test_p03_facet_edit_shows_the_words_of_both(engagement, client, colleague):
    url = reverse("engagements:facet_edit", args=[engagement.reference, "place"])
    mine = filled(client, url) | {"place_words": "My note", "place_clarity": "in_progress"}
    submit(colleague, url, {"place_words": "Their note"})

    answer = client.post(url, mine)

    assert soup(answer).select_one(".app-conflict__theirs").get_text() == "Their note"
    assert answer.context["form"]["place_words"].value() == "My note"


def test_facet_edit_outside_co_design_says_why(engagement, client):
    Engagement.objects.update(status=EngagementStatus.CLOSED)
    url = reverse("engagements:facet_edit", args=[engagement.reference, "place"])

    assert "The engagement is closed" in text_of(client.get(url))
    assert "The engagement is closed" in text_of(post(client, url, {"place_clarity": "clear"}))


def test_remarks_stand_on_the_page_they_belong_to(engagement, client):
    for number in (13, 14):
        PlaceFactory(engagement=engagement, name="", footprint=a_footprint(number))
    ParticipantGroupFactory(engagement=engagement, organisation=OrganisationFactory(footprints=[a_footprint(13)]))

    people, place = (
        text_of(client.get(reverse(f"engagements:{f}_detail", args=[engagement.reference]))) for f in ("people", "place")
    )

    assert "People come from" in people
    assert "People come from" not in place
