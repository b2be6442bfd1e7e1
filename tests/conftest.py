"""What every test stands on: reference data in the database, nothing shared between tests, a browser where there is one."""

import gc
import os
import shutil
import uuid

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.apps import apps
from django.conf import settings as portal_settings
from django.contrib.auth.signals import user_logged_in
from django.core.management.color import no_style
from django.db import connection
from django.db.models.signals import post_migrate
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from core import fixtures, outbox, reference, sessions
from core.models import ReferenceRow
from tests import emptying, helpers
from tests.helpers import ReadOnlyGetClient

# Playwright runs an event loop in the thread of the test, where Django would refuse to be called.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# The same examples on every run, so that a build fails only for what has changed; no time limits, since machines are shared.
hypothesis_settings.register_profile(
    "portal",
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
hypothesis_settings.load_profile("portal")


def pytest_collection_finish():
    """Leave what is loaded for good out of the search for garbage, and search more seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session", autouse=True)
def _settings_of_the_suite(tmp_path_factory):
    """Give the file server a folder that exists."""
    portal_settings.STATIC_ROOT = tmp_path_factory.mktemp("static")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Load the reference data once for each database, and again after a test that empties it."""
    type(connection.ops).execute_sql_flush = emptying.empty
    with django_db_blocker.unblock():
        reference.load(portal_settings.FIXTURES_DIR)
        restore = _snapshot_reference()
        # Django asks the database once in a process what it can do; the first test that counts queries shall not count that.
        _ = connection.features.supports_json_field
    # Django sends this signal after emptying the tables behind a transactional test.
    post_migrate.connect(restore, sender=apps.get_app_config("evaluation"), weak=False)
    yield
    post_migrate.disconnect(restore, sender=apps.get_app_config("evaluation"))
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock():
            _end_other_sessions()


def _end_other_sessions():
    """End what still holds the test database: PostgreSQL removes none in use, and a browser's last request may outlive it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _snapshot_reference():
    """Keep the reference rows, and return a function that writes them back as they were."""
    models = []
    for fixture in fixtures.registered():
        model = apps.get_model(fixture.model)
        models += [model, *(field.remote_field.through for field in model._meta.many_to_many)]
    models.append(ReferenceRow)
    rows = [(model, list(model._base_manager.all())) for model in models]

    def restore(**_):
        for model, kept in rows:
            model._base_manager.bulk_create(kept)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)

    return restore


@pytest.fixture(autouse=True)
def _nothing_shared(settings, tmp_path):
    """Give each test a cache, a bell and a media folder of its own."""
    outbox.bell_is_away.until = 0.0
    helpers.cache_space["name"] = uuid.uuid4().hex
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture(autouse=True)
def _second_factor_passed():
    """Let whom a test signs in by itself have just passed their second factor; whoever signs in on a page passes it there."""

    def pass_it(*, request, user, **_):
        # The stand-in for a request that a test client makes of itself has no method.
        if request.method is None:
            record_authentication(request, user, "mfa", type="totp")
            sessions.begin(request)

    user_logged_in.connect(pass_it)
    yield
    user_logged_in.disconnect(pass_it)


@pytest.fixture
def client():
    """Return a client whose GET requests may only read."""
    return ReadOnlyGetClient()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Start the machine's own Chromium, quiet on the network: the one without windows where it is there, which is lighter."""
    return {
        **browser_type_launch_args,
        "executable_path": shutil.which("chromium-headless-shell") or shutil.which("chromium"),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """Read pages as somebody in England does."""
    return {**browser_context_args, "locale": "en-GB", "timezone_id": "Europe/London"}


@pytest.fixture
def in_parallel():
    """Return a function that runs another in several threads at the same moment and returns the answers."""
    return helpers.in_parallel
