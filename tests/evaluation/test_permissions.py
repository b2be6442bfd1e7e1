"""Who may add and change measures."""

import pytest

from evaluation import permissions
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import a_region
from tests.factories.engagements import ClientLeadFactory
from tests.factories.evaluation import MeasureFactory

pytestmark = pytest.mark.django_db


def a_team_member(engagement):
    member = ConsultantFactory(region=a_region("london"))
    engagement.team.add(member)
    return member


def a_client_lead(engagement):
    return ClientLeadFactory(engagement=engagement).user


def a_lead_who_left(engagement):
    engagement.lead_consultant.is_active = False
    return engagement.lead_consultant


@pytest.mark.parametrize(
    ("somebody", "may"),
    [
        pytest.param(lambda engagement: engagement.lead_consultant, True, id="lead consultant"),
        pytest.param(a_team_member, True, id="team"),
        pytest.param(lambda engagement: RegionalAdminFactory(region=engagement.lead_region), True, id="regional admin here"),
        pytest.param(lambda _: RegionalAdminFactory(region=a_region("london")), False, id="regional admin elsewhere"),
        pytest.param(lambda engagement: ConsultantFactory(region=engagement.lead_region), False, id="colleague"),
        pytest.param(lambda _: NationalAdminFactory(), False, id="national admin"),
        pytest.param(a_client_lead, False, id="client lead"),
        pytest.param(lambda _: StpLeadFactory(), False, id="another STP lead"),
        pytest.param(a_lead_who_left, False, id="lead consultant who left"),
    ],
)
def test_measures_may_be_written_by_those_who_write_the_plan(somebody, may):
    measure = MeasureFactory()
    user = somebody(measure.engagement)

    assert permissions.can_create_measure(user, measure.engagement) is may
    assert permissions.can_edit_measure(user, measure) is may
