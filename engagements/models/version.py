"""What was submitted, decided and signed."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from engagements.enums import MAX_NAME, MAX_TEXT, DecisionOutcome, VersionOutcome
from engagements.models.engagement import ClientLead, Engagement


class PlanVersion(models.Model):
    """The plan as it was submitted: a frozen brief and its hash. It never changes; only its outcome is added."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.JSONField(encoder=DjangoJSONEncoder)
    content_hash = models.CharField(max_length=64)
    message = models.TextField("message to the signatories", max_length=MAX_TEXT, blank=True)
    due_on = models.DateField("decide by", null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_by_name = models.CharField(max_length=MAX_NAME)
    submitted_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=20, choices=VersionOutcome.choices, default=VersionOutcome.WAITING)
    settled_at = models.DateTimeField(null=True, blank=True)
    # Briefs that were signed before there was one stay as they are.
    has_feedback_code = models.BooleanField("has a code for feedback", default=False, db_default=False, editable=False)

    class Meta:
        indexes = [models.Index(fields=["content_hash"], name="planversion_content_hash")]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "number"], name="planversion_numbered_once"),
            models.UniqueConstraint(
                fields=["engagement"],
                condition=models.Q(outcome=VersionOutcome.WAITING),
                name="planversion_one_waiting",
                violation_error_message="A version is waiting for the signatories already.",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome=VersionOutcome.WAITING, settled_at__isnull=True)
                | (~models.Q(outcome=VersionOutcome.WAITING) & models.Q(settled_at__isnull=False)),
                name="planversion_settled_with_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class Decision(models.Model):
    """What was decided for one signatory on one version, under the decider's name, role and organisation of that day.

    The number is the signatory's place among the client leads of the version's brief, from 1. A deputy decides on behalf of the
    signatory, whose name then stands beside theirs.
    """

    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="decisions")
    client_lead = models.ForeignKey(ClientLead, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    on_behalf_of = models.CharField(max_length=MAX_NAME, blank=True)
    name = models.CharField(max_length=MAX_NAME)
    job_title = models.CharField(max_length=MAX_NAME, blank=True)
    organisation = models.CharField(max_length=MAX_NAME, blank=True)
    outcome = models.CharField(max_length=20, choices=DecisionOutcome.choices)
    comment = models.TextField(max_length=MAX_TEXT, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "client_lead"],
                name="decision_once_for_each_lead",
                violation_error_message="You have decided on this version already.",
            ),
            models.UniqueConstraint(fields=["version", "number"], name="decision_once_for_each_number"),
        ]

    def __str__(self) -> str:
        return f"{self.client_lead}: {self.get_outcome_display()}"


class BriefFile(models.Model):
    """The signed brief as a file: rendered once, served byte for byte ever after."""

    version = models.OneToOneField(PlanVersion, on_delete=models.PROTECT, related_name="brief_file")
    file = models.FileField(upload_to="briefs/%Y/")
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["sha256"], name="brieffile_sha256")]
        # As the history says it: the portal added signed brief of version 1.
        verbose_name = "signed"

    def __str__(self) -> str:
        return f"brief of {self.version}"
