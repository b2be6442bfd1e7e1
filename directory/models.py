"""Who is where in England: LDP regions, STP footprints, sites and organisations."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import reduce
from operator import and_
from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from core.models import Versioned
from core.names import Found, Named, find_names, same_name, split_names
from directory.enums import CHECKED_FOR_DAYS, MAX_ORGANISATIONS_FOUND, Closeness, ContactKind, Sector, SiteKind

# Words that people add to the name of an area and that no name holds as such.
PASSED_OVER = {"and", "footprint", "stp", "the"}
MAX_DIGITS = 4
# Reading all names in a few large pieces takes half the time of many small ones.
ROWS_READ_AT_ONCE = 5_000


def search_words(text: str) -> list[str]:
    """Return the words that a search goes by, without punctuation and words that tell nothing."""
    words = re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text)
    return [word for word in words if word.lower() not in PASSED_OVER]


def is_number(word: str) -> bool:
    """Tell whether a word could be the number of an area."""
    return word.isascii() and word.isdigit() and len(word) <= MAX_DIGITS


def website_address(typed: str) -> str:
    """Return what a link to a website leads to, never anything but a website: https where nothing else was typed."""
    typed = typed.strip()
    return typed if typed.lower().startswith(("https://", "http://")) else f"https://{quote(typed, safe='/?&=#%')}"


def telephone_address(typed: str) -> str:
    """Return what a link to a telephone number leads to: its digits, then those of an extension."""
    number, _, extension = typed.partition("ext")
    digits = "".join(re.findall(r"[+0-9]", number))
    beyond = "".join(re.findall(r"[0-9]", extension))
    return f"tel:{digits};ext={beyond}" if beyond else f"tel:{digits}"


class Region(models.Model):
    """A region of a Leadership Development Partner."""

    slug = models.SlugField(unique=True)
    code = models.CharField(max_length=5, unique=True)
    name = models.CharField(max_length=100)
    nudged_on = models.DateField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the region's contact page."""
        return reverse("directory:region_detail", args=[self.slug])

    @property
    def contacts_trail(self) -> str:
        """Return the name under which the trail tells what happened to the region's contact points."""
        return f"contacts:{self.slug}"


class ContactPointQuerySet(models.QuerySet["ContactPoint"]):
    """Finds ways to reach a region."""

    def in_order(self) -> ContactPointQuerySet:
        """Put them in the order that their region chose."""
        return self.order_by("position", "pk")

    def to_check(self, on: date) -> ContactPointQuerySet:
        """Narrow to those that nobody has checked for so long that somebody should."""
        before = on - timedelta(days=CHECKED_FOR_DAYS)
        return self.filter(models.Q(last_checked_on=None) | models.Q(last_checked_on__lte=before))


class ContactPoint(Versioned):
    """One way to reach a region: a telephone number, an email address, a website or a person."""

    region = models.ForeignKey(Region, editable=False, on_delete=models.PROTECT, related_name="contact_points")
    kind = models.CharField(max_length=20, choices=ContactKind.choices)
    value = models.CharField("number, address or name", max_length=200)
    label = models.CharField("what it is for", max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(editable=False)
    last_checked_on = models.DateField(null=True, blank=True, editable=False)
    last_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "kind", "value"],
                name="contactpoint_one_for_each_value",
                violation_error_message="This region has this contact already.",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=ContactKind.values),
                name="contactpoint_kind_known",
                violation_error_message="Choose telephone, email, website or person.",
            ),
        ]

    def __str__(self) -> str:
        return self.value

    @property
    def address(self) -> str:
        """Return what a link to this contact point leads to; nothing for a person, who is named and not linked."""
        if self.kind == ContactKind.TELEPHONE:
            return telephone_address(self.value)
        if self.kind == ContactKind.EMAIL:
            return f"mailto:{quote(self.value, safe='@')}"
        return website_address(self.value) if self.kind == ContactKind.WEBSITE else ""

    def is_to_check(self, on: date) -> bool:
        """Tell whether nobody has checked this contact point for so long that somebody should."""
        return self.last_checked_on is None or self.last_checked_on <= on - timedelta(days=CHECKED_FOR_DAYS)


class FootprintQuerySet(models.QuerySet["Footprint"]):
    """Finds STP areas."""

    def found_by(self, text: str) -> FootprintQuerySet:
        """Search numbers, present and other names and the names of sites, the closest first (P25).

        Each row says how it was found in `closeness`, a `Closeness`.
        """
        words = search_words(text)
        phrase = " ".join(text.split())
        if not words:
            return self.annotate(closeness=models.Value(Closeness.EXACT)).none()
        number = models.Q(number=int(words[0])) if len(words) == 1 and is_number(words[0]) else models.Q(pk=None)
        exact = number | models.Q(name__iexact=phrase) | models.Q(other_names__iexact=phrase)
        starts = models.Q(name__istartswith=phrase) | models.Q(other_names__istartswith=phrase)
        holds = reduce(and_, [models.Q(name__icontains=w) | models.Q(other_names__icontains=w) for w in words])
        sites = Site.footprints.through.objects.filter(footprint=models.OuterRef("pk"), site__in=Site.objects.found_by(text))
        closeness = models.Case(
            models.When(exact, then=models.Value(Closeness.EXACT)),
            models.When(starts, then=models.Value(Closeness.STARTS)),
            models.When(holds, then=models.Value(Closeness.HOLDS)),
            default=models.Value(Closeness.SITE),
            output_field=models.IntegerField(),
        )
        found = self.filter(exact | starts | holds | models.Exists(sites))
        return found.annotate(closeness=closeness).order_by("closeness", "name", "pk")

    def for_region(self, region: Region) -> FootprintQuerySet:
        """Narrow to the areas that a region leads or shares."""
        return self.filter(models.Q(lead_region=region) | models.Q(other_regions=region)).distinct()


class Footprint(Versioned):
    """The area of one of the 44 Sustainability and Transformation Plans. Its regions and other names are kept in the portal, the rest is loaded."""

    number = models.PositiveSmallIntegerField(unique=True, editable=False)
    name = models.CharField(max_length=200, editable=False)
    other_names = models.CharField(max_length=500, blank=True)
    ons_code = models.CharField("ONS code", max_length=9, blank=True, editable=False)
    lead_region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="footprints")
    lead_region_confidence = models.CharField(max_length=10, blank=True, editable=False)
    other_regions = models.ManyToManyField(Region, blank=True, related_name="shared_footprints")
    nhs_england_region = models.CharField("NHS England region", max_length=100, blank=True, editable=False)
    population = models.PositiveIntegerField(null=True, blank=True, editable=False)
    tile_column = models.PositiveSmallIntegerField(editable=False)
    tile_row = models.PositiveSmallIntegerField(editable=False)

    objects = FootprintQuerySet.as_manager()

    class Meta:
        verbose_name = "STP area"

    def __str__(self) -> str:
        return self.name

    @property
    def other_name_list(self) -> list[str]:
        """Return the earlier and later names of the area."""
        return [name.strip() for name in self.other_names.split(" | ") if name.strip()]


class SiteQuerySet(models.QuerySet["Site"]):
    """Finds vanguard and pioneer sites."""

    def found_by(self, text: str) -> SiteQuerySet:
        """Narrow to sites whose name holds all the words."""
        conditions = [models.Q(name__icontains=word) for word in search_words(text)]
        return self.filter(reduce(and_, conditions)) if conditions else self.none()


class Site(models.Model):
    """A vanguard or pioneer site."""

    kind = models.CharField(max_length=20, choices=SiteKind.choices)
    name = models.CharField(max_length=200)
    new_care_model = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=200, blank=True)
    footprints = models.ManyToManyField(Footprint, blank=True, related_name="sites")

    objects = SiteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "name"], name="site_one_for_each_kind_and_name"),
            models.CheckConstraint(
                condition=models.Q(kind__in=SiteKind.values),
                name="site_kind_known",
                violation_error_message="Choose vanguard or pioneer.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_kind_display().lower()})"


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Finds organisations by name."""

    def active(self) -> OrganisationQuerySet:
        """Narrow to organisations that can still be chosen."""
        return self.filter(is_active=True)

    def named(self, name: str) -> OrganisationQuerySet:
        """Narrow to what has exactly this name, whatever the case; where nothing has, to what has it as another or earlier name.

        A duplicate that was merged is only found where nothing else is.
        """
        rows = list(self.values_list("pk", "name", "other_names", "ods_code", "merged_into"))
        standing, merged = ([Named(*row[:4]) for row in rows if (row[4] is not None) == is_merged] for is_merged in (False, True))
        return self.filter(pk__in=same_name(name, standing) or same_name(name, merged)).order_by("name", "pk")

    def closest(self, *texts: str) -> list[Found]:
        """Find by names, earlier names and codes, typing errors and all, the closest first: by key, each with how it was found.

        Of several texts each thing counts by the one that it is closest to.
        """
        rows = self.order_by().values_list("pk", "name", "other_names", "ods_code")
        things = list(map(Named._make, rows.iterator(chunk_size=ROWS_READ_AT_ONCE)))
        best: dict[int, Found] = {}
        for found in sorted((one for text in texts for one in find_names(text, things)), key=lambda one: one.order):
            best.setdefault(found.key, found)
        return list(best.values())

    def matching(self, *texts: str, at_most: int = MAX_ORGANISATIONS_FOUND) -> OrganisationQuerySet:
        """Narrow to the few that a person who types these words most likely means, the closest first."""
        keys = [found.key for found in self.closest(*texts)[:at_most]]
        place = models.Case(*(models.When(pk=key, then=number) for number, key in enumerate(keys)), default=len(keys))
        return self.filter(pk__in=keys).order_by(place, "pk")

    def best_for(self, words: str) -> OrganisationQuerySet:
        """Narrow to the few that can be chosen by a person who types these words, the closest first."""
        return self.active().matching(words)


class Organisation(Versioned):
    """An organisation that takes part: a trust, a council, a charity, a group of citizens."""

    name = models.CharField(max_length=200)
    ods_code = models.CharField("ODS code", max_length=10, blank=True)
    sector = models.CharField(max_length=30, choices=Sector.choices)
    other_names = models.CharField("other and earlier names", max_length=500, blank=True, default="", db_default="")
    footprints = models.ManyToManyField(Footprint, blank=True, related_name="organisations", verbose_name="STP areas")
    is_active = models.BooleanField("open", default=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="merged_from",
        verbose_name="merged into",
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("name"),
                # A duplicate keeps its name where it stands in what was signed; the one that it was merged into may bear it too.
                condition=models.Q(merged_into=None),
                name="organisation_one_for_each_name",
                violation_error_message="There is an organisation with this name already.",
            ),
            models.UniqueConstraint(
                fields=["ods_code"],
                condition=~models.Q(ods_code=""),
                name="organisation_one_for_each_ods_code",
                violation_error_message="There is an organisation with this ODS code already.",
            ),
            models.CheckConstraint(
                condition=models.Q(sector__in=Sector.values),
                name="organisation_sector_known",
                violation_error_message="Choose a sector from the list.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the page for admins."""
        return reverse("directory:organisation_detail", args=[self.pk])

    @property
    def other_name_list(self) -> list[str]:
        """Return the other and earlier names."""
        return split_names(self.other_names)


class OrganisationMergeQuerySet(models.QuerySet["OrganisationMerge"]):
    """Reads merges."""

    def standing(self) -> OrganisationMergeQuerySet:
        """Narrow to those that were not undone."""
        return self.filter(undone_at=None)

    def of(self, organisation: Organisation) -> OrganisationMergeQuerySet:
        """Narrow to those in which an organisation was kept or dropped."""
        return self.filter(models.Q(kept=organisation) | models.Q(dropped=organisation))


class OrganisationMerge(models.Model):
    """One duplicate that was merged into another organisation, with all that is needed to part the two again (P37).

    `before` maps "kept" and "dropped" to each one's version number before the merge, "after" to that of the one kept right after it, and
    "was_open" to whether the duplicate could be chosen. `moved` lists what named the duplicate and names the other now, as
    `[model label, field, primary key]`.
    """

    kept = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="merges")
    dropped = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(default=dict, blank=True)
    moved = models.JSONField(default=list, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = OrganisationMergeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kept=models.F("dropped")),
                name="organisationmerge_of_two",
                violation_error_message="An organisation cannot be merged with itself.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.dropped} into {self.kept}"
