"""The pages of those who took part: the questions at once, without an account (P42)."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from core.keys import repeatable
from evaluation import actions, forms, policies
from evaluation.enums import CROWD_SECONDS, MAX_POSTS

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from evaluation.models import FeedbackLink

# The address is the only secret: `core.headers` keeps it out of caches and from other pages, this from search engines.
HEADERS = {"X-Robots-Tag": "noindex, nofollow"}


@login_not_required
@csrf_exempt  # The link is the right to answer, whoever sends it; cookies are taken away before they are read, so that nobody is recognised.
@repeatable
@require_http_methods(["GET", "HEAD", "POST"])
def feedback_give(request: HttpRequest, token: str) -> HttpResponse:
    """Ask the questions of a link, and take one answer. Reading uses nothing up; a link that leads nowhere does not say why."""
    link = policies.open_link(token, timezone.localdate())
    if link is None:
        return _page(request, "feedback_give", status=HTTPStatus.NOT_FOUND, form=None, is_crowded=False)
    form = forms.FeedbackAnswerForm(request.POST if request.method == "POST" else None, asked=link.form)
    if request.method == "POST" and form.is_valid():
        if _is_crowded(link):
            return _page(request, "feedback_give", status=HTTPStatus.TOO_MANY_REQUESTS, form=None, is_crowded=True)
        if actions.give_feedback(link=link, values=form.values):
            return redirect("evaluation:feedback_thanks", permanent=False)
        return _page(request, "feedback_give", status=HTTPStatus.NOT_FOUND, form=None, is_crowded=False)
    return _page(request, "feedback_give", form=form, is_crowded=False, asked=link.form)


def _is_crowded(link: FeedbackLink) -> bool:
    """Tell whether more was sent to one form within minutes than any room sends; a link is too long to be guessed, so looks are not counted.

    The sign-in's own limiter turns people away who come in the same instant, and keeps the moment of each: this one only counts. It begins
    anywhere, so that whoever fills it up does not learn how many others have answered, and a card that was used fills nothing.
    """
    if link.is_used:
        return False
    key = f"feedback:{link.form_id}"
    cache.add(key, secrets.randbelow(MAX_POSTS // 2), CROWD_SECONDS)
    try:
        return cache.incr(key) > MAX_POSTS
    except ValueError:
        # The minutes were over between the two.
        return False


@login_not_required
@require_safe
def feedback_plan(request: HttpRequest, fingerprint: str, number: int) -> HttpResponse:
    """Lead whoever holds a signed brief on to the questions about one of its interventions while they are open."""
    link = policies.link_on_brief(fingerprint, number, timezone.localdate())
    if link is None:
        return _page(request, "feedback_give", status=HTTPStatus.NOT_FOUND, form=None, is_crowded=False)
    return redirect("evaluation:feedback_give", token=policies.feedback_token(link))


@login_not_required
@require_safe
def feedback_thanks(request: HttpRequest) -> HttpResponse:
    """Say thank you; the device lets go of its copy of what was typed."""
    return _page(request, "feedback_thanks")


def _page(request: HttpRequest, name: str, *, status: int = HTTPStatus.OK, **context: object) -> HttpResponse:
    """Show a page to somebody who took part."""
    return TemplateResponse(request, f"evaluation/{name}.html", context, status=status, headers=HEADERS)
