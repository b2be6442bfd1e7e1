"""Pages of the directory."""

from datetime import date

import pytest
from django.urls import reverse
from pytest_django.asserts import assertTemplateUsed

from directory.enums import ContactKind
from directory.models import ContactPoint, Footprint, Region
from tests.factories.accounts import ConsultantFactory, StpLeadFactory
from tests.factories.directory import (
    ContactPointFactory,
    FootprintFactory,
    OrganisationFactory,
    RegionFactory,
    SiteFactory,
    a_footprint,
    a_region,
)
from tests.helpers import as_user, soup, text_of

pytestmark = pytest.mark.django_db

CONTACTS_URL = "/contacts/"
MAX_LIST_QUERIES = 8
MAX_DETAIL_QUERIES = 12


def found_on(response):
    """Return the STP areas that a search found, in order."""
    return [heading.get_text() for heading in soup(response).select(".app-found h3")]


def test_region_list_shows_regions_and_all_areas_in_a_table(client):
    response = client.get(reverse("directory:region_list"))

    page = soup(response)
    rows = page.select("table tbody tr")
    assertTemplateUsed(response, "directory/region_list.html")
    assert response.wsgi_request.path == CONTACTS_URL
    assert [link.get_text() for link in page.select(".app-region h3 a")] == [r.name for r in Region.objects.order_by("name")]
    assert len(rows) == 44
    for row, area in zip(rows, Footprint.objects.order_by("number").select_related("lead_region"), strict=True):
        assert area.name in row.th.get_text()
        assert row.select("td")[1].a["href"] == area.lead_region.get_absolute_url()


def test_p50_region_list_puts_the_table_before_the_map(client):
    page = soup(client.get(CONTACTS_URL))

    table, drawing = page.select_one("table"), page.select_one("svg.app-tile-map")
    assert drawing in table.find_all_next("svg")
    assert drawing.title.get_text()
    assert drawing.desc.get_text()


def test_p50_region_list_draws_one_link_for_each_area_with_number_and_code(client):
    page = soup(client.get(CONTACTS_URL))

    tiles = page.select("svg.app-tile-map a")
    assert len(tiles) == 44
    lincolnshire = next(tile for tile in tiles if "Lincolnshire" in tile["aria-label"])
    assert lincolnshire["href"] == a_region().get_absolute_url()
    assert [text.get_text() for text in lincolnshire.select("text")] == ["13", "EM"]
    assert lincolnshire["aria-label"] == "13 EM: Lincolnshire, led by East Midlands"
    places = {(tile.rect["x"], tile.rect["y"]) for tile in tiles}
    assert len(places) == 44


@pytest.mark.parametrize(
    ("words", "area"),
    [
        ("Lincolnshire", "Lincolnshire"),
        ("lincolnshire STP", "Lincolnshire"),
        ("13", "Lincolnshire"),
        ("North London", "North Central London"),
        ("Bedfordshire, Luton & Milton Keynes", "Milton Keynes, Bedfordshire and Luton"),
        ("West Yorkshire and Harrogate", "West Yorkshire"),
        ("Stoke-on-Trent", "Staffordshire"),
        ("salford together", "Greater Manchester"),
        ("Morecambe Bay", "Lancashire and South Cumbria"),
    ],
    ids=["name", "with STP", "number", "old name", "later name", "longer name", "hyphens", "vanguard", "part of a site"],
)
def test_region_list_finds_an_area_by_any_of_its_names(client, words, area):
    response = client.get(CONTACTS_URL, {"q": words})

    assert found_on(response)[0] == area
    assert f"“{words}”" in text_of(response)


@pytest.mark.parametrize("area", range(1, 45))
def test_region_list_finds_every_area_by_every_other_name(client, area):
    footprint = a_footprint(area)

    for name in [footprint.name, *footprint.other_name_list]:
        assert footprint.name in found_on(client.get(CONTACTS_URL, {"q": name[:100]}))


def test_p25_region_list_puts_the_exact_name_first_and_labels_each_kind(client):
    FootprintFactory(name="Great Devon")
    FootprintFactory(name="Devon and beyond")

    response = client.get(CONTACTS_URL, {"q": "devon"})

    words = text_of(response)
    assert found_on(response) == ["Devon", "Devon and beyond", "Great Devon"]
    assert "Exactly what you typed" in words
    assert "Starts with what you typed" in words
    assert "Has these words in its present or another name" in words


def test_region_list_answers_with_the_lead_region_and_how_to_reach_it(client):
    response = client.get(CONTACTS_URL, {"q": "Lincolnshire"})

    answer = soup(response).select_one(".app-found")
    addresses = [link["href"] for link in answer.select("a")]
    assert addresses == [
        a_region().get_absolute_url(),
        "tel:01157484277",
        "mailto:eastmidlands.leadershipacademy@nottshc.nhs.uk",
        "https://www.leadershipeastmidlands.nhs.uk",
    ]


def test_region_list_names_the_other_regions_of_a_shared_area(client):
    a_footprint().other_regions.add(a_region("yorkshire-and-the-humber"))

    words = text_of(client.get(CONTACTS_URL, {"q": "Lincolnshire"}))

    assert "Your LDP is East Midlands , together with Yorkshire and the Humber ." in words


def test_region_list_says_how_a_site_led_to_its_area(client):
    words = text_of(client.get(CONTACTS_URL, {"q": "salford together"}))

    assert "Salford Together (vanguard) is here." in words
    assert "Has a site with these words in its name." in words


def test_region_list_finds_a_site_that_belongs_to_no_area(client):
    response = client.get(CONTACTS_URL, {"q": "Moorfields"})

    assert found_on(response) == []
    assert "works across areas: London, networked eye care" in text_of(response)


@pytest.mark.parametrize("words", ["Atlantis", "9999999999999999999999", "٣", "& - ,"], ids=["name", "number", "digit", "marks"])
def test_region_list_says_when_nothing_is_found(client, words):
    response = client.get(CONTACTS_URL, {"q": words})

    assert response.status_code == 200
    assert "No STP area or site has this name or number." in text_of(response)


def test_p23_region_list_drops_what_cannot_be_searched(client):
    words = text_of(client.get(CONTACTS_URL, {"q": "x" * 200}))

    assert "The search was left out." in words
    assert "Search results" not in words


def test_region_detail_shows_every_contact_point_as_a_link(client):
    for region in Region.objects.all():
        page = soup(client.get(region.get_absolute_url()))

        addresses = {link["href"] for link in page.select("main a")}
        for point in ContactPoint.objects.filter(region=region):
            assert point.address in addresses
            assert point.value in page.get_text()
        assert "Not yet checked" in page.get_text()


def test_region_detail_says_when_a_contact_was_checked(client):
    point = ContactPointFactory(last_checked_on=date(2026, 5, 3), label="Front desk")

    words = text_of(client.get(point.region.get_absolute_url()))

    assert "Last checked on 3 May 2026" in words
    assert "Front desk" in words


def test_region_detail_lists_the_areas_it_leads_and_shares(client):
    region = a_region("north-east")
    a_footprint().other_regions.add(region)

    response = client.get(region.get_absolute_url())

    words = text_of(response)
    assertTemplateUsed(response, "directory/region_detail.html")
    for area in region.footprints.all():
        assert area.name in words
    assert "Lincolnshire, led by East Midlands" in words


def test_region_detail_of_a_new_region_says_what_is_missing(client):
    words = text_of(client.get(RegionFactory().get_absolute_url()))

    assert "No contact details have been entered yet." in words
    assert "None yet." in words


def test_region_detail_of_an_unknown_region_is_not_found(client):
    assert client.get("/contacts/wales/").status_code == 404


def test_organisation_search_offers_those_that_start_with_the_words_first():
    OrganisationFactory(name="The Wold Hospice")
    OrganisationFactory(name="Wold Farm Trust", ods_code="WF1")
    OrganisationFactory(name="Wold Gone", retired=True)

    response = as_user(ConsultantFactory()).get(reverse("directory:organisation_search"), {"q": "wold"})

    options = soup(response).select("option")
    assertTemplateUsed(response, "directory/organisation_search.html")
    assert response.wsgi_request.path == "/organisations/"
    assert [option["value"] for option in options] == ["Wold Farm Trust", "The Wold Hospice"]
    assert options[0].get_text() == "NHS, WF1"


def test_organisation_search_finds_an_ods_code():
    response = as_user(ConsultantFactory()).get("/organisations/", {"q": "13t"})

    assert [option["value"] for option in soup(response).select("option")] == ["NHS Newcastle Gateshead CCG"]


@pytest.mark.parametrize(("words", "count"), [("nhs", 12), ("", 0), ("a\x00", 0)], ids=["many", "none", "null"])
def test_organisation_search_offers_a_few_at_most(words, count):
    response = as_user(ConsultantFactory()).get("/organisations/", {"q": words})

    assert len(soup(response).select("option")) == count


def test_organisation_search_is_for_signed_in_people(client):
    response = client.get("/organisations/", {"q": "nhs"})

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_region_list_reads_as_often_for_many_rows(django_assert_max_num_queries):
    client = as_user(ConsultantFactory())
    with django_assert_max_num_queries(MAX_LIST_QUERIES) as few:
        client.get(CONTACTS_URL, {"q": "Lincolnshire"})
    areas = FootprintFactory.create_batch(50, name="Lincolnshire")
    for area in areas:
        area.other_regions.add(a_region("london"))
    SiteFactory.create_batch(5, footprints=areas)

    with django_assert_max_num_queries(len(few)):
        client.get(CONTACTS_URL, {"q": "Lincolnshire"})


def test_region_detail_reads_as_often_for_many_rows(django_assert_max_num_queries):
    client, region = as_user(ConsultantFactory()), a_region()
    with django_assert_max_num_queries(MAX_DETAIL_QUERIES) as few:
        client.get(region.get_absolute_url())
    ContactPointFactory.create_batch(50)
    SiteFactory.create_batch(5, footprints=FootprintFactory.create_batch(50))

    with django_assert_max_num_queries(len(few)):
        client.get(region.get_absolute_url())


@pytest.mark.parametrize(
    ("kind", "value", "address"),
    [
        pytest.param(ContactKind.TELEPHONE, "0115 748 4277", "tel:01157484277", id="telephone"),
        pytest.param(ContactKind.EMAIL, "a@b.example", "mailto:a@b.example", id="email"),
        pytest.param(ContactKind.WEBSITE, "www.b.example/c", "https://www.b.example/c", id="website"),
        pytest.param(ContactKind.WEBSITE, "https://b.example", "https://b.example", id="secure website"),
    ],
)
def test_contact_point_address(kind, value, address):
    assert ContactPoint(kind=kind, value=value).address == address


def test_organisation_search_is_not_for_clients():
    response = as_user(StpLeadFactory()).get(reverse("directory:organisation_search"), {"q": "wold"})

    assert response.status_code == 403
