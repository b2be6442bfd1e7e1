"""As it runs in production the portal speaks HTTPS alone, and its cookies are its own (S10)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.accounts import PASSWORD, ConsultantFactory
from tests.helpers import submit

# Both tests ask one portal: those with and without a database would be run apart.
pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
YEAR = 365 * 24 * 60 * 60
PRODUCTION = {
    "DATABASE_URL": "sqlite://:memory:",
    "PORTAL_SECRET_KEY": "for-checking-only-0123456789-abcdefghijklmnopqrstuvwxyz",
    "PORTAL_ADDRESS": "https://portal.example",
    "PORTAL_HOSTS": "portal.example",
}
# What a portal in production decides about its cookies and its transport.
DECIDED = ("SESSION_COOKIE", "CSRF_COOKIE", "LANGUAGE_COOKIE", "SECURE_")
LOOK = """
import json, logging, sys
from django.conf import settings
from django.core.management import call_command
from django.test import Client
import django
django.setup()
call_command("check", deploy=True, fail_level="WARNING")
logging.disable(logging.CRITICAL)
client = Client(headers={"host": "portal.example"})
# Pages name files that are collected when a portal is installed: these answers name none.
answers = [client.get("/framework/", secure=False), client.get("/health/live", secure=True), client.post("/csp-report/", secure=True)]
said = [[answer.status_code, dict(answer.headers)] for answer in answers]
decided = {name: getattr(settings, name) for name in dir(settings) if name.startswith(tuple(sys.argv[1:]))}
print(json.dumps([said, decided, settings.DEBUG]))
"""


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """Start the portal as in production, with every warning an error, and return what it answers and what it has decided."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "DATABASE_", "REDIS_", "DJANGO_"))
    }
    var = tmp_path_factory.mktemp("var")
    for folder in ("static", "assets"):
        (var / folder).mkdir()
    environment = kept | PRODUCTION | {"DJANGO_SETTINGS_MODULE": "ldp_portal.settings", "PORTAL_VAR_DIR": str(var)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LOOK, *DECIDED],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_s10_a_page_is_asked_for_over_https_alone_for_a_year_and_below(production):
    (plain, probe, report), decided, is_debug = production

    assert not is_debug
    assert (plain[0], plain[1]["Location"]) == (301, "https://portal.example/framework/")
    assert (probe[0], report[0]) == (200, 204)
    for _, headers in (probe, report):
        rules = [rule.strip() for rule in headers["Strict-Transport-Security"].split(";")]
        assert f"max-age={YEAR}" in rules
        assert "includeSubDomains" in rules
    assert decided["SECURE_HSTS_SECONDS"] >= YEAR


def test_s10_every_cookie_is_of_this_host_alone(production, settings):
    for name, value in production[1].items():
        if "COOKIE" in name:
            setattr(settings, name, value)
    person = ConsultantFactory()
    person.set_password(PASSWORD)
    person.save()
    client, seen = Client(), {}

    def note(response):
        seen.update({name: dict(morsel) for name, morsel in response.cookies.items()})
        return response

    note(client.get(reverse("account_login"), secure=True))
    note(submit(Https(client), reverse("account_login"), {"login": person.email, "password": PASSWORD}))
    for name in ("home", "engagements:engagement_list", "accounts:security_detail"):
        note(client.get(reverse(name), secure=True))

    assert set(seen) == {"__Host-sessionid", "__Host-csrftoken"}
    for name, said in seen.items():
        assert (said["secure"], said["path"], said["domain"], said["samesite"]) == (True, "/", "", "Lax")
        # The scripts read the token of a form from its cookie, and nothing else (docs/decisions/caches.md).
        assert bool(said["httponly"]) is (name == "__Host-sessionid")


class Https:
    """A client whose every request is made over HTTPS."""

    def __init__(self, client):
        self.client = client

    def get(self, url, *args, **kwargs):
        return self.client.get(url, *args, secure=True, **kwargs)

    def post(self, url, *args, **kwargs):
        return self.client.post(url, *args, secure=True, **kwargs)
