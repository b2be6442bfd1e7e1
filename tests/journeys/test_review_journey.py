"""The review: three people, from the submission of a plan to the signed brief that anybody can check."""

import hashlib
import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from engagements.enums import FundingCertainty, SourcingRoute
from engagements.models import PlannedIntervention
from tests.engagements.situations import ready_engagement
from tests.factories.accounts import StpLeadFactory
from tests.factories.engagements import ClientLeadFactory, FundingLineFactory
from tests.journeys.desk import Desk

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 375, "height": 740}
SETS = "Action Learning Sets for ward and site managers"
WISH = "Four thousand pounds pays for nobody to sit in for the night sisters. Please put their cover into the price."
ANSWER = "You are right. Cover for six nights is in the price now."
CODE = re.compile(r"^[A-Z0-9]{3,}-[A-Z0-9]{3,}$", re.MULTILINE)


@pytest.fixture
def engagement(settings, live_server):
    """Return a plan that costs £4,000, with two who sign it and the deputy of one of them."""
    settings.PORTAL_ADDRESS = live_server.url
    ready = ready_engagement(
        signatories=0,
        title="Going home on time",
        lead_consultant__full_name="Priya Nair",
        lead_consultant__email="priya@example.org",
    )
    planned = ready.planned_interventions.get()
    PlannedIntervention.objects.filter(pk=planned.pk).update(
        title=SETS,
        is_no_cost=False,
        estimated_cost=Decimal("4000.00"),
        sourcing_route=SourcingRoute.COMMISSION,
        other_provider="University of Lincoln",
    )
    FundingLineFactory(planned_intervention=planned, amount=Decimal("6000.00"), certainty=FundingCertainty.CONFIRMED)
    ClientLeadFactory(engagement=ready, position=1, user=a_lead("Cara Client", "Chief executive"))
    sam = ClientLeadFactory(engagement=ready, position=2, user=a_lead("Sam Signatory", "Director of adult care"))
    dee = a_lead("Dee Deputy", "Assistant director")
    ClientLeadFactory(engagement=ready, position=3, user=dee, is_signatory=False, deputy_for=sam)
    return ready


def a_lead(name, job):
    return StpLeadFactory(full_name=name, email=f"{name.split()[0].lower()}@example.nhs.uk", job_title=job)


def desk_of(browser, address, **screen):
    """Return the desk of another person, with a browser of their own."""
    context = browser.new_context(locale="en-GB", timezone_id="Europe/London", **screen)
    return Desk(context.new_page(), address)


def test_p07_p08_p13_a_plan_is_reviewed_by_three_people_and_signed(desk, browser, engagement):
    consultant, cara, dee = desk, desk_of(browser, desk.address, viewport=PHONE), desk_of(browser, desk.address)
    consultant.enter_as(engagement.lead_consultant)

    when_the_consultant_submits(consultant, engagement)
    when_the_lead_follows_the_link_in_the_email(cara, engagement)
    when_the_lead_asks_for_changes(cara, engagement)
    when_the_consultant_answers_and_changes_the_cost(consultant, engagement)
    when_the_consultant_submits(consultant, engagement)
    then_the_lead_sees_only_what_moved(cara, engagement)
    when_the_lead_agrees(cara)
    when_the_deputy_agrees_for_the_other_signatory(dee, engagement)
    then_the_signed_brief_checks_out(cara, dee, engagement)


def page_of(view, engagement):
    return reverse(f"engagements:{view}", args=[engagement.reference])


def when_the_consultant_submits(desk, engagement):
    number = engagement.versions.count()
    desk.go(page_of("engagement_submit", engagement))
    desk.sees("Cara Client")
    desk.write_date("When should they decide by?", timezone.localdate() + timedelta(days=10))
    desk.write("Message to the signatories", "Ten minutes, and page one first.")
    desk.save("Submit for review")
    desk.sees(f"Version {number + 1}")
    asked = [sent for sent in mail.outbox if f"version {number + 1}" in sent.body]
    assert sorted(sent.to[0] for sent in asked) == ["cara@example.nhs.uk", "sam@example.nhs.uk"]


def when_the_lead_follows_the_link_in_the_email(desk, engagement):
    letter = next(sent for sent in mail.outbox if sent.to == ["cara@example.nhs.uk"])
    assert "Priya Nair asks you to decide" in letter.body
    desk.go(re.search(r"/accounts/invitation/\S+/", letter.body).group())
    desk.fits()
    desk.save("Send me a code")
    desk.write("Code", CODE.search(mail.outbox[-1].body).group())
    desk.save("Sign in")
    expect(desk.page).to_have_url(f"{desk.address}{page_of('review_detail', engagement)}")
    desk.fits()
    desk.sees("This is the first version that you are shown.")
    desk.sees("The portal has noted that you looked at version 1.")


def when_the_lead_asks_for_changes(desk, engagement):
    desk.follow("Ask for changes")
    desk.fits()
    expect(desk.page.get_by_role("radio", name="I want changes")).to_be_checked()
    desk.pick("Which part of the plan do you want changed?", SETS)
    desk.write("Comment", WISH)
    desk.save("Send my decision")
    desk.fits()
    desk.sees(WISH)
    assert any(sent.to == ["priya@example.org"] and WISH in " ".join(sent.body.split()) for sent in mail.outbox)


def when_the_consultant_answers_and_changes_the_cost(desk, engagement):
    desk.go(page_of("engagement_detail", engagement))
    desk.sees("Cara Client asked for changes to version 1")
    desk.turn_to("Plan")
    beside = desk.page.get_by_role("article", name="Comment by Cara Client")
    expect(beside).to_contain_text(WISH)
    desk.follow(f"Answer Cara Client on {SETS}")
    desk.write("Your answer", ANSWER)
    desk.save("Save my answer")
    desk.sees(ANSWER)
    desk.page.get_by_role("article").get_by_role("button", name="Mark as settled").click()
    expect(desk.page.get_by_role("article")).to_have_count(0)
    desk.follow(f"Change {SETS}")
    desk.write("Estimated cost", "5,500")
    desk.save()


def then_the_lead_sees_only_what_moved(desk, engagement):
    desk.go(page_of("review_detail", engagement))
    desk.fits()
    desk.sees("Since you last looked")
    sentences = desk.page.locator(".app-moved__sentences li").all_inner_texts()
    assert sentences[0] == f"The cost of “{SETS}” went from £4,000 to £5,500."
    assert all("Affordable" in sentence for sentence in sentences[1:]), sentences
    parts = desk.page.locator("details.app-part")
    opened = parts.evaluate_all("parts => parts.filter(part => part.open).map(part => part.id)")
    assert opened == ["section-planned-1", "section-criteria"]
    assert parts.count() > 6
    desk.sees(ANSWER)


def when_the_lead_agrees(desk):
    desk.follow("Agree")
    expect(desk.page.get_by_role("radio", name="I agree to this plan")).to_be_checked()
    desk.save("Send my decision")
    desk.sees("Sam Signatory")


def when_the_deputy_agrees_for_the_other_signatory(desk, engagement):
    desk.enter_as(engagement.client_leads.get(user__full_name="Dee Deputy").user)
    desk.go(page_of("review_detail", engagement))
    desk.follow("Agree")
    desk.sees("You decide for Sam Signatory, as their deputy.")
    desk.save("Send my decision")
    desk.sees("by Dee Deputy, their deputy")


def then_the_signed_brief_checks_out(cara, dee, engagement):
    version = engagement.versions.get(number=2)
    cara.go(reverse("engagements:version_detail", args=[engagement.reference, 2]))
    cara.fits()
    address = reverse("engagements:version_download", args=[engagement.reference, 2])
    first, second = (desk.page.request.get(f"{desk.address}{address}").body() for desk in (cara, dee))
    assert first == second
    assert hashlib.sha256(first).hexdigest() == version.brief_file.sha256
    last_page = "".join(PdfReader(BytesIO(first)).pages[-1].extract_text().split())
    assert version.content_hash in last_page
    assert "DeeDeputy" in last_page
    cara.page.context.clear_cookies()
    for fingerprint in (version.content_hash, version.brief_file.sha256):
        cara.go(reverse("engagements:brief_check", args=[fingerprint]))
        cara.sees("Signed and current")
