"""A realistic engagement: Lincolnshire, from the first conversation to a plan that can be read at a board."""

from datetime import UTC, date, datetime
from decimal import Decimal

from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from directory.models import Footprint, Organisation, Region
from engagements import documents
from engagements.enums import Clarity, CriterionSlug, Finding, FundingCertainty, SourcingRoute, VersionOutcome
from engagements.models import (
    ClientLead,
    Criterion,
    CriterionCheck,
    Engagement,
    FundingLine,
    ParticipantGroup,
    Place,
    PlannedIntervention,
    PlanVersion,
    Priority,
    Purpose,
)
from evaluation.models import Measure
from framework.models import Behaviour, ForwardViewStep, LeadershipRole
from interventions.enums import ProviderKind
from interventions.models import Intervention, Provider

WRITTEN_AT = datetime(2017, 3, 6, 9, 30, tzinfo=UTC)


def lincolnshire():
    """Save the engagement with everything on it and return it, read afresh."""
    region = Region.objects.get(slug="east-midlands")
    lead = _person("Asha Raman", "Senior Consultant", Role.CONSULTANT, region)
    colleague = _person("Tom Ellery", "Organisation Development Consultant", Role.CONSULTANT, region)
    engagement = Engagement.objects.create(
        reference="EM-0042",
        title="Leading frailty together in Lincolnshire",
        client="Lincolnshire STP Frailty Programme Board",
        client_kind="whole_stp",
        lead_region=region,
        lead_consultant=lead,
        started_from="priorities",
        people_clarity=Clarity.CLEAR,
        people_words="It cannot be the usual faces. If the matrons and the ward managers are not in the room, nothing will be different by "
        "winter.",
        place_clarity=Clarity.CLEAR,
        place_words="Boston and the coast are a different country from Stamford. Start in the east and let the rest of us learn from it.",
        purpose_clarity=Clarity.CLEAR,
        purpose_words="We want Mrs Allen to be at home, safe and known to us, before anyone has to ring for an ambulance.",
        priorities_clarity=Clarity.IN_PROGRESS,
        priorities_words="We are very good at agreeing in the room and then going home to our own targets.",
    )
    engagement.team.add(colleague)
    groups = _people(engagement)
    _place(engagement)
    _purpose(engagement)
    priorities = _priorities(engagement)
    programme, sets = _plan(engagement, groups, priorities, lead)
    _measures(engagement, programme, sets)
    _client_leads(engagement)
    return Engagement.objects.with_people().get(pk=engagement.pk)


def six_pages():
    """Save the same engagement with one of its two interventions: the length of most briefs, and of the figures promised."""
    engagement = lincolnshire()
    second = engagement.planned_interventions.get(position=2)
    for rows in (second.measures, second.criterion_checks, second.funding_lines):
        rows.all().delete()
    second.delete()
    engagement.measures.order_by("pk").last().delete()
    engagement.groups.filter(planned_interventions__isnull=True).delete()
    return Engagement.objects.with_people().get(pk=engagement.pk)


def agreed_version(engagement, number=1):
    """Save one agreed version of a plan, of which there is no file yet."""
    brief = documents.load_brief(engagement)
    return PlanVersion.objects.create(
        engagement=engagement,
        number=number,
        document=documents.to_json(brief),
        content_hash=documents.content_hash(brief),
        submitted_by=engagement.lead_consultant,
        submitted_by_name=engagement.lead_consultant.full_name,
        outcome=VersionOutcome.AGREED,
        settled_at=timezone.now(),
    )


def _person(name, job_title, role, region=None):
    email = f"{name.lower().replace(' ', '.').replace('’', '')}@example.nhs.uk"
    return User.objects.create(email=email, full_name=name, job_title=job_title, role=role, region=region)


def _organisation(name, sector):
    organisation, _ = Organisation.objects.get_or_create(name=name, defaults={"sector": sector})
    if not organisation.footprints.exists():
        organisation.footprints.add(Footprint.objects.get(number=13))
    return organisation


def _people(engagement):
    rows = [
        ("GP clinical leads", "NHS Lincolnshire East CCG", "nhs", 6, "They hold the frailty register and see people first."),
        ("GP clinical leads", "NHS Lincolnshire West CCG", "nhs", 6, "They will carry what is learned in the east to Lincoln."),
        ("Commissioning managers", "NHS South West Lincolnshire CCG", "nhs", 4, ""),
        (
            "Adult care team leaders",
            "Lincolnshire County Council",
            "local_government",
            8,
            "Half of delayed discharges wait on a package of care. The team leaders decide who waits.",
        ),
        (
            "Community nurses and ward managers",
            "St Barnabas Lincolnshire Hospice",
            "voluntary_and_community",
            5,
            "They know how to talk about what matters to a person, and others could learn it from them.",
        ),
    ]
    return [
        ParticipantGroup.objects.create(
            engagement=engagement,
            name=name,
            organisation=_organisation(organisation, sector),
            headcount=headcount,
            why_them=why,
        )
        for name, organisation, sector, headcount, why in rows
    ]


def _place(engagement):
    area = Footprint.objects.get(number=13)
    Place.objects.create(engagement=engagement, level="stp_area", footprint=area)
    Place.objects.create(
        engagement=engagement,
        level="locality",
        footprint=area,
        name="Boston, Skegness and the coast",
        note="The oldest population in the county, long drives between services and two bus routes. Sessions are held here.",
    )


def _purpose(engagement):
    purpose = Purpose.objects.create(
        engagement=engagement,
        statement="Older people living with frailty on the Lincolnshire coast are looked after at home by people who know them, and "
        "leaders from five organisations run the pathway as one team.",
        real_work_issue="The coastal frailty pathway: one assessment, one plan and one named person for each of the 900 people most at "
        "risk, in place before winter 2017.",
        strategy_title="Lincolnshire STP Local Workforce Strategy 2016 to 2021",
        strategy_section="Section 4.2, Leading across boundaries",
        strategy_confirmed_by="Maria Costello, Chair of the Local Workforce Action Board",
        strategy_confirmed_on=date(2017, 2, 21),
    )
    purpose.forward_view_steps.set(_steps("care-and-quality-gap", "older-people-and-frailty"))


def _priorities(engagement):
    first = Priority.objects.create(
        engagement=engagement,
        position=1,
        statement="Decide together, and keep to it when the targets of one organisation pull the other way.",
        level_now="2",
        level_wanted="4",
    )
    first.roles.set(_roles("Align organisations and systems", "Managing risk and compromise"))
    first.behaviours.set(
        _behaviours("Concede organisational goals for benefit of the system", "Leading without and beyond authority")
    )
    second = Priority.objects.create(
        engagement=engagement,
        position=2,
        statement="Hear older people and their carers before a service is changed, and show them what came of it.",
        level_now="1",
        level_wanted="3",
    )
    second.roles.set(_roles("Using citizen insight to drive innovation"))
    second.behaviours.set(_behaviours("Working with diverse groups of citizens and communities"))
    return first, second


def _plan(engagement, groups, priorities, lead):
    provider = Provider.objects.create(
        name="Fenland Leadership Associates",
        kind=ProviderKind.AGENCY,
        declared_interest="One associate worked for Lincolnshire East CCG until 2015. She takes no part in this work.",
    )
    programme = PlannedIntervention.objects.create(
        engagement=engagement,
        position=1,
        intervention=Intervention.objects.get(slug="leading-complex-change"),
        title="Leading the coastal frailty pathway",
        co_designed="Six working days over eight months for 24 leaders, held in Boston. Each day joins one idea to the next move in the "
        "pathway itself: who assesses, who decides, who pays.\n\nOlder people and carers open every second day and hear at the next "
        "one what was done about what they said.",
        focus="systems",
        preparatory_percent=20,
        sourcing_route=SourcingRoute.COMMISSION,
        provider=provider,
        route_reason="Nobody in the region has run complex change work with adult care and a hospice together. Three providers were asked; "
        "this one had done it on the Norfolk coast and two former participants spoke for it.",
        starts_on=date(2017, 5, 11),
        ends_on=date(2017, 12, 7),
        sessions=6,
        places=24,
        estimated_cost=Decimal("18500.00"),
        expected_impact="One assessment in use by all five organisations by December 2017. Fewer people over 75 taken to Pilgrim Hospital "
        "who could have been looked after at home, and leaders who settle a disagreement in the room rather than after it.",
    )
    programme.audience.set(groups)
    programme.serves.set(priorities)
    programme.roles.set(
        _roles("Align organisations and systems", "Managing risk and compromise", "Develop diverse relationships")
    )
    programme.behaviours.set(
        _behaviours("Concede organisational goals for benefit of the system", "Managing diversity, conflict and uncertainty")
    )
    programme.forward_view_steps.set(_steps("care-and-quality-gap", "older-people-and-frailty"))
    for source, amount, certainty in [
        ("East Midlands LDP regional fund", 9000, FundingCertainty.CONFIRMED),
        ("Lincolnshire STP programme budget", 6500, FundingCertainty.IN_PRINCIPLE),
        ("Health Education England local office", 3000, FundingCertainty.NOT_FOUND),
    ]:
        FundingLine.objects.create(planned_intervention=programme, source=source, amount=amount, certainty=certainty)
    sets = PlannedIntervention.objects.create(
        engagement=engagement,
        position=2,
        intervention=Intervention.objects.get(slug="action-learning-sets"),
        title="Action learning for the people in the middle",
        co_designed="Two sets of six, one meeting in Skegness and one in Boston, with members from each organisation in both. The county "
        "council’s own facilitators, trained in 2015, lead them.",
        focus="leadership",
        preparatory_percent=0,
        sourcing_route=SourcingRoute.SIGNPOST,
        other_provider="Lincolnshire County Council learning and development",
        route_reason="The sets run already and have room. Paying for new ones would take trade from people who do it well.",
        starts_on=date(2017, 6, 1),
        ends_on=date(2018, 3, 29),
        sessions=10,
        places=12,
        is_no_cost=True,
        expected_impact="Twelve middle leaders who ring each other first, and a list of what got in the way that the programme board works "
        "through each month.",
    )
    sets.audience.set([groups[0], groups[3], groups[4]])
    sets.serves.set(priorities[:1])
    sets.roles.set(_roles("Enabler role, holding people to account for the work"))
    sets.behaviours.set(_behaviours("Patience, persistence and resilience", "Developing strong / honest relationships"))
    sets.forward_view_steps.set(_steps("leadership-and-culture"))
    _reason(
        programme,
        CriterionSlug.AFFORDABLE,
        "",
        "The first three days are covered by money that is confirmed. The board decides on the rest on 27 April, and days four to six "
        "are booked only then.",
        Finding.NOT_MET,
        lead,
    )
    _reason(
        sets,
        CriterionSlug.FORWARD_VIEW,
        Finding.MET,
        "Each member brings one patient from the frailty register as the matter they work on, so the sets change care as well as the "
        "culture around it.",
        Finding.PARTLY,
        lead,
    )
    return programme, sets


def _reason(planned, slug, overruled_to, reason, worked_out, by):
    CriterionCheck.objects.create(
        planned_intervention=planned,
        criterion=Criterion.objects.get(slug=slug),
        overruled_to=overruled_to,
        reason=reason,
        worked_out=worked_out,
        by=by,
        at=WRITTEN_AT,
    )


def _measures(engagement, programme, sets):
    Measure.objects.create(
        engagement=engagement,
        planned_intervention=programme,
        outcome="People over 75 on the frailty register are looked after at home rather than taken to hospital.",
        level="population",
        kirkpatrick="results",
        kind="number",
        unit="unplanned admissions for each 1,000 people on the register, each month",
        baseline="41",
        baseline_on=date(2017, 2, 28),
        target="35",
        due_on=date(2018, 2, 28),
        direction="decrease",
        method="Monthly count from hospital records, matched with the register by the CCG’s information team.",
        data_source="Hospital Episode Statistics and the frailty register",
        owner="Head of information, NHS Lincolnshire East CCG",
        collected_from="The 12 practices of the coast",
        other_influences="A mild winter, and the new ambulance rota that starts in September.",
        agreed_with="Frailty Programme Board",
        agreed_on=date(2017, 3, 2),
    )
    Measure.objects.create(
        engagement=engagement,
        planned_intervention=programme,
        outcome="Decisions about one person’s care are taken once, by all five organisations together.",
        level="system",
        kirkpatrick="behaviour",
        kind="scale",
        unit="1 (never) to 5 (always)",
        no_baseline_reason="The joint meeting starts with the programme, so there is nothing to count before it.",
        target="4 on average",
        due_on=date(2017, 12, 7),
        direction="increase",
        method="Each member scores the meeting on paper as it ends.",
        owner="Programme manager",
        agreed_with="Frailty Programme Board",
        agreed_on=date(2017, 3, 2),
    )
    Measure.objects.create(
        engagement=engagement,
        planned_intervention=sets,
        outcome="Members settle a matter with a colleague in another organisation without passing it up.",
        level="individual",
        kirkpatrick="behaviour",
        kind="story",
        baseline="Two stories out of twelve at the first meeting",
        baseline_on=date(2017, 6, 1),
        target="Nine out of twelve can tell one",
        due_on=date(2018, 3, 29),
        method="Told at the first and the last meeting and written down by the facilitator.",
        owner="Set facilitators",
        collected_from="Members of both sets",
    )


def _client_leads(engagement):
    for name, job_title, organisation, signs in [
        ("Dr Helen Marsh", "Medical Director and chair of the Frailty Programme Board", "NHS Lincolnshire East CCG", True),
        ("Joanna Price", "Director of Adult Care", "Lincolnshire County Council", True),
        ("Chris Lund", "Head of Clinical Services", "St Barnabas Lincolnshire Hospice", False),
    ]:
        ClientLead.objects.create(
            engagement=engagement,
            user=_person(name, job_title, Role.STP_LEAD),
            organisation=Organisation.objects.get(name=organisation),
            is_signatory=signs,
        )


def _steps(*codes):
    return ForwardViewStep.objects.filter(code__in=codes)


def _roles(*texts):
    return LeadershipRole.objects.filter(text__in=texts)


def _behaviours(*texts):
    return Behaviour.objects.filter(text__in=texts)
