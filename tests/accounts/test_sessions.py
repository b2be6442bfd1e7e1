"""Sessions (S11): how long they last, what ends them, and that an ended one is good for nothing."""

from datetime import timedelta

import pytest
from django.conf import settings as portal_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.enums import Role
from core import sessions
from core.models import PortalSession
from directory.models import Region
from tests.accounts.second_factors import enter_password, is_signed_in
from tests.factories.accounts import PASSWORD, ConsultantFactory, NationalAdminFactory, RegionalAdminFactory
from tests.factories.directory import a_region
from tests.factories.engagements import EngagementFactory
from tests.helpers import as_user, filled, post, soup, text_of

pytestmark = pytest.mark.django_db

PAGE = "/accounts/security/"
COOKIE = portal_settings.SESSION_COOKIE_NAME


@pytest.fixture
def clock(monkeypatch):
    """Return a clock that stands still until it is moved on."""

    class Clock:
        at = timezone.now()

        def move(self, **by):
            self.at += timedelta(**by)

    it = Clock()
    monkeypatch.setattr("core.sessions.timezone.now", lambda: it.at)
    return it


def stolen(client):
    """Return another browser that holds the same cookie."""
    thief = Client()
    thief.cookies[COOKIE] = client.cookies[COOKIE].value
    return thief


def signed_in(person):
    """Return a browser in which a person signed in with a password."""
    client = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"})
    enter_password(client, person)
    return client


@pytest.mark.parametrize(("minutes", "still"), [(29, True), (30, False)])
def test_s11_a_session_ends_after_30_minutes_without_use(clock, minutes, still):
    client = signed_in(ConsultantFactory(password=PASSWORD))

    clock.move(minutes=minutes)

    assert is_signed_in(client) == still
    assert is_signed_in(stolen(client)) == still


def test_s11_a_session_in_use_ends_after_12_hours(clock):
    client = signed_in(ConsultantFactory(password=PASSWORD))
    seen = []
    for _ in range(12 * 3):
        clock.move(minutes=20)
        seen.append(is_signed_in(client))

    assert seen == [True] * 35 + [False]


def test_s11_a_page_that_asks_by_itself_keeps_no_session_going(clock):
    engagement = EngagementFactory()
    engagement.lead_consultant.set_password(PASSWORD)
    engagement.lead_consultant.save()
    client = signed_in(engagement.lead_consultant)
    beat = reverse("engagements:presence_list", args=[engagement.reference])
    answers = []
    for _ in range(4):
        clock.move(minutes=10)
        answers.append(client.get(beat).status_code)

    assert answers == [200, 200, 302, 302]


def test_d10_asking_how_long_a_session_lasts_keeps_it_from_nothing_and_staying_does(clock):
    client = signed_in(ConsultantFactory(password=PASSWORD))
    address = reverse("core:session_time")
    clock.move(minutes=20)
    asked = client.get(address).json()
    told = soup(client.get(PAGE)).select_one("#portal-script")
    clock.move(minutes=27)
    stayed = client.post(address).json()
    clock.move(minutes=27)
    later = client.get(address).json()
    clock.move(minutes=3)
    ended = [client.get(address).status_code, client.post(address).status_code]

    assert asked == {"idle": 10 * 60, "limit": (12 * 60 - 20) * 60}
    assert (told["data-session-url"], told["data-session-idle"]) == (address, str(30 * 60))
    assert told["data-session-limit"] == str(asked["limit"])
    assert (stayed["idle"], later["idle"]) == (30 * 60, 3 * 60)
    assert ended == [401, 401]


def test_d10_a_page_shown_to_a_visitor_knows_of_no_end(client):
    assert not soup(client.get("/framework/")).select_one("#portal-script").has_attr("data-session-url")


def test_p01_what_is_posted_after_a_session_ended_by_itself_comes_back(clock):
    engagement = EngagementFactory()
    person = engagement.lead_consultant
    person.set_password(PASSWORD)
    person.save()
    client = signed_in(person)
    page = reverse("engagements:purpose_create", args=[engagement.reference])
    data = filled(client, page) | {"statement": "Typed for a long time"}

    clock.move(minutes=31)
    answer = client.post(page, data)
    enter_password(client, person)

    assert answer["Location"].startswith("/accounts/login/")
    assert soup(client.get(page)).select_one("[name=statement]").get_text(strip=True) == "Typed for a long time"


def test_s11_signing_in_begins_a_session_of_a_new_key():
    person = ConsultantFactory(password=PASSWORD)
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": "somebody@example.org"})
    before = client.cookies[COOKIE].value

    client.post(reverse("account_logout"), {"next": "/accounts/login/"})
    enter_password(client, person)

    assert client.cookies[COOKIE].value not in ("", before)
    assert not is_signed_in_with(before)


def is_signed_in_with(key):
    """Tell whether a cookie still lets somebody in."""
    client = Client()
    client.cookies[COOKIE] = key
    return is_signed_in(client)


def sign_out(client, person):
    client.post(reverse("account_logout"))


def close_the_account(client, person):
    actions.deactivate_person(person=person, by=NationalAdminFactory())


def close_and_open_again(client, person):
    close_the_account(client, person)
    actions.reactivate_person(person=person, by=NationalAdminFactory())


def change_the_role(client, person):
    actions.change_person(person=person, values={"role": Role.REGIONAL_ADMIN}, by=NationalAdminFactory())


def change_the_address(client, person):
    actions.change_person(person=person, values={"email": "new@example.org"}, by=NationalAdminFactory())


def change_the_password(client, person):
    words = {"oldpassword": PASSWORD, "password1": "some other staple", "password2": "some other staple"}
    assert client.post(reverse("account_change_password"), words).status_code == 302
    assert is_signed_in(client)


def sign_out_everywhere_else(client, person):
    post(client, reverse("accounts:session_end_others"))
    assert is_signed_in(client)


def be_signed_out_by_an_admin(client, person):
    post(as_user(NationalAdminFactory()), reverse("accounts:person_sign_out", args=[person.pk]))


@pytest.mark.parametrize(
    "happens",
    [
        sign_out,
        close_the_account,
        close_and_open_again,
        change_the_role,
        change_the_address,
        change_the_password,
        sign_out_everywhere_else,
        be_signed_out_by_an_admin,
    ],
)
def test_s11_a_stolen_cookie_is_good_for_nothing_after(happens):
    person = ConsultantFactory(password=PASSWORD)
    client = signed_in(person)
    thief = stolen(client)
    before = is_signed_in(thief)

    happens(client, person)

    assert (before, is_signed_in(thief)) == (True, False)


def test_s11_somebody_reads_where_they_are_signed_in_and_ends_one():
    person = ConsultantFactory(password=PASSWORD)
    here, there = signed_in(person), signed_in(person)

    page = soup(here.get(PAGE))
    key = there.cookies[COOKIE].value
    button = page.select_one("dd form")
    post(here, button["action"], {"seen": button.select_one("[name=seen]")["value"]})

    assert page.get_text().count("Firefox on Windows") == 3
    assert page.get_text().count("This is where you are now.") == 1
    assert button["action"] == reverse("accounts:session_end")
    assert (is_signed_in(here), is_signed_in(there)) == (True, False)
    assert key not in str(page)


def test_s11_nobody_ends_the_session_of_somebody_else():
    person = ConsultantFactory(password=PASSWORD)
    theirs = signed_in(person)
    mark = sessions.mark_of(theirs.cookies[COOKIE].value)

    post(as_user(ConsultantFactory()), reverse("accounts:session_end"), {"seen": mark})
    post(as_user(ConsultantFactory()), reverse("accounts:session_end"), {"seen": ""})

    assert is_signed_in(theirs)


def test_s11_an_admin_reads_where_a_colleague_is_signed_in():
    region = a_region()
    person = ConsultantFactory(region=region, password=PASSWORD)
    signed_in(person)
    page = as_user(RegionalAdminFactory(region=region)).get(reverse("accounts:person_edit", args=[person.pk]))

    assert "Signed in now: Firefox on Windows since" in text_of(page)


def test_s11_an_admin_signs_nobody_out_whom_they_do_not_keep():
    person = ConsultantFactory(password=PASSWORD)
    theirs = signed_in(person)
    elsewhere = Region.objects.exclude(pk=person.region_id).first()

    other = post(as_user(RegionalAdminFactory(region=elsewhere)), reverse("accounts:person_sign_out", args=[person.pk]))
    admin = NationalAdminFactory()
    own = post(as_user(admin), reverse("accounts:person_sign_out", args=[admin.pk]))

    assert (other.status_code, own.status_code) == (404, 403)
    assert is_signed_in(theirs)


def test_a_former_address_leads_to_no_account():
    person = ConsultantFactory(password=PASSWORD, email="old@example.org")
    Client().post(reverse("account_reset_password"), {"email": person.email})
    actions.change_person(person=person, values={"email": "new@example.org"}, by=NationalAdminFactory())
    client = Client()

    client.post(reverse("account_request_login_code"), {"email": "old@example.org"})

    assert "user_id" not in str(dict(client.session))


def test_ended_sessions_are_cleared_away(clock):
    signed_in(ConsultantFactory(password=PASSWORD))
    PortalSession.objects.update(expire_date=timezone.now() - timedelta(days=1))

    sessions.SessionStore.clear_expired()

    assert not PortalSession.objects.exists()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Mac"),
        ("curl/8.0", "A browser"),
    ],
)
def test_a_device_is_told_in_a_few_words(rf, agent, words):
    assert sessions.device_of(rf.get("/", headers={"user-agent": agent})) == words


def test_security_detail_is_for_whoever_is_signed_in(client):
    assert client.get(PAGE)["Location"] == f"/accounts/login/?next={PAGE}"
