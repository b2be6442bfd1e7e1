"""Every write to the framework."""

from framework.actions.domains import change_domain
from framework.actions.resources import add_resource, change_resource, restore_resource, retire_resource
from framework.actions.rows import (
    add_behaviour,
    add_role,
    add_step,
    change_row,
    restore_row,
    retire_row,
)

__all__ = [
    "add_behaviour",
    "add_resource",
    "add_role",
    "add_step",
    "change_domain",
    "change_resource",
    "change_row",
    "restore_resource",
    "restore_row",
    "retire_resource",
    "retire_row",
]
