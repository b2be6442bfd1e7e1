"""Messages in the situations that tests speak of."""

from engagements import actions, tasks
from engagements.enums import EngagementStatus, MessageKind
from engagements.models import Message
from tests.engagements.situations import engagement_at, reread, waiting_version
from tests.factories.engagements import ClientLeadFactory, MessageFactory


def in_review(**fields):
    """Return an engagement in review whose messages wait to be sent."""
    return engagement_at(EngagementStatus.IN_REVIEW, **fields)


def message_of(engagement, kind=MessageKind.DECISION_ASKED):
    return Message.objects.filter(engagement=engagement, kind=kind).order_by("pk").first()


def about(engagement, kind, lead=None):
    """Write a message of one kind about the first signatory of the version that waits."""
    lead = lead or engagement.client_leads.order_by("position", "pk").first()
    return MessageFactory(version=waiting_version(engagement), client_lead=lead, kind=kind)


def send(message):
    tasks.send_message(message.pk)
    message.refresh_from_db()
    return message


def deputy_of(lead):
    return ClientLeadFactory(engagement=lead.engagement, is_signatory=False, deputy_for=lead)


def recalled(engagement, lead):
    actions.recall_engagement(engagement=engagement, by=engagement.lead_consultant)


def resubmitted(engagement):
    actions.submit_engagement(engagement=reread(engagement), values={"message": ""}, by=engagement.lead_consultant)
