"""Engagements whose every field is filled with words of its own, and readers of what was printed."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pikepdf
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from directory.enums import ContactKind, Sector
from engagements import documents
from engagements.enums import (
    Clarity,
    CriterionSlug,
    DecisionOutcome,
    Facet,
    Finding,
    FundingCertainty,
    SigningOrder,
    VersionOutcome,
)
from engagements.models import Engagement
from tests.factories.accounts import ConsultantFactory, StpLeadFactory
from tests.factories.directory import (
    ContactPointFactory,
    FootprintFactory,
    OrganisationFactory,
    RegionFactory,
    SiteFactory,
)
from tests.factories.engagements import (
    ClientLeadFactory,
    CriterionCheckFactory,
    DecisionFactory,
    EarlyStartFactory,
    EngagementFactory,
    FundingLineFactory,
    ParticipantGroupFactory,
    PlaceFactory,
    PlannedInterventionFactory,
    PlanVersionFactory,
    PriorityFactory,
    PurposeFactory,
    a_criterion,
)
from tests.factories.evaluation import MeasureFactory
from tests.factories.framework import BehaviourFactory, ForwardViewStepFactory, LeadershipRoleFactory
from tests.factories.interventions import InterventionFactory, ProviderFactory


def full_engagement():
    """Save an engagement on which every field that a client may read is filled somewhere."""
    region = RegionFactory(name="Region of the brief")
    ContactPointFactory(region=region, kind=ContactKind.TELEPHONE, value="01632 960123", label="Front desk")
    ContactPointFactory(region=region, kind=ContactKind.EMAIL, value="ldp@example.nhs.uk", label="Post room")
    ContactPointFactory(region=region, kind=ContactKind.WEBSITE, value="www.example.nhs.uk", label="On the web")
    engagement = EngagementFactory(
        title="Title of the engagement",
        client="Client of the engagement",
        client_kind="several_stps",
        signing_order=SigningOrder.IN_ORDER,
        started_from="priorities",
        lead_region=region,
        lead_consultant=ConsultantFactory(full_name="Lead Consultant", job_title="Lead’s job", region=region),
        team=[ConsultantFactory(full_name="Team Member", job_title="Member’s job", region=region)],
        people_clarity=Clarity.CLEAR,
        place_clarity=Clarity.IN_PROGRESS,
        **{f"{facet}_words": f"{facet} in their own words" for facet in Facet.values},
    )
    name_client_leads(engagement)
    EarlyStartFactory(
        engagement=engagement, reason="Reason for the early start", by_name="Recorder", at=datetime(2017, 11, 1, 9, tzinfo=UTC)
    )
    groups = [
        ParticipantGroupFactory(
            engagement=engagement,
            name="Group with organisation",
            organisation=OrganisationFactory(name="Organisation of the group", sector=Sector.CITIZENS),
            headcount=1234,
            why_them="Why this group",
        ),
        ParticipantGroupFactory(engagement=engagement, name="Group without organisation", sector=Sector.PRIVATE),
    ]
    area = FootprintFactory(name="Area of the place")
    site = SiteFactory(name="Site of the place", new_care_model="Care model of the site", footprints=[area])
    PlaceFactory(engagement=engagement, name="", footprint=area, level="stp_area")
    PlaceFactory(
        engagement=engagement, name="Name of the place", footprint=area, site=site, level="locality", note="Note on the place"
    )
    PlaceFactory(
        engagement=engagement, name="", site=SiteFactory(name="Site alone", footprints=[FootprintFactory(name="Area by site")])
    )
    steps = [ForwardViewStepFactory(name="Step of the purpose"), ForwardViewStepFactory(name="Enabling step", enabler=True)]
    PurposeFactory(
        engagement=engagement,
        statement="Statement of purpose",
        real_work_issue="Real work issue of purpose",
        forward_view_steps=steps,
        strategy_title="Title of the strategy",
        strategy_section="Section of the strategy",
        strategy_confirmed_by="Confirmer of the strategy",
        strategy_confirmed_on=date(2016, 1, 2),
    )
    roles, behaviours = [LeadershipRoleFactory(text="Role that is wanted")], [BehaviourFactory(text="Behaviour that is wanted")]
    priority = PriorityFactory(
        engagement=engagement,
        statement="Statement of priority",
        level_now="2",
        level_wanted="4",
        roles=roles,
        behaviours=behaviours,
    )
    first = PlannedInterventionFactory(
        engagement=engagement,
        position=1,
        title="First planned",
        intervention=InterventionFactory(name="Name on the menu", summary="Summary on the menu"),
        co_designed="What was co-designed",
        audience=groups,
        serves=[priority],
        roles=[LeadershipRoleFactory(text="Role that is developed")],
        behaviours=[BehaviourFactory(text="Behaviour that is developed")],
        focus="systems",
        forward_view_steps=[ForwardViewStepFactory(name="Step of the plan")],
        preparatory_percent=37,
        sourcing_route="commission",
        provider=ProviderFactory(name="Name of the provider", kind="university", declared_interest="Interest that was declared"),
        route_reason="Reason for the route",
        starts_on=date(2017, 3, 4),
        ends_on=date(2017, 5, 6),
        sessions=789,
        places=456,
        estimated_cost=Decimal("12345.67"),
        expected_impact="Impact that is expected",
    )
    FundingLineFactory(planned_intervention=first, source="Source of money", amount=Decimal("2345.60"))
    FundingLineFactory(planned_intervention=first, source="Other source", certainty=FundingCertainty.NOT_FOUND)
    second = PlannedInterventionFactory(
        engagement=engagement, position=2, title="Second planned", is_no_cost=True, other_provider="Provider as typed"
    )
    CriterionCheckFactory(
        planned_intervention=first,
        criterion=a_criterion(CriterionSlug.FORWARD_VIEW),
        overruled_to=Finding.PARTLY,
        worked_out=Finding.NOT_MET,
        reason="Reason for the overrule",
        at=datetime(2017, 7, 8, 9, tzinfo=UTC),
    )
    measure = {
        "level": "population",
        "kirkpatrick": "results",
        "kind": "scale",
        "unit": "Unit of the measure",
        "target": "Target of the measure",
        "due_on": date(2018, 9, 10),
        "direction": "maintain",
        "method": "Method of the measure",
        "data_source": "Data source of the measure",
        "owner": "Owner of the measure",
        "collected_from": "Sample of the measure",
        "other_influences": "Influences on the measure",
        "agreed_with": "Witness of the measure",
        "agreed_on": date(2017, 11, 12),
    }
    based = {"baseline": "Baseline of the measure", "baseline_on": date(2017, 1, 3)}
    MeasureFactory(engagement=engagement, planned_intervention=first, outcome="Outcome with baseline", **measure, **based)
    baseless = {"no_baseline_reason": "Reason for no baseline"}
    MeasureFactory(engagement=engagement, planned_intervention=second, outcome="Outcome without baseline", **measure, **baseless)
    MeasureFactory(engagement=engagement, outcome="Outcome tied to nothing")
    return reread(engagement)


def name_client_leads(engagement):
    """Name a signatory, somebody who only reads, and another signatory with a deputy."""
    region_leads = {"organisation": OrganisationFactory(name="Organisation of the lead"), "is_signatory": True}
    signatory = StpLeadFactory(full_name="Client Lead", job_title="Client lead’s job")
    ClientLeadFactory(engagement=engagement, user=signatory, position=1, **region_leads)
    reader = StpLeadFactory(full_name="Second Lead", job_title="")
    ClientLeadFactory(engagement=engagement, user=reader, position=2, is_signatory=False)
    absent = StpLeadFactory(full_name="Absent Lead", job_title="Absent lead’s job")
    represented = ClientLeadFactory(engagement=engagement, user=absent, position=3)
    deputy = StpLeadFactory(full_name="Deputy Lead", job_title="Deputy’s job")
    organisation = OrganisationFactory(name="Organisation of the deputy")
    ClientLeadFactory(
        engagement=engagement, user=deputy, position=4, is_signatory=False, deputy_for=represented, organisation=organisation
    )


def reread(engagement):
    """Return the engagement as the database has it."""
    return Engagement.objects.with_people().get(pk=engagement.pk)


def signed_version(engagement, **fields):
    """Save a version of the engagement on which its first signatory decided, and the deputy of the other where there is one."""
    brief = documents.load_brief(reread(engagement))
    version = PlanVersionFactory(
        engagement=engagement,
        number=fields.pop("number", 3),
        document=documents.to_json(brief),
        content_hash=fields.pop("content_hash", documents.content_hash(brief)),
        message="Message to the signatories",
        due_on=date(2017, 12, 24),
        submitted_at=datetime(2017, 12, 13, 14, 15, tzinfo=UTC),
        outcome=fields.pop("outcome", VersionOutcome.AGREED),
        settled_at=fields.pop("settled_at", datetime(2017, 12, 20, 10, 11, tzinfo=UTC)),
    )
    decided = {
        "outcome": fields.pop("decision", DecisionOutcome.AGREED),
        "comment": "Comment on the decision",
        "at": datetime(2017, 12, 20, 10, 11, tzinfo=UTC),
    }
    lead = engagement.client_leads.filter(is_signatory=True).order_by("pk").first()
    if lead:
        DecisionFactory(version=version, client_lead=lead, **decided)
    for deputy in engagement.client_leads.filter(deputy_for__isnull=False):
        DecisionFactory(
            version=version,
            client_lead=deputy.deputy_for,
            decided_by=deputy.user,
            on_behalf_of=deputy.deputy_for.user.full_name,
            name=deputy.user.full_name,
            job_title=deputy.user.job_title,
            organisation=deputy.organisation.name,
            **decided,
        )
    return version


def draft_pdf(engagement, on=date(2017, 2, 1)):
    """Return the engagement's draft as a PDF."""
    brief = documents.load_brief(reread(engagement))
    return documents.render_brief(brief, documents.stamp_draft(engagement, brief, on=on))


def pages_of(pdf):
    """Return the text of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def squeezed(text):
    """Return a text without white space: a line may end anywhere in print."""
    return "".join(str(text).split())


def text_of_pdf(pdf):
    """Return the text of a PDF without white space, and without what stands in the margins of its pages."""
    return squeezed("".join(pages_of(pdf)))


def text_of_word(file):
    """Return the text of a Word file without white space, and without what stands in the margins of its pages."""
    body = Document(io.BytesIO(file)).element.body
    return squeezed("".join(words.text or "" for words in body.iter(qn("w:t"))))


def structure_of(pdf):
    """Return the structure tree of a PDF: a list of (tag, element, tag of the parent) in reading order."""
    found = []

    def walk(element, parent):
        kind = str(element.get("/S", ""))
        if kind:
            found.append((kind, element, parent))
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") != "/OBJR":
                walk(kid, kind)

    with pikepdf.open(io.BytesIO(pdf)) as document:
        walk(document.Root.StructTreeRoot, "")
        return [(kind, dict(element.items()), parent) for kind, element, parent in found]
