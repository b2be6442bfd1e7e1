"""The signed brief is made after the last agreement: in process, or by a worker where the portal has a Redis."""

import os
import subprocess
import sys
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings as portal_settings
from django.db import connection
from kombu import pools

from engagements import documents
from engagements.enums import EngagementStatus
from engagements.models import BriefFile
from ldp_portal.celery import app
from tests.engagements.situations import agree_all, engagement_at, reread

pytestmark = pytest.mark.django_db(transaction=True)

# Without a Redis there is nobody else to do the work.
DOERS = ["this process", "a worker"] if portal_settings.REDIS_URL else ["this process"]
PATIENCE = 120


def address_of_the_database():
    """Return the address by which another process finds the database of the tests."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(portal_settings.DATABASE_URL)._replace(path=f"/{name}").geturl()


@pytest.fixture
def worker(transactional_db, tmp_path, settings):
    """Run a Celery worker with a queue of its own, on the database and the media folder of this test."""
    queue = f"test-{uuid.uuid4().hex}"
    before = {name: app.conf[name] for name in ("task_always_eager", "task_default_queue")}
    settings.CELERY_TASK_ALWAYS_EAGER = False
    app.conf.update(task_always_eager=False, task_default_queue=queue)
    (tmp_path / "assets").symlink_to(portal_settings.VAR_DIR / "assets")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ldp_portal.settings",
        "PORTAL_SECRET_KEY": portal_settings.SECRET_KEY,
        "DATABASE_URL": address_of_the_database(),
        "PORTAL_VAR_DIR": str(tmp_path),
    }
    command = [sys.executable, "-m", "celery", "-A", "ldp_portal.celery", "worker", "--pool", "solo", "--queues", queue]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]
    with (tmp_path / "worker.log").open("w") as log:
        process = subprocess.Popen(
            [*command, *quiet], env=environment, cwd=portal_settings.BASE_DIR, stdout=log, stderr=subprocess.STDOUT
        )
        yield process
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    app.conf.update(before)
    with app.connection_for_write() as broker:
        broker.default_channel.queue_delete(queue)
    pools.reset()
    # The app makes itself new pools when it next needs them; a task in process needs one too.
    app._pool = None
    app.amqp._producer_pool = None


def stored_file(process, log):
    """Wait for the signed brief, as long as its worker is alive."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if BriefFile.objects.exists():
            return BriefFile.objects.get()
        assert process.poll() is None, log.read_text()
        time.sleep(0.2)
    return pytest.fail(f"The worker stored nothing.\n{log.read_text()}")


@pytest.mark.parametrize("doer", DOERS)
def test_the_last_agreement_leads_to_the_signed_brief_as_a_file(doer, request, monkeypatch, tmp_path):
    made_here = []
    render = documents.render_signed
    monkeypatch.setattr(documents, "render_signed", lambda version: made_here.append(version) or render(version))
    process = request.getfixturevalue("worker") if doer == "a worker" else None
    engagement = engagement_at(EngagementStatus.IN_REVIEW)

    agree_all(engagement)

    stored = stored_file(process, tmp_path / "worker.log") if process else BriefFile.objects.get()
    version = reread(engagement).versions.get()
    assert stored.version == version
    assert made_here == ([] if process else [version])
    assert Path(stored.file.path).read_bytes().startswith(b"%PDF")
