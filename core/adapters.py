"""How signing in fits the portal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.urls import reverse

from core import drafts
from core.text import refuse_unreachable

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


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
        """Send one email of signing in; its links begin with the address of the portal, whatever a request says."""
        super().send_mail(template_prefix, email, {**context, "portal": settings.PORTAL_ADDRESS})

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the full address of the page on which somebody chooses a new password."""
        person, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": person, "key": token})
        return f"{settings.PORTAL_ADDRESS}{path}"

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Bring back what was posted after the last session ended."""
        drafts.claim_from_session(request, user)
        return super().post_login(request, user, **kwargs)
