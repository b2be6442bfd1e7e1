"""Settings of the portal, read from the environment.

Without any environment the portal runs embedded: SQLite in `var/`, tasks in process, the cache in memory. `DATABASE_URL` and
`REDIS_URL` move the same code to PostgreSQL, Redis and Celery workers.
"""

import os
import secrets
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("PORTAL_VAR_DIR", BASE_DIR / "var"))


def _flag(name: str) -> bool:
    """Read one yes-or-no setting from the environment."""
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def _key_of_this_machine() -> str:
    """Return the key of an embedded portal: made on its first start, kept beside its database, readable by its owner only."""
    place = VAR_DIR / "secret-key"
    if not place.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        place.touch(mode=0o600)
        place.write_text(secrets.token_urlsafe(50))
    return place.read_text()


DEBUG = _flag("PORTAL_DEBUG")
DEMONSTRATION = _flag("PORTAL_DEMONSTRATION")
DATABASE_URL = os.environ.get("DATABASE_URL", "")
REDIS_URL = os.environ.get("REDIS_URL", "")

if DEMONSTRATION and DATABASE_URL and not DEBUG:
    raise ImproperlyConfigured(
        "Demonstration accounts sign in without a password. Unset PORTAL_DEMONSTRATION to run on a production database."
    )

SECRET_KEY = os.environ.get("PORTAL_SECRET_KEY", "") or ("" if DATABASE_URL else _key_of_this_machine())
if not SECRET_KEY:
    raise ImproperlyConfigured("Set PORTAL_SECRET_KEY to a long random text: the portal runs on a shared database.")

# The address people reach the portal at: links in mail and in the brief are built from it, never from the request.
PORTAL_ADDRESS = os.environ.get("PORTAL_ADDRESS", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = os.environ.get("PORTAL_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [PORTAL_ADDRESS]

INSTALLED_APPS = [
    "core",
    "framework",
    "directory",
    "accounts",
    "interventions",
    "engagements",
    "evaluation",
    "ldp_portal",
    "crispy_forms",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "whitenoise.runserver_nostatic",
    "ldp_portal.backoffice.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.Utf8Middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.KeepExpiredPostMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.middleware.PrivateCacheMiddleware",
    "core.middleware.FormDraftMiddleware",
    "core.middleware.OneTimeKeyMiddleware",
]

ROOT_URLCONF = "ldp_portal.urls"
WSGI_APPLICATION = "ldp_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
            "builtins": ["django.templatetags.static", "core.templatetags.nhsuk", "core.templatetags.pages"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["nhsuk"]
CRISPY_TEMPLATE_PACK = "nhsuk"

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

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 12 * 60 * 60

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TIMEZONE = "Europe/London"
# What is done by the clock: each job knows what is due and does nothing twice. `manage.py run_jobs` does the same without Celery's beat.
CELERY_BEAT_SCHEDULE = {
    "work off the outbox": {"task": "core.jobs.work_off_outbox", "schedule": timedelta(seconds=2), "options": {"expires": 10}},
    "send what has not gone yet": {"task": "engagements.jobs.send_waiting_messages", "schedule": timedelta(minutes=1)},
    "tell of answered proposals": {"task": "interventions.jobs.send_waiting_answers", "schedule": timedelta(minutes=15)},
    "render missing briefs": {"task": "engagements.jobs.render_missing_briefs", "schedule": timedelta(minutes=15)},
    "remind signatories": {"task": "engagements.jobs.queue_reminders", "schedule": timedelta(minutes=15)},
    "send daily summaries": {"task": "engagements.jobs.send_digests", "schedule": timedelta(minutes=15)},
    "ask admins to check contacts": {"task": "accounts.jobs.send_contact_nudges", "schedule": timedelta(minutes=15)},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["ldp_portal.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", VAR_DIR / "assets"]
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FIXTURES_DIR = BASE_DIR / "fixtures"

# Signing in: by email, with a password or a code sent to the address. Accounts are made by people who know the person, never by strangers.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "core.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_FORMS = {"request_login_code": "accounts.forms.CodeForm"}
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Systems Leadership Portal: "
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"ask_for_link": "10/m/ip,3/h/key"}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# A demonstration sends nothing: it shows its mail on a page.
EMAIL_BACKEND = (
    "core.mail.DemonstrationBackend"
    if DEMONSTRATION
    else os.environ.get("PORTAL_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
)
EMAIL_TIMEOUT = 10
EMAIL_HOST = os.environ.get("PORTAL_EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("PORTAL_EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("PORTAL_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("PORTAL_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = _flag("PORTAL_EMAIL_TLS")
DEFAULT_FROM_EMAIL = os.environ.get("PORTAL_EMAIL_FROM", "portal@localhost")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"

if not DEBUG:
    SECURE_SSL_REDIRECT = not _flag("PORTAL_PLAIN_HTTP")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _flag("PORTAL_BEHIND_PROXY") else None
    SESSION_COOKIE_SECURE = not _flag("PORTAL_PLAIN_HTTP")
    CSRF_COOKIE_SECURE = not _flag("PORTAL_PLAIN_HTTP")
