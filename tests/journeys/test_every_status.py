"""The pages that one consultant in co-design never meets: other statuses, other people, mistakes, and the ways to sign in."""

import re

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect

from engagements.enums import EngagementStatus
from tests.engagements.situations import engagement_at
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory
from tests.factories.engagements import EngagementFactory, PriorityFactory

pytestmark = pytest.mark.django_db(transaction=True)

WIDE, NARROW = 1280, 375
PASSWORD = "a long walk on the Wolds"
CODE = re.compile(r"^[A-Z0-9]{3,}-[A-Z0-9]{3,}$", re.MULTILINE)
# For each status the pages of the moves that it allows, with the button that carries the move out.
MOVES = {
    EngagementStatus.CO_DESIGN: [("submit", "Submit for review"), ("withdraw", "Withdraw the engagement")],
    EngagementStatus.IN_REVIEW: [("recall", "Recall the plan")],
    EngagementStatus.AGREED: [("start_delivery", "Start delivery"), ("revise", "Reopen the plan")],
    EngagementStatus.IN_DELIVERY: [("start_evaluation", "Start the evaluation")],
    EngagementStatus.IN_EVALUATION: [("close", "Close the engagement")],
    EngagementStatus.CLOSED: [],
    EngagementStatus.WITHDRAWN: [("reinstate", "Reinstate the engagement")],
}


@pytest.fixture(autouse=True)
def _no_paper(monkeypatch):
    """Leave out drawing the signed brief, which nobody looks at here."""
    monkeypatch.setattr("core.pdf.render_pdf", lambda *args, **kwargs: b"%PDF")


def walk(desk, width, addresses):
    """Look at each page at one width."""
    desk.resize(width)
    for address in addresses:
        desk.go(address)
        desk.fits()


def pages(engagement, *views):
    return [reverse(f"engagements:{view}", args=[engagement.reference]) for view in views]


@pytest.mark.parametrize("status", EngagementStatus.values)
def test_pages_of_each_status_pass_axe_and_offer_its_moves(desk, status):
    engagement = engagement_at(status)
    width = WIDE if EngagementStatus.values.index(status) % 2 else NARROW
    desk.enter_as(engagement.lead_consultant)

    walk(desk, width, pages(engagement, "engagement_detail", "review_detail"))

    for move, button in MOVES[status]:
        walk(desk, width, pages(engagement, f"engagement_{move}"))
        expect(desk.page.get_by_role("main").get_by_role("button", name=button, exact=True)).to_be_visible()


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_pages_of_the_client_pass_axe_while_a_plan_waits_for_them(desk, width):
    engagement = engagement_at(EngagementStatus.IN_REVIEW)
    desk.enter_as(engagement.client_leads.get().user)
    views = ["engagement_detail", "review_detail", "brief_detail", "version_decide"]

    walk(desk, width, [reverse("home"), reverse("engagements:engagement_list"), *pages(engagement, *views)])

    desk.choose("What do you decide?", "Agree")
    desk.save("Send my decision")
    desk.fits()
    desk.go(pages(engagement, "people_detail")[0], status=403)
    desk.fits()


def test_pages_of_a_national_admin_pass_axe(desk):
    engagement = engagement_at(EngagementStatus.IN_REVIEW)
    desk.enter_as(NationalAdminFactory())

    walk(desk, NARROW, [reverse("home"), reverse("engagements:engagement_list"), *pages(engagement, "engagement_detail")])

    desk.sees(engagement.title)
    desk.go("/engagements/EM-0000/", status=404)
    desk.fits()


def expect_the_error_first(desk, message):
    """Expect the error in the title, and the focus on the summary, whose link leads to the field (P51)."""
    expect(desk.page).to_have_title(re.compile("^Error: "))
    # The box around the alert takes the focus, as in the official component.
    summary = desk.page.locator(".nhsuk-error-summary", has=desk.page.get_by_role("alert"))
    expect(summary).to_be_focused()
    summary.get_by_role("link", name=message).click()
    expect(desk.page.locator("input:focus, textarea:focus, select:focus")).to_have_count(1)
    desk.look()
    desk.fits()


def test_p51_an_empty_priority_is_an_error_that_leads_to_its_field(desk):
    engagement = EngagementFactory()
    desk.resize(NARROW)
    desk.enter_as(engagement.lead_consultant)
    desk.go(pages(engagement, "priority_create")[0])

    desk.looked_at.clear()
    desk.save(is_refused=True)

    expect_the_error_first(desk, re.compile("."))
    expect(desk.page.get_by_label("What must change first?", exact=True)).to_be_focused()


def test_p51_dates_that_cannot_be_are_errors_that_lead_to_their_boxes(desk):
    engagement = EngagementFactory()
    PriorityFactory(engagement=engagement)
    desk.enter_as(engagement.lead_consultant)
    desk.go(pages(engagement, "planned_intervention_create")[0])
    desk.write("Title", "Learning sets")
    for question, typed in (("Start date", ("31", "2", "2027")), ("End date", ("1", "3", "2027"))):
        for box, value in zip(("Day", "Month", "Year"), typed, strict=True):
            desk.page.get_by_role("group", name=question).get_by_label(box).fill(value)

    desk.looked_at.clear()
    desk.save(is_refused=True)

    expect_the_error_first(desk, re.compile("start date", re.IGNORECASE))
    for box, value in (("Day", "31"), ("Month", "2"), ("Year", "2027")):
        expect(desk.page.get_by_role("group", name="Start date").get_by_label(box)).to_have_value(value)


def test_signing_in_with_a_code_from_the_email(desk):
    person = ConsultantFactory()
    walk(desk, NARROW, [reverse("account_request_login_code")])
    desk.write("Email", person.email)
    desk.save("Send the code")
    desk.fits()

    desk.write("Code", CODE.search(mail.outbox[-1].body).group())
    desk.save("Sign in")

    expect(desk.page.get_by_role("button", name="Sign out")).to_be_visible()


def test_choosing_a_new_password_by_the_link_in_the_email(desk):
    person = ConsultantFactory(password="forgotten since the spring")
    walk(desk, WIDE, [reverse("account_reset_password")])
    desk.write("Email", person.email)
    desk.save("Send the link")
    desk.fits()

    path = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[-1].body).group()
    desk.go(path)
    desk.fits()
    for label in ("New Password", "New Password (again)"):
        desk.write(label, PASSWORD)
    desk.save("Save the new password")

    desk.sees("Your password is changed")
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
