"""What every answer tells the browser: what it may do with the page, and what it may keep (S9, S29, docs/decisions/caches.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from core.watch import ANONYMOUS

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

    Answer = Callable[[HttpRequest], HttpResponseBase]

# What a page of the portal never uses. Passkeys are used, and by the portal's own pages only.
NOT_USED = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "usb",
    "xr-spatial-tracking",
)
PERMISSIONS = ", ".join(
    [*(f"{name}=()" for name in NOT_USED), "publickey-credentials-create=(self)", "publickey-credentials-get=(self)"]
)
SAME_ON_EVERY_ANSWER = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
SIGNING_IN = "/accounts/"
# "cookies" is not among them: signing out ends the session itself, and the browser keeps what other pages of this address need.
ON_SIGNING_OUT = '"cache", "storage"'


class HeadersMiddleware:
    """Put the headers on whatever is answered: pages, errors, redirects, files. It stands around everything else that may answer."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and say what may be done with the answer."""
        response = self.get_response(request)
        for name, value in SAME_ON_EVERY_ANSWER.items():
            response.headers[name] = value
        if request.path_info.startswith(ANONYMOUS):
            # The address is a secret, or was just one: it is told to nobody at all.
            response.headers["Referrer-Policy"] = "no-referrer"
            _ask_for_no_reports(response)
        if is_private(request, response) and "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = "no-store"
        if is_signing_out(request):
            response.headers["Clear-Site-Data"] = ON_SIGNING_OUT
        return response


def _ask_for_no_reports(response: HttpResponseBase) -> None:
    """Let a browser that forbids something on the page tell nobody: its report would come with the session and say who was there, and when."""
    policy = response.headers.get("Content-Security-Policy")
    if policy:
        kept = [part for part in policy.split("; ") if not part.startswith("report-uri")]
        response.headers["Content-Security-Policy"] = "; ".join(kept)


def is_private(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Tell whether no cache may keep an answer: one to a session, one that begins a session, and every page of signing in.

    A cookie is enough, whether or not its session still holds: nothing is asked of the database. Styles, scripts and pictures are the
    same for everybody.
    """
    if request.path_info.startswith(settings.STATIC_URL) and response.status_code < 400:
        return False
    if request.path_info.startswith(ANONYMOUS):
        return True
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES or settings.SESSION_COOKIE_NAME in response.cookies
    return has_session or request.path_info.startswith(SIGNING_IN)


def is_signing_out(request: HttpRequest) -> bool:
    """Tell whether somebody has chosen to sign out. A session that merely ended leaves the words that they typed on the device (P01)."""
    match = request.resolver_match
    return request.method == "POST" and match is not None and match.view_name == "account_logout"
