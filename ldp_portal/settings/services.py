"""What the portal stands on: the database, the cache, the queue and its clock, stored files, mail."""

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import dj_database_url
from celery.schedules import crontab

from ldp_portal.settings.environment import BASE_DIR, DATABASE_URL, DEBUG, DEMONSTRATION, REDIS_URL, VAR_DIR, flag, said

DATABASES = {
    "default": dj_database_url.parse(
        DATABASE_URL or f"sqlite:///{VAR_DIR / 'portal.sqlite3'}", conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets people read while one writes; IMMEDIATE makes a writer wait its turn instead of failing half way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    # A database that is away is known to be away within seconds, so that nobody waits on it for minutes.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)

CACHES = {
    "default": {"BACKEND": "core.away.SharedCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    # As many as nobody can ask for to push out what is counted against them.
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}}
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL
# Nobody waits for the doorbell: what it is rung for stands in the outbox. Once more, since a connection may be from before a restart.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 1,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
# A worker and its clock look for a bell that is away for as long as it takes: by themselves they would end after a hundred looks.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TIMEZONE = "Europe/London"
# By the hour of the day, not so long after the clock was started: it may be started anew every day.
EVERY_NIGHT = crontab(hour="3", minute="0")
# What is done by the clock: each job knows what is due and does nothing twice. `manage.py run_jobs` does the same without Celery's beat.
CELERY_BEAT_SCHEDULE = {
    "work off the outbox": {"task": "core.jobs.work_off_outbox", "schedule": timedelta(seconds=2), "options": {"expires": 10}},
    "remove what is long done": {"task": "core.jobs.remove_done_entries", "schedule": EVERY_NIGHT},
    "remove what is left over": {"task": "core.jobs.remove_leftovers", "schedule": EVERY_NIGHT},
    "chain the audit trail": {"task": "core.jobs.chain_audit_trail", "schedule": timedelta(minutes=1)},
    "remind signatories": {"task": "engagements.jobs.queue_reminders", "schedule": timedelta(minutes=15)},
    "begin daily summaries": {"task": "engagements.jobs.queue_digests", "schedule": timedelta(minutes=15)},
    "ask admins to check contacts": {"task": "accounts.jobs.queue_contact_nudges", "schedule": timedelta(minutes=15)},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")


def stored_files(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return where stored files are kept: in a local folder, or in an S3-compatible store where there is a bucket. Nobody reads them but through the portal."""
    if not environment.get("PORTAL_S3_BUCKET"):
        return {"BACKEND": "core.storage.WholeFileStorage"}
    endpoint = environment.get("PORTAL_S3_ENDPOINT") or None
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": environment["PORTAL_S3_BUCKET"],
            "endpoint_url": endpoint,
            "region_name": environment.get("PORTAL_S3_REGION") or None,
            "access_key": environment.get("PORTAL_S3_KEY") or None,
            "secret_key": environment.get("PORTAL_S3_SECRET") or None,
            "default_acl": "private",
            "file_overwrite": False,
            "querystring_auth": True,
            # A store of one's own has no host name for each bucket.
            "addressing_style": "path" if endpoint else "virtual",
            "signature_version": "s3v4",
        },
    }


STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", VAR_DIR / "assets"]
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": stored_files(os.environ),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# There is no form for files: what is sent as one is never written down.
FILE_UPLOAD_HANDLERS = ["core.uploads.RefusedFiles"]

# A demonstration sends nothing: it shows its mail on a page.
EMAIL_BACKEND = (
    "core.mail.DemonstrationBackend"
    if DEMONSTRATION
    else said("PORTAL_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
)
EMAIL_TIMEOUT = 10
EMAIL_HOST = said("PORTAL_EMAIL_HOST", "localhost")
EMAIL_PORT = int(said("PORTAL_EMAIL_PORT", "25"))
EMAIL_HOST_USER = said("PORTAL_EMAIL_USER")
EMAIL_HOST_PASSWORD = said("PORTAL_EMAIL_PASSWORD")
EMAIL_USE_TLS = flag("PORTAL_EMAIL_TLS")
DEFAULT_FROM_EMAIL = said("PORTAL_EMAIL_FROM", "portal@localhost")
