import pytest

from engagements import actions, policies
from engagements.enums import SigningOrder
from engagements.models import Engagement
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, StpLeadFactory
from tests.factories.core import AuditEventFactory
from tests.factories.directory import FootprintFactory, OrganisationFactory, SiteFactory, a_region
from tests.factories.engagements import (
    ClientLeadFactory,
    EngagementFactory,
    FundingLineFactory,
    PlaceFactory,
    PlannedInterventionFactory,
)
from tests.factories.evaluation import MeasureFactory
from tests.helpers import as_user, soup, text_of

pytestmark = pytest.mark.django_db

READ = "Read the plan and its brief, and comment on them."


def table_of(engagement):
    fresh = Engagement.objects.with_people().get(pk=engagement.pk)
    return {row.who: row for row in policies.access_table(fresh, policies.touched_regions(fresh))}


def test_access_table_names_the_groups_with_their_reasons():
    engagement = EngagementFactory()

    table = table_of(engagement)

    assert table["Regional admins of East Midlands"].may.startswith("Read and change everything")
    assert "they look after the region’s work" in table["Regional admins of East Midlands"].why
    assert table["Consultants of East Midlands"].why == "The engagement belongs to East Midlands."
    assert table["National admins"].may == "Read everything. They cannot change anything."


def test_access_table_names_the_regions_that_places_touch():
    engagement = EngagementFactory()
    north_west = a_region("north-west")
    areas = [FootprintFactory(lead_region=north_west, name=name) for name in ("Wirral", "Bolton", "Salford")]
    for area in areas:
        PlaceFactory(engagement=engagement, footprint=area, name="")

    row = table_of(engagement)["Consultants and regional admins of North West"]

    assert row.why == "Place names Bolton, Salford and Wirral, which their region leads or shares."
    assert not row.can_edit


def test_touched_regions_come_from_sites_as_well():
    engagement = EngagementFactory()
    area = FootprintFactory(lead_region=a_region("london"), name="Barnet")
    PlaceFactory(engagement=engagement, site=SiteFactory(footprints=[area]), name="")

    (touched,) = policies.touched_regions(engagement)

    assert (str(touched.region), touched.areas) == ("London", ["Barnet"])


def test_a_region_that_shares_the_area_of_a_named_site_sees_the_engagement():
    engagement = EngagementFactory()
    area = FootprintFactory(lead_region=engagement.lead_region, name="Barnet")
    area.other_regions.add(a_region("london"))
    PlaceFactory(engagement=engagement, site=SiteFactory(footprints=[area]), name="")
    neighbour = ConsultantFactory(region=a_region("london"))

    (touched,) = policies.touched_regions(engagement)

    assert (str(touched.region), touched.areas) == ("London", ["Barnet"])
    assert Engagement.objects.visible_to(neighbour).contains(engagement)


def test_touched_regions_leave_out_the_lead_region_and_places_without_an_area():
    engagement = EngagementFactory()
    PlaceFactory(engagement=engagement, name="Boston")
    PlaceFactory(engagement=engagement, whole_area=True)

    assert policies.touched_regions(engagement) == []


def test_access_table_names_people_once_and_the_lead_first():
    engagement = EngagementFactory(lead_consultant__full_name="Ann Archer")
    engagement.team.set([engagement.lead_consultant, ConsultantFactory(full_name="Bob Baker", job_title="Facilitator")])

    rows = list(table_of(engagement).values())

    assert [row.who for row in rows[:2]] == ["Ann Archer", "Bob Baker"]
    assert rows[1].about == "Facilitator"
    assert sum(row.who == "Ann Archer" for row in rows) == 1


def test_access_table_says_that_an_account_is_closed():
    engagement = EngagementFactory()
    engagement.team.add(ConsultantFactory(full_name="Gone Away", is_active=False))

    row = table_of(engagement)["Gone Away"]

    assert row.may == "Nothing any more."
    assert row.why == "They are on the team, and their account is closed."


def test_access_table_says_that_a_role_has_changed():
    engagement = EngagementFactory()
    engagement.team.add(NationalAdminFactory(full_name="Moved Up"))

    row = table_of(engagement)["Moved Up"]

    assert row.may == "Only what their role in the portal allows."
    assert row.why == "They are on the team, and they have another role in the portal now."


@pytest.mark.parametrize(
    ("is_shared", "is_signatory", "may"),
    [
        (False, True, "Nothing yet. They can read the plan once it has been submitted for the first time."),
        (True, True, f"{READ} While it is in review, agree to it or ask for changes."),
        (True, False, READ),
    ],
    ids=["before it is shared", "signatory", "reader"],
)
def test_access_table_tells_a_client_lead_what_they_may_do(is_shared, is_signatory, may):
    engagement = EngagementFactory(shared=is_shared)
    user = StpLeadFactory(full_name="Cara Client", job_title="Chief Executive")
    trust = OrganisationFactory(name="A trust")
    ClientLeadFactory(engagement=engagement, user=user, is_signatory=is_signatory, organisation=trust)

    row = table_of(engagement)["Cara Client"]

    assert row.may == may
    assert row.about == "Chief Executive, A trust"


def test_access_table_says_that_a_client_lead_has_left():
    engagement = EngagementFactory(shared=True)
    ClientLeadFactory(engagement=engagement, user=StpLeadFactory(full_name="Cara Client", is_active=False))

    row = table_of(engagement)["Cara Client"]

    assert (row.may, row.can_see) == ("Nothing any more.", False)


@pytest.mark.parametrize("how", ["on the team", "as the trail knows"])
def test_p11_access_table_lets_nobody_sign_what_they_wrote(how):
    engagement = EngagementFactory(shared=True)
    writer = StpLeadFactory(full_name="Wes Writer")
    if how == "on the team":
        engagement.team.add(writer)
    else:
        AuditEventFactory(trail=engagement.trail, actor=writer, verb="changed")
    ClientLeadFactory(engagement=engagement, user=writer)
    fresh = Engagement.objects.with_people().get(pk=engagement.pk)

    row = [row for row in policies.access_table(fresh, ()) if row.who == "Wes Writer"][-1]

    assert row.may == f"{READ} Nobody signs a plan that they helped to write."
    assert not row.can_decide


def test_p11_access_table_says_whose_deputy_somebody_is():
    engagement = EngagementFactory(shared=True)
    cara = ClientLeadFactory(engagement=engagement, user__full_name="Cara Client")
    ClientLeadFactory(engagement=engagement, user__full_name="Dee Deputy", is_signatory=False, deputy_for=cara)

    row = table_of(engagement)["Dee Deputy"]

    assert row.may == f"{READ} While it is in review, agree to it or ask for changes, in place of Cara Client."
    assert row.why == "They are a client lead and the deputy of Cara Client."
    assert row.can_decide


def test_p15_access_table_says_whose_turn_comes_when():
    engagement = EngagementFactory(shared=True, signing_order=SigningOrder.IN_ORDER)
    cara = ClientLeadFactory(engagement=engagement, position=1, user__full_name="Cara Client")
    ClientLeadFactory(engagement=engagement, position=2, user__full_name="Sam Second")
    ClientLeadFactory(engagement=engagement, position=3, user__full_name="Dee Deputy", is_signatory=False, deputy_for=cara)

    table = table_of(engagement)

    assert table["Sam Second"].why.endswith("who signs the plan, number 2 of the 2 who are asked one after the other.")
    assert "While it is in review and it is their turn, agree to it" in table["Sam Second"].may
    assert "While it is in review and it is the turn of Cara Client, agree to it" in table["Dee Deputy"].may


def test_p18_access_table_leaves_out_whoever_was_removed():
    engagement = EngagementFactory(shared=True)
    lead = ClientLeadFactory(engagement=engagement, user__full_name="Cara Client")
    actions.remove_client_lead(lead=lead, by=engagement.lead_consultant)

    assert "Cara Client" not in table_of(engagement)
    assert not Engagement.objects.visible_to(lead.user).exists()


@pytest.mark.parametrize("make", [ConsultantFactory, NationalAdminFactory], ids=["colleague of the region", "national admin"])
def test_readers_are_offered_nothing_in_the_workspace_that_they_cannot_open(make):
    engagement = EngagementFactory()
    planned = PlannedInterventionFactory(engagement=engagement, commissioned=True)
    FundingLineFactory(planned_intervention=planned)
    MeasureFactory(engagement=engagement, planned_intervention=planned, target="")
    reader = as_user(make())

    workspace = reader.get(engagement.get_absolute_url())

    offered = {link["href"] for link in soup(workspace).select("main a[href^='/']")}
    assert "Before it can go to review" in text_of(workspace)
    assert {url: reader.get(url).status_code for url in offered} == dict.fromkeys(offered, 200)
    assert len(offered) > 8
