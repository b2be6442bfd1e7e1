"""Mail goes here: whoever sends learns in one way that it has not gone. That of a demonstration is kept and shown on a page instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.mail.backends.base import BaseEmailBackend

from core.models import DemonstrationMail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.mail import EmailMessage

MAX_TO, MAX_SUBJECT = 1_000, 500

# A mail server may be away over a weekend: with the pauses of the outbox, this is tried for three days.
MOST_TRIES_TO_SEND = 84
# What is overtaken by the next day's email is tried for half a day.
MOST_TRIES_TODAY = 24


class MailNotSentError(Exception):
    """Raised when an email has not gone: the server is away, or refuses it, or its address cannot be written to."""

    # Part of life, and no mistake of the portal's: see `core.outbox.work`.
    is_expected = True


def send(email: EmailMessage) -> None:
    """Send one email; raise `MailNotSentError` where it has not gone, which says nothing of the address."""
    try:
        email.send()
    # What a mail server answers is an OSError to Python; an address that no server could have is a ValueError.
    except (OSError, ValueError) as error:
        raise MailNotSentError from error


class DemonstrationBackend(BaseEmailBackend):
    """Keeps each message in the database in place of sending it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the messages and say how many there were."""
        kept = [_kept(message) for message in email_messages]
        return len(DemonstrationMail.objects.bulk_create(kept))


def _kept(message: EmailMessage) -> DemonstrationMail:
    """Return a message as the page shows it."""
    others = {str(kind): str(content) for content, kind in getattr(message, "alternatives", ())}
    return DemonstrationMail(
        to=", ".join(message.recipients())[:MAX_TO],
        subject=str(message.subject)[:MAX_SUBJECT],
        text=str(message.body),
        html=others.get("text/html", ""),
    )
