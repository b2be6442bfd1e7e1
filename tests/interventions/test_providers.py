"""What may be written of providers, and by whom: each region moves itself in and out, and nobody else."""

import pytest
from django.contrib.auth.models import AnonymousUser

from core import audit
from core.models import AuditEvent, RecordVersion
from core.records import snapshot
from core.refusals import ActionRefused
from engagements.policies import plans_with_provider
from interventions import actions, permissions, policies
from interventions.enums import ProviderKind
from interventions.models import Provider
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import a_region
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory
from tests.factories.interventions import ProviderFactory, RegionalOfferFactory, an_intervention

pytestmark = pytest.mark.django_db

OURS, THEIRS, THIRD = "east-midlands", "north-west", "north-east"


def ours():
    return a_region(OURS)


def theirs():
    return a_region(THEIRS)


def an_admin():
    return RegionalAdminFactory(region=ours())


def regions_of(provider):
    return {region.slug for region in Provider.objects.get(pk=provider.pk).regions.all()}


def test_add_provider_of_a_regional_admin_works_in_their_region_whatever_else_was_posted():
    values = {"name": "Trent Facilitators", "kind": ProviderKind.FACILITATOR, "regions": [theirs()]}

    provider = actions.add_provider(values=values, by=an_admin())

    assert regions_of(provider) == {OURS}


def test_change_provider_of_a_regional_admin_moves_no_other_region():
    provider = ProviderFactory(regions=[ours(), theirs()])

    actions.change_provider(provider=provider, values={"regions": [ours(), a_region(THIRD)]}, by=an_admin())

    assert regions_of(provider) == {OURS, THEIRS}


def test_change_provider_takes_out_the_admins_own_region_only():
    provider = ProviderFactory(regions=[ours(), theirs()])

    actions.change_provider(provider=provider, values={"regions": []}, by=an_admin())

    assert regions_of(provider) == {THEIRS}
    event = AuditEvent.objects.get(trail="providers")
    assert event.changes[0]["old"] == f"{ours()}, {theirs()}"


def test_change_provider_adds_the_admins_own_region_only():
    provider = ProviderFactory(regions=[theirs()])

    actions.change_provider(provider=provider, values={"regions": [ours()]}, by=an_admin())

    assert regions_of(provider) == {OURS, THEIRS}


def test_change_provider_by_two_regions_at_once_loses_neither_choice():
    provider = ProviderFactory(regions=[ours(), theirs(), a_region(THIRD)])
    seen = snapshot(provider, ["regions"])

    for region in (ours(), theirs()):
        by = RegionalAdminFactory(region=region)
        actions.change_provider(provider=provider, values={"regions": []}, by=by, seen=seen)

    assert regions_of(provider) == {THIRD}


@pytest.mark.parametrize("field", ["name", "notes", "declared_interest", "contact"])
def test_change_provider_of_several_regions_is_for_national_admins(field):
    provider = ProviderFactory(regions=[ours(), theirs()])

    with pytest.raises(ActionRefused, match="only national admins"):
        actions.change_provider(provider=provider, values={field: "Rewritten"}, by=an_admin())
    actions.change_provider(provider=provider, values={field: "Rewritten"}, by=NationalAdminFactory())

    assert getattr(Provider.objects.get(pk=provider.pk), field) == "Rewritten"


def test_change_provider_of_the_whole_country_cannot_be_made_one_regions():
    provider = ProviderFactory()

    with pytest.raises(ActionRefused, match="whole country already"):
        actions.change_provider(provider=provider, values={"regions": [ours()]}, by=an_admin())

    assert regions_of(provider) == set()


def test_change_provider_cannot_leave_the_only_region():
    provider = ProviderFactory(regions=[ours()])

    with pytest.raises(ActionRefused, match="Retire it instead"):
        actions.change_provider(provider=provider, values={"regions": []}, by=an_admin())

    assert regions_of(provider) == {OURS}


def test_change_provider_keeps_each_version():
    provider = ProviderFactory(regions=[ours()], notes="First")

    actions.change_provider(provider=provider, values={"notes": "Second"}, by=an_admin())

    kept = [version.values["notes"]["text"] for version in RecordVersion.objects.of(provider).order_by("number")]
    assert kept == ["First", "Second"]


def test_retire_and_reinstate_provider_each_once():
    provider, by = ProviderFactory(regions=[ours()]), an_admin()

    actions.retire_provider(provider=provider, by=by)
    with pytest.raises(ActionRefused, match="retired already"):
        actions.retire_provider(provider=provider, by=by)
    assert not Provider.objects.get(pk=provider.pk).is_active

    actions.reinstate_provider(provider=provider, by=by)
    with pytest.raises(ActionRefused, match="in use already"):
        actions.reinstate_provider(provider=provider, by=by)
    assert Provider.objects.get(pk=provider.pk).is_active
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True)) == ["retired", "brought back"]


@pytest.mark.parametrize("use", ["plan", "offer"])
def test_remove_provider_refuses_what_is_used(use):
    provider = ProviderFactory(regions=[ours()])
    if use == "plan":
        PlannedInterventionFactory(provider=provider, title="Secret plan of the north")
    else:
        RegionalOfferFactory(region=theirs()).providers.set([provider])

    with pytest.raises(ActionRefused, match="Retire it instead") as refused:
        actions.remove_provider(provider=provider, by=an_admin())

    assert "Secret" not in str(refused.value)
    assert Provider.objects.filter(pk=provider.pk).exists()


def test_remove_provider_keeps_what_it_said_in_the_trail():
    provider = ProviderFactory(name="Trent Facilitators", regions=[ours()])

    actions.remove_provider(provider=provider, by=an_admin())

    event = AuditEvent.objects.get(trail="providers")
    assert (event.verb, event.changes[0]["old"]) == ("removed", "Trent Facilitators")
    assert not Provider.objects.filter(name="Trent Facilitators").exists()


@pytest.mark.parametrize(
    "act",
    [
        lambda provider, by: actions.change_provider(provider=provider, values={"notes": "New"}, by=by),
        lambda provider, by: actions.retire_provider(provider=provider, by=by),
        lambda provider, by: actions.remove_provider(provider=provider, by=by),
    ],
    ids=["change", "retire", "remove"],
)
def test_an_action_on_a_provider_that_somebody_removed_says_so(act):
    provider, by = ProviderFactory(regions=[ours()]), an_admin()
    Provider.objects.filter(pk=provider.pk).delete()

    with pytest.raises(ActionRefused, match="removed this provider meanwhile"):
        act(provider, by)


def test_nothing_of_a_provider_is_written_when_the_audit_write_fails(monkeypatch):
    provider, by = ProviderFactory(regions=[ours()]), an_admin()

    def fail(*args, **kwargs):
        raise RuntimeError("the trail is full")

    monkeypatch.setattr(audit, "record", fail)
    for act in (actions.retire_provider, actions.remove_provider):
        with pytest.raises(RuntimeError, match="the trail is full"):
            act(provider=provider, by=by)

    assert Provider.objects.get(pk=provider.pk).is_active


ROLES = [
    pytest.param(AnonymousUser, (False, False, False, False), id="anonymous"),
    pytest.param(StpLeadFactory, (False, False, False, False), id="STP lead"),
    pytest.param(lambda: ConsultantFactory(region=ours()), (True, False, False, False), id="consultant"),
    pytest.param(an_admin, (True, True, True, True), id="regional admin"),
    pytest.param(lambda: RegionalAdminFactory(region=theirs()), (True, True, False, False), id="admin of another region"),
    pytest.param(NationalAdminFactory, (True, True, True, False), id="national admin"),
    pytest.param(lambda: RegionalAdminFactory(region=ours(), left=True), (False, False, False, False), id="left"),
]


@pytest.mark.parametrize(("make", "may"), ROLES)
def test_who_may_do_what_with_a_provider(make, may):
    user, own = make(), ProviderFactory(regions=[ours()])
    shared = ProviderFactory(regions=[ours(), a_region(THIRD)])

    assert (
        permissions.can_read_providers(user),
        permissions.can_add_provider(user),
        permissions.can_keep_provider(user, own),
        permissions.can_leave_provider(user, shared),
    ) == may


def test_a_regional_admin_keeps_neither_shared_nor_national_providers():
    by = an_admin()

    assert not permissions.can_keep_provider(by, ProviderFactory(regions=[ours(), theirs()]))
    assert not permissions.can_keep_provider(by, ProviderFactory())
    assert not permissions.can_leave_provider(by, ProviderFactory(regions=[ours()]))


def test_visible_providers_are_the_regions_own_and_national_ones_each_once():
    own, shared, national = (
        ProviderFactory(name="Own", regions=[ours()]),
        ProviderFactory(name="Shared", regions=[ours(), theirs()]),
        ProviderFactory(name="National"),
    )
    hidden = ProviderFactory(name="Hidden", regions=[theirs()])
    found = {
        user: [provider.name for provider in Provider.objects.visible_to(user).found_by()]
        for user in (an_admin(), ConsultantFactory(region=ours()), NationalAdminFactory(), StpLeadFactory(), AnonymousUser())
    }

    assert list(found.values()) == [
        [str(national), str(own), str(shared)],
        [str(national), str(own), str(shared)],
        [str(hidden), str(national), str(own), str(shared)],
        [],
        [],
    ]
    assert set(Provider.objects.for_region(ours())) == {own, shared, national}


def test_plans_using_names_open_plans_that_the_admin_may_see():
    provider = ProviderFactory(regions=[ours(), theirs()])
    for region, status in ((ours(), "co_design"), (ours(), "withdrawn"), (theirs(), "co_design")):
        consultant = ConsultantFactory(region=region)
        engagement = EngagementFactory(lead_region=region, lead_consultant=consultant, status=status, title=f"{region} {status}")
        PlannedInterventionFactory(engagement=engagement, provider=provider, title="Coaching")

    # Whoever joins twice is asked once.
    policies.register_plans_finder(plans_with_provider)
    seen = [use.label for use in policies.plans_using(provider, an_admin())]
    everything = [use.label for use in policies.plans_using(provider, NationalAdminFactory())]

    assert [label.partition(" EM-")[0] for label in seen] == ["Coaching, in"]
    assert "East Midlands co_design" in seen[0]
    assert len(everything) == 2


def test_offers_using_names_the_admins_own():
    provider = ProviderFactory(regions=[ours(), theirs()])
    for region in (ours(), theirs()):
        RegionalOfferFactory(region=region, intervention=an_intervention()).providers.set([provider])

    assert [offer.region for offer in policies.offers_using(provider, an_admin())] == [ours()]
    assert len(policies.offers_using(provider, NationalAdminFactory())) == 2
