"""Effects after commit."""

from __future__ import annotations

import hashlib
import logging
import traceback
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from celery import shared_task
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import INVITATION_DAYS
from accounts.models import Invitation
from accounts.policies import invitation_url
from core import records
from engagements import documents, notifications, policies
from engagements.enums import MAX_MESSAGE_TRIES, MessageKind, MessageStatus
from engagements.models import BriefFile, Engagement, Message, PlanVersion

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

logger = logging.getLogger(__name__)


@shared_task(most_tries=3)
def render_signed_brief(version_pk: int) -> None:
    """Render the brief of an agreed version and keep it as a file, once: whoever comes second leaves the first one's file."""
    version = PlanVersion.objects.select_related("engagement").get(pk=version_pk)
    if BriefFile.objects.filter(version=version).exists():
        return
    content = documents.render_signed(version)
    sha256 = hashlib.sha256(content).hexdigest()
    name = f"{version.engagement.reference}-v{version.number}-{sha256[:12]}.pdf"
    with transaction.atomic():
        held = PlanVersion.objects.select_for_update(of=("self",)).get(pk=version_pk)
        if not BriefFile.objects.filter(version=held).exists():
            stored = {"file": ContentFile(content, name), "sha256": sha256}
            records.add(BriefFile(version=held), stored, by=None, trail=version.engagement.trail)


@shared_task
def send_message(message_pk: int) -> None:
    """Send one message, unless it has been sent, is being sent by another or nobody needs it any more.

    The try is written down before it is made, so that two workers do not make the same one. Whatever keeps the email from being
    built or sent is no error here: what the message tells of has happened, and the job `send_waiting_messages` tries again.
    """
    if not _take_up(message_pk, timezone.now()):
        return
    try:
        ready = _address(message_pk)
        if ready is None:
            return
        message, reader, invitation = ready
        notifications.build(message, reader, _facts(message, reader, invitation)).send()
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one message, it counts as a try
        # What a server answers may name the address: the log says only what kind of error it was, and where it came from.
        where = traceback.extract_tb(error.__traceback__)[-1]
        logger.warning("Message %s has not gone: %s at %s:%s", message_pk, type(error).__name__, where.filename, where.lineno)
        _give_up(message_pk)
    else:
        _keep(message, status=MessageStatus.SENT, sent_at=timezone.now(), sent_to=reader.email)


def _take_up(message_pk: int, now: datetime) -> bool:
    """Write down that a message is being tried; tell whether it is."""
    with transaction.atomic():
        held = Message.objects.select_for_update(of=("self",)).get(pk=message_pk)
        if not policies.is_to_try(held, now):
            return False
        _keep(held, tries=held.tries + 1, tried_at=now)
    return True


def _address(message_pk: int) -> tuple[Message, User, Invitation | None] | None:
    """Return a message with whom it is for now and their link; none where nobody needs it any more.

    The engagement is held meanwhile: whoever is taken off it at the same moment is asked for afterwards, or their new link revoked.
    """
    read_along = ("engagement__lead_consultant", "engagement__lead_region", "version__engagement", "client_lead__user")
    with transaction.atomic():
        Engagement.objects.select_for_update(of=("self",)).get(messages=message_pk)
        message = Message.objects.select_related(*read_along).get(pk=message_pk)
        if message.status != MessageStatus.WAITING:
            return None
        reader = policies.recipient_of(message)
        if reader is None:
            _keep(message, status=MessageStatus.NOT_NEEDED)
            return None
        is_for_us = message.kind == MessageKind.CHANGES_WANTED
        return message, reader, None if is_for_us else _invite(reader, _page_of(message), trail=message.engagement.trail)


def _give_up(message_pk: int) -> None:
    """Write down that a message could not be sent after so many tries, unless nobody needs it any more since it was taken up."""
    with transaction.atomic():
        held = Message.objects.select_for_update(of=("self",)).get(pk=message_pk)
        if held.status == MessageStatus.WAITING and held.tries >= MAX_MESSAGE_TRIES:
            _keep(held, status=MessageStatus.FAILED)


def _keep(message: Message, **values: Any) -> None:
    """Write what became of a message."""
    for name, value in values.items():
        setattr(message, name, value)
    message.save(update_fields=list(values))


def _page_of(message: Message) -> str:
    """Return the path of the page that a message leads to."""
    return reverse("engagements:review_detail", args=[message.engagement.reference])


def _facts(message: Message, reader: User, invitation: Invitation | None) -> notifications.Facts:
    """Work out what a message tells its reader. A consultant signs in as always; a client lead gets a link of their own."""
    version = message.version
    if invitation is None:
        comments = list(version.comments.filter(answer_to=None).order_by("at", "pk"))
        decision = version.decisions.filter(client_lead=message.client_lead).first()
        words = decision.comment.strip() if decision else ""
        # What was said with the decision stands among the comments, unless nobody wrote it there.
        words = "" if words in {comment.text.strip() for comment in comments} else words
        link = f"{settings.PORTAL_ADDRESS}{_page_of(message)}"
        return notifications.Facts(link, comments=comments, decision=decision, words=words)
    news = None if message.kind == MessageKind.LINK_AGAIN else documents.news_for(version, reader)
    # P08: one click from the inbox to what changed since the signed version, where the page would compare with another.
    since_signed = f"{settings.PORTAL_ADDRESS}{_page_of(message)}?since=signed" if news and news.has_other_signed else ""
    link = invitation_url(invitation)
    return notifications.Facts(link, works_until=invitation.expires_at, news=news, since_signed=since_signed)


def _invite(person: User, target: str, *, trail: str) -> Invitation:
    """Return a link that leads one person to one page: the one they have, as long as half of its time is left, or a new one (P09)."""
    now = timezone.now()
    known = (
        Invitation.objects.for_trail(trail).open(now + timedelta(days=INVITATION_DAYS / 2)).filter(person=person, target=target)
    )
    fresh = {"person": person, "target": target, "trail": trail, "expires_at": now + timedelta(days=INVITATION_DAYS)}
    return known.order_by("-expires_at", "-pk").first() or records.add(Invitation(), fresh, by=None, trail=trail)
