"""Pages of accounts, split by what they are about."""

from accounts.views.leaving import person_leave, person_left
from accounts.views.people import (
    person_create,
    person_edit,
    person_history,
    person_invite,
    person_list,
    person_reactivate,
)
from accounts.views.security import (
    passkey_remove,
    person_reset_factor,
    person_sign_out,
    recovery_code_list,
    second_factor_create,
    security_detail,
    session_end,
    session_end_others,
)
from accounts.views.sign_in_service import sign_in_service_begin, sign_in_service_disconnect, sign_in_service_return
from accounts.views.signing_in import (
    demonstration_sign_in,
    invitation_accept,
    invitation_ask,
    invitation_detail,
    preferences_edit,
)

__all__ = [
    "demonstration_sign_in",
    "invitation_accept",
    "invitation_ask",
    "invitation_detail",
    "passkey_remove",
    "person_create",
    "person_edit",
    "person_history",
    "person_invite",
    "person_leave",
    "person_left",
    "person_list",
    "person_reactivate",
    "person_reset_factor",
    "person_sign_out",
    "preferences_edit",
    "recovery_code_list",
    "second_factor_create",
    "security_detail",
    "session_end",
    "session_end_others",
    "sign_in_service_begin",
    "sign_in_service_disconnect",
    "sign_in_service_return",
]
