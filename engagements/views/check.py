"""The page on which anybody who holds a signed brief can check it, without signing in (P13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.template.response import TemplateResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from engagements import policies
from engagements.forms import BriefCheckForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_not_required
@require_safe
@cache_control(no_store=True)
def brief_check(request: HttpRequest, fingerprint: str = "") -> HttpResponse:
    """Say whether a fingerprint, in the address or typed, is that of a signed brief, and nothing else about it."""
    asked = {"fingerprint": fingerprint} if fingerprint else request.GET if "fingerprint" in request.GET else None
    form = BriefCheckForm(asked)
    is_asked = form.is_bound and form.is_valid()
    found = policies.find_signed_brief(form.cleaned_data["fingerprint"]) if is_asked else None
    # Beside an answer stands an empty field, for another.
    field = BriefCheckForm()["fingerprint"] if is_asked else form["fingerprint"]
    context = {"form": form, "field": field, "is_asked": is_asked, "found": found}
    # Whoever was given the address may follow it; search engines need not keep it.
    return TemplateResponse(request, "engagements/brief_check.html", context, headers={"X-Robots-Tag": "noindex, nofollow"})
