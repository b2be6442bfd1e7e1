"""A sign-in service that is away, slow, odd or hostile, and whoever brings back what it did not give: nobody gets in, no page breaks, no secret leaks."""

import time
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client

from tests.accounts.by_service import BACK, START, come_back, enter_by_service, led_to
from tests.accounts.second_factors import enter_password, is_signed_in
from tests.accounts.sign_in_service import CLIENT_ID, KEY, OTHER_KEY, jwk
from tests.factories.accounts import PASSWORD, ConsultantFactory
from tests.helpers import text_of

pytestmark = pytest.mark.django_db

WRONG_TOKENS = {
    "nonce": {"changes": {"nonce": "another"}},
    "no nonce": {"changes": {"nonce": None}},
    "audience": {"changes": {"aud": "another-portal"}},
    "party": {"changes": {"aud": [CLIENT_ID, "other"], "azp": "other"}},
    "issuer": {"changes": {"iss": "https://elsewhere.example"}},
    "expired": {"changes": {"exp": int(time.time()) - 120}},
    "never ends": {"changes": {"exp": None}},
    "from the future": {"changes": {"iat": int(time.time()) + 3600}},
    "nobody": {"changes": {"sub": None}},
    "key": {"key": OTHER_KEY},
    "shared secret": {"key": "a secret that the portal too knows, as long as it must be", "algorithm": "HS256"},
    "unsigned": {"key": None, "algorithm": "none"},
}


def test_a_token_that_does_not_hold_signs_nobody_in(service):
    person = ConsultantFactory()
    found = {}
    for name, wrong in WRONG_TOKENS.items():
        service.__init__(service.address)
        vars(service).update(wrong)
        client = Client()
        found[name] = enter_by_service(service, client, person).status_code, is_signed_in(client)

    assert found == dict.fromkeys(WRONG_TOKENS, (503, False))
    assert SocialAccount.objects.count() == 0
    # The clocks of two machines are never quite the same.
    service.__init__(service.address)
    service.changes = {"iat": int(time.time()) + 20, "exp": int(time.time()) - 20}
    assert enter_by_service(service, client, person).status_code == 302


def test_keys_need_not_say_for_which_algorithm_they_are_and_one_alone_needs_no_name(service):
    person = ConsultantFactory()
    found = {}
    for algorithm in ("RS256", "RS512", "PS256"):
        service.algorithm, service.keys = algorithm, [jwk(KEY) | {"kid": "one"}]
        found[algorithm] = enter_by_service(service, Client(), person).status_code
    service.algorithm, service.headers, service.keys = "RS256", {}, [jwk(KEY)]
    found["no name"] = enter_by_service(service, Client(), person).status_code
    service.keys = [jwk(KEY), jwk(OTHER_KEY)]
    found["no name, two keys"] = enter_by_service(service, Client(), person).status_code
    service.keys, service.headers = [jwk(KEY) | {"kid": "one", "alg": "RS512"}], {"kid": "one"}
    found["another algorithm"] = enter_by_service(service, Client(), person).status_code

    assert found == {
        "RS256": 302,
        "RS512": 302,
        "PS256": 302,
        "no name": 302,
        "no name, two keys": 503,
        "another algorithm": 503,
    }


def test_whoever_brings_back_what_they_were_not_given_is_not_signed_in(service):
    person = ConsultantFactory()
    service.email = person.email
    client, thief = Client(), Client()
    back = come_back(service, client)
    parts = dict(parse_qsl(urlsplit(back).query))
    denied = urlencode({"state": parts["state"], "error": "access_denied"})
    forged = [BACK, f"{BACK}?code={parts['code']}", f"{BACK}?{urlencode(parts | {'state': 'made up'})}"]

    answers = [client.get(address).status_code for address in forged] + [thief.get(back).status_code]
    first = client.get(back)
    again = Client()
    again.cookies = client.cookies
    client.post("/accounts/logout/")
    replayed = client.get(back)

    assert answers == [400] * 4
    assert first.status_code == 302
    assert (replayed.status_code, is_signed_in(client), is_signed_in(thief)) == (400, False, False)
    back = come_back(service, client)
    assert client.get(f"{BACK}?{denied}").status_code == 400
    other = dict(parse_qsl(urlsplit(back).query))
    assert client.get(f"{BACK}?{urlencode({'state': other['state'], 'error': 'access_denied'})}").status_code == 400
    # What was refused is used up too.
    assert client.get(back).status_code == 400


@pytest.mark.parametrize("away", ["/.well-known/openid-configuration", "/jwks", "/token", "/userinfo"])
def test_a_service_that_is_away_is_said_calmly_and_breaks_nothing(service, away):
    person = ConsultantFactory(password=PASSWORD)
    service.is_address_in_token = away != "/userinfo"
    service.broken = {away}
    client = Client()

    answer = client.post(START) if "well-known" in away else enter_by_service(service, client, person)

    assert (answer.status_code, "NHSmail did not answer as it should" in text_of(answer)) == (503, True)
    assert not is_signed_in(client)
    enter_password(client, person)
    assert is_signed_in(client)


def test_a_service_that_calls_itself_otherwise_is_not_asked(service):
    service.issuer = "https://elsewhere.example"

    assert Client().post(START).status_code == 503


def test_nobody_is_asked_too_often_to_go_there(service, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "oidc": "1/m/ip"}

    assert [Client().post(START).status_code for _ in range(2)] == [200, 429]


def test_leaving_the_portal_for_elsewhere_is_not_to_be_had(service):
    answer = enter_by_service(service, Client(), ConsultantFactory(), next="https://elsewhere.example/")

    assert answer["Location"] == "/"


def test_the_portal_is_asked_only_what_it_asks_itself(service):
    address = led_to(Client())
    query = dict(parse_qsl(urlsplit(address).query))

    assert set(query) == {
        "client_id",
        "redirect_uri",
        "scope",
        "response_type",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
    }
    more = Client().post(f"{START}?scope=everything&auth_params=prompt%3Dnone").headers["Refresh"]
    assert "everything" not in more
    assert "prompt" not in more


def test_the_form_leads_nowhere_else_than_before(service):
    policies = {
        Client().post(START).headers["Content-Security-Policy"],
        Client().get("/accounts/login/").headers["Content-Security-Policy"],
    }

    assert all("form-action 'self';" in policy for policy in policies)


def test_whatever_a_service_answers_breaks_no_page(service):
    person = ConsultantFactory()
    found = {}
    for place in ("/.well-known/openid-configuration", "/jwks", "/token"):
        for body in (b"[]", b"null", b'"x"', b"NaN", b"[" * 200_000, b"\xff", b" " * 1_100_000 + b"{}"):
            service.__init__(service.address)
            service.bodies = {place: body}
            cache.clear()
            client = Client()
            answer = client.post(START)
            if "Refresh" in answer.headers:
                service.email = person.email
                address = answer.headers["Refresh"].removeprefix("0;url=")
                answer = client.get(service.authorize(urlsplit(address).query))
            found[place, body[:9]] = answer.status_code, is_signed_in(client)

    assert set(found.values()) == {(503, False)}


@pytest.mark.parametrize("place", ["javascript:alert(1)//", "ftp://service.example/", "https://service.example/\n", ["x"], None])
def test_nobody_is_led_to_an_address_that_is_none(service, place):
    service.discovery_changes = {"authorization_endpoint": place}

    assert Client().post(START).status_code == 503


def test_an_address_of_a_service_may_have_a_question_of_its_own(service):
    service.discovery_changes = {"authorization_endpoint": f"{service.address}/authorize?policy=one"}

    address = led_to(Client())

    asked = dict(parse_qsl(urlsplit(address).query))
    assert (asked["policy"], asked["client_id"]) == ("one", CLIENT_ID)


def test_the_secret_is_not_sent_on_to_another_address(service):
    person = ConsultantFactory()
    service.redirects = {"/token"}
    client = Client()

    answer = enter_by_service(service, client, person)

    assert (answer.status_code, is_signed_in(client)) == (503, False)
    assert "/elsewhere" not in service.asked


def test_a_service_is_asked_once_what_it_says_of_itself_and_left_alone_where_it_is_away(service):
    for _ in range(3):
        led_to(Client())
    once = service.asked.count("/.well-known/openid-configuration")
    cache.clear()
    service.broken = {"/.well-known/openid-configuration"}

    assert [Client().post(START).status_code for _ in range(3)] == [503] * 3
    assert (once, service.asked.count("/.well-known/openid-configuration")) == (1, 2)


def test_an_address_that_no_database_takes_leads_to_nobody(service):
    for email in ("a" * 60_000 + "@example.org", "\ud800@example.org", ""):
        service.email = email

        assert enter_by_service(service, Client()).status_code == 403
