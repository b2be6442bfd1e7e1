"""Choices of the directory."""

from django.db.models import IntegerChoices, TextChoices


class ContactKind(TextChoices):
    """How a region can be reached."""

    TELEPHONE = "telephone", "Telephone"
    EMAIL = "email", "Email"
    WEBSITE = "website", "Website"
    PERSON = "person", "Person"


# A contact point that was checked is taken to be right for so many days.
CHECKED_FOR_DAYS = 30
# What the trail says of an admin who was sent the monthly email about a region's contact points, and of one who could not be.
NUDGED = "asked"
NUDGE_FAILED = "could not ask"
DAYS_IN_ANY_MONTH = 32


class SiteKind(TextChoices):
    """The national programme that a site belongs to."""

    VANGUARD = "vanguard", "Vanguard"
    PIONEER = "pioneer", "Integrated care pioneer"


class Sector(TextChoices):
    """The part of public life that an organisation belongs to."""

    NHS = "nhs", "NHS"
    LOCAL_GOVERNMENT = "local_government", "Local government"
    VOLUNTARY_AND_COMMUNITY = "voluntary_and_community", "Voluntary and community"
    OTHER_PUBLIC = "other_public", "Other public"
    PRIVATE = "private", "Private"
    CITIZENS = "citizens", "Citizens"


MAX_ORGANISATIONS_FOUND = 12
# So many names are offered to somebody who has typed one that nobody knows.
MAX_ORGANISATIONS_OFFERED = 6
ORGANISATIONS_EACH_PAGE = 30


class Closeness(IntegerChoices):
    """How an area was found, the closest first."""

    EXACT = 0, "Exactly what you typed"
    STARTS = 1, "Starts with what you typed"
    HOLDS = 2, "Has these words in its present or another name"
    SITE = 3, "Has a site with these words in its name"
