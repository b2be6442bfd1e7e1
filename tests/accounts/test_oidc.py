"""Signing in at the sign-in service of an organisation: for people who have an account here, and only as themselves."""

import time
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.models import User
from core import oidc, outbox, sessions
from core.models import AuditEvent
from tests.accounts.second_factors import (
    code_now,
    enter_emailed_code,
    enter_password,
    give_app,
    hold_codes,
    is_signed_in,
    recovery_codes_of,
)
from tests.accounts.sign_in_service import CLIENT_ID, CLIENT_SECRET, KEY, OTHER_KEY, a_sign_in_service, jwk
from tests.factories.accounts import PASSWORD, ConsultantFactory, NationalAdminFactory, RegionalAdminFactory
from tests.helpers import as_user, post, soup, text_of

pytestmark = pytest.mark.django_db

START, BACK, UNLINK = "/accounts/organisation/", "/accounts/organisation/return/", "/accounts/organisation/unlink/"
SECURITY = "/accounts/security/"


@pytest.fixture(scope="module")
def _running():
    with a_sign_in_service() as service:
        yield service


@pytest.fixture
def service(_running, settings):
    """Return the sign-in service that the portal knows of, as it is when nothing is wrong."""
    _running.__init__(_running.address)
    settings.OIDC_ISSUER, settings.OIDC_NAME = _running.address, "NHSmail"
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.PORTAL_ADDRESS = "http://testserver"
    return _running


def led_to(client, **data):
    """Ask to sign in, and return the address of the service that the page leads on to."""
    page = client.post(START, data)
    address = page.headers["Refresh"].removeprefix("0;url=")
    assert soup(page).select_one("main a")["href"] == address
    return address


def come_back(service, client, **data):
    """Ask to sign in, be taken by the service for whom it is told, and return the address that it sends the browser back to."""
    return service.authorize(urlsplit(led_to(client, **data)).query)


def enter_by_service(service, client, person=None, **data):
    """Sign in at the service, as far as that goes."""
    if person is not None:
        service.email = person.email
    return client.get(come_back(service, client, **data))


def events(person):
    """Return what the audit trail tells, in order, of a person and the sign-in service."""
    found = AuditEvent.objects.filter(subject_type="accounts.user", subject_id=person.pk, verb__endswith="sign-in of")
    return list(found.order_by("pk").values_list("verb", flat=True))


def test_whoever_has_an_account_with_the_address_is_signed_in(service):
    person = ConsultantFactory(email="ada@nhs.example")
    service.email = "Ada@NHS.example"
    client = Client()
    # A form begins a session for what it keeps; signing in begins another.
    come_back(service, client)
    before = client.session.session_key

    answer = enter_by_service(service, client, next="/manage/")

    assert answer["Location"] == "/manage/"
    assert is_signed_in(client)
    assert client.session.session_key not in (None, before)
    assert SocialAccount.objects.get().user == person
    assert events(person) == ["connected the organisation’s sign-in of"]
    outbox.work_off(timezone.now())
    assert [message.to for message in mail.outbox] == [["ada@nhs.example"]]
    assert "connected with the sign-in of your organisation" in mail.outbox[0].body


def test_signing_in_again_tells_nothing_new_and_keeps_no_tokens(service):
    person = ConsultantFactory()
    for _ in range(2):
        client = Client()
        enter_by_service(service, client, person)

    link = SocialAccount.objects.get()
    outbox.work_off(timezone.now())
    assert is_signed_in(client)
    assert len(events(person)) == len(mail.outbox) == 1
    assert (SocialToken.objects.count(), link.extra_data) == (0, {})
    assert "subject" not in link.uid


def test_what_the_address_leaves_out_the_service_tells_of_the_same_person(service):
    person = ConsultantFactory()
    service.is_address_in_token = False
    client = Client()
    enter_by_service(service, client, person)
    service.profile_changes = {"sub": "somebody-else"}

    other = Client()
    answer = enter_by_service(service, other, person)

    assert is_signed_in(client)
    assert (answer.status_code, is_signed_in(other)) == (503, False)


def test_the_second_factor_is_asked_for_and_only_then_is_the_identity_kept(service, monkeypatch):
    hold_codes(monkeypatch)
    person = NationalAdminFactory()
    secret = give_app(person)
    client = Client()

    answer = enter_by_service(service, client, person)
    before = is_signed_in(client), SocialAccount.objects.count()
    client.post(answer["Location"], {"code": code_now(secret)})

    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    assert before == (False, 0)
    assert (is_signed_in(client), SocialAccount.objects.count()) == (True, 1)


def test_an_admin_without_a_second_factor_reaches_nothing_but_setting_it_up(service):
    client = Client()

    enter_by_service(service, client, RegionalAdminFactory())

    assert client.get("/")["Location"] == "/accounts/security/set-up/"


def nobody(service):
    service.email = "nobody@nhs.example"


def unverified(service):
    service.email, service.is_verified = ConsultantFactory().email, False


def not_told_whether_verified(service):
    service.email, service.changes = ConsultantFactory().email, {"email_verified": None}


def closed(service):
    service.email = ConsultantFactory(is_active=False).email


def no_address(service):
    service.email = ""


def letters_that_only_look_alike(service):
    ConsultantFactory(email="miki@nhs.example")
    service.email = "m\u0131ki@nhs.example"


def known_as_somebody_else(service):
    enter_by_service(service, Client(), ConsultantFactory(email="one@nhs.example"))
    service.subject = "subject-2"


def now_with_the_address_of_somebody_else(service):
    enter_by_service(service, Client(), ConsultantFactory(email="three@nhs.example"))
    service.email = ConsultantFactory(email="two@nhs.example").email


def closed_after_it_was_connected(service):
    person = ConsultantFactory()
    enter_by_service(service, Client(), person)
    actions.deactivate_person(person=person, by=NationalAdminFactory())


NOT_SIGNED_IN = [
    nobody,
    unverified,
    not_told_whether_verified,
    closed,
    no_address,
    letters_that_only_look_alike,
    known_as_somebody_else,
    now_with_the_address_of_somebody_else,
    closed_after_it_was_connected,
]


def test_everybody_else_comes_to_one_and_the_same_page(service):
    pages, people = set(), []
    for make in NOT_SIGNED_IN:
        SocialAccount.objects.all().delete()
        service.__init__(service.address)
        make(service)
        count, links = User.objects.count(), SocialAccount.objects.count()
        client = Client()
        answer = enter_by_service(service, client)
        pages.add((answer.status_code, text_of(answer)))
        people.append((is_signed_in(client), User.objects.count() - count, SocialAccount.objects.count() - links))

    assert people == [(False, 0, 0)] * len(NOT_SIGNED_IN)
    # Of those four it is known whose account it would have been.
    assert AuditEvent.objects.filter(verb="was not signed in").count() == 4
    assert [(status, "We could not sign you in with NHSmail" in text) for status, text in pages] == [(403, True)]


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


def test_whoever_is_signed_in_already_stays_who_they_are(service):
    client = Client()
    service.email = ConsultantFactory().email
    back = come_back(service, client)
    enter_emailed_code(client, ConsultantFactory(email="other@nhs.example"))

    answers = client.get(back), client.post(START)

    assert [answer["Location"] for answer in answers] == ["/", "/"]
    assert client.get("/", follow=True).context["user"].email == "other@nhs.example"


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


def test_is_it_you_is_asked_of_whoever_the_service_let_pass_unasked(service):
    person = ConsultantFactory(password=PASSWORD)
    client = Client()
    enter_by_service(service, client, person)

    answer = client.get("/accounts/second-factor/app/")

    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    asked = client.post(answer["Location"], {"password": PASSWORD})
    assert asked["Location"] == "/accounts/second-factor/app/"
    assert client.get(asked["Location"]).status_code == 200


def test_is_it_you_asks_whoever_has_no_password_for_their_second_factor(service, monkeypatch):
    hold_codes(monkeypatch)
    person = RegionalAdminFactory()
    secret = give_app(person)
    client = Client()
    client.post(enter_by_service(service, client, person)["Location"], {"code": code_now(secret)})
    # They have just shown it; a quarter of an hour later they are asked.
    fresh = client.get("/accounts/security/codes/").status_code
    session = client.session
    session["began_at"] -= 3600
    session.save()

    answer = client.get("/accounts/security/codes/")

    assert fresh == 200
    assert answer["Location"].startswith(reverse("mfa_reauthenticate"))


def test_whoever_has_neither_password_nor_factor_sets_one_up_unasked(service):
    client = Client()
    enter_by_service(service, client, ConsultantFactory())

    assert client.get("/accounts/second-factor/app/").status_code == 200
    assert client.get(reverse("account_set_password")).status_code == 200


def test_a_closed_account_ends_what_the_service_began(service):
    person = ConsultantFactory()
    client = Client()
    enter_by_service(service, client, person)

    actions.deactivate_person(person=person, by=NationalAdminFactory())

    assert not is_signed_in(client)


def test_with_a_new_address_the_identity_of_before_leads_nowhere(service):
    person = ConsultantFactory()
    enter_by_service(service, Client(), person)

    actions.change_person(person=person, values={"email": "new@nhs.example"}, by=NationalAdminFactory())

    assert SocialAccount.objects.count() == 0
    assert enter_by_service(service, Client()).status_code == 403


def test_somebody_whom_the_service_knows_anew_disconnects_and_comes_back(service):
    person = ConsultantFactory()
    client, other = Client(), as_user(person)
    enter_by_service(service, client, person)
    page = client.get(SECURITY)

    post(client, UNLINK)
    after = client.get(SECURITY)
    service.subject = "subject-2"
    again = Client()
    enter_by_service(service, again, person)

    assert "Your account has been connected with NHSmail" in text_of(page)
    assert "Your account has been connected with NHSmail" not in text_of(after)
    assert not is_signed_in(other)
    assert is_signed_in(again)
    assert events(person)[1:] == ["disconnected the organisation’s sign-in of", "connected the organisation’s sign-in of"]
    assert post(again, UNLINK).status_code == 302
    assert post(again, UNLINK).status_code == 302
    assert events(person).count("disconnected the organisation’s sign-in of") == 2


def test_the_sign_in_page_offers_it_under_its_name(service):
    page = soup(Client().get("/accounts/login/?next=/manage/"))
    form = page.find("form", action=START)

    assert form.find("button").get_text(strip=True) == "Sign in withNHSmail"
    assert form.find("input", {"name": "next"})["value"] == "/manage/"


def test_without_a_service_there_is_no_such_thing():
    client = Client()
    person = ConsultantFactory()

    assert [client.post(START).status_code, client.get(BACK).status_code] == [404, 404]
    assert soup(client.get("/accounts/login/")).find("form", action=START) is None
    assert actions.link_identity(person=person, identity=oidc.Identity("x", "nobody@nhs.example"), by=person) is None


def test_the_form_leads_nowhere_else_than_before(service):
    policies = {
        Client().post(START).headers["Content-Security-Policy"],
        Client().get("/accounts/login/").headers["Content-Security-Policy"],
    }

    assert all("form-action 'self';" in policy for policy in policies)


def test_disconnecting_asks_again_who_it_is(service):
    person = ConsultantFactory(password=PASSWORD)
    client = Client()
    enter_by_service(service, client, person)
    session = client.session
    session[sessions.BEGAN] = time.time() - 3600
    session["account_authentication_methods"] = []
    session.save()

    answer = post(client, UNLINK)
    before = SocialAccount.objects.count()
    client.post(answer["Location"], {"password": PASSWORD})

    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert before == 1


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


def test_whoever_waits_at_the_second_factor_while_another_is_linked_is_not_let_in(service, monkeypatch):
    hold_codes(monkeypatch)
    person = NationalAdminFactory()
    secret = give_app(person)
    first, second = Client(), Client()
    to_first = enter_by_service(service, first, person)["Location"]
    service.subject = "subject-2"
    to_second = enter_by_service(service, second, person)["Location"]

    first.post(to_first, {"code": code_now(secret)})
    second.post(to_second, {"code": recovery_codes_of(person)[0]})

    assert (is_signed_in(first), is_signed_in(second)) == (True, False)
