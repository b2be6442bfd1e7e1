"""Pages of the framework."""

from framework.views.framework import domain_edit, domain_history, domain_version, framework_list
from framework.views.pages import domain_detail, domain_list
from framework.views.resources import (
    resource_create,
    resource_edit,
    resource_history,
    resource_restore,
    resource_retire,
    resource_version,
)
from framework.views.rows import (
    behaviour_create,
    behaviour_edit,
    behaviour_history,
    behaviour_restore,
    behaviour_retire,
    role_create,
    role_edit,
    role_history,
    role_restore,
    role_retire,
    step_create,
    step_edit,
    step_history,
    step_restore,
    step_retire,
)

__all__ = [
    "behaviour_create",
    "behaviour_edit",
    "behaviour_history",
    "behaviour_restore",
    "behaviour_retire",
    "domain_detail",
    "domain_edit",
    "domain_history",
    "domain_list",
    "domain_version",
    "framework_list",
    "resource_create",
    "resource_edit",
    "resource_history",
    "resource_restore",
    "resource_retire",
    "resource_version",
    "role_create",
    "role_edit",
    "role_history",
    "role_restore",
    "role_retire",
    "step_create",
    "step_edit",
    "step_history",
    "step_restore",
    "step_retire",
]
