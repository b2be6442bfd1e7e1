"""What the core does by the clock: the outbox is worked off, also where nobody rang for it; what is long done or left over goes; the audit trail is chained."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from core import chain, outbox, storage
from core.models import OneTimeKey, OutboxEntry, PortalSession

# How long it can be looked up what was done, and when.
DAYS_KEPT = 30
# How long a form that was sent is known again: much longer than a session lasts, or a page is left open.
DAYS_FORMS_ARE_KNOWN = 90
# What is still being written is younger: no file takes so long.
HOURS_OF_A_PART = 24


@shared_task
def work_off_outbox() -> None:
    """Do everything that is due."""
    outbox.work_off()


@shared_task
def remove_done_entries() -> None:
    """Remove what was done long ago; what was given up stays until somebody has seen to it."""
    OutboxEntry.objects.done_before(timezone.now() - timedelta(days=DAYS_KEPT)).delete()


@shared_task
def remove_leftovers() -> None:
    """Remove what nobody needs any more: sessions that are over, keys of forms sent long ago, halves of files whose writer was killed."""
    now = timezone.now()
    PortalSession.objects.filter(expire_date__lt=now).delete()
    OneTimeKey.objects.filter(used_at__lt=now - timedelta(days=DAYS_FORMS_ARE_KNOWN)).delete()
    storage.remove_parts(before=now - timedelta(hours=HOURS_OF_A_PART))


@shared_task
def chain_audit_trail() -> None:
    """Chain what was written since, and look at the whole chain once a day."""
    chain.link()
    chain.check(timezone.now())
