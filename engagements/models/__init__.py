"""Records of an engagement, split by entity."""

from engagements.models.comment import Comment, VersionReading
from engagements.models.criterion import Criterion, CriterionCheck
from engagements.models.engagement import ClientLead, EarlyStart, Engagement, StatusChange
from engagements.models.facets import ParticipantGroup, Place, Priority, Purpose
from engagements.models.message import Message
from engagements.models.plan import FundingLine, PlannedIntervention
from engagements.models.version import BriefFile, Decision, PlanVersion

__all__ = [
    "BriefFile",
    "ClientLead",
    "Comment",
    "Criterion",
    "CriterionCheck",
    "Decision",
    "EarlyStart",
    "Engagement",
    "FundingLine",
    "Message",
    "ParticipantGroup",
    "Place",
    "PlanVersion",
    "PlannedIntervention",
    "Priority",
    "Purpose",
    "StatusChange",
    "VersionReading",
]
