"""What a request names as the next page: whatever it says, nobody is led to another site and nothing breaks."""

from urllib.parse import quote, urljoin, urlsplit

import pytest
from django.test import Client

from tests.factories.accounts import PASSWORD, ConsultantFactory
from tests.helpers import as_user

pytestmark = pytest.mark.django_db

HOSTILE = [
    "//[x",
    "http://[",
    "http://[::1",
    "https://]elsewhere.example/",
    "//elsewhere.example/",
    "///elsewhere.example/",
    "////elsewhere.example",
    "https://elsewhere.example/",
    "HTTPS:elsewhere.example",
    "https:///elsewhere.example",
    "/\\elsewhere.example",
    "\\\\elsewhere.example",
    "/\t/elsewhere.example",
    "/\n/elsewhere.example",
    " //elsewhere.example",
    "\x00//elsewhere.example",
    "javascript:alert(1)",
    "data:text/html,hello",
    "//testserver@elsewhere.example/",
    "//elsewhere.example\\@testserver/",
    "http://testserver.elsewhere.example/",
    "http://\u2100.elsewhere.example/",
    "http://testserver:x/",
    "/\r\nSet-Cookie: a=b",
    "/" + "x" * 20_000,
]
PAGES = ["login/", "login/code/", "login/code/confirm/", "logout/", "password/reset/", "password/change/", "reauthenticate/"]


def typed(person):
    """Return what each form of signing in asks for."""
    return {"login": person.email, "email": person.email, "password": PASSWORD}


def assert_stays_here(response):
    """Nothing broke, and a redirect leads to this site, as a browser reads addresses: without tabs, with slashes for backslashes."""
    assert response.status_code < 500
    assert "a=b" not in response.headers.get("Set-Cookie", "")
    for name in ("Location", "HX-Redirect"):
        address = response.headers.get(name, "").replace("\\", "/").strip()
        assert urlsplit(urljoin("http://testserver/accounts/", address)).netloc == "testserver", address
        assert urlsplit(urljoin("http://testserver/accounts/", address)).scheme in ("http", "https"), address


@pytest.mark.parametrize("next_page", HOSTILE, ids=ascii)
@pytest.mark.parametrize("path", PAGES)
def test_no_page_of_signing_in_breaks_or_leads_away(path, next_page):
    person = ConsultantFactory(password=PASSWORD)
    address = f"/accounts/{path}"

    for client in (Client(), as_user(person)):
        assert_stays_here(client.get(f"{address}?next={quote(next_page)}"))
    for make in (Client, lambda: as_user(person)):
        assert_stays_here(make().post(address, typed(person) | {"next": next_page}))
        assert_stays_here(make().post(f"{address}?next={quote(next_page)}", typed(person)))


@pytest.mark.parametrize("next_page", HOSTILE, ids=ascii)
def test_no_demonstration_account_is_led_away(settings, next_page):
    settings.DEMONSTRATION = True
    person = ConsultantFactory(email="amina.patel@demo.example")

    assert_stays_here(Client().post("/accounts/demonstration/", {"person": person.pk, "next": next_page}))
