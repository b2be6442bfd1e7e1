"""The national menu: an intervention is split into two, and a plan that was signed with it reads as it was signed (P38)."""

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from playwright.sync_api import expect

from engagements import actions
from engagements.models import PlannedIntervention
from tests.engagements.situations import agree_all, ready_engagement, reread
from tests.factories.accounts import NationalAdminFactory
from tests.factories.engagements import EngagementFactory
from tests.factories.interventions import an_intervention
from tests.journeys.desk import Desk
from tests.journeys.test_keyboard import tab_to

pytestmark = pytest.mark.django_db(transaction=True)

OLD = "Coaching and Mentoring"
COACHING, MENTORING = "Coaching one by one", "Mentoring across organisations"
WHY = "People who want a mentor were sent a coach, and the other way round"


@pytest.fixture
def national():
    return NationalAdminFactory(full_name="Nia National")


@pytest.fixture
def agreed():
    """Return a plan that was made from the menu and that all have signed."""
    engagement = ready_engagement(title="Going home on time")
    item = an_intervention("coaching-and-mentoring")
    PlannedIntervention.objects.filter(engagement=engagement).update(
        intervention=item, menu_name=item.name, menu_summary=item.summary, menu_version=item.version, title="Coaches for sisters"
    )
    actions.submit_engagement(engagement=engagement, values={"message": ""}, by=engagement.lead_consultant)
    agree_all(engagement)
    return reread(engagement)


@pytest.fixture
def open_plan(agreed):
    """Return a plan of the same consultant in which nothing is planned yet."""
    return EngagementFactory(lead_region=agreed.lead_region, lead_consultant=agreed.lead_consultant, title="Starting again")


def desk_of(browser, address):
    """Return the desk of another person, with a browser of their own."""
    return Desk(browser.new_context(locale="en-GB", timezone_id="Europe/London").new_page(), address)


def test_p38_an_intervention_is_split_and_a_signed_plan_reads_as_before(desk, browser, national, agreed, open_plan):
    consultant, anybody = desk_of(browser, desk.address), desk_of(browser, desk.address)
    desk.enter_as(national)
    consultant.enter_as(agreed.lead_consultant)
    signed = given_what_was_signed(consultant, agreed)

    when_the_intervention_is_split_by_keyboard_alone(desk)
    then_the_menu_of_the_admins_says_what_became_of_it(desk)
    then_the_two_are_on_the_public_menu(anybody)
    then_the_signed_plan_reads_as_before(consultant, agreed, signed)
    then_the_advice_offers_the_two(consultant, open_plan)
    then_the_history_tells_who_did_it(desk)


def given_what_was_signed(desk, engagement):
    desk.go(reverse("engagements:version_detail", args=[engagement.reference, 1]))
    desk.sees(f"From the menu: {OLD}.")
    return words_of(desk), stored(engagement)


def words_of(desk):
    """Return the words of the page, once it stands."""
    desk.page.wait_for_load_state("load")
    return desk.page.get_by_role("main").text_content()


def stored(engagement):
    """Return the signed file byte by byte, and the fingerprint of its words."""
    version = engagement.versions.get()
    with default_storage.open(version.brief_file.file.name) as file:
        return file.read(), version.content_hash


def when_the_intervention_is_split_by_keyboard_alone(desk):
    main, keyboard = desk.page.get_by_role("main"), desk.page.keyboard
    desk.go(reverse("interventions:menu_list"))

    tab_to(desk, main.get_by_role("link", name=OLD, exact=True))
    keyboard.press("Enter")
    expect(main.get_by_role("heading", level=1)).to_have_text(f"Change {OLD}")
    tab_to(desk, main.get_by_role("link", name="Split into two or more", exact=True))
    keyboard.press("Enter")
    expect(main.get_by_role("heading", level=1)).to_have_text(f"Split {OLD}")
    desk.look()
    desk.sees("1 plan uses it and keeps it as it is.")
    typed = [
        ("Name of the first", COACHING),
        ("Summary of the first", "A coach and a leader, an hour at a time"),
        ("Name of the second", MENTORING),
        ("Summary of the second", "A mentor who leads elsewhere"),
        ("Why is it split?", WHY),
    ]
    for label, text in typed:
        tab_to(desk, desk.page.get_by_label(label, exact=True))
        keyboard.type(text)
    tab_to(desk, main.get_by_role("button", name="Split", exact=True))
    keyboard.press("Enter")

    expect(main.get_by_role("heading", level=1)).to_have_text("National menu")
    desk.look()


def then_the_menu_of_the_admins_says_what_became_of_it(desk):
    main = desk.page.get_by_role("main")
    names = main.get_by_role("heading", level=3)

    expect(names.filter(has_text=COACHING)).to_have_count(1)
    expect(names.filter(has_text=MENTORING)).to_have_count(1)
    tab_to(desk, main.locator("summary", has_text="What was retired"))
    desk.page.keyboard.press("Enter")
    expect(main.get_by_text(WHY)).to_be_visible()
    expect(main.get_by_text(f"In its place: {COACHING}, {MENTORING}")).to_be_visible()


def then_the_two_are_on_the_public_menu(desk):
    main = desk.page.get_by_role("main")
    desk.go(reverse("interventions:intervention_list"))

    expect(main.get_by_role("link", name=COACHING, exact=True)).to_be_visible()
    expect(main.get_by_role("link", name=MENTORING, exact=True)).to_be_visible()
    expect(main.get_by_role("link", name=OLD, exact=True)).to_have_count(0)
    desk.go(reverse("interventions:intervention_detail", args=["coaching-and-mentoring"]))
    desk.sees("No longer on the menu")
    desk.sees(WHY)
    desk.follow(MENTORING)
    expect(main.get_by_role("heading", level=1)).to_have_text(MENTORING)
    expect(main.locator(".app-suggestion").first).to_be_visible()


def then_the_signed_plan_reads_as_before(desk, engagement, signed):
    desk.go(reverse("engagements:version_detail", args=[engagement.reference, 1]))
    desk.sees(f"From the menu: {OLD}.")

    assert (words_of(desk), stored(engagement)) == signed
    desk.go(reverse("engagements:plan_detail", args=[engagement.reference]))
    desk.sees(f"From the menu: {OLD}")
    desk.sees(f"{COACHING} and {MENTORING} take its place. This plan keeps it.")


def then_the_advice_offers_the_two(desk, engagement):
    main = desk.page.get_by_role("main")
    desk.go(reverse("engagements:advice_list", args=[engagement.reference]))
    expect(main.get_by_role("link", name=OLD, exact=True)).to_have_count(0)

    desk.go(f"{reverse('engagements:planned_intervention_create', args=[engagement.reference])}?from=coaching-and-mentoring")
    expect(desk.page.get_by_text(f"You can choose “{COACHING}” and “{MENTORING}” instead")).to_be_visible()

    desk.go(reverse("engagements:advice_list", args=[engagement.reference]))
    desk.follow(f"Plan this intervention: {COACHING}")
    expect(desk.page.get_by_label("Title", exact=True)).to_have_value(COACHING)
    desk.save()
    desk.sees(f"From the menu: {COACHING}")


def then_the_history_tells_who_did_it(desk):
    desk.go(reverse("interventions:intervention_history", args=["coaching-and-mentoring"]))

    desk.sees(f"Nia National split intervention {OLD}")
