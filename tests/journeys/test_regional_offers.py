"""A regional admin keeps an offer true: previewed, saved, checked; the public page and the advice on a plan follow."""

import pytest
from playwright.sync_api import expect

from tests.factories.accounts import ConsultantFactory, RegionalAdminFactory
from tests.factories.directory import a_region
from tests.factories.engagements import EngagementFactory
from tests.factories.interventions import ProviderFactory

pytestmark = pytest.mark.django_db(transaction=True)

SETS = "Action Learning Sets"
PAGE = "/menu/action-learning-sets/"
OFFERS = "/manage/offers/east-midlands/"
NOTES = "Two sets a year, each with a facilitator for the first four meetings"


@pytest.fixture
def admin():
    """Return the admin of the East Midlands, which has one provider."""
    ProviderFactory(name="Fenland Set Advisers", regions=[a_region()])
    return RegionalAdminFactory(full_name="Bron Adams")


@pytest.fixture
def engagement():
    """Return an engagement that the East Midlands lead."""
    consultant = ConsultantFactory(full_name="Priya Nair")
    return EngagementFactory(lead_region=a_region(), lead_consultant=consultant)


def test_the_public_page_and_the_advice_follow_what_a_region_says(desk, admin, engagement):
    desk.enter_as(admin)
    when_an_offer_is_written_and_previewed(desk)
    when_it_is_saved_and_checked(desk)
    then_the_public_page_follows(desk)
    then_the_advice_on_a_plan_follows(desk, engagement)


def test_offers_are_changed_together_by_the_keyboard_alone(desk, admin):
    desk.enter_as(admin)
    desk.go(OFFERS)
    for name in (SETS, "Coaching and Mentoring"):
        desk.page.get_by_role("checkbox", name=f"Tick {name}", exact=True).focus()
        desk.page.keyboard.press("Space")
    desk.page.get_by_label("Availability", exact=True).select_option(label="Not offered")
    desk.page.get_by_label("Whom to ask", exact=True).focus()
    desk.page.keyboard.type("Jo Green")
    desk.page.keyboard.press("Enter")
    desk.sees("2 offers changed.")
    for name in (SETS, "Coaching and Mentoring"):
        expect(desk.page.get_by_role("row").filter(has_text=name)).to_contain_text("Ask for Jo Green")
    desk.fits()


def when_an_offer_is_written_and_previewed(desk):
    desk.go("/manage/")
    desk.follow("What we offer", within=desk.page.get_by_role("navigation", name="Pages for admins"))
    desk.sees("21 not said yet")
    desk.follow(SETS)
    desk.page.get_by_role("radio", name="Offered", exact=True).check()
    desk.write("Notes", NOTES)
    desk.write("Notice in weeks", "6")
    desk.write("Lowest cost", "3,000")
    desk.write("Highest cost", "6000")
    desk.tick("Who delivers it?", "Fenland Set Advisers")
    desk.save("Preview")
    preview = desk.page.get_by_role("region", name="Preview: nothing is saved yet")
    expect(preview).to_contain_text("£3,000 to £6,000")
    expect(preview).to_contain_text("Delivered by Fenland Set Advisers")
    expect(desk.page.get_by_label("Notes", exact=True)).to_have_value(NOTES)
    desk.fits()


def when_it_is_saved_and_checked(desk):
    desk.save("Save")
    desk.sees("20 not said yet")
    desk.page.get_by_role("button", name=f"Checked today {SETS}", exact=True).click()
    row = desk.page.get_by_role("row").filter(has_text=SETS)
    expect(row).to_contain_text("by Bron Adams")
    expect(row).to_contain_text("6 weeks’ notice")
    desk.look()


def then_the_public_page_follows(desk):
    desk.page.context.clear_cookies()
    desk.go(PAGE)
    item = desk.page.get_by_role("listitem").filter(has_text="East Midlands")
    expect(item).to_contain_text("Offered")
    expect(item).to_contain_text("Checked")
    expect(item).not_to_contain_text("£3,000")
    desk.go("/menu/?region=east-midlands")
    desk.sees("Offered in East Midlands")


def then_the_advice_on_a_plan_follows(desk, engagement):
    desk.enter_as(engagement.lead_consultant)
    desk.go(f"/engagements/{engagement.reference}/plan/")
    desk.follow("Choose from the menu")
    item = desk.page.get_by_role("listitem").filter(has=desk.page.get_by_role("link", name=SETS, exact=True))
    expect(item).to_contain_text("Offered in East Midlands")
    expect(item).to_contain_text("£3,000 to £6,000")
    expect(item).to_contain_text(NOTES)
    desk.go(PAGE)
    desk.sees("Delivered by Fenland Set Advisers")
