"""Measures of success, agreed with those who receive the intervention (framework, "Evaluation")."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from engagements.enums import MAX_NAME, MAX_TEXT
from engagements.models import Engagement, PlannedIntervention
from evaluation.enums import Direction, Kirkpatrick, MeasureKind, MeasureLevel, MeasureStatus
from interventions.models import Intervention


class MeasureSuggestion(models.Model):
    """A measure to start from, for one intervention of the menu."""

    intervention = models.ForeignKey(Intervention, on_delete=models.PROTECT, related_name="measure_suggestions")
    position = models.PositiveSmallIntegerField()
    outcome = models.TextField(max_length=MAX_TEXT)
    level = models.CharField(max_length=20, choices=MeasureLevel.choices)
    kirkpatrick = models.CharField(max_length=20, choices=Kirkpatrick.choices, blank=True)
    kind = models.CharField(max_length=20, choices=MeasureKind.choices)
    unit = models.CharField(max_length=MAX_NAME, blank=True)
    direction = models.CharField(max_length=20, choices=Direction.choices, blank=True)
    method = models.TextField(max_length=MAX_TEXT, blank=True)
    data_source = models.CharField(max_length=MAX_NAME, blank=True)
    typical_timing = models.CharField(max_length=MAX_NAME, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["intervention", "position"], name="measuresuggestion_one_for_each_position")
        ]

    def __str__(self) -> str:
        return self.outcome


class Measure(models.Model):
    """How it will be known that one planned intervention made a difference.

    A conversation may start from a measure, so the planned intervention can be named later; submission asks for it.
    """

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="measures")
    planned_intervention = models.ForeignKey(
        PlannedIntervention,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="measures",
        verbose_name="planned intervention",
    )
    outcome = models.TextField("outcome sought", max_length=MAX_TEXT)
    level = models.CharField("where the change should show", max_length=20, choices=MeasureLevel.choices, blank=True)
    kirkpatrick = models.CharField("Kirkpatrick level", max_length=20, choices=Kirkpatrick.choices, blank=True)
    kind = models.CharField("form of the result", max_length=20, choices=MeasureKind.choices, blank=True)
    unit = models.CharField(max_length=MAX_NAME, blank=True)
    baseline = models.CharField(max_length=MAX_NAME, blank=True)
    baseline_on = models.DateField("date of the baseline", null=True, blank=True)
    no_baseline_reason = models.TextField("reason for no baseline", max_length=MAX_TEXT, blank=True)
    target = models.CharField(max_length=MAX_NAME, blank=True)
    due_on = models.DateField("by when", null=True, blank=True)
    direction = models.CharField("which way is better", max_length=20, choices=Direction.choices, blank=True)
    method = models.TextField("how it is measured", max_length=MAX_TEXT, blank=True)
    data_source = models.CharField("where the data comes from", max_length=MAX_NAME, blank=True)
    owner = models.CharField("who collects it", max_length=MAX_NAME, blank=True)
    collected_from = models.CharField("from whom it is collected", max_length=MAX_NAME, blank=True)
    other_influences = models.TextField("what else could cause the change", max_length=MAX_TEXT, blank=True)
    agreed_with = models.CharField("agreed with", max_length=MAX_NAME, blank=True)
    agreed_on = models.DateField("agreed on", null=True, blank=True)
    contribution = models.TextField("what else may have caused it", max_length=MAX_TEXT, blank=True, default="", db_default="")
    dropped_on = models.DateField(null=True, blank=True, editable=False)
    dropped_reason = models.TextField(
        "why it was dropped", max_length=MAX_TEXT, blank=True, default="", db_default="", editable=False
    )
    # What it came to, kept when the engagement closed: evidence is counted from this.
    final_status = models.CharField(
        max_length=20, choices=MeasureStatus.choices, blank=True, default="", db_default="", editable=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(baseline="") | models.Q(baseline_on__isnull=False),
                name="measure_baseline_has_date",
                violation_error_message="Enter the date of the baseline.",
            ),
            models.CheckConstraint(
                condition=models.Q(baseline="") | models.Q(no_baseline_reason=""),
                name="measure_baseline_or_reason",
                violation_error_message="Enter either a baseline or the reason why there is none, not both.",
            ),
            models.CheckConstraint(
                condition=models.Q(baseline_on__isnull=True)
                | models.Q(due_on__isnull=True)
                | models.Q(due_on__gt=models.F("baseline_on")),
                name="measure_due_after_baseline",
                violation_error_message="The date for the target must be after the date of the baseline.",
            ),
            models.CheckConstraint(
                condition=models.Q(dropped_on=None, dropped_reason="")
                | (models.Q(dropped_on__isnull=False) & ~models.Q(dropped_reason="")),
                name="measure_dropped_with_reason",
                violation_error_message="Enter why the measure is dropped.",
            ),
        ]

    def __str__(self) -> str:
        return self.outcome

    @property
    def has_baseline(self) -> bool:
        """Tell whether there is a baseline, or a reason for none."""
        return bool(self.baseline or self.no_baseline_reason)

    @property
    def is_story(self) -> bool:
        """Tell whether its results are told in words alone."""
        return self.kind == MeasureKind.STORY


class EarlierTarget(models.Model):
    """A target that another one has taken the place of, with the reason; the first and the current one are always shown (P39)."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="earlier_targets")
    target = models.CharField(max_length=MAX_NAME, blank=True)
    due_on = models.DateField("by when", null=True, blank=True)
    reason = models.TextField(max_length=MAX_TEXT)
    replaced_at = models.DateTimeField(default=timezone.now, editable=False)
    replaced_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="earliertarget_has_reason",
                violation_error_message="Enter why the target changes.",
            )
        ]

    def __str__(self) -> str:
        return self.target
