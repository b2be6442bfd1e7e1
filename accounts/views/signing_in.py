"""Pages of signing in: invitations, preferences, signing in to a demonstration with one click."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import clear_login
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, policies
from accounts.forms import DemonstrationForm, LinkForm, PreferencesForm
from accounts.models import User
from core.adapters import lead_on_to
from core.keys import repeatable
from core.pages import form_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.requests import PortalRequest

logger = logging.getLogger(__name__)

TOO_OFTEN = "You have asked too often. Wait a few minutes, then try again."
NOT_NOW = "We could not send you a code just now. Wait a few minutes, then try again."
# The same for every address: nobody learns from it who is known here.
LINK_SENT = "If a plan is shared with that address, a new link is on its way to it. It may take a few minutes."


@login_not_required
@require_POST
@repeatable
def demonstration_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as a demonstration account, without a password. There is no such page outside a demonstration."""
    form = DemonstrationForm(request.POST)
    if not settings.DEMONSTRATION or not form.is_valid():
        raise Http404
    response: HttpResponse = perform_login(request, form.cleaned_data["person"])
    return response


@login_not_required
@never_cache
@require_safe
def invitation_detail(request: HttpRequest, token: str) -> HttpResponse:
    """Lead the invited person on, or ask them to sign in first; reading it uses nothing up, whoever follows the link and however often.

    To anybody else every link looks the same, whatever is wrong with it.
    """
    invitation = policies.open_invitation(token, timezone.now())
    user = request.user
    if invitation is not None and user.is_authenticated and user.pk == invitation.person_id:
        return redirect(invitation.target)
    is_open = invitation is not None and not user.is_authenticated
    context = {
        "token": token if is_open else "",
        "form": None if is_open else LinkForm(),
        # A colleague is led to their work, a client to the plan that they were asked to read.
        "is_to_portal": invitation is not None and is_open and invitation.target == reverse("home"),
    }
    return TemplateResponse(request, "accounts/invitation_detail.html", context)


@login_not_required
@never_cache
@require_POST
@repeatable
def invitation_accept(request: HttpRequest) -> HttpResponse:
    """Send the invited person a code to sign in with; the right code leads to what they were invited to (P36)."""
    invitation = policies.open_invitation(request.POST.get("token", ""), timezone.now())
    if invitation is None:
        return redirect("accounts:invitation_ask")
    back = redirect("accounts:invitation_detail", token=policies.invitation_token(invitation))
    if request.user.is_authenticated:
        return back
    person = invitation.person
    if not ratelimit.consume(request, action="request_login_code", key=person.email.lower()):
        messages.error(request, TOO_OFTEN)
        return back
    try:
        LoginCodeVerificationProcess.initiate(request=request, user=person, email=person.email)
    except Exception as error:  # noqa: BLE001 - whatever keeps a code from going, the link can be followed again
        logger.warning("A code for person %s has not gone: %s", person.pk, type(error).__name__)
        messages.error(request, NOT_NOW)
        return back
    if getattr(request, "is_mail_lost", False):
        # The adapter has said so; the link can be followed again.
        clear_login(request)
        return back
    lead_on_to(request, invitation.target, person=person)
    return redirect(f"{reverse('account_confirm_login_code')}?{urlencode({'next': invitation.target})}")


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
@repeatable
def invitation_ask(request: HttpRequest) -> HttpResponse:
    """Send whoever asks new links to what is shared with their address; the answer is the same for every address."""
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if ratelimit.consume(request, action="ask_for_link", key=form.values["email"].lower()):
            actions.ask_for_link(values=form.values)
        messages.success(request, LINK_SENT)
        return redirect("accounts:invitation_ask")
    return TemplateResponse(request, "accounts/invitation_ask.html", {"form": form})


@require_http_methods(["GET", "POST"])
def preferences_edit(request: PortalRequest) -> HttpResponse:
    """Choose which messages to be sent."""
    return form_page(
        request,
        form=PreferencesForm(request.POST or None, instance=User.objects.get(pk=request.user.pk)),
        save=partial(actions.change_preferences, person=request.user, by=request.user),
        template="accounts/preferences_edit.html",
        done=reverse("home"),
    )
