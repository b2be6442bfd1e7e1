"""The menu of interventions, what each region offers of it, and who delivers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from core.models import RecordVersion, Versioned
from directory.models import Region
from framework.models import Behaviour, Domain, LeadershipRole
from interventions.enums import MAX_RELATED, Availability, ProposalOutcome, ProviderKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from accounts.models import User
    from framework.models import Succeeding


def _count_of_lineages(name: str, rows: Iterable[Succeeding]) -> models.Count | models.Value:
    """Count of one relation the rows that share a lineage with one of these; of no rows, none."""
    lineages = {row.lineage for row in rows}
    if not lineages:
        return models.Value(0)
    is_of_them = models.Q(**{f"{name}__in": lineages}) | models.Q(**{f"{name}__first__in": lineages})
    return models.Count(Coalesce(f"{name}__first", name), filter=is_of_them, distinct=True)


class InterventionQuerySet(models.QuerySet["Intervention"]):
    """Reads the menu."""

    def on_the_menu(self, region: Region | None = None) -> InterventionQuerySet:
        """Narrow to what is offered today, in the order of the printed menu: the national menu, and with a region what it offers beside it."""
        return self.ever_on_the_menu(region).filter(retired_at=None)

    def ever_on_the_menu(self, region: Region | None = None) -> InterventionQuerySet:
        """Narrow to the same menu with what was retired from it, in the order of the printed menu."""
        mine = models.Q(region=None) if region is None else models.Q(region=None) | models.Q(region=region)
        return self.filter(mine).order_by("main_domain__position", "position", "pk")

    def with_use(self) -> InterventionQuerySet:
        """Count the plans that use each, and say when it was last changed: nothing for what is as it was first loaded."""
        versions = RecordVersion.objects.filter(subject_type=self.model._meta.label_lower, subject_id=models.OuterRef("pk"))
        return self.annotate(
            plan_count=models.Count("planned__engagement", distinct=True),
            changed_at=models.Subquery(versions.order_by("-number").values("at")[:1]),
        )

    def offered_anywhere(self) -> InterventionQuerySet:
        """Narrow to what is offered today in every region or in one, in the order of the printed menu."""
        return self.filter(retired_at=None).order_by(
            "main_domain__position", models.F("region__name").asc(nulls_first=True), "position", "pk"
        )

    def available_in(self, region: Region) -> InterventionQuerySet:
        """Narrow to what one region offers today or can source on request: whatever it has not said that it does not offer."""
        refused = RegionalOffer.objects.filter(
            region=region, intervention=models.OuterRef("pk"), availability=Availability.NOT_OFFERED
        )
        return self.on_the_menu(region).filter(~models.Exists(refused))

    def with_offer_count(self, region: Region | None = None) -> InterventionQuerySet:
        """Count in `offered_in` the regions that offer each intervention, of all or of one."""
        offered = models.Q(offers__availability=Availability.OFFERED)
        if region is not None:
            offered &= models.Q(offers__region=region)
        return self.annotate(offered_in=models.Count("offers", filter=offered, distinct=True))

    def extras(self) -> InterventionQuerySet:
        """Narrow to what single regions offer today beside the national menu."""
        return self.filter(retired_at=None).exclude(region=None).order_by("main_domain__position", "position", "pk")

    def found_by(self, q: str = "", role: int | None = None, behaviour: int | None = None) -> InterventionQuerySet:
        """Narrow to what holds all the words and develops the leadership role and the behaviour, each named by its lineage."""
        found = self
        for word in q.split():
            found = found.filter(
                models.Q(name__icontains=word)
                | models.Q(summary__icontains=word)
                | models.Q(description__icontains=word)
                | models.Q(suits__icontains=word)
            )
        for name, lineage in (("roles", role), ("behaviours", behaviour)):
            if lineage:
                develops = models.Q(**{name: lineage}) | models.Q(**{f"{name}__first": lineage})
                found = found.filter(pk__in=self.model._default_manager.filter(develops).values("pk"))
        return found

    def related_to(
        self, intervention: Intervention, roles: Iterable[LeadershipRole], behaviours: Iterable[Behaviour]
    ) -> InterventionQuerySet:
        """Put first the few interventions that develop most of the same leadership roles and behaviours, in whatever words."""
        same_roles = _count_of_lineages("roles", roles)
        same_behaviours = _count_of_lineages("behaviours", behaviours)
        return (
            self.exclude(pk=intervention.pk)
            .annotate(in_common=same_roles + same_behaviours)
            .filter(in_common__gt=0)
            .select_related("main_domain")
            .order_by("-in_common", "main_domain__position", "position", "pk")[:MAX_RELATED]
        )


class Intervention(Versioned):
    """One intervention of the national menu, or one that a single region offers beside it."""

    region = models.ForeignKey(
        Region, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="extra_interventions"
    )
    main_domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="interventions")
    other_domains = models.ManyToManyField(Domain, blank=True, related_name="also_interventions")
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=100, unique=True, editable=False)
    summary = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    suits = models.TextField(blank=True)
    typical_length = models.CharField(max_length=200, blank=True)
    roles = models.ManyToManyField(LeadershipRole, blank=True, related_name="interventions")
    behaviours = models.ManyToManyField(Behaviour, blank=True, related_name="interventions")
    position = models.PositiveSmallIntegerField(editable=False)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    retired_reason = models.TextField(blank=True, default="", db_default="", editable=False)
    successors = models.ManyToManyField("self", symmetrical=False, blank=True, editable=False, related_name="predecessors")

    # What `with_use` adds.
    plan_count: int
    changed_at: datetime | None

    objects = InterventionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("name"),
                name="intervention_one_for_each_name",
                violation_error_message="There is an intervention with this name already. Choose another name.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the intervention's page."""
        return reverse("interventions:intervention_detail", args=[self.slug])


class ProviderQuerySet(models.QuerySet["Provider"]):
    """Finds who can deliver."""

    def active(self) -> ProviderQuerySet:
        """Narrow to providers that can still be chosen."""
        return self.filter(is_active=True)

    def for_region(self, region: Region) -> ProviderQuerySet:
        """Narrow to providers that work in one region, or without a region across the country, by name."""
        return self.filter(models.Q(regions=region) | models.Q(regions=None)).order_by("name", "pk")

    def visible_to(self, user: User) -> ProviderQuerySet:
        """Narrow to what a person may see: national admins all, regional people those who can work in their region (DESIGN section 5)."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_national_admin:
            return self
        if user.is_regional:
            return self.filter(models.Q(regions=user.region_id) | models.Q(regions=None))
        return self.none()

    def found_by(
        self, q: str = "", kind: str = "", region: str = "", intervention: int | None = None, retired: bool = False
    ) -> ProviderQuerySet:
        """Narrow to what holds all the words and fits the filters; without `retired` to those that can still be chosen."""
        found = self if retired else self.active()
        for word in q.split():
            found = found.filter(
                models.Q(name__icontains=word) | models.Q(notes__icontains=word) | models.Q(contact__icontains=word)
            )
        if kind:
            found = found.filter(kind=kind)
        if region:
            found = found.filter(models.Q(regions__slug=region) | models.Q(regions=None))
        if intervention:
            found = found.filter(interventions=intervention)
        return found.order_by("name", "pk")


class Provider(Versioned):
    """A body or person that delivers interventions."""

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=30, choices=ProviderKind.choices)
    regions = models.ManyToManyField(Region, blank=True, related_name="providers")
    interventions = models.ManyToManyField(Intervention, blank=True, related_name="providers")
    contact = models.CharField(max_length=200, blank=True)
    notes = models.TextField(blank=True)
    declared_interest = models.TextField(blank=True)
    is_active = models.BooleanField(default=True, editable=False)

    objects = ProviderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("name"),
                name="provider_one_for_each_name",
                violation_error_message="There is a provider with this name already.",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=ProviderKind.values),
                name="provider_kind_known",
                violation_error_message="Choose a kind of provider from the list.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the provider's page."""
        return reverse("interventions:provider_detail", args=[self.pk])


class RegionalOffer(Versioned):
    """What one region offers of one intervention."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="offers")
    intervention = models.ForeignKey(Intervention, on_delete=models.PROTECT, related_name="offers")
    availability = models.CharField(max_length=20, choices=Availability.choices)
    notes = models.TextField(blank=True)
    lead_time_weeks = models.PositiveSmallIntegerField("notice in weeks", null=True, blank=True)
    cost_from = models.DecimalField("lowest cost", max_digits=9, decimal_places=2, null=True, blank=True)
    cost_to = models.DecimalField("highest cost", max_digits=9, decimal_places=2, null=True, blank=True)
    contact = models.CharField(max_length=200, blank=True)
    providers = models.ManyToManyField(Provider, blank=True, related_name="offers")
    last_checked_on = models.DateField(null=True, blank=True, editable=False)
    last_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "intervention"],
                name="regionaloffer_one_for_each_intervention",
                violation_error_message="This region has an entry for this intervention already.",
            ),
            models.CheckConstraint(
                condition=models.Q(availability__in=Availability.values),
                name="regionaloffer_availability_known",
                violation_error_message="Choose offered, on request or not offered.",
            ),
            models.CheckConstraint(
                condition=models.Q(cost_from__isnull=True) | models.Q(cost_from__gte=0),
                name="regionaloffer_cost_not_negative",
                violation_error_message="A cost cannot be less than £0.",
            ),
            models.CheckConstraint(
                condition=models.Q(cost_to__isnull=True) | models.Q(cost_to__gte=0),
                name="regionaloffer_highest_cost_not_negative",
                violation_error_message="A cost cannot be less than £0.",
            ),
            models.CheckConstraint(
                condition=models.Q(cost_from__isnull=True)
                | models.Q(cost_to__isnull=True)
                | models.Q(cost_to__gte=models.F("cost_from")),
                name="regionaloffer_cost_range_upright",
                violation_error_message="The highest cost must be the same as or more than the lowest.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.intervention} in {self.region}"


class MenuProposalQuerySet(models.QuerySet["MenuProposal"]):
    """Finds proposals."""

    def open(self) -> MenuProposalQuerySet:
        """Narrow to those that nobody has answered, the oldest first."""
        return self.filter(outcome="").order_by("at", "pk")

    def answered(self) -> MenuProposalQuerySet:
        """Narrow to those that were answered or taken back, the latest first."""
        return self.exclude(outcome="").order_by("-answered_at", "-pk")

    def visible_to(self, user: User) -> MenuProposalQuerySet:
        """Narrow to what a person may see: national admins all, regional admins their own region's (DESIGN section 5)."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_national_admin:
            return self
        return self.filter(region=user.region_id) if user.is_admin else self.none()


class MenuProposal(models.Model):
    """What one region proposes to change on the national menu, and what became of it.

    `values` maps fields of the intervention to what they shall say, rows as their primary keys. A proposal without an intervention is for a
    new one.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="menu_proposals", editable=False)
    intervention = models.ForeignKey(
        Intervention, null=True, blank=True, on_delete=models.PROTECT, related_name="proposals", editable=False
    )
    intervention_version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    values = models.JSONField(default=dict, editable=False)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)
    outcome = models.CharField(max_length=30, choices=ProposalOutcome.choices, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When the message that tells the proposer of the answer was taken up: it goes once.
    told_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = MenuProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome="") | models.Q(outcome__in=ProposalOutcome.values),
                name="menuproposal_outcome_known",
                violation_error_message="Choose accepted, accepted with changes or declined.",
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome=ProposalOutcome.DECLINED) | ~models.Q(answer=""),
                name="menuproposal_declined_with_reason",
                violation_error_message="Say why the proposal is declined.",
            ),
        ]

    def __str__(self) -> str:
        return f"for {self.intervention or 'a new intervention'} by {self.region}"

    def get_absolute_url(self) -> str:
        """Return the address of the proposal's page."""
        return reverse("interventions:proposal_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Tell whether nobody has answered it yet."""
        return not self.outcome

    @property
    def is_new(self) -> bool:
        """Tell whether it proposes a new intervention; once accepted, `intervention` is what was made of it."""
        return self.intervention_version is None

    @property
    def title(self) -> str:
        """Return the name of what it would change or add."""
        return str(self.values.get("name", "") if self.is_new else self.intervention)
