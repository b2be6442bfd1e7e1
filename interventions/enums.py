"""Choices of the menu."""

from django.db.models import TextChoices


class Availability(TextChoices):
    """Whether a region offers an intervention."""

    OFFERED = "offered", "Offered"
    ON_REQUEST = "on_request", "On request"
    NOT_OFFERED = "not_offered", "Not offered"


# The national network agreed that every intervention of the menu is available across the country (framework, "Menu of Interventions"):
# where a region has said nothing yet, it can be asked for.
AVAILABILITY_UNLESS_STATED = Availability.ON_REQUEST


class ProviderKind(TextChoices):
    """What kind of body delivers an intervention."""

    LDP = "ldp", "Leadership Development Partner"
    AHSN = "ahsn", "Academic Health Science Network"
    HEE_LOCAL_OFFICE = "hee_local_office", "Health Education England local office"
    COACHING_POOL = "coaching_pool", "Coaching pool"
    AGENCY = "agency", "Agency"
    FACILITATOR = "facilitator", "Facilitator"
    SPEAKER = "speaker", "Speaker"
    UNIVERSITY = "university", "University"
    OTHER = "other", "Other"


class ProposalOutcome(TextChoices):
    """What became of a region's proposal for the national menu."""

    ACCEPTED = "accepted", "Accepted"
    ACCEPTED_WITH_CHANGES = "accepted_with_changes", "Accepted with changes"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Taken back"


MAX_RELATED = 4
ROWS_EACH_PAGE = 20

# An offer that nobody has checked for longer is pointed out to its admins.
MAX_DAYS_UNCHECKED = 30
MAX_LEAD_TIME_WEEKS = 104

# How long after the answer to a proposal its region is still told of it by email.
DAYS_TO_TELL = 7
