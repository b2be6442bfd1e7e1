"""Who may do what with the directory (DESIGN section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from directory.models import Region


def can_search_organisations(user: Any) -> bool:
    """Everybody who works on plans: what others type into theirs is not for clients to look through."""
    return bool(user.is_active and not user.is_stp_lead)


def can_keep_contacts(user: Any, region: Region) -> bool:
    """National admins for every region, regional admins for their own: how its LDP can be reached."""
    return bool(user.is_active and user.is_admin and (user.is_national_admin or user.region_id == region.pk))


def can_keep_footprints(user: Any) -> bool:
    """National admins alone: which regions lead and share an STP area decides who sees the plans that touch it."""
    return bool(user.is_active and user.is_national_admin)


def can_keep_organisations(user: Any) -> bool:
    """Every regional and national admin: organisations are shared by all regions."""
    return bool(user.is_active and user.is_admin)
