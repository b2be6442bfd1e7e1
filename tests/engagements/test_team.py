"""The team page and its forms: who is on the work, who signs in which order, and who leads (P11, P15, P18)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from engagements import actions
from engagements.enums import EngagementStatus, SigningOrder
from engagements.models import Engagement
from tests.engagements.situations import decide, engagement_at, reread
from tests.engagements.team_pages import url
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import FootprintFactory, OrganisationFactory, a_region
from tests.factories.engagements import ClientLeadFactory, EngagementFactory, PlaceFactory
from tests.helpers import as_user, post, soup, submit, text_of

pytestmark = pytest.mark.django_db
OF_A_LEAD = ("client_lead_edit", "client_lead_remove")
FORM_PAGES = ["team_edit", "signing_edit", "client_lead_create", *OF_A_LEAD, "engagement_reassign"]


def page_url(view, engagement):
    """Return the address of a form page; the client lead it needs is made where there is none."""
    if view not in OF_A_LEAD:
        return url(view, engagement)
    lead = engagement.client_leads.first() or ClientLeadFactory(engagement=engagement)
    return url(view, engagement, lead.pk)


@pytest.mark.parametrize("view", ["team_detail", *FORM_PAGES])
def test_team_pages_are_not_found_by_a_stranger(view, engagement):
    stranger = ConsultantFactory(region=a_region("london"))

    assert as_user(stranger).get(page_url(view, engagement)).status_code == 404


@pytest.mark.parametrize("view", FORM_PAGES)
@pytest.mark.parametrize("factory", [ConsultantFactory, NationalAdminFactory], ids=["colleague", "national admin"])
def test_team_forms_are_refused_to_readers(view, factory, engagement):
    reader = as_user(factory())

    assert reader.get(page_url(view, engagement)).status_code == 403
    assert post(reader, page_url(view, engagement)).status_code == 403


@pytest.mark.parametrize("view", FORM_PAGES)
def test_team_forms_are_refused_to_the_client(view):
    engagement = EngagementFactory(shared=True)
    client = ClientLeadFactory(engagement=engagement).user

    assert as_user(client).get(page_url(view, engagement)).status_code == 403


@pytest.mark.parametrize("view", ["team_edit", "signing_edit", "client_lead_create", "client_lead_edit"])
def test_team_forms_say_what_bars_a_change(view):
    engagement = EngagementFactory(status=EngagementStatus.AGREED)

    response = as_user(engagement.lead_consultant).get(page_url(view, engagement))

    assert "Reopen it as a new version before you change anything" in text_of(response)
    assert not soup(response).select("main form[method=post]")


@pytest.mark.parametrize("view", FORM_PAGES)
def test_team_forms_stay_within_their_queries(view, engagement):
    client, address = as_user(engagement.lead_consultant), page_url(view, engagement)

    with CaptureQueriesContext(connection) as queries:
        client.get(address)

    assert len(queries) <= 12


def test_p18_team_detail_shows_everybody_and_the_reasons(engagement):
    engagement.team.add(ConsultantFactory(full_name="Bob Baker"))
    ClientLeadFactory(engagement=engagement, user__full_name="Cara Client", organisation=OrganisationFactory(name="A trust"))

    response = as_user(engagement.lead_consultant).get(url("team_detail", engagement))

    words = text_of(response)
    assert "Cara Client Signs the plan" in words
    rows = [" ".join(row.get_text(" ").split()) for row in soup(response).select("tbody tr")]
    assert rows[1] == "Bob Baker Read and change everything, submit the plan and recall it. They are on the team."
    assert rows[-1].startswith("National admins Read everything.")


def test_team_detail_asks_as_many_questions_for_many_people_as_for_one(engagement):
    def add():
        engagement.team.add(ConsultantFactory())
        ClientLeadFactory(engagement=engagement, organisation=OrganisationFactory())
        PlaceFactory(engagement=engagement, footprint=FootprintFactory(lead_region=a_region("london")), name="")

    client, address = as_user(engagement.lead_consultant), url("team_detail", engagement)
    add()
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _ in range(5):
        add()
    with CaptureQueriesContext(connection) as six:
        client.get(address)

    assert len(one) == len(six) <= 10


def test_team_detail_offers_the_lead_everything(engagement):
    lead = ClientLeadFactory(engagement=engagement)

    links = [a["href"] for a in soup(as_user(engagement.lead_consultant).get(url("team_detail", engagement))).select("main a")]

    assert {url(view, engagement) for view in ("team_edit", "client_lead_create", "engagement_reassign")} <= set(links)
    assert url("client_lead_remove", engagement, lead.pk) in links


@pytest.mark.parametrize("who", ["colleague", "client"])
def test_p18_team_detail_offers_readers_nothing_they_cannot_open(who):
    engagement = EngagementFactory(shared=True)
    user = ConsultantFactory() if who == "colleague" else ClientLeadFactory(engagement=engagement).user
    client = as_user(user)

    response = client.get(url("team_detail", engagement))

    links = {a["href"] for a in soup(response).select("main a, nav[aria-label=Breadcrumb] a")}
    opened = {link: client.get(link, follow=True).status_code for link in links if "/brief" not in link}
    assert set(opened.values()) <= {200}
    assert not soup(response).select("main form")


def links_of(response):
    return {a["href"] for a in soup(response).select("main a")}


def test_p11_team_detail_in_review_offers_a_deputy_and_to_take_somebody_off():
    engagement = engagement_at(EngagementStatus.IN_REVIEW)
    lead = engagement.client_leads.get()

    response = as_user(engagement.lead_consultant).get(url("team_detail", engagement))

    assert "You can name deputies and take client leads off." in text_of(response)
    assert {url("client_lead_create", engagement), url("client_lead_remove", engagement, lead.pk)} <= links_of(response)
    assert not {url("team_edit", engagement), url("client_lead_edit", engagement, lead.pk)} & links_of(response)


def test_team_detail_of_an_agreed_plan_says_why_little_can_be_changed():
    engagement = EngagementFactory(status=EngagementStatus.AGREED)
    lead = ClientLeadFactory(engagement=engagement)

    response = as_user(engagement.lead_consultant).get(url("team_detail", engagement))

    assert "You can read this and not change it" in text_of(response)
    assert url("client_lead_remove", engagement, lead.pk) in links_of(response)
    assert not {url("team_edit", engagement), url("client_lead_create", engagement)} & links_of(response)


def test_p11_team_detail_says_whose_deputy_somebody_is(engagement):
    cara = ClientLeadFactory(engagement=engagement, user__full_name="Cara Client")
    ClientLeadFactory(engagement=engagement, user__full_name="Dee Deputy", is_signatory=False, deputy_for=cara)
    ClientLeadFactory(engagement=engagement, user__full_name="Rae Reader", is_signatory=False)

    words = text_of(as_user(engagement.lead_consultant).get(url("team_detail", engagement)))

    assert "Dee Deputy Deputy Client lead Decides in place of Cara Client" in words
    assert "Rae Reader Reads the plan" in words


def two_signatories(engagement, signing_order=SigningOrder.IN_ORDER):
    Engagement.objects.filter(pk=engagement.pk).update(signing_order=signing_order)
    names = {1: "Cara Client", 2: "Sam Second"}
    return [ClientLeadFactory(engagement=engagement, position=n, user__full_name=name) for n, name in names.items()]


def test_p15_team_detail_says_who_is_asked_first_and_lets_them_be_moved(engagement):
    cara, sam = two_signatories(engagement)

    response = as_user(engagement.lead_consultant).get(url("team_detail", engagement))

    moves = [form["action"] for form in soup(response).select("main form")]
    assert "Cara Client is asked first, then Sam Second." in text_of(response)
    assert moves == [url("client_lead_move", engagement, cara.pk, "down"), url("client_lead_move", engagement, sam.pk, "up")]


def test_p15_team_detail_says_that_all_are_asked_at_the_same_time(engagement):
    two_signatories(engagement, SigningOrder.PARALLEL)

    response = as_user(engagement.lead_consultant).get(url("team_detail", engagement))

    assert "Cara Client and Sam Second are asked at the same time." in text_of(response)
    assert not soup(response).select("main form")


def test_p15_signing_edit_lets_the_signatories_be_asked_in_order(engagement):
    response = submit(as_user(engagement.lead_consultant), url("signing_edit", engagement), {"signing_order": "in_order"})

    assert response["Location"] == url("team_detail", engagement)
    assert reread(engagement).signing_order == SigningOrder.IN_ORDER


def test_p15_client_lead_move_changes_who_is_asked_first(engagement):
    cara, sam = two_signatories(engagement)

    response = post(as_user(engagement.lead_consultant), url("client_lead_move", engagement, sam.pk, "up"))

    assert response["Location"] == url("team_detail", engagement)
    assert list(engagement.client_leads.with_people()) == [sam, cara]


def test_client_lead_move_is_refused_to_readers_and_not_found_elsewhere(engagement):
    cara, _ = two_signatories(engagement)
    other = ClientLeadFactory()

    assert post(as_user(ConsultantFactory()), url("client_lead_move", engagement, cara.pk, "up")).status_code == 403
    client = as_user(engagement.lead_consultant)
    assert post(client, url("client_lead_move", engagement, other.pk, "up")).status_code == 404


def test_p18_team_detail_shows_clients_nobody_named_since_the_last_version():
    engagement = engagement_at(EngagementStatus.IN_REVIEW)
    lead = engagement.client_leads.get()
    by = engagement.lead_consultant
    deputy = {"full_name": "Dee Deputy", "email": "dee@example.nhs.uk", "job_title": "", "organisation": None}
    actions.name_client_lead(engagement=engagement, values=deputy | {"is_signatory": False, "deputy_for": lead}, by=by)
    decide(lead, "changes_wanted", "Name the ambulance service.")
    fresh = {"full_name": "Nel New", "email": "nel@example.nhs.uk", "job_title": "", "organisation": None}
    named = actions.name_client_lead(engagement=engagement, values=fresh | {"is_signatory": True}, by=by)

    shown = {
        who: text_of(as_user(user).get(url("team_detail", engagement)))
        for who, user in {"lead": lead.user, "consultant": by, "new": named.user}.items()
    }

    assert "Dee Deputy" in shown["lead"]
    assert {who for who, words in shown.items() if "Nel New" in words} == {"consultant", "new"}
    actions.submit_engagement(engagement=engagement, values={"message": ""}, by=by)
    assert "Nel New" in text_of(as_user(lead.user).get(url("team_detail", engagement)))


def test_team_edit_chooses_the_team(engagement):
    bob = ConsultantFactory(full_name="Bob Baker")

    response = submit(as_user(engagement.lead_consultant), url("team_edit", engagement), {"team": [bob.pk]})

    assert response.status_code == 302
    assert response["Location"] == url("team_detail", engagement)
    assert list(engagement.team.all()) == [bob]


def test_team_edit_offers_people_of_the_region_and_of_those_it_touches(engagement):
    ConsultantFactory(full_name="Here"), RegionalAdminFactory(full_name="Admin here")
    ConsultantFactory(full_name="Touched", region=a_region("london"))
    ConsultantFactory(full_name="Elsewhere", region=a_region("north-west"))
    ConsultantFactory(full_name="Gone", is_active=False)
    engagement.team.add(ConsultantFactory(full_name="On it already", region=a_region("north-west")))
    PlaceFactory(engagement=engagement, footprint=FootprintFactory(lead_region=a_region("london")), name="")

    page = soup(as_user(engagement.lead_consultant).get(url("team_edit", engagement)))

    offered = [label.get_text(strip=True) for label in page.select("label.nhsuk-checkboxes__label")]
    assert offered == ["Admin here", "Here", "On it already", "Touched"]
    assert "London" in page.select_one("main form").get_text()


def test_team_edit_refuses_somebody_who_is_not_offered(engagement):
    stranger = ConsultantFactory(region=a_region("north-west"))

    response = post(as_user(engagement.lead_consultant), url("team_edit", engagement), {"team": [stranger.pk]})

    assert response.status_code == 200
    assert soup(response).title.get_text().startswith("Error: ")
    assert not engagement.team.exists()


def test_team_edit_merges_nothing_away_when_a_colleague_was_quicker(engagement):
    bob, cara = ConsultantFactory(full_name="Bob Baker"), ConsultantFactory(full_name="Cara Cole")
    client = as_user(engagement.lead_consultant)
    shown = soup(client.get(url("team_edit", engagement))).select_one("[name=seen]")["value"]
    engagement.team.add(bob)

    response = post(client, url("team_edit", engagement), {"team": [cara.pk], "seen": shown})

    assert response.status_code == 200
    assert "Bob Baker" in text_of(response)
    assert list(engagement.team.all()) == [bob]


@pytest.mark.parametrize("who", ["lead", "admin"])
@pytest.mark.parametrize("status", [EngagementStatus.CO_DESIGN, EngagementStatus.IN_DELIVERY], ids=str)
def test_engagement_reassign_gives_the_work_to_somebody_else(who, status):
    engagement = EngagementFactory(status=status)
    user = engagement.lead_consultant if who == "lead" else RegionalAdminFactory()
    bob = ConsultantFactory()

    response = submit(as_user(user), url("engagement_reassign", engagement), {"lead_consultant": bob.pk})

    assert response["Location"] == url("team_detail", engagement)
    assert reread(engagement).lead_consultant == bob


def test_engagement_reassign_is_refused_to_the_team(engagement):
    member = ConsultantFactory()
    engagement.team.add(member)

    assert as_user(member).get(url("engagement_reassign", engagement)).status_code == 403


@pytest.mark.parametrize("who", ["another region", "stp lead", "nobody"])
def test_engagement_reassign_refuses_people_who_cannot_lead(engagement, who):
    chosen = {
        "another region": lambda: ConsultantFactory(region=a_region("london")).pk,
        "stp lead": lambda: StpLeadFactory().pk,
        "nobody": lambda: "",
    }[who]()

    response = post(as_user(engagement.lead_consultant), url("engagement_reassign", engagement), {"lead_consultant": chosen})

    assert response.status_code == 200
    assert soup(response).title.get_text().startswith("Error: ")
    assert reread(engagement).lead_consultant == engagement.lead_consultant


def test_engagement_reassign_leads_to_the_list_where_the_person_sees_it_no_longer():
    engagement = EngagementFactory()
    moved = engagement.lead_consultant
    User.objects.filter(pk=moved.pk).update(region=a_region("london"))
    moved.refresh_from_db()

    response = submit(as_user(moved), url("engagement_reassign", engagement), {"lead_consultant": ConsultantFactory().pk})

    assert response["Location"] == reverse("engagements:engagement_list")
