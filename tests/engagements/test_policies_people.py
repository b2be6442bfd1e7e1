"""Who can lead an engagement and who can work on it."""

import pytest

from core.refusals import ActionRefused
from engagements import actions, permissions, policies
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import a_region
from tests.factories.engagements import EngagementFactory
from tests.helpers import as_user, post

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("make", [ConsultantFactory, RegionalAdminFactory])
def test_leading_is_open_to_everybody_at_work_in_the_region(make):
    engagement = EngagementFactory()

    assert policies.leading_blockers(engagement, make(region=engagement.lead_region)) == []


@pytest.mark.parametrize(
    "person",
    [
        pytest.param(lambda region: ConsultantFactory(region=a_region("london")), id="another region"),
        pytest.param(lambda region: ConsultantFactory(region=region, is_active=False), id="left"),
        pytest.param(lambda region: NationalAdminFactory(), id="national admin"),
        pytest.param(lambda region: StpLeadFactory(), id="client"),
    ],
)
def test_reassigning_is_refused_to_anybody_else(person):
    engagement = EngagementFactory()
    chosen = person(engagement.lead_region)

    with pytest.raises(ActionRefused, match="cannot lead this engagement"):
        actions.reassign_engagement(engagement=engagement, values={"lead_consultant": chosen}, by=engagement.lead_consultant)

    engagement.refresh_from_db()
    assert engagement.lead_consultant != chosen


def test_joining_a_team_is_refused_to_a_client():
    engagement = EngagementFactory()
    client = StpLeadFactory(full_name="Cora Hall")

    with pytest.raises(ActionRefused, match="Cora Hall does not work for an LDP"):
        actions.change_engagement(engagement=engagement, values={"team": [client]}, by=engagement.lead_consultant)

    assert not engagement.team.exists()


def test_somebody_who_has_left_may_stay_on_the_team():
    gone = ConsultantFactory(is_active=False)
    engagement = EngagementFactory(team=[gone])
    fresh = ConsultantFactory(region=engagement.lead_region)

    actions.change_engagement(engagement=engagement, values={"team": [gone, fresh]}, by=engagement.lead_consultant)

    assert set(engagement.team.all()) == {gone, fresh}


def test_a_number_of_a_person_that_cannot_be_is_refused_on_the_page():
    engagement = EngagementFactory()
    client = as_user(engagement.lead_consultant)

    answer = post(client, f"{engagement.get_absolute_url()}team/edit/", {"team": "9" * 30})

    assert answer.status_code == 200
    assert "not there any more" in answer.content.decode()


@pytest.mark.parametrize(
    ("make", "may"),
    [
        pytest.param(ConsultantFactory, True, id="consultant"),
        pytest.param(RegionalAdminFactory, True, id="regional admin"),
        pytest.param(NationalAdminFactory, True, id="national admin"),
        pytest.param(StpLeadFactory, False, id="client"),
    ],
)
def test_working_pages_are_read_by_everybody_but_the_client(make, may):
    engagement = EngagementFactory()

    assert permissions.can_read_working_engagement(make(), engagement) is may
