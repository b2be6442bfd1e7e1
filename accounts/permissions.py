"""Who may keep people's accounts (DESIGN section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts import policies

if TYPE_CHECKING:
    from accounts.models import User


def can_keep_people(user: User) -> bool:
    """Regional admins, for their own region, and national admins."""
    return user.is_active and user.is_admin


def can_invite_person(user: User) -> bool:
    """The same people; what they may give is held in the action."""
    return can_keep_people(user)


def can_keep_person(user: User, person: User) -> bool:
    """National admins everybody; regional admins the people of their own region, and STP leads who work with it alone."""
    return policies.people_kept_by(user).filter(pk=person.pk).exists()


def can_reset_second_factor(user: User, person: User) -> bool:
    """Whoever keeps the person: national admins everybody's but their own, regional admins those of consultants and STP leads (P17)."""
    return can_keep_person(user, person) and not policies.resetting_blockers(person, user)
