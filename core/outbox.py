"""The outbox: every effect of a change is written down in the change's own transaction, and worked off by whoever is there.

The queue is only the doorbell. A message that is lost, doubled or late changes nothing: what is due stands in the table, whoever takes an
entry up holds it for a while and says that it is still there, and what was held by a process that has died is taken up by another. A task
may therefore run more than once and must find out for itself what is left to do.
"""

from __future__ import annotations

import logging
import os
import socket
import traceback
import uuid
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from core import logs
from core.away import Away
from core.models import OutboxEntry, OutboxStatus, outbox_key

if TYPE_CHECKING:
    from datetime import datetime

    from core.handover import PortalTask
    from core.models import OutboxEntryQuerySet

logger = logging.getLogger(__name__)

# How long an entry is held without a word from its holder: workers say every moment that they are there, a web process does not.
HELD_BY_A_WORKER = timedelta(seconds=6)
HELD_IN_PROCESS = timedelta(seconds=90)
PAUSE_BETWEEN_WORDS_SECONDS = 1.5

FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(hours=1)
# How often a process may die over an entry, beyond its tries, before it is given up: most deaths are not the entry's fault, but some are.
MOST_DEATHS = 5


# What does not answer is not rung again for some seconds: no page waits for it, and the clock finds what it was to be rung for.
bell_is_away = Away()


class _Holder:
    """As what this process holds the entries that it takes up, and for how long."""

    name = ""
    held_for = HELD_IN_PROCESS


def queue(task: PortalTask, *arguments: Any) -> OutboxEntry:
    """Write down that a task is to be run with these arguments, and ring once the transaction has been committed.

    The same task with the same arguments is one entry, however often it is asked for; asked for again after it was done or given up, it is
    run once more.
    """
    now = timezone.now()
    fresh = {
        "task": task.name,
        "arguments": list(arguments),
        "asked_at": now,
        "due_at": now,
        "request_id": logs.request_id()[: logs.MAX_ID_LENGTH],
    }
    with transaction.atomic():
        entry, is_new = OutboxEntry.objects.get_or_create(key=key_of(task, *arguments), defaults=fresh)
        if not is_new:
            entry = OutboxEntry.objects.select_for_update().get(pk=entry.pk)
            _wait_again(entry, now)
    if task.rings:
        transaction.on_commit(partial(ring, entry.pk))
    return entry


def key_of(task: PortalTask, *arguments: Any) -> str:
    """Return the key under which a task with these arguments is written down once."""
    return outbox_key(task.name, *arguments)


def ring(entry_pk: int) -> None:
    """Let a worker know that there is something to do; without a queue, do it now. Where nobody hears it, a job finds it."""
    if settings.CELERY_TASK_ALWAYS_EAGER:
        entry = take(timezone.now(), entry_pk)
        if entry is not None:
            work(entry)
        return
    if bell_is_away:
        return
    try:
        current_app.send_task("core.jobs.work_off_outbox", expires=60)
    except OperationalError as error:
        logger.warning("The queue is down (%s): entry %s waits in the outbox.", type(error).__name__, entry_pk)
        bell_is_away.note()


def work_off(now: datetime | None = None) -> int:
    """Do everything that is due, the oldest first; return how many entries were taken up."""
    taken = 0
    while (entry := take(now or timezone.now())) is not None:
        work(entry)
        taken += 1
    return taken


def take(now: datetime, entry_pk: int | None = None) -> OutboxEntry | None:
    """Take up the oldest entry that is due, or a certain one, so that nobody else does; none where there is nothing to do."""
    with transaction.atomic():
        entry = _first_due(now, entry_pk)
        while entry is not None and _has_killed_often(entry):
            _give_up(entry, now)
            entry = _first_due(now, entry_pk)
        if entry is None:
            return None
        entry.tries += 1
        entry.holder = _Holder.name or _name_of_this_process()
        entry.held_until = now + _Holder.held_for
        entry.save(update_fields=["tries", "holder", "held_until"])
    return entry


def work(entry: OutboxEntry) -> None:
    """Run the task of an entry that was taken up, and write down what became of it, under the number of the request that caused it."""
    with logs.within_request(entry.request_id or logs.request_id()):
        _work(entry)


def _work(entry: OutboxEntry) -> None:
    """Run the task of an entry."""
    task: PortalTask = current_app.tasks[entry.task]
    try:
        task.run(*entry.arguments)
    except Exception as error:
        # What an error says may name a person: the entry and the log tell what kind it was and where it came from.
        cause = error.__cause__ if error.__cause__ is not None and error.__cause__.__traceback__ else error
        where, kind = traceback.extract_tb(cause.__traceback__)[-1], type(cause).__name__
        logger.warning("Outbox entry %s (%s): %s at %s:%s", entry.pk, entry.task, kind, where.filename, where.lineno)
        _put_off(entry, task, kind, timezone.now())
        if settings.CELERY_TASK_EAGER_PROPAGATES and not getattr(error, "is_expected", False):
            raise
    else:
        logger.info("Outbox entry %s (%s): done", entry.pk, entry.task)
        _finish(entry, timezone.now())


def say_still_here(now: datetime | None = None) -> None:
    """Hold on to what this process has taken up."""
    mine = OutboxEntry.objects.filter(status=OutboxStatus.WAITING, holder=_Holder.name)
    mine.update(held_until=(now or timezone.now()) + _Holder.held_for)


def become_a_worker() -> None:
    """Hold what is taken up from now on only as long as `say_still_here` is called every moment."""
    _Holder.name, _Holder.held_for = _name_of_this_process(), HELD_BY_A_WORKER


def try_again(entry: OutboxEntry) -> None:
    """Let an entry that was given up be tried again, as often as a new one."""
    with transaction.atomic():
        locked = OutboxEntry.objects.select_for_update().get(pk=entry.pk)
        _wait_again(locked, timezone.now())
    transaction.on_commit(partial(ring, locked.pk))


def pause_after(tries: int) -> timedelta:
    """Return how long an entry waits after so many tries: twice as long each time, and never longer than an hour."""
    # No pause is longer than after so many doublings; beyond some dozens of them there is no such time.
    return min(FIRST_PAUSE * 2 ** min(tries - 1, 16), LONGEST_PAUSE)


def _name_of_this_process() -> str:
    """Return a name that no other process has."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


def _wait_again(entry: OutboxEntry, now: datetime) -> None:
    """Let a locked entry be run once more, at once and as often as a new one; one that is being run at this moment is run again afterwards."""
    entry.asked_at = now
    is_being_run = entry.status == OutboxStatus.WAITING and entry.held_until is not None and entry.held_until >= now
    if not is_being_run:
        entry.status, entry.tries, entry.fault, entry.ended_at = OutboxStatus.WAITING, 0, "", None
        entry.due_at, entry.holder, entry.held_until = now, "", None
    entry.save()


def _finish(entry: OutboxEntry, now: datetime) -> None:
    """Write down that an entry is done, unless it was asked for again meanwhile or somebody else has taken it up."""
    mine = _held(entry)
    is_done = mine.filter(asked_at=entry.asked_at).update(
        status=OutboxStatus.DONE, ended_at=now, holder="", held_until=None, fault=""
    )
    if not is_done:
        mine.update(holder="", held_until=None, due_at=now, tries=0)


def _put_off(entry: OutboxEntry, task: PortalTask, fault: str, now: datetime) -> None:
    """Write down that an entry has failed: it is tried later, or given up when its tries are used up; asked for again, it begins anew."""
    mine, kept = _held(entry), {"fault": fault[:80], "holder": "", "held_until": None}
    if mine.exclude(asked_at=entry.asked_at).update(**kept, due_at=now + FIRST_PAUSE, tries=0):
        return
    if entry.tries < task.most_tries:
        mine.update(**kept, due_at=now + pause_after(entry.tries))
        return
    with transaction.atomic():
        locked = mine.filter(asked_at=entry.asked_at).select_for_update().first()
        if locked is not None:
            locked.fault = fault[:80]
            _give_up(locked, now)


def _first_due(now: datetime, entry_pk: int | None) -> OutboxEntry | None:
    """Lock what has been due the longest, or a certain entry. What this release knows no task for is left to one that does."""
    due = OutboxEntry.objects.due(now).filter(task__in=list(current_app.tasks))
    wanted = due if entry_pk is None else due.filter(pk=entry_pk)
    return wanted.select_for_update(skip_locked=True).first()


def _has_killed_often(entry: OutboxEntry) -> bool:
    """Tell whether an entry was taken up so often without a word of what became of it that it must be what ends the processes."""
    return entry.tries >= current_app.tasks[entry.task].most_tries + MOST_DEATHS


def _give_up(entry: OutboxEntry, now: datetime) -> None:
    """Write down that a locked entry is tried no more, and let its task say so where people see it."""
    entry.status, entry.ended_at, entry.holder, entry.held_until = OutboxStatus.FAILED, now, "", None
    entry.fault = entry.fault or "its process died each time"
    entry.save(update_fields=["status", "ended_at", "holder", "held_until", "fault"])
    current_app.tasks[entry.task].give_up(*entry.arguments)


def _held(entry: OutboxEntry) -> OutboxEntryQuerySet:
    """Return an entry that was taken up, as long as nobody else has taken it up since."""
    return OutboxEntry.objects.filter(pk=entry.pk, holder=entry.holder, status=OutboxStatus.WAITING)
