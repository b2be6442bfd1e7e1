"""Every write to people's accounts."""

from accounts.actions.holding import hold_people
from accounts.actions.invitations import ask_for_link, revoke_every_invitation, revoke_invitations, send_invitation
from accounts.actions.leaving import hand_over_work
from accounts.actions.nudges import queue_nudges
from accounts.actions.people import (
    add_person,
    change_job_title,
    change_person,
    create_person,
    deactivate_person,
    find_or_add_stp_lead,
    reactivate_person,
)
from accounts.actions.preferences import begin_digest, change_preferences
from accounts.actions.security import (
    connect_identity,
    disconnect_identity,
    end_session,
    end_sessions,
    forget_sessions,
    note_security_change,
    relock_second_factors,
    reset_second_factor,
)

__all__ = [
    "add_person",
    "ask_for_link",
    "begin_digest",
    "change_job_title",
    "change_person",
    "change_preferences",
    "connect_identity",
    "create_person",
    "deactivate_person",
    "disconnect_identity",
    "end_session",
    "end_sessions",
    "find_or_add_stp_lead",
    "forget_sessions",
    "hand_over_work",
    "hold_people",
    "note_security_change",
    "queue_nudges",
    "reactivate_person",
    "relock_second_factors",
    "reset_second_factor",
    "revoke_every_invitation",
    "revoke_invitations",
    "send_invitation",
]
