"""The portal runs as it is run for real: the commands of the containers as processes, on a new database, from migration to signed brief."""

import json
import os
import shutil
import socket
import socketserver
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from bs4 import BeautifulSoup
from django.conf import settings as portal_settings
from ruamel.yaml import YAML

from tests.factories.accounts import PASSWORD
from tests.helpers import controls

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60
# Without PostgreSQL and Redis, the embedded portal goes the same way in one process.
IS_WHOLE = bool(portal_settings.DATABASE_URL.startswith("postgres") and portal_settings.REDIS_URL)
KINDS = ["the processes of the containers"] if IS_WHOLE else ["one process"]
PROGRAMS = {name: [sys.executable, "-m", name] for name in ("gunicorn", "celery")} | {"python": [sys.executable]}
# A plan that nothing bars from submission, and the two people who bring it on its way.
PREPARE = """
import django, json
django.setup()
from tests.engagements.situations import ready_engagement
from tests.factories.accounts import PASSWORD
engagement = ready_engagement()
people = [engagement.lead_consultant, engagement.client_leads.get().user]
for person in people:
    person.set_password(PASSWORD)
    person.save()
print(json.dumps([engagement.get_absolute_url(), *(person.email for person in people)]))
"""
TASK = "engagements.tasks.render_signed_brief"


class MailServer(socketserver.ThreadingTCPServer):
    """As much of a mail server as taking messages asks for."""

    daemon_threads = True

    def __init__(self):
        self.taken = []
        super().__init__(("127.0.0.1", 0), MailConversation)


class MailConversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.taken.append(text.decode())
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return


@pytest.fixture
def mail():
    server = MailServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def new_database():
    """Make an empty database beside that of the suite, and remove it afterwards."""
    if not IS_WHOLE:
        yield ""
        return
    name = f"processes_{uuid.uuid4().hex[:12]}"
    connection = psycopg2.connect(portal_settings.DATABASE_URL)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield urlsplit(portal_settings.DATABASE_URL)._replace(path=f"/{name}").geturl()
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    connection.close()


@pytest.fixture
def environment(new_database, mail, tmp_path):
    """Fill the settings in as an administrator does."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "assets").symlink_to(portal_settings.VAR_DIR / "assets")
    (tmp_path / "figures").mkdir()
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "ldp_portal.settings",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "figures"),
        "DATABASE_URL": new_database,
        # A numbered store of its own, so that no other worker hears its bell.
        "REDIS_URL": urlsplit(portal_settings.REDIS_URL)._replace(path="/9").geturl() if IS_WHOLE else "",
        "PORTAL_SECRET_KEY": uuid.uuid4().hex + uuid.uuid4().hex,
        "PORTAL_ADDRESS": f"http://127.0.0.1:{port}",
        "PORTAL_HOSTS": "127.0.0.1",
        "PORTAL_PLAIN_HTTP": "1",
        "PORTAL_VAR_DIR": str(tmp_path),
        "PORTAL_EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "PORTAL_EMAIL_HOST": "127.0.0.1",
        "PORTAL_EMAIL_PORT": str(mail.server_address[1]),
        "PORTAL_METRICS_TOKEN": uuid.uuid4().hex,
    }


def command_of(service, environment):
    """Return what a service runs, with this machine's programs, port and folder in place of the container's."""
    command = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())["services"][service]["command"]
    if command[0] == "sh":
        return [*command[:2], command[2].replace("python ", f"{sys.executable} ")]
    port = urlsplit(environment["PORTAL_ADDRESS"]).port
    here = {"0.0.0.0:8000": f"127.0.0.1:{port}", "/tmp/beat-schedule": f"{environment['PORTAL_VAR_DIR']}/beat-schedule"}  # noqa: S108 - the container's own
    return [*PROGRAMS[command[0]], *(here.get(word, word) for word in command[1:])]


def run(command, environment):
    """Run a command to its end and return what it printed."""
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def portal(environment, tmp_path):
    """Start the portal: migrate, then everything that goes on running."""
    run(command_of("migrate", environment), environment)
    run([sys.executable, "manage.py", "collectstatic", "--noinput"], environment)
    processes = {}
    for service in ("web", "worker", "beat") if IS_WHOLE else ("web",):
        with (tmp_path / f"{service}.log").open("w") as log:
            processes[service] = subprocess.Popen(
                command_of(service, environment), cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
    yield processes
    for process in processes.values():
        process.terminate()
    for process in processes.values():
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    shutil.rmtree(tmp_path / "static", ignore_errors=True)


class Browser:
    """Opens pages and sends forms over HTTP, with cookies."""

    def __init__(self, address):
        self.address = address
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path, data=None, **headers):
        url = urllib.parse.urljoin(self.address, path)
        body = urllib.parse.urlencode(data, doseq=True).encode() if data else None
        # The address is the portal's own, on this machine.
        with self.opener.open(urllib.request.Request(url, body, headers), timeout=30) as response:  # noqa: S310
            return response.read()

    def submit(self, path, values):
        page = BeautifulSoup(self.get(path), "html.parser")
        form = next(
            form
            for form in page.select("main form[method=post]")
            if set(values) <= {tag.get("name") for tag in form.select("[name]")}
        )
        return self.get(path, controls(form) | values).decode()

    def sign_in(self, email):
        page = self.submit("/accounts/login/", {"login": email, "password": PASSWORD})
        assert "Sign out" in page, page
        return self


def wait_for(found, processes, folder):
    """Wait for something to come true, as long as everything runs."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if answer := found():
            return answer
        for name, process in processes.items():
            assert process.poll() is None, (folder / f"{name}.log").read_text()
        time.sleep(0.2)
    logs = "\n".join((folder / f"{name}.log").read_text()[-3000:] for name in processes)
    return pytest.fail(f"It has not come true.\n{logs}")


def lines_of(folder, name):
    """Return what a process has written into its log."""
    return [json.loads(line) for line in (folder / f"{name}.log").read_text().splitlines() if line.startswith("{")]


@pytest.mark.parametrize("kind", KINDS)
def test_portal_goes_from_migration_to_signed_brief_as(kind, environment, portal, mail, tmp_path):
    address = environment["PORTAL_ADDRESS"]

    def ready():
        try:
            return json.loads(Browser(address).get("/health/ready"))
        except (urllib.error.URLError, ConnectionError):
            return None

    def brief():
        try:
            return lead.get(f"{plan}brief/1.pdf")
        except urllib.error.HTTPError:
            return None

    assert wait_for(ready, portal, tmp_path)["status"] == "ready"
    plan, consultant_email, lead_email = json.loads(run([sys.executable, "-c", PREPARE], environment))

    consultant = Browser(address).sign_in(consultant_email)
    consultant.submit(f"{plan}review/submit/", {"message": "Please read this."})
    asked = wait_for(lambda: [text for text in mail.taken if lead_email in text], portal, tmp_path)
    lead = Browser(address).sign_in(lead_email)
    lead.submit(f"{plan}review/decide/", {"outcome": "agreed"})
    signed = wait_for(lambda: list((tmp_path / "media").rglob("briefs/*/*.pdf")), portal, tmp_path)
    shown = wait_for(brief, portal, tmp_path)

    assert address in asked[0]
    assert shown == signed[0].read_bytes()
    assert shown.startswith(b"%PDF")
    token = environment["PORTAL_METRICS_TOKEN"]
    figures = Browser(address).get("/metrics", Authorization=f"Bearer {token}").decode()
    assert 'portal_signed_briefs{state="rendered"} 1.0' in figures
    assert 'portal_page_seconds_count{status="3xx",view="engagements:version_decide"} 1.0' in figures
    asked = {line["view"]: line["request_id"] for line in lines_of(tmp_path, "web") if line.get("method") == "POST"}
    assert asked.keys() >= {"engagements:engagement_submit", "engagements:version_decide"}
    assert not any(email in (tmp_path / f"{name}.log").read_text() for name in portal for email in (consultant_email, lead_email))
    if IS_WHOLE:
        assert list(tmp_path.glob("beat-schedule*"))
        # What was done for a request bears its number in the worker, and was not done in the web process.
        done = {name: [line for line in lines_of(tmp_path, name) if TASK in str(line)] for name in ("web", "worker")}
        assert done["web"] == []
        assert asked["engagements:version_decide"] in {line["request_id"] for line in done["worker"]}
