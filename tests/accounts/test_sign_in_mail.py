"""Emails of signing in: to nobody's address too, with links that begin with the address of the portal."""

import re

import pytest
from django.core import mail
from django.test import Client

from tests.factories.accounts import PASSWORD, ConsultantFactory
from tests.helpers import submit, text_of

pytestmark = pytest.mark.django_db

LINK = re.compile(r"https?://\S+")


@pytest.fixture
def portal(settings):
    """Run at an address that is not the one by which a request came."""
    settings.PORTAL_ADDRESS = "https://portal.example"
    settings.ALLOWED_HOSTS = ["testserver", "elsewhere.example"]


@pytest.mark.parametrize("path", ["/accounts/login/code/", "/accounts/password/reset/"])
def test_an_address_without_an_account_is_told_so_and_not_to_sign_up(portal, path):
    Client(headers={"host": "elsewhere.example"}).post(path, {"email": "nobody@example.org"})

    (sent,) = mail.outbox
    assert sent.to == ["nobody@example.org"]
    assert sent.subject == "Systems Leadership Portal: No account has this address"
    assert LINK.findall(sent.body) == ["https://portal.example/accounts/login/"]
    assert "sign up" not in sent.body
    assert "elsewhere" not in sent.body


def test_the_link_to_a_new_password_leads_to_the_portal_and_works(portal):
    person = ConsultantFactory(password="an older one, long enough")
    Client(headers={"host": "elsewhere.example"}).post("/accounts/password/reset/", {"email": person.email})

    (link,) = LINK.findall(mail.outbox[0].body)
    assert link.startswith("https://portal.example/accounts/password/reset/key/")
    client = Client()
    page = client.get(link.removeprefix("https://portal.example"))["Location"]
    submit(client, page, {"password1": PASSWORD, "password2": PASSWORD})

    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert "elsewhere" not in mail.outbox[0].body


@pytest.mark.parametrize("path", ["/accounts/login/code/", "/accounts/password/reset/", "/accounts/invitation/ask/"])
def test_an_address_that_cannot_be_written_to_is_refused_in_words(path):
    response = Client().post(path, {"email": f"ann@{'ü' * 60}.de"})

    assert response.status_code == 200
    assert "No email can be sent to this address. Check what stands after the @." in text_of(response)
    assert mail.outbox == []


@pytest.mark.parametrize("email", ["ann@müller.de", "ann@straße.example", '"a b\\"c"@example.org'], ids=ascii)
@pytest.mark.parametrize("path", ["/accounts/login/code/", "/accounts/password/reset/"])
def test_an_odd_address_that_can_be_written_to_is_written_to(path, email):
    assert Client().post(path, {"email": email}).status_code in (200, 302)
