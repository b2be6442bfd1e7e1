"""Choices of measures."""

from django.db.models import TextChoices


class MeasureLevel(TextChoices):
    """Where a change should show."""

    INDIVIDUAL = "individual", "Individual"
    TEAM = "team", "Team or service"
    ORGANISATION = "organisation", "Organisation"
    SYSTEM = "system", "System"
    POPULATION = "population", "Population"


class Kirkpatrick(TextChoices):
    """Kirkpatrick's four levels, as a tag for those who use them."""

    REACTION = "reaction", "1. Reaction"
    LEARNING = "learning", "2. Learning"
    BEHAVIOUR = "behaviour", "3. Behaviour"
    RESULTS = "results", "4. Results"


class MeasureKind(TextChoices):
    """In what form a result comes."""

    NUMBER = "number", "A number"
    SCALE = "scale", "A scale"
    YES_NO = "yes_no", "Yes or no"
    STORY = "story", "A story"


class Direction(TextChoices):
    """Which way is better."""

    INCREASE = "increase", "It should go up"
    DECREASE = "decrease", "It should go down"
    MAINTAIN = "maintain", "It should stay as it is"


# How much of an outcome a sentence quotes.
MAX_QUOTED = 80
