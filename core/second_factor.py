"""The second factor: whoever needs one reaches nothing before they have passed it (S12, docs/decisions/signing-in.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.http import urlencode

from core import drafts

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    Answer = Callable[[HttpRequest], HttpResponseBase]

SET_UP = "accounts:second_factor_create"
# What somebody reaches who still has to set up a second factor: doing so, signing out, and how long they have for it.
WHILE_SETTING_UP = {
    SET_UP,
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "account_logout",
    "core:session_time",
}
IS_IT_YOU = "Show first that it is you. Then check what you wanted to do, and do it again."


def is_passed(request: HttpRequest) -> bool:
    """Tell whether a second factor was passed, or set up, in this session. The session says so: no page asks the database."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, _person(request)))


def note_set_up(request: HttpRequest, *, kind: str) -> None:
    """Note in the session that its person has just set up a second factor, and so has passed it."""
    record_authentication(request, _person(request), "mfa", type=kind, reauthenticated=True)


def is_step_up_due(request: HttpRequest) -> bool:
    """Tell whether somebody has to show again that it is they, before a step that matters."""
    return _person(request).needs_second_factor and is_reauthentication_required(request, app="")


def ask_again(back: str, request: HttpRequest) -> HttpResponse:
    """Keep what was typed into a form, and lead over “Is it you?” back to its page."""
    if request.POST.get("draft_form"):
        subject = drafts.subject_of(request)
        drafts.keep(
            user=request.user,
            form=request.POST.get("draft_form", ""),
            subject=subject,
            data=drafts.typed(request.POST),
        )
        request.is_draft_kept = True  # type: ignore[attr-defined]  # a mark for the middleware that keeps drafts
    messages.info(request, IS_IT_YOU)
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")


class SecondFactorMiddleware:
    """Lead whoever needs a second factor and has none to setting one up, whatever page they ask for and however."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on; it is looked at once the view is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Stop before the view where the second factor is missing."""
        person = _person(request)
        if not person.is_authenticated or not person.needs_second_factor or is_passed(request):
            return None
        if is_mfa_enabled(person):
            # They have one and did not pass it here: this session began before, and counts for nothing.
            logout(request)
            return redirect(f"{resolve_url('account_login')}?{urlencode({'next': request.get_full_path()})}")
        match = request.resolver_match
        if match is not None and match.view_name in WHILE_SETTING_UP:
            return None
        return redirect(SET_UP)


def _person(request: HttpRequest) -> Any:
    """Return who asks."""
    return request.user
