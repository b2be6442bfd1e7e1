"""The advice on the menu: what stands first, and why."""

import pytest

from interventions.enums import Availability
from interventions.models import Intervention
from tests.engagements.pages import url_of
from tests.factories.directory import a_region
from tests.factories.engagements import EngagementFactory, PriorityFactory
from tests.factories.framework import a_behaviour, a_role
from tests.factories.interventions import InterventionFactory, ProviderFactory, RegionalOfferFactory, an_intervention
from tests.helpers import as_user, soup, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement():
    return EngagementFactory()


@pytest.fixture
def client(engagement):
    return as_user(engagement.lead_consultant)


def advice(client, engagement):
    return client.get(url_of(engagement, "advice_list"))


def test_advice_without_priorities_is_the_menu_as_the_region_offers_it(client, engagement):
    last = Intervention.objects.on_the_menu().last()
    RegionalOfferFactory(intervention=last, region=engagement.lead_region, availability=Availability.OFFERED)

    page = advice(client, engagement)

    assert "No priority names a leadership role or behaviour yet" in text_of(page)
    rows = page.context["advice"]
    assert (rows[0].intervention, len(rows)) == (last, 21)
    assert [row.intervention for row in rows[1:]] == list(Intervention.objects.on_the_menu())[:-1]


def test_advice_puts_first_what_develops_most_and_shows_why(client, engagement):
    best = InterventionFactory(name="The very thing", roles=[a_role(), a_role(row=2)], behaviours=[a_behaviour()])
    PriorityFactory(engagement=engagement, statement="Plan together", roles=[a_role(), a_role(row=2)])
    PriorityFactory(engagement=engagement, statement="Trust each other", behaviours=[a_behaviour()])
    PriorityFactory(engagement=engagement, statement="Nothing named")

    page = advice(client, engagement)

    first = soup(page).select_one(".app-advice__item")
    words = " ".join(first.get_text(" ").split())
    assert words.startswith(f"1. {best.name}")
    assert "Develops 3 of 3 wanted roles and behaviours, in 2 of 3 priorities" in words
    for reason in (a_role(), a_role(row=2), a_behaviour(), "Plan together", "Trust each other", "On request in East Midlands"):
        assert str(reason) in words


def test_every_rank_on_the_advice_page_can_be_worked_out_from_what_it_shows(client, engagement):
    PriorityFactory(engagement=engagement, roles=[a_role(), a_role(row=2)], behaviours=[a_behaviour()])
    PriorityFactory(engagement=engagement, roles=[a_role("innovation-and-improvement")])
    for place, item in enumerate(Intervention.objects.on_the_menu()):
        RegionalOfferFactory(intervention=item, region=engagement.lead_region, availability=Availability.values[place % 3])
    printed = {item.name: place for place, item in enumerate(Intervention.objects.on_the_menu())}
    worth = {"Offered": 0, "On request": 1, "Not offered": 2}

    items = soup(advice(client, engagement)).select(".app-advice__item")

    shown = []
    for item in items:
        developed, touched = (int(part.get_text().split()[0]) for part in item.select(".app-advice__why strong"))
        said = next(value for label, value in worth.items() if f"{label} in" in item.select_one(".app-meta").get_text())
        shown.append((-developed, -touched, said, printed[item.select_one("h2 a").get_text()]))
    assert len(shown) == 21
    assert shown == sorted(shown)


def test_advice_leaves_out_what_has_left_the_menu_and_other_regions_offers(client, engagement):
    gone = InterventionFactory(retired=True, roles=[a_role()])
    elsewhere = an_intervention()
    RegionalOfferFactory(intervention=elsewhere, region=a_region("london"), availability=Availability.NOT_OFFERED)
    PriorityFactory(engagement=engagement, roles=[a_role()])

    rows = {row.intervention: row for row in advice(client, engagement).context["advice"]}

    assert gone not in rows
    assert rows[elsewhere].availability == Availability.ON_REQUEST


def test_advice_leads_to_planning_each_intervention(client, engagement):
    links = [link["href"] for link in soup(advice(client, engagement)).select(".app-advice__item a") if "?from=" in link["href"]]

    assert len(links) == 21
    assert {client.get(url).status_code for url in links[:3]} == {200}


def test_advice_tells_notice_cost_and_notes_of_the_region_as_they_stand_now(client, engagement):
    sets = an_intervention("action-learning-sets")
    offer = RegionalOfferFactory(
        intervention=sets, region=engagement.lead_region, lead_time_weeks=6, notes="Ask early", cost_to=900
    )
    RegionalOfferFactory(intervention=sets, region=a_region("london"), notes="CANARY of London")
    before = text_of(advice(client, engagement))
    offer.lead_time_weeks, offer.notes = 1, "Ask by Easter"
    offer.save()

    after = text_of(advice(client, engagement))

    assert "6 weeks’ notice Up to £900 Ask early" in before
    assert "1 week’s notice Up to £900 Ask by Easter" in after
    assert "CANARY" not in after


def test_advice_marks_what_only_the_region_of_the_engagement_offers(client, engagement):
    InterventionFactory(name="Fenland Walks", region=engagement.lead_region)
    InterventionFactory(name="Thames Walks", region=a_region("london"))

    words = text_of(advice(client, engagement))

    assert "On request in East Midlands alone, beside the national menu" in words
    assert "Thames Walks" not in words


def test_providers_that_the_offer_of_the_region_names_come_first(client, engagement):
    sets = an_intervention("action-learning-sets")
    ProviderFactory(name="Abacus", regions=[engagement.lead_region])
    named = ProviderFactory(name="Zebra", regions=[engagement.lead_region])
    RegionalOfferFactory(intervention=sets, region=engagement.lead_region).providers.set([named])
    address = url_of(engagement, "planned_intervention_create")

    from_menu = soup(client.get(f"{address}?from={sets.slug}")).select("[name=provider] option")
    bespoke = soup(client.get(address)).select("[name=provider] option")

    assert [option.get_text() for option in from_menu[1:]] == ["Zebra (named in the region’s offer)", "Abacus"]
    assert [option.get_text() for option in bespoke[1:]] == ["Abacus", "Zebra"]
