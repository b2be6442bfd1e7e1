"""The pages of those who took part: the questions at once, without an account (P42)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from core.keys import repeatable
from evaluation import actions, forms, policies

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

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
    # Only answers are counted, for each form by itself: a link is too long to be guessed.
    if request.method == "POST" and not ratelimit.consume(request, action="feedback", key=str(link.form_id)):
        return _page(request, "feedback_give", status=HTTPStatus.TOO_MANY_REQUESTS, form=None, is_crowded=True)
    form = forms.FeedbackAnswerForm(request.POST if request.method == "POST" else None, asked=link.form)
    if request.method == "POST" and form.is_valid():
        if actions.give_feedback(link=link, values=form.values):
            return redirect("evaluation:feedback_thanks", permanent=False)
        return _page(request, "feedback_give", status=HTTPStatus.NOT_FOUND, form=None, is_crowded=False)
    return _page(request, "feedback_give", form=form, is_crowded=False, asked=link.form)


@login_not_required
@require_safe
def feedback_thanks(request: HttpRequest) -> HttpResponse:
    """Say thank you; the device lets go of its copy of what was typed."""
    return _page(request, "feedback_thanks")


def _page(request: HttpRequest, name: str, *, status: int = HTTPStatus.OK, **context: object) -> HttpResponse:
    """Show a page to somebody who took part."""
    return TemplateResponse(request, f"evaluation/{name}.html", context, status=status, headers=HEADERS)
