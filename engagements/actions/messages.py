"""Writes to the messages that ask somebody to act: written with their cause, sent after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engagements import policies, tasks
from engagements.enums import MessageKind, MessageStatus
from engagements.models import Message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engagements.models import ClientLead, PlanVersion


def queue(kind: MessageKind, version: PlanVersion, client_lead: ClientLead | None = None, *, again: str = "") -> None:
    """Write one message in the transaction of its cause, once for each version and person, and ring for it to be sent.

    `again` tells apart messages of one kind that may go to the same person twice.
    """
    key = policies.message_key(kind, version, client_lead, again=again)
    values = {"kind": kind, "engagement": version.engagement, "version": version, "client_lead": client_lead}
    message, is_new = Message.objects.get_or_create(key=key, defaults=values)
    if is_new:
        tasks.send_message.delay_on_commit(message.pk)


def ask_to_decide(version: PlanVersion, leads: Iterable[ClientLead]) -> None:
    """Ask those whose turn it is to decide; nobody is asked twice for one version."""
    for lead in leads:
        queue(MessageKind.DECISION_ASKED, version, lead)


def drop_messages(version: PlanVersion) -> None:
    """Let go of what has not been sent yet about a version that waits no longer."""
    waiting = Message.objects.filter(version=version, status=MessageStatus.WAITING)
    waiting.exclude(kind=MessageKind.CHANGES_WANTED).update(status=MessageStatus.NOT_NEEDED)
