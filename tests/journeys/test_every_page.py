"""Every page of the portal, wide and narrow: passes axe, fits its screen, breaks no policy and can be left by keyboard."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from engagements.enums import EngagementStatus
from engagements.models import Engagement
from tests.factories.directory import LINCOLNSHIRE, a_footprint
from tests.factories.engagements import EngagementFactory, PlaceFactory, PlannedInterventionFactory, PlanVersionFactory
from tests.factories.evaluation import (
    DeliveredSessionFactory,
    EarlierTargetFactory,
    FeedbackAnswerFactory,
    FeedbackFormFactory,
    LearningFactory,
    MeasureFactory,
    ResultFactory,
)
from tests.managed import NATIONAL, a_ground_with
from tests.query_budget import BUDGET, MANAGED
from tests.test_query_budget import an_engagement_with, arguments_for

pytestmark = pytest.mark.django_db(transaction=True)

WIDE, NARROW = 1280, 375
# What is fetched rather than looked at: a file, and parts of other pages.
NOT_LOOKED_AT = {
    "engagements:brief_download",
    "evaluation:report_download",
    "engagements:version_download",
    "engagements:brief_word",
    "engagements:version_word",
    "engagements:presence_list",
    "directory:organisation_search",
}
# Pages are walked in so many parts: what is looked at in one test stays short, and parts run side by side.
PARTS, PARTS_FOR_ADMINS = 4, 6
PUBLIC = [
    "home",
    "framework:domain_list",
    "interventions:intervention_list",
    "directory:region_list",
    "engagements:brief_check",
    "account_login",
]


def addresses(engagement):
    """Return the address of every page to look at."""
    of_one = [reverse(name, kwargs=arguments_for(name, engagement)) for name in BUDGET if name not in NOT_LOOKED_AT]
    of_several = [
        *(reverse("evaluation:report_detail", args=[row.reference]) for row in Engagement.objects.begun()),
        reverse("evaluation:report_area_detail", args=[LINCOLNSHIRE]),
        reverse("evaluation:report_region_detail", args=[engagement.lead_region.slug]),
    ]
    return [*of_one, *of_several]


@pytest.fixture
def engagement():
    """Return an engagement with two of everything, beside one that was delivered."""
    found = Engagement.objects.get(pk=an_engagement_with(2).pk)
    delivered = EngagementFactory(
        status=EngagementStatus.IN_DELIVERY, lead_region=found.lead_region, lead_consultant=found.lead_consultant
    )
    PlaceFactory(engagement=delivered, whole_area=True, footprint=a_footprint(LINCOLNSHIRE))
    planned = PlannedInterventionFactory(engagement=delivered, from_menu=True)
    measure = MeasureFactory(engagement=delivered, planned_intervention=planned, kind="number", with_baseline=True)
    ResultFactory(measure=measure, collected=True, narrative="They ring each other")
    EarlierTargetFactory(measure=measure)
    DeliveredSessionFactory(planned_intervention=planned, attended=12)
    LearningFactory(engagement=delivered, planned_intervention=planned, accepted=True)
    asked = FeedbackFormFactory(planned_intervention=planned, opened=True, closed_at=timezone.now())
    FeedbackAnswerFactory.create_batch(5, form=asked)
    return found


def look_wide_and_narrow(desk, pages):
    """Open pages, each as a person, and look at them on a desk, then on a phone."""
    for width in (WIDE, NARROW):
        desk.resize(width)
        for person, address in pages:
            desk.enter_as(person)
            desk.go(address)
            desk.fits()


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_passes_axe_and_fits_its_screen(desk, engagement, part):
    look_wide_and_narrow(desk, [(engagement.lead_consultant, address) for address in addresses(engagement)[part::PARTS]])


@pytest.mark.parametrize("part", range(PARTS_FOR_ADMINS))
def test_every_page_for_admins_passes_axe_and_fits_its_screen(desk, part):
    ground = a_ground_with(2)
    names = sorted(MANAGED, key=lambda name: (name in NATIONAL, name))[part::PARTS_FOR_ADMINS]
    people = {name: ground.national_admin if name in NATIONAL else ground.regional_admin for name in names}

    look_wide_and_narrow(desk, [(person, reverse(name, kwargs=ground.keywords.get(name, {}))) for name, person in people.items()])


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_page_passes_axe_for_somebody_signed_out(desk, name):
    desk.go(reverse(name))

    expect(desk.page.get_by_role("link", name="Skip to main content")).to_have_count(1)


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_p13_answers_to_a_fingerprint_pass_axe_and_fit_their_screen(desk, width):
    desk.resize(width)
    version = PlanVersionFactory(agreed=True, content_hash="a" * 64)

    desk.go(reverse("engagements:brief_check"))
    for typed, heading in [("A" * 64, "Signed and current"), ("b" * 64, "Not known"), ("b" * 63, "There is a problem")]:
        desk.page.get_by_label("Fingerprint from the last page of the brief").fill(typed)
        desk.page.get_by_role("button", name="Check this fingerprint").click()

        expect(desk.page.get_by_role("heading", name=heading)).to_be_visible()
        desk.look()
        desk.fits()
        assert version.engagement.title not in desk.page.content()
