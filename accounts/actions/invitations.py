"""Writes to the links by which people are led to a page."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from accounts import policies, tasks
from accounts.actions.holding import hold_people
from accounts.enums import INVITATION_DAYS, INVITED
from accounts.models import Invitation, User
from core import audit, records
from core.refusals import refuse_if

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.models import InvitationQuerySet


@transaction.atomic
def revoke_invitations(*, trail: str, person: User, by: User) -> None:
    """Let the links that lead one person to one thing lead nowhere any more."""
    _revoke(Invitation.objects.for_trail(trail).filter(person=person), by=by)


@transaction.atomic
def revoke_every_invitation(*, person: User, by: User) -> None:
    """Let no link lead a person anywhere any more."""
    _revoke(Invitation.objects.filter(person=person), by=by)


def _revoke(links: InvitationQuerySet, *, by: User) -> None:
    """Revoke those of some links that still lead somewhere, each told in the history of what it led to."""
    for link in links.open(timezone.now()).select_related("person").select_for_update(of=("self",)):
        link.revoked_at = timezone.now()
        link.save(update_fields=["revoked_at"])
        audit.record("revoked", link, by=by, trail=link.trail)


@transaction.atomic
def send_invitation(*, person: User, by: User) -> Invitation:
    """Send a colleague a link to the portal; one that was sent before leads nowhere any more."""
    kept = hold_people(people=[person], by=by)[person.pk]
    refuse_if(policies.sending_blockers(kept))
    trail = policies.invitation_trail(kept)
    revoke_invitations(trail=trail, person=kept, by=by)
    expires_at = timezone.now() + timedelta(days=INVITATION_DAYS)
    link = records.add(
        Invitation(), {"person": kept, "target": "/", "trail": trail, "expires_at": expires_at}, by=by, trail=trail
    )
    audit.record(INVITED, kept, by=by, trail="accounts")
    tasks.send_invitation.delay_on_commit(link.pk)
    return link


@transaction.atomic
def ask_for_link(*, values: Mapping[str, Any], by: User | None = None) -> None:
    """Let whoever has an address be sent new links to what is shared with them.

    Known and unknown addresses take the same way through here, query by query: each leaves an entry of its own, with a key in place of the
    address. Sending is left to the clock.
    """
    known = User.objects.active().with_email(values["email"]).values_list("pk", flat=True).first()
    tasks.send_links.delay_on_commit(known or 0, uuid.uuid4().hex)
