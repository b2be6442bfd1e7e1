"""PostgreSQL goes away in the midst of work and comes back (D6): nothing is half written, people are told calmly, and the pool heals."""

import http.client
import json
import tempfile
import threading
import time
import urllib.parse
import uuid
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2

from tests.drills import databases, services

WRITERS = 8
SECONDS_AWAY = 2
LIMIT_SECONDS = 5
MOST_TRIES = 400
# People who are signed in, each with a session of their own.
PREPARE = f"""
import django, json
django.setup()
from django.conf import settings
from django.test import Client
from tests.factories.accounts import ConsultantFactory
first = ConsultantFactory()
people = [first, *ConsultantFactory.create_batch({WRITERS - 1}, region=first.region)]
found = []
for person in people:
    client = Client()
    client.force_login(person)
    found.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
print(json.dumps([settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, found]))
"""
HALF_WRITTEN = {
    "each title was written once": "select title from engagements_engagement group by title having count(*) > 1",
    "each has one word in the trail": "select e.id from engagements_engagement e left join core_auditevent a"
    " on a.subject_type = 'engagements.engagement' and a.subject_id = e.id group by e.id having count(a.id) <> 1",
    "the numbers follow on each other": "select value from core_counter where name like 'engagement:%'"
    " and value <> (select count(*) from engagements_engagement)",
    "each key was used once": "select id from core_onetimekey where answer = ''",
}


@dataclass
class Outcome:
    """What was answered, how long after the database the first good answer came, and what is wrong."""

    name: str
    writes: int
    answers: Counter = field(default_factory=Counter)
    seconds: list = field(default_factory=list)
    wrong: list = field(default_factory=list)


class Load:
    """Writers who log one engagement after another, and send again what was not carried out."""

    def __init__(self, port, cookies, outcome):
        self.port, self.outcome = port, outcome
        self.session_name, self.csrf_name, self.sessions = cookies
        self.left, self.good_at, self.lock = outcome.writes, [], threading.Lock()
        self.threads = [threading.Thread(target=self._write, args=(number,)) for number in range(WRITERS)]

    @property
    def done(self):
        """Return how many were carried out."""
        return len(self.good_at)

    def _write(self, number):
        while True:
            with self.lock:
                if self.left <= 0:
                    return
                self.left -= 1
                title = f"Engagement {self.left}"
            self._log(title, self.sessions[number])

    def _log(self, title, session):
        """Send one form until it is carried out."""
        secret = uuid.uuid4().hex
        fields = {"title": title, "client": "", "client_kind": "", "action_key": str(uuid.uuid4()), "csrfmiddlewaretoken": secret}
        cookies = f"{self.session_name}={session}; {self.csrf_name}={secret}"
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
        for _ in range(MOST_TRIES):
            status, has_advice = self._send(urllib.parse.urlencode(fields), headers)
            with self.lock:
                self.outcome.answers[status] += 1
                if status == http.client.FOUND:
                    self.good_at.append(time.monotonic())
                    return
                if status != http.client.SERVICE_UNAVAILABLE or not has_advice:
                    self.outcome.wrong.append(f"answered with {status}")
                    return
            time.sleep(0.2)
        self.outcome.wrong.append(f"{title} was never carried out")

    def _send(self, body, headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", "/engagements/new/", body, headers)
            answer = connection.getresponse()
            text = answer.read()
        except OSError as error:
            return type(error).__name__, False
        finally:
            connection.close()
        return answer.status, answer.headers.get("Retry-After") and b"cannot reach its records" in text


def stopped(writes, times, limit=LIMIT_SECONDS):
    """D6: stop PostgreSQL as a power cut does, so many times, while people log engagements; start it again each time."""
    outcome = Outcome(f"D6 PostgreSQL cut off {times} times under load", writes)
    with databases.postgres() as postgres, tempfile.TemporaryDirectory(prefix="portal-drill-") as folder:
        with _portal(postgres, Path(folder)) as (port, cookies):
            load = Load(port, cookies, outcome)
            for thread in load.threads:
                thread.start()
            for cut in range(1, times + 1):
                services.until(lambda cut=cut: load.done >= writes * cut // (times + 1), seconds=600, what="work")
                postgres.stop()
                time.sleep(SECONDS_AWAY)
                postgres.start()
                back = time.monotonic()
                services.until(lambda back=back: any(at > back for at in load.good_at), what="a good answer")
                outcome.seconds.append(min(at for at in load.good_at if at > back) - back)
            for thread in load.threads:
                thread.join()
        _look(outcome, postgres)
    outcome.wrong += [f"the first good answer within {limit} s"] if max(outcome.seconds) > limit else []
    outcome.wrong += [] if outcome.answers[http.client.SERVICE_UNAVAILABLE] else ["somebody was told to wait"]
    return outcome


@contextmanager
def _portal(postgres, folder):
    """Serve the portal on a database of its own; return its port and the cookies of people who are signed in."""
    environment = services.environment_of(folder, DATABASE_URL=postgres.address)
    for words in (["manage.py", "migrate"], ["manage.py", "load_reference"], ["manage.py", "collectstatic", "--no-input"]):
        services.run(words, environment)
    cookies = json.loads(services.run(["-c", PREPARE], environment | {"PORTAL_PLAIN_HTTP": "1"}).splitlines()[-1])
    with services.served(folder, environment) as port:
        yield port, cookies


def _look(outcome, postgres):
    """Ask the database itself what is half written."""
    connection = psycopg2.connect(postgres.address)
    with connection.cursor() as cursor:
        for what, query in HALF_WRITTEN.items():
            cursor.execute(query)
            outcome.wrong += [what] if cursor.fetchall() else []
        cursor.execute("select count(*) from engagements_engagement")
        outcome.wrong += [] if cursor.fetchone()[0] == outcome.writes else ["every engagement is there, and no other"]
    connection.close()
