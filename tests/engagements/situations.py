"""Engagements in the situations that tests speak of; later states are reached through the actions."""

from datetime import date

from directory.enums import Sector
from engagements import actions
from engagements.enums import DecisionOutcome, EngagementStatus, Focus
from engagements.models import Engagement
from evaluation import actions as evaluation
from evaluation.enums import MeasureKind, Sharing
from evaluation.models import Result
from tests.factories.accounts import StpLeadFactory
from tests.factories.directory import OrganisationFactory
from tests.factories.engagements import (
    ClientLeadFactory,
    EngagementFactory,
    ParticipantGroupFactory,
    PlaceFactory,
    PlannedInterventionFactory,
    PriorityFactory,
    PurposeFactory,
)
from tests.factories.evaluation import MeasureFactory
from tests.factories.framework import a_role, a_step


def ready_engagement(*, signatories=1, **fields):
    """Return an engagement that nothing bars from submission, with so many people who sign it."""
    engagement = EngagementFactory(**fields)
    steps, roles = [a_step()], [a_role()]
    groups = [
        ParticipantGroupFactory(engagement=engagement, organisation=OrganisationFactory(sector=sector))
        for sector in (Sector.NHS, Sector.LOCAL_GOVERNMENT)
    ]
    PlaceFactory(engagement=engagement, whole_area=True)
    PurposeFactory(engagement=engagement, strategy_confirmed=True, forward_view_steps=steps)
    planned = PlannedInterventionFactory(
        engagement=engagement,
        at_no_cost=True,
        audience=groups,
        serves=[PriorityFactory(engagement=engagement, roles=roles)],
        forward_view_steps=steps,
        preparatory_percent=10,
        focus=Focus.SYSTEMS,
        roles=roles,
        expected_impact="Fewer people wait for a bed.",
        route_reason="It exists already.",
    )
    MeasureFactory(
        engagement=engagement,
        planned_intervention=planned,
        kind=MeasureKind.NUMBER,
        baseline="12",
        baseline_on=date(2026, 4, 1),
        target="60",
        due_on=date(2027, 4, 1),
    )
    for _ in range(signatories):
        ClientLeadFactory(engagement=engagement, user=StpLeadFactory())
    return Engagement.objects.with_people().get(pk=engagement.pk)


def reread(engagement):
    """Return the engagement as it stands now."""
    return Engagement.objects.with_people().get(pk=engagement.pk)


def waiting_version(engagement):
    """Return the version that was submitted last."""
    return engagement.versions.order_by("-number").first()


def decide(lead, outcome=DecisionOutcome.AGREED, comment=""):
    """Let one signatory decide on the version that waits; a comment speaks of the people in the plan."""
    section = "people" if comment else ""
    shown = waiting_version(lead.engagement).content_hash
    values = {"outcome": outcome, "comment": comment, "section": section, "content_hash": shown}
    return actions.decide_version(lead=lead, values=values, by=lead.user)


def agree_all(engagement):
    """Let every signatory agree."""
    for lead in engagement.client_leads.order_by("pk"):
        decide(lead)


def settle(engagement):
    """Say that nothing more is collected, and what was learned: nothing bars closing any more."""
    by = engagement.lead_consultant
    for result in Result.objects.open().filter(measure__engagement=engagement).select_related("measure__engagement"):
        evaluation.miss_result(result=result, values={"missed_reason": "Nobody asked"}, by=by)
    evaluation.add_learning(engagement=engagement, values={"worked": "They ring each other", "sharing": Sharing.TEAM}, by=by)


def evaluate(engagement):
    """Start the evaluation of an engagement, and say everything that closing asks for."""
    actions.start_evaluation(engagement=engagement, by=engagement.lead_consultant)
    settle(engagement)


def engagement_at(status, **fields):
    """Return an engagement that has come to a status by the ordinary way."""
    engagement = ready_engagement(**fields)
    by = engagement.lead_consultant
    steps = {
        EngagementStatus.IN_REVIEW: lambda: actions.submit_engagement(engagement=engagement, values={"message": ""}, by=by),
        EngagementStatus.AGREED: lambda: agree_all(engagement),
        EngagementStatus.IN_DELIVERY: lambda: actions.start_delivery(engagement=engagement, by=by),
        EngagementStatus.IN_EVALUATION: lambda: evaluate(engagement),
        EngagementStatus.CLOSED: lambda: actions.close_engagement(engagement=engagement, by=by),
    }
    if status == EngagementStatus.WITHDRAWN:
        actions.withdraw_engagement(engagement=engagement, values={"reason": "The money went elsewhere."}, by=by)
    elif status != EngagementStatus.CO_DESIGN:
        for reached, step in steps.items():
            step()
            if reached == status:
                break
    return reread(engagement)
