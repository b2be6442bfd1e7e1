"""A client lead with a phone, between meetings: the first change in three taps at most, an agreement in two more."""

from datetime import date

import pytest
from playwright.sync_api import expect

from engagements import actions
from engagements.enums import EngagementStatus, Focus
from engagements.models import Decision, VersionReading
from evaluation.enums import MeasureKind
from tests.engagements.situations import decide, ready_engagement, reread
from tests.factories.engagements import ParticipantGroupFactory, PlannedInterventionFactory
from tests.factories.evaluation import MeasureFactory

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 375, "height": 667}
SECTIONS = 20
# What is no planned intervention: the client, the four facets, the criteria, the measures.
OTHER_SECTIONS = 7


class Taps:
    """Taps on what can be seen of a page, and counts them."""

    def __init__(self, desk):
        self.desk = desk
        self.count = 0

    def on(self, target):
        """Tap."""
        self.count += 1
        target.click()
        self.desk.look()


@pytest.fixture(autouse=True)
def _no_paper(monkeypatch):
    """Leave out drawing the signed brief, which nobody looks at here."""
    monkeypatch.setattr("core.pdf.render_pdf", lambda *args, **kwargs: b"%PDF")


@pytest.fixture
def engagement():
    """Return an engagement of twenty sections in its second version, which its signatory has sent back before."""
    made = ready_engagement()
    first, groups, priorities = made.planned_interventions.get(), list(made.groups.all()), list(made.priorities.all())
    for number in range(2, SECTIONS - OTHER_SECTIONS + 1):
        planned = PlannedInterventionFactory(
            engagement=made,
            at_no_cost=True,
            title=f"Learning set {number}",
            position=1_000_000 + number,
            audience=groups,
            serves=priorities,
            roles=list(first.roles.all()),
            forward_view_steps=list(first.forward_view_steps.all()),
            preparatory_percent=10,
            focus=Focus.SYSTEMS,
            expected_impact="Fewer people wait for a bed.",
            route_reason="It exists already.",
        )
        MeasureFactory(
            engagement=made,
            planned_intervention=planned,
            kind=MeasureKind.NUMBER,
            baseline="12",
            baseline_on=date(2026, 4, 1),
            target="60",
            due_on=date(2027, 4, 1),
        )
    by = made.lead_consultant
    actions.submit_engagement(engagement=reread(made), values={}, by=by)
    decide(made.client_leads.get(), "changes_wanted", "Where is the ambulance service?")
    ParticipantGroupFactory(engagement=made, name="Ambulance crews of the coast")
    actions.submit_engagement(engagement=reread(made), values={"message": "They are in it now."}, by=by)
    return reread(made)


def test_p08_a_changed_plan_of_twenty_sections_is_reviewed_in_a_few_taps(desk, engagement):
    person = engagement.client_leads.get().user
    desk.resize(**PHONE)
    desk.enter_as(person)
    desk.go(f"/engagements/{engagement.reference}/review/")
    main, taps = desk.page.get_by_role("main"), Taps(desk)
    desk.fits()
    expect(desk.page.locator("details.app-part")).to_have_count(SECTIONS)
    expect(main.get_by_role("button", name="Agree").first).to_be_in_viewport()

    taps.on(main.get_by_role("link", name="See what changed"))
    sentence = main.get_by_role("listitem").filter(has_text="Ambulance crews of the coast").last
    expect(sentence).to_be_in_viewport()
    taps.on(main.get_by_role("link", name="People", exact=True))
    part = desk.page.locator("#section-people")
    expect(part).to_be_in_viewport()
    expect(part).to_contain_text("Ambulance crews of the coast")
    expect(desk.page.locator("details.app-part[open]")).to_have_count(1)
    assert taps.count <= 3

    read = taps.count
    taps.on(main.get_by_role("button", name="Agree").last)
    expect(desk.page.get_by_role("radio", name="I agree to this plan")).to_be_checked()
    desk.fits()
    taps.on(main.get_by_role("button", name="Send my decision"))

    desk.page.wait_for_url("**/review/")
    assert taps.count - read <= 2
    assert Decision.objects.order_by("pk").last().outcome == "agreed"
    assert reread(engagement).status == EngagementStatus.AGREED
    desk.sees("All signatories have agreed to this plan.")
    desk.fits()


def test_p08_looking_at_a_version_is_noted_once_without_a_tap(desk, engagement):
    person = engagement.client_leads.get().user
    desk.resize(**PHONE)
    desk.enter_as(person)

    with desk.page.expect_response("**/brief/2/read/"):
        desk.go(f"/engagements/{engagement.reference}/review/")

    desk.sees("The portal has noted that you looked at version 2.")
    assert sorted(row.version.number for row in VersionReading.objects.select_related("version")) == [1, 2]
    desk.go(f"/engagements/{engagement.reference}/review/")
    desk.sees("You looked at version 1. This is version 2.")


def test_a_comment_is_written_answered_and_settled(desk, engagement):
    person = engagement.client_leads.get().user
    desk.resize(**PHONE)
    desk.enter_as(person)
    desk.go(f"/engagements/{engagement.reference}/review/")
    part = desk.page.locator("#section-people")
    desk.follow("Comment on this part", exact=False, within=part)
    desk.write("Your comment", "Thank you. Who tells the crews?")
    desk.save("Save my comment")
    desk.page.wait_for_url("**/review/#comment-*")
    expect(part).to_contain_text("Who tells the crews?")
    desk.fits()

    desk.page.context.clear_cookies()
    desk.enter_as(engagement.lead_consultant)
    desk.go(f"/engagements/{engagement.reference}/people/")
    desk.sees("Who tells the crews?")
    desk.fits()
    desk.go(f"/engagements/{engagement.reference}/review/")
    said = desk.page.get_by_role("article").filter(has_text="Who tells the crews?")
    said.get_by_role("link", name="Answer").click()
    desk.look()
    desk.write("Your answer", "Their operations lead does, on Monday.")
    desk.save("Save my answer")
    said.get_by_role("button", name="Mark as settled").click()
    desk.page.wait_for_load_state("load")
    expect(said).to_contain_text("Settled")
    desk.fits()
    desk.go(f"/engagements/{engagement.reference}/brief/2/changes/")
    desk.sees("Ambulance crews of the coast")
    desk.fits()
