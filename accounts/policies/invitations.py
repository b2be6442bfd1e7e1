"""What an invitation allows: its link, and whether it still leads somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from accounts.models import Invitation

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

# A salt of its own: nothing else that the portal signs passes for a link.
_SALT = "accounts.invitation"


def invitation_token(invitation: Invitation) -> str:
    """Return what a link carries: the signed key of its invitation, and nothing about anybody."""
    return Signer(salt=_SALT, sep=".").sign(invitation.key.hex)


def invitation_trail(person: User) -> str:
    """Return the trail of the links that lead a person to the portal itself, and to no one thing in it."""
    return f"person:{person.pk}"


def invitation_url(invitation: Invitation) -> str:
    """Return the full address of an invitation's link."""
    return f"{settings.PORTAL_ADDRESS}{reverse('accounts:invitation_detail', args=[invitation_token(invitation)])}"


def open_invitation(token: str, now: datetime) -> Invitation | None:
    """Return the invitation of a link that still leads somewhere.

    A link that is forged, unknown, too old or revoked, and one of somebody whose account is closed, are all the same: none.
    """
    try:
        key = UUID(Signer(salt=_SALT, sep=".").unsign(token))
    except BadSignature:
        return None
    return Invitation.objects.open(now).select_related("person").filter(key=key, person__is_active=True).first()


def invited_words(person: User, invitation: Invitation | None, now: datetime) -> str:
    """Say to an admin what became of the invitation of a colleague; nothing once they have signed in, and nothing of a client."""
    if person.last_login is not None or person.is_stp_lead or not person.is_active:
        return ""
    if invitation is None:
        return f"{person} has not signed in yet."
    if invitation.failed_at is not None:
        return f"The invitation to {person.email} could not be sent. Check the address, then send it again."
    if invitation.sent_at is None:
        return f"The invitation to {person.email} has not gone yet. If this stays so for some minutes, send it again."
    if invitation.revoked_at is not None or invitation.expires_at <= now:
        return f"{person} was invited on {date_format(localtime(invitation.sent_at), 'DATE_FORMAT')} and has not signed in. The link has ended."
    until = date_format(localtime(invitation.expires_at), "DATE_FORMAT")
    return f"{person} has been invited and has not signed in yet. The link works until {until}."
