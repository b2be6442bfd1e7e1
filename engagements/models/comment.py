"""What readers of a version say about it, and who has read it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from engagements.enums import MAX_NAME, MAX_TEXT
from engagements.models.version import PlanVersion


class CommentQuerySet(models.QuerySet["Comment"]):
    """Reads comments."""

    def threads(self) -> CommentQuerySet:
        """Narrow to what was said first, each with its answers, in the order of writing."""
        answers = Comment.objects.order_by("at", "pk")
        return self.filter(answer_to=None).prefetch_related(models.Prefetch("answers", answers)).order_by("at", "pk")


class Comment(models.Model):
    """What somebody said about one section of one version, in their own words, or an answer to it.

    The section is a key of `documents.sections`; its title is kept as it was, since the plan changes and the comment does not.
    """

    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="comments")
    section = models.CharField(max_length=40)
    section_title = models.CharField(max_length=MAX_NAME)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="comments")
    author_name = models.CharField(max_length=MAX_NAME)
    text = models.TextField("comment", max_length=MAX_TEXT)
    at = models.DateTimeField(default=timezone.now)
    answer_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="answers")
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(text=""), name="comment_has_text", violation_error_message="Enter the comment."
            ),
            models.CheckConstraint(
                condition=models.Q(resolved_at=None, resolved_by=None)
                | models.Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="comment_resolved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"on {self.section_title}"

    @property
    def is_resolved(self) -> bool:
        """Tell whether the consultant has settled it."""
        return self.resolved_at is not None


class VersionReading(models.Model):
    """That somebody has looked at a version: the next one shows them what changed since."""

    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="versionreading_once_for_each_person")]

    def __str__(self) -> str:
        return f"{self.version} read by {self.user}"
