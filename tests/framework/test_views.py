"""Pages of the framework."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertTemplateUsed

from framework.models import Behaviour, Domain, LeadershipRole, Resource
from framework.templatetags.framework import domain_wheel
from tests.factories.accounts import ConsultantFactory
from tests.factories.framework import BehaviourFactory, DomainFactory, LeadershipRoleFactory, ResourceFactory, a_domain
from tests.factories.interventions import InterventionFactory
from tests.helpers import as_user, soup, text_of

pytestmark = pytest.mark.django_db

LIST_URL = "/framework/"
MAX_LIST_QUERIES = 8
MAX_DETAIL_QUERIES = 12
DEFINITION = (
    "Leadership across organisational and geopolitical boundaries, beyond individual professional disciplines, "
    "within a range of organisational and stakeholder cultures, often without direct managerial control."
)
DOMAINS = [
    "individual-effectiveness",
    "relationships-and-connectivity",
    "innovation-and-improvement",
    "learning-and-capacity-building",
]


def test_domain_list_shows_the_wheel_and_the_same_domains_as_a_list(client):
    response = client.get(reverse("framework:domain_list"))

    page = soup(response)
    addresses = [domain.get_absolute_url() for domain in Domain.objects.in_order()]
    assertTemplateUsed(response, "framework/domain_list.html")
    assert response.wsgi_request.path == LIST_URL
    assert [link["href"] for link in page.select("svg a")] == addresses
    assert [link["href"] for link in page.select(".app-domain-list a")] == addresses
    assert page.select_one("svg > title").get_text()
    assert page.select_one("svg > desc").get_text()
    assert all(link["aria-label"] for link in page.select("svg a"))


def test_domain_list_quotes_the_definition_as_a_quotation_with_its_source(client):
    page = soup(client.get(LIST_URL))

    figure = page.select_one("figure")
    assert figure.blockquote.get_text(strip=True) == DEFINITION
    assert "Exceptional Leadership for Exceptional Times: Synthesis Paper" in figure.figcaption.get_text()


def test_domain_list_shows_every_resource_with_its_link(client):
    response = client.get(LIST_URL)

    words, page = text_of(response), soup(response)
    for resource in Resource.objects.all():
        assert resource.name in words
        assert resource.description in words
        assert not resource.address or page.find("a", href=resource.address)


@pytest.mark.parametrize("slug", DOMAINS)
def test_domain_detail_shows_roles_and_behaviours_word_for_word_in_order(client, slug):
    page = soup(client.get(reverse("framework:domain_detail", args=[slug])))

    roles, behaviours = page.select("main ol.app-numbered")
    expected_roles = LeadershipRole.objects.filter(domain__slug=slug).order_by("row")
    expected_behaviours = Behaviour.objects.filter(domain__slug=slug).order_by("row", "position")
    assert [item.get_text() for item in roles.select("li")] == [role.text for role in expected_roles]
    assert [item.get_text() for item in behaviours.select("li")] == [behaviour.text for behaviour in expected_behaviours]


@pytest.mark.parametrize("slug", DOMAINS)
def test_domain_detail_shows_its_aim_and_its_interventions(client, slug):
    domain = a_domain(slug)

    words = text_of(client.get(domain.get_absolute_url()))

    assert domain.aim in words
    for intervention in [*domain.interventions.all(), *domain.also_interventions.all()]:
        assert intervention.name in words


def test_domain_detail_leaves_out_a_retired_intervention(client):
    InterventionFactory(retired=True, name="Chalk and talk")

    words = text_of(client.get(a_domain().get_absolute_url()))

    assert "Chalk and talk" not in words


def test_domain_detail_of_an_unknown_domain_is_not_found(client):
    assert client.get("/framework/fifth-domain/").status_code == 404


def test_domain_list_reads_as_often_for_many_rows(django_assert_max_num_queries):
    client = as_user(ConsultantFactory())
    with django_assert_max_num_queries(MAX_LIST_QUERIES) as few:
        client.get(LIST_URL)
    ResourceFactory.create_batch(50)
    for domain in DomainFactory.create_batch(3):
        LeadershipRoleFactory.create_batch(3, domain=domain)

    with django_assert_max_num_queries(len(few)):
        client.get(LIST_URL)


def test_domain_detail_reads_as_often_for_many_rows(django_assert_max_num_queries):
    client, url = as_user(ConsultantFactory()), a_domain().get_absolute_url()
    with django_assert_max_num_queries(MAX_DETAIL_QUERIES) as few:
        client.get(url)
    LeadershipRoleFactory.create_batch(50)
    BehaviourFactory.create_batch(50)
    InterventionFactory.create_batch(50)

    with django_assert_max_num_queries(len(few)):
        client.get(url)


def test_domain_wheel_breaks_long_names_into_lines():
    [circle] = domain_wheel([a_domain("relationships-and-connectivity")])["circles"]

    assert [words for words, _ in circle.lines] == ["Relationships", "and", "Connectivity"]
