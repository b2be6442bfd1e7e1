"""Feedback of those who took part: no row ties an answer to a link, a person or a moment (P42–P44; docs/decisions/feedback.md)."""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from engagements.models import PlannedIntervention
from evaluation.enums import MIN_ANSWERS, FeedbackKind

if TYPE_CHECKING:
    from datetime import date

NONCE_BYTES = 16
HASH_LENGTH = 64


def new_nonce() -> str:
    """Return a number used once, of which a link is made together with the portal's key."""
    return secrets.token_hex(NONCE_BYTES)


class FeedbackForm(models.Model):
    """What the people who took part in one planned intervention are asked.

    `title` is that of the intervention, `questions` are rows of key, kind and text, `behaviours` rows of lineage and text, all as they stood
    when the form was opened. From then on nothing of it changes but the day on which it closes, and a form that has closed never opens again.
    """

    planned_intervention = models.ForeignKey(PlannedIntervention, on_delete=models.PROTECT, related_name="feedback_forms")
    kind = models.CharField("who answers", max_length=20, choices=FeedbackKind.choices, default=FeedbackKind.ROOM)
    bank_questions = models.JSONField("questions", default=list)
    own_question = models.CharField("a question of your own", max_length=200, blank=True)
    code_count = models.PositiveSmallIntegerField("how many cards", null=True, blank=True)
    min_answers = models.PositiveSmallIntegerField("how many answers before anything is shown", default=MIN_ANSWERS)
    closes_on = models.DateField("last day to answer")
    title = models.CharField("what it is about", max_length=200, blank=True, editable=False)
    questions = models.JSONField(default=list, editable=False)
    behaviours = models.JSONField(default=list, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What may be told of confidence, kept when the engagement closed: rows of lineage, count, before and now.
    told = models.JSONField(default=list, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(min_answers__gte=MIN_ANSWERS),
                name="feedbackform_min_answers",
                violation_error_message=f"Nothing may be shown of fewer than {MIN_ANSWERS} answers.",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None) | models.Q(opened_at__isnull=False),
                name="feedbackform_closed_after_opening",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=FeedbackKind.values),
                name="feedbackform_kind_known",
                violation_error_message="Choose who answers from the list.",
            ),
        ]

    def __str__(self) -> str:
        return f"feedback on {self.planned_intervention}"

    def is_open(self, on: date) -> bool:
        """Tell whether answers are taken on a day."""
        return self.opened_at is not None and self.closed_at is None and on <= self.closes_on

    def is_closed(self, on: date) -> bool:
        """Tell whether it took answers and takes no more: it was closed, or its last day has passed."""
        return self.opened_at is not None and not self.is_open(on)


class FeedbackLink(models.Model):
    """A way to the questions: the one link of a room, or a card that works once.

    Its token is made of the nonce and the portal's key; the row holds the token's hash. It does not say who answered, what, or when.
    """

    form = models.ForeignKey(FeedbackForm, on_delete=models.PROTECT, related_name="links")
    number = models.PositiveSmallIntegerField(default=0)
    nonce = models.CharField(max_length=2 * NONCE_BYTES, default=new_nonce)
    token_hash = models.CharField(max_length=HASH_LENGTH, unique=True)
    is_used = models.BooleanField(default=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"card {self.number}" if self.number else "link"


class FeedbackAnswer(models.Model):
    """What one person answered: no name, no link, no moment, and a key that says nothing of the order.

    `before` and `now` hold a number from 1 to 5, or nothing, for each behaviour of the form; `said` maps questions to answers.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form = models.ForeignKey(FeedbackForm, on_delete=models.PROTECT, related_name="answers")
    before = models.JSONField(default=list)
    now = models.JSONField(default=list)
    said = models.JSONField(default=dict)

    def __str__(self) -> str:
        return "an answer"
