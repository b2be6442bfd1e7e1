"""What the four facets hold: groups of people, places, purposes and priorities."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from directory.enums import Sector
from directory.models import Footprint, Organisation, Site
from engagements.enums import MAX_HEADCOUNT, MAX_NAME, MAX_TEXT, Facet, Level, PlaceLevel
from engagements.models.engagement import Engagement
from framework.models import Behaviour, ForwardViewStep, LeadershipRole


class ParticipantGroup(models.Model):
    """A group of people who must be in the work."""

    FACET = Facet.PEOPLE

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField("who they are", max_length=MAX_NAME)
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="groups")
    sector = models.CharField(max_length=30, choices=Sector.choices, blank=True)
    headcount = models.PositiveIntegerField(
        "how many people",
        null=True,
        blank=True,
        validators=[
            MinValueValidator(1, "A group has at least 1 person"),
            MaxValueValidator(MAX_HEADCOUNT, f"Enter a number of people up to {MAX_HEADCOUNT:,}"),
        ],
    )
    why_them = models.TextField("why them", max_length=MAX_TEXT, blank=True)

    class Meta:
        verbose_name = "group"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(headcount__isnull=True) | models.Q(headcount__gte=1),
                name="participantgroup_headcount_at_least_one",
                violation_error_message="A group has at least 1 person.",
            ),
            models.CheckConstraint(
                condition=models.Q(sector__in=["", *Sector.values]),
                name="participantgroup_sector_known",
                violation_error_message="Choose a sector from the list.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def known_sector(self) -> str:
        """Return the sector of the group's organisation or, without one, its own."""
        return self.organisation.sector if self.organisation else self.sector

    @property
    def sector_name(self) -> str:
        """Return the known sector in words, or nothing."""
        return str(Sector(self.known_sector).label) if self.known_sector else ""


class Place(models.Model):
    """A place where the work happens."""

    FACET = Facet.PLACE

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="places")
    level = models.CharField("how large the place is", max_length=20, choices=PlaceLevel.choices, blank=True)
    footprint = models.ForeignKey(
        Footprint, null=True, blank=True, on_delete=models.PROTECT, related_name="places", verbose_name="STP area"
    )
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="places", verbose_name="vanguard or pioneer site"
    )
    name = models.CharField("name of the place", max_length=MAX_NAME, blank=True)
    note = models.TextField("what matters about this place", max_length=MAX_TEXT, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(footprint__isnull=False) | models.Q(site__isnull=False) | ~models.Q(name=""),
                name="place_is_named",
                violation_error_message="Choose an STP area or a site, or enter the name of the place.",
            ),
            models.CheckConstraint(
                condition=models.Q(level__in=["", *PlaceLevel.values]),
                name="place_level_known",
                violation_error_message="Choose how large the place is from the list.",
            ),
        ]

    def __str__(self) -> str:
        parts = [self.name, str(self.site or ""), str(self.footprint or "")]
        return ", ".join(part for part in parts if part)


class Purpose(models.Model):
    """What the work is for: the real work issue and the steps it should bring nearer."""

    FACET = Facet.PURPOSE

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="purposes")
    statement = models.TextField("what this is for", max_length=MAX_TEXT)
    real_work_issue = models.TextField("the real work issue", max_length=MAX_TEXT, blank=True)
    forward_view_steps = models.ManyToManyField(
        ForwardViewStep, blank=True, related_name="purposes", verbose_name="Forward View steps"
    )
    strategy_title = models.CharField("workforce strategy", max_length=MAX_NAME, blank=True)
    strategy_section = models.CharField("section of the strategy", max_length=MAX_NAME, blank=True)
    strategy_confirmed_by = models.CharField("who confirmed the link", max_length=MAX_NAME, blank=True)
    strategy_confirmed_on = models.DateField("when it was confirmed", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(strategy_confirmed_by="", strategy_confirmed_on__isnull=True)
                | (~models.Q(strategy_confirmed_by="") & models.Q(strategy_confirmed_on__isnull=False)),
                name="purpose_confirmation_complete",
                violation_error_message="Enter both who confirmed the link to the strategy and when, or leave both empty.",
            )
        ]

    def __str__(self) -> str:
        return self.statement

    @property
    def is_strategy_named(self) -> bool:
        """Tell whether the workforce strategy and its section are named."""
        return bool(self.strategy_title and self.strategy_section)

    @property
    def is_strategy_confirmed(self) -> bool:
        """Tell whether a named person has confirmed the link to the strategy."""
        return bool(self.is_strategy_named and self.strategy_confirmed_by)


class Priority(models.Model):
    """What must change first, and the roles and behaviours it asks for."""

    FACET = Facet.PRIORITIES

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="priorities")
    position = models.PositiveIntegerField(editable=False)
    statement = models.TextField("what must change", max_length=MAX_TEXT)
    roles = models.ManyToManyField(LeadershipRole, blank=True, related_name="priorities", verbose_name="leadership roles")
    behaviours = models.ManyToManyField(Behaviour, blank=True, related_name="priorities")
    level_now = models.CharField("where things are now", max_length=1, choices=Level.choices, blank=True)
    level_wanted = models.CharField("where they should be", max_length=1, choices=Level.choices, blank=True)

    class Meta:
        verbose_name_plural = "priorities"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level_now="") | models.Q(level_wanted="") | models.Q(level_wanted__gte=models.F("level_now")),
                name="priority_level_rises",
                violation_error_message="The level you want must be the same as or higher than the level now.",
            )
        ]

    def __str__(self) -> str:
        return self.statement
