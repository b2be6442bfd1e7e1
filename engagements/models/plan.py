"""The plan: interventions, where each comes from and how it is paid for."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from engagements.enums import (
    MAX_COST_POUNDS,
    MAX_HEADCOUNT,
    MAX_NAME,
    MAX_SESSIONS,
    MAX_TEXT,
    Focus,
    FundingCertainty,
    SourcingRoute,
)
from engagements.models.engagement import Engagement
from engagements.models.facets import ParticipantGroup, Priority
from framework.models import Behaviour, ForwardViewStep, LeadershipRole
from interventions.models import Intervention, Provider

COST_LIMITS = [
    MinValueValidator(Decimal(0), "A sum of money cannot be less than £0"),
    MaxValueValidator(MAX_COST_POUNDS, f"A sum of money must be £{MAX_COST_POUNDS:,} or less"),
]


class PlannedIntervention(models.Model):
    """One intervention as it was co-designed for this client, from the menu or bespoke."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="planned_interventions")
    position = models.PositiveIntegerField(editable=False)
    intervention = models.ForeignKey(
        Intervention, null=True, blank=True, on_delete=models.PROTECT, related_name="planned", verbose_name="from the menu"
    )
    # What the menu said when this was planned: an edit of the menu rewrites no plan (P38).
    menu_name = models.CharField("name on the menu", max_length=200, blank=True, default="", db_default="", editable=False)
    menu_summary = models.CharField("summary on the menu", max_length=300, blank=True, default="", db_default="", editable=False)
    menu_version = models.PositiveIntegerField("version of the menu", null=True, blank=True, editable=False)
    title = models.CharField(max_length=MAX_NAME)
    co_designed = models.TextField("what was co-designed", max_length=MAX_TEXT, blank=True)
    audience = models.ManyToManyField(ParticipantGroup, blank=True, related_name="planned_interventions")
    serves = models.ManyToManyField(
        Priority, blank=True, related_name="planned_interventions", verbose_name="priorities it serves"
    )
    roles = models.ManyToManyField(
        LeadershipRole, blank=True, related_name="planned_interventions", verbose_name="leadership roles it develops"
    )
    behaviours = models.ManyToManyField(
        Behaviour, blank=True, related_name="planned_interventions", verbose_name="behaviours it develops"
    )
    focus = models.CharField("what it develops", max_length=20, choices=Focus.choices, blank=True)
    forward_view_steps = models.ManyToManyField(
        ForwardViewStep, blank=True, related_name="planned_interventions", verbose_name="Forward View steps"
    )
    preparatory_percent = models.PositiveSmallIntegerField(
        "share of preparatory work",
        null=True,
        blank=True,
        validators=[MaxValueValidator(100, "Enter a percentage from 0 to 100")],
    )
    sourcing_route = models.CharField("sourcing route", max_length=20, choices=SourcingRoute.choices, blank=True)
    provider = models.ForeignKey(Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="planned_interventions")
    other_provider = models.CharField("provider not in the directory", max_length=MAX_NAME, blank=True)
    route_reason = models.TextField("reason for the route", max_length=MAX_TEXT, blank=True)
    starts_on = models.DateField("start date", null=True, blank=True)
    ends_on = models.DateField("end date", null=True, blank=True)
    sessions = models.PositiveIntegerField(
        "number of sessions",
        null=True,
        blank=True,
        validators=[
            MinValueValidator(1, "Enter at least 1 session, or leave it empty"),
            MaxValueValidator(MAX_SESSIONS, f"Enter a number of sessions up to {MAX_SESSIONS:,}"),
        ],
    )
    places = models.PositiveIntegerField(
        "number of places",
        null=True,
        blank=True,
        validators=[
            MinValueValidator(1, "Enter at least 1 place, or leave it empty"),
            MaxValueValidator(MAX_HEADCOUNT, f"Enter a number of places up to {MAX_HEADCOUNT:,}"),
        ],
    )
    is_no_cost = models.BooleanField("there is no cost", default=False)
    estimated_cost = models.DecimalField(
        "estimated cost", max_digits=9, decimal_places=2, null=True, blank=True, validators=COST_LIMITS
    )
    expected_impact = models.TextField("expected impact", max_length=MAX_TEXT, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="plannedintervention_ends_after_start",
                violation_error_message="The end date must be the same as or after the start date.",
            ),
            models.CheckConstraint(
                condition=models.Q(estimated_cost__isnull=True) | models.Q(estimated_cost__gte=0),
                name="plannedintervention_cost_not_negative",
                violation_error_message="A sum of money cannot be less than £0.",
            ),
            models.CheckConstraint(
                condition=models.Q(is_no_cost=False) | models.Q(estimated_cost__isnull=True) | models.Q(estimated_cost=0),
                name="plannedintervention_no_cost_has_no_sum",
                violation_error_message="Either enter an estimated cost or tick “There is no cost”, not both.",
            ),
            models.CheckConstraint(
                condition=models.Q(provider__isnull=True) | models.Q(other_provider=""),
                name="plannedintervention_one_provider",
                violation_error_message="Choose a provider from the directory or enter another one, not both.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def provider_name(self) -> str:
        """Return who delivers it, from the directory or as typed."""
        return str(self.provider) if self.provider else self.other_provider

    @property
    def is_cost_known(self) -> bool:
        """Tell whether a cost was given, or that there is none."""
        return self.is_no_cost or self.estimated_cost is not None

    @property
    def cost(self) -> Decimal | None:
        """Return the cost in pounds, 0 where there is none, nothing where it is not known."""
        return Decimal(0) if self.is_no_cost else self.estimated_cost


class FundingLine(models.Model):
    """A sum of money towards one planned intervention."""

    planned_intervention = models.ForeignKey(PlannedIntervention, on_delete=models.PROTECT, related_name="funding_lines")
    source = models.CharField("where the money comes from", max_length=MAX_NAME)
    amount = models.DecimalField(max_digits=9, decimal_places=2, validators=COST_LIMITS)
    certainty = models.CharField("how sure it is", max_length=20, choices=FundingCertainty.choices)

    class Meta:
        verbose_name = "funding from"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gte=0),
                name="fundingline_amount_not_negative",
                violation_error_message="A sum of money cannot be less than £0.",
            ),
            models.CheckConstraint(
                condition=models.Q(certainty__in=FundingCertainty.values),
                name="fundingline_certainty_known",
                violation_error_message="Choose how sure the money is from the list.",
            ),
        ]

    def __str__(self) -> str:
        return self.source
