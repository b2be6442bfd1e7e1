"""Settings of the test suite: the portal's own, made quick and strict."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("PORTAL_SECRET_KEY", "a-key-for-tests-only-and-as-long-as-a-real-one-has-to-be")
os.environ["PORTAL_DEBUG"] = ""
# The suite speaks to itself; what a portal in production refuses is held by its own test.
os.environ.setdefault("PORTAL_PLAIN_HTTP", "1")
os.environ["PORTAL_HOSTS"] = "testserver,127.0.0.1,localhost"

from ldp_portal.settings import *  # noqa: F403 - a settings module extends another by importing all of it
from ldp_portal.settings import CACHES, DATABASES, LOGGING, STORAGES

SECURE_SSL_REDIRECT = False
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
# A browser keeps its connection to the journeys' server open; the database must be free again when the suite is over.
DATABASES["default"]["CONN_MAX_AGE"] = 0
# The journeys speak plain HTTP to the live server.
SECURE_HSTS_SECONDS = 0
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
MEDIA_ROOT = Path(tempfile.gettempdir()) / "portal-test-media"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# A test that reads the log listens to it.
LOGGING["root"]["handlers"] = ["nowhere"]
# Names each entry after the running test, whichever thread or process asks first: limits on guessing are one test's own.
CACHES["default"]["KEY_FUNCTION"] = "tests.helpers.cache_key"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Effects run at once in the suite; one test talks to a real worker.
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # What is thrown away afterwards need not survive a power cut.
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
    # A file rather than memory, so that the journeys' server thread and parallel posts see one real database.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(tempfile.gettempdir()) / f"portal-test-{os.getpid()}.sqlite3")}
