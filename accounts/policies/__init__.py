"""What an account and an invitation allow."""

from accounts.policies.digests import digest_begins_at, is_digest_due, people_due_for_digest
from accounts.policies.invitations import invitation_token, invitation_trail, invitation_url, invited_words, open_invitation
from accounts.policies.keeping import (
    changing_blockers,
    closing_blockers,
    fields_open_to,
    granting_blockers,
    inviting_blockers,
    last_admin_blockers,
    opening_blockers,
    people_kept_by,
    register_clients,
    sending_blockers,
)
from accounts.policies.mentions import people_of_organisation
from accounts.policies.open_work import (
    NEW,
    NOBODY,
    OpenWork,
    WorkSource,
    open_work_blockers,
    open_work_of,
    register_open_work,
    register_work_names,
    staying_blockers,
    unseen_blockers,
    work_names,
)
from accounts.policies.people import naming_blockers
from accounts.policies.security import factors_of, person_of_identity, resetting_blockers, service_link_of

__all__ = [
    "NEW",
    "NOBODY",
    "OpenWork",
    "WorkSource",
    "changing_blockers",
    "closing_blockers",
    "digest_begins_at",
    "factors_of",
    "fields_open_to",
    "granting_blockers",
    "invitation_token",
    "invitation_trail",
    "invitation_url",
    "invited_words",
    "inviting_blockers",
    "is_digest_due",
    "last_admin_blockers",
    "naming_blockers",
    "open_invitation",
    "open_work_blockers",
    "open_work_of",
    "opening_blockers",
    "people_due_for_digest",
    "people_kept_by",
    "people_of_organisation",
    "person_of_identity",
    "register_clients",
    "register_open_work",
    "register_work_names",
    "resetting_blockers",
    "sending_blockers",
    "service_link_of",
    "staying_blockers",
    "unseen_blockers",
    "work_names",
]
