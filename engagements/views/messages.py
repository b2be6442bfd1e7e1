"""The messages that ask people to decide: whether each has gone, and trying again where it has not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.pages import post_action
from core.text import date_and_time
from engagements import actions, policies
from engagements.enums import MessageKind, MessageStatus
from engagements.models import Decision, Message
from engagements.views.loading import load_editable

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest
    from engagements.models import PlanVersion


@dataclass(frozen=True)
class MessageRow:
    """One message about a version: what it asks of whom, what became of it, and where it can be tried again."""

    what: str
    who: str
    state: str
    colour: str
    send_url: str


def message_rows(version: PlanVersion | None) -> list[MessageRow]:
    """Return the messages about a version in the order in which they were written.

    Those that nobody needs any more are left out, unless somebody who is waited for could not be written to.
    """
    if version is None:
        return []
    has_decided = Exists(Decision.objects.filter(version=OuterRef("version"), client_lead=OuterRef("client_lead")))
    written = Message.objects.filter(version=version).annotate(has_decided=has_decided)
    known = written.select_related("version", "engagement__lead_consultant", "client_lead__user").defer("version__document")
    rows = [_row(message, has_decided=message.has_decided) for message in known.order_by("created_at", "pk")]
    return [row for row in rows if row is not None]


def _row(message: Message, *, has_decided: bool) -> MessageRow | None:
    """Return one message as the page shows it; none where it has nothing to say."""
    is_dropped = message.status == MessageStatus.NOT_NEEDED
    reason = policies.unsent_reason(message, has_decided=has_decided) if is_dropped else ""
    if is_dropped and not reason:
        return None
    url = reverse("engagements:message_send", args=[message.engagement.reference, message.pk])
    return MessageRow(
        what=str(MessageKind(message.kind).label),
        who=_who(message),
        state=f"Not sent: {reason}" if reason else _state(message),
        colour="red" if reason or message.status == MessageStatus.FAILED else "",
        send_url=url if message.status in (MessageStatus.WAITING, MessageStatus.FAILED) else "",
    )


def _who(message: Message) -> str:
    """Name whom a message is about: a signatory or, where one wants changes, the lead consultant whom it tells."""
    is_for_us = message.kind == MessageKind.CHANGES_WANTED or message.client_lead is None
    return str(message.engagement.lead_consultant if is_for_us else message.client_lead)


def _state(message: Message) -> str:
    """Say what became of a message."""
    if message.sent_at is not None:
        return f"Sent to {message.sent_to} on {date_and_time(message.sent_at)}"
    return "Could not be sent" if message.status == MessageStatus.FAILED else "Has not gone yet: we keep trying"


@require_POST
def message_send(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Try a message again that has not gone."""
    engagement = load_editable(request, reference)
    message = get_object_or_404(engagement.messages, pk=pk)
    return post_action(
        request,
        act=partial(actions.send_message_again, message=message, by=request.user),
        done=reverse("engagements:review_detail", args=[reference]),
    )
