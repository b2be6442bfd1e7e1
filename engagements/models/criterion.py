"""The five useful criteria and what a person wrote about one of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.models import Versioned
from engagements.enums import MAX_TEXT, CriterionSlug, Finding
from engagements.models.plan import PlannedIntervention


class Criterion(Versioned):
    """One of the five useful criteria, word for word, with guidance."""

    slug = models.CharField(max_length=50, unique=True, choices=CriterionSlug.choices)
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    short_name = models.CharField(max_length=60)
    guidance = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "criteria"

    def __str__(self) -> str:
        return self.short_name


class CriterionCheck(models.Model):
    """What a person wrote about a finding: why it is not met, or why they overrule it.

    The finding itself is worked out from the plan whenever it is shown. `worked_out` keeps what it was when the person
    wrote, so that a later change of the data shows beside an overrule and never replaces it.
    """

    planned_intervention = models.ForeignKey(PlannedIntervention, on_delete=models.PROTECT, related_name="criterion_checks")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="checks")
    overruled_to = models.CharField("overruled to", max_length=20, choices=Finding.choices, blank=True)
    reason = models.TextField(max_length=MAX_TEXT)
    worked_out = models.CharField("worked out then", max_length=20, choices=Finding.choices, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "reason on"
        constraints = [
            models.UniqueConstraint(
                fields=["planned_intervention", "criterion"],
                name="criterioncheck_one_for_each_criterion",
                violation_error_message="Somebody has just written a reason for this criterion. Open it again to see it.",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="criterioncheck_has_reason", violation_error_message="Enter the reason."
            ),
        ]

    def __str__(self) -> str:
        return f"“{self.criterion}” for {self.planned_intervention}"
