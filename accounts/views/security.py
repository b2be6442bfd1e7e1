"""Pages of how somebody signs in: their second factor, recovery codes, where they are signed in; and an admin's help with a lost one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.flows import remove_authenticator
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, permissions, policies
from accounts.views.people import load_person, person_url
from core import second_factor
from core.adapters import SecondFactorAdapter
from core.pages import post_action
from core.sessions import go_on, mark_of, sessions_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest

PAGE = "accounts:security_detail"


@require_safe
def security_detail(request: PortalRequest) -> HttpResponse:
    """Show somebody how they sign in, and where they are signed in."""
    factors = policies.factors_of(request.user)
    context = {
        "app": next((factor for factor in factors if factor.type == Authenticator.Type.TOTP), None),
        "passkeys": [factor for factor in factors if factor.type == Authenticator.Type.WEBAUTHN],
        "codes": next((factor for factor in factors if factor.type == Authenticator.Type.RECOVERY_CODES), None),
        "sessions": sessions_of(request.user, timezone.now()),
        "this_mark": mark_of(request.session.session_key or ""),
        "has_password": request.user.has_usable_password(),
        "service_link": policies.service_link_of(request.user),
        "service": settings.OIDC_NAME,
    }
    return TemplateResponse(request, "accounts/security_detail.html", context)


@require_safe
def second_factor_create(request: PortalRequest) -> HttpResponse:
    """Offer the ways to set up a second factor; whoever needs one and has none is led here from every page."""
    is_due = request.user.needs_second_factor and not second_factor.is_passed(request)
    return TemplateResponse(request, "accounts/second_factor_create.html", {"is_due": is_due})


@require_safe
@reauthentication_required(app="allauth.mfa")
def recovery_code_list(request: PortalRequest) -> HttpResponse:
    """Show somebody their recovery codes that are not used yet."""
    codes = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.RECOVERY_CODES).first()
    if codes is None:
        raise Http404
    return TemplateResponse(request, "accounts/recovery_code_list.html", {"unused": codes.wrap().get_unused_codes()})


@require_http_methods(["GET", "POST"])
@reauthentication_required(app="allauth.mfa")
def passkey_remove(request: PortalRequest, pk: int) -> HttpResponse:
    """Confirm and remove one passkey, unless it is the last second factor of somebody who needs one."""
    passkey = get_object_or_404(Authenticator, user=request.user, pk=pk, type=Authenticator.Type.WEBAUTHN)
    if not SecondFactorAdapter().can_delete_authenticator(passkey):
        messages.error(request, "This is your only second factor, and your role needs one. Set up another first.")
        return redirect(PAGE)
    if request.method == "POST":
        remove_authenticator(request, passkey)
        return redirect(PAGE)
    return TemplateResponse(request, "accounts/passkey_remove.html", {"passkey": passkey})


@require_POST
def session_end(request: PortalRequest) -> HttpResponse:
    """Sign out in one other browser."""

    def end() -> None:
        actions.end_session(person=request.user, mark=request.POST.get("seen", ""), by=request.user)
        messages.success(request, "You are signed out there.")

    return post_action(request, act=end, done=PAGE)


@require_POST
def session_end_others(request: PortalRequest) -> HttpResponse:
    """Sign out everywhere else."""

    def end() -> None:
        go_on(request, actions.end_sessions(person=request.user, by=request.user))
        messages.success(request, "You are signed out everywhere else.")

    return post_action(request, act=end, done=PAGE)


@require_POST
def person_sign_out(request: PortalRequest, pk: int) -> HttpResponse:
    """Sign a person out everywhere."""
    person = load_person(request, pk)
    if person.pk == request.user.pk:
        raise PermissionDenied

    def end() -> None:
        actions.end_sessions(person=person, by=request.user)
        messages.success(request, f"{person} is signed out everywhere.")

    return post_action(request, act=end, done=person_url(person))


@require_POST
def person_reset_factor(request: PortalRequest, pk: int) -> HttpResponse:
    """Take a lost second factor away from a person."""
    person = load_person(request, pk)
    if not permissions.can_reset_second_factor(request.user, person):
        raise PermissionDenied
    if second_factor.is_step_up_due(request):
        return second_factor.ask_again(person_url(person), request)

    def reset() -> None:
        actions.reset_second_factor(person=person, by=request.user)
        messages.success(request, f"{person} sets up a new second factor the next time they sign in.")

    return post_action(request, act=reset, done=person_url(person))
