"""Engagements and everything they are made of, each the least that is valid."""

import hashlib
from decimal import Decimal

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from engagements.enums import (
    CriterionSlug,
    DecisionOutcome,
    EngagementStatus,
    Finding,
    FundingCertainty,
    MessageKind,
    PlaceLevel,
    SourcingRoute,
    VersionOutcome,
)
from engagements.models import (
    BriefFile,
    ClientLead,
    Comment,
    Criterion,
    CriterionCheck,
    Decision,
    EarlyStart,
    Engagement,
    FundingLine,
    Message,
    ParticipantGroup,
    Place,
    PlannedIntervention,
    PlanVersion,
    Priority,
    Purpose,
    StatusChange,
    VersionReading,
)
from tests.factories.accounts import ConsultantFactory, StpLeadFactory
from tests.factories.directory import OrganisationFactory, a_footprint, a_region
from tests.factories.interventions import an_intervention


def a_criterion(slug=CriterionSlug.FORWARD_VIEW):
    """Return one of the five useful criteria."""
    return Criterion.objects.get(slug=slug)


def _set(name):
    """Let a factory take the rows of a many-to-many relation: `serves=[priority]`."""

    def fill(self, create, rows):
        if rows:
            getattr(self, name).set(rows)

    return factory.post_generation(fill)


class EngagementFactory(DjangoModelFactory):
    """An engagement in co-design, led by a consultant of its region."""

    class Meta:
        model = Engagement
        skip_postgeneration_save = True

    class Params:
        shared = factory.Trait(shared_at=factory.LazyFunction(timezone.now))

    reference = factory.Sequence(lambda n: f"EM-{90_000 + n}")
    title = factory.Sequence(lambda n: f"Engagement {n}")
    lead_region = factory.LazyFunction(a_region)
    lead_consultant = factory.SubFactory(ConsultantFactory, region=factory.SelfAttribute("..lead_region"))
    team = _set("team")


class ParticipantGroupFactory(DjangoModelFactory):
    class Meta:
        model = ParticipantGroup

    class Params:
        of_an_organisation = factory.Trait(organisation=factory.SubFactory(OrganisationFactory))

    engagement = factory.SubFactory(EngagementFactory)
    name = factory.Sequence(lambda n: f"Group {n}")


class PlaceFactory(DjangoModelFactory):
    class Meta:
        model = Place

    class Params:
        whole_area = factory.Trait(name="", footprint=factory.LazyFunction(a_footprint), level=PlaceLevel.STP_AREA)

    engagement = factory.SubFactory(EngagementFactory)
    name = factory.Sequence(lambda n: f"Place {n}")


class PurposeFactory(DjangoModelFactory):
    class Meta:
        model = Purpose
        skip_postgeneration_save = True

    class Params:
        strategy_confirmed = factory.Trait(
            strategy_title="Our people plan",
            strategy_section="Section 4",
            strategy_confirmed_by="Workforce lead",
            strategy_confirmed_on=factory.LazyFunction(timezone.localdate),
        )

    engagement = factory.SubFactory(EngagementFactory)
    statement = factory.Sequence(lambda n: f"Purpose {n}")
    forward_view_steps = _set("forward_view_steps")


class PriorityFactory(DjangoModelFactory):
    class Meta:
        model = Priority
        skip_postgeneration_save = True

    engagement = factory.SubFactory(EngagementFactory)
    position = factory.Sequence(lambda n: n + 1)
    statement = factory.Sequence(lambda n: f"Priority {n}")
    roles = _set("roles")
    behaviours = _set("behaviours")


class PlannedInterventionFactory(DjangoModelFactory):
    """A bespoke intervention; traits take it from the menu, source it or say what it costs."""

    class Meta:
        model = PlannedIntervention
        skip_postgeneration_save = True

    class Params:
        from_menu = factory.Trait(intervention=factory.LazyFunction(an_intervention))
        commissioned = factory.Trait(
            sourcing_route=SourcingRoute.COMMISSION,
            other_provider="A partner",
            route_reason="They know the area",
            estimated_cost=Decimal("12000.00"),
        )
        at_no_cost = factory.Trait(sourcing_route=SourcingRoute.SIGNPOST, is_no_cost=True, estimated_cost=None)

    engagement = factory.SubFactory(EngagementFactory)
    position = factory.Sequence(lambda n: n + 1)
    title = factory.Sequence(lambda n: f"Planned intervention {n}")
    # What the menu says is kept in the plan, as the action does it.
    intervention = None
    menu_name = factory.LazyAttribute(lambda made: made.intervention.name if made.intervention else "")
    menu_summary = factory.LazyAttribute(lambda made: made.intervention.summary if made.intervention else "")
    menu_version = factory.LazyAttribute(lambda made: made.intervention.version if made.intervention else None)
    audience = _set("audience")
    serves = _set("serves")
    roles = _set("roles")
    behaviours = _set("behaviours")
    forward_view_steps = _set("forward_view_steps")


class FundingLineFactory(DjangoModelFactory):
    class Meta:
        model = FundingLine

    planned_intervention = factory.SubFactory(PlannedInterventionFactory)
    source = factory.Sequence(lambda n: f"Fund {n}")
    amount = Decimal("5000.00")
    certainty = FundingCertainty.CONFIRMED


class CriterionCheckFactory(DjangoModelFactory):
    class Meta:
        model = CriterionCheck

    class Params:
        overruled = factory.Trait(overruled_to=Finding.MET)

    planned_intervention = factory.SubFactory(PlannedInterventionFactory)
    criterion = factory.LazyFunction(a_criterion)
    reason = "The steps are agreed by the board."
    worked_out = Finding.NOT_YET_KNOWN
    by = factory.SelfAttribute("planned_intervention.engagement.lead_consultant")


class ClientLeadFactory(DjangoModelFactory):
    class Meta:
        model = ClientLead

    engagement = factory.SubFactory(EngagementFactory)
    user = factory.SubFactory(StpLeadFactory)


class EarlyStartFactory(DjangoModelFactory):
    class Meta:
        model = EarlyStart

    engagement = factory.SubFactory(EngagementFactory)
    reason = "The first workshop had been booked."
    by = factory.SelfAttribute("engagement.lead_consultant")
    by_name = factory.SelfAttribute("by.full_name")


class StatusChangeFactory(DjangoModelFactory):
    class Meta:
        model = StatusChange

    engagement = factory.SubFactory(EngagementFactory)
    from_status = EngagementStatus.CO_DESIGN
    to_status = EngagementStatus.WITHDRAWN
    by = factory.SelfAttribute("engagement.lead_consultant")


class PlanVersionFactory(DjangoModelFactory):
    """A version that waits for its signatories; what its document says beside a title is up to the test."""

    class Meta:
        model = PlanVersion

    class Params:
        agreed = factory.Trait(outcome=VersionOutcome.AGREED, settled_at=factory.LazyFunction(timezone.now))
        recalled = factory.Trait(outcome=VersionOutcome.RECALLED, settled_at=factory.LazyFunction(timezone.now))

    engagement = factory.SubFactory(EngagementFactory)
    number = factory.Sequence(lambda n: n + 1)
    document = factory.LazyAttribute(
        lambda made: {"title": made.engagement.title, "signing_order": made.engagement.signing_order}
    )
    content_hash = "0" * 64
    submitted_by = factory.SelfAttribute("engagement.lead_consultant")
    submitted_by_name = factory.SelfAttribute("submitted_by.full_name")


class DecisionFactory(DjangoModelFactory):
    class Meta:
        model = Decision

    version = factory.SubFactory(PlanVersionFactory)
    client_lead = factory.SubFactory(ClientLeadFactory, engagement=factory.SelfAttribute("..version.engagement"))
    decided_by = factory.SelfAttribute("client_lead.user")
    number = factory.LazyAttribute(lambda made: made.version.engagement.client_leads.filter(pk__lte=made.client_lead.pk).count())
    name = factory.SelfAttribute("client_lead.user.full_name")
    job_title = factory.SelfAttribute("client_lead.user.job_title")
    organisation = factory.LazyAttribute(lambda made: made.client_lead.organisation.name if made.client_lead.organisation else "")
    outcome = DecisionOutcome.AGREED


class BriefFileFactory(DjangoModelFactory):
    class Meta:
        model = BriefFile

    version = factory.SubFactory(PlanVersionFactory, agreed=True)
    file = factory.LazyFunction(lambda: ContentFile(b"%PDF-1.7", name="brief.pdf"))
    sha256 = hashlib.sha256(b"%PDF-1.7").hexdigest()


class CommentFactory(DjangoModelFactory):
    """What somebody said about People; what else is up to the test."""

    class Meta:
        model = Comment

    version = factory.SubFactory(PlanVersionFactory)
    section = "people"
    section_title = "People"
    author = factory.SubFactory(StpLeadFactory)
    author_name = factory.SelfAttribute("author.full_name")
    text = factory.Sequence(lambda n: f"Comment {n}")


class VersionReadingFactory(DjangoModelFactory):
    class Meta:
        model = VersionReading

    version = factory.SubFactory(PlanVersionFactory)
    user = factory.SubFactory(StpLeadFactory)


class MessageFactory(DjangoModelFactory):
    """A message that asks a signatory to decide and has not gone yet."""

    class Meta:
        model = Message

    version = factory.SubFactory(PlanVersionFactory)
    engagement = factory.SelfAttribute("version.engagement")
    client_lead = factory.SubFactory(ClientLeadFactory, engagement=factory.SelfAttribute("..version.engagement"))
    kind = MessageKind.DECISION_ASKED
    key = factory.Sequence(lambda n: f"message {n}")
