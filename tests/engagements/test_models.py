"""Records of an engagement: constraints, words and lists, and the whole plan read at once."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from directory.enums import Sector
from engagements.enums import CriterionSlug, Facet, StartedFrom
from engagements.models import Criterion, Engagement
from evaluation.models import Measure
from framework.models import ForwardViewStep
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import OrganisationFactory, SiteFactory, a_footprint, a_region
from tests.factories.engagements import (
    ClientLeadFactory,
    CriterionCheckFactory,
    DecisionFactory,
    EarlyStartFactory,
    EngagementFactory,
    FundingLineFactory,
    MessageFactory,
    ParticipantGroupFactory,
    PlaceFactory,
    PlannedInterventionFactory,
    PlanVersionFactory,
    PriorityFactory,
    PurposeFactory,
    StatusChangeFactory,
    VersionReadingFactory,
)
from tests.factories.evaluation import MeasureFactory
from tests.factories.framework import a_behaviour, a_role, a_step
from tests.factories.interventions import ProviderFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("factory", "values", "name"),
    [
        pytest.param(EngagementFactory, {"status": "martian"}, "engagement_status_known", id="status"),
        pytest.param(EngagementFactory, {"client_kind": "martian"}, "engagement_client_kind_known", id="client kind"),
        pytest.param(EngagementFactory, {"title": ""}, "engagement_has_title", id="title"),
        pytest.param(ParticipantGroupFactory, {"headcount": 0}, "participantgroup_headcount_at_least_one", id="headcount"),
        pytest.param(ParticipantGroupFactory, {"sector": "martian"}, "participantgroup_sector_known", id="sector"),
        pytest.param(PlaceFactory, {"name": ""}, "place_is_named", id="place"),
        pytest.param(PlaceFactory, {"level": "martian"}, "place_level_known", id="level of place"),
        pytest.param(PurposeFactory, {"strategy_confirmed_by": "Rosa"}, "purpose_confirmation_complete", id="by without on"),
        pytest.param(
            PurposeFactory, {"strategy_confirmed_on": date(2016, 1, 1)}, "purpose_confirmation_complete", id="on without by"
        ),
        pytest.param(PriorityFactory, {"level_now": "4", "level_wanted": "3"}, "priority_level_rises", id="levels"),
        pytest.param(
            PlannedInterventionFactory,
            {"starts_on": date(2016, 1, 2), "ends_on": date(2016, 1, 1)},
            "plannedintervention_ends_after_start",
            id="dates",
        ),
        pytest.param(
            PlannedInterventionFactory, {"estimated_cost": Decimal("-0.01")}, "plannedintervention_cost_not_negative", id="cost"
        ),
        pytest.param(
            PlannedInterventionFactory,
            {"is_no_cost": True, "estimated_cost": Decimal("0.01")},
            "plannedintervention_no_cost_has_no_sum",
            id="cost and no cost",
        ),
        pytest.param(FundingLineFactory, {"amount": Decimal("-0.01")}, "fundingline_amount_not_negative", id="amount"),
        pytest.param(FundingLineFactory, {"certainty": "martian"}, "fundingline_certainty_known", id="certainty"),
        pytest.param(CriterionCheckFactory, {"reason": ""}, "criterioncheck_has_reason", id="reason"),
    ],
)
def test_constraint_refuses_what_cannot_be(factory, values, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        factory(**values)


def test_constraint_refuses_two_providers():
    with pytest.raises(IntegrityError, match="plannedintervention_one_provider"), transaction.atomic():
        PlannedInterventionFactory(provider=ProviderFactory(), other_provider="A friend")


def test_constraint_refuses_a_second_reason_on_one_criterion():
    check = CriterionCheckFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        CriterionCheckFactory(planned_intervention=check.planned_intervention, criterion=check.criterion)


def test_constraint_refuses_one_person_named_twice():
    lead = ClientLeadFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        ClientLeadFactory(engagement=lead.engagement, user=lead.user)


def test_constraint_refuses_one_reference_twice():
    EngagementFactory(reference="EM-0001")

    with pytest.raises(IntegrityError), transaction.atomic():
        EngagementFactory(reference="EM-0001")


@pytest.mark.parametrize(
    ("factory", "values"),
    [
        (PriorityFactory, {"level_now": "3", "level_wanted": "3"}),
        (PlannedInterventionFactory, {"starts_on": date(2016, 1, 1), "ends_on": date(2016, 1, 1)}),
        (PlannedInterventionFactory, {"is_no_cost": True, "estimated_cost": Decimal(0)}),
        (PurposeFactory, {"strategy_confirmed": True}),
        (PlaceFactory, {"whole_area": True}),
    ],
)
def test_constraint_takes_what_just_can_be(factory, values):
    made = factory(**values)

    assert made.full_clean() is None
    assert type(made).objects.filter(pk=made.pk).exists()


def test_records_say_what_they_are():
    engagement = EngagementFactory.build(reference="EM-0042", title="Leading together", lead_region=None, lead_consultant=None)
    check = CriterionCheckFactory(planned_intervention__title="Coaching")
    lead = ClientLeadFactory()

    assert str(engagement) == "EM-0042 Leading together"
    assert engagement.get_absolute_url() == "/engagements/EM-0042/"
    assert str(check) == f"“{check.criterion}” for Coaching"
    assert str(lead) == str(lead.user)
    assert str(StatusChangeFactory()) == "Co-design to Withdrawn"
    assert str(FundingLineFactory(source="The CCGs")) == "The CCGs"
    assert str(Criterion.objects.get(slug=CriterionSlug.AFFORDABLE)) == "Affordable"


def test_records_of_a_review_say_what_they_are():
    version = PlanVersionFactory(number=2)
    reader = StpLeadFactory(full_name="Rosa Whitlow")
    decision = DecisionFactory(version=version, client_lead__user=reader)

    assert str(version) == "version 2"
    assert str(decision) == "Rosa Whitlow: I agree to this plan"
    assert str(VersionReadingFactory(version=version, user=reader)) == "version 2 read by Rosa Whitlow"
    assert str(MessageFactory(version=version)) == "Asks a signatory to decide: version 2"
    assert str(EarlyStartFactory(engagement=version.engagement)) == str(version.engagement)


def test_place_says_its_name_its_site_and_its_area():
    site = SiteFactory(name="Mid Fens")

    assert str(PlaceFactory(name="Boston")) == "Boston"
    assert str(PlaceFactory(name="", site=site)) == "Mid Fens (vanguard)"
    assert str(PlaceFactory(name="Boston", site=site, footprint=a_footprint())) == "Boston, Mid Fens (vanguard), Lincolnshire"


def test_group_takes_the_sector_of_its_organisation_or_its_own():
    council = OrganisationFactory(council=True)

    of_council = ParticipantGroupFactory(organisation=council, sector=Sector.NHS)
    citizens = ParticipantGroupFactory(sector=Sector.CITIZENS)
    unknown = ParticipantGroupFactory()

    assert (of_council.known_sector, of_council.sector_name) == (Sector.LOCAL_GOVERNMENT, "Local government")
    assert (citizens.known_sector, citizens.sector_name) == (Sector.CITIZENS, "Citizens")
    assert (unknown.known_sector, unknown.sector_name) == ("", "")


@pytest.mark.parametrize(
    ("values", "is_named", "is_confirmed"),
    [
        ({}, False, False),
        ({"strategy_title": "A plan"}, False, False),
        ({"strategy_section": "4"}, False, False),
        ({"strategy_title": "A plan", "strategy_section": "4"}, True, False),
        ({"strategy_confirmed": True}, True, True),
        ({"strategy_confirmed": True, "strategy_section": ""}, False, False),
    ],
)
def test_purpose_knows_whether_its_strategy_is_named_and_confirmed(values, is_named, is_confirmed):
    purpose = PurposeFactory(**values)

    assert (purpose.is_strategy_named, purpose.is_strategy_confirmed) == (is_named, is_confirmed)


@pytest.mark.parametrize(
    ("values", "is_known", "cost"),
    [
        ({}, False, None),
        ({"estimated_cost": Decimal(0)}, True, Decimal(0)),
        ({"estimated_cost": Decimal(12)}, True, Decimal(12)),
        ({"at_no_cost": True}, True, Decimal(0)),
    ],
)
def test_planned_intervention_knows_its_cost(values, is_known, cost):
    planned = PlannedInterventionFactory(**values)

    assert (planned.is_cost_known, planned.cost) == (is_known, cost)


def test_planned_intervention_names_its_provider_from_the_directory_or_as_typed():
    provider = ProviderFactory(name="Fenland Coaching")

    assert PlannedInterventionFactory(provider=provider).provider_name == "Fenland Coaching"
    assert PlannedInterventionFactory(other_provider="A friend").provider_name == "A friend"
    assert PlannedInterventionFactory().provider_name == ""


@pytest.mark.parametrize("facet", Facet)
def test_engagement_keeps_clarity_and_words_of_each_facet_apart(facet):
    engagement = EngagementFactory(**{f"{facet}_clarity": "clear", f"{facet}_words": "Ours"})

    assert {other: engagement.words_on(other) for other in Facet if engagement.words_on(other)} == {facet: "Ours"}
    assert [other for other in Facet if engagement.clarity_of(other) == "clear"] == [facet]


def test_engagement_may_start_from_any_facet_an_intervention_or_a_measure():
    assert set(StartedFrom.values) == {*Facet.values, "intervention", "measure"}


@pytest.mark.parametrize("factory", [ParticipantGroupFactory, PlaceFactory, PurposeFactory, PriorityFactory, MeasureFactory])
def test_engagement_is_never_deleted_with_what_it_holds(factory):
    engagement = factory().engagement

    with pytest.raises(ProtectedError):
        engagement.delete()


# Who sees what.


def test_visible_to_people_of_the_region_and_of_regions_that_place_touches():
    engagement = EngagementFactory()
    london, south_west = a_region("london"), a_region("south-west")
    PlaceFactory(engagement=engagement, name="", footprint=a_footprint(31))
    PlaceFactory(engagement=engagement, name="", site=SiteFactory(footprints=[a_footprint(44)]))
    by_site = a_footprint(44).lead_region

    def sees(person):
        return Engagement.objects.visible_to(person).filter(pk=engagement.pk).count()

    assert sees(ConsultantFactory()) == 1
    assert sees(RegionalAdminFactory(region=london)) == 1
    assert sees(ConsultantFactory(region=by_site)) == 1
    assert sees(NationalAdminFactory()) == 1
    strangers = {london, by_site, engagement.lead_region, *a_footprint(31).other_regions.all()}
    assert sees(ConsultantFactory(region=south_west)) == (1 if south_west in strangers else 0)
    assert sees(ConsultantFactory(left=True)) == 0


def test_visible_to_a_client_once_it_is_shared_with_them():
    waiting, shared = EngagementFactory(), EngagementFactory(shared=True)
    lead = StpLeadFactory()
    for engagement in (waiting, shared):
        ClientLeadFactory(engagement=engagement, user=lead)
    EngagementFactory(shared=True)

    assert list(Engagement.objects.visible_to(lead)) == [shared]


def test_visible_to_whoever_leads_it_or_is_on_the_team_wherever_they_work():
    elsewhere = a_region("north-east")
    lead, member = ConsultantFactory(region=elsewhere), ConsultantFactory(region=elsewhere)
    engagement = EngagementFactory(lead_consultant=lead, team=[member])

    for person in (lead, member):
        assert list(Engagement.objects.visible_to(person)) == [engagement]
        assert list(Engagement.objects.for_person(person)) == [engagement]


# The whole plan at once.


def fill(engagement, times=1):
    """Fill an engagement with everything a plan is made of."""
    for _ in range(times):
        group = ParticipantGroupFactory(
            engagement=engagement, organisation=OrganisationFactory(footprints=[a_footprint(14), a_footprint(13)])
        )
        PlaceFactory(engagement=engagement, site=SiteFactory(footprints=[a_footprint(14), a_footprint(13)]))
        PurposeFactory(engagement=engagement, forward_view_steps=[a_step("workforce"), a_step("cancer"), a_step()])
        priority = PriorityFactory(engagement=engagement, roles=[a_role()], behaviours=[a_behaviour()])
        planned = PlannedInterventionFactory(
            engagement=engagement,
            from_menu=True,
            provider=ProviderFactory(),
            audience=[group],
            serves=[priority],
            roles=[a_role()],
            behaviours=[a_behaviour()],
            forward_view_steps=[a_step("workforce"), a_step("cancer"), a_step()],
        )
        FundingLineFactory(planned_intervention=planned, amount=Decimal("4000.50"))
        CriterionCheckFactory(planned_intervention=planned, overruled=True, by=ConsultantFactory())
        MeasureFactory(engagement=engagement, planned_intervention=planned, baseline_on=date(2016, 4, 1), due_on=date(2017, 4, 1))
        ClientLeadFactory(engagement=engagement, organisation=group.organisation)
        engagement.team.add(ConsultantFactory())


def read_everything(engagement):
    """Walk every part of a plan, as the brief does, and return what it says."""
    said = [str(person) for person in engagement.team.all()]
    for group in engagement.groups.all():
        said += [str(group), str(group.organisation), *map(str, group.organisation.footprints.all())]
    for place in engagement.places.all():
        said += [str(place), *map(str, place.site.footprints.all())]
    for purpose in engagement.purposes.all():
        said += [str(purpose), *map(str, purpose.forward_view_steps.all())]
    for priority in engagement.priorities.all():
        said += [str(priority), *map(str, (*priority.roles.all(), *priority.behaviours.all()))]
    for planned in engagement.planned_interventions.all():
        said += [str(planned), str(planned.intervention), planned.provider_name]
        said += [f"{group} of {group.organisation}" for group in planned.audience.all()]
        lists = (planned.serves, planned.roles, planned.behaviours, planned.forward_view_steps)
        said += [str(row) for rows in lists for row in rows.all()]
        said += [f"{line.source} {line.amount}" for line in planned.funding_lines.all()]
        said += [f"{check.reason} {check.by} {check.at:%Y}" for check in planned.criterion_checks.all()]
    said += [f"{measure} {measure.planned_intervention} {measure.due_on:%d}" for measure in engagement.measures.all()]
    return said + [f"{lead} {lead.organisation}" for lead in engagement.client_leads.all()]


def test_load_plan_reads_a_whole_plan_in_as_many_queries_for_50_parts_as_for_one(django_assert_num_queries):
    one, many = EngagementFactory(), EngagementFactory()
    fill(one)
    fill(many, times=50)
    rows = [Engagement.objects.with_people().get(pk=engagement.pk) for engagement in (one, many)]
    # Asked once in each process, which must not be counted.
    assert connection.features.supports_json_field

    for engagement in rows:
        with django_assert_num_queries(8):
            read_everything(engagement.load_plan())


def test_load_plan_says_what_reading_part_by_part_says():
    engagement = EngagementFactory()
    fill(engagement, times=3)

    loaded = read_everything(Engagement.objects.get().load_plan())
    by_hand = read_everything(Engagement.objects.get())

    assert sorted(loaded) == sorted(by_hand)
    assert len(loaded) > 60


def test_load_plan_of_an_empty_engagement_is_empty():
    engagement = EngagementFactory().load_plan()

    assert read_everything(engagement) == []


def test_load_plan_keeps_its_lists_in_order():
    engagement = EngagementFactory()
    fill(engagement)
    first, second = PriorityFactory(engagement=engagement, position=9), PriorityFactory(engagement=engagement, position=2)
    planned = engagement.planned_interventions.get()
    planned.serves.set([first, second])
    loaded = Engagement.objects.get().load_plan()

    [row] = loaded.planned_interventions.all()

    assert list(row.serves.all()) == [second, first]
    gap, service, enabler = row.forward_view_steps.all()
    assert [step.kind for step in (gap, service, enabler)] == ["gap", "service", "enabler"]
    assert [area.number for area in loaded.groups.all()[0].organisation.footprints.all()] == [13, 14]


def test_load_plan_puts_steps_of_each_kind_in_their_own_order():
    steps = list(ForwardViewStep.objects.active())
    PurposeFactory(forward_view_steps=reversed(steps))

    [purpose] = Engagement.objects.get().load_plan().purposes.all()

    assert list(purpose.forward_view_steps.all()) == steps


def test_load_plan_keeps_a_measure_that_belongs_to_no_intervention():
    measure = MeasureFactory()

    [row] = Engagement.objects.get().load_plan().measures.all()

    assert (row, row.planned_intervention) == (measure, None)
    assert Measure.objects.count() == 1
