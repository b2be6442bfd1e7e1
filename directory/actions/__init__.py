"""Every write to the directory."""

from directory.actions.contact_points import (
    add_contact_point,
    change_contact_point,
    check_contact_point,
    check_contacts,
    move_contact_point,
    order_contact_points,
    remove_contact_point,
)
from directory.actions.footprints import change_footprint
from directory.actions.merges import merge_organisation, undo_organisation_merge
from directory.actions.nudges import begin_nudge
from directory.actions.organisations import (
    add_organisation,
    change_organisation,
    close_organisation,
    create_organisation,
    hold_organisation,
    reopen_organisation,
)

__all__ = [
    "add_contact_point",
    "add_organisation",
    "begin_nudge",
    "change_contact_point",
    "change_footprint",
    "change_organisation",
    "check_contact_point",
    "check_contacts",
    "close_organisation",
    "create_organisation",
    "hold_organisation",
    "merge_organisation",
    "move_contact_point",
    "order_contact_points",
    "remove_contact_point",
    "reopen_organisation",
    "undo_organisation_merge",
]
