"""Pages of signing in at the sign-in service of an organisation, and of taking the connection with it away."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.account.utils import get_next_redirect_url, perform_login
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.signals import user_login_failed
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import actions, policies
from core import oidc, second_factor
from core.keys import repeatable
from core.pages import post_action
from core.sessions import go_on

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.requests import PortalRequest


@login_not_required
@never_cache
@require_POST
@repeatable
def sign_in_service_begin(request: HttpRequest) -> HttpResponse:
    """Lead on to the sign-in service of the organisation. There is no such page where the portal knows of none.

    The page leads on by itself, and is no redirect: a browser holds the addresses that a form leads to against `form-action`, those that
    the service redirects to included, and nobody here can know those.
    """
    _refuse_unless_offered()
    if request.user.is_authenticated:
        return redirect("home")
    if not ratelimit.consume(request, action="oidc"):
        return _not_now(request, status=HTTPStatus.TOO_MANY_REQUESTS)
    try:
        address = oidc.begin(request, after=get_next_redirect_url(request) or "")
    except oidc.NotAnswered:
        return _not_now(request, status=HTTPStatus.SERVICE_UNAVAILABLE)
    context = {"address": address, "service": settings.OIDC_NAME}
    return TemplateResponse(request, "accounts/sign_in_service_begin.html", context, headers={"Refresh": f"0;url={address}"})


@login_not_required
@never_cache
@require_GET
def sign_in_service_return(request: HttpRequest) -> HttpResponse:
    """Sign in whoever comes back from the sign-in service and has an account here; the page for anybody else is one and the same."""
    _refuse_unless_offered()
    if request.user.is_authenticated:
        return redirect("home")
    try:
        identity, after = oidc.finish(request)
    except oidc.NotAsked:
        return _not_now(request, status=HTTPStatus.BAD_REQUEST)
    except oidc.NotAnswered:
        return _not_now(request, status=HTTPStatus.SERVICE_UNAVAILABLE)
    person = policies.person_of_identity(identity)
    if person is None:
        user_login_failed.send(sender=__name__, credentials={"email": identity.email}, request=request)
        return TemplateResponse(request, "accounts/sign_in_service_return.html", {"service": settings.OIDC_NAME}, status=403)
    # It is kept once they are signed in, which a second factor may still stand before.
    request.session[oidc.TO_KEEP] = [str(person.pk), asdict(identity)]
    record_authentication(request, person, oidc.METHOD)
    response: HttpResponse = perform_login(request, person, redirect_url=after or None)
    return response


@require_POST
def sign_in_service_disconnect(request: PortalRequest) -> HttpResponse:
    """Disconnect somebody's account from the sign-in service of their organisation."""

    def disconnect() -> None:
        kept = actions.disconnect_identity(person=request.user, by=request.user)
        if kept is not None:
            go_on(request, kept)
        messages.success(request, "Your account is not connected any more.")

    if is_reauthentication_required(request, app=""):
        return second_factor.ask_again(reverse("accounts:security_detail"), request)
    return post_action(request, act=disconnect, done="accounts:security_detail")


def _refuse_unless_offered() -> None:
    """Let there be no such page in a portal that knows of no sign-in service."""
    if not oidc.is_offered():
        raise Http404


def _not_now(request: HttpRequest, *, status: int) -> HttpResponse:
    """Say that it did not work this time, and why as far as it helps."""
    context = {
        "service": settings.OIDC_NAME,
        "is_crowded": status == HTTPStatus.TOO_MANY_REQUESTS,
        "was_stopped": request.GET.get("error") == "access_denied",
    }
    return TemplateResponse(request, "accounts/sign_in_service_not_now.html", context, status=status)
