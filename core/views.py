"""Pages of the core: drafts, how long a session still lasts, a form whose token is stale, the health of the portal, and the mail that a demonstration shows in place of sending it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import drafts, health, sessions
from core.keys import repeatable
from core.models import DemonstrationMail

if TYPE_CHECKING:
    from django.http import HttpRequest

MAILS_EACH_PAGE = 20


@login_not_required
@require_POST
@repeatable
def draft_save(request: HttpRequest) -> HttpResponse:
    """Save what a person is typing. Answers 204, or 401 where the session has ended or the words are somebody else's."""
    if not request.user.is_authenticated or request.POST.get("draft_owner") != str(request.user.pk):
        return HttpResponse(status=401)
    draft = drafts.keep(
        user=request.user,
        form=request.POST.get("draft_form", ""),
        subject=request.POST.get("draft_subject", ""),
        data=drafts.typed(request.POST),
    )
    return HttpResponse(status=204 if draft else 413)


@require_POST
@repeatable
def draft_discard(request: HttpRequest) -> HttpResponse:
    """Let go of a draft and show its page as it was saved."""
    subject = request.POST.get("draft_subject", "")
    drafts.discard(user=request.user, subject=subject)
    return redirect(subject if drafts.is_own_page(subject) else "home")


@sessions.heartbeat
@login_not_required
@require_http_methods(["GET", "POST"])
@repeatable
def session_time(request: HttpRequest) -> HttpResponse:
    """Say in how many seconds the session ends, as `sessions.TimeLeft`; a post begins its time without use anew first.

    Answers 401 where it has ended. Asking does not use it.
    """
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    now = timezone.now()
    if request.method == "POST":
        request.session[sessions.SEEN] = now.timestamp()
    return JsonResponse(asdict(sessions.time_left(request.session, now)))


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the page was too old to be sent, and that what was typed is kept."""
    if not request.user.is_authenticated and request.POST.get("draft_subject") == drafts.subject_of(request):
        drafts.keep_in_session(request)
    return render(request, "403_csrf.html", status=403)


@login_not_required
@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """List what a demonstration would have sent, the newest first. There is no such page outside a demonstration."""
    if not settings.DEMONSTRATION:
        raise Http404
    mails = DemonstrationMail.objects.defer("text", "html").order_by("-at", "-pk")
    page = Paginator(mails, MAILS_EACH_PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(request, "core/mail_list.html", {"page": page})


@login_not_required
@require_safe
def mail_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one message of a demonstration. There is no such page outside a demonstration."""
    if not settings.DEMONSTRATION:
        raise Http404
    return TemplateResponse(request, "core/mail_detail.html", {"mail": get_object_or_404(DemonstrationMail, pk=pk)})


@login_not_required
@require_safe
@never_cache
def health_live(request: HttpRequest) -> HttpResponse:
    """Say that this process answers, whatever else is away."""
    return JsonResponse({"status": "live"})


@login_not_required
@require_safe
@never_cache
def health_ready(request: HttpRequest) -> HttpResponse:
    """Say whether the portal can serve, each thing that it stands on in one word. 503 where something fails; what is late stops no page."""
    states = health.states()
    is_ready = health.FAILING not in states.values()
    answer = {"status": health.READY if is_ready else health.FAILING, "checks": states}
    return JsonResponse(answer, status=200 if is_ready else 503)
