"""What is known of how somebody signs in, and who may help where their second factor is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator

from accounts.enums import Role
from core.refusals import Blocker

if TYPE_CHECKING:
    from accounts.models import User

OWN_FACTOR = "You cannot reset your own second factor. Use a recovery code, or ask another admin."
NOT_THEIRS = "You can reset the second factor of consultants of your region and of its STP leads. Ask a national admin."
NO_FACTOR = "No second factor is set up for this account."


def factors_of(person: User) -> list[Authenticator]:
    """Return the second factors of a person, in the order in which they were set up; recovery codes are one of them."""
    return list(Authenticator.objects.filter(user=person).order_by("created_at", "pk"))


def resetting_blockers(person: User, by: User) -> list[Blocker]:
    """Return why somebody whom an admin keeps cannot have their second factor reset by that admin."""
    if person.pk == by.pk:
        return [Blocker(OWN_FACTOR)]
    if not by.is_national_admin and person.role not in (Role.CONSULTANT, Role.STP_LEAD):
        return [Blocker(NOT_THEIRS)]
    return [] if factors_of(person) else [Blocker(NO_FACTOR)]
