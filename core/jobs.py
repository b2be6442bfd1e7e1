"""What the core does by the clock: the outbox is worked off, also where nobody rang for it; what is long done goes; the audit trail is chained."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from core import chain, outbox
from core.models import OutboxEntry

# How long it can be looked up what was done, and when.
DAYS_KEPT = 30


@shared_task
def work_off_outbox() -> None:
    """Do everything that is due."""
    outbox.work_off()


@shared_task
def remove_done_entries() -> None:
    """Remove what was done long ago; what was given up stays until somebody has seen to it."""
    OutboxEntry.objects.done_before(timezone.now() - timedelta(days=DAYS_KEPT)).delete()


@shared_task
def chain_audit_trail() -> None:
    """Chain what was written since, and look at the whole chain once a day."""
    chain.link()
    chain.check(timezone.now())
