"""Choices of accounts."""

from django.db.models import TextChoices


class Role(TextChoices):
    """What a person does in the portal."""

    CONSULTANT = "consultant", "LDP consultant"
    REGIONAL_ADMIN = "regional_admin", "Regional admin"
    NATIONAL_ADMIN = "national_admin", "National admin"
    STP_LEAD = "stp_lead", "STP lead"


# Roles that belong to one region.
REGIONAL_ROLES = (Role.CONSULTANT, Role.REGIONAL_ADMIN)
# Roles of people who work for an LDP or nationally: what admins give. A client is named on an engagement and never changes sides.
STAFF_ROLES = (*REGIONAL_ROLES, Role.NATIONAL_ADMIN)

# The people of a demonstration have addresses that can never exist (RFC 2606).
DEMONSTRATION_DOMAIN = "demo.example"
DEMONSTRATION_HINTS = {
    Role.CONSULTANT: "Log an engagement, scope it from any of its four sides and download the brief.",
    Role.REGIONAL_ADMIN: "See all the work of one region, and change any of it.",
    Role.NATIONAL_ADMIN: "Read the work of the whole country, region by region.",
    Role.STP_LEAD: "Read the plan that an LDP has shared with you, and agree to it or ask for changes.",
}

PEOPLE_EACH_PAGE = 30
# What the audit trail says of work that was handed over, and of accounts that were closed and opened again.
HANDED_OVER = "handed over the work of"
CLOSED_ACCOUNT = "closed the account of"
REOPENED_ACCOUNT = "opened again the account of"
SIGNED_OUT = "ended every session of"
INVITED = "invited"
RESET_SECOND_FACTOR = "reset the second factor of"


class SecurityChange(TextChoices):
    """What can change about how somebody signs in: each is told in the audit trail and to the person."""

    PASSWORD = "password", "changed the password of"
    APP_ADDED = "app_added", "set up an authenticator app for"
    APP_REMOVED = "app_removed", "removed the authenticator app of"
    PASSKEY_ADDED = "passkey_added", "added a passkey for"
    PASSKEY_REMOVED = "passkey_removed", "removed a passkey of"
    CODES_MADE = "codes_made", "made new recovery codes for"
    FACTOR_RESET = "factor_reset", RESET_SECOND_FACTOR
    SERVICE_CONNECTED = "oidc_linked", "connected the sign-in service of"
    SERVICE_DISCONNECTED = "oidc_unlinked", "disconnected the sign-in service of"


# What the email about each says.
SECURITY_NOTICES = {
    SecurityChange.PASSWORD: "Your password was changed.",
    SecurityChange.APP_ADDED: "An authenticator app was set up for your account.",
    SecurityChange.APP_REMOVED: "The authenticator app was removed from your account.",
    SecurityChange.PASSKEY_ADDED: "A passkey was added to your account.",
    SecurityChange.PASSKEY_REMOVED: "A passkey was removed from your account.",
    SecurityChange.CODES_MADE: "New recovery codes were made for your account. The old ones do not work any more.",
    SecurityChange.FACTOR_RESET: "An admin has reset your second factor. You set up a new one the next time you sign in.",
    SecurityChange.SERVICE_CONNECTED: "Your account was connected with the sign-in service of your organisation. This happens when you first sign in that way.",
    SecurityChange.SERVICE_DISCONNECTED: "Your account was disconnected from the sign-in service of your organisation.",
}

# How long a link in a message leads to its page. It is used again for the same page as long as half of that is left.
INVITATION_DAYS = 30
# A daily summary goes from this hour of the morning on, and tells of no more than a week.
DIGEST_HOUR = 7
MAX_DIGEST_DAYS = 7
# What the audit trail says of somebody whose daily summary could not be sent; they are tried again on the next day.
DIGEST_FAILED = "could not send the daily summary to"
