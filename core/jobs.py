"""What the core does by the clock: whatever stands in the outbox is worked off, also where nobody rang for it."""

from __future__ import annotations

from celery import shared_task

from core import outbox


@shared_task
def work_off_outbox() -> None:
    """Do everything that is due."""
    outbox.work_off()
