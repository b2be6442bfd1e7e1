"""Evaluation: from the start of delivery to a colleague elsewhere whose next plan is advised by what came of it."""

from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from engagements import actions as engagement_actions
from engagements.documents import stamp_version
from engagements.enums import EngagementStatus
from evaluation import actions
from evaluation.models import FeedbackAnswer, FeedbackForm, Result
from evaluation.policies import feedback_token
from framework.models import Behaviour
from interventions.models import Intervention
from tests.engagements.situations import agree_all, ready_engagement
from tests.factories.accounts import ConsultantFactory, RegionalAdminFactory
from tests.factories.directory import a_region
from tests.factories.engagements import EngagementFactory, PriorityFactory
from tests.factories.evaluation import MeasureFactory
from tests.journeys.desk import Desk

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 375, "height": 740}
DAY = date(2026, 10, 5)


@pytest.fixture
def engagement(settings, live_server):
    """Return an agreed plan for an intervention of the menu, with five measures."""
    settings.PORTAL_ADDRESS = live_server.url
    ready = ready_engagement(title="Suppers for the Bay", lead_consultant__full_name="Priya Nair")
    planned = ready.planned_interventions.get()
    planned.intervention = an_item()
    planned.title = "Three suppers"
    planned.save()
    planned.behaviours.set(wanted())
    for number in range(4):
        MeasureFactory(
            engagement=ready, planned_intervention=planned, outcome=f"Calls, ward {number}", kind="number", with_baseline=True
        )
    engagement_actions.submit_engagement(engagement=ready, values={"message": ""}, by=ready.lead_consultant)
    agree_all(ready)
    return ready


def an_item():
    """Return an intervention that the printed menu does not put first."""
    return Intervention.objects.on_the_menu()[12]


def wanted():
    return list(Behaviour.objects.in_order()[:1])


def test_p42_p43_p47_what_came_of_a_plan_advises_the_next_one(desk, browser, engagement):
    consultant = desk
    consultant.enter_as(engagement.lead_consultant)

    when_delivery_starts(consultant, engagement)
    when_the_room_is_asked(consultant, engagement)
    when_ten_people_answer_on_their_phones(browser, consultant.address, engagement)
    then_the_team_reads_what_they_said_together(consultant, engagement)
    when_results_come_in(consultant, engagement)
    when_the_engagement_closes_with_what_was_learned(consultant, engagement)
    then_the_report_has_written_itself(consultant)
    when_the_admin_takes_it_into_the_evidence(consultant, engagement)
    then_a_colleague_elsewhere_finds_it_where_the_next_plan_is_made(consultant)


def when_delivery_starts(consultant, engagement):
    consultant.go(f"/engagements/{engagement.reference}/review/")
    consultant.follow("Start delivery")
    consultant.save("Start delivery")
    consultant.turn_to("Results")
    consultant.sees("Results so far and to come")


def when_the_room_is_asked(consultant, engagement):
    consultant.turn_to("Feedback")
    consultant.follow("Ask for feedback on Three suppers", exact=False)
    consultant.save()
    consultant.save("Open it for answers")
    consultant.sees("Nothing is shown and nobody is counted until then")
    consultant.follow("Print a table card")
    expect(consultant.page.get_by_role("img", name="QR code of the link to the questions")).to_be_visible()


def when_ten_people_answer_on_their_phones(browser, address, engagement):
    link = f"/feedback/{feedback_token(FeedbackForm.objects.get().links.get())}/"
    version = engagement.versions.get()
    on_the_brief = stamp_version(version, version.decisions.all()).feedback_url(1).removeprefix(address)
    for number in range(10):
        context = browser.new_context(locale="en-GB", timezone_id="Europe/London", viewport=PHONE)
        phone = Desk(context.new_page(), address)
        # One of them has the signed brief at hand.
        phone.go(link if number else on_the_brief)
        page = phone.page
        page.get_by_role("group", name="Before").first.get_by_label("2").check(force=True)
        page.get_by_role("group", name="Now").first.get_by_label("4").check(force=True)
        page.get_by_label("What will you do differently, or do already?").fill(f"Ring the ward, {number}")
        if number == 0:
            then_what_was_begun_is_still_there_after_a_lost_page(phone)
        phone.save("Send")
        phone.sees("Thank you")
        assert page.evaluate("localStorage.length") == 0
        context.close()
    assert FeedbackAnswer.objects.count() == 10


def then_what_was_begun_is_still_there_after_a_lost_page(phone):
    phone.page.reload()
    phone.sees("What was begun on this device is still here")
    expect(phone.page.get_by_label("What will you do differently, or do already?")).to_have_value("Ring the ward, 0")
    expect(phone.page.get_by_role("group", name="Now").first.get_by_label("4")).to_be_checked()


def then_the_team_reads_what_they_said_together(consultant, engagement):
    consultant.turn_to("Feedback")
    consultant.follow("One link for everybody in the room", exact=False)
    consultant.follow("Close it now")
    consultant.save("Close it")
    consultant.sees("10 answers.")
    consultant.sees("Ring the ward, 7")
    row = consultant.page.get_by_role("row", name=wanted()[0].text)
    expect(row).to_contain_text("+2.0")


def when_results_come_in(consultant, engagement):
    consultant.turn_to("Results")
    consultant.page.get_by_role("link", name="Add the result").first.click()
    consultant.write_date("Collected on", DAY)
    consultant.page.get_by_label("Result", exact=False).first.fill("61")
    consultant.write("What lies behind it", "Two wards began, and the others rang to ask how.")
    consultant.save()
    consultant.sees("Two wards began")
    expect(consultant.page.get_by_role("main").locator("svg.app-chart").first).to_be_visible()
    # The months go by, and the other results come in the same way.
    by = engagement.lead_consultant
    for result in Result.objects.open().filter(measure__engagement=engagement).select_related("measure__engagement"):
        values = {"collected_on": timezone.localdate(), "value": "62", "narrative": "The same again"}
        actions.collect_result(result=result, values=values, by=by)


def when_the_engagement_closes_with_what_was_learned(consultant, engagement):
    consultant.turn_to("Review")
    consultant.follow("Start the evaluation")
    consultant.save("Start the evaluation")
    consultant.follow("Close")
    consultant.sees("Say what was learned")
    consultant.follow("Say what was learned: what worked, for whom, and what to watch")
    consultant.follow("From Three suppers")
    consultant.sees("What the records say")
    consultant.write("What worked, and what did not?", "Eat first, talk later.")
    consultant.write("What should the next team watch?", "Book the second evening before the first is over.")
    consultant.choose("How far may it be shared?", "All LDPs")
    consultant.save()
    consultant.turn_to("Review")
    consultant.follow("Close")
    consultant.save("Close the engagement")
    engagement.refresh_from_db()
    assert engagement.status == EngagementStatus.CLOSED


def then_the_report_has_written_itself(consultant):
    consultant.turn_to("Evaluation report")
    consultant.sees("5 of 5 measures that came to an end met their target (100%).")
    consultant.sees("Eat first, talk later.")
    consultant.sees("10 answers.")
    with consultant.page.expect_download() as download:
        consultant.follow("Download as PDF")
    assert download.value.suggested_filename.startswith("Evaluation report")


def when_the_admin_takes_it_into_the_evidence(desk, engagement):
    desk.enter_as(RegionalAdminFactory(region=engagement.lead_region))
    desk.go("/manage/")
    desk.follow("1 piece of learning to answer", exact=False)
    desk.follow("Take it into the evidence", exact=False)
    desk.save("Take this into the evidence")
    desk.sees("Nothing waits")


def then_a_colleague_elsewhere_finds_it_where_the_next_plan_is_made(desk):
    elsewhere = a_region("london")
    nxt = EngagementFactory(lead_region=elsewhere, lead_consultant=ConsultantFactory(region=elsewhere))
    item = an_item()
    shared = Behaviour.objects.filter(interventions=item).order_by("pk").first()
    PriorityFactory(engagement=nxt, behaviours=[shared])
    desk.enter_as(nxt.lead_consultant)
    desk.go(f"/engagements/{nxt.reference}/plan/advice/")
    first = desk.page.locator(".app-advice__item").first
    expect(first).to_contain_text(item.name)
    expect(first).to_contain_text("5 of 5 results met their target (100%)")
    desk.follow(item.name)
    desk.sees("Eat first, talk later.")
    desk.sees("+2.0")
    desk.follow("Where this comes from", exact=False)
    desk.sees("Priya Nair")
    desk.sees("Book the second evening before the first is over.")
