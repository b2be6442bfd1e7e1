"""How work is handed to the workers."""

from __future__ import annotations

from typing import Any

from celery.contrib.django.task import DjangoTask

from core import outbox


class PortalTask(DjangoTask):
    """A task that is written into the outbox: nothing that a change causes is lost, whatever breaks afterwards."""

    # How often it is tried before it is given up, and shown as such.
    most_tries = 8
    # Whether a worker is rung for it, or this process does it where there are none. What must take no time that tells anything is left to
    # the clock.
    rings = True

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:
        """Write the task down in this transaction; it runs once that has been committed."""
        if kwargs:
            raise TypeError("A task of the outbox takes its arguments by position.")
        outbox.queue(self, *args)

    def give_up(self, *args: Any) -> None:
        """Say where people see it that a task with these arguments was tried as often as it may be; some tasks have nowhere to say it."""
