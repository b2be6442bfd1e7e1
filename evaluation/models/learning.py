"""What was learned from one engagement, and how far it may travel (framework, "Evaluation")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from engagements.enums import MAX_TEXT
from engagements.models import Engagement, PlannedIntervention
from evaluation.enums import Sharing

if TYPE_CHECKING:
    from accounts.models import User
    from interventions.models import Intervention


class LearningQuerySet(models.QuerySet["Learning"]):
    """Reads what was learned; `visible_to` is where the library and every page of the menu starts."""

    def visible_to(self, user: User) -> LearningQuerySet:
        """Narrow to what a person may read, never beyond what was agreed for it.

        Whoever sees the engagement reads its own. Beside that, what an admin has accepted: what is for everybody, by anybody; for all
        LDPs, by their people; for one region, by that region's.
        """
        accepted = Q(accepted_at__isnull=False)
        shared = Q(sharing=Sharing.PUBLIC)
        if not user.is_authenticated or not user.is_active:
            return self.filter(accepted & shared)
        if user.is_regional or user.is_national_admin:
            shared |= Q(sharing=Sharing.LDPS)
        if user.is_regional:
            shared |= Q(sharing=Sharing.REGION, engagement__lead_region=user.region_id)
        own = Q(engagement__in=Engagement.objects.visible_to(user).order_by().values("pk"))
        # A client reads the plan they signed, and what was learned once it is everybody's.
        return self.filter((accepted & shared) if user.is_stp_lead else own | (accepted & shared))

    def waiting(self) -> LearningQuerySet:
        """Narrow to what its region's admin has yet to accept or decline, the oldest first."""
        return self.filter(proposed_at__isnull=False, accepted_at=None, declined_at=None).order_by("proposed_at", "pk")

    def accepted(self) -> LearningQuerySet:
        """Narrow to what stands as evidence, the newest first."""
        return self.filter(accepted_at__isnull=False).order_by("-accepted_at", "-pk")

    def found_by(
        self,
        q: str = "",
        domain: str = "",
        intervention: str = "",
        role: int | None = None,
        behaviour: int | None = None,
        kind: str = "",
    ) -> LearningQuerySet:
        """Narrow to what holds all the words and comes from such an intervention and kind of place; rows are named by their lineage."""
        found = self
        for word in q.split():
            told = Q(evidence__icontains=word) | Q(for_whom__icontains=word) | Q(context__icontains=word)
            found = found.filter(told | Q(to_watch__icontains=word) | Q(planned_intervention__intervention__name__icontains=word))
        if domain:
            found = found.filter(planned_intervention__intervention__main_domain__slug=domain)
        if intervention:
            found = found.filter(planned_intervention__intervention__slug=intervention)
        for name, lineage in (("roles", role), ("behaviours", behaviour)):
            if lineage:
                develops = Q(**{name: lineage}) | Q(**{f"{name}__first": lineage})
                found = found.filter(planned_intervention__in=PlannedIntervention.objects.filter(develops).values("pk"))
        return found.filter(engagement__client_kind=kind) if kind else found


class Learning(models.Model):
    """What worked, for whom, in what context, and what to watch: written when an engagement closes, by those who did the work.

    `sources` are the sentences that the portal drew up from the records, each with the path of its record. Shared beyond the team it is
    proposed as evidence, which an admin of the region accepts, in these words or shorter ones.
    """

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="learnings")
    planned_intervention = models.ForeignKey(
        PlannedIntervention,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="learnings",
        verbose_name="from which intervention",
    )
    worked = models.TextField("what worked, and what did not", max_length=MAX_TEXT)
    for_whom = models.TextField("for whom", max_length=MAX_TEXT, blank=True)
    context = models.TextField("in what context", max_length=MAX_TEXT, blank=True)
    to_watch = models.TextField("what to watch", max_length=MAX_TEXT, blank=True)
    sharing = models.CharField("how far it may be shared", max_length=20, choices=Sharing.choices, default=Sharing.TEAM)
    sources = models.JSONField(default=list, editable=False)
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    proposed_at = models.DateTimeField(null=True, blank=True, editable=False)
    evidence = models.TextField("as the menu tells it", max_length=MAX_TEXT, blank=True, editable=False)
    accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    declined_at = models.DateTimeField(null=True, blank=True, editable=False)
    declined_reason = models.TextField(max_length=MAX_TEXT, blank=True, editable=False)

    objects = LearningQuerySet.as_manager()

    class Meta:
        verbose_name = "learning"
        constraints = [
            models.CheckConstraint(
                condition=Q(sharing__in=Sharing.values),
                name="learning_sharing_known",
                violation_error_message="Choose from the list how far it may be shared.",
            ),
            models.CheckConstraint(
                condition=~Q(worked=""),
                name="learning_says_something",
                violation_error_message="Enter what was learned.",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | (Q(proposed_at__isnull=False) & ~Q(sharing=Sharing.TEAM)),
                name="learning_accepted_as_shared",
                violation_error_message="Only what is shared beyond the team can be accepted.",
            ),
        ]

    def __str__(self) -> str:
        return f"what was learned from {self.planned_intervention or self.engagement}"

    @property
    def title(self) -> str:
        """Return what it was learned from."""
        return str(self.planned_intervention or "The engagement as a whole")

    @property
    def menu_item(self) -> Intervention | None:
        """Return the intervention of the menu that it was learned from."""
        return self.planned_intervention.intervention if self.planned_intervention else None

    @property
    def is_waiting(self) -> bool:
        """Tell whether an admin has yet to say something."""
        return self.proposed_at is not None and self.accepted_at is None and self.declined_at is None
