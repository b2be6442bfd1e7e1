"""Where the portal runs, read from the environment; a setting that would be unsafe stops it."""

import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# What the owner of the tables does, where the portal itself runs under an account that may do less.
OWNERS_COMMANDS = {"migrate", "grant_portal", "restore", "drill_restore"}

# As Django's own check has it: a shorter key, or one of few different characters, can be guessed.
MIN_KEY_LENGTH = 50
MIN_KEY_SIGNS = 5
MIN_TOKEN_LENGTH = 20
THIS_MACHINE = {"", "localhost", "127.0.0.1", "::1"}
# What the portal has to know of an organisation's own sign-in service: all of it, or nothing.
OIDC_GROUP = ("PORTAL_OIDC_ISSUER", "PORTAL_OIDC_CLIENT_ID", "PORTAL_OIDC_CLIENT_SECRET", "PORTAL_OIDC_NAME")
# As long as the column is that says which service knows somebody.
MAX_ISSUER_LENGTH = 200


def said(name: str, default: str = "") -> str:
    """Return one setting from the environment; one that is left blank there counts as not set."""
    return os.environ.get(name) or default


def flag(name: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Read one yes-or-no setting from the environment."""
    return environment.get(name, "").lower() in {"1", "true", "yes", "on"}


def parted(text: str) -> list[str]:
    """Part a list that is written with commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def database_url(command: str, environment: Mapping[str, str]) -> str:
    """Return which database, and as whom, a command of `manage.py` uses: as the owner of the tables where it has to."""
    owners = environment.get("PORTAL_OWNER_DATABASE_URL") if command in OWNERS_COMMANDS else ""
    return owners or environment.get("DATABASE_URL", "")


def role_to_grant(environment: Mapping[str, str]) -> str:
    """Return the account that the portal runs as where it does not own the tables; nothing where it does."""
    name = urlsplit(environment.get("DATABASE_URL", "")).username or ""
    return unquote(name) if environment.get("PORTAL_OWNER_DATABASE_URL") else ""


def refuse_unsafe(environment: Mapping[str, str]) -> None:
    """Stop a portal that would not be safe to run as this environment says, with every reason at once.

    A portal with a `DATABASE_URL` and without `PORTAL_DEBUG` is in production. Without a `DATABASE_URL` it is one machine's own.
    """
    reasons = list(_reasons_anywhere(environment))
    if environment.get("DATABASE_URL"):
        reasons += _reasons_in_debug(environment) if flag("PORTAL_DEBUG", environment) else _reasons_in_production(environment)
    if reasons:
        raise ImproperlyConfigured(" ".join(reasons))


def _reasons_anywhere(environment: Mapping[str, str]) -> Iterator[str]:
    """Say what is wrong with settings that no portal can run with."""
    missing = [name for name in OIDC_GROUP if not environment.get(name)]
    if missing and len(missing) < len(OIDC_GROUP):
        yield f"Set {', '.join(missing)} too, or none of PORTAL_OIDC_…: half of it lets nobody sign in."
    owners, own = (environment.get(name, "") for name in ("PORTAL_OWNER_DATABASE_URL", "DATABASE_URL"))
    if owners and _place_of(owners) != _place_of(own):
        yield "PORTAL_OWNER_DATABASE_URL has to name the database of DATABASE_URL, as the owner of its tables."
    if int(environment.get("PORTAL_PROXIES") or 0) < 0:
        yield "PORTAL_PROXIES is a number of servers: 0 or more."
    if len(environment.get("PORTAL_OIDC_ISSUER", "")) > MAX_ISSUER_LENGTH:
        yield f"PORTAL_OIDC_ISSUER is longer than {MAX_ISSUER_LENGTH} characters."


def _place_of(address: str) -> tuple[str | None, int | None, str, str]:
    """Return which database an address names, whoever asks."""
    parts = urlsplit(address)
    return parts.hostname, parts.port, parts.path, parts.query


def _reasons_in_debug(environment: Mapping[str, str]) -> Iterator[str]:
    """Say why a developer's portal may not run on its database."""
    addresses = [environment["DATABASE_URL"], environment.get("PORTAL_OWNER_DATABASE_URL", "")]
    hosts = {
        host for address in addresses for host in (urlsplit(address).hostname, *parse_qs(urlsplit(address).query).get("host", []))
    }
    if {host for host in hosts if host and not host.startswith("/")} - THIS_MACHINE:
        yield "PORTAL_DEBUG shows strangers how the portal works. Unset it to run on a database of another machine."


def _reasons_in_production(environment: Mapping[str, str]) -> Iterator[str]:
    """Say what is wrong with the settings of a portal in production."""
    if flag("PORTAL_DEMONSTRATION", environment):
        yield "Demonstration accounts sign in without a password. Unset PORTAL_DEMONSTRATION to run on a production database."
    if not environment.get("PORTAL_SECRET_KEY"):
        yield "Set PORTAL_SECRET_KEY to a long random text: the portal runs on a shared database."
    elif _is_weak(environment["PORTAL_SECRET_KEY"]):
        yield f"PORTAL_SECRET_KEY can be guessed. Make it random and at least {MIN_KEY_LENGTH} characters long."
    if any(_is_weak(key) for key in parted(environment.get("PORTAL_SECRET_KEY_FALLBACKS", ""))):
        yield "A key in PORTAL_SECRET_KEY_FALLBACKS can be guessed. Leave it out: what it signed is signed anew."
    if not parted(environment.get("PORTAL_HOSTS", "")):
        yield "Set PORTAL_HOSTS to the host names that the portal answers to."
    if any(host.startswith(("*", ".")) for host in parted(environment.get("PORTAL_HOSTS", ""))):
        yield "Name each host in PORTAL_HOSTS: a star or a leading dot lets strangers choose what links look like."
    if not environment.get("PORTAL_ADDRESS", "").startswith("https://") and not flag("PORTAL_PLAIN_HTTP", environment):
        yield "Set PORTAL_ADDRESS to an address with https://, or PORTAL_PLAIN_HTTP to 1 on a closed network."
    if 0 < len(environment.get("PORTAL_METRICS_TOKEN", "")) < MIN_TOKEN_LENGTH:
        yield f"PORTAL_METRICS_TOKEN can be guessed. Make it random and at least {MIN_TOKEN_LENGTH} characters long."
    if not (environment.get("PORTAL_OIDC_ISSUER") or "https://").startswith("https://"):
        yield "Set PORTAL_OIDC_ISSUER to an address with https://: whoever stands between could sign in as anybody."
    served = _served_folder_of(environment)
    if served is not None:
        yield f"The database stands in {served}, a folder of files for browsers. Put it elsewhere."


def _is_weak(key: str) -> bool:
    """Tell whether a key can be guessed."""
    return len(key) < MIN_KEY_LENGTH or len(set(key)) < MIN_KEY_SIGNS or key.startswith("django-insecure-")


def _served_folder_of(environment: Mapping[str, str]) -> Path | None:
    """Return the folder of static or uploaded files that an SQLite database stands in, if any."""
    address = urlsplit(environment["DATABASE_URL"])
    if address.scheme not in {"sqlite", "sqlite3"} or address.path in {"", "/:memory:"}:
        return None
    database = Path(address.path.removeprefix("/")).resolve()
    var = Path(environment.get("PORTAL_VAR_DIR") or BASE_DIR / "var")
    folders = [BASE_DIR / "static", var / "static", var / "assets", var / "media"]
    return next((folder for folder in folders if database.is_relative_to(folder.resolve())), None)


def _key_of_this_machine() -> str:
    """Return the key of an embedded portal: made on its first start, kept beside its database, readable by its owner only."""
    place = VAR_DIR / "secret-key"
    if not place.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        place.touch(mode=0o600)
        place.write_text(secrets.token_urlsafe(50))
    return place.read_text()


refuse_unsafe(os.environ)

VAR_DIR = Path(said("PORTAL_VAR_DIR") or BASE_DIR / "var")
DEBUG = flag("PORTAL_DEBUG")
DEMONSTRATION = flag("PORTAL_DEMONSTRATION")
DATABASE_URL = database_url(sys.argv[1] if len(sys.argv) > 1 else "", os.environ)
RUNS_AS = role_to_grant(os.environ)
REDIS_URL = said("REDIS_URL")

SECRET_KEY = said("PORTAL_SECRET_KEY") or _key_of_this_machine()
# What these signed is still good: the keys of before, for as long as sessions and links made with them live.
SECRET_KEY_FALLBACKS = parted(said("PORTAL_SECRET_KEY_FALLBACKS"))

# The address people reach the portal at: links in mail and in the brief are built from it, never from the request.
PORTAL_ADDRESS = said("PORTAL_ADDRESS", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = parted(said("PORTAL_HOSTS", "127.0.0.1,localhost,[::1]"))
CSRF_TRUSTED_ORIGINS = [PORTAL_ADDRESS]
