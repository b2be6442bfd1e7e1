"""What was delivered of a planned intervention."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models

from engagements.enums import MAX_HEADCOUNT, MAX_TEXT
from engagements.models import PlannedIntervention


class DeliveredSession(models.Model):
    """One session that took place: when, how many people came, and what there is to remember. It names nobody who came."""

    planned_intervention = models.ForeignKey(PlannedIntervention, on_delete=models.PROTECT, related_name="delivered_sessions")
    held_on = models.DateField("held on")
    attended = models.PositiveIntegerField(
        "how many came",
        null=True,
        blank=True,
        validators=[MaxValueValidator(MAX_HEADCOUNT, f"Enter a number of people up to {MAX_HEADCOUNT:,}")],
    )
    note = models.TextField("what there is to remember", max_length=MAX_TEXT, blank=True)

    class Meta:
        verbose_name = "delivered session"

    def __str__(self) -> str:
        return f"of {self.planned_intervention}"
