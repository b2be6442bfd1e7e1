"""The Systems Leadership Development Framework: reference data, loaded word for word."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.urls import reverse

from core.models import Versioned
from framework.enums import StepKind


class DomainQuerySet(models.QuerySet["Domain"]):
    """Reads the domains."""

    def in_order(self) -> DomainQuerySet:
        """Put the domains in the order of the framework document."""
        return self.order_by("position", "pk")

    def with_counts(self) -> DomainQuerySet:
        """Count each domain's leadership roles, behaviours and interventions on the menu."""
        on_the_menu = models.Q(interventions__retired_at__isnull=True, interventions__region=None)
        return self.annotate(
            role_count=models.Count("roles", filter=models.Q(roles__retired_at=None), distinct=True),
            behaviour_count=models.Count("behaviours", filter=models.Q(behaviours__retired_at=None), distinct=True),
            intervention_count=models.Count("interventions", filter=on_the_menu, distinct=True),
        )


class Domain(Versioned):
    """One of the four domains of systems leadership development."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    aim = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField()

    objects = DomainQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the domain's page."""
        return reverse("framework:domain_detail", args=[self.slug])


S = TypeVar("S", bound=models.Model)


class SucceedingQuerySet(models.QuerySet[S]):
    """Reads rows that follow one another."""

    def current(self) -> Self:
        """Narrow to the rows that can be chosen today."""
        return self.filter(retired_at=None)

    def in_lineage(self, lineage: int) -> Self:
        """Narrow to the rows that followed one another from the first, the latest wording first."""
        return self.filter(models.Q(pk=lineage) | models.Q(first=lineage)).order_by("-pk")


class Succeeding(models.Model):
    """A row whose words never change: an edit makes a new row in its place, and what chose the old one keeps it (P38).

    The rows that followed one another share a lineage, by which needs and interventions are matched.
    """

    replaces = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="replaced_by"
    )
    first = models.ForeignKey("self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def lineage(self) -> int:
        """Return the key of the first row of the lineage."""
        return int(self.first_id or self.pk)  # type: ignore[attr-defined]  # the column of `first`


class LeadershipRoleQuerySet(SucceedingQuerySet["LeadershipRole"]):
    """Reads leadership roles."""

    def in_order(self) -> LeadershipRoleQuerySet:
        """Put the roles in the order of the framework document."""
        return self.order_by("domain__position", "row", "pk")


class LeadershipRole(Succeeding):
    """A leadership role of one domain: the left column of the printed table."""

    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="roles")
    row = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)

    objects = LeadershipRoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["domain", "row"],
                condition=models.Q(retired_at=None),
                name="leadershiprole_one_for_each_row",
                violation_error_message="There is a leadership role in this row already.",
            )
        ]

    def __str__(self) -> str:
        return self.text


class BehaviourQuerySet(SucceedingQuerySet["Behaviour"]):
    """Reads behaviours."""

    def in_order(self) -> BehaviourQuerySet:
        """Put the behaviours in the order of the framework document."""
        return self.order_by("domain__position", "row", "position", "pk")


class Behaviour(Succeeding):
    """A behaviour of one domain: the right column of the printed table, where one row may hold several."""

    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="behaviours")
    row = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField(default=1)
    text = models.CharField(max_length=300)

    objects = BehaviourQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["domain", "row", "position"],
                condition=models.Q(retired_at=None),
                name="behaviour_one_for_each_place",
                violation_error_message="There is a behaviour in this place already.",
            )
        ]

    def __str__(self) -> str:
        return self.text


class ForwardViewStepQuerySet(SucceedingQuerySet["ForwardViewStep"]):
    """Reads Forward View steps."""

    def active(self) -> ForwardViewStepQuerySet:
        """Narrow to steps that can still be chosen: gaps first, then services, then enablers."""
        return self.current().in_order()

    def in_order(self) -> ForwardViewStepQuerySet:
        """Put gaps first, then services, then enablers."""
        kinds = models.Case(*(models.When(kind=kind, then=place) for place, kind in enumerate(StepKind)))
        return self.order_by(kinds, "position", "pk")


class ForwardViewStep(Succeeding):
    """A step towards the Five Year Forward View."""

    code = models.SlugField()
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=20, choices=StepKind.choices)
    position = models.PositiveSmallIntegerField()

    objects = ForwardViewStepQuerySet.as_manager()

    class Meta:
        verbose_name = "Forward View step"
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(retired_at=None),
                name="forwardviewstep_one_for_each_code",
                violation_error_message="There is a Forward View step with this code already.",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=StepKind.values),
                name="forwardviewstep_kind_known",
                violation_error_message="Choose a kind of step from the list.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ResourceQuerySet(models.QuerySet["Resource"]):
    """Reads resources."""

    def current(self) -> ResourceQuerySet:
        """Narrow to the resources that are pointed out today."""
        return self.filter(retired_at=None)


class Resource(Versioned):
    """A model, toolkit or framework that consultants can use beside the menu."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    address = models.URLField(blank=True)
    position = models.PositiveSmallIntegerField()
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ResourceQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def link(self) -> str:
        """Return what a link to the resource leads to: a page, and never anything else that an address can say."""
        return self.address if self.address.startswith(("https://", "http://")) else ""
