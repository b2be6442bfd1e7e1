"""Every write to an engagement."""

from engagements.actions.comments import answer_comment, note_reading, reopen_comment, resolve_comment, write_comment
from engagements.actions.criteria import withdraw_criterion_reason, write_criterion_reason
from engagements.actions.engagement import (
    change_engagement,
    create_engagement,
    lock_for_editing,
    reassign_engagement,
)
from engagements.actions.entries import (
    add_entry,
    change_entry,
    move_entry,
    note_progress,
    refresh_menu_words,
    remove_entry,
)
from engagements.actions.leaving import EngagementWork, hand_over_client_lead, hand_over_team_place
from engagements.actions.moves import (
    close_engagement,
    decide_version,
    recall_engagement,
    register_follower,
    reinstate_engagement,
    revise_engagement,
    start_before_sign_off,
    start_delivery,
    start_evaluation,
    submit_engagement,
    withdraw_engagement,
)
from engagements.actions.outbox import make_brief_again, queue_digest, queue_reminder, send_links_again, send_message_again
from engagements.actions.people import change_client_lead, move_client_lead, name_client_lead, remove_client_lead
from engagements.actions.standards import change_criterion

__all__ = [
    "EngagementWork",
    "add_entry",
    "answer_comment",
    "change_client_lead",
    "change_criterion",
    "change_engagement",
    "change_entry",
    "close_engagement",
    "create_engagement",
    "decide_version",
    "hand_over_client_lead",
    "hand_over_team_place",
    "lock_for_editing",
    "make_brief_again",
    "move_client_lead",
    "move_entry",
    "name_client_lead",
    "note_progress",
    "note_reading",
    "queue_digest",
    "queue_reminder",
    "reassign_engagement",
    "recall_engagement",
    "refresh_menu_words",
    "register_follower",
    "reinstate_engagement",
    "remove_client_lead",
    "remove_entry",
    "reopen_comment",
    "resolve_comment",
    "revise_engagement",
    "send_links_again",
    "send_message_again",
    "start_before_sign_off",
    "start_delivery",
    "start_evaluation",
    "submit_engagement",
    "withdraw_criterion_reason",
    "withdraw_engagement",
    "write_comment",
    "write_criterion_reason",
]
