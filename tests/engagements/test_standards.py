"""National admins keep the guidance on the criteria; their names and words are the framework document's (P38)."""

import pytest
from django.urls import reverse

from core.models import AuditEvent
from engagements import actions, permissions
from engagements.models import Criterion
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.engagements import a_criterion
from tests.helpers import as_user, post, soup, submit, text_of

pytestmark = pytest.mark.django_db
SLUG = "affordable"
PAGES = [("criterion_list", []), ("criterion_edit", [SLUG]), ("criterion_history", [SLUG]), ("criterion_version", [SLUG, 1])]


def url(view, *args):
    return reverse(f"engagements:{view}", args=args)


@pytest.fixture
def admin():
    return NationalAdminFactory(full_name="Nadia National")


@pytest.fixture
def client(admin):
    return as_user(admin)


@pytest.mark.parametrize(
    ("make", "may"),
    [
        pytest.param(NationalAdminFactory, True, id="national admin"),
        pytest.param(lambda: NationalAdminFactory(left=True), False, id="national admin who has left"),
        pytest.param(RegionalAdminFactory, False, id="regional admin"),
        pytest.param(ConsultantFactory, False, id="consultant"),
        pytest.param(StpLeadFactory, False, id="STP lead"),
    ],
)
def test_can_keep_criteria(make, may):
    assert permissions.can_keep_criteria(make()) is may


@pytest.mark.parametrize("make", [RegionalAdminFactory, ConsultantFactory, StpLeadFactory])
@pytest.mark.parametrize(("view", "args"), PAGES, ids=lambda part: part if isinstance(part, str) else "")
def test_pages_of_the_criteria_are_for_national_admins(make, view, args):
    person = as_user(make())

    assert person.get(url(view, *args)).status_code == 403
    assert post(person, url(view, *args), {"guidance": "Hacked"}).status_code in (403, 405)
    assert not AuditEvent.objects.exclude(verb="was refused").exists()


def test_criterion_list_shows_the_five_with_their_guidance(client):
    Criterion.objects.filter(slug=SLUG).update(guidance="")

    words = text_of(client.get(url("criterion_list")))

    for criterion in Criterion.objects.all():
        assert criterion.text in words
        assert criterion.short_name in words
        assert criterion.guidance in words
    assert "None yet." in words


def test_criterion_edit_changes_the_guidance_and_nothing_else(client):
    before = a_criterion(SLUG)

    page = text_of(client.get(url("criterion_edit", SLUG)))
    response = submit(
        client, url("criterion_edit", SLUG), {"guidance": "Ask the funder.", "text": "x", "short_name": "x", "version": "9"}
    )

    after = a_criterion(SLUG)
    assert "Only the guidance can be changed." in page
    assert response["Location"] == f"{url('criterion_list')}#{SLUG}"
    assert (after.guidance, after.text, after.short_name, after.version) == ("Ask the funder.", before.text, before.short_name, 2)


def test_criterion_edit_refuses_what_is_too_long_and_keeps_it(client):
    response = submit(client, url("criterion_edit", SLUG), {"guidance": "x" * 20_000})

    assert "characters or fewer" in text_of(response)
    assert "x" * 20_000 in response.content.decode()
    assert a_criterion(SLUG).version == 1


def test_criterion_edit_of_an_unknown_one_is_not_found(client):
    assert client.get(url("criterion_edit", "beautiful")).status_code == 404


def test_p03_criterion_edit_shows_both_texts_of_a_clash(client):
    address, other = url("criterion_edit", SLUG), as_user(NationalAdminFactory(full_name="Faster Person"))
    seen = soup(client.get(address)).select_one("[name=seen]")["value"]
    submit(other, address, {"guidance": "Theirs"})

    response = post(client, address, {"seen": seen, "guidance": "Mine"})

    assert "Faster Person changed “Guidance” while you were writing." in text_of(response)
    assert a_criterion(SLUG).guidance == "Theirs"


def test_p38_criterion_history_and_version_lead_back(client, admin):
    before = a_criterion(SLUG).guidance
    actions.change_criterion(criterion=a_criterion(SLUG), values={"guidance": "Ask the funder."}, by=admin)

    told = text_of(client.get(url("criterion_history", SLUG)))
    shown = text_of(client.get(url("criterion_version", SLUG, 1)))
    response = submit(client, url("criterion_version", SLUG, 1))

    assert "Nadia National changed criterion" in told
    assert before in shown
    assert response["Location"] == url("criterion_history", SLUG)
    assert (a_criterion(SLUG).guidance, a_criterion(SLUG).version) == (before, 3)
