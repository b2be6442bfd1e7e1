import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from core import audit
from engagements import documents
from engagements.enums import ClientKind, EngagementStatus
from engagements.forms import EngagementFilterForm
from engagements.models import Engagement
from tests.engagements.test_permissions import RIGHTS, SEE, everybody
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import FootprintFactory, SiteFactory, a_footprint, a_region
from tests.factories.engagements import ClientLeadFactory, EngagementFactory, PlaceFactory, PlanVersionFactory
from tests.helpers import as_user, soup, text_of

pytestmark = pytest.mark.django_db

MAX_QUERIES = 8


def list_url(**query):
    return f"{reverse('engagements:engagement_list')}?{urlencode(query)}"


def titles(response):
    return [link.get_text() for link in soup(response).select("tbody th a")]


def shown(user, **query):
    response = as_user(user).get(list_url(**query))
    assert response.status_code == 200
    return titles(response)


@pytest.fixture
def ann():
    return ConsultantFactory(full_name="Ann Archer")


def test_engagement_list_sends_strangers_to_sign_in():
    response = Client().get(reverse("engagements:engagement_list"))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("kind", [kind for kind, rights in RIGHTS.items() if not kind.endswith("_who_left")], ids=str)
def test_engagement_list_shows_what_each_kind_of_person_may_see(kind):
    engagement, people = everybody()

    found = shown(people[kind])

    assert (engagement.title in found) == (SEE in RIGHTS[kind])


def test_engagement_list_shows_the_newest_first(ann):
    for number in range(3):
        EngagementFactory(title=f"Work {number}")

    assert shown(ann) == ["Work 2", "Work 1", "Work 0"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("reference", ["B", "C", "A"]),
        ("title", ["A", "B", "C"]),
        ("status", ["B", "C", "A"]),
        ("newest", ["C", "B", "A"]),
        ("waiting", ["C", "B", "A"]),
    ],
)
def test_engagement_list_in_another_order(ann, sort, expected):
    EngagementFactory(title="A", reference="EM-0003", status=EngagementStatus.CLOSED)
    EngagementFactory(title="B", reference="EM-0001", status=EngagementStatus.CO_DESIGN)
    EngagementFactory(title="C", reference="EM-0002", status=EngagementStatus.IN_REVIEW)

    assert shown(ann, sort=sort) == expected


def test_p10_engagement_list_puts_the_longest_waiting_first_and_says_how_long(ann):
    for title, days in (("Waits a little", 1), ("Waits long", 9), ("Came in today", 0)):
        engagement = EngagementFactory(title=title, status=EngagementStatus.IN_REVIEW)
        PlanVersionFactory(engagement=engagement, recalled=True, submitted_at=timezone.now() - timedelta(days=30))
        PlanVersionFactory(engagement=engagement, submitted_at=timezone.now() - timedelta(days=days))
    EngagementFactory(title="Waits for nobody")

    response = as_user(ann).get(list_url(sort="waiting"))

    assert titles(response) == ["Waits long", "Waits a little", "Came in today", "Waits for nobody"]
    said = [" ".join(cell.get_text(" ").split()) for cell in soup(response).select("td[data-label=Status]")]
    assert said == ["In review for 9 days", "In review for 1 day", "In review since today", "Co-design"]


def test_engagement_list_says_what_each_row_needs(ann):
    engagement = EngagementFactory(title="Urgent care", reference="EM-0007", client="The board", lead_consultant=ann)
    PlaceFactory(engagement=engagement, whole_area=True)
    PlaceFactory(engagement=engagement, site=SiteFactory(footprints=[FootprintFactory(name="Wirral")]), name="")

    (row,) = soup(as_user(ann).get(list_url())).select("tbody tr")

    words = " ".join(row.get_text(" ").split())
    assert words.startswith(f"Urgent care EM-0007 The board {a_footprint().name}, Wirral East Midlands Ann Archer Co-design")
    assert [link["href"] for link in row.select("a")] == [engagement.get_absolute_url()]


def test_engagement_list_shows_the_last_change(ann):
    engagement = EngagementFactory()
    event = audit.record("changed", engagement, by=ann, trail=engagement.trail)

    (row,) = soup(as_user(ann).get(list_url())).select("tbody tr")

    assert row.select("td")[-1].get_text() == event.at.strftime("%-d %B %Y")


FILTERS = {
    "status": ({"status": "in_review"}, "in review"),
    "region": ({"region": "north-west"}, "in North West"),
    "area": ({"area": "13"}, "in the STP area Lincolnshire"),
    "client": ({"client": "vanguard"}, "for a vanguard site"),
    "mine": ({"lead": "mine"}, "that you lead or are on the team of"),
    "words": ({"q": "needle"}, "with “needle”"),
}


@pytest.mark.parametrize("name", FILTERS)
def test_p24_engagement_list_narrows_and_says_so(ann, name):
    query, sentence = FILTERS[name]
    EngagementFactory(title="Left out")
    wanted = {
        "status": lambda: EngagementFactory(status=EngagementStatus.IN_REVIEW),
        "region": lambda: PlaceFactory(engagement__lead_region=a_region("north-west"), whole_area=True).engagement,
        "area": lambda: PlaceFactory(whole_area=True).engagement,
        "client": lambda: EngagementFactory(client_kind=ClientKind.VANGUARD),
        "mine": lambda: EngagementFactory(team=[ann]),
        "words": lambda: EngagementFactory(client="A needle in a haystack"),
    }[name]()

    response = as_user(ann).get(list_url(**query))

    assert titles(response) == [wanted.title]
    assert f"1 engagement {sentence}" in text_of(response)


def test_p24_engagement_list_joins_filters_with_and(ann):
    for _ in range(2):
        EngagementFactory(status=EngagementStatus.IN_REVIEW)
    EngagementFactory()

    page = text_of(as_user(ann).get(list_url(status="in_review", region="east-midlands")))

    assert "2 engagements in review and in East Midlands ." in page


def test_engagement_list_narrows_to_a_colleague(ann):
    bob = ConsultantFactory(full_name="Bob Baker")
    EngagementFactory(title="Mine", lead_consultant=ann)
    EngagementFactory(title="Bob’s", lead_consultant=bob)

    response = as_user(ann).get(list_url(lead=bob.pk))

    assert titles(response) == ["Bob’s"]
    assert "1 engagement led by Bob Baker" in text_of(response)


def test_engagement_list_finds_an_area_through_a_site(ann):
    site = SiteFactory(footprints=[a_footprint()])
    engagement = PlaceFactory(site=site, name="").engagement

    assert shown(ann, area="13") == [engagement.title]


@pytest.mark.parametrize("status", EngagementStatus, ids=str)
def test_engagement_list_has_words_for_every_status(ann, status):
    EngagementFactory(status=status)

    response = as_user(ann).get(list_url(status=status))

    assert len(titles(response)) == 1
    assert re.search(r"1 engagement (in|that) ", text_of(response))


UNKNOWN = [
    ("status", "open", "Status"),
    ("region", "atlantis", "LDP region"),
    ("area", "999", "STP area"),
    ("lead", "0", "Consultant"),
    ("client", "nobody", "Kind of client"),
    ("sort", "shoe-size", "Order"),
]


@pytest.mark.parametrize(("name", "value", "label"), UNKNOWN, ids=[row[0] for row in UNKNOWN])
def test_p23_engagement_list_drops_an_unknown_option_and_says_so(ann, name, value, label):
    EngagementFactory(title="Still here")

    response = as_user(ann).get(list_url(**{name: value}))

    assert titles(response) == ["Still here"]
    assert f"The filter “{label}” was left out: “{value}” is not one of its choices." in text_of(response)


def test_p25_engagement_list_groups_a_search_by_closeness(ann):
    EngagementFactory(title="Third, about EM-0012 again", reference="EM-0300")
    EngagementFactory(title="Second", reference="EM-00125")
    EngagementFactory(title="First", reference="EM-0012")

    response = as_user(ann).get(list_url(q="em-0012"))

    assert titles(response) == ["First", "Second", "Third, about EM-0012 again"]
    assert [heading.get_text() for heading in soup(response).select("main h2")] == [
        "The reference itself",
        "The reference or title starts with it",
        "All the words, somewhere in the title, the client or the place",
    ]


def test_p25_engagement_list_keeps_closeness_above_the_chosen_order(ann):
    EngagementFactory(title="Care of needle", reference="EM-0001")
    EngagementFactory(title="Needle", reference="EM-0002")

    assert shown(ann, q="needle", sort="reference") == ["Needle", "Care of needle"]


def test_p25_engagement_list_lists_an_exact_reference(ann):
    EngagementFactory(reference="EM-0042")

    response = as_user(ann).get(list_url(q="EM-0042"))

    assert response.status_code == 200
    assert len(titles(response)) == 1


def test_p23_engagement_list_keeps_the_search_from_page_to_page(ann):
    for number in range(21):
        EngagementFactory(title=f"Needle {number:02}")

    first = as_user(ann).get(list_url(q="needle", sort="title"))
    (following,) = soup(first).select("a[rel=next]")
    second = as_user(ann).get(reverse("engagements:engagement_list") + following["href"])

    assert len(titles(first)) == 20
    assert titles(second) == ["Needle 20"]


@pytest.mark.parametrize("page", ["0", "-1", "999", "x", "9" * 5000, "1.5", ""])
def test_engagement_list_with_a_page_that_is_none(ann, page):
    EngagementFactory(title="Still here")

    assert shown(ann, page=page) == ["Still here"]


def test_engagement_list_with_nothing_yet(ann):
    response = as_user(ann).get(list_url())

    assert "No engagements yet" in text_of(response)
    assert soup(response).select_one(".app-empty a")["href"] == reverse("engagements:engagement_create")


def test_engagement_list_with_nothing_found(ann):
    EngagementFactory()

    response = as_user(ann).get(list_url(q="nowhere to be found"))

    assert "No engagement fits all of this" in text_of(response)
    assert soup(response).select_one(".app-empty a")["href"] == reverse("engagements:engagement_list")


def test_engagement_list_for_an_stp_lead_offers_nothing_to_log():
    client = StpLeadFactory()
    shared = ClientLeadFactory(user=client, engagement__shared=True).engagement
    ClientLeadFactory(user=client)

    response = as_user(client).get(list_url())

    assert titles(response) == [shared.title]
    assert reverse("engagements:engagement_create") not in response.content.decode()
    assert not soup(response).select("[name=lead]")


def test_engagement_list_for_an_stp_lead_with_nothing_shared():
    response = as_user(StpLeadFactory()).get(list_url())

    assert "A plan appears here once it has been shared with you" in text_of(response)


def test_engagement_list_marks_filters_that_are_set_as_open(ann):
    closed, opened = (soup(as_user(ann).get(list_url(**query))).select_one("search details") for query in ({}, {"area": "13"}))

    assert not closed.has_attr("open")
    assert opened.has_attr("open")


@pytest.mark.parametrize("factory", [ConsultantFactory, RegionalAdminFactory, NationalAdminFactory, StpLeadFactory])
@pytest.mark.parametrize(
    "query", [{}, {"q": "work", "area": "13", "sort": "status"}, {"sort": "waiting"}], ids=["plain", "searched", "by waiting"]
)
def test_engagement_list_asks_as_many_questions_for_fifty_rows_as_for_one(factory, query):
    user = factory()

    def add(number):
        engagement = PlaceFactory(engagement__title=f"Work {number}", engagement__shared=True, whole_area=True).engagement
        PlaceFactory(engagement=engagement, site=SiteFactory(footprints=[a_footprint()]), name="")
        if user.is_stp_lead:
            ClientLeadFactory(engagement=engagement, user=user)
            document = {"title": engagement.title, "areas": [a_footprint().name]}
            PlanVersionFactory(engagement=engagement, number=1, document=document, recalled=True)

    client = as_user(user)
    add(0)
    with CaptureQueriesContext(connection) as one:
        client.get(list_url(**query))
    for number in range(1, 50):
        add(number)
    with CaptureQueriesContext(connection) as fifty:
        response = client.get(list_url(**query))

    assert len(titles(response)) == 20
    assert len(one) == len(fifty) <= MAX_QUERIES


FIELDS = st.sampled_from([*EngagementFilterForm.base_fields, "page", "other"])
KNOWN = st.sampled_from(["mine", "in_review", "13", "north-west", "vanguard", "newest", "title", "EM-0001", "-1", "% _ \\ ' \""])


def test_engagement_list_never_fails_whatever_the_address_says(ann):
    EngagementFactory()
    client = as_user(ann)

    @settings(max_examples=30)
    @given(st.lists(st.tuples(FIELDS, st.one_of(KNOWN, st.text(max_size=120))), max_size=8))
    def ask(pairs):
        query = QueryDict(mutable=True)
        for name, value in pairs:
            query.appendlist(name, value.encode("utf-8", "replace").decode())

        assert client.get(f"{reverse('engagements:engagement_list')}?{query.urlencode()}").status_code == 200

    ask()
    assert Engagement.objects.exists()


@pytest.mark.parametrize("words", ["%", "_", "\\", "' OR 1=1 --", "<script>", "\u202e", "a " * 49, "\x00", "é", "ＥＭ"])
def test_engagement_list_takes_searches_as_words(ann, words):
    EngagementFactory(title="Plain")

    response = as_user(ann).get(list_url(q=words))

    assert response.status_code == 200
    assert not soup(response).select("main script")


def test_engagement_list_says_that_too_many_words_were_left_out(ann):
    found = text_of(as_user(ann).get(list_url(q=" ".join("abcdefghijklmnopqrstu"))))

    assert "The search was left out. Search for at most 20 words." in found
    assert "left out" not in text_of(as_user(ann).get(list_url(q="falls Falls " + " ".join("abcdefghijklmnopqr") + " FALLS")))


@pytest.mark.parametrize("is_area_named", [True, False], ids=["area and site", "site only"])
def test_engagement_list_its_filter_and_the_brief_name_the_same_areas(ann, is_area_named):
    wirral, fylde = FootprintFactory(name="Wirral", number=901), FootprintFactory(name="Fylde", number=902)
    engagement = EngagementFactory(lead_consultant=ann, lead_region=ann.region)
    area = {"footprint": wirral} if is_area_named else {}
    PlaceFactory(engagement=engagement, site=SiteFactory(footprints=[wirral, fylde]), name="", **area)
    expected = {"Wirral"} if is_area_named else {"Wirral", "Fylde"}

    listed = soup(as_user(ann).get(list_url())).select_one("tbody").get_text()
    printed = documents.load_brief(Engagement.objects.with_people().get(pk=engagement.pk)).areas

    assert {name for name in ("Wirral", "Fylde") if name in listed} == expected
    assert {area.name for area in (wirral, fylde) if Engagement.objects.for_footprint(area.number)} == expected
    assert set(printed) == expected
