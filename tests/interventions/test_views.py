"""Pages of the menu."""

from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertTemplateUsed

from directory.models import Region
from interventions.enums import Availability
from interventions.models import Intervention
from tests.factories.accounts import ConsultantFactory, StpLeadFactory
from tests.factories.evaluation import MeasureSuggestionFactory
from tests.factories.framework import BehaviourFactory, LeadershipRoleFactory, a_behaviour, a_role
from tests.factories.interventions import InterventionFactory, RegionalOfferFactory, an_intervention
from tests.helpers import as_user, soup, text_of

pytestmark = pytest.mark.django_db

MENU_URL = "/menu/"
MAX_LIST_QUERIES = 8
MAX_DETAIL_QUERIES = 12


def names_on(response):
    """Return the interventions that the menu shows, column by column."""
    return [[name.get_text() for name in column.select("h3")] for column in soup(response).select(".app-menu__column")]


def test_intervention_list_shows_four_columns_as_printed(client):
    response = client.get(reverse("interventions:intervention_list"))

    columns = names_on(response)
    assertTemplateUsed(response, "interventions/intervention_list.html")
    assert response.wsgi_request.path == MENU_URL
    assert [len(column) for column in columns] == [6, 7, 4, 4]
    assert columns[0][0] == "Leadership Development Programmes"
    assert columns[3] == [
        "Talent Development Approaches and Interventions",
        "Developing Diverse Community Engagement/Social Movements",
        "Systems Thinking and Collective Leadership",
        "Effective Knowledge Sharing",
    ]
    assert "21 interventions ." in text_of(response) or "21 interventions." in text_of(response)


def test_intervention_list_leaves_out_what_is_retired(client):
    InterventionFactory(retired=True, name="Chalk and talk")

    assert "Chalk and talk" not in text_of(client.get(MENU_URL))


def test_p23_intervention_list_narrows_by_the_words_in_the_address(client):
    response = client.get(MENU_URL, {"q": "agile lean"})

    assert [name for column in names_on(response) for name in column] == ["Designing and Leading Agile and Lean Services"]
    assert soup(response).select_one("input[name=q]")["value"] == "agile lean"


def test_p24_intervention_list_says_its_filter_as_a_sentence(client):
    role, behaviour = a_role(), a_behaviour()
    found = Intervention.objects.on_the_menu().filter(roles=role).filter(behaviours=behaviour)

    response = client.get(MENU_URL, {"role": role.pk, "behaviour": behaviour.pk})

    words = text_of(response)
    assert sorted(name for column in names_on(response) for name in column) == sorted(x.name for x in found)
    assert f"that develop the leadership role “{role.text}”" in words
    assert f"that develop the behaviour “{behaviour.text}”" in words
    assert "Show all interventions" in words


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ({"role": "999999"}, "The filter “Leadership role” was left out: “999999” is not one of its choices."),
        ({"behaviour": "<b>x</b>"}, "The filter “Behaviour” was left out: “<b>x</b>” is not one of its choices."),
        ({"q": "x\x00y"}, "The search was left out."),
    ],
    ids=["deleted role", "no number", "null"],
)
def test_p23_intervention_list_drops_an_unknown_option_with_a_notice(client, query, notice):
    response = client.get(MENU_URL, query)

    assert response.status_code == 200
    assert notice in text_of(response)
    assert sum(len(column) for column in names_on(response)) == 21


def test_intervention_list_says_when_nothing_fits(client):
    response = client.get(MENU_URL, {"q": "abseiling"})

    assert "No intervention fits all of this." in text_of(response)
    assert names_on(response) == []


def test_intervention_list_shortens_long_options_only_in_the_choice(client):
    role = LeadershipRoleFactory(text="Leads " + "on a very long matter " * 12)

    response = client.get(MENU_URL, {"role": role.pk})

    option = soup(response).select_one("select[name=role] option[selected]")
    assert len(option.get_text()) <= 91
    assert role.text.strip() in text_of(response)


def test_intervention_detail_shows_what_it_is_word_for_word(client):
    intervention = an_intervention("coaching-and-mentoring")

    response = client.get(intervention.get_absolute_url())

    words = text_of(response)
    assertTemplateUsed(response, "interventions/intervention_detail.html")
    for text in (intervention.name, intervention.summary, intervention.suits, intervention.typical_length):
        assert text in words
    paragraphs = intervention.description.split("\n\n")
    shown = [" ".join(p.get_text().split()) for p in soup(response).select("section[aria-labelledby=description] p")]
    assert shown == paragraphs


@pytest.mark.parametrize("slug", ["coaching-and-mentoring", "action-learning-sets", "quality-improvement-skills"])
def test_intervention_detail_shows_what_it_develops_and_how_to_measure_it(client, slug):
    intervention = an_intervention(slug)

    words = text_of(client.get(intervention.get_absolute_url()))

    for row in [*intervention.roles.all(), *intervention.behaviours.all()]:
        assert row.text in words
    for suggestion in intervention.measure_suggestions.all():
        assert suggestion.outcome in words
        assert suggestion.method in words
        assert suggestion.get_level_display() in words
    for domain in [intervention.main_domain, *intervention.other_domains.all()]:
        assert domain.name in words


def test_intervention_detail_shows_availability_in_all_ten_regions(client):
    intervention = an_intervention()
    RegionalOfferFactory(intervention=intervention, availability=Availability.NOT_OFFERED)
    RegionalOfferFactory(intervention=intervention, region=Region.objects.get(slug="london"))

    page = soup(client.get(intervention.get_absolute_url()))

    shown = {item.a.get_text(): item.strong.get_text() for item in page.select(".app-offers__item")}
    assert len(shown) == 10
    assert shown["East Midlands"] == "Not offered"
    assert shown["London"] == "Offered"
    assert shown["North East"] == "On request"


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        ({"cost_from": Decimal("1200"), "cost_to": Decimal("3500.50")}, "£1,200 to £3,500.50"),
        ({"cost_from": Decimal("1200")}, "From £1,200"),
        ({"cost_to": Decimal("0")}, "Up to £0"),
    ],
    ids=["range", "from", "up to"],
)
def test_intervention_detail_tells_consultants_notice_and_cost(costs, said):
    offer = RegionalOfferFactory(intervention=an_intervention(), lead_time_weeks=6, notes="Ask early", contact="Jo", **costs)

    words = text_of(as_user(ConsultantFactory()).get(offer.intervention.get_absolute_url()))

    assert said in words
    assert "6 weeks’ notice" in words
    assert "Ask early" in words
    assert "Ask for Jo" in words


@pytest.mark.parametrize("who", [None, StpLeadFactory], ids=["anonymous", "STP lead"])
def test_intervention_detail_keeps_notice_and_cost_from_others(client, who):
    offer = RegionalOfferFactory(
        intervention=an_intervention(), lead_time_weeks=6, cost_from=Decimal("1234"), notes="Ask early", contact="Jo"
    )

    words = text_of((as_user(who()) if who else client).get(offer.intervention.get_absolute_url()))

    assert "£1,234" not in words
    assert "6 weeks" not in words
    assert "Ask early" not in words
    assert "Ask for Jo" not in words


def test_intervention_detail_says_when_it_is_retired(client):
    intervention = InterventionFactory(retired=True)

    words = text_of(client.get(intervention.get_absolute_url()))

    assert "No longer on the menu" in words
    assert "None named yet." in words
    assert "None written yet." in words
    assert "To be agreed with your LDP" in words


def test_intervention_detail_relates_those_that_develop_the_most_in_common(client):
    intervention = an_intervention()
    mine = {*intervention.roles.all(), *intervention.behaviours.all()}

    page = soup(client.get(intervention.get_absolute_url()))

    shown = [card.get_text() for card in page.select("section[aria-labelledby=related] h3")]
    common = {
        other.name: len(mine & {*other.roles.all(), *other.behaviours.all()})
        for other in Intervention.objects.exclude(pk=intervention.pk)
    }
    assert len(shown) == 4
    assert [common[name] for name in shown] == sorted(common.values(), reverse=True)[:4]


def test_intervention_detail_of_an_unknown_one_is_not_found(client):
    assert client.get("/menu/abseiling/").status_code == 404


def test_intervention_list_reads_as_often_for_many_rows(django_assert_max_num_queries):
    client = as_user(ConsultantFactory())
    with django_assert_max_num_queries(MAX_LIST_QUERIES) as few:
        client.get(MENU_URL, {"role": a_role().pk, "q": "a"})
    InterventionFactory.create_batch(50, summary="a", roles=[a_role()])

    with django_assert_max_num_queries(len(few)):
        client.get(MENU_URL, {"role": a_role().pk, "q": "a"})


def test_intervention_detail_reads_as_often_for_many_rows(django_assert_max_num_queries):
    intervention = InterventionFactory(roles=[a_role()], behaviours=[a_behaviour()])
    client = as_user(ConsultantFactory())
    with django_assert_max_num_queries(MAX_DETAIL_QUERIES) as few:
        client.get(intervention.get_absolute_url())
    intervention.roles.add(*LeadershipRoleFactory.create_batch(10))
    intervention.behaviours.add(*BehaviourFactory.create_batch(10))
    MeasureSuggestionFactory.create_batch(50, intervention=intervention)
    for region in Region.objects.all():
        RegionalOfferFactory(intervention=intervention, region=region)
    InterventionFactory.create_batch(50, roles=[a_role()])

    with django_assert_max_num_queries(len(few)):
        client.get(intervention.get_absolute_url())
