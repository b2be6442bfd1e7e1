"""Guessing (S13) is held to ten tries an hour for each account, whatever is forged; and nobody learns which addresses are known (S14)."""

import re
import time

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.accounts.second_factors import (
    enter_emailed_code,
    enter_password,
    give_app,
    is_signed_in,
    recovery_codes_of,
)
from tests.factories.accounts import PASSWORD, ConsultantFactory, RegionalAdminFactory, StpLeadFactory
from tests.helpers import soup, text_of

pytestmark = pytest.mark.django_db

AUTHENTICATE = "/accounts/second-factor/sign-in/"
MOST_GUESSES = 10


@pytest.fixture
def hour(monkeypatch):
    """Return a clock of the limits: an attacker may wait as long as they like within one hour."""
    clock = {"at": time.time()}
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: clock["at"])
    return clock


@pytest.fixture
def hashed(monkeypatch):
    """Return the passwords that were compared with somebody's."""
    found = []
    model = get_user_model()
    compare = model.check_password
    monkeypatch.setattr(model, "check_password", lambda person, raw: found.append(raw) or compare(person, raw))
    return found


def forged(number):
    """Return what an attacker changes from one guess to the next: every header that might tell where they are, and where they are."""
    address = f"203.0.113.{number % 250 + 1}"
    names = ("x-forwarded-for", "x-real-ip", "forwarded", "cf-connecting-ip", "true-client-ip", "x-client-ip")
    return {"headers": dict.fromkeys(names, address) | {"user-agent": f"Browser {number}"}}


@pytest.mark.parametrize("is_moving", [False, True], ids=["one address", "many addresses"])
def test_s13_a_password_is_guessed_ten_times_an_hour_at_most(hour, hashed, is_moving):
    person = ConsultantFactory(password=PASSWORD)
    for number in range(40):
        hour["at"] += 90
        where = {"REMOTE_ADDR": f"198.51.100.{number % 250 + 1}"} if is_moving else {}
        cases = person.email.upper() if number % 2 else f" {person.email} "
        Client(**forged(number), **where).post("/accounts/login/", {"login": cases, "password": f"guess {number}"})

    assert 5 <= len(hashed) <= MOST_GUESSES


def test_s13_one_address_tries_few_accounts(hour, hashed):
    people = [ConsultantFactory(password=PASSWORD) for _ in range(80)]
    for number, person in enumerate(people):
        hour["at"] += 20
        client = Client(**forged(number))
        client.post("/accounts/login/", {"login": person.email, "password": "Summer2026Summer"})

    assert len(hashed) <= 60


def test_s13_what_a_proxy_of_ours_says_counts(settings, hour, hashed):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    people = [ConsultantFactory(password=PASSWORD) for _ in range(15)]
    for number, person in enumerate(people):
        said = f"10.0.0.{number}, 203.0.113.7"
        Client(headers={"x-forwarded-for": said}).post(
            "/accounts/login/", {"login": person.email, "password": "Summer2026Summer"}
        )

    assert len(hashed) == MOST_GUESSES


def test_s13_the_owner_gets_in_while_others_guess(hour):
    person = ConsultantFactory(password=PASSWORD)
    for number in range(30):
        enter_password(Client(**forged(number), REMOTE_ADDR=f"198.51.100.{number + 1}"), person, f"guess {number}")
    locked, by_code = Client(), Client(REMOTE_ADDR="192.0.2.9")

    answer = enter_password(locked, person)
    enter_emailed_code(by_code, person)

    assert "Too many failed" in text_of(answer)
    assert (is_signed_in(locked), is_signed_in(by_code)) == (False, True)


@pytest.mark.parametrize("kind", ["totp", "recovery_codes"])
def test_s13_a_second_factor_is_guessed_ten_times_an_hour_at_most(hour, monkeypatch, kind):
    person = RegionalAdminFactory(password=PASSWORD)
    give_app(person)
    looked_at = []
    wrong = {"totp": "000000", "recovery_codes": "00000000"}[kind]
    target = "allauth.mfa.totp.internal.auth.TOTP" if kind == "totp" else "allauth.mfa.recovery_codes.internal.auth.RecoveryCodes"
    monkeypatch.setattr(f"{target}.validate_code", lambda self, code: looked_at.append(code))
    for number in range(30):
        hour["at"] += 110
        client = Client(**forged(number), REMOTE_ADDR=f"198.51.100.{number + 1}")
        enter_password(client, person)
        client.post(AUTHENTICATE, {"code": wrong})

    assert 5 <= len(looked_at) <= MOST_GUESSES
    assert len(recovery_codes_of(person)) == 10


def test_s13_an_emailed_code_is_guessed_ten_times_an_hour_at_most(hour, monkeypatch):
    person = StpLeadFactory()
    looked_at = []
    monkeypatch.setattr("allauth.account.forms.compare_user_code", lambda *, actual, expected: looked_at.append(actual))
    for number in range(30):
        hour["at"] += 110
        client = Client(**forged(number), REMOTE_ADDR=f"198.51.100.{number + 1}")
        sent = client.post(reverse("account_request_login_code"), {"email": person.email})
        if sent.status_code == 302:
            client.post(sent["Location"], {"code": "AAAA-AAAA"})

    assert 5 <= len(looked_at) <= MOST_GUESSES


# Nobody learns which addresses are known.


FORMS = {
    "/accounts/login/": lambda email: {"login": email, "password": "wrong horse battery"},
    "/accounts/password/reset/": lambda email: {"email": email},
    "/accounts/login/code/": lambda email: {"email": email},
    "/accounts/invitation/ask/": lambda email: {"email": email},
}


def answers(path, email):
    """Return all that a stranger sees of the answer for an address."""
    client = Client()
    answer = client.post(path, FORMS[path](email))
    pages = [answer] + ([client.get(answer["Location"])] if answer.status_code == 302 else [])
    body = [re.sub(r"[\w-]{40,}", "", str(soup(page).select_one("main"))).replace(email, "") for page in pages]
    return [page.status_code for page in pages], answer.get("Location"), body


@pytest.mark.parametrize("make", [ConsultantFactory, RegionalAdminFactory, StpLeadFactory])
@pytest.mark.parametrize("path", FORMS)
def test_s14_every_address_is_answered_alike(path, make):
    known = make()

    assert answers(path, known.email) == answers(path, "nobody@example.org")


@pytest.mark.parametrize("path", FORMS)
def test_s14_every_address_is_answered_alike_where_the_mail_server_is_down(monkeypatch, path):
    known = ConsultantFactory(password=PASSWORD)

    def fail(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)

    found = answers(path, known.email)
    assert found == answers(path, "nobody@example.org")
    assert set(found[0]) <= {200, 302}


def test_s14_a_mail_server_that_is_down_is_said(monkeypatch):
    def fail(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
    answer = Client().post("/accounts/login/code/", {"email": ConsultantFactory().email}, follow=True)

    assert "We could not send the email just now." in text_of(answer)
    assert mail.outbox == []


@pytest.mark.parametrize("password", [PASSWORD, None], ids=["with a password", "without"])
def test_s14_a_password_is_hashed_for_unknown_people_too(monkeypatch, password):
    hashes = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *args: hashes.append(1) or encode(self, *args))

    def cost(email):
        hashes.clear()
        with CaptureQueriesContext(connection) as found:
            Client().post("/accounts/login/", {"login": email, "password": "wrong horse battery"})
        return len(hashes), [re.sub(r"'[^']*'", "", query["sql"]) for query in found if query["sql"].startswith("SELECT")]

    known = ConsultantFactory(password=password)

    hashed, read = cost(known.email)
    assert (hashed, read) == cost("nobody@example.org")
    assert hashed == 1


# What a password is (S15).


@pytest.mark.parametrize(
    ("password", "is_fine"),
    [
        ("short words", False),
        ("123456789012345", False),
        ("password1234", False),
        ("leadershipportal2026", False),
        ("Systems-Leadership-Portal!", False),
        ("welcome-NHS-2026", False),
        ("GraceHopper-2026", False),
        ("East Midlands LDP", False),
        (PASSWORD, True),
        ("leadership is a long walk together", True),
        ("ein Bär möchte Käse essen", True),
        ("長い合言葉を使いますよ長い合言葉", True),
        ("x7" * 32, True),
        ("🐻 " * 12, True),
        ("gR4#kk!p2Lw9", True),
    ],
)
def test_s15_a_password_is_long_and_not_made_of_words_that_are_tried_first(password, is_fine):
    person = ConsultantFactory(full_name="Grace Hopper", email="gh@example.org")
    try:
        validate_password(password, person)
    except ValidationError:
        assert not is_fine
    else:
        assert is_fine


def test_s15_a_password_of_128_characters_signs_in():
    password = "Ää1 " * 32
    person = ConsultantFactory(password=password.strip())
    client = Client()

    enter_password(client, person, password.strip())

    assert is_signed_in(client)
