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

# What counts when it is told how often measures are met.
RESULT_STATUSES = (MeasureStatus.MET, MeasureStatus.PARTLY_MET, MeasureStatus.NOT_MET)

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


class FeedbackKind(TextChoices):
    """Who may answer."""

    ROOM = "room", "One link for everybody in the room"
    CODES = "codes", "A card for each person, which works once"


class QuestionKind(TextChoices):
    """In what form a question is answered."""

    SCALE = "scale", "1 to 5"
    YES_NO = "yes_no", "Yes or no"
    WORDS = "words", "In their own words"


class BankQuestion(TextChoices):
    """The questions to choose from: each can be answered on a phone in a few seconds."""

    USEFUL = "useful", "How useful was this for the work you do with other organisations?"
    RIGHT_PEOPLE = "right_people", "How far were the right people in the room?"
    SAFE_TO_SPEAK = "safe_to_speak", "How safe did it feel to say what you really think?"
    REAL_PROBLEM = "real_problem", "How closely did it deal with a problem that you really have?"
    TRUST = "trust", "How much more do you trust the people from other organisations than before?"
    IN_TOUCH = "in_touch", "Have you since been in touch about work with somebody you met here?"
    RECOMMEND = "recommend", "Would you tell a colleague in another organisation to come?"
    DO_DIFFERENTLY = "do_differently", "What will you do differently, or do already?"
    IN_THE_WAY = "in_the_way", "What gets in the way?"
    KEEP = "keep", "What should we keep as it is?"
    CHANGE = "change", "What should we change next time?"


QUESTION_KINDS = {
    BankQuestion.IN_TOUCH: QuestionKind.YES_NO,
    BankQuestion.RECOMMEND: QuestionKind.YES_NO,
    BankQuestion.DO_DIFFERENTLY: QuestionKind.WORDS,
    BankQuestion.IN_THE_WAY: QuestionKind.WORDS,
    BankQuestion.KEEP: QuestionKind.WORDS,
    BankQuestion.CHANGE: QuestionKind.WORDS,
}
USUAL_QUESTIONS = (
    BankQuestion.USEFUL,
    BankQuestion.RIGHT_PEOPLE,
    BankQuestion.SAFE_TO_SPEAK,
    BankQuestion.DO_DIFFERENTLY,
    BankQuestion.IN_THE_WAY,
)
# The key of a question of one's own.
OWN_QUESTION = "own"
MIN_QUESTIONS, MAX_QUESTIONS = 3, 8
# More behaviours than this nobody rates twice on a phone.
MAX_BEHAVIOURS = 6
# Below this many answers nothing is shown, at any breakdown (P43); a form may ask for more.
MIN_ANSWERS, MAX_MIN_ANSWERS = 5, 30
MAX_CODES = 200
MAX_ANSWER = 1_000
USUAL_DAYS_OPEN, MAX_DAYS_OPEN = 14, 366
SCALE = range(1, 6)


class Sharing(TextChoices):
    """How far something that was learned may travel; whoever did the work says so."""

    TEAM = "team", "Only the LDP colleagues who see this engagement"
    REGION = "region", "Our region’s LDP"
    LDPS = "ldps", "All LDPs"
    PUBLIC = "public", "Everybody, on the public menu"


class Strength(TextChoices):
    """Whether enough results stand behind an intervention to say how often its measures are met."""

    ENOUGH = "enough", "Five results or more"
    LITTLE = "little", "Too little evidence yet"


# How many engagements elsewhere are shown beside one that is being scoped, and among how many pieces of learning they are looked for.
MAX_SIMILAR = 3
MAX_CANDIDATES = 500
# A whole conference answers one form within minutes, through one address of its building.
MAX_POSTS, CROWD_SECONDS = 600, 600
# The first month of a year, as the NHS counts its years.
YEAR_BEGINS_IN = 4
# More engagements than this are no report that anybody reads; a period or an area narrows them.
MAX_REPORTED = 40
