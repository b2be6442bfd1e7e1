from types import SimpleNamespace

import pytest

from engagements import actions, permissions, policies
from engagements.enums import SigningOrder
from engagements.models import Engagement
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.core import AuditEventFactory
from tests.factories.directory import FootprintFactory, SiteFactory, a_footprint, a_region
from tests.factories.engagements import ClientLeadFactory, EngagementFactory, PlaceFactory

pytestmark = pytest.mark.django_db

HERE, LEADS, SHARES, BY_SITE, ELSEWHERE = (
    "east-midlands",
    "north-west",
    "south-west",
    "west-midlands",
    "london",
)


def a_colleague(region, factory=ConsultantFactory, **fields):
    return factory(region=a_region(region), **fields)


def everybody(signing_order=SigningOrder.PARALLEL):
    """Return a shared engagement and one person of each kind, in each relation to it."""
    engagement = EngagementFactory(shared=True, signing_order=signing_order)
    led = FootprintFactory(lead_region=a_region(LEADS))
    led.other_regions.add(a_region(SHARES))
    PlaceFactory(engagement=engagement, footprint=led, name="")
    site = SiteFactory(footprints=[FootprintFactory(lead_region=a_region(BY_SITE)), a_footprint()])
    PlaceFactory(engagement=engagement, site=site, name="")
    turned_client = StpLeadFactory()
    people = {
        "lead": engagement.lead_consultant,
        "member": a_colleague(HERE),
        "member_of_another_region": a_colleague(ELSEWHERE),
        "member_who_left": a_colleague(HERE, is_active=False),
        "member_turned_client": turned_client,
        "member_turned_national_admin": NationalAdminFactory(),
        "consultant_here": a_colleague(HERE),
        "consultant_here_who_left": a_colleague(HERE, is_active=False),
        "admin_here": a_colleague(HERE, RegionalAdminFactory),
        "admin_here_who_left": a_colleague(HERE, RegionalAdminFactory, is_active=False),
        "consultant_of_a_leading_region": a_colleague(LEADS),
        "admin_of_a_leading_region": a_colleague(LEADS, RegionalAdminFactory),
        "consultant_of_a_sharing_region": a_colleague(SHARES),
        "admin_of_a_sharing_region": a_colleague(SHARES, RegionalAdminFactory),
        "consultant_of_a_region_of_a_site": a_colleague(BY_SITE),
        "consultant_elsewhere": a_colleague(ELSEWHERE),
        "admin_elsewhere": a_colleague(ELSEWHERE, RegionalAdminFactory),
        "national_admin": NationalAdminFactory(),
        "national_admin_who_left": NationalAdminFactory(is_active=False),
        "signatory": StpLeadFactory(),
        "signatory_who_left": StpLeadFactory(is_active=False),
        "signatory_turned_consultant": a_colleague(ELSEWHERE),
        "signatory_who_wrote": turned_client,
        "signatory_whom_the_trail_knows": StpLeadFactory(),
        "signatory_who_was_removed": StpLeadFactory(),
        "deputy": StpLeadFactory(),
        "deputy_who_left": StpLeadFactory(is_active=False),
        "deputy_whom_the_trail_knows": StpLeadFactory(),
        "deputy_of_somebody_removed": StpLeadFactory(),
        "deputy_who_was_removed": StpLeadFactory(),
        "reader": StpLeadFactory(),
        "stranger": StpLeadFactory(),
    }
    engagement.team.set([person for name, person in people.items() if name.startswith("member")])
    _name_leads(engagement, people)
    for name in ("signatory_whom_the_trail_knows", "deputy_whom_the_trail_knows"):
        AuditEventFactory(trail=engagement.trail, actor=people[name], verb="changed")
    return Engagement.objects.with_people().get(pk=engagement.pk), people


def _name_leads(engagement, people):
    """Name those who sign and read, the deputy of each, and take off those who were removed."""
    leads = {}
    for position, (name, person) in enumerate(people.items(), start=1):
        if name.startswith(("signatory", "reader")):
            is_signatory = name != "reader"
            leads[name] = ClientLeadFactory(engagement=engagement, user=person, is_signatory=is_signatory, position=position)
    whose = {
        "deputy": "signatory_turned_consultant",
        "deputy_who_left": "signatory_who_wrote",
        "deputy_whom_the_trail_knows": "signatory_who_left",
        "deputy_of_somebody_removed": "signatory_who_was_removed",
        "deputy_who_was_removed": "signatory",
    }
    for name, signatory in whose.items():
        leads[name] = ClientLeadFactory(
            engagement=engagement, user=people[name], is_signatory=False, deputy_for=leads[signatory], position=99
        )
    for name, lead in leads.items():
        if name.endswith("was_removed"):
            actions.remove_client_lead(lead=lead, by=engagement.lead_consultant)


SEE, EDIT, REASSIGN, DECIDE, CREATE = "see", "edit", "reassign", "decide", "create"

# What each kind of person may do on an engagement that has been shared with the client.
RIGHTS = {
    "lead": {SEE, EDIT, REASSIGN, CREATE},
    "member": {SEE, EDIT, CREATE},
    "member_of_another_region": {SEE, EDIT, CREATE},
    "member_who_left": set(),
    "member_turned_client": {SEE},
    "member_turned_national_admin": {SEE},
    "consultant_here": {SEE, CREATE},
    "consultant_here_who_left": set(),
    "admin_here": {SEE, EDIT, REASSIGN, CREATE},
    "admin_here_who_left": set(),
    "consultant_of_a_leading_region": {SEE, CREATE},
    "admin_of_a_leading_region": {SEE, CREATE},
    "consultant_of_a_sharing_region": {SEE, CREATE},
    "admin_of_a_sharing_region": {SEE, CREATE},
    "consultant_of_a_region_of_a_site": {SEE, CREATE},
    "consultant_elsewhere": {CREATE},
    "admin_elsewhere": {CREATE},
    "national_admin": {SEE},
    "national_admin_who_left": set(),
    "signatory": {SEE, DECIDE},
    "signatory_who_left": set(),
    "signatory_turned_consultant": {CREATE},
    "signatory_who_wrote": {SEE},
    "signatory_whom_the_trail_knows": {SEE},
    "signatory_who_was_removed": set(),
    "deputy": {SEE, DECIDE},
    "deputy_who_left": set(),
    "deputy_whom_the_trail_knows": {SEE},
    "deputy_of_somebody_removed": {SEE},
    "deputy_who_was_removed": set(),
    "reader": {SEE},
    "stranger": set(),
}


def rights_of(user, engagement):
    """Return what the permissions and `visible_to` say."""
    said = {
        SEE: Engagement.objects.visible_to(user).filter(pk=engagement.pk).exists(),
        EDIT: permissions.can_edit_engagement(user, engagement),
        REASSIGN: permissions.can_reassign_engagement(user, engagement),
        DECIDE: permissions.can_decide_engagement(user, engagement),
        CREATE: permissions.can_create_engagement(user),
    }
    return {right for right, is_given in said.items() if is_given}


def test_rights_for_each_kind_of_person():
    engagement, people = everybody()

    rights = {kind: rights_of(person, engagement) for kind, person in people.items()}

    assert rights == RIGHTS


def test_rights_never_reach_further_than_sight():
    for kind, rights in RIGHTS.items():
        assert not rights - {CREATE} or SEE in rights, kind


@pytest.mark.parametrize("signing_order", SigningOrder)
def test_p18_access_table_agrees_with_the_rights(signing_order):
    engagement, people = everybody(signing_order)

    rows = policies.access_table(engagement, policies.touched_regions(engagement))

    told = {kind: _told(rows, person) for kind, person in people.items()}
    assert told == {kind: rights & {SEE, EDIT, DECIDE} for kind, rights in RIGHTS.items()}


def _told(rows, person):
    """Return what the access table says that a person may do."""
    mine = [row for row in rows if row.covers(person)]
    said = {
        SEE: any(row.can_see for row in mine),
        EDIT: any(row.can_edit for row in mine),
        DECIDE: any(row.can_decide for row in mine),
    }
    return {right for right, is_told in said.items() if is_told}


def test_client_leads_see_nothing_before_the_plan_is_shared():
    engagement, people = everybody()
    Engagement.objects.filter(pk=engagement.pk).update(shared_at=None)
    engagement.refresh_from_db()

    rows = policies.access_table(engagement, ())

    for kind in ("signatory", "deputy", "reader"):
        assert SEE not in rights_of(people[kind], engagement), kind
        assert not any(row.can_see or row.can_decide for row in rows if row.covers(people[kind])), kind


def test_visible_to_shows_nothing_to_somebody_who_is_not_signed_in():
    EngagementFactory(shared=True)
    anonymous = SimpleNamespace(is_authenticated=False, is_active=False)

    assert not Engagement.objects.visible_to(anonymous).exists()
