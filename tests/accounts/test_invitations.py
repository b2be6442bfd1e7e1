"""Links in messages: they lead one person to one page, use nothing up, and say nothing to anybody else (P09, P36)."""

import re
import string
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import actions, policies, tasks
from accounts.models import Invitation, User
from core import outbox
from core.models import AuditEvent
from tests.factories.accounts import PASSWORD, ConsultantFactory, InvitationFactory, StpLeadFactory
from tests.helpers import ReadOnlyGetClient, as_user, filled, soup, submit, text_of

pytestmark = pytest.mark.django_db

ACCEPT, ASK = "/accounts/invitation/accept/", "/accounts/invitation/ask/"
TARGET = "/accounts/preferences/"
CODE = re.compile(r"^([A-Z0-9]{3,}-?[A-Z0-9]{3,})$", re.MULTILINE)


def address(invitation):
    return urlsplit(policies.invitation_url(invitation)).path


def shown(response):
    """Return the main part of a page without what is fresh on every showing."""
    main = soup(response).select_one("main")
    for field in main.select("input[type=hidden]"):
        field.decompose()
    return str(main)


def signed_in_as(client):
    pk = client.session.get("_auth_user_id")
    return User.objects.get(pk=pk) if pk else None


def dead_page():
    return shown(Client().get("/accounts/invitation/never-was-a-link/"))


def test_an_invitation_link_starts_with_the_address_of_the_portal(settings):
    settings.PORTAL_ADDRESS = "https://portal.example"
    invitation = InvitationFactory()

    url = policies.invitation_url(invitation)

    assert url.startswith("https://portal.example/accounts/invitation/")
    assert url.endswith("/")


def test_s16_a_link_holds_its_signed_key_and_nothing_about_anybody():
    invitation = InvitationFactory()

    key, _, signature = policies.invitation_token(invitation).partition(".")

    assert key == invitation.key.hex
    assert set(signature) <= set(string.ascii_letters + string.digits + "-_")


def test_an_open_invitation_is_found_by_its_link():
    invitation = InvitationFactory()

    assert policies.open_invitation(policies.invitation_token(invitation), timezone.now()) == invitation


@pytest.mark.parametrize(
    "make",
    [
        lambda: InvitationFactory(expired=True),
        lambda: InvitationFactory(revoked=True),
        lambda: InvitationFactory(person=StpLeadFactory(left=True)),
        lambda: InvitationFactory.build(person=StpLeadFactory()),
    ],
    ids=["expired", "revoked", "deactivated", "unknown"],
)
def test_s16_every_dead_link_shows_the_same_page(client, make):
    response = client.get(address(make()))

    assert response.status_code == 200
    assert shown(response) == dead_page()
    assert "does not work any more" in text_of(response)


def test_s16_a_link_changed_by_one_byte_is_none():
    token = policies.invitation_token(InvitationFactory())
    now = timezone.now()

    for place, character in enumerate(token):
        for bit in range(7):
            changed = token[:place] + chr(ord(character) ^ (1 << bit)) + token[place + 1 :]
            assert policies.open_invitation(changed, now) is None, (place, bit)


def test_s16_a_link_changed_by_one_byte_shows_the_calm_page(client):
    path = address(InvitationFactory())
    start = path.index("/invitation/") + len("/invitation/")
    expected = dead_page()

    for place in range(start, len(path) - 1):
        changed = path[:place] + ("A" if path[place] != "A" else "B") + path[place + 1 :]
        assert shown(client.get(changed)) == expected, place
    for odd in ("/", "\n", " ", "é", "%00"):
        changed = path[: start + 5] + odd + path[start + 6 :]
        assert shown(client.get(changed, follow=True)) == expected, odd


def test_a_link_without_a_signature_or_of_another_purpose_is_none():
    invitation = InvitationFactory()

    for token in (invitation.key.hex, f"{invitation.key.hex}.", str(invitation.key), ".", ""):
        assert policies.open_invitation(token, timezone.now()) is None


def test_invitation_detail_names_nobody_and_no_plan(client):
    invitation = InvitationFactory(person=StpLeadFactory(full_name="Grace Obi", email="grace.obi@example.org"))

    response = client.get(address(invitation))

    words = text_of(response)
    assert "You have been invited to read a plan" in words
    for told in ("Grace", "grace.obi", TARGET, "engagement:1"):
        assert told not in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_p09_ten_looks_of_a_mail_scanner_use_nothing_up():
    invitation = InvitationFactory()
    before = Invitation.objects.values().get(pk=invitation.pk)
    for _ in range(10):
        scanner = ReadOnlyGetClient()
        assert scanner.get(address(invitation)).status_code == 200
        assert scanner.head(address(invitation)).status_code == 200
        assert not scanner.session.keys()

    client = Client()
    submit_code(client, accept(client, invitation)["Location"])

    assert Invitation.objects.values().get(pk=invitation.pk) == before
    assert signed_in_as(client) == invitation.person
    assert len(mail.outbox) == 1


def accept(client, invitation):
    """Follow a link and press its button, as a browser would."""
    page = address(invitation)
    action = soup(client.get(page)).select_one("main form")["action"]
    return client.post(action, filled(client, page))


def submit_code(client, page):
    """Enter the code that was sent last, on the page where it is asked for, as a browser would."""
    code = CODE.search(mail.outbox[-1].body).group(1)
    return client.post(page.partition("?")[0], filled(client, page) | {"code": code})


def test_p36_an_invitation_leads_to_its_page_after_the_right_code(client):
    invitation = InvitationFactory()

    sent = accept(client, invitation)
    response = submit_code(client, sent["Location"])

    assert mail.outbox[0].to == [invitation.person.email]
    assert response["Location"] == TARGET
    assert signed_in_as(client) == invitation.person


def test_p36_the_page_survives_a_wrong_code_and_a_code_asked_for_anew(client):
    invitation = InvitationFactory()
    sent = accept(client, invitation)
    for _ in range(3):
        client.post(sent["Location"], {"code": "AAAA-AAAA"})

    again = client.post(reverse("account_request_login_code"), {"email": invitation.person.email})
    response = submit_code(client, again["Location"])

    assert response["Location"] == TARGET


def test_p36_the_page_survives_signing_in_another_way_after_a_code_was_sent(client):
    invitation = InvitationFactory(person=StpLeadFactory(password=PASSWORD))
    sent = accept(client, invitation)
    form = soup(client.get(sent["Location"])).select_one(f"main form[action='{reverse('account_logout')}']")

    login = client.post(form["action"], {"next": form.select_one("input[name=next]")["value"]})["Location"]
    data = filled(client, login) | {"login": invitation.person.email, "password": PASSWORD}
    response = client.post(login, data)

    assert login == f"{reverse('account_login')}?next={TARGET}"
    assert response["Location"] == TARGET


def test_somebody_else_who_signs_in_here_next_goes_home(client):
    accept(client, InvitationFactory())
    session = client.session
    del session["account_login"]
    session.save()
    other = StpLeadFactory(password=PASSWORD)

    response = client.post(reverse("account_login"), {"login": other.email, "password": PASSWORD})

    assert response["Location"] == reverse("home")


def test_an_invitation_leads_a_person_who_is_signed_in_straight_on():
    invitation = InvitationFactory()

    response = as_user(invitation.person).get(address(invitation))

    assert response["Location"] == TARGET


def test_an_invitation_can_be_followed_again_and_again(client):
    invitation = InvitationFactory()
    for _ in range(2):
        submit_code(client, accept(client, invitation)["Location"])
        assert signed_in_as(client) == invitation.person
        client.post(reverse("account_logout"))


def test_p09_another_signed_in_person_sees_the_calm_page_and_cannot_accept():
    invitation = InvitationFactory()
    client = as_user(StpLeadFactory())

    response = client.get(address(invitation))
    accepted = client.post(ACCEPT, {"token": policies.invitation_token(invitation)})

    assert shown(response) == dead_page()
    assert accepted["Location"] == address(invitation)
    assert mail.outbox == []


@pytest.mark.parametrize("token", ["", "nonsense", "a\nb", "x" * 5_000], ids=["none", "nonsense", "line break", "long"])
def test_accepting_a_dead_link_leads_to_asking_for_a_new_one(client, token):
    response = client.post(ACCEPT, {"token": token})

    assert response["Location"] == ASK
    assert mail.outbox == []


def test_invitation_accept_is_only_posted(client):
    assert client.get(reverse("accounts:invitation_accept")).status_code == 405
    assert Client(enforce_csrf_checks=True).post(ACCEPT, {"token": "x"}).status_code == 403


def test_a_code_is_sent_three_times_a_minute_at_most(client):
    invitation = InvitationFactory()

    answers = [client.post(ACCEPT, {"token": policies.invitation_token(invitation)}) for _ in range(4)]

    assert len(mail.outbox) == 3
    assert answers[-1]["Location"] == address(invitation)
    assert "asked too often" in text_of(client.get(address(invitation)))


def test_an_address_that_cannot_be_written_to_is_said_and_not_an_error(client):
    invitation = InvitationFactory(person=StpLeadFactory(email=f"grace@{'ü' * 60}.de"))

    response = client.post(ACCEPT, {"token": policies.invitation_token(invitation)}, follow=True)

    assert response.redirect_chain == [(address(invitation), 302)]
    assert "could not send the email just now" in text_of(response)


@pytest.mark.parametrize("error", [SMTPServerDisconnected("down"), ValueError("no such domain"), RuntimeError("odd")])
def test_a_mail_server_that_is_down_is_said_and_not_an_error(client, monkeypatch, error):
    invitation = InvitationFactory()

    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
    response = client.post(ACCEPT, {"token": policies.invitation_token(invitation)}, follow=True)

    assert response.status_code == 200
    assert "could not send the email" in text_of(response)


# Asking for a new link.


@pytest.fixture
def asked(monkeypatch):
    """Return who was sent new links."""
    people = []
    monkeypatch.setattr(tasks, "_link_senders", [lambda *, person: people.append(person)])
    return people


@pytest.mark.parametrize("who", ["known", "unknown", "left", "other case"])
def test_s14_asking_for_a_link_answers_the_same_for_every_address(client, asked, who):
    person = StpLeadFactory(email="grace.obi@example.org", left=who == "left")
    email = {"unknown": "nobody@example.org", "other case": "Grace.Obi@Example.org"}.get(who, person.email)

    response = submit(client, ASK, {"email": email}, follow=True)

    assert response.redirect_chain == [(ASK, 302)]
    assert "If a plan is shared with that address, a new link is on its way to it." in text_of(response)
    assert email not in text_of(response)
    outbox.work_off()
    assert asked == ([person] if who in ("known", "other case") else [])


def test_s14_asking_takes_the_same_way_for_known_and_unknown_addresses(asked):
    person = StpLeadFactory()

    def queries(email):
        with CaptureQueriesContext(connection) as found:
            Client().post(ASK, {"email": email})
        return [re.sub(r"'[^']*'|s\d+_x\d+", "", query["sql"]) for query in found]

    assert queries(person.email) == queries("nobody@example.org")
    assert asked == []


def test_a_link_is_asked_for_from_the_calm_page(client, asked):
    person = StpLeadFactory()
    page = "/accounts/invitation/never-was-a-link/"

    response = client.post(
        soup(client.get(page)).select_one("main form")["action"], filled(client, page) | {"email": person.email}
    )

    assert response["Location"] == ASK
    outbox.work_off()
    assert asked == [person]


@pytest.mark.parametrize(
    ("email", "sentence"), [("grace", "Enter an email address, such as name@nhs.net"), ("", "Enter your email address")]
)
def test_an_address_that_is_none_is_said_in_words(client, email, sentence):
    assert sentence in text_of(submit(client, ASK, {"email": email}))


def test_links_are_sent_three_times_an_hour_at_most(client, asked):
    person = StpLeadFactory()

    for _ in range(5):
        response = client.post(ASK, {"email": person.email}, follow=True)
        assert "on its way" in text_of(response)

    outbox.work_off()
    assert asked == [person] * 3


def test_asking_needs_the_pages_token():
    assert Client(enforce_csrf_checks=True).post(ASK, {"email": "a@example.org"}).status_code == 403


def test_invitation_ask_is_open_to_people_who_are_signed_in(asked):
    person = StpLeadFactory()

    submit(as_user(person), ASK, {"email": person.email})

    outbox.work_off()
    assert asked == [person]


# Revoking.


def test_p19_revoking_ends_the_links_of_one_person_and_says_so():
    by, mine, other = ConsultantFactory(), InvitationFactory(), InvitationFactory()
    elsewhere = InvitationFactory(person=mine.person, trail="engagement:2")

    actions.revoke_invitations(trail="engagement:1", person=mine.person, by=by)

    now = timezone.now()
    assert [policies.open_invitation(policies.invitation_token(row), now) for row in (mine, other, elsewhere)] == [
        None,
        other,
        elsewhere,
    ]
    event = AuditEvent.objects.get(verb="revoked")
    assert (event.actor, event.trail) == (by, "engagement:1")


def test_d15_a_link_ends_with_its_minute():
    invitation = InvitationFactory()
    token = policies.invitation_token(invitation)

    assert policies.open_invitation(token, invitation.expires_at - timedelta(seconds=1))
    assert policies.open_invitation(token, invitation.expires_at) is None
