"""Signing in: with a password, with a code, to a demonstration; and what is closed."""

import io
import re

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.enums import DEMONSTRATION_HINTS, Role
from accounts.models import User
from core import drafts
from core.models import FormDraft
from tests.factories.accounts import PASSWORD, ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import OrganisationFactory, a_region
from tests.helpers import as_user, filled, soup, text_of

pytestmark = pytest.mark.django_db

LOGIN_URL = "/accounts/login/"
DEMONSTRATION_URL = "/accounts/demonstration/"
NEXT_URL = "/menu/coaching-and-mentoring/"
CODE = re.compile(r"^([A-Z0-9]{3,}-?[A-Z0-9]{3,})$", re.MULTILINE)


@pytest.fixture
def demonstration(settings):
    """Run as a demonstration."""
    settings.DEMONSTRATION = True


def signed_in_as(client):
    """Return who is signed in, or None."""
    pk = client.session.get("_auth_user_id")
    return User.objects.get(pk=pk) if pk else None


def demonstration_person(name="Amina Patel", make=ConsultantFactory, **fields):
    """Make one of the people of a demonstration."""
    return make(full_name=name, email=f"{name.replace(' ', '.').lower()}@demo.example", **fields)


def test_sign_in_with_a_password_leads_to_the_page_asked_for(client):
    person = ConsultantFactory(password=PASSWORD)

    response = client.post(LOGIN_URL, {"login": person.email.upper(), "password": PASSWORD, "next": NEXT_URL})

    assert response.status_code == 302
    assert response["Location"] == NEXT_URL
    assert signed_in_as(client) == person


def test_sign_in_leads_home_where_no_page_was_asked_for(client):
    person = ConsultantFactory(password=PASSWORD)

    response = client.post(LOGIN_URL, {"login": person.email, "password": PASSWORD})

    assert response["Location"] == reverse("home")


def test_sign_in_does_not_lead_to_another_site(client):
    person = ConsultantFactory(password=PASSWORD)

    response = client.post(LOGIN_URL, {"login": person.email, "password": PASSWORD, "next": "https://elsewhere.example/"})

    assert response["Location"] == reverse("home")


@pytest.mark.parametrize("password", ["wrong horse", ""], ids=["wrong", "none"])
def test_sign_in_with_a_wrong_password_is_refused(client, password):
    person = ConsultantFactory(password=PASSWORD)

    response = client.post(LOGIN_URL, {"login": person.email, "password": password})

    assert response.status_code == 200
    assert soup(response).title.get_text().startswith("Error: ")
    assert signed_in_as(client) is None


def test_sign_in_of_somebody_who_left_is_refused(client):
    person = ConsultantFactory(password=PASSWORD, left=True)

    client.post(LOGIN_URL, {"login": person.email, "password": PASSWORD})

    assert signed_in_as(client) is None


def test_sign_in_with_an_emailed_code_leads_to_the_page_asked_for(client):
    person = StpLeadFactory()

    sent = client.post(f"{reverse('account_request_login_code')}?next={NEXT_URL}", {"email": person.email, "next": NEXT_URL})
    code = CODE.search(mail.outbox[0].body).group(1)
    response = client.post(sent["Location"], {"code": code})

    assert mail.outbox[0].to == [person.email]
    assert response.status_code == 302
    assert response["Location"] == NEXT_URL
    assert signed_in_as(client) == person


def test_sign_in_with_a_wrong_code_is_refused(client):
    person = StpLeadFactory()

    sent = client.post(reverse("account_request_login_code"), {"email": person.email})
    client.post(sent["Location"], {"code": "AAAA-AAAA"})

    assert signed_in_as(client) is None


def test_sign_up_is_closed(client):
    response = client.get(reverse("account_signup"))

    assert response.status_code == 200
    assert not soup(response).select("main form")
    client.post(reverse("account_signup"), {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.with_email("new@example.org").exists()


def test_sign_out_by_post(client):
    client.force_login(ConsultantFactory())

    response = client.post(reverse("account_logout"))

    assert response["Location"] == reverse("home")
    assert signed_in_as(client) is None


def test_demonstration_accounts_are_offered_by_role(client, demonstration):
    demonstration_person(job_title="Consultant")
    demonstration_person("Ros Hale", RegionalAdminFactory)
    demonstration_person("Owen Marsh", NationalAdminFactory)
    demonstration_person("Grace Obi", StpLeadFactory, organisation=OrganisationFactory(name="Fenside Hospice"))
    demonstration_person("Gone Away", left=True)
    ConsultantFactory(full_name="A Real Person")

    response = client.get(LOGIN_URL, {"next": NEXT_URL})

    words, page = text_of(response), soup(response)
    assert [h.get_text() for h in page.select(".app-demonstration h3")] == [str(role.label) for role in Role]
    for hint in DEMONSTRATION_HINTS.values():
        assert hint in words
    assert "Sign in as Amina Patel Consultant, East Midlands" in words
    assert "Sign in as Grace Obi Fenside Hospice" in words
    assert "A Real Person" not in words
    assert "Gone Away" not in words
    assert page.select_one(".app-demonstration input[name=next]")["value"] == NEXT_URL


def test_demonstration_shows_three_accounts_of_each_role_from_different_regions_and_folds_the_rest(client, demonstration):
    for name in ("Ada Bell", "Ben Cole", "Cy Dunn"):
        demonstration_person(name)
    demonstration_person("Di Eden", region=a_region("london"))
    demonstration_person("Ed Ford", region=a_region("north-west"))

    page = soup(client.get(LOGIN_URL))

    folded = page.select_one(".app-demonstration details")
    assert folded.summary.get_text(strip=True) == "More LDP consultants"
    assert [button.contents[-1] for button in folded.select("button")] == ["Ben Cole", "Cy Dunn"]
    shown = [button.contents[-1] for button in page.select(".app-demonstration button") if button not in folded.select("button")]
    assert shown == ["Ada Bell", "Di Eden", "Ed Ford"]


def test_demonstration_accounts_are_not_offered_elsewhere(client, settings):
    settings.DEMONSTRATION = False
    demonstration_person()

    words = text_of(client.get(LOGIN_URL))

    assert "demonstration" not in words
    assert "Amina Patel" not in words


def test_demonstration_sign_in_leads_to_the_page_asked_for(client, demonstration):
    person = demonstration_person()

    response = client.post(reverse("accounts:demonstration_sign_in"), {"person": person.pk, "next": NEXT_URL})

    assert response.wsgi_request.path == DEMONSTRATION_URL
    assert response["Location"] == NEXT_URL
    assert signed_in_as(client) == person


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example/", ""], ids=["site", "slashes", "none"])
def test_demonstration_sign_in_does_not_lead_to_another_site(client, demonstration, address):
    response = client.post(DEMONSTRATION_URL, {"person": demonstration_person().pk, "next": address})

    assert response["Location"] == reverse("home")


def test_demonstration_sign_in_changes_to_another_person(demonstration):
    client, other = as_user(demonstration_person()), demonstration_person("Ros Hale", RegionalAdminFactory)

    client.post(DEMONSTRATION_URL, {"person": other.pk})

    assert signed_in_as(client) == other


def test_demonstration_sign_in_is_no_page_elsewhere(client, settings):
    settings.DEMONSTRATION = False

    response = client.post(DEMONSTRATION_URL, {"person": demonstration_person().pk})

    assert response.status_code == 404
    assert signed_in_as(client) is None


@pytest.mark.parametrize(
    "make",
    [ConsultantFactory, lambda: demonstration_person(left=True), lambda: User(pk=987654)],
    ids=["real person", "left", "unknown"],
)
def test_demonstration_sign_in_takes_only_demonstration_accounts(client, demonstration, make):
    response = client.post(DEMONSTRATION_URL, {"person": make().pk})

    assert response.status_code == 404
    assert signed_in_as(client) is None


def test_demonstration_sign_in_by_get_is_refused(client, demonstration):
    assert client.get(DEMONSTRATION_URL).status_code == 405


def test_demonstration_sign_in_without_a_token_is_refused(demonstration):
    client = Client(enforce_csrf_checks=True)

    response = client.post(DEMONSTRATION_URL, {"person": demonstration_person().pk})

    assert response.status_code == 403
    assert signed_in_as(client) is None


def test_p01_demonstration_sign_in_brings_back_what_was_typed(client, demonstration):
    person = demonstration_person()
    kept = {
        "/engagements/new/": {"owner": str(person.pk), "form": "engagements:engagement_create", "data": {"title": ["Frailty"]}}
    }
    session = client.session
    session[drafts.SESSION_KEY] = kept
    session.save()

    client.post(DEMONSTRATION_URL, {"person": person.pk})

    assert FormDraft.objects.get(user=person).data == {"title": ["Frailty"]}


def test_createsuperuser_makes_a_national_admin(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)

    call_command(
        "createsuperuser",
        "--noinput",
        email="Owen@Example.org",
        full_name="Owen Marsh",
        stdout=io.StringIO(),
        stderr=io.StringIO(),
    )

    person = User.objects.get(email="owen@example.org")
    assert person.role == Role.NATIONAL_ADMIN
    assert person.check_password(PASSWORD)


def test_sign_in_page_carries_the_page_asked_for_through_its_form(client):
    person = ConsultantFactory(password=PASSWORD)
    asked = client.get("/organisations/?q=nhs")

    data = filled(client, asked["Location"]) | {"login": person.email, "password": PASSWORD}
    response = client.post(LOGIN_URL, data)

    assert response["Location"] == "/organisations/?q=nhs"


def test_code_page_carries_the_page_asked_for_through_its_form(client):
    person = ConsultantFactory()
    page = soup(client.get(LOGIN_URL, {"next": NEXT_URL}))
    address = page.find("a", string=re.compile("code by email"))["href"]

    sent = client.post(address, filled(client, address) | {"email": person.email})
    code = CODE.search(mail.outbox[0].body).group(1)
    response = client.post(sent["Location"], filled(client, sent["Location"]) | {"code": code})

    assert response["Location"] == NEXT_URL
