"""The emails that the portal writes, each as text and as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format

from core.text import counted, inline
from engagements import policies
from engagements.enums import MessageKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from accounts.models import User
    from engagements.models import Comment, Decision, Message
    from engagements.policies import EngagementNews

# Nothing of a plan but its title stands in a subject: subjects show on locked screens.
_SUBJECTS = {
    MessageKind.DECISION_ASKED: "Please decide on “{title}”{by_when}",
    MessageKind.DECISION_DUE: "Reminder: please decide on “{title}”{by_when}",
    MessageKind.DECISION_OVERDUE: "“{title}” still waits for your decision",
    MessageKind.DEPUTY_ASKED: "Please decide as a deputy on “{title}”",
    MessageKind.CHANGES_WANTED: "Changes wanted to “{title}”",
    MessageKind.LINK_AGAIN: "Your new link to “{title}”",
}
_DECISION = "engagements/email/decision.html"
_TEMPLATES = {
    MessageKind.CHANGES_WANTED: "engagements/email/changes_wanted.html",
    MessageKind.LINK_AGAIN: "engagements/email/link_again.html",
}
_DIGEST = "engagements/email/digest.html"


@dataclass(frozen=True)
class Facts:
    """What an email tells beside what its message says: the link, until when it works, and what was worked out for its reader."""

    link: str
    works_until: datetime | None = None
    news: Any = None
    comments: Sequence[Comment] = ()
    decision: Decision | None = None
    words: str = ""
    since_signed: str = ""


def build(message: Message, reader: User, facts: Facts) -> EmailMultiAlternatives:
    """Return one message to one reader."""
    engagement, version, kind = message.engagement, message.version, MessageKind(message.kind)
    policies.show_as_submitted(reader, [engagement])
    by_when = f" by {date_format(version.due_on, 'DATE_FORMAT')}" if version.due_on else ""
    context = {
        "reader": reader,
        "kind": kind.value,
        "engagement": engagement,
        "version": version,
        "by_when": by_when,
        "signatory": message.client_lead,
        "consultant": engagement.lead_consultant,
        "contacts": engagement.lead_region.contact_points.order_by("position", "pk"),
        "facts": facts,
    }
    subject = _SUBJECTS[kind].format(title=inline(engagement.title), by_when=by_when)
    email = _email(reader, subject, _TEMPLATES.get(kind, _DECISION), context)
    if reader.is_stp_lead:
        email.reply_to = [engagement.lead_consultant.email]
    return email


def build_digest(reader: User, news: Iterable[EngagementNews]) -> EmailMultiAlternatives:
    """Return the daily summary of one reader."""
    rows = list(news)
    context = {
        "reader": reader,
        "news": rows,
        "portal": settings.PORTAL_ADDRESS,
        "preferences": f"{settings.PORTAL_ADDRESS}{reverse('accounts:preferences_edit')}",
    }
    return _email(reader, f"Your daily summary: {counted(len(rows), 'engagement')}", _DIGEST, context)


def _email(reader: User, subject: str, template: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    """Return an email as text and as HTML."""
    context = {**context, "subject": subject}
    text = render_to_string(template.replace(".html", ".txt"), context)
    email = EmailMultiAlternatives(subject, text, to=[reader.email], headers={"Auto-Submitted": "auto-generated"})
    email.attach_alternative(render_to_string(template, context), "text/html")
    return email
