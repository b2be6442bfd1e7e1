"""Who gets which plans in a meeting pack, in which edition, and what happens where they are too many (P33)."""

import pytest
from django.urls import reverse

from core.pdf import PdfError, place_for
from directory.models import Footprint, Region
from engagements import actions, documents
from engagements.enums import MAX_PACK_PLANS, EngagementStatus, SigningOrder
from engagements.views import packs
from tests.engagements.brief_samples import pages_of, reread
from tests.engagements.situations import decide, engagement_at, ready_engagement
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, StpLeadFactory
from tests.factories.engagements import ClientLeadFactory, EngagementFactory, PlaceFactory, PlanVersionFactory
from tests.helpers import as_user, soup, text_of

pytestmark = pytest.mark.django_db
LIST = "/engagements/packs/"
AREA = 13


def area_url(number=AREA):
    return reverse("engagements:pack_area_download", args=[number])


def person_url(person):
    return reverse("engagements:pack_person_download", args=[person.pk])


def in_area(number=AREA, **fields):
    engagement = EngagementFactory(**fields)
    PlaceFactory(engagement=engagement, footprint=Footprint.objects.get(number=number))
    return engagement


def rows(response):
    """Return the packs of the page by the name and address of each, with their count."""
    found = {}
    for row in soup(response).select("main tbody tr"):
        name, count, pack = row.select("th, td")
        found[name.get_text(strip=True)] = (int(count.get_text()), pack.a["href"])
    return found


@pytest.fixture
def packed(monkeypatch):
    """Catch what is printed in place of printing it."""
    caught = []
    monkeypatch.setattr(documents, "render_pack", lambda pack: caught.append(pack) or b"%PDF")
    return caught


def references(pack):
    return [brief.reference for brief, _ in pack.plans]


def in_review(**fields):
    engagement = engagement_at(EngagementStatus.IN_REVIEW, **fields)
    return engagement, engagement.client_leads.get(is_signatory=True).user


def test_p33_page_offers_areas_and_people_with_how_many_plans():
    in_area()
    in_area()
    PlaceFactory(engagement=in_area(number=14), name="Somewhere", footprint=None)
    waiting, signatory = in_review()
    waiting.places.all().update(footprint=Footprint.objects.get(number=15))
    EngagementFactory()

    found = rows(as_user(NationalAdminFactory()).get(LIST))

    names = {number: Footprint.objects.get(number=number).name for number in (AREA, 14, 15)}
    areas = {names[AREA]: (2, area_url()), names[14]: (1, area_url(14)), names[15]: (1, area_url(15))}
    assert found == areas | {signatory.full_name: (1, person_url(signatory))}


def test_page_without_a_plan_says_so():
    response = as_user(StpLeadFactory()).get(LIST)

    assert response.status_code == 200
    assert "No plan can be put in a pack yet" in text_of(response)


def test_list_of_engagements_and_home_lead_to_packs():
    _, signatory = in_review()
    client = as_user(signatory)

    assert soup(client.get(reverse("engagements:engagement_list"))).find("a", href=LIST)
    assert soup(client.get("/")).find("a", href=person_url(signatory))


def test_p33_pack_of_an_area_is_one_pdf_that_nobody_keeps():
    by = NationalAdminFactory()
    first, second = in_area(title="B plan"), in_area(title="A plan")

    response = as_user(by).get(area_url())

    pages = pages_of(response.content)
    assert response["Content-Type"] == "application/pdf"
    assert "Meeting pack Lincolnshire" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    assert by.full_name in pages[0]
    assert pages[1].index(second.reference) < pages[1].index(first.reference)


def test_pack_holds_current_plans_of_the_area_only(packed):
    current = in_area()
    in_area(number=14)
    in_area(status=EngagementStatus.WITHDRAWN)
    in_area(status=EngagementStatus.CLOSED)

    as_user(NationalAdminFactory()).get(area_url())

    assert references(packed[0]) == [current.reference]


@pytest.mark.parametrize("url", [area_url, lambda: area_url(99), lambda: area_url(10**30)], ids=["empty", "unknown", "huge"])
def test_area_without_a_plan_to_see_is_not_found(url):
    assert as_user(NationalAdminFactory()).get(url()).status_code == 404


def test_pack_of_another_region_is_not_found():
    in_area()
    _, signatory = in_review()
    client = as_user(ConsultantFactory(region=Region.objects.get(slug="london")))

    assert client.get(area_url()).status_code == 404
    assert client.get(person_url(signatory)).status_code == 404
    assert rows(client.get(LIST)) == {}


@pytest.mark.parametrize(
    "url", [lambda: LIST, area_url, lambda: "/engagements/packs/person-1.pdf"], ids=["list", "area", "person"]
)
def test_packs_may_only_be_read(url):
    assert as_user(NationalAdminFactory()).post(url()).status_code in (400, 405)


def test_client_gets_in_a_pack_only_what_was_submitted_to_them(packed):
    engagement, signatory = in_review()
    submitted = documents.content_hash(documents.load_brief(reread(engagement)))
    actions.recall_engagement(engagement=engagement, by=engagement.lead_consultant)
    engagement.groups.update(name="Written after it was recalled")
    (area,) = reread(engagement).load_plan().areas()
    not_theirs = in_area(number=area.number)
    nothing_submitted = in_area(number=area.number, shared=True)
    ClientLeadFactory(engagement=nothing_submitted, user=signatory)

    as_user(signatory).get(area_url(area.number))
    as_user(engagement.lead_consultant).get(area_url(area.number))

    to_client, to_consultant = packed
    assert references(to_client) == [engagement.reference]
    assert to_client.plans[0][1].content_hash == submitted
    assert {engagement.reference, not_theirs.reference, nothing_submitted.reference} <= set(references(to_consultant))
    (own,) = [stamp for brief, stamp in to_consultant.plans if brief.reference == engagement.reference]
    assert own.content_hash != submitted


def test_pack_has_of_each_plan_the_version_submitted_last(packed):
    agreed = engagement_at(EngagementStatus.AGREED)
    (area,) = reread(agreed).load_plan().areas()
    version = agreed.versions.get()
    PlanVersionFactory(engagement=agreed, number=2, document=version.document, content_hash="f" * 64)

    as_user(NationalAdminFactory()).get(area_url(area.number))

    ((brief, stamp),) = packed[0].plans
    assert brief.reference == agreed.reference
    assert (stamp.version, stamp.content_hash) == (2, "f" * 64)


def test_pack_of_a_person_holds_what_waits_for_them(packed):
    engagement, signatory = in_review()
    in_review()

    as_user(signatory).get(person_url(signatory))
    as_user(engagement.lead_consultant).get(person_url(signatory))

    assert [references(pack) for pack in packed] == [[engagement.reference]] * 2
    assert packed[0].title == f"Waiting for {signatory.full_name}"


def test_plan_that_is_decided_waits_for_nobody(packed):
    engagement = ready_engagement(signatories=2)
    actions.submit_engagement(engagement=engagement, values={"message": ""}, by=engagement.lead_consultant)
    first, second = engagement.client_leads.order_by("position", "pk")
    decide(first)
    admin = as_user(NationalAdminFactory())

    assert admin.get(person_url(first.user)).status_code == 404
    assert admin.get(person_url(second.user)).status_code == 200
    assert as_user(first.user).get(person_url(first.user)).status_code == 404


def test_plan_signed_in_order_waits_for_the_first_only(packed):
    engagement = ready_engagement(signatories=2, signing_order=SigningOrder.IN_ORDER)
    actions.submit_engagement(engagement=engagement, values={"message": ""}, by=engagement.lead_consultant)
    first, second = engagement.client_leads.order_by("position", "pk")

    assert as_user(first.user).get(person_url(first.user)).status_code == 200
    assert as_user(second.user).get(person_url(second.user)).status_code == 404


def test_plan_waits_for_a_deputy_as_well(packed):
    engagement, signatory = in_review()
    lead = engagement.client_leads.get()
    deputy = ClientLeadFactory(engagement=engagement, user=StpLeadFactory(), is_signatory=False, deputy_for=lead, position=2)
    client = as_user(deputy.user)

    assert client.get(person_url(deputy.user)).status_code == 200
    # What waits for another client lead is theirs to fetch.
    assert client.get(person_url(signatory)).status_code == 404


@pytest.mark.parametrize("view", ["area", "person"])
def test_more_plans_than_a_pack_holds_are_refused_with_the_way_to_them(view, packed, monkeypatch):
    monkeypatch.setattr(packs, "MAX_PACK_PLANS", 0)
    in_area()
    _, signatory = in_review()
    urls = {"area": area_url(), "person": person_url(signatory)}
    ways = {"area": f"/engagements/?area={AREA}", "person": "/engagements/?status=in_review"}
    client = as_user(NationalAdminFactory())

    response, page = client.get(urls[view]), client.get(LIST)

    assert response.status_code == 409
    assert "too many for one pack" in text_of(response)
    assert soup(response).find("a", href=ways[view])
    assert packed == []
    assert soup(page).find("a", href=ways[view])
    assert not soup(page).find("a", href=urls[view])


def test_a_full_pack_is_made(packed):
    for _ in range(MAX_PACK_PLANS):
        in_area()

    assert as_user(NationalAdminFactory()).get(area_url()).status_code == 200
    assert len(packed[0].plans) == MAX_PACK_PLANS


def test_submitted_plans_are_read_together(packed, django_assert_max_num_queries):
    client = as_user(NationalAdminFactory())
    for _ in range(3):
        engagement = engagement_at(EngagementStatus.AGREED)
        engagement.places.update(footprint=Footprint.objects.get(number=AREA))

    # Session, person, area, plans, versions, decisions, client leads.
    with django_assert_max_num_queries(8):
        client.get(area_url())

    assert len(packed[0].plans) == 3


def test_a_working_draft_takes_no_more_queries_in_a_pack_than_alone(packed, django_assert_max_num_queries):
    client = as_user(NationalAdminFactory())
    for _ in range(3):
        in_area()

    with django_assert_max_num_queries(8 + 3 * 12):
        client.get(area_url())


def test_plan_that_cannot_be_read_is_said_calmly():
    version = PlanVersionFactory(engagement__status=EngagementStatus.AGREED)
    PlaceFactory(engagement=version.engagement, footprint=Footprint.objects.get(number=AREA))

    response = as_user(NationalAdminFactory()).get(area_url())

    assert response.status_code == 503
    assert "cannot be read any more" in text_of(response)


def test_s22_second_pack_of_one_person_is_told_to_wait():
    in_area()
    admin = NationalAdminFactory()

    with place_for(admin.pk):
        response = as_user(admin).get(area_url())

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "try again in a moment" in text_of(response)


def test_fault_in_the_making_is_said_calmly_and_sends_no_part(monkeypatch):
    def broken(pack):
        raise PdfError("The PDF could not be made.")

    in_area()
    monkeypatch.setattr(documents, "render_pack", broken)

    response = as_user(NationalAdminFactory()).get(area_url())

    assert response.status_code == 503
    assert "Nothing is lost" in text_of(response)
    assert soup(response).find("a", href=f"/engagements/?area={AREA}")
