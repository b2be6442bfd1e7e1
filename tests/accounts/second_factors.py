"""What tests of signing in say often: somebody with an authenticator app, the code it shows now, the ways in."""

import re
import time
from types import SimpleNamespace

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from django.core import mail
from django.urls import reverse

from tests.factories.accounts import PASSWORD

LOGIN = "/accounts/login/"
CODE = re.compile(r"^([A-Z0-9]{3,}-?[A-Z0-9]{3,})$", re.MULTILINE)


def give_app(person):
    """Set up an authenticator app and recovery codes for a person, and return the app's secret."""
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(person, secret)
    RecoveryCodes.activate(person)
    return secret


def code_now(secret):
    """Return what an authenticator app shows now."""
    return auth.format_hotp_value(auth.hotp_value(secret, int(auth.time.time()) // 30))


def hold_codes(monkeypatch):
    """Let the codes of an app stay as they are, so that none changes while it is entered."""
    now = time.time()
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: now))


def recovery_codes_of(person):
    """Return the recovery codes of a person that are not used yet."""
    return Authenticator.objects.get(user=person, type="recovery_codes").wrap().get_unused_codes()


def enter_password(client, person, password=PASSWORD):
    """Sign in with a password, as far as that goes."""
    return client.post(LOGIN, {"login": person.email, "password": password})


def enter_emailed_code(client, person):
    """Sign in with a code by email, as far as that goes."""
    sent = client.post(reverse("account_request_login_code"), {"email": person.email})
    return client.post(sent["Location"], {"code": CODE.search(mail.outbox[-1].body).group(1)})


def is_signed_in(client):
    """Tell whether the portal knows who asks."""
    return client.get(reverse("accounts:preferences_edit")).status_code == 200
