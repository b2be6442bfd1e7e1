"""What people may type on the pages of an engagement."""

from engagements.forms.check import BriefCheckForm
from engagements.forms.criteria import CriterionCheckForm
from engagements.forms.engagement import FACET_FORMS, ConfirmForm, EngagementForm
from engagements.forms.facets import ParticipantGroupForm, PlaceForm, PriorityForm, PurposeForm
from engagements.forms.lists import EngagementFilterForm
from engagements.forms.organisations import OrganisationByName
from engagements.forms.plan import FundingLineForm, PlannedInterventionForm
from engagements.forms.review import (
    AnswerForm,
    CommentForm,
    EarlyStartForm,
    EngagementReviseForm,
    EngagementSubmitForm,
    EngagementWithdrawForm,
    VersionDecideForm,
)
from engagements.forms.standards import CriterionForm
from engagements.forms.team import ClientLeadEditForm, ClientLeadForm, ReassignForm, SigningForm, TeamForm

__all__ = [
    "FACET_FORMS",
    "AnswerForm",
    "BriefCheckForm",
    "ClientLeadEditForm",
    "ClientLeadForm",
    "CommentForm",
    "ConfirmForm",
    "CriterionCheckForm",
    "CriterionForm",
    "EarlyStartForm",
    "EngagementFilterForm",
    "EngagementForm",
    "EngagementReviseForm",
    "EngagementSubmitForm",
    "EngagementWithdrawForm",
    "FundingLineForm",
    "OrganisationByName",
    "ParticipantGroupForm",
    "PlaceForm",
    "PlannedInterventionForm",
    "PriorityForm",
    "PurposeForm",
    "ReassignForm",
    "SigningForm",
    "TeamForm",
    "VersionDecideForm",
]
