"""What people wait for a page while a worker renders briefs on the same processors (F13), and while one person asks for too much (S22)."""

import http.client
import statistics
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from engagements import tasks
from engagements.models import BriefFile
from tests.bench import example
from tests.bench.side_by_side import leave_out, note, say
from tests.drills import killing, services
from tests.factories.engagements import EngagementFactory

CLIENTS = 20
BRIEFS = 2
# Idle, busy, idle, busy: twenty seconds in all.
ROUNDS, SECONDS_EACH, WARM_UP_SECONDS = 4, 2.5, 1.0
PLANS = 20
# What somebody asks for who asks for one dear thing after the other, without pause: a question as long as an address may be.
TOO_LONG = "frailty " * 400
OF_ONE_PLAN = ("engagement_detail", "plan_detail", "history_list")


def run():
    """Print the ratios."""
    if not services.HAS_REDIS:
        leave_out("F13 pages while briefs render", "there is no Redis on this machine")
        return
    engagement = example.six_pages()
    EngagementFactory.create_batch(PLANS, lead_region=engagement.lead_region, lead_consultant=engagement.lead_consultant)
    versions = [example.agreed_version(engagement, number) for number in range(1, BRIEFS + 1)]
    cookie, another = _cookie(engagement.lead_consultant), _cookie(engagement.team.get())
    pages = [reverse("engagements:engagement_list")]
    pages += [reverse(f"engagements:{name}", args=[engagement.reference]) for name in OF_ONE_PLAN]
    dear = [reverse("engagements:brief_word", args=[engagement.reference]), f"{pages[0]}?{urlencode({'q': TOO_LONG})}"]
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder, services.redis() as redis_url:
        environment = services.environment_of(folder, redis_url=redis_url)
        services.run(["manage.py", "collectstatic", "--no-input"], environment)
        with services.worker(redis_url), killing.rung_at(redis_url), services.served(Path(folder), environment) as port:
            rounds = _rounds(port, cookie, pages, versions)
            crowded = _crowded(port, cookie, pages, another, dear)
    _tell(rounds)
    slower = statistics.median(_share(beside.seconds, 95) / _share(alone.seconds, 95) for alone, beside, _ in crowded)
    say(
        f"S22 one person's pages: {sum(len(beside.seconds) for _, beside, _ in crowded)} beside {sum(len(dear.seconds) for *_, dear in crowded)} dear ones"
    )
    note("S22 95 of 100 pages: while another asks for too much / alone", slower, most=2.0)
    note("S22 pages that went wrong", sum(each.wrong for phases in crowded for each in phases), most=0, digits=0)


def _rounds(port, cookie, pages, versions):
    """Ask for pages while nothing is rendered, and while everything is, in turns; return both and how many briefs were made."""
    _ask(port, cookie, pages, WARM_UP_SECONDS)
    rounds = []
    for _ in range(ROUNDS):
        idle = _ask(port, cookie, pages, SECONDS_EACH)
        with _rendering(versions) as made:
            busy = _ask(port, cookie, pages, SECONDS_EACH)
        rounds.append((idle, busy, sum(made.values())))
    return rounds


def _crowded(port, cookie, pages, another, dear):
    """Ask for one page after the other alone, and while another person asks for too much, in turns; return both and what the other got."""
    rounds = []
    for _ in range(ROUNDS):
        alone = _ask(port, cookie, pages, SECONDS_EACH, people=1)
        with ThreadPoolExecutor(1) as pool:
            abuse = pool.submit(_ask, port, another, dear, SECONDS_EACH, people=1)
            beside = _ask(port, cookie, pages, SECONDS_EACH, people=1)
            rounds.append((alone, beside, abuse.result()))
    return rounds


def _cookie(person):
    """Return by what the portal knows the browser of somebody who has signed in."""
    client = Client()
    client.force_login(person)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _tell(rounds):
    """Print what the rounds came to."""
    slower = statistics.median(_share(busy.seconds, 95) / _share(idle.seconds, 95) for idle, busy, _ in rounds)
    spread = statistics.median(_share(idle.seconds, 99) / _share(idle.seconds, 50) for idle, _, _ in rounds)
    wrong = sum(idle.wrong + busy.wrong for idle, busy, _ in rounds)
    pages, briefs = sum(len(idle.seconds) + len(busy.seconds) for idle, busy, _ in rounds), sum(made for *_, made in rounds)
    say(f"F13 {CLIENTS} people at once: {pages} pages, {wrong} of them wrong, and {briefs} briefs meanwhile")
    note("F13 phases meant to be busy in which no brief was made", sum(not made for *_, made in rounds), most=0, digits=0)
    note(f"F13 95 of 100 pages: while {BRIEFS} briefs render / idle, {CLIENTS} people", slower, most=2.0)
    note(f"F13 99 of 100 pages / half of them, idle, {CLIENTS} people", spread, most=3.0)
    note("F13 pages that went wrong", wrong, most=0, digits=0)


class _Answers:
    """How long the pages of one phase took, and how many of them went wrong."""

    def __init__(self):
        self.seconds, self.wrong = [], 0


def _ask(port, cookie, pages, seconds, people=CLIENTS):
    """Let so many people ask for one page after the other, and return how long each took."""
    found, end = _Answers(), time.monotonic() + seconds
    statuses = [[] for _ in range(people)]

    def one(number):
        line, turn = http.client.HTTPConnection("127.0.0.1", port, timeout=60), number
        while time.monotonic() < end:
            turn += 1
            began = time.perf_counter()
            try:
                line.request("GET", pages[turn % len(pages)], headers={"Cookie": cookie})
                answer = line.getresponse()
                answer.read()
                statuses[number].append(answer.status)
            except (OSError, http.client.HTTPException) as error:
                statuses[number].append(type(error).__name__)
                line.close()
            found.seconds.append(time.perf_counter() - began)
        line.close()

    threads = [threading.Thread(target=one, args=[number]) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.wrong = sum(status != http.client.OK for each in statuses for status in each)
    return found


@contextmanager
def _rendering(versions):
    """Keep as many briefs in the making as there are versions, one after the other."""
    made, is_over = Counter(), threading.Event()

    def keep_busy(version):
        try:
            while not is_over.is_set():
                BriefFile.objects.filter(version=version).delete()
                tasks.render_signed_brief.delay_on_commit(version.pk)
                services.until(lambda: BriefFile.objects.filter(version=version).exists(), pause=0.05, what="the brief")
                made[version.pk] += 1
        finally:
            connection.close()

    makers = [threading.Thread(target=keep_busy, args=[version]) for version in versions]
    for maker in makers:
        maker.start()
    try:
        yield made
    finally:
        is_over.set()
        for maker in makers:
            maker.join()


def _share(seconds, percent):
    """Return within how many seconds so many of a hundred pages came."""
    return statistics.quantiles(seconds, n=100)[percent - 1]
