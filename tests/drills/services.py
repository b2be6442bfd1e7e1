"""What the drills break: a Redis, a worker with its clock, a mail server, and the portal as it is served, each the drill's own and gone afterwards."""

import os
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

PATIENCE = 60
HAS_REDIS = shutil.which("redis-server") is not None


def until(happened, *, seconds=PATIENCE, pause=0.02, what="it"):
    """Wait until something is so and return it; fail where it takes too long."""
    end = time.monotonic() + seconds
    while not (found := happened()):
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not happen within {seconds} seconds")
        time.sleep(pause)
    return found


def free_port():
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


class Redis:
    """A Redis that keeps nothing, at one port."""

    def __init__(self):
        self.port, self.process = free_port(), None
        self.address = f"redis://127.0.0.1:{self.port}/0"

    def start(self):
        """Start it and wait until it answers."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        until(lambda: answers(self.port), what="Redis")

    def stop(self):
        """End it at once, with all it holds."""
        self.process.kill()
        self.process.wait()


@contextmanager
def redis_server():
    """Run a Redis that can be stopped and started again."""
    made = Redis()
    made.start()
    try:
        yield made
    finally:
        made.stop()


@contextmanager
def redis():
    """Run a Redis; return its address."""
    with redis_server() as made:
        yield made.address


def answers(port):
    """Tell whether somebody listens on a port."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def address_of_the_database():
    """Return the address by which another process finds the database of this one."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}").geturl()


def environment_of(folder, *, redis_url="", **own):
    """Return the settings of a portal in production that keeps its files in a folder, and which of them are its own."""
    assets = Path(folder) / "assets"
    if not assets.exists():
        assets.symlink_to(Path(settings.STATICFILES_DIRS[1]))
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ldp_portal.settings",
        # Who is signed in here is signed in there.
        "PORTAL_SECRET_KEY": settings.SECRET_KEY,
        "PORTAL_ADDRESS": "https://portal.example",
        "PORTAL_HOSTS": "portal.example",
        "PORTAL_VAR_DIR": str(folder),
        "DATABASE_URL": address_of_the_database(),
        "REDIS_URL": redis_url,
        **own,
    }


def run(words, environment):
    """Run a Python program of the portal to its end; return what it printed."""
    done = subprocess.run(
        [sys.executable, *words], env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{words}: {done.stderr[-2000:]}")
    return done.stdout


@contextmanager
def served(folder, environment):
    """Serve the portal as it is served for real; return its port."""
    port = free_port()
    served_at = {"PORTAL_ADDRESS": f"http://127.0.0.1:{port}", "PORTAL_HOSTS": "127.0.0.1,testserver", "PORTAL_PLAIN_HTTP": "1"}
    command = [sys.executable, "-m", "gunicorn", "ldp_portal.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    with (folder / "web.log").open("w") as log:
        web = subprocess.Popen(
            [*command, "--no-control-socket", "--threads", "4", "--worker-tmp-dir", str(folder)],
            env=environment | served_at,
            cwd=settings.BASE_DIR,
            stdout=log,
            stderr=log,
        )
    try:
        until(lambda: answers(port), what="the portal")
        yield port
    finally:
        web.terminate()
        web.wait()


class _Letters(socketserver.StreamRequestHandler):
    """One conversation with the mail server: takes every letter."""

    def handle(self):
        self._say(220)
        while line := self.rfile.readline():
            word = line[:4].strip().upper()
            if word == b"DATA":
                self._say(354)
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    pass
                with self.server.counting:
                    self.server.letters += 1
            self._say(221 if word == b"QUIT" else 250)
            if word == b"QUIT":
                return

    def _say(self, code):
        self.wfile.write(f"{code} ok\r\n".encode())


class _Post(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def mail_server():
    """Run a mail server that counts its letters."""
    with _Post(("127.0.0.1", 0), _Letters) as server:
        server.letters, server.counting = 0, threading.Lock()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class Worker:
    """A Celery worker with two processes and its clock, in a process group of its own."""

    def __init__(self, folder, redis_url, mail_port):
        self.folder, self.process = Path(folder), None
        self.environment = environment_of(
            folder,
            redis_url=redis_url,
            PORTAL_EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            PORTAL_EMAIL_HOST="127.0.0.1",
            PORTAL_EMAIL_PORT=str(mail_port),
        )

    def start(self):
        """Start it, without waiting until it is ready."""
        command = [sys.executable, "-m", "celery", "-A", "ldp_portal.celery", "worker", "--concurrency", "2", "--beat"]
        quiet = ["--schedule", str(self.folder / f"beat-{time.monotonic_ns()}"), "--without-gossip", "--without-mingle"]
        with (self.folder / "worker.log").open("a") as log:
            self.process = subprocess.Popen(
                [*command, *quiet], env=self.environment, cwd=settings.BASE_DIR, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self):
        """Kill all of its processes at once, the children that print among them; one that was never started is left."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def ready(self):
        """Wait until it prints and its children are at rest."""
        until(self.printing, what="a child that prints")
        until(self._is_at_rest, pause=0)

    def _is_at_rest(self):
        before = self.printing()
        time.sleep(0.3)
        return before == self.printing()

    def printing(self):
        """Return the children that print documents, with the work that each has done."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, ValueError):
                pid = int(folder.name)
                if b"core.pdf.child" in (folder / "cmdline").read_bytes() and os.getsid(pid) == self.process.pid:
                    figures = (folder / "stat").read_text().rpartition(")")[2].split()
                    found[pid] = int(figures[11]) + int(figures[12])
        return found

    def log(self):
        """Return the last of what it said."""
        return (self.folder / "worker.log").read_text()[-4000:]


@contextmanager
def worker(redis_url, *, is_started=True):
    """Have a worker beside a mail server, at work already or not yet; return both."""
    with tempfile.TemporaryDirectory(prefix="portal-drill-") as folder, mail_server() as server:
        made = Worker(folder, redis_url, server.server_address[1])
        try:
            if is_started:
                made.start()
                made.ready()
            yield made, server
        finally:
            made.kill()
