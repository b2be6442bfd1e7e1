"""The doorbell goes away, forgets, rings twice and in any order (D3, D5): nobody waits for it, and all that was asked for is done once."""

import http.client
import random
import time
import urllib.parse
import uuid
from collections import Counter
from dataclasses import dataclass, field
from unittest import mock

import redis
from bs4 import BeautifulSoup
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from core import outbox
from core.models import OutboxEntry, OutboxStatus
from engagements.enums import EngagementStatus
from engagements.models import BriefFile, PlanVersion
from tests.drills import killing, services
from tests.engagements.situations import agree_all, engagement_at
from tests.helpers import controls, in_parallel

# How long it takes after Redis is back until the first brief is there, and all: half a minute, and a second to print and store each.
LIMIT_FIRST_SECONDS = 30
LIMIT_EACH_SECONDS = 1
# How many people sign off at one moment, and how long each of them waits for an answer at most.
AT_ONCE = 8
LIMIT_ANSWER_SECONDS = 10
# How long all of it may take at most, beside a second for each brief.
PATIENCE_SECONDS = 120
QUEUE = "celery"
ON_ITS_WAY = "The brief is on its way."


@dataclass
class Outcome:
    """How many briefs were due, what was answered and how soon, how long it took until the first and all were there, and what is wrong."""

    name: str
    briefs: int
    statuses: list = field(default_factory=list)
    answered: list = field(default_factory=list)
    first: float = 0.0
    seconds: float = 0.0
    done: int = 0
    engagements: list = field(default_factory=list)
    wrong: list = field(default_factory=list)

    @property
    def rate(self):
        """How many briefs were made in a second, once the first was there."""
        return (self.done - 1) / (self.seconds - self.first)


class _Signatory:
    """Somebody who is signed in and asked to agree to a plan, at a browser."""

    def __init__(self, engagement):
        self.path, self.secret = engagement.get_absolute_url(), uuid.uuid4().hex
        client = Client()
        client.force_login(engagement.client_leads.get().user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={self.secret}"

    def agree(self, port, outcome):
        """Open the page, agree, and read what is said of the brief."""
        page = BeautifulSoup(self._ask(port, f"{self.path}review/decide/")[1], "html.parser")
        form = next(form for form in page.select("main form[method=post]") if form.select("[name=outcome]"))
        fields = controls(form) | {"outcome": "agreed"}
        began = time.monotonic()
        status, _ = self._ask(port, f"{self.path}review/decide/", urllib.parse.urlencode(fields, doseq=True))
        outcome.answered.append(time.monotonic() - began)
        outcome.statuses.append(status)
        if ON_ITS_WAY not in self._ask(port, f"{self.path}review/")[1]:
            outcome.wrong.append(f"{self.path} says that the brief is on its way")

    def _ask(self, port, path, body=None):
        headers = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        asked.request("POST" if body else "GET", path, body, headers)
        answer = asked.getresponse()
        text = answer.read().decode()
        asked.close()
        return answer.status, text


def stopped(people, limit=LIMIT_FIRST_SECONDS):
    """D3: stop Redis, let so many people sign off a plan each through the portal as it is served, and start it again."""
    outcome = Outcome(f"D3 Redis stopped while {people} people sign off", people)
    with (
        services.redis_server() as bell,
        services.worker(bell.address) as (worker, server),
        killing.rung_at(bell.address),
    ):
        services.run(["manage.py", "collectstatic", "--no-input"], worker.environment)
        outcome.engagements = [engagement_at(EngagementStatus.IN_REVIEW) for _ in range(people)]
        signatories = [_Signatory(engagement) for engagement in outcome.engagements]
        killing.settle()
        with services.served(worker.folder, worker.environment) as port:
            bell.stop()
            in_parallel(lambda number: [each.agree(port, outcome) for each in signatories[number::AT_ONCE]], AT_ONCE)
        bell.start()
        _wait(outcome)
        answers = Counter(outcome.statuses)
        outcome.wrong += [] if answers == {http.client.FOUND: people} else [f"every answer is good: {answers}"]
        slow = [seconds for seconds in outcome.answered if seconds > LIMIT_ANSWER_SECONDS]
        outcome.wrong += [f"each is answered within {LIMIT_ANSWER_SECONDS} s: {slow}"] if slow else []
        outcome.wrong += [f"the first brief is there within {limit} s"] if outcome.first > limit else []
        most = limit + people * LIMIT_EACH_SECONDS
        outcome.wrong += [f"all is done within {most} s"] if outcome.seconds > most else []
        _look(outcome, worker, server)
    return outcome


def forgotten(plans):
    """D5: empty Redis when the worker has been rung for for so many briefs and has heard nothing yet."""
    return _rung(Outcome(f"D5 Redis emptied with {plans} briefs queued", plans), lambda queue: queue.flushall())


def doubled(plans):
    """D5: bring the worker each message twice, and messages and work in any order."""

    def double(queue):
        messages = queue.lrange(QUEUE, 0, -1) * 2
        random.shuffle(messages)
        queue.delete(QUEUE)
        queue.rpush(QUEUE, *messages)
        _shuffle_work()

    return _rung(Outcome(f"D5 each of {plans} messages brought twice, in any order", plans), double)


def _rung(outcome, disturb):
    """Sign so many plans while no worker hears of it, ring for each, disturb what was rung, and let a worker begin."""
    with services.redis_server() as bell, services.worker(bell.address, is_started=False) as (worker, server):
        with mock.patch.object(outbox, "ring"):
            outcome.engagements = [engagement_at(EngagementStatus.IN_REVIEW) for _ in range(outcome.briefs)]
            for engagement in outcome.engagements:
                agree_all(engagement)
        queue = redis.Redis.from_url(bell.address)
        with killing.rung_at(bell.address):
            for entry in OutboxEntry.objects.filter(status=OutboxStatus.WAITING):
                outbox.ring(entry.pk)
        outcome.wrong += [] if queue.llen(QUEUE) >= outcome.briefs else ["each was rung for"]
        disturb(queue)
        queue.close()
        worker.start()
        _wait(outcome)
        _look(outcome, worker, server)
    return outcome


def _shuffle_work():
    """Let what is due be taken up in any order."""
    entries = list(OutboxEntry.objects.filter(status=OutboxStatus.WAITING))
    moments = [entry.due_at for entry in entries]
    random.shuffle(moments)
    for entry, moment in zip(entries, moments, strict=True):
        entry.due_at = moment
    with transaction.atomic():
        OutboxEntry.objects.bulk_update(entries, ["due_at"])


def _wait(outcome):
    """Wait from now on for the first brief, and for the end of all work."""
    began = time.monotonic()
    briefs = BriefFile.objects.filter(version__engagement__in=outcome.engagements)
    services.until(briefs.exists, seconds=PATIENCE_SECONDS, what="the first brief")
    outcome.first = time.monotonic() - began
    killing.settle(PATIENCE_SECONDS + outcome.briefs)
    outcome.seconds = time.monotonic() - began


def _look(outcome, worker, server):
    """Find out what is wrong with the briefs and with the mail."""
    connection.close_if_unusable_or_obsolete()
    versions = PlanVersion.objects.filter(engagement__in=outcome.engagements)
    outcome.done = BriefFile.objects.filter(version__in=versions).count()
    outcome.wrong += [] if outcome.done == len(versions) == outcome.briefs else ["every brief is there"]
    outcome.wrong += [fault for version in versions for fault in killing.faults(version, worker.folder)]
    outcome.wrong += killing.faults_of_mail(server, outcome.engagements)
