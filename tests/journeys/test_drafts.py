"""Whatever was typed survives: a closed page, an ended session, a value that is not valid, a colleague's edit (P01, P02, P03)."""

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import expect

from core.models import FormDraft, PortalSession
from engagements import actions
from tests.factories.accounts import ConsultantFactory
from tests.factories.engagements import EngagementFactory, PriorityFactory

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "a long walk on the Wolds"
WORDS = "Plan each discharge together, “before” the person arrives — الآن 👩‍⚕️ <b>not bold</b>\nA second line"
FIELD = "What must change first?"


@pytest.fixture
def engagement():
    """Return an engagement whose consultant has a password."""
    made = EngagementFactory()
    made.lead_consultant.set_password(PASSWORD)
    made.lead_consultant.save()
    return made


@pytest.fixture
def form(desk, engagement):
    """Open the form for a new priority."""
    desk.sign_in(engagement.lead_consultant, PASSWORD)
    address = reverse("engagements:priority_create", args=[engagement.reference])
    desk.go(address)
    return address


def wait_until_saved(desk):
    expect(desk.page.locator("[data-draft-status]")).to_contain_text("Saved as a draft", timeout=10_000)


def test_p01_words_are_saved_within_five_seconds_of_typing(desk, form):
    desk.write(FIELD, WORDS)

    expect(desk.page.locator("[data-draft-status]")).to_contain_text("Saved as a draft", timeout=5_000)

    assert FormDraft.objects.get().data["statement"] == [WORDS]


def test_p02_a_page_that_was_left_shows_the_words_again(desk, form):
    desk.write(FIELD, WORDS)
    wait_until_saved(desk)

    desk.go("/framework/")
    desk.go(form)

    expect(desk.page.get_by_label(FIELD)).to_have_value(WORDS)
    desk.sees("have not saved it yet")


def test_p01_an_ended_session_loses_no_character(desk, form, engagement):
    desk.write(FIELD, "The first words")
    wait_until_saved(desk)
    PortalSession.objects.all().delete()
    cache.clear()
    desk.page.get_by_label(FIELD).fill(WORDS)

    desk.page.get_by_role("main").get_by_role("button", name="Save", exact=True).click()
    desk.page.get_by_label("Email").fill(engagement.lead_consultant.email)
    desk.page.get_by_label("Password", exact=True).fill(PASSWORD)
    desk.page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()

    expect(desk.page).to_have_url(f"{desk.address}{form}")
    expect(desk.page.get_by_label(FIELD)).to_have_value(WORDS)


def test_p01_words_are_kept_on_the_device_while_the_connection_is_lost(desk, form):
    desk.page.context.set_offline(True)
    desk.write(FIELD, WORDS)
    expect(desk.page.locator("[data-draft-status]")).to_contain_text("kept on this device", timeout=10_000)
    desk.troubles.clear()

    desk.page.context.set_offline(False)
    desk.go(form)

    expect(desk.page.get_by_label(FIELD)).to_have_value(WORDS)


def test_p03_two_people_on_one_field_see_both_texts_and_choose(desk, engagement):
    colleague = ConsultantFactory(region=engagement.lead_region, full_name="Ama Mensah")
    priority = PriorityFactory(engagement=engagement, statement="As it was")
    desk.sign_in(engagement.lead_consultant, PASSWORD)
    desk.go(reverse("engagements:priority_edit", args=[engagement.reference, priority.pk]))
    desk.write(FIELD, "My words")
    actions.change_entry(entry=priority, values={"statement": "Her words"}, by=colleague)

    desk.save(is_refused=True)

    desk.sees("Ama Mensah changed")
    desk.sees("Her words")
    expect(desk.page.get_by_label(FIELD, exact=True)).to_have_value("My words")
    desk.page.get_by_role("radio", name="Keep mine").check()
    desk.save()
    desk.sees("My words")


def test_p01_words_that_are_too_much_to_send_stay_on_the_device(desk, form, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000
    words = "A word of the plan. " * 150
    desk.page.get_by_label(FIELD).fill(words)

    desk.page.get_by_role("main").get_by_role("button", name="Save", exact=True).click()
    expect(desk.page.get_by_role("heading", name="This is too much to send at once")).to_be_visible()
    desk.troubles.clear()
    desk.page.get_by_role("link", name="Systems Leadership Portal").click()
    desk.go(form)

    expect(desk.page.get_by_label(FIELD)).to_have_value(words)
