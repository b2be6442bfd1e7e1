"""Who signs in and out, and who was kept from what: the audit trail has it, and never an address of somebody whom the portal does not know."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from core import audit

TRAIL = "signing in"


def note_signed_in(*, request: Any, user: Any, **_: Any) -> None:
    """Write down that somebody has signed in, by whatever way."""
    if _is_a_page(request):
        audit.record("signed in", user, by=user, trail=TRAIL)


def note_signed_out(*, request: Any, user: Any, **_: Any) -> None:
    """Write down that somebody has signed out."""
    if _is_a_page(request) and user is not None and user.is_authenticated:
        audit.record("signed out", user, by=user, trail=TRAIL)


def note_refused(*, credentials: dict[str, Any], **_: Any) -> None:
    """Write down that somebody could not sign in, where it is an account of ours that they tried."""
    address = str(credentials.get("email") or credentials.get("username") or "")
    person = get_user_model()._default_manager.filter(email__iexact=address).first() if address else None
    if person is not None:
        audit.record("was not signed in", person, by=None, trail=TRAIL)


def note_factor_refused(*, user: Any, reauthentication: bool, **_: Any) -> None:
    """Write down that a code of an app or a recovery code was wrong: of somebody on the way in, or asked again who they are."""
    if reauthentication:
        audit.record("did not show that it was them", user, by=user, trail=TRAIL)
    else:
        audit.record("was not let in without the second factor", user, by=None, trail=TRAIL)


def _is_a_page(request: Any) -> bool:
    """Tell whether it was done on a page: tests sign people in by a stand-in for a request, which has no method."""
    return request is not None and request.method is not None
