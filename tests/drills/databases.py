"""A PostgreSQL of the drill's own, that can be stopped as by a power cut and started again."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from tests.drills.services import free_port

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
HAS_POSTGRES = bool(PROGRAMS)


class Postgres:
    """A PostgreSQL in a folder, reached at one port."""

    def __init__(self, folder):
        self.folder, self.port = Path(folder), free_port()
        # PostgreSQL refuses to run as root, so there its own account runs it.
        self.owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self.data = self.folder / "data"

    @property
    def address(self):
        """Return the address of its database."""
        return f"postgres://portal@127.0.0.1:{self.port}/portal"

    def make(self):
        """Make it, start it, and make a database in it."""
        if self.owner:
            self.folder.chmod(0o711)
            self.data.mkdir()
            shutil.chown(self.data, "postgres")
        self._run("initdb", "--pgdata", "data", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")
        self.start()
        reach = ["--quiet", "--host", "127.0.0.1", "--port", str(self.port), "postgres"]
        role = ["--username", "postgres"] if self.owner else []
        orders = ["--command", "create role portal login createdb", "--command", "create database portal owner portal"]
        self._run("psql", *role, *reach, *orders)

    def start(self):
        """Start it and wait until it answers."""
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories="
        self._run("pg_ctl", "--pgdata", "data", "--silent", "--wait", "--log", "data/log", "start", "--options", options)

    def stop(self):
        """Stop it as a power cut would: nobody is asked and nothing is written."""
        self._run("pg_ctl", "--pgdata", "data", "--silent", "--wait", "--mode", "immediate", "stop")

    def _run(self, program, *words):
        done = subprocess.run(
            [*self.owner, str(PROGRAMS[-1].parent / program), *words],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            check=False,
            text=True,
            timeout=120,
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}")


@contextmanager
def postgres():
    """Run a PostgreSQL and remove it."""
    with tempfile.TemporaryDirectory(prefix="portal-drill-postgres-") as folder:
        made = Postgres(folder)
        made.make()
        try:
            yield made
        finally:
            if (made.data / "postmaster.pid").exists():
                made.stop()
