"""Pages of the directory: find your LDP, one region's contacts, organisations."""

from directory.views.contact_points import (
    contact_point_check,
    contact_point_create,
    contact_point_edit,
    contact_point_history,
    contact_point_list,
    contact_point_move,
    contact_point_remove,
    contact_point_reorder,
    contact_point_version,
    contacts_check,
    contacts_history,
)
from directory.views.contacts import organisation_search, region_detail, region_list
from directory.views.footprints import footprint_edit, footprint_history, footprint_list, footprint_version
from directory.views.merges import organisation_merge, organisation_merge_undo
from directory.views.organisations import (
    organisation_close,
    organisation_create,
    organisation_detail,
    organisation_edit,
    organisation_history,
    organisation_list,
    organisation_reopen,
    organisation_version,
)

__all__ = [
    "contact_point_check",
    "contact_point_create",
    "contact_point_edit",
    "contact_point_history",
    "contact_point_list",
    "contact_point_move",
    "contact_point_remove",
    "contact_point_reorder",
    "contact_point_version",
    "contacts_check",
    "contacts_history",
    "footprint_edit",
    "footprint_history",
    "footprint_list",
    "footprint_version",
    "organisation_close",
    "organisation_create",
    "organisation_detail",
    "organisation_edit",
    "organisation_history",
    "organisation_list",
    "organisation_merge",
    "organisation_merge_undo",
    "organisation_reopen",
    "organisation_search",
    "organisation_version",
    "region_detail",
    "region_list",
]
