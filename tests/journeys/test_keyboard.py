"""By keyboard alone: every link is reached, and the work is done without a pointer (P49)."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from directory.enums import Sector
from engagements.models import Engagement, ParticipantGroup
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory
from tests.test_query_budget import an_engagement_with

pytestmark = pytest.mark.django_db(transaction=True)

# More than any page has places to stop at.
MAX_STOPS = 150


@pytest.fixture
def engagement():
    """Return an engagement with two of everything."""
    return Engagement.objects.get(pk=an_engagement_with(2).pk)


@pytest.fixture
def short_engagement():
    """Return an engagement with two planned interventions and nothing else."""
    made = EngagementFactory()
    for position, title in enumerate(["Learning sets", "Shadowing"], start=1):
        PlannedInterventionFactory(engagement=made, title=title, position=position)
    return made


def tab_to(desk, target):
    """Press Tab until something has the focus."""
    for _ in range(MAX_STOPS):
        if target.evaluate("element => element === document.activeElement"):
            return
        desk.page.keyboard.press("Tab")
    pytest.fail(f"The keyboard never came to {target}")


def button(desk, name):
    return desk.page.get_by_role("main").get_by_role("button", name=name, exact=True)


def test_every_link_of_the_workspace_is_reached_by_keyboard_alone(desk, engagement):
    desk.enter_as(engagement.lead_consultant)
    desk.go(engagement.get_absolute_url())
    desk.page.evaluate("document.querySelectorAll('main a[href]').forEach((link, number) => { link.dataset.number = number })")
    links = desk.page.locator("main a[href]:visible").count()

    reached = set()
    for _ in range(links + 30):
        desk.page.keyboard.press("Tab")
        reached.add(desk.page.evaluate("document.activeElement.dataset.number ?? ''"))

    assert len(reached - {""}) == links


def test_an_engagement_is_logged_by_keyboard_alone(desk, engagement):
    desk.enter_as(engagement.lead_consultant)
    desk.go(reverse("engagements:engagement_create"))
    keyboard = desk.page.keyboard

    desk.page.get_by_label("Title", exact=True).focus()
    keyboard.type("Leading together by keyboard")
    keyboard.press("Tab")
    keyboard.type("The client")
    keyboard.press("Tab")
    keyboard.press("Space")
    keyboard.press("Tab")
    keyboard.press("Enter")

    desk.page.wait_for_url("**/engagements/EM-*/")
    desk.sees("Leading together by keyboard")


def test_p49_a_group_is_added_by_keyboard_alone(desk, short_engagement):
    desk.enter_as(short_engagement.lead_consultant)
    desk.go(reverse("engagements:people_detail", args=[short_engagement.reference]))
    keyboard = desk.page.keyboard

    tab_to(desk, button(desk, "Add a group"))
    keyboard.press("Enter")
    desk.page.wait_for_url("**/people/new/")
    tab_to(desk, desk.page.get_by_label("Who are they?", exact=True))
    keyboard.type("Carers of the coast")
    tab_to(desk, desk.page.get_by_role("group", name="Sector").get_by_role("radio").first)
    keyboard.press("Space")
    keyboard.press("ArrowDown")
    tab_to(desk, desk.page.get_by_label("How many people?", exact=True))
    keyboard.type("12")
    keyboard.press("Enter")

    desk.page.wait_for_url(re.compile(r"/people/\?after="))
    desk.sees("Carers of the coast")
    group = ParticipantGroup.objects.get()
    assert (group.name, group.sector, group.headcount) == ("Carers of the coast", Sector.values[1], 12)


def test_p49_a_planned_intervention_moves_up_by_keyboard_alone(desk, short_engagement):
    desk.enter_as(short_engagement.lead_consultant)
    desk.go(reverse("engagements:plan_detail", args=[short_engagement.reference]))
    titles = desk.page.locator(".app-entry").get_by_role("heading", level=2)
    expect(titles).to_have_text(["Learning sets", "Shadowing"])

    tab_to(desk, button(desk, "Move up Shadowing"))
    desk.page.keyboard.press("Enter")

    expect(titles).to_have_text(["Shadowing", "Learning sets"])
    desk.look()
