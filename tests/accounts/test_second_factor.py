"""The second factor (S12): who needs one reaches nothing without it, whichever way they come in."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import get_resolver, reverse

from accounts import actions
from accounts.enums import Role
from accounts.policies import invitation_token
from core import outbox
from core.models import AuditEvent
from core.refusals import ActionRefused
from tests.accounts.second_factors import (
    CODE,
    code_now,
    enter_emailed_code,
    enter_password,
    give_app,
    hold_codes,
    is_signed_in,
    recovery_codes_of,
)
from tests.factories.accounts import (
    PASSWORD,
    ConsultantFactory,
    InvitationFactory,
    NationalAdminFactory,
    RegionalAdminFactory,
    StpLeadFactory,
)
from tests.factories.directory import a_region
from tests.helpers import as_user, post, soup, submit, text_of

pytestmark = pytest.mark.django_db

SET_UP = "/accounts/security/set-up/"
AUTHENTICATE = "/accounts/second-factor/sign-in/"
ADMINS = pytest.mark.parametrize("make", [RegionalAdminFactory, NationalAdminFactory], ids=["regional", "national"])


@pytest.fixture(autouse=True)
def _steady_codes(monkeypatch):
    """Let no code change while it is entered."""
    hold_codes(monkeypatch)


def enter_invitation(client, person):
    """Follow a link that was sent, and enter the code that it leads to."""
    invitation = InvitationFactory(person=person)
    sent = client.post(reverse("accounts:invitation_accept"), {"token": invitation_token(invitation)})
    return client.post(sent["Location"], {"code": CODE.search(mail.outbox[-1].body).group(1)})


def enter_after_reset(client, person):
    """Choose a new password by the link that was sent, and sign in with it."""
    client.post(reverse("account_reset_password"), {"email": person.email})
    path = mail.outbox[-1].body.partition("/accounts/password/reset/key/")[2].split()[0]
    page = client.get(f"/accounts/password/reset/key/{path}")["Location"]
    submit(client, page, {"password1": "another horse battery", "password2": "another horse battery"})
    return enter_password(client, person, "another horse battery")


def enter_by_the_back_office(client, person):
    """Ask for the back office, and sign in where it leads to."""
    page = client.get("/admin/", follow=True).redirect_chain[-1][0]
    return client.post(page, {"login": person.email, "password": PASSWORD})


WAYS = pytest.mark.parametrize(
    "enter", [enter_password, enter_emailed_code, enter_invitation, enter_after_reset, enter_by_the_back_office]
)


@WAYS
@ADMINS
def test_s12_no_way_in_passes_by_the_second_factor(make, enter):
    person = make(password=PASSWORD)
    secret = give_app(person)
    client = Client()

    answer = enter(client, person)
    before = is_signed_in(client), "_auth_user_id" in client.session
    client.post(AUTHENTICATE, {"code": code_now(secret)})

    assert answer["Location"].startswith(AUTHENTICATE)
    assert before == (False, False)
    assert is_signed_in(client)


@WAYS
def test_s12_whoever_needs_a_second_factor_and_has_none_is_led_to_setting_one_up(enter):
    client = Client()

    enter(client, RegionalAdminFactory(password=PASSWORD))

    assert client.get("/").headers["Location"] == SET_UP
    assert "Your role needs a second factor" in text_of(client.get(SET_UP))


def addresses():
    """Return every address that takes no arguments, Django's admin included."""

    def walk(patterns, before=""):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns, before + str(pattern.pattern))
            elif "<" not in (path := before + str(pattern.pattern).removeprefix("^").removesuffix("$").replace(r"\Z", "")):
                yield f"/{path}"

    return sorted(set(walk(get_resolver().url_patterns)))


def test_s12_no_address_is_reached_before_a_second_factor_is_set_up():
    person = NationalAdminFactory(password=PASSWORD)
    client = Client(raise_request_exception=False)
    enter_password(client, person)
    open_to_them = {
        SET_UP,
        "/accounts/second-factor/app/",
        "/accounts/second-factor/passkeys/add/",
        "/accounts/reauthenticate/",
        "/accounts/logout/",
        # How long they have for it, and nothing else.
        "/session/",
    }
    found = addresses()
    reached = set()
    for path in found:
        for ask in (client.get, client.post, lambda path: client.get(path, headers={"hx-request": "true"})):
            if path not in open_to_them and ask(path).get("Location") != SET_UP:
                reached.add(path)

    assert len(found) > 40
    assert {"/manage/people/", "/admin/core/auditevent/", "/accounts/password/change/"} <= set(found)
    # Probes are answered before anybody is known, and where feedback is given nobody is.
    assert {path for path in reached if not path.startswith(("/health/", "/feedback/"))} <= {"/(?P<url>.*)"}


def test_s12_a_consultant_needs_one_where_the_portal_is_set_so(settings):
    client = Client()
    enter_password(client, ConsultantFactory(password=PASSWORD))
    before = client.get("/").status_code

    settings.SECOND_FACTOR_FOR_CONSULTANTS = True

    assert (before, client.get("/")["Location"]) == (200, SET_UP)


def test_s12_a_session_from_before_a_factor_was_set_up_elsewhere_counts_for_nothing():
    person = RegionalAdminFactory(password=PASSWORD)
    client = Client()
    enter_password(client, person)

    give_app(person)

    assert client.get("/manage/people/")["Location"] == "/accounts/login/?next=%2Fmanage%2Fpeople%2F"
    assert "_auth_user_id" not in client.session


def test_people_of_a_demonstration_need_none_and_only_there(settings):
    person = NationalAdminFactory(email="nora@demo.example")

    outside = person.needs_second_factor
    settings.DEMONSTRATION = True

    assert (outside, person.needs_second_factor, NationalAdminFactory().needs_second_factor) == (True, False, True)


# Setting up, using, taking away.


def set_up_app(client):
    """Set up an authenticator app on its page, and return its secret and the answer."""
    page = soup(client.get("/accounts/second-factor/app/"))
    secret = page.select_one("details code").get_text()
    return secret, client.post("/accounts/second-factor/app/", {"code": code_now(secret)})


@pytest.mark.django_db(transaction=True)
def test_an_admin_sets_up_an_app_and_goes_on():
    person = RegionalAdminFactory(password=PASSWORD)
    client = Client()
    enter_password(client, person)

    secret, answer = set_up_app(client)

    assert answer["Location"] == "/accounts/second-factor/codes/"
    page = client.get(answer["Location"], follow=True)
    codes = soup(page).select("main li code")
    assert [code.get_text() for code in codes] == recovery_codes_of(person)
    assert len(codes) == 10
    assert client.get("/manage/people/").status_code == 200
    assert AuditEvent.objects.filter(verb="set up an authenticator app for", actor=person).exists()
    outbox.work_off()
    assert "An authenticator app was set up for your account." in mail.outbox[-1].body
    kept = Authenticator.objects.get(user=person, type="totp").data["secret"]
    assert secret not in kept
    seed = Authenticator.objects.get(user=person, type="recovery_codes").data["seed"]
    assert seed.startswith("gAAAA")


def test_second_factors_outlive_a_key_that_is_taken_out_once_they_are_relocked(settings, capsys):
    person = RegionalAdminFactory(password=PASSWORD)
    secret = give_app(person)
    codes = recovery_codes_of(person)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a-key-for-the-year-that-comes-0123456789"

    call_command("relock_second_factors")

    settings.SECRET_KEY_FALLBACKS = []
    assert capsys.readouterr().out == "2 secrets of second factors and recovery codes are locked with the key of today.\n"
    assert Authenticator.objects.get(user=person, type="totp").wrap().validate_code(code_now(secret))
    assert recovery_codes_of(person) == codes


def test_a_second_factor_of_another_key_is_said_to_be_unreadable(settings):
    person = RegionalAdminFactory(password=PASSWORD)
    secret = give_app(person)
    settings.SECRET_KEY = "a-key-of-another-portal-0123456789-abcdefgh"
    client = Client()
    enter_password(client, person)

    answer = client.post(AUTHENTICATE, {"code": code_now(secret)})

    assert answer.status_code == 200
    assert "Your second factor cannot be read" in text_of(answer)
    with pytest.raises(CommandError, match=r"2 more can be read with no key"):
        call_command("relock_second_factors", stdout=StringIO())


def test_a_code_of_the_app_works_once():
    person = RegionalAdminFactory(password=PASSWORD)
    secret = give_app(person)
    code = code_now(secret)
    first, second = Client(), Client()
    for client in (first, second):
        enter_password(client, person)
        client.post(AUTHENTICATE, {"code": code})

    assert (is_signed_in(first), is_signed_in(second)) == (True, False)


def test_a_recovery_code_works_once():
    person = RegionalAdminFactory(password=PASSWORD)
    give_app(person)
    code = recovery_codes_of(person)[0]
    first, second = Client(), Client()
    for client in (first, second):
        enter_password(client, person)
        client.post(AUTHENTICATE, {"code": code})

    assert (is_signed_in(first), is_signed_in(second)) == (True, False)


def test_an_admin_keeps_the_last_second_factor():
    person = RegionalAdminFactory(password=PASSWORD)
    give_app(person)
    client = as_user(person)

    page = text_of(client.get("/accounts/second-factor/app/remove/"))
    client.post("/accounts/second-factor/app/remove/")

    assert "This is your only second factor" in page
    assert Authenticator.objects.filter(user=person, type="totp").exists()


def test_an_admin_keeps_the_last_passkey():
    person = RegionalAdminFactory(password=PASSWORD)
    key = Authenticator.objects.create(user=person, type="webauthn", data={"name": "Laptop", "credential": {}})
    client = as_user(person)

    answer = client.get(reverse("accounts:passkey_remove", args=[key.pk]), follow=True)

    assert "This is your only second factor" in text_of(answer)
    assert post(client, reverse("accounts:passkey_remove", args=[key.pk])).status_code == 302
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_a_passkey_beside_an_app_is_removed():
    person = RegionalAdminFactory(password=PASSWORD)
    give_app(person)
    key = Authenticator.objects.create(user=person, type="webauthn", data={"name": "Laptop", "credential": {}})
    client = as_user(person)
    page = reverse("accounts:passkey_remove", args=[key.pk])

    shown = text_of(client.get(page))
    post(client, page)

    assert "You cannot sign in with Laptop any more then." in shown
    assert not Authenticator.objects.filter(pk=key.pk).exists()
    assert client.get("/").status_code == 200


def test_somebody_elses_passkey_is_not_there():
    key = Authenticator.objects.create(user=RegionalAdminFactory(), type="webauthn", data={"name": "Laptop", "credential": {}})

    assert as_user(RegionalAdminFactory()).get(reverse("accounts:passkey_remove", args=[key.pk])).status_code == 404


def test_whoever_needs_none_takes_it_away():
    person = ConsultantFactory(password=PASSWORD)
    give_app(person)
    client = as_user(person)

    client.post("/accounts/second-factor/app/remove/")

    assert not Authenticator.objects.filter(user=person).exists()
    assert client.get("/").status_code == 200


def test_recovery_codes_are_not_there_without_a_factor():
    assert as_user(ConsultantFactory()).get(reverse("accounts:recovery_code_list")).status_code == 404


def test_the_page_of_adding_a_passkey_tells_the_browser_what_to_make():
    person = RegionalAdminFactory()

    page = soup(as_user(person).get("/accounts/second-factor/passkeys/add/"))

    assert "challenge" in page.select_one("#js_data").get_text()
    assert page.find("label", string=lambda words: words and words.strip() == "Name")


# “Is it you?”


@pytest.fixture
def old_session(monkeypatch):
    """Let whoever signs in have done so a while ago."""
    monkeypatch.setattr("allauth.account.app_settings._app_settings.__class__.REAUTHENTICATION_TIMEOUT", 0)


@pytest.mark.parametrize(
    "path", ["/accounts/second-factor/app/remove/", "/accounts/second-factor/codes/new/", "/accounts/security/codes/"]
)
def test_s12_a_step_that_matters_asks_again_who_it_is(old_session, path):
    person = RegionalAdminFactory()
    give_app(person)

    answer = as_user(person).get(path)

    assert answer["Location"].startswith("/accounts/second-factor/again/?next=")


def test_s12_a_role_is_given_after_asking_again_and_what_was_typed_is_kept(old_session):
    region = a_region()
    admin, colleague = (
        RegionalAdminFactory(region=region, password=PASSWORD),
        ConsultantFactory(region=region, full_name="Ann Ash"),
    )
    give_app(admin)
    client = as_user(admin)
    page = reverse("accounts:person_edit", args=[colleague.pk])

    answer = submit(client, page, {"role": Role.REGIONAL_ADMIN, "job_title": "Deputy director"}, form=1)

    colleague.refresh_from_db()
    assert colleague.role == Role.CONSULTANT
    assert answer["Location"] == f"/accounts/reauthenticate/?next={page.replace('/', '%2F')}"
    assert soup(client.get(page)).select_one("[name=job_title]")["value"] == "Deputy director"


# A lost second factor.


def test_a_lost_second_factor_is_reset_and_the_person_told():
    region = a_region()
    admin, colleague = RegionalAdminFactory(region=region), ConsultantFactory(region=region)
    give_app(colleague)
    theirs = as_user(colleague)

    answer = post(as_user(admin), reverse("accounts:person_reset_factor", args=[colleague.pk]), follow=True)

    outbox.work_off()
    assert "sets up a new second factor" in text_of(answer)
    assert not Authenticator.objects.filter(user=colleague).exists()
    assert not is_signed_in(theirs)
    assert AuditEvent.objects.filter(verb="reset the second factor of", subject_id=colleague.pk, actor=admin).exists()
    assert "An admin has reset your second factor." in mail.outbox[-1].body


@pytest.mark.parametrize(
    ("by", "of", "status"),
    [
        (RegionalAdminFactory, ConsultantFactory, 302),
        (RegionalAdminFactory, RegionalAdminFactory, 403),
        (RegionalAdminFactory, NationalAdminFactory, 404),
        (NationalAdminFactory, NationalAdminFactory, 302),
        (NationalAdminFactory, RegionalAdminFactory, 302),
        (NationalAdminFactory, StpLeadFactory, 302),
        (ConsultantFactory, ConsultantFactory, 403),
    ],
    ids=lambda made: made.__name__.removesuffix("Factory") if hasattr(made, "__name__") else str(made),
)
def test_p17_person_reset_factor_takes_no_more_than_an_admin_holds(by, of, status):
    person = of()
    give_app(person)

    answer = post(as_user(by()), reverse("accounts:person_reset_factor", args=[person.pk]))

    assert answer.status_code == status
    assert Authenticator.objects.filter(user=person).exists() == (status != 302)


def test_p17_nobody_resets_their_own_factor():
    admin = NationalAdminFactory()
    give_app(admin)

    with pytest.raises(ActionRefused, match="cannot reset your own"):
        actions.reset_second_factor(person=admin, by=admin)


def test_there_is_nothing_to_reset_without_a_factor():
    with pytest.raises(ActionRefused, match="No second factor is set up"):
        actions.reset_second_factor(person=ConsultantFactory(), by=NationalAdminFactory())
