"""Writes to messages that no step of somebody else causes: a day has come, a link is asked for, a message or a brief is tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from accounts.actions import begin_digest
from core import audit
from core.refusals import refuse_if
from engagements import policies, tasks
from engagements.actions.messages import queue
from engagements.enums import MessageKind, MessageStatus
from engagements.models import ClientLead, Engagement, Message, PlanVersion

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

# What is written down by another process whose clock is behind, or in a transaction that is not over, is told by the next summary.
DIGEST_ENDS_BEFORE = timedelta(minutes=10)


@transaction.atomic
def queue_reminder(*, reminder: policies.Reminder, by: User | None = None) -> None:
    """Write one reminder; however often it is due, it is written once."""
    queue(reminder.kind, reminder.version, reminder.client_lead, again=reminder.again)


@transaction.atomic
def queue_digest(*, person: User, now: datetime, by: User | None = None) -> None:
    """Begin the daily summary of a person, once a day: of all but the last minutes, into which others may still write."""
    until = now - DIGEST_ENDS_BEFORE
    since = begin_digest(person=person, now=until)
    if since is not None:
        tasks.send_digest.delay_on_commit(person.pk, since.isoformat(), until.isoformat())


@transaction.atomic
def send_links_again(*, person: User, by: User | None = None) -> None:
    """Send a client lead a new link to each plan that waits on them or, where none does, to the newest that is shared with them."""
    shared = list(Engagement.objects.visible_to(person).order_by("-shared_at", "-pk")) if person.is_stp_lead else []
    signings = [policies.read_signing(engagement) for engagement in shared]
    # The minute is part of the key: pressing twice asks once.
    minute = f"{timezone.now():%Y-%m-%dT%H:%M}"
    for signing in [row for row in signings if _waits_on(person, row)] or signings[:1]:
        if signing.version is not None:
            queue(MessageKind.LINK_AGAIN, signing.version, _row_of(person, signing.leads), again=minute)


@transaction.atomic
def send_message_again(*, message: Message, by: User) -> None:
    """Try a message again that has not gone, as often as a new one."""
    locked = Message.objects.select_for_update(of=("self",)).select_related("engagement").get(pk=message.pk)
    refuse_if(policies.sending_blockers(locked, timezone.now()))
    locked.status, locked.tries, locked.tried_at = MessageStatus.WAITING, 0, None
    locked.save(update_fields=["status", "tries", "tried_at"])
    label = f"the message that {locked.get_kind_display().lower()}"
    audit.record("tried again to send", locked, by=by, trail=locked.engagement.trail, label=label)
    tasks.send_message.delay_on_commit(locked.pk)


@transaction.atomic
def make_brief_again(*, version: PlanVersion, by: User) -> None:
    """Ask again for a signed brief that could not be made."""
    locked = PlanVersion.objects.select_for_update(of=("self",)).select_related("engagement").get(pk=version.pk)
    refuse_if(policies.making_blockers(locked))
    audit.record("asked again for", locked, by=by, trail=locked.engagement.trail, label=f"the signed brief of {locked}")
    tasks.render_signed_brief.delay_on_commit(locked.pk)


def _waits_on(person: User, signing: policies.Signing) -> bool:
    """Tell whether a plan waits for a decision of a person, for themselves or as a deputy."""
    lead = policies.lead_to_decide_for(person, signing.leads)
    return lead is not None and lead.pk in {row.pk for row in signing.waits_for}


def _row_of(person: User, leads: tuple[ClientLead, ...]) -> ClientLead:
    """Return the row by which a person is named."""
    return next(row for row in leads if row.user_id == person.pk)
