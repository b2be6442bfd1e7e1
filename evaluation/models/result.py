"""What the measures show, collection by collection."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models

from engagements.enums import MAX_NAME, MAX_TEXT, OPEN_STATUSES
from evaluation.enums import DUE_SOON_DAYS, Moment, Reached
from evaluation.models.measure import Measure

if TYPE_CHECKING:
    from datetime import date


class ResultQuerySet(models.QuerySet["Result"]):
    """Reads collections."""

    def in_order(self) -> ResultQuerySet:
        """Put them in the order in which they are due."""
        return self.order_by("due_on", "pk")

    def open(self) -> ResultQuerySet:
        """Narrow to what nobody has collected or given up, of measures that still count."""
        waiting = self.filter(collected_on=None, missed_reason="", measure__dropped_on=None)
        return waiting.filter(measure__engagement__status__in=OPEN_STATUSES)

    def due(self, on: date) -> ResultQuerySet:
        """Narrow to what is open and late, or asked for within the next days."""
        return self.open().filter(due_on__lte=on + timedelta(days=DUE_SOON_DAYS))


class Result(models.Model):
    """One collection of a measure: when it is due, and what it showed.

    There is one narrative for each measure and collection, printed beside the number (P40). A collection that did not take place says why.
    """

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="results")
    moment = models.CharField("when", max_length=20, choices=Moment.choices)
    due_on = models.DateField("due on")
    collected_on = models.DateField("collected on", null=True, blank=True)
    value = models.CharField("result", max_length=MAX_NAME, blank=True)
    reached = models.CharField("how far it has come", max_length=20, choices=Reached.choices, blank=True)
    narrative = models.TextField("what lies behind it", max_length=MAX_TEXT, blank=True)
    source = models.CharField("where it comes from", max_length=MAX_NAME, blank=True)
    note = models.TextField("note for the team", max_length=MAX_TEXT, blank=True)
    missed_reason = models.TextField("why it was not collected", max_length=MAX_TEXT, blank=True)

    objects = ResultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "moment", "due_on"],
                name="result_one_for_each_collection",
                violation_error_message="This measure has a collection of this kind on that day already.",
            ),
            models.CheckConstraint(
                condition=models.Q(collected_on=None, value="", narrative="", reached="")
                | models.Q(collected_on__isnull=False, missed_reason=""),
                name="result_collected_has_date",
                violation_error_message="Enter the date on which it was collected.",
            ),
            models.CheckConstraint(
                condition=models.Q(collected_on=None) | ~models.Q(value="") | ~models.Q(narrative=""),
                name="result_collected_says_something",
                violation_error_message="Enter the result.",
            ),
            models.CheckConstraint(
                condition=models.Q(moment__in=Moment.values),
                name="result_moment_known",
                violation_error_message="Choose from the list when it is collected.",
            ),
            models.CheckConstraint(
                condition=models.Q(reached__in=["", *Reached.values]),
                name="result_reached_known",
                violation_error_message="Choose from the list how far it has come.",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=models.Q(collected_on=None, missed_reason=""), name="result_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.get_moment_display()}: {self.measure}"

    @property
    def is_collected(self) -> bool:
        """Tell whether there is a result."""
        return self.collected_on is not None

    @property
    def is_missed(self) -> bool:
        """Tell whether it was said that there will be none."""
        return bool(self.missed_reason)

    @property
    def is_open(self) -> bool:
        """Tell whether it still waits to be collected."""
        return not self.is_collected and not self.is_missed

    def is_overdue(self, on: date) -> bool:
        """Tell whether it waits although its day has passed."""
        return self.is_open and self.due_on < on
