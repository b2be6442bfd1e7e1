"""Effects after commit: new links for somebody who has asked for them, the link by which a colleague is invited, contacts to check."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from accounts import notifications
from accounts.enums import DIGEST_FAILED, Role
from accounts.models import Invitation, User
from core import audit, mail
from core.handover import PortalTask
from directory.enums import NUDGE_FAILED
from directory.models import Region

if TYPE_CHECKING:
    from collections.abc import Callable

    LinkSender = Callable[..., None]

_link_senders: list[LinkSender] = []


def register_link_sender(send: LinkSender) -> None:
    """Let an upper app send a person new links to what it shares with them; it joins in its `apps.py`."""
    if send not in _link_senders:
        _link_senders.append(send)


@shared_task(rings=False)
def send_links(person_pk: int, asked: str) -> None:
    """Send somebody who has asked for it new links to what is shared with them; nobody has the key 0.

    `asked` tells apart how often they asked. It is left to the clock: sending a link takes time, which would tell that there is one.
    """
    person = User.objects.active().filter(pk=person_pk).first()
    if person is not None:
        for send in _link_senders:
            send(person=person)


class InvitationTask(PortalTask):
    """The sending of an invitation: the person's page says where it was given up, and offers to send it again."""

    def give_up(self, invitation_pk: int) -> None:
        """Mark an invitation as one that could not be sent."""
        _keep(Invitation.objects.get(pk=invitation_pk), failed_at=timezone.now())


@shared_task(base=InvitationTask, most_tries=mail.MOST_TRIES_TO_SEND)
def send_invitation(invitation_pk: int) -> None:
    """Send a colleague the link by which they are invited, unless it has gone or leads nowhere any more."""
    still_leads = Invitation.objects.open(timezone.now()).filter(person__is_active=True, sent_at=None)
    invitation = still_leads.select_related("person").filter(pk=invitation_pk).first()
    if invitation is not None:
        mail.send(notifications.build_invitation(invitation))
        _keep(invitation, sent_at=timezone.now(), failed_at=None)


class NudgeTask(PortalTask):
    """The sending of an email that asks an admin to check contact points: one that was given up is sent another day."""

    @transaction.atomic
    def give_up(self, region_pk: int, person_pk: int, began_on: str, before: str | None) -> None:
        """Say that it has not gone: it is tried again the next day, and nobody gets a second one, unless the region was begun anew since."""
        region = Region.objects.select_for_update().get(pk=region_pk)
        if region.nudged_on == date.fromisoformat(began_on):
            region.nudged_on = date.fromisoformat(before) if before else None
            region.save(update_fields=["nudged_on"])
        person = User.objects.get(pk=person_pk)
        audit.record(NUDGE_FAILED, person, by=None, trail=region.contacts_trail, label=f"{person} to check the contact points")


@shared_task(base=NudgeTask, most_tries=mail.MOST_TRIES_TODAY)
def send_contact_nudge(region_pk: int, person_pk: int, began_on: str, before: str | None) -> None:
    """Ask an admin to check how a region can be reached, as long as they are its admin."""
    admins = User.objects.active().filter(role=Role.REGIONAL_ADMIN, region=region_pk)
    person = admins.select_related("region").filter(pk=person_pk).first()
    if person is not None and person.region is not None:
        mail.send(notifications.build_contact_nudge(person, person.region, timezone.localdate()))


@shared_task
def send_security_notice(person_pk: int, change: str, happened: str) -> None:
    """Tell a person what has changed about how they sign in; `happened` tells one such change apart from the next."""
    person = User.objects.active().filter(pk=person_pk).first()
    if person is not None:
        mail.send(notifications.build_security_notice(person, change))


@transaction.atomic
def put_digest_off(person_pk: int, since: datetime, until: datetime) -> None:
    """Say that a daily summary, begun at `until`, could not be sent: the next day's tells the same and more."""
    person = User.objects.select_for_update(of=("self",)).get(pk=person_pk)
    if person.digested_until == until:
        person.digested_until = since
        person.save(update_fields=["digested_until"])
    audit.record(DIGEST_FAILED, person, by=None, trail="accounts")


def _keep(invitation: Invitation, **values: Any) -> None:
    """Write what became of an invitation."""
    for name, value in values.items():
        setattr(invitation, name, value)
    invitation.save(update_fields=list(values))
