"""Whoever leaves a page open is warned before they are signed out, and stays if they wish (D10, WCAG 2.2.1)."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from core.models import PortalSession
from tests.factories.engagements import EngagementFactory

pytestmark = pytest.mark.django_db(transaction=True)

FIELD = "What must change first?"
WORDS = "Typed before the telephone rang"


@pytest.fixture
def form(desk):
    """Open a form with a clock that the test moves on."""
    engagement = EngagementFactory()
    desk.page.clock.install()
    desk.enter_as(engagement.lead_consultant)
    desk.go(reverse("engagements:priority_create", args=[engagement.reference]))
    return desk.page.get_by_label(FIELD)


def wait_minutes(desk, minutes):
    """Let the page believe that so many minutes have passed."""
    desk.page.clock.fast_forward(minutes * 60_000)


def test_d10_somebody_is_warned_of_the_end_and_stays_signed_in_with_their_words(desk, form, monkeypatch):
    stay = desk.page.get_by_role("button", name="Stay signed in")
    told = desk.page.get_by_role("status").filter(has_text="You will be signed out at")

    # Another tab has used the session meanwhile: nothing is said.
    with desk.page.expect_response("**/session/") as asked:
        wait_minutes(desk, 27.5)
    assert asked.value.json()["idle"] > 27 * 60
    expect(stay).to_be_hidden()

    monkeypatch.setattr("core.sessions.IDLE_MINUTES", 3)
    form.fill(WORDS)
    wait_minutes(desk, 27.5)

    expect(desk.page.get_by_text(re.compile("You will be signed out in [23] minutes"))).to_be_visible()
    expect(told).to_contain_text("What you have typed here is kept")
    expect(form).to_be_focused()
    desk.looked_at.clear()
    desk.look()

    monkeypatch.setattr("core.sessions.IDLE_MINUTES", 30)
    stay.focus()
    desk.page.keyboard.press("Enter")

    expect(stay).to_be_hidden()
    expect(form).to_be_focused()
    expect(form).to_have_value(WORDS)


def test_d10_at_the_latest_end_nobody_is_offered_to_stay(desk, form, monkeypatch):
    monkeypatch.setattr("core.sessions.MAX_HOURS", 0.05)
    wait_minutes(desk, 27.5)

    told = desk.page.get_by_text("because you signed in a long time ago").first
    expect(told).to_be_visible()
    expect(desk.page.get_by_role("button", name="Stay signed in")).to_be_hidden()
    desk.page.keyboard.press("Escape")
    expect(told).to_be_hidden()

    PortalSession.objects.all().delete()
    wait_minutes(desk, 3)

    expect(desk.page.get_by_role("status").filter(has_text="You have been signed out.")).to_have_count(1)
    expect(desk.page.get_by_role("link", name="Sign in again to carry on")).to_be_visible()
