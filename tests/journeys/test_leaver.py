"""Somebody leaves: a regional admin hands their work over, a colleague finds it, and the leaver cannot come in any more (P11)."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from directory.models import Region
from engagements.enums import EngagementStatus
from tests.engagements.situations import engagement_at
from tests.factories.accounts import PASSWORD, ConsultantFactory, RegionalAdminFactory
from tests.factories.engagements import EngagementFactory
from tests.journeys.desk import Desk

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 375, "height": 740}


@pytest.fixture
def people():
    """Return the admin, the leaver and the colleague, and what waits on the leaver."""
    region = Region.objects.order_by("pk").first()
    admin = RegionalAdminFactory(region=region, full_name="Ann Admin")
    leaver = ConsultantFactory(region=region, full_name="Lou Leaver", email="lou@example.org", password=PASSWORD)
    colleague = ConsultantFactory(region=region, full_name="Bo Colleague")
    reviewed = engagement_at(EngagementStatus.IN_REVIEW, title="Going home on time", lead_region=region, lead_consultant=leaver)
    reviewed.measures.update(owner="Lou Leaver")
    EngagementFactory(title="Leading care together", lead_region=region, lead_consultant=leaver)
    EngagementFactory(title="Beds by morning", lead_region=region).team.set([leaver])
    return admin, leaver, colleague


def desk_of(browser, address, **screen):
    """Return the desk of another person, with a browser of their own."""
    context = browser.new_context(locale="en-GB", timezone_id="Europe/London", **screen)
    return Desk(context.new_page(), address)


def test_p11_a_leavers_work_is_handed_over_in_one_step(desk, browser, people):
    admin, leaver, colleague = people
    theirs, new = desk_of(browser, desk.address), desk_of(browser, desk.address, viewport=PHONE)
    theirs.sign_in(leaver, PASSWORD)
    theirs.sees("Leading care together")
    desk.enter_as(admin)

    when_the_admin_hands_the_work_over(desk)
    then_the_admin_sees_what_moved(desk)
    then_the_colleague_finds_it(new, colleague)
    then_the_leaver_cannot_come_in(theirs, leaver)


def when_the_admin_hands_the_work_over(desk):
    desk.go(reverse("accounts:person_list"))
    desk.write("Name or email address", "lou")
    desk.save("Show people")
    desk.follow("Lou Leaver")
    desk.follow("Hand over their work")
    desk.sees("Engagements they lead")
    desk.sees("Going home on time")
    desk.pick("Who takes over their work?", "Bo Colleague")
    desk.save("Hand over")


def then_the_admin_sees_what_moved(desk):
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("What was handed over of Lou Leaver")
    desk.sees("Ann Admin handed over 4 pieces of work")
    for title in ("Going home on time", "Leading care together", "Beds by morning"):
        desk.sees(title)
    expect(desk.page.get_by_role("main").get_by_role("cell", name="Bo Colleague")).to_have_count(4)
    desk.fits()


def then_the_colleague_finds_it(desk, colleague):
    desk.enter_as(colleague)
    desk.go("/")
    for title in ("Going home on time", "Leading care together", "Beds by morning"):
        desk.sees(title)
    desk.fits()


def then_the_leaver_cannot_come_in(desk, leaver):
    desk.go(reverse("engagements:engagement_list"))
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text("Sign in")
    desk.page.get_by_label("Email").fill(leaver.email)
    desk.page.get_by_label("Password", exact=True).fill(PASSWORD)
    desk.page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Your account is closed")
    expect(desk.page.get_by_role("button", name="Sign out")).to_have_count(0)
