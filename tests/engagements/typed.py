"""The forms of an engagement, filled in with what a test says is typed."""

from django.http import QueryDict

from engagements import forms
from engagements.enums import Facet
from engagements.models import (
    CriterionCheck,
    Engagement,
    FundingLine,
    ParticipantGroup,
    Place,
    PlannedIntervention,
    Priority,
    Purpose,
)
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory

# The least that a sum of money takes.
MONEY = {"source": "The CCGs", "amount": "5", "certainty": "confirmed"}


def posted(**fields):
    """Return fields as a browser posts them: lists for boxes that may be ticked together."""
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(name, [str(item) for item in value] if isinstance(value, list) else [str(value)])
    return data


def boxes(name, day, month, year):
    return {f"{name}_day": day, f"{name}_month": month, f"{name}_year": year}


def group_form(**fields):
    return forms.ParticipantGroupForm(posted(**fields), instance=ParticipantGroup(engagement=EngagementFactory()))


def place_form(**fields):
    return forms.PlaceForm(posted(**fields), instance=Place(engagement=EngagementFactory()))


def purpose_form(**fields):
    return forms.PurposeForm(posted(**fields), instance=Purpose(engagement=EngagementFactory()))


def priority_form(**fields):
    return forms.PriorityForm(posted(**fields), instance=Priority(engagement=EngagementFactory()))


def planned_form(engagement=None, **fields):
    entry = PlannedIntervention(engagement=engagement or EngagementFactory())
    return forms.PlannedInterventionForm(posted(**fields), instance=entry)


def funding_form(**fields):
    return forms.FundingLineForm(posted(**fields), instance=FundingLine(planned_intervention=PlannedInterventionFactory()))


def engagement_form(**fields):
    return forms.EngagementForm(posted(**fields), instance=Engagement())


def facet_form(**fields):
    return forms.FACET_FORMS[Facet.PEOPLE](posted(**fields), instance=EngagementFactory())


def check_form(**fields):
    return forms.CriterionCheckForm(posted(**fields), instance=CriterionCheck())
