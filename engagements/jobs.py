"""What is done by the clock: reminders, daily summaries. Each job may run at any time and as often as it likes: it writes what is due into the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery import shared_task
from django.utils import timezone

from accounts.policies import people_due_for_digest
from engagements import actions, policies

if TYPE_CHECKING:
    from datetime import datetime


@shared_task
def queue_reminders(now: datetime | None = None) -> None:
    """Write the reminders that are due and have not been written."""
    for reminder in policies.due_reminders(now or timezone.now()):
        actions.queue_reminder(reminder=reminder)


@shared_task
def queue_digests(now: datetime | None = None) -> None:
    """Begin the daily summary of each person who is due one, once a day."""
    moment = now or timezone.now()
    for person in people_due_for_digest(moment):
        actions.queue_digest(person=person, now=moment)
