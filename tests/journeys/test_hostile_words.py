"""In a real browser nothing that was typed runs, and nothing of a page is left once somebody has signed out (S8, S29)."""

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import expect

from tests import hostile_words as words
from tests.access_matrix import a_world, address_of
from tests.factories.engagements import EngagementFactory
from tests.journeys.desk import Desk

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "a long walk on the Wolds"
# The policy of each page would stop what was typed. It is left out here: the pages alone have to.
COUNTING = "window.ran = 0; window.zzx = () => { window.ran += 1 }"
# Opens what is folded, and points at, goes to and leaves all that can be: handlers of any kind have their chance.
STIR = """() => {
    for (const fold of document.querySelectorAll('details')) fold.open = true
    for (const part of document.querySelectorAll('*')) {
        for (const name of ['mouseover', 'focus', 'toggle', 'pointerenter']) part.dispatchEvent(new Event(name))
    }
}"""
MAIN_PAGES = {
    "lead": [
        "home",
        "engagements:engagement_list",
        "engagements:engagement_detail",
        "engagements:people_detail",
        "engagements:planned_intervention_edit",
        "engagements:brief_detail",
        "engagements:history_list",
        "engagements:engagement_edit",
        "engagements:review_detail[in-review]",
        "evaluation:measure_list",
    ],
    "national": [
        "framework:framework_list",
        "interventions:provider_list",
        "interventions:proposal_detail",
        "accounts:person_list",
    ],
}


@pytest.fixture
def bare(browser, browser_context_args):
    """Return a browser without the policy of the pages, that counts what runs."""
    context = browser.new_context(**browser_context_args, bypass_csp=True)
    context.add_init_script(COUNTING)
    yield context
    context.close()


def test_s8_nothing_that_was_typed_runs_in_a_browser(bare, live_server):
    with transaction.atomic():
        world = a_world()
        words.plant()
    page, ran, planted = bare.new_page(), {}, 0

    for who, labels in MAIN_PAGES.items():
        Desk(page, live_server.url).enter_as(world.people[who])
        for label in labels:
            answer = page.goto(f"{live_server.url}{address_of(*world.addresses[label])}", wait_until="load")
            assert answer.status == 200, label
            page.evaluate(STIR)
            planted += len(words.columns_seen(page.content()))
            ran[label] = page.evaluate("window.ran")

    assert set(ran.values()) == {0}, ran
    assert planted > 100


def test_the_browser_counts_what_runs(bare):
    page = bare.new_page()

    page.set_content("<img src=data: onerror=zzx()><details ontoggle=zzx()>x</details>")
    page.evaluate(COUNTING)
    page.evaluate(STIR)

    assert page.evaluate("window.ran") >= 1


@pytest.fixture
def remembering_desk(browser_type, browser_type_launch_args, browser_context_args, live_server):
    """Return a browser that keeps whole pages for its back button, as people's browsers do and those of tests do not."""
    browser = browser_type.launch(**browser_type_launch_args, ignore_default_args=["--disable-back-forward-cache"])
    context = browser.new_context(**browser_context_args)
    yield Desk(context.new_page(), live_server.url)
    browser.close()


def test_s29_the_back_button_shows_nothing_after_signing_out(remembering_desk):
    desk = remembering_desk
    engagement = EngagementFactory(title="A title that only colleagues read")
    person = engagement.lead_consultant
    person.set_password(PASSWORD)
    person.save()
    desk.sign_in(person, PASSWORD)
    pages = [engagement.get_absolute_url(), reverse("engagements:people_detail", args=[engagement.reference])]
    for address in pages:
        desk.go(address)
    expect(desk.page.get_by_text(engagement.title).first).to_be_visible()

    desk.page.get_by_role("button", name="Sign out").click()
    desk.page.wait_for_load_state("load")

    for _ in pages:
        desk.page.go_back(wait_until="load")
        assert engagement.title not in desk.page.content()
        assert person.full_name not in desk.page.content()
    assert desk.page.url.startswith(f"{desk.address}{reverse('account_login')}")
    assert desk.page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
