"""Probes learn whether the portal lives and can serve, and nothing else: core:health_live, core:health_ready."""

from datetime import timedelta

import pytest
from django.core.cache import InvalidCacheBackendError, caches
from django.core.files.storage import storages
from django.db import OperationalError, connection, connections
from django.test import Client
from django.utils import timezone

from core import health
from core.models import OutboxEntry
from tests.factories.accounts import ConsultantFactory
from tests.helpers import as_user

pytestmark = pytest.mark.django_db(transaction=True)

LIVE, READY = "/health/live", "/health/ready"
WELL = dict.fromkeys(("database", "cache", "storage", "outbox", "migrations"), "ready")


@pytest.fixture(autouse=True)
def _nothing_seen(monkeypatch):
    monkeypatch.setattr(health._Seen, "is_migrated", False)


@pytest.fixture
def no_database(monkeypatch):
    """Let every new connection fail, as when the server is away."""

    def fail(self, *args, **kwargs):
        raise OperationalError("could not connect to db.internal as portal: password authentication failed")

    connection.close()
    monkeypatch.setattr(type(connections["default"]), "get_new_connection", fail)


def entry_due(ago):
    now = timezone.now()
    return OutboxEntry.objects.create(key="k", task="core.tasks.none", asked_at=now - ago, due_at=now - ago)


def test_portal_that_is_well_is_ready():
    response = Client().get(READY)

    assert (response.status_code, response.json()) == (200, {"status": "ready", "checks": WELL})
    assert "no-store" in response["Cache-Control"]
    assert "Set-Cookie" not in response


def test_process_lives_while_the_database_is_away(no_database):
    response = Client().get(LIVE)

    assert (response.status_code, response.json()) == (200, {"status": "live"})
    assert "no-store" in response["Cache-Control"]


def test_portal_is_not_ready_while_the_database_is_away_and_does_not_say_why(no_database):
    response = Client().get(READY)

    failing = dict.fromkeys(("database", "outbox", "migrations"), "failing")
    assert (response.status_code, response.json()) == (503, {"status": "failing", "checks": WELL | failing})
    assert "internal" not in response.content.decode()


def test_probe_with_a_cookie_is_answered_while_the_database_is_away(request):
    client = as_user(ConsultantFactory())
    request.getfixturevalue("no_database")

    assert client.get(LIVE).status_code == 200
    assert client.get(READY).status_code == 503


def test_portal_without_its_cache_is_not_ready(monkeypatch):
    def gone(*args):
        raise InvalidCacheBackendError

    monkeypatch.setattr("health_check.checks.caches", type("Caches", (), {"__getitem__": gone})())

    response = Client().get(READY)

    assert (response.status_code, response.json()["checks"]["cache"]) == (503, "failing")


def test_portal_whose_processes_go_on_with_caches_of_their_own_is_ready_and_says_so(monkeypatch):
    monkeypatch.setattr(type(caches["default"]), "away", True, raising=False)

    response = Client().get(READY)

    assert (response.status_code, response.json()) == (200, {"status": "ready", "checks": WELL | {"cache": "late"}})


def test_portal_that_cannot_store_files_is_not_ready(monkeypatch):
    def full(self, name, content, max_length=None):
        raise OSError("No space left on device: /srv/portal/var/media")

    monkeypatch.setattr(type(storages["default"]), "save", full)

    response = Client().get(READY)

    assert (response.status_code, response.json()["checks"]["storage"]) == (503, "failing")
    assert "srv" not in response.content.decode()


def test_late_outbox_is_said_and_stops_no_page():
    entry_due(health.LATE_AFTER + timedelta(seconds=5))

    response = Client().get(READY)

    assert (response.status_code, response.json()) == (200, {"status": "ready", "checks": WELL | {"outbox": "late"}})


def test_outbox_that_is_being_worked_off_is_not_late():
    entry_due(timedelta(seconds=30))

    assert Client().get(READY).json()["checks"]["outbox"] == "ready"


def test_portal_whose_tables_are_older_than_its_code_is_not_ready(monkeypatch):
    monkeypatch.setattr("core.health.MigrationExecutor.migration_plan", lambda self, targets: ["core.0099_next"])

    response = Client().get(READY)

    assert (response.status_code, response.json()["checks"]["migrations"]) == (503, "failing")


def test_applied_migrations_are_looked_for_once(monkeypatch):
    Client().get(READY)
    monkeypatch.setattr("core.health.MigrationExecutor.migration_plan", lambda self, targets: ["core.0099_next"])

    assert Client().get(READY).status_code == 200


@pytest.mark.parametrize("host", ["10.0.0.17:8000", "portal-web-7d4f", "a host with spaces", ""])
@pytest.mark.parametrize("address", [LIVE, READY])
def test_probe_may_ask_by_any_host_name(address, host):
    assert Client().get(address, headers={"host": host}).status_code == 200


def test_no_other_page_may_be_asked_by_any_host_name():
    assert Client().get("/", headers={"host": "10.0.0.17:8000"}).status_code == 400


@pytest.mark.parametrize("address", [LIVE, READY])
def test_probe_is_not_sent_on_to_https(address, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^health/"]

    assert Client().get(address).status_code == 200
    assert Client().get("/").status_code == 301


@pytest.mark.parametrize("address", [LIVE, READY])
def test_probe_may_only_read(address):
    assert Client().post(address).status_code == 405
