"""What happened, told as sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import template

from core.text import joined

if TYPE_CHECKING:
    from core.audit import FieldChange
    from core.models import AuditEvent

MAX_IN_SENTENCE = 60
# What a verb has said by itself: a move what became of the status, bringing somebody back that they are not removed.
SAID_BY_THE_VERB = {"status", "position", "removed_at"}
# Links are sent and revoked; of everything else a verb is told as it was written.
OF_INVITATIONS = {"added": "sent an", "revoked": "revoked the"}

# How a history calls the thing that it is all about.
WHOLE = {"engagements.engagement": "this engagement"}

register = template.Library()


@dataclass(frozen=True)
class Sentence:
    """Who did what to what; `details` are the changes that would make the sentence too long."""

    who: str
    did: str
    what: str
    more: str
    details: list[FieldChange]


@register.filter
def sentence(event: AuditEvent) -> Sentence:
    """Tell one event: "Priya Nair changed group Lincolnshire GPs: how many people from 12 to 15"."""
    what = WHOLE.get(event.subject_type, event.subject_label)
    who = str(event.actor) if event.actor else "The portal"
    if event.subject_type == "accounts.invitation":
        return Sentence(who, OF_INVITATIONS.get(event.verb, event.verb), what, "", [])
    if event.verb != "changed":
        return Sentence(
            who, event.verb, what, "", [change for change in event.changes if change["field"] not in SAID_BY_THE_VERB]
        )
    if len(event.changes) == 1 and (said := _in_words(event.changes[0])):
        return Sentence(who, event.verb, what, said, [])
    return Sentence(who, event.verb, what, joined([change["label"] for change in event.changes]), event.changes)


def _in_words(change: FieldChange) -> str:
    """Tell a short change; nothing where it is too long to be told so."""
    label, old, new = change["label"], change["old"], change["new"]
    if len(old) > MAX_IN_SENTENCE or len(new) > MAX_IN_SENTENCE or "\n" in old + new:
        return ""
    if not old:
        return f"{label}, now {new}"
    return f"{label} from {old} to {new}" if new else f"{label}, {old} taken out"
