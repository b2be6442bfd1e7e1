"""Who may read and do what with the menu (DESIGN section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.enums import Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from directory.models import Region
    from interventions.models import MenuProposal, Provider


def can_read_offers(user: User | AnonymousUser) -> bool:
    """Consultants and admins: notice, cost and contacts of regional offers. Anybody may read whether a region offers it."""
    return not user.is_anonymous and user.is_active and (user.is_regional or user.is_national_admin)


def can_keep_offers(user: User | AnonymousUser, region: Region) -> bool:
    """Regional admins: what their own region offers, and its extras. National admins: every region's."""
    if user.is_anonymous or not user.is_active:
        return False
    return user.is_national_admin or (user.role == Role.REGIONAL_ADMIN and user.region_id == region.pk)


def can_read_providers(user: User | AnonymousUser) -> bool:
    """Consultants and admins: the directory of providers."""
    return not user.is_anonymous and user.is_active and (user.is_regional or user.is_national_admin)


def can_add_provider(user: User | AnonymousUser) -> bool:
    """Regional admins, to their own region's directory; national admins."""
    return not user.is_anonymous and user.is_active and user.is_admin


def can_keep_provider(user: User | AnonymousUser, provider: Provider) -> bool:
    """Regional admins: providers that work in their own region and in no other. National admins: every one."""
    if user.is_anonymous or not user.is_active:
        return False
    if user.is_national_admin:
        return True
    return user.role == Role.REGIONAL_ADMIN and {region.pk for region in provider.regions.all()} == {user.region_id}


def can_leave_provider(user: User | AnonymousUser, provider: Provider) -> bool:
    """Regional admins: take their own region out of those in which a shared provider works."""
    if user.is_anonymous or not user.is_active or user.role != Role.REGIONAL_ADMIN:
        return False
    regions = {region.pk for region in provider.regions.all()}
    return user.region_id in regions and len(regions) > 1


def can_read_proposals(user: User | AnonymousUser) -> bool:
    """Regional admins: their own region's proposals for the national menu. National admins: every region's."""
    return not user.is_anonymous and user.is_active and user.is_admin


def can_read_proposal(user: User | AnonymousUser, proposal: MenuProposal) -> bool:
    """Regional admins of the region that proposes; national admins."""
    if user.is_anonymous or not user.is_active or not user.is_admin:
        return False
    return user.is_national_admin or user.region_id == proposal.region_id


def can_propose_change(user: User | AnonymousUser) -> bool:
    """Regional admins. National admins change the menu itself."""
    return not user.is_anonymous and user.is_active and user.role == Role.REGIONAL_ADMIN


def can_withdraw_proposal(user: User | AnonymousUser, proposal: MenuProposal) -> bool:
    """Regional admins of the region that proposes."""
    return can_propose_change(user) and not user.is_anonymous and user.region_id == proposal.region_id


def can_answer_proposal(user: User | AnonymousUser) -> bool:
    """National admins."""
    return not user.is_anonymous and user.is_active and user.is_national_admin


def can_keep_menu(user: User | AnonymousUser) -> bool:
    """National admins: the national menu, which everybody may read."""
    return not user.is_anonymous and user.is_active and user.is_national_admin


def can_read_menu_versions(user: User | AnonymousUser) -> bool:
    """Regional and national admins: what the menu said before, and who changed it."""
    return not user.is_anonymous and user.is_active and user.is_admin
