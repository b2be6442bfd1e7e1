"""The five useful criteria: every row of DESIGN's table and its edges."""

from datetime import date
from decimal import Decimal

import pytest

from directory.enums import Sector
from engagements import actions, documents, policies
from engagements.enums import CriterionSlug, Finding, Focus, FundingCertainty
from engagements.models import Criterion
from framework.enums import StepKind
from tests.engagements.findings import find
from tests.factories.directory import OrganisationFactory
from tests.factories.engagements import (
    CriterionCheckFactory,
    EngagementFactory,
    FundingLineFactory,
    ParticipantGroupFactory,
    PlannedInterventionFactory,
    PurposeFactory,
)
from tests.factories.framework import ForwardViewStepFactory, a_behaviour, a_role, a_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement():
    return EngagementFactory()


def steps_of(kinds):
    return [ForwardViewStepFactory(kind=kind) for kind in kinds]


@pytest.mark.parametrize(
    ("kinds", "share", "finding"),
    [
        pytest.param([StepKind.GAP], 0, Finding.MET, id="a gap, nothing preparatory"),
        pytest.param([StepKind.SERVICE], 49, Finding.MET, id="a service, just under half"),
        pytest.param([StepKind.ENABLER, StepKind.SERVICE], 20, Finding.MET, id="a service beside an enabler"),
        pytest.param([StepKind.GAP], 50, Finding.PARTLY, id="exactly half"),
        pytest.param([StepKind.GAP], 100, Finding.PARTLY, id="all preparatory"),
        pytest.param([StepKind.ENABLER], 0, Finding.PARTLY, id="enablers only"),
        pytest.param([StepKind.ENABLER], 80, Finding.PARTLY, id="enablers only, mostly preparatory"),
        pytest.param([StepKind.ENABLER], None, Finding.PARTLY, id="enablers only, share not given"),
        pytest.param([], 10, Finding.NOT_MET, id="no step"),
        pytest.param([StepKind.GAP], None, Finding.NOT_YET_KNOWN, id="share not given"),
        pytest.param([], None, Finding.NOT_YET_KNOWN, id="nothing given"),
    ],
)
def test_forward_view_by_kind_of_step_and_share(engagement, kinds, share, finding):
    planned = PlannedInterventionFactory(engagement=engagement, preparatory_percent=share, forward_view_steps=steps_of(kinds))

    found = find(planned, CriterionSlug.FORWARD_VIEW)

    assert found.finding == found.worked_out == finding


def test_forward_view_shows_the_steps_and_the_share(engagement):
    steps = [a_step("workforce"), a_step("cancer"), a_step()]
    planned = PlannedInterventionFactory(engagement=engagement, preparatory_percent=0, forward_view_steps=steps)

    found = find(planned, CriterionSlug.FORWARD_VIEW)

    assert found.evidence == [
        "Gap to close: Care and quality gap",
        "Service to change: Cancer",
        "Enabler: Workforce",
        "0% of the work is preparatory",
    ]


def test_forward_view_without_facts_says_which_are_missing(engagement):
    found = find(PlannedInterventionFactory(engagement=engagement), CriterionSlug.FORWARD_VIEW)

    assert found.evidence == ["No Forward View step is linked yet", "The share of preparatory work is not given yet"]


STRATEGY = {"strategy_title": "Our people plan", "strategy_section": "Section 4"}

CONFIRMED = {"strategy_confirmed_by": "Rosa Whitlow, workforce lead", "strategy_confirmed_on": date(2016, 11, 3)}


@pytest.mark.parametrize(
    ("strategy", "finding", "evidence"),
    [
        pytest.param(
            STRATEGY | CONFIRMED,
            Finding.MET,
            ["Our people plan, Section 4", "Confirmed by Rosa Whitlow, workforce lead on 3 November 2016"],
            id="named and confirmed",
        ),
        pytest.param(
            STRATEGY, Finding.PARTLY, ["Our people plan, Section 4", "Nobody has confirmed the link yet"], id="not confirmed"
        ),
        pytest.param(
            {"strategy_title": "Our people plan"},
            Finding.NOT_YET_KNOWN,
            ["Our people plan", "The section of the strategy is not given yet"],
            id="no section",
        ),
        pytest.param(
            {"strategy_title": "Our people plan"} | CONFIRMED,
            Finding.NOT_YET_KNOWN,
            ["Our people plan", "The section of the strategy is not given yet"],
            id="confirmed without a section",
        ),
        pytest.param(
            {"strategy_section": "Section 4"} | CONFIRMED,
            Finding.NOT_YET_KNOWN,
            ["No workforce strategy is named under Purpose yet"],
            id="no title",
        ),
        pytest.param({}, Finding.NOT_YET_KNOWN, ["No workforce strategy is named under Purpose yet"], id="nothing given"),
    ],
)
def test_workforce_strategy_by_what_purpose_says(engagement, strategy, finding, evidence):
    PurposeFactory(engagement=engagement, **strategy)
    planned = PlannedInterventionFactory(engagement=engagement)

    found = find(planned, CriterionSlug.WORKFORCE_STRATEGY)

    assert (found.finding, found.evidence) == (finding, evidence)


def test_workforce_strategy_without_a_purpose_is_not_yet_known(engagement):
    planned = PlannedInterventionFactory(engagement=engagement)

    assert find(planned, CriterionSlug.WORKFORCE_STRATEGY).finding == Finding.NOT_YET_KNOWN


def test_workforce_strategy_takes_the_purpose_that_says_most(engagement):
    PurposeFactory(engagement=engagement)
    PurposeFactory(engagement=engagement, strategy_title="A draft")
    PurposeFactory(engagement=engagement, strategy_title="Another plan", strategy_section="Section 1")
    PurposeFactory(engagement=engagement, **STRATEGY, **CONFIRMED)
    planned = PlannedInterventionFactory(engagement=engagement)

    found = find(planned, CriterionSlug.WORKFORCE_STRATEGY)

    assert (found.finding, found.evidence[0]) == (Finding.MET, "Our people plan, Section 4")


def group_of(engagement, name=None, sector=Sector.NHS):
    organisation = OrganisationFactory(name=name, sector=sector) if name else None
    return ParticipantGroupFactory(engagement=engagement, name=f"People of {name}", organisation=organisation)


def test_multi_organisational_with_two_sectors_is_multi_agency(engagement):
    audience = [
        group_of(engagement, "Fenland CCG"),
        group_of(engagement, "Ashby CCG"),
        group_of(engagement, "Wolds Council", Sector.LOCAL_GOVERNMENT),
    ]
    planned = PlannedInterventionFactory(engagement=engagement, audience=audience)

    found = find(planned, CriterionSlug.MULTI_ORGANISATIONAL)

    assert found.finding == Finding.MET
    assert found.evidence == ["Multi-agency", "Local government: Wolds Council", "NHS: Ashby CCG, Fenland CCG"]


def test_multi_organisational_with_two_organisations_of_one_sector_is_met(engagement):
    audience = [group_of(engagement, "Fenland CCG"), group_of(engagement, "Ashby CCG")]
    planned = PlannedInterventionFactory(engagement=engagement, audience=audience)

    found = find(planned, CriterionSlug.MULTI_ORGANISATIONAL)

    assert found.finding == Finding.MET
    assert found.evidence == ["Multi-organisational, within one sector", "NHS: Ashby CCG, Fenland CCG"]


def test_multi_organisational_with_two_groups_of_one_organisation_is_not_met(engagement):
    first = group_of(engagement, "Fenland CCG")
    second = ParticipantGroupFactory(engagement=engagement, organisation=first.organisation)
    planned = PlannedInterventionFactory(engagement=engagement, audience=[first, second])

    found = find(planned, CriterionSlug.MULTI_ORGANISATIONAL)

    assert (found.finding, found.evidence) == (Finding.NOT_MET, ["NHS: Fenland CCG"])


def test_multi_organisational_with_a_group_without_organisation_is_not_yet_known(engagement):
    audience = [group_of(engagement, "Fenland CCG"), ParticipantGroupFactory(engagement=engagement, name="Carers")]
    planned = PlannedInterventionFactory(engagement=engagement, audience=audience)

    found = find(planned, CriterionSlug.MULTI_ORGANISATIONAL)

    assert found.finding == Finding.NOT_YET_KNOWN
    assert found.evidence == ["NHS: Fenland CCG", "No organisation is named for Carers"]


def test_multi_organisational_with_enough_organisations_does_not_wait_for_the_other_groups(engagement):
    audience = [
        group_of(engagement, "Fenland CCG"),
        group_of(engagement, "Ashby CCG"),
        ParticipantGroupFactory(engagement=engagement, name="Carers", sector=Sector.CITIZENS),
    ]
    planned = PlannedInterventionFactory(engagement=engagement, audience=audience)

    found = find(planned, CriterionSlug.MULTI_ORGANISATIONAL)

    assert found.finding == Finding.MET
    assert found.evidence[-1] == "No organisation is named for Carers"


def test_multi_organisational_looks_at_the_audience_and_not_at_all_people(engagement):
    group_of(engagement, "Ashby CCG")
    planned = PlannedInterventionFactory(engagement=engagement, audience=[group_of(engagement, "Fenland CCG")])

    assert find(planned, CriterionSlug.MULTI_ORGANISATIONAL).finding == Finding.NOT_MET


def test_multi_organisational_without_an_audience_is_not_yet_known(engagement):
    found = find(PlannedInterventionFactory(engagement=engagement), CriterionSlug.MULTI_ORGANISATIONAL)

    assert (found.finding, found.evidence) == (Finding.NOT_YET_KNOWN, ["No audience is chosen yet"])


@pytest.mark.parametrize(
    ("focus", "develops", "finding"),
    [
        pytest.param(Focus.SYSTEMS, ["roles"], Finding.MET, id="focus and a role"),
        pytest.param(Focus.LEADERSHIP, ["behaviours"], Finding.MET, id="focus and a behaviour"),
        pytest.param(Focus.ORGANISATIONS, ["roles", "behaviours"], Finding.MET, id="focus and both"),
        pytest.param(Focus.SYSTEMS, [], Finding.PARTLY, id="focus only"),
        pytest.param("", ["roles"], Finding.PARTLY, id="a role only"),
        pytest.param("", ["behaviours"], Finding.PARTLY, id="a behaviour only"),
        pytest.param("", [], Finding.NOT_YET_KNOWN, id="neither"),
    ],
)
def test_leadership_focus_by_focus_and_development(engagement, focus, develops, finding):
    chosen = {"roles": [a_role()], "behaviours": [a_behaviour()]}
    planned = PlannedInterventionFactory(engagement=engagement, focus=focus, **{name: chosen[name] for name in develops})

    assert find(planned, CriterionSlug.LEADERSHIP_FOCUS).finding == finding


def test_leadership_focus_shows_the_focus_the_roles_and_the_behaviours(engagement):
    planned = PlannedInterventionFactory(engagement=engagement, focus=Focus.SYSTEMS, roles=[a_role()], behaviours=[a_behaviour()])

    found = find(planned, CriterionSlug.LEADERSHIP_FOCUS)

    assert found.evidence == ["Focus on systems", f"Develops: {a_role()}; {a_behaviour()}"]


def test_leadership_focus_without_facts_says_which_are_missing(engagement):
    found = find(PlannedInterventionFactory(engagement=engagement), CriterionSlug.LEADERSHIP_FOCUS)

    assert found.evidence == ["No focus is chosen yet", "No leadership role or behaviour is chosen yet"]


def test_leadership_focus_of_a_menu_item_asks_what_was_co_designed_and_not_what_the_menu_says(engagement):
    planned = PlannedInterventionFactory(engagement=engagement, from_menu=True, focus=Focus.LEADERSHIP)

    assert find(planned, CriterionSlug.LEADERSHIP_FOCUS).finding == Finding.PARTLY


SURE, LIKELY, MISSING = FundingCertainty.CONFIRMED, FundingCertainty.IN_PRINCIPLE, FundingCertainty.NOT_FOUND


@pytest.mark.parametrize(
    ("cost", "lines", "finding", "last"),
    [
        pytest.param("12000", [("12000", SURE)], Finding.MET, None, id="covered exactly"),
        pytest.param("12000", [("6000", SURE), ("6000.01", SURE)], Finding.MET, None, id="covered by two sums"),
        pytest.param("12000", [("11999.99", SURE)], Finding.NOT_MET, "Shortfall £0.01", id="a penny short"),
        pytest.param(
            "12000",
            [("11999.99", SURE), ("0.01", LIKELY)],
            Finding.PARTLY,
            "£0.01 is agreed in principle only",
            id="a penny in principle",
        ),
        pytest.param("12000", [("12000", LIKELY)], Finding.PARTLY, "£12,000 is agreed in principle only", id="all in principle"),
        pytest.param(
            "12000",
            [("5000", SURE), ("3000", LIKELY), ("4000", MISSING)],
            Finding.NOT_MET,
            "Shortfall £7,000, of which £3,000 is agreed in principle",
            id="money not found covers nothing",
        ),
        pytest.param("12000", [("12000", MISSING)], Finding.NOT_MET, "Shortfall £12,000", id="all not found"),
        pytest.param("12000", [("0", SURE)], Finding.NOT_MET, "Shortfall £12,000", id="a line of nothing"),
        pytest.param("1234.56", [("234.06", SURE)], Finding.NOT_MET, "Shortfall £1,000.50", id="pence"),
        pytest.param("12000", [], Finding.NOT_YET_KNOWN, "No funding is named yet", id="no line"),
        pytest.param("0", [], Finding.MET, "There is no cost", id="a cost of nothing"),
        pytest.param(None, [], Finding.NOT_YET_KNOWN, "The cost is not estimated yet", id="no cost given"),
        pytest.param(None, [("500", SURE)], Finding.NOT_YET_KNOWN, "The cost is not estimated yet", id="money without a cost"),
    ],
)
def test_affordable_by_cost_and_funding(engagement, cost, lines, finding, last):
    planned = PlannedInterventionFactory(engagement=engagement, estimated_cost=cost and Decimal(cost))
    for amount, certainty in lines:
        FundingLineFactory(planned_intervention=planned, amount=Decimal(amount), certainty=certainty)

    found = find(planned, CriterionSlug.AFFORDABLE)

    assert found.finding == finding
    assert last is None or found.evidence[-1] == last


def test_affordable_shows_the_cost_each_line_and_the_shortfall(engagement):
    planned = PlannedInterventionFactory(engagement=engagement, estimated_cost=Decimal("12000.50"))
    FundingLineFactory(planned_intervention=planned, source="The four CCGs", amount=Decimal(5000), certainty=SURE)
    FundingLineFactory(planned_intervention=planned, source="HEE local office", amount=Decimal(3000), certainty=LIKELY)

    found = find(planned, CriterionSlug.AFFORDABLE)

    assert found.evidence == [
        "Cost £12,000.50",
        "The four CCGs: £5,000, confirmed",
        "HEE local office: £3,000, agreed in principle",
        "Shortfall £7,000.50, of which £3,000 is agreed in principle",
    ]


def test_affordable_and_the_brief_name_the_same_shortfall(engagement):
    planned = PlannedInterventionFactory(engagement=engagement, estimated_cost=Decimal(18000))
    for amount, certainty in ((12000, SURE), (2000, LIKELY)):
        FundingLineFactory(planned_intervention=planned, amount=Decimal(amount), certainty=certainty)

    (printed,) = documents.load_brief(engagement).planned

    assert printed.shortfall == "6000.00"
    assert "Shortfall £6,000, of which £2,000 is agreed in principle" in [line for r in printed.results for line in r.evidence]


def test_affordable_at_no_cost_needs_no_funding(engagement):
    found = find(PlannedInterventionFactory(engagement=engagement, at_no_cost=True), CriterionSlug.AFFORDABLE)

    assert (found.finding, found.evidence) == (Finding.MET, ["There is no cost"])


@pytest.mark.parametrize(
    ("amount", "words"),
    [("0", "£0"), ("0.5", "£0.50"), ("4000", "£4,000"), ("4000.50", "£4,000.50"), ("9999999", "£9,999,999")],
)
def test_pounds_writes_pence_only_where_there_are_any(amount, words):
    assert policies.pounds(Decimal(amount)) == words


def test_criteria_are_worked_out_again_when_the_data_changes(engagement):
    planned = PlannedInterventionFactory(engagement=engagement, estimated_cost=Decimal(1000))
    line = FundingLineFactory(planned_intervention=planned, amount=Decimal(1000), certainty=LIKELY)
    assert find(planned, CriterionSlug.AFFORDABLE).finding == Finding.PARTLY

    actions.change_entry(entry=line, values={"certainty": SURE}, by=engagement.lead_consultant)

    assert find(planned, CriterionSlug.AFFORDABLE).finding == Finding.MET


def test_criteria_come_for_each_intervention_in_their_order_and_word_for_word(engagement):
    first, second = PlannedInterventionFactory.create_batch(2, engagement=engagement)
    criteria = list(Criterion.objects.order_by("position"))

    findings = policies.work_out_criteria(engagement.load_plan(), criteria)

    assert list(findings) == [first.pk, second.pk]
    for row in findings.values():
        assert [(found.slug, found.short_name, found.text) for found in row] == [
            (criterion.slug, criterion.short_name, criterion.text) for criterion in criteria
        ]


def test_criteria_of_a_loaded_plan_read_nothing_more(engagement, django_assert_num_queries):
    group = ParticipantGroupFactory(engagement=engagement, of_an_organisation=True)
    planned = PlannedInterventionFactory(engagement=engagement, audience=[group], forward_view_steps=[a_step()])
    FundingLineFactory(planned_intervention=planned)
    CriterionCheckFactory(planned_intervention=planned, overruled=True)
    criteria = list(Criterion.objects.all())
    engagement.load_plan()

    with django_assert_num_queries(0):
        policies.work_out_criteria(engagement, criteria)
