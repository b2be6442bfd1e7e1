"""Whether the time of an answer tells that the portal knows an address (S14): signing in, a new password and a new link, for known and unknown ones."""

import statistics
import time

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from engagements.enums import EngagementStatus
from tests.bench.side_by_side import note, say
from tests.engagements.situations import engagement_at
from tests.factories.accounts import ConsultantFactory

PAIRS = 200
WARM_UPS = 5
LEAST, MOST = 0.9, 1.1
PASSWORD = "a-long-enough-password-1"


class LightHasher(PBKDF2PasswordHasher):
    """The portal's own way to keep passwords, with a twentieth of the work: whatever else differs weighs the more."""

    iterations = PBKDF2PasswordHasher.iterations // 20


HASHERS = ["tests.bench.telling.LightHasher"]


def run():
    """Print the three ratios, known to unknown."""
    with override_settings(PASSWORD_HASHERS=HASHERS), transaction.atomic():
        colleague = ConsultantFactory(email="colleague.a@example.nhs.uk")
        colleague.set_password(PASSWORD)
        colleague.save()
        client = engagement_at(EngagementStatus.IN_REVIEW).client_leads.first().user
        _compare("S14 a wrong password", "account_login", "login", colleague.email, {"password": "not-this-one-either"})
        _compare("S14 a new password", "account_reset_password", "email", colleague.email)
        _compare("S14 a new link", "accounts:invitation_ask", "email", client.email)
        transaction.set_rollback(True)


def _compare(name, page, field, known, more=None):
    """Ask for a known and an unknown address in turns; the one of the pair that comes first is the other one each time."""
    url, unknown = reverse(page), f"nobody.{len(known)}@example.nhs.uk"
    ratios = []
    for number in range(WARM_UPS + PAIRS):
        times = {}
        for address in (known, unknown) if number % 2 else (unknown, known):
            times[address] = _asked(url, {field: address} | (more or {}))
        ratios.append(times[known] / times[unknown])
    ratio = statistics.median(ratios[WARM_UPS:])
    say(f"{name}, known / unknown address: {ratio:.3f} ({PAIRS} pairs)")
    note(f"{name}, known / unknown address", ratio, least=LEAST, most=MOST)


def _asked(url, data):
    """Return how long an answer takes; limits on guessing are kept from counting, and what was sent is not kept."""
    cache.clear()
    mail.outbox = []
    client = Client()
    with transaction.atomic():
        began = time.perf_counter()
        client.post(url, data)
        taken = time.perf_counter() - began
        transaction.set_rollback(True)
    return taken
