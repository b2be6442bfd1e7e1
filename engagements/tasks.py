"""Effects after commit."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import INVITATION_DAYS
from accounts.models import Invitation, User
from accounts.policies import invitation_url
from accounts.tasks import put_digest_off
from core import mail, records
from core.handover import PortalTask
from engagements import documents, notifications, policies
from engagements.enums import MessageKind, MessageStatus
from engagements.models import BriefFile, Engagement, Message, PlanVersion


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


class MessageTask(PortalTask):
    """The sending of a message: the consultant sees on the review page where it was given up."""

    def give_up(self, message_pk: int) -> None:
        """Mark a message as one that could not be sent, unless nobody needs it any more."""
        with transaction.atomic():
            held = Message.objects.select_for_update(of=("self",)).get(pk=message_pk)
            if held.status == MessageStatus.WAITING:
                _keep(held, status=MessageStatus.FAILED)


@shared_task(base=MessageTask, most_tries=mail.MOST_TRIES_TO_SEND)
def send_message(message_pk: int) -> None:
    """Send one message, unless it has been sent or nobody needs it any more; marked as sent the moment that it was."""
    ready = _address(message_pk, timezone.now())
    if ready is None:
        return
    message, reader, invitation = ready
    mail.send(notifications.build(message, reader, _facts(message, reader, invitation)))
    _keep(message, status=MessageStatus.SENT, sent_at=timezone.now(), sent_to=reader.email)


def _address(message_pk: int, now: datetime) -> tuple[Message, User, Invitation | None] | None:
    """Return a message with whom it is for now and their link, its try written down; none where nobody needs it any more.

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
        _keep(message, tries=message.tries + 1, tried_at=now)
        is_for_us = message.kind == MessageKind.CHANGES_WANTED
        return message, reader, None if is_for_us else _invite(reader, _page_of(message), trail=message.engagement.trail)


def _keep(message: Message, **values: Any) -> None:
    """Write what became of a message."""
    for name, value in values.items():
        setattr(message, name, value)
    message.save(update_fields=list(values))


class DigestTask(PortalTask):
    """The sending of a daily summary: one that was given up is told of with the next day's."""

    def give_up(self, person_pk: int, since: str, until: str) -> None:
        """Let the next day's summary tell the same and more, and say so in the history of the accounts."""
        put_digest_off(person_pk, datetime.fromisoformat(since), datetime.fromisoformat(until))


@shared_task(base=DigestTask, most_tries=mail.MOST_TRIES_TODAY)
def send_digest(person_pk: int, since: str, until: str) -> None:
    """Send one person what happened between two moments; nothing where nothing did, or where they want it no more."""
    person = User.objects.active().filter(pk=person_pk, wants_digest=True).first()
    if person is None:
        return
    news = policies.digest_for(person, since=datetime.fromisoformat(since), until=datetime.fromisoformat(until))
    if news:
        mail.send(notifications.build_digest(person, news))


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
