"""Messages that ask somebody to act, written with their cause and sent after it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from engagements.enums import MAX_NAME, MessageKind, MessageStatus
from engagements.models.engagement import ClientLead, Engagement
from engagements.models.version import PlanVersion


class MessageQuerySet(models.QuerySet["Message"]):
    """Reads messages."""

    def waiting(self) -> MessageQuerySet:
        """Narrow to what has not gone yet, the oldest first."""
        return self.filter(status=MessageStatus.WAITING).order_by("created_at", "pk")


class Message(models.Model):
    """One message that asks one person to act.

    It is written in the transaction of its cause, under a key that the database takes once, and names whom it is for by what they
    are: the address is looked up when it is sent (P35). A message that nobody needs any more by then is not sent.
    """

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20, choices=MessageKind.choices)
    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="messages")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="messages")
    # The signatory whom it is about; none where it is for the lead consultant.
    client_lead = models.ForeignKey(ClientLead, null=True, blank=True, on_delete=models.PROTECT, related_name="messages")
    status = models.CharField(max_length=20, choices=MessageStatus.choices, default=MessageStatus.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_to = models.CharField(max_length=MAX_NAME, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["status", "created_at"], name="message_status_oldest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status=MessageStatus.SENT, sent_at__isnull=False)
                | (~models.Q(status=MessageStatus.SENT) & models.Q(sent_at=None)),
                name="message_sent_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.version}"
