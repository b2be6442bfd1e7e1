"""Choices and limits of what is measured and learned."""

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


class Moment(TextChoices):
    """When a measure is collected, told from the beginning or the end of its intervention."""

    BASELINE = "baseline", "Baseline"
    DURING = "during", "During"
    END = "end", "At the end"
    MONTHS_3 = "months_3", "3 months after"
    MONTHS_6 = "months_6", "6 months after"
    MONTHS_12 = "months_12", "12 months after"
    TARGET = "target", "On the date of the target"


# How many months after the end of its intervention each of these falls.
MONTHS_AFTER = {Moment.END: 0, Moment.MONTHS_3: 3, Moment.MONTHS_6: 6, Moment.MONTHS_12: 12}
# When a change of each kind can be seen: in people at once, in a population long after. A start, which the owner changes.
USUAL_MOMENTS = {
    MeasureLevel.INDIVIDUAL: (Moment.DURING, Moment.END, Moment.MONTHS_3),
    MeasureLevel.TEAM: (Moment.END, Moment.MONTHS_3, Moment.MONTHS_6),
    MeasureLevel.ORGANISATION: (Moment.END, Moment.MONTHS_6, Moment.MONTHS_12),
    MeasureLevel.SYSTEM: (Moment.END, Moment.MONTHS_6, Moment.MONTHS_12),
    MeasureLevel.POPULATION: (Moment.MONTHS_6, Moment.MONTHS_12),
}
MOMENTS_UNLESS_KNOWN = (Moment.END, Moment.MONTHS_6)


class Reached(TextChoices):
    """How far a result has come, where a person has to say so."""

    MET = "met", "Met"
    PARTLY = "partly", "Partly met"
    NOT_MET = "not_met", "Not met"


class MeasureStatus(TextChoices):
    """What has become of a measure: never a silent zero."""

    PLANNED = "planned", "Planned"
    IN_PROGRESS = "in_progress", "In progress"
    MET = "met", "Met"
    PARTLY_MET = "partly_met", "Partly met"
    NOT_MET = "not_met", "Not met"
    NOT_COLLECTED = "not_collected", "Not collected"
    DROPPED = "dropped", "Dropped"

    @property
    def colour(self) -> str:
        """Return the colour of the tag that says the status on a page; its words never stand without it."""
        return _STATUS_COLOURS[self]


_STATUS_COLOURS = {
    MeasureStatus.PLANNED: "white",
    MeasureStatus.IN_PROGRESS: "blue",
    MeasureStatus.MET: "green",
    MeasureStatus.PARTLY_MET: "yellow",
    MeasureStatus.NOT_MET: "red",
    MeasureStatus.NOT_COLLECTED: "orange",
    MeasureStatus.DROPPED: "grey",
}

# How much of an outcome a sentence quotes.
MAX_QUOTED = 80
# How many days ahead a result is asked for.
DUE_SOON_DAYS = 14
# A date of the target this near to another collection needs none of its own.
SAME_TIME_DAYS = 14
# First names that many people in England have, for a pattern: before a word in capitals they are mostly somebody's name.
FIRST_NAMES = (
    "Aisha|Alan|Alex|Ali|Alison|Amanda|Amina|Amy|Andrew|Angela|Anita|Ann|Anna|Anne|Anthony|Barbara|Ben|Brian|Carol|"
    "Caroline|Catherine|Charlotte|Chris|Christine|Claire|Clare|Daniel|David|Deborah|Diane|Donna|Elaine|Elizabeth|"
    "Emily|Emma|Fatima|Fiona|Gary|George|Graham|Hannah|Harry|Hassan|Helen|Ian|Imran|Jack|Jacqueline|James|Jane|Janet|"
    "Jean|Jennifer|Jessica|Joan|Joanne|John|Jonathan|Joseph|Joyce|Judith|Julie|Karen|Kate|Katie|Keith|Kelly|Kevin|"
    "Laura|Lauren|Linda|Lisa|Louise|Lucy|Margaret|Maria|Mark|Martin|Mary|Matthew|Megan|Michael|Michelle|Mohammed|"
    "Muhammad|Nicholas|Nicola|Olivia|Omar|Patricia|Patrick|Paul|Peter|Philip|Priya|Rachel|Raj|Rebecca|Richard|Robert|"
    "Ruth|Samantha|Samuel|Sandra|Sarah|Sharon|Sheila|Simon|Sophie|Stephen|Steven|Sunita|Susan|Thomas|Tracey|Victoria|"
    "William|Yasmin"
)
