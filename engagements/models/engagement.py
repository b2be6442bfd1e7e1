"""The engagement, who is on it and where it has stood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.urls import reverse
from django.utils import timezone

from core.reading import Relation, prefetch_in_one_query
from directory.models import Organisation, Region
from engagements.enums import (
    BEGUN_STATUSES,
    MAX_NAME,
    MAX_TEXT,
    Clarity,
    ClientKind,
    EngagementStatus,
    Facet,
    SigningOrder,
    StartedFrom,
)
from framework.enums import StepKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import User
    from directory.models import Footprint
    from framework.models import ForwardViewStep


def _step_order(step: ForwardViewStep) -> tuple[int, int, int]:
    """Put gaps first, then services, then enablers; each kind counts its positions for itself."""
    return (StepKind.values.index(step.kind), step.position, step.pk)


class EngagementQuerySet(models.QuerySet["Engagement"]):
    """Reads engagements; `visible_to` is where every page, export and search starts."""

    def visible_to(self, user: User) -> EngagementQuerySet:
        """Narrow to what a person may see (DESIGN section 5).

        National admins see all; regional people their region's and those that touch its footprints, and whatever they
        lead or are on the team of; STP leads those that name them, once the plan has been shared with them.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_national_admin:
            return self
        if user.is_stp_lead:
            named = ClientLead.objects.current().filter(engagement=OuterRef("pk"), user=user)
            return self.filter(Exists(named), shared_at__isnull=False)
        return self.filter(
            Q(lead_region=user.region_id)
            | Q(lead_consultant=user)
            | Exists(Engagement.team.through.objects.filter(engagement=OuterRef("pk"), user=user))
            | Exists(self._places().filter(footprint__lead_region=user.region_id))
            | Exists(self._places().filter(footprint__other_regions=user.region_id))
            | Exists(self._places().filter(site__footprints__lead_region=user.region_id))
            | Exists(self._places().filter(site__footprints__other_regions=user.region_id))
        )

    def for_person(self, user: User) -> EngagementQuerySet:
        """Narrow to what a person leads or is on the team of."""
        return self.filter(
            Q(lead_consultant=user) | Exists(Engagement.team.through.objects.filter(engagement=OuterRef("pk"), user=user))
        )

    def begun(self) -> EngagementQuerySet:
        """Narrow to those whose delivery has started at some time, whatever has become of their plan since."""
        started = StatusChange.objects.filter(engagement=OuterRef("pk"), to_status=EngagementStatus.IN_DELIVERY)
        return self.filter(Q(status__in=BEGUN_STATUSES) | Exists(started))

    def for_footprint(self, number: int) -> EngagementQuerySet:
        """Narrow to work in one STP area, named itself or else through one of its sites (`Engagement.areas`)."""
        by_site = Q(footprint=None, site__footprints__number=number)
        places = self._places().filter(Q(footprint__number=number) | by_site)
        return self.filter(Exists(places))

    def found_by(self, words: str) -> EngagementQuerySet:
        """Search references, titles, clients and STP areas, the closest first (P25).

        Each row says how it was found in `closeness`: 0 the exact reference, 1 a reference or title that starts so, 2 all
        the words somewhere.
        """
        words = words.strip()
        near = Q()
        for word in words.split():
            area = Q(footprint__name__icontains=word) | Q(footprint__other_names__icontains=word)
            somewhere = Exists(self._places().filter(area | Q(name__icontains=word) | Q(site__name__icontains=word)))
            near &= Q(reference__icontains=word) | Q(title__icontains=word) | Q(client__icontains=word) | Q(somewhere)
        starts = Q(reference__istartswith=words) | Q(title__istartswith=words)
        closeness = Case(
            When(reference__iexact=words, then=Value(0)),
            When(starts, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        return self.filter(near | starts).annotate(closeness=closeness)

    def with_people(self) -> EngagementQuerySet:
        """Read the region and lead consultant along with each engagement."""
        return self.select_related("lead_region", "lead_consultant")

    @staticmethod
    def _places() -> models.QuerySet[models.Model]:
        """Return the places of the engagement of the outer query."""
        places: type[models.Model] = Engagement._meta.get_field("places").related_model
        return places._default_manager.filter(engagement=OuterRef("pk"))


class Engagement(models.Model):
    """One piece of work that an LDP does with a client."""

    reference = models.CharField(max_length=12, unique=True)
    title = models.CharField(max_length=MAX_NAME)
    client = models.CharField("who the client is", max_length=MAX_NAME, blank=True)
    client_kind = models.CharField("what kind of client", max_length=20, choices=ClientKind.choices, blank=True)
    lead_region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="engagements", verbose_name="lead region")
    lead_consultant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="led_engagements", verbose_name="lead consultant"
    )
    team = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="team_engagements")
    status = models.CharField(max_length=20, choices=EngagementStatus.choices, default=EngagementStatus.CO_DESIGN)
    signing_order = models.CharField(
        "how the signatories are asked", max_length=20, choices=SigningOrder.choices, default=SigningOrder.PARALLEL
    )
    started_from = models.CharField(max_length=20, choices=StartedFrom.choices, blank=True)
    people_clarity = models.CharField("how clear People is", max_length=20, choices=Clarity.choices, default=Clarity.NOT_STARTED)
    people_words = models.TextField("People in the client's own words", max_length=MAX_TEXT, blank=True)
    place_clarity = models.CharField("how clear Place is", max_length=20, choices=Clarity.choices, default=Clarity.NOT_STARTED)
    place_words = models.TextField("Place in the client's own words", max_length=MAX_TEXT, blank=True)
    purpose_clarity = models.CharField(
        "how clear Purpose is", max_length=20, choices=Clarity.choices, default=Clarity.NOT_STARTED
    )
    purpose_words = models.TextField("Purpose in the client's own words", max_length=MAX_TEXT, blank=True)
    priorities_clarity = models.CharField(
        "how clear Priorities is", max_length=20, choices=Clarity.choices, default=Clarity.NOT_STARTED
    )
    priorities_words = models.TextField("Priorities in the client's own words", max_length=MAX_TEXT, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    shared_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = EngagementQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="engagement_newest"),
            models.Index(fields=["lead_region", "-created_at", "-id"], name="engagement_region_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=EngagementStatus.values),
                name="engagement_status_known",
                violation_error_message="An engagement has one of the known statuses.",
            ),
            models.CheckConstraint(
                condition=Q(client_kind__in=["", *ClientKind.values]),
                name="engagement_client_kind_known",
                violation_error_message="Choose a kind of client from the list.",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="engagement_has_title", violation_error_message="Enter a title."),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        """Return the address of the workspace."""
        return reverse("engagements:engagement_detail", args=[self.reference])

    @property
    def trail(self) -> str:
        """Return the name of the engagement's part of the audit trail."""
        return f"engagement:{self.pk}"

    def clarity_of(self, facet: Facet) -> Clarity:
        """Return how clear one facet is."""
        return Clarity(getattr(self, f"{facet}_clarity"))

    def words_on(self, facet: Facet) -> str:
        """Return the client's own words about one facet."""
        return str(getattr(self, f"{facet}_words"))

    def areas(self) -> list[Footprint]:
        """Return the STP areas that Place names, itself or else through a site, each once; takes a loaded plan.

        A site that lies in several areas stands for the one area that is named beside it, here, in the list and in its filter.
        """
        found: dict[int, Footprint] = {}
        for place in self.places.all():
            if place.footprint:
                found[place.footprint.number] = place.footprint
            elif place.site:
                found |= {area.number: area for area in place.site.footprints.all()}
        return [found[number] for number in sorted(found)]

    def load_plan(self) -> Engagement:
        """Read everything that the plan is made of, in a fixed number of queries, and return the engagement."""
        children = ["groups", "places", "purposes", "priorities", "planned_interventions", "client_leads"]
        related = [("organisation",), ("footprint", "site"), (), (), ("intervention", "provider"), ("user", "organisation")]
        models.prefetch_related_objects(
            [self],
            *(
                models.Prefetch(name, self._ordered(name).select_related(*joined) if joined else self._ordered(name))
                for name, joined in zip(children, related, strict=True)
            ),
        )
        planned: Sequence[models.Model] = list(self.planned_interventions.all())
        organisations = [group.organisation for group in self.groups.all() if group.organisation]
        sites = [place.site for place in self.places.all() if place.site]
        prefetch_in_one_query(
            [
                Relation([self], "team", lambda user: (user.full_name, user.pk)),
                Relation([self], "measures"),
                Relation(organisations, "footprints", lambda area: area.number),
                Relation(sites, "footprints", lambda area: area.number),
                Relation(list(self.purposes.all()), "forward_view_steps", _step_order),
                Relation(list(self.priorities.all()), "roles"),
                Relation(list(self.priorities.all()), "behaviours"),
                Relation(planned, "audience"),
                Relation(planned, "serves", lambda priority: (priority.position, priority.pk)),
                Relation(planned, "forward_view_steps", _step_order),
                Relation(planned, "roles"),
                Relation(planned, "behaviours"),
                Relation(planned, "funding_lines"),
                Relation(planned, "criterion_checks"),
            ]
        )
        self._tie_together()
        return self

    def _ordered(self, name: str) -> models.QuerySet[models.Model]:
        """Return one list of children in the order in which the plan shows it."""
        has_position = {"priorities", "planned_interventions", "client_leads"}
        model: type[models.Model] = self._meta.get_field(name).related_model  # type: ignore[assignment]
        rows = ClientLead.objects.current() if name == "client_leads" else model._default_manager.all()
        return rows.order_by(*(("position", "pk") if name in has_position else ("pk",)))

    def _tie_together(self) -> None:
        """Let what was read reach what was read beside it: organisations of an audience, measures, authors of reasons."""
        groups = {group.pk: group for group in self.groups.all()}
        planned = {row.pk: row for row in self.planned_interventions.all()}
        for row in planned.values():
            for group in row.audience.all():
                group.organisation = groups[group.pk].organisation
        for measure in self.measures.all():
            pk = measure.planned_intervention_id
            measure.planned_intervention = None if pk is None else planned[pk]
        checks = [check for row in planned.values() for check in row.criterion_checks.all()]
        known = {user.pk: user for user in (self.lead_consultant, *self.team.all())}
        missing = {check.by_id for check in checks} - known.keys()
        known |= get_user_model().objects.in_bulk(missing) if missing else {}
        for check in checks:
            check.by = known[check.by_id]


class ClientLeadQuerySet(models.QuerySet["ClientLead"]):
    """Reads client leads."""

    def current(self) -> ClientLeadQuerySet:
        """Narrow to those who are on their engagement now; whoever left stays named where they commented."""
        return self.filter(removed_at=None)

    def with_people(self) -> ClientLeadQuerySet:
        """Read each lead's person and organisation along, in the order in which they sign."""
        return self.select_related("user", "organisation").order_by("position", "pk")


class ClientLead(models.Model):
    """A leader on the client's side: reads the plan and signs it as a signatory, or in place of one as their deputy."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="client_leads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="client_leads")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="client_leads")
    is_signatory = models.BooleanField("signs the plan", default=True)
    position = models.PositiveIntegerField(default=0, editable=False)
    deputy_for = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="deputies", verbose_name="deputy for"
    )
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ClientLeadQuerySet.as_manager()

    class Meta:
        verbose_name = "client lead"
        constraints = [
            models.CheckConstraint(
                condition=Q(deputy_for=None) | Q(is_signatory=False),
                name="clientlead_deputy_signs_for_another",
                violation_error_message="A deputy signs in place of somebody else, and does not sign for themselves.",
            ),
            models.UniqueConstraint(
                fields=["deputy_for"],
                condition=Q(removed_at=None),
                name="clientlead_one_deputy",
                violation_error_message="This signatory has a deputy already.",
            ),
            models.UniqueConstraint(
                fields=["engagement", "user"],
                name="clientlead_named_once",
                violation_error_message="This person is named on the engagement already.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class EarlyStart(models.Model):
    """Work that began before the plan was signed, with the reason (P10): said, never silent."""

    engagement = models.OneToOneField(Engagement, on_delete=models.PROTECT, related_name="early_start")
    reason = models.TextField("why work starts before sign-off", max_length=MAX_TEXT)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    by_name = models.CharField(max_length=MAX_NAME, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "start before sign-off of"

    def __str__(self) -> str:
        return str(self.engagement)


class StatusChangeQuerySet(models.QuerySet["StatusChange"]):
    """Reads moves."""

    def ending_a_review(self) -> StatusChangeQuerySet:
        """Narrow to moves after which nobody is asked to decide any more: out of review, or withdrawn."""
        return self.filter(Q(from_status=EngagementStatus.IN_REVIEW) | Q(to_status=EngagementStatus.WITHDRAWN))


class StatusChange(models.Model):
    """One move of an engagement from status to status."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="status_changes")
    from_status = models.CharField(max_length=20, choices=EngagementStatus.choices)
    to_status = models.CharField(max_length=20, choices=EngagementStatus.choices)
    reason = models.TextField(max_length=MAX_TEXT, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = StatusChangeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.get_from_status_display()} to {self.get_to_status_display()}"
