"""A regional admin keeps true how their LDP can be reached, and the public page follows (P49)."""

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from playwright.sync_api import expect

from directory.models import ContactPoint
from tests.factories.accounts import RegionalAdminFactory
from tests.factories.directory import a_region
from tests.journeys.test_keyboard import tab_to

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/manage/contacts/east-midlands/"
NUMBER = "0115 496 0123 ext 12"
LOADED = ["0115 748 4277", "eastmidlands.leadershipacademy@nottshc.nhs.uk", "www.leadershipeastmidlands.nhs.uk"]


@pytest.fixture
def desk(desk):
    """Return the browser of the East Midlands' admin."""
    desk.enter_as(RegionalAdminFactory(region=a_region(), full_name="Sam Hale"))
    return desk


def lines(desk):
    return desk.page.locator(".app-sorted__value")


def row_of(desk, value):
    return desk.page.locator(".app-sorted__row").filter(has_text=value)


def button(desk, name):
    return desk.page.get_by_role("main").get_by_role("button", name=name, exact=True)


def test_an_admin_adds_orders_and_checks_contacts_and_the_public_page_follows(desk):
    # Given the contacts that were loaded, which nobody has checked
    desk.go("/manage/contacts/")
    expect(lines(desk)).to_have_text(LOADED)
    desk.sees("3 of 3 have not been checked for 30 days")

    # When the admin adds a telephone number, with letters in it at first
    desk.follow("Add a contact point")
    desk.choose("What is it?", "Telephone")
    desk.write("Number, address or name", "0115 RING US")
    desk.write("What it is for", "Front desk")
    desk.save("Add it", is_refused=True)
    expect(desk.page.locator(".nhsuk-error-summary")).to_contain_text("Enter a telephone number, such as 0115 496 0123")
    expect(desk.page.get_by_label("Number, address or name", exact=True)).to_have_value("0115 RING US")
    expect(desk.page.get_by_label("What it is for", exact=True)).to_have_value("Front desk")
    desk.write("Number, address or name", "+44 (0)115 496 0123 x12")
    desk.save("Add it")
    expect(lines(desk)).to_have_text([*LOADED, NUMBER])

    # And moves it to the top by keyboard alone
    for places_left in (3, 2, 1):
        tab_to(desk, button(desk, f"Move up {NUMBER}"))
        desk.page.keyboard.press("Enter")
        expect(lines(desk).nth(places_left - 1)).to_have_text(NUMBER)
        expect(row_of(desk, NUMBER)).to_be_focused()
        desk.look()
    expect(button(desk, f"Move up {NUMBER}")).to_have_count(0)

    # And says with one click that all of them are right
    button(desk, "All of these are right").click()
    desk.sees("The public page says that they were checked today")
    desk.look()

    # Then the public page shows them in that order, each checked today
    desk.follow("See the public page")
    public = desk.page.locator(".app-contact dd")
    expect(public).to_have_count(4)
    expect(public.locator("a")).to_have_text([NUMBER, *LOADED])
    today = date_format(timezone.localdate(), "DATE_FORMAT")
    expect(public.locator(".app-checked")).to_have_text([f"Last checked on {today}"] * 4)
    expect(public.first.locator("a")).to_have_attribute("href", "tel:01154960123;ext=12")


def test_a_person_is_named_on_the_public_page_and_can_be_taken_away_again(desk):
    desk.go(f"{LIST}add/")
    desk.choose("What is it?", "Person")
    desk.write("Number, address or name", "Jo Bloggs")
    desk.save("Add it", is_refused=True)
    expect(desk.page.locator(".nhsuk-error-summary")).to_contain_text("Enter what the person does")
    desk.write("What it is for", "Programme manager")
    desk.save("Add it")
    expect(row_of(desk, "Jo Bloggs")).to_contain_text("Person: Programme manager")

    desk.go("/contacts/east-midlands/")
    desk.sees("Jo Bloggs")
    expect(desk.page.get_by_role("link", name="Jo Bloggs")).to_have_count(0)

    desk.go(LIST)
    desk.follow("Remove Jo Bloggs")
    button(desk, "Yes, remove").click()
    expect(lines(desk)).to_have_text(LOADED)
    desk.follow("What was changed here, and by whom")
    desk.sees("Sam Hale removed contact point Jo Bloggs")


@pytest.mark.parametrize("width", [1280, 375])
def test_a_contact_is_dragged_by_its_handle_to_the_end_of_the_list(desk, width):
    desk.resize(width, 700)
    desk.go(LIST)
    desk.fits()
    mouse, handle = desk.page.mouse, row_of(desk, LOADED[0]).locator(".app-sorted__handle")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()

    # To the lower edge of the window, where the page scrolls on.
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mouse.down()
    mouse.move(box["x"] + box["width"] / 2, 690, steps=8)
    expect(lines(desk)).to_have_text([*LOADED[1:], LOADED[0]])
    mouse.up()

    expect(desk.page).to_have_url(f"{desk.address}{LIST}#contact-{ContactPoint.objects.get(value=LOADED[0]).pk}")
    expect(row_of(desk, LOADED[0])).to_be_focused()
    expect(lines(desk)).to_have_text([*LOADED[1:], LOADED[0]])
    desk.look()


def test_a_drag_is_given_up_with_escape(desk):
    desk.go(LIST)
    mouse, handle = desk.page.mouse, row_of(desk, LOADED[0]).locator(".app-sorted__handle")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    mouse.move(box["x"] + 20, box["y"] + 20)
    mouse.down()
    mouse.move(box["x"] + 20, 690, steps=8)
    expect(lines(desk).last).to_have_text(LOADED[0])

    desk.page.keyboard.press("Escape")

    expect(lines(desk)).to_have_text(LOADED)
    mouse.up()
    expect(lines(desk)).to_have_text(LOADED)
    desk.go(LIST)
    expect(lines(desk)).to_have_text(LOADED)


def test_a_drag_of_what_a_colleague_has_changed_meanwhile_is_refused_in_words(desk):
    desk.go(LIST)
    ContactPoint.objects.filter(value=LOADED[1]).update(value="new@example.nhs.uk", version=2)
    mouse, handle = desk.page.mouse, row_of(desk, LOADED[0]).locator(".app-sorted__handle")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    mouse.move(box["x"] + 20, box["y"] + 20)
    mouse.down()
    mouse.move(box["x"] + 20, 690, steps=8)
    expect(lines(desk).last).to_have_text(LOADED[0])
    mouse.up()

    desk.sees("The contact points have been changed since you opened this page. Look at them again.")
    expect(lines(desk)).to_have_text([LOADED[0], "new@example.nhs.uk", LOADED[2]])
