"""Where the portal runs, read from the environment; a setting that would be unsafe stops it."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(os.environ.get("PORTAL_VAR_DIR", BASE_DIR / "var"))


def flag(name: str) -> bool:
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


DEBUG = flag("PORTAL_DEBUG")
DEMONSTRATION = flag("PORTAL_DEMONSTRATION")
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
