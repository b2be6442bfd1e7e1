"""Effects after commit: new links for somebody who has asked for them, and the link by which a colleague is invited."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING, Any

from celery import shared_task
from django.utils import timezone

from accounts import notifications
from accounts.models import Invitation, User

if TYPE_CHECKING:
    from collections.abc import Callable

    LinkSender = Callable[..., None]

logger = logging.getLogger(__name__)

_link_senders: list[LinkSender] = []


def register_link_sender(send: LinkSender) -> None:
    """Let an upper app send a person new links to what it shares with them; it joins in its `apps.py`."""
    if send not in _link_senders:
        _link_senders.append(send)


@shared_task
def send_links(email: str) -> None:
    """Send the person of an address, if there is one, new links to what is shared with them."""
    person = User.objects.active().with_email(email).first()
    if person is not None:
        for send in _link_senders:
            send(person=person)


@shared_task
def send_invitation(invitation_pk: int) -> None:
    """Send a colleague the link by which they are invited, unless it leads nowhere any more.

    Whatever keeps the email from going is no error here: the account stands, and the person's page says so and offers to try again.
    """
    now = timezone.now()
    invitation = (
        Invitation.objects.open(now).filter(person__is_active=True).select_related("person").filter(pk=invitation_pk).first()
    )
    if invitation is None:
        return
    try:
        notifications.build_invitation(invitation).send()
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one message, the account it is about stands
        # What a server answers may name the address: the log says only what kind of error it was, and where it came from.
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = (invitation_pk, type(error).__name__, where.filename, where.lineno)
        logger.warning("Invitation %s has not gone: %s at %s:%s", *said)
        _keep(invitation, failed_at=now)
    else:
        _keep(invitation, sent_at=timezone.now(), failed_at=None)


def _keep(invitation: Invitation, **values: Any) -> None:
    """Write what became of an invitation."""
    for name, value in values.items():
        setattr(invitation, name, value)
    invitation.save(update_fields=list(values))
