"""Signing in at the sign-in service of an organisation: for people who have an account here, and only as themselves."""

import time

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.models import User
from core import oidc, outbox, sessions
from core.models import AuditEvent
from tests.accounts.by_service import BACK, DISCONNECT, SECURITY, START, come_back, enter_by_service, events
from tests.accounts.second_factors import (
    code_now,
    enter_emailed_code,
    give_app,
    hold_codes,
    is_signed_in,
    recovery_codes_of,
)
from tests.factories.accounts import PASSWORD, ConsultantFactory, NationalAdminFactory, RegionalAdminFactory
from tests.helpers import as_user, post, soup, text_of

pytestmark = pytest.mark.django_db


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
    assert events(person) == ["connected the sign-in service of"]
    outbox.work_off(timezone.now())
    assert [message.to for message in mail.outbox] == [["ada@nhs.example"]]
    assert "connected with the sign-in service of your organisation" in mail.outbox[0].body


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


def test_whoever_is_signed_in_already_stays_who_they_are(service):
    client = Client()
    service.email = ConsultantFactory().email
    back = come_back(service, client)
    enter_emailed_code(client, ConsultantFactory(email="other@nhs.example"))

    answers = client.get(back), client.post(START)

    assert [answer["Location"] for answer in answers] == ["/", "/"]
    assert client.get("/", follow=True).context["user"].email == "other@nhs.example"


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

    post(client, DISCONNECT)
    after = client.get(SECURITY)
    service.subject = "subject-2"
    again = Client()
    enter_by_service(service, again, person)

    assert "Your account has been connected with NHSmail" in text_of(page)
    assert "Your account has been connected with NHSmail" not in text_of(after)
    assert not is_signed_in(other)
    assert is_signed_in(again)
    assert events(person)[1:] == ["disconnected the sign-in service of", "connected the sign-in service of"]
    assert post(again, DISCONNECT).status_code == 302
    assert post(again, DISCONNECT).status_code == 302
    assert events(person).count("disconnected the sign-in service of") == 2


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
    assert actions.connect_identity(person=person, identity=oidc.Identity("x", "nobody@nhs.example"), by=person) is None


def test_disconnecting_asks_again_who_it_is(service):
    person = ConsultantFactory(password=PASSWORD)
    client = Client()
    enter_by_service(service, client, person)
    session = client.session
    session[sessions.BEGAN] = time.time() - 3600
    session["account_authentication_methods"] = []
    session.save()

    answer = post(client, DISCONNECT)
    before = SocialAccount.objects.count()
    client.post(answer["Location"], {"password": PASSWORD})

    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert before == 1


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
