"""How signing in fits the portal."""

from __future__ import annotations

import base64
import hashlib
import logging
import time
from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.urls import reverse

from core import drafts, oidc, sessions
from core.text import refuse_unreachable

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)

NOT_SENT = "We could not send the email just now. Wait a few minutes, then ask for it again."

# Where somebody is led who signs in and names no page: their key, and the address.
LED_TO = "led_to"


def lead_on_to(request: HttpRequest, address: str, *, person: Any) -> None:
    """Remember where a person shall be led once they have signed in, by whatever way and after however many attempts (P36)."""
    request.session[LED_TO] = [str(person.pk), address]


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by people who know the person; signing in brings back what was typed before the session ended."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for themselves."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead on whoever was to be led somewhere; anybody else who signs in here goes home."""
        key, address = request.session.pop(LED_TO, ("", ""))
        return address if address and key == str(request.user.pk) else super().get_login_redirect_url(request)

    def clean_email(self, email: str) -> str:
        """Take an address to which an email can be sent."""
        refuse_unreachable(email)
        return email

    def is_safe_url(self, url: str) -> bool:
        """Tell whether an address that a request names may be led to; one that cannot be read at all may not."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one email of signing in; its links begin with the address of the portal, whatever a request says.

        Where it cannot go, the page says so and goes on, in the same words for every address: whether the portal knows an address is
        not told by a mail server that is down (S14).
        """
        try:
            super().send_mail(template_prefix, email, {**context, "portal": settings.PORTAL_ADDRESS})
        except Exception as error:  # noqa: BLE001 - whatever keeps it from going, it is asked for again
            # What a mail server answers may name the address: the log says only of what kind the error was.
            logger.warning("An email of signing in has not gone: %s", type(error).__name__)
            self.request.is_mail_lost = True
            messages.error(self.request, NOT_SENT)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Say what was done, but not that an email is on its way which has not gone."""
        if not (level == messages.SUCCESS and getattr(request, "is_mail_lost", False)):
            super().add_message(request, level, *args, **kwargs)

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Tell whether somebody who is signed in knows their password, under the same limits on guessing as signing in."""
        found = self.authenticate(allauth_context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again who it is, unless they have only just signed in and shown it then.

        The sign-in service of an organisation lets whoever sits at a machine where somebody is signed in to it pass unasked: that shows nothing.
        """
        request = allauth_context.request
        methods = {record["method"] for record in get_authentication_records(request, request.user)}
        is_shown = oidc.METHOD not in methods or "mfa" in methods
        is_fresh = is_shown and time.time() - request.session.get(sessions.BEGAN, 0) < app_settings.REAUTHENTICATION_TIMEOUT
        return not is_fresh and bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the full address of the page on which somebody chooses a new password."""
        person, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": person, "key": token})
        return f"{settings.PORTAL_ADDRESS}{path}"

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Bring back what was posted after the last session ended."""
        drafts.claim_from_session(request, user)
        return super().post_login(request, user, **kwargs)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors: kept unreadable, named after the portal, and never taken away from whoever needs one."""

    error_messages: ClassVar[dict[str, str]] = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": "This is your only second factor, and your role needs one. Set up another first.",
        "unreadable": "Your second factor cannot be read, because the portal has another key than when you set it up. Ask an admin to reset it.",
        "incorrect_code": "This code is not right. Enter the one that your app shows now",
    }

    def encrypt(self, text: str) -> str:
        """Return the secret of a second factor as it is kept: a copy of the database does not give it away."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret that was kept, under today's key or one before it; under another it is unreadable, which a form says."""
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            raise self.validation_error("unreadable") from error

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Tell whether a second factor can go: whoever needs one keeps one."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        is_last = not others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
        return not (is_last and authenticator.user.needs_second_factor)

    def build_totp_svg(self, url: str) -> str:
        """Draw nothing: the page draws the square code itself, since it takes no picture from an address of its own making."""
        return ""

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        """Return what a passkey is called that was given no name."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return "Passkey" if number == 1 else f"Passkey {number}"


def _box() -> MultiFernet:
    """Return what locks and unlocks the secrets of second factors, by keys made of the portal's."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(b"second factors:" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
