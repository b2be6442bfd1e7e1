"""Whatever is killed while a brief is made, the brief is made once (D1, D2), and one that cannot be made harms no other (D14)."""

import hashlib
import os
import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest import mock

from celery import Celery

from core import outbox
from core.models import AuditEvent, OutboxEntry, OutboxStatus
from engagements import actions, tasks
from engagements.enums import EngagementStatus, MessageStatus
from engagements.models import BriefFile, Engagement, Message
from tests.drills import services
from tests.engagements.situations import agree_all, engagement_at, reread

# Hundredths of a second that a child has worked on a document when it is killed.
WORKED = 3
LIMIT_CHILD_SECONDS = 10
LIMIT_WORKER_SECONDS = 15
POISON_WORDS = 2_000_000


@dataclass
class Outcome:
    """How often something was killed in the midst of a document, how long each brief took from then on, and what is wrong."""

    name: str
    kills: int = 0
    seconds: list = field(default_factory=list)
    wrong: list = field(default_factory=list)


@contextmanager
def rung_at(redis_url):
    """Ring for the worker of the drill, and do nothing in this process."""
    bell = Celery(broker=redis_url, set_as_current=False)

    def ring(entry_pk):
        bell.send_task("core.jobs.work_off_outbox", expires=60)

    with mock.patch.object(outbox, "ring", ring):
        yield
    bell.close()


def killed_children(kills, limit=LIMIT_CHILD_SECONDS):
    """D1: kill the child that prints, each time in the midst of another brief; each is back within so many seconds."""

    def kill(worker, pid):
        os.kill(pid, signal.SIGKILL)

    return _killed(Outcome("D1 children killed while they print a brief"), kills, kill, limit)


def killed_workers(kills, limit=LIMIT_WORKER_SECONDS):
    """D2: kill the whole worker in the midst of a brief, and start another; each is back within so many seconds."""

    def kill(worker, pid):
        worker.kill()
        worker.start()

    return _killed(Outcome("D2 workers killed while they print a brief"), kills, kill, limit)


def _killed(outcome, kills, kill, limit):
    with services.redis() as redis_url, services.worker(redis_url) as (worker, server), rung_at(redis_url):
        versions = []
        for _ in range(kills):
            worker.ready()
            version = _sign(worker)
            pid = services.until(lambda: _at_work(worker), pause=0.002, what="printing")
            began = time.monotonic()
            kill(worker, pid)
            services.until(lambda version=version: BriefFile.objects.filter(version=version).exists(), what="the brief")
            outcome.seconds.append(time.monotonic() - began)
            versions.append(version)
        settle()
        entries = [_entry(version) for version in versions]
        outcome.kills = sum(entry.tries > 1 for entry in entries)
        outcome.wrong = [fault for version in versions for fault in faults(version, worker.folder)]
        outcome.wrong += ["every kill met a brief in the making"] if outcome.kills != kills else []
        outcome.wrong += [f"back within {limit} s"] if max(outcome.seconds) > limit else []
        outcome.wrong += faults_of_mail(server, [version.engagement for version in versions])
    return outcome


def _sign(worker):
    """Let everybody agree to a new plan; return the version whose brief is now due."""
    engagement = engagement_at(EngagementStatus.IN_REVIEW)
    worker.before = worker.printing()
    agree_all(engagement)
    return reread(engagement).versions.get()


def _at_work(worker):
    """Return a child that has begun with a document."""
    now = worker.printing()
    return next((pid for pid, worked in now.items() if worked - worker.before.get(pid, 0) >= WORKED), None)


def _entry(version):
    return OutboxEntry.objects.get(key=outbox.key_of(tasks.render_signed_brief, version.pk))


def settle(seconds=services.PATIENCE):
    """Wait until nothing is left to do."""
    services.until(
        lambda: not OutboxEntry.objects.filter(status=OutboxStatus.WAITING).exists(), seconds=seconds, what="the end of all work"
    )


def faults(version, folder):
    """Return what must not be of one brief."""
    files = list(BriefFile.objects.filter(version=version))
    stored = list((folder / "media" / "briefs").rglob(f"{version.engagement.reference}-v*"))
    rows = AuditEvent.objects.filter(trail=version.engagement.trail, subject_type="engagements.brieffile").count()
    held = {
        "one row": len(files) == 1,
        "one whole file": [hashlib.sha256(path.read_bytes()).hexdigest() for path in stored] == [row.sha256 for row in files],
        "one word in the trail": rows == 1,
        "the entry is done": _entry(version).status == OutboxStatus.DONE,
    }
    return [f"{version.engagement.reference}: {what}" for what, is_so in held.items() if not is_so]


def faults_of_mail(server, engagements):
    """Return what must not be of the mail: each message goes, and goes once."""
    messages = Message.objects.filter(engagement__in=engagements)
    sent = messages.filter(status=MessageStatus.SENT, tries=1).count()
    is_so = sent == messages.exclude(status=MessageStatus.NOT_NEEDED).count() == server.letters
    return [] if is_so else [f"each message goes once: {server.letters} letters for {messages.count()} messages"]


def poisoned(others):
    """D14: a brief that takes more than it may is given up; those behind it are made meanwhile, as fast as without it."""
    outcome = Outcome("D14 briefs made beside one that cannot be made")
    with services.redis() as redis_url, services.worker(redis_url) as (worker, _), rung_at(redis_url):
        alone = [_time_of(worker) for _ in range(others)]
        poison = engagement_at(EngagementStatus.CO_DESIGN)
        Engagement.objects.filter(pk=poison.pk).update(purpose_words="word " * POISON_WORDS)
        actions.submit_engagement(engagement=reread(poison), values={"message": ""}, by=poison.lead_consultant)
        agree_all(reread(poison))
        version = reread(poison).versions.get()
        services.until(lambda: _entry(version).tries, what="the first try")
        outcome.seconds = [_time_of(worker) for _ in range(others)]
        services.until(lambda: _entry(version).status == OutboxStatus.FAILED, seconds=240, what="giving up")
        entry = _entry(version)
        outcome.kills = entry.tries
        outcome.wrong += ["3 tries"] if entry.tries != tasks.render_signed_brief.most_tries else []
        outcome.wrong += ["it says why"] if entry.fault not in ("TookTooLong", "TooLarge") else []
        outcome.wrong += ["no file of it"] if BriefFile.objects.filter(version=version).exists() else []
        if _slowest_but_few(outcome.seconds) > 2 * _slowest_but_few(alone):
            outcome.wrong.append(f"others as fast: {max(outcome.seconds):.1f} s beside it, {max(alone):.1f} s alone")
    return outcome


def _time_of(worker):
    """Return how long the brief of a new plan takes from the last agreement on."""
    version, began = _sign(worker), time.monotonic()
    services.until(lambda: BriefFile.objects.filter(version=version).exists(), what="the brief")
    return time.monotonic() - began


def _slowest_but_few(seconds):
    """Return the time within which nineteen of twenty are done."""
    return sorted(seconds)[int(len(seconds) * 0.95) - (len(seconds) * 95 % 100 == 0)]
