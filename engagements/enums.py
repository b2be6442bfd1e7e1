"""Choices, legal moves and limits of an engagement."""

from django.db.models import TextChoices


class EngagementStatus(TextChoices):
    """Where an engagement stands."""

    CO_DESIGN = "co_design", "Co-design"
    IN_REVIEW = "in_review", "In review"
    AGREED = "agreed", "Agreed"
    IN_DELIVERY = "in_delivery", "In delivery"
    IN_EVALUATION = "in_evaluation", "In evaluation"
    CLOSED = "closed", "Closed"
    WITHDRAWN = "withdrawn", "Withdrawn"

    @property
    def colour(self) -> str:
        """Return the colour of the tag that says the status on a page."""
        return _STATUS_COLOURS[self]


_STATUS_COLOURS = {
    EngagementStatus.CO_DESIGN: "blue",
    EngagementStatus.IN_REVIEW: "yellow",
    EngagementStatus.AGREED: "green",
    EngagementStatus.IN_DELIVERY: "aqua-green",
    EngagementStatus.IN_EVALUATION: "purple",
    EngagementStatus.CLOSED: "grey",
    EngagementStatus.WITHDRAWN: "grey",
}

# Work goes on, or may go on without anybody taking it up again.
OPEN_STATUSES = (
    EngagementStatus.CO_DESIGN,
    EngagementStatus.IN_REVIEW,
    EngagementStatus.AGREED,
    EngagementStatus.IN_DELIVERY,
    EngagementStatus.IN_EVALUATION,
)

# Agreed, and not at its end.
RUNNING_STATUSES = (EngagementStatus.AGREED, EngagementStatus.IN_DELIVERY, EngagementStatus.IN_EVALUATION)
# What was agreed is what counts.
AGREED_STATUSES = (*RUNNING_STATUSES, EngagementStatus.CLOSED)
# The work has at least begun.
BEGUN_STATUSES = (EngagementStatus.IN_DELIVERY, EngagementStatus.IN_EVALUATION, EngagementStatus.CLOSED)
ENDED_STATUSES = (EngagementStatus.CLOSED, EngagementStatus.WITHDRAWN)
# Those who write the plan read it as it stands, and its client what was submitted last.
WRITING_STATUSES = (EngagementStatus.CO_DESIGN, EngagementStatus.WITHDRAWN)

NEXT_STATUSES: dict[EngagementStatus, tuple[EngagementStatus, ...]] = {
    EngagementStatus.CO_DESIGN: (EngagementStatus.IN_REVIEW, EngagementStatus.WITHDRAWN),
    EngagementStatus.IN_REVIEW: (EngagementStatus.AGREED, EngagementStatus.CO_DESIGN, EngagementStatus.WITHDRAWN),
    EngagementStatus.AGREED: (EngagementStatus.IN_DELIVERY, EngagementStatus.CO_DESIGN, EngagementStatus.WITHDRAWN),
    EngagementStatus.IN_DELIVERY: (EngagementStatus.IN_EVALUATION, EngagementStatus.CO_DESIGN, EngagementStatus.WITHDRAWN),
    EngagementStatus.IN_EVALUATION: (EngagementStatus.CLOSED, EngagementStatus.WITHDRAWN),
    EngagementStatus.CLOSED: (),
    EngagementStatus.WITHDRAWN: (EngagementStatus.CO_DESIGN,),
}


class ClientKind(TextChoices):
    """What kind of group the client is."""

    WHOLE_STP = "whole_stp", "A whole STP area"
    PART_OF_STP = "part_of_stp", "Part of an STP area"
    SEVERAL_STPS = "several_stps", "More than one STP area"
    VANGUARD = "vanguard", "A vanguard site"
    PIONEER = "pioneer", "An integrated care pioneer site"
    NEW_CARE_MODEL = "new_care_model", "A new care model"


class Facet(TextChoices):
    """One of the four equal ways into a scoping conversation (framework, "Start Anywhere")."""

    PEOPLE = "people", "People"
    PLACE = "place", "Place"
    PURPOSE = "purpose", "Purpose"
    PRIORITIES = "priorities", "Priorities"


class StartedFrom(TextChoices):
    """What the conversation began with: the first thing written down."""

    PEOPLE = "people", "People"
    PLACE = "place", "Place"
    PURPOSE = "purpose", "Purpose"
    PRIORITIES = "priorities", "Priorities"
    INTERVENTION = "intervention", "An intervention"
    MEASURE = "measure", "A measure of success"


class Clarity(TextChoices):
    """How clear one facet has become."""

    NOT_STARTED = "not_started", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    CLEAR = "clear", "Clear"


class PlaceLevel(TextChoices):
    """How large a place is."""

    STP_AREA = "stp_area", "A whole STP area"
    PART_OF_STP = "part_of_stp", "Part of an STP area, such as a county or borough"
    LOCALITY = "locality", "A locality or neighbourhood"
    SITE = "site", "A vanguard or pioneer site"
    ORGANISATION = "organisation", "One organisation or building"


class Level(TextChoices):
    """How far a group shows what a priority asks for."""

    NOT_YET = "1", "1. Not yet seen"
    RARELY = "2", "2. Seen now and then, in a few people"
    SOMETIMES = "3", "3. Seen in some people or some meetings"
    OFTEN = "4", "4. Seen in most people, most of the time"
    ALWAYS = "5", "5. How we work here"


class Focus(TextChoices):
    """What an intervention develops (fourth useful criterion)."""

    LEADERSHIP = "leadership", "Leadership"
    ORGANISATIONS = "organisations", "Organisations"
    SYSTEMS = "systems", "Systems"


class SourcingRoute(TextChoices):
    """How an LDP, as an honest broker, sources an intervention (framework, "Working in Partnership")."""

    PROVIDE = "provide", "Provide"
    COMMISSION = "commission", "Commission"
    SIGNPOST = "signpost", "Signpost"
    BROKER = "broker", "Broker"


SOURCING_ROUTE_HINTS = {
    SourcingRoute.PROVIDE: "Our own people deliver it",
    SourcingRoute.COMMISSION: "We pay somebody else to deliver it",
    SourcingRoute.SIGNPOST: "It exists already, and we point the client to it",
    SourcingRoute.BROKER: "We bring the client and a partner together",
}


class FundingCertainty(TextChoices):
    """How sure a sum of money is."""

    CONFIRMED = "confirmed", "Confirmed"
    IN_PRINCIPLE = "in_principle", "Agreed in principle"
    NOT_FOUND = "not_found", "Not found yet"


class Finding(TextChoices):
    """What a criterion comes to for one planned intervention."""

    MET = "met", "Met"
    PARTLY = "partly", "Partly met"
    NOT_MET = "not_met", "Not met"
    NOT_YET_KNOWN = "not_yet_known", "Not yet known"

    @property
    def colour(self) -> str:
        """Return the colour of the tag that says the finding on a page; its words never stand without it."""
        return _FINDING_COLOURS[self]


_FINDING_COLOURS = {Finding.MET: "green", Finding.PARTLY: "yellow", Finding.NOT_MET: "red", Finding.NOT_YET_KNOWN: "white"}


class CriterionSlug(TextChoices):
    """The five useful criteria (framework, "Useful Criteria")."""

    FORWARD_VIEW = "forward-view", "Forward View steps"
    WORKFORCE_STRATEGY = "workforce-strategy", "Workforce strategy"
    MULTI_ORGANISATIONAL = "multi-organisational", "Multi-organisational"
    LEADERSHIP_FOCUS = "leadership-focus", "Leadership focus"
    AFFORDABLE = "affordable", "Affordable"


class VersionOutcome(TextChoices):
    """What became of one submitted version."""

    WAITING = "waiting", "Waiting for the signatories"
    AGREED = "agreed", "Agreed"
    CHANGES_WANTED = "changes_wanted", "Changes wanted"
    RECALLED = "recalled", "Recalled"


class SigningOrder(TextChoices):
    """Whether the signatories of a plan are asked all at once or one after the other (P15)."""

    PARALLEL = "parallel", "All at the same time"
    IN_ORDER = "in_order", "One after the other"


class ClientLeadPart(TextChoices):
    """What a client lead does in the review of a plan."""

    SIGNS = "signs", "Signs the plan"
    DEPUTY = "deputy", "Deputy: decides in place of a signatory"
    READS = "reads", "Reads the plan"


class DecisionOutcome(TextChoices):
    """What one signatory decided."""

    AGREED = "agreed", "I agree to this plan"
    CHANGES_WANTED = "changes_wanted", "I want changes"


class SectionSlug(TextChoices):
    """A part of the plan that can be commented on; a planned intervention adds its number: planned-2."""

    CLIENT = "client", "The client"
    PEOPLE = "people", "People"
    PLACE = "place", "Place"
    PURPOSE = "purpose", "Purpose"
    PRIORITIES = "priorities", "Priorities"
    PLANNED = "planned", "Interventions"
    CRITERIA = "criteria", "The five useful criteria"
    MEASURES = "measures", "Measures of success"


class MessageKind(TextChoices):
    """A message that asks one person to act; everything else goes into the daily digest (P34)."""

    DECISION_ASKED = "decision_asked", "Asks a signatory to decide"
    DECISION_DUE = "decision_due", "Reminds a signatory before the due date"
    DECISION_OVERDUE = "decision_overdue", "Reminds a signatory after the due date"
    DEPUTY_ASKED = "deputy_asked", "Asks a deputy to decide after the due date"
    CHANGES_WANTED = "changes_wanted", "Tells the lead consultant that a signatory wants changes"
    LINK_AGAIN = "link_again", "Sends a signatory a new link"


class BriefState(TextChoices):
    """What became of the file of a signed version."""

    NONE = "none", "Not signed"
    COMING = "coming", "On its way"
    THERE = "there", "There"
    GIVEN_UP = "given_up", "Could not be made"


class MessageStatus(TextChoices):
    """What became of a message."""

    WAITING = "waiting", "Not sent yet"
    SENT = "sent", "Sent"
    NOT_NEEDED = "not_needed", "Not needed any more"
    FAILED = "failed", "Could not be sent"


# What the audit trail says of people who read and sign; whoever did anything else helped to write the plan.
CLIENT_VERBS = (
    "agreed to",
    "asked for changes to",
    "sent back",
    "completed the signatures on",
    "commented on",
    "answered a comment on",
    "reopened a comment on",
)

MAX_TEXT = 4_000
MAX_NAME = 200
MAX_HEADCOUNT = 100_000
MAX_SESSIONS = 1_000
MAX_COST_POUNDS = 9_999_999
# Less than half may be preparatory for the first criterion to be met.
PREPARATORY_LIMIT_PERCENT = 50
MIN_ORGANISATIONS = 2
ROWS_EACH_PAGE = 20
# More plans than this in one document are more than a meeting reads, and more than can be printed while somebody waits.
MAX_PACK_PLANS = 20
# How long signatories are given unless the consultant says otherwise, and at most.
USUAL_DAYS_TO_DECIDE = 14
MAX_DAYS_TO_DECIDE = 366
REMINDER_DAYS_BEFORE = 3
# Reminders are written from this hour of the morning on.
REMINDER_HOUR = 7
# So many digits of a fingerprint name a signed brief where the whole would be too long for a QR code on paper: 128 bits.
FINGERPRINT_START = 32
# How much of what changed or happened an email tells before it leads on to the page that tells all.
MAX_CHANGES_TOLD = 5
MAX_EVENTS_TOLD = 20
