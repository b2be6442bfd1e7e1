"""What is known of how somebody signs in, and who may help where their second factor is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings

from accounts.enums import Role
from accounts.models import User
from core.refusals import Blocker

if TYPE_CHECKING:
    from core.oidc import Identity

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


def person_of_identity(identity: Identity) -> User | None:
    """Return whose account somebody signs in to who comes from their organisation's sign-in service, or none.

    It is open, and of the address that the service has made sure of. Once it was signed in to, it stays with that one identity, and the
    identity with it: an address that the service gives to somebody else later leads to nobody's account.
    """
    found = User.objects.active().with_email(identity.email).first() if identity.email else None
    if found is None or found.email.lower() != identity.email.strip().lower():
        return None
    links = SocialAccount.objects.filter(provider=settings.OIDC_ISSUER)
    known = links.filter(user=found) | links.filter(uid=identity.subject)
    return found if all(link.user_id == found.pk and link.uid == identity.subject for link in known) else None


def service_link_of(person: User) -> SocialAccount | None:
    """Return by what the sign-in service of their organisation knows a person, once they have signed in there."""
    if not settings.OIDC_ISSUER:
        return None
    link: SocialAccount | None = SocialAccount.objects.filter(user=person, provider=settings.OIDC_ISSUER).first()
    return link
