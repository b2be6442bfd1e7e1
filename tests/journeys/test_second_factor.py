"""An admin signs in for the first time, sets up an authenticator app and signs in with it."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.accounts.second_factors import code_now, give_app, hold_codes
from tests.factories.accounts import PASSWORD, RegionalAdminFactory

pytestmark = pytest.mark.django_db(transaction=True)

WIDE, NARROW = 1280, 375


@pytest.fixture(autouse=True)
def _steady_codes(monkeypatch):
    """Let no code change while it is entered."""
    hold_codes(monkeypatch)


def begin_to_sign_in(desk, person):
    """Enter address and password."""
    desk.go("/accounts/login/")
    desk.page.get_by_label("Email").fill(person.email)
    desk.page.get_by_label("Password", exact=True).fill(PASSWORD)
    desk.page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


def look_both_ways(desk):
    """Look at the page on a wide and on a narrow screen."""
    for size in (NARROW, WIDE):
        desk.resize(size, 900)
        desk.look()
        desk.fits()


def test_an_admin_sets_up_an_app_and_signs_in_with_it(desk):
    person = RegionalAdminFactory(password=PASSWORD)
    page = desk.page

    # Given an admin who signs in for the first time, and is led to setting up a second factor
    begin_to_sign_in(desk, person)
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    look_both_ways(desk)
    desk.follow("Use an authenticator app")
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    look_both_ways(desk)
    page.get_by_text("I cannot scan it").click()
    secret = page.locator("details code").inner_text()
    page.get_by_role("textbox", name="Code").fill(code_now(secret))
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    look_both_ways(desk)
    desk.follow("I have kept them")
    expect(page.get_by_role("link", name="Manage")).to_be_visible()

    # When they sign out and in again with a code of the app
    page.get_by_role("button", name="Sign out").click()
    begin_to_sign_in(desk, person)
    expect(page.get_by_role("heading", name="Enter your second factor")).to_be_visible()
    look_both_ways(desk)
    page.get_by_role("textbox", name="Code").fill(code_now(secret))
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()

    # Then they are signed in, and read how on the page about their account
    expect(page.get_by_role("link", name="Manage")).to_be_visible()
    for path in (
        reverse("accounts:security_detail"),
        "/accounts/second-factor/app/remove/",
        "/accounts/second-factor/codes/new/",
    ):
        desk.go(path)
        look_both_ways(desk)
    assert desk.troubles == []


def test_an_admin_adds_a_passkey_and_signs_in_with_it(desk):
    person = RegionalAdminFactory(password=PASSWORD)
    give_app(person)
    page = desk.page
    # A passkey needs an address with a name.
    desk.address = desk.address.replace("127.0.0.1", "localhost")
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})

    # Given an admin with an app, who adds a passkey
    desk.enter_as(person)
    desk.go("/accounts/second-factor/passkeys/add/")
    look_both_ways(desk)
    page.get_by_label("Name").fill("Work laptop")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Security of your account")).to_be_visible()
    expect(page.get_by_text("Work laptop").first).to_be_visible()
    look_both_ways(desk)

    # When they sign out and in again with it
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    begin_to_sign_in(desk, person)
    page.get_by_role("button", name="Use a passkey").click()

    # Then they are signed in
    expect(page.get_by_role("link", name="Manage")).to_be_visible()
    assert desk.troubles == []
