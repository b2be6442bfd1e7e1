"""Mail of a demonstration: kept and shown on a page, never sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.mail.backends.base import BaseEmailBackend

from core.models import DemonstrationMail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.mail import EmailMessage

MAX_TO, MAX_SUBJECT = 1_000, 500


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
