"""What happens around every page: kept posts, drafts and one-time keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from core import drafts, keys, left, records

if TYPE_CHECKING:
    from collections.abc import Callable

    Answer = Callable[[HttpRequest], HttpResponseBase]


class Utf8Middleware:
    """Refuse a post that says it is written in anything but UTF-8, before anybody reads it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at what the post says of itself."""
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.strip("\"' ").lower() not in {"utf-8", "utf8"}:
            return HttpResponseBadRequest("This form is not written in UTF-8.", content_type="text/plain; charset=utf-8")
        return self.get_response(request)


class KeepExpiredPostMiddleware:
    """Keep what was posted after the session ended, so that signing in again brings it back (P01).

    Whoever cannot sign in again, since their account was closed meanwhile, is told so, and their words are kept for their colleagues.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Watch for a post that is sent to sign in."""
        response = self.get_response(request)
        if (
            request.method != "POST"
            or request.user.is_authenticated
            or response.status_code not in keys.REDIRECTS
            or not response["Location"].startswith(reverse("account_login"))
        ):
            return response
        person = left.closed_person_of(request)
        if person is not None:
            is_kept = left.keep_last_words(request, person)
            request.session.flush()
            return render(request, "core/account_closed.html", {"is_kept": is_kept}, status=403)
        if request.POST.get("draft_subject") == drafts.subject_of(request):
            drafts.keep_in_session(request)
        return response


class FormDraftMiddleware:
    """Keep what was posted and not saved; forget the draft of what was saved (P02)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at the answer to a form that keeps a draft."""
        response = self.get_response(request)
        user: Any = request.user
        subject = drafts.subject_of(request)
        if (
            request.method == "POST"
            and user.is_authenticated
            and request.POST.get("draft_owner") == str(user.pk)
            and request.POST.get("draft_subject") == subject
        ):
            if getattr(request, "is_draft_kept", False):
                return response
            if response.status_code in keys.REDIRECTS:
                drafts.discard(user=user, subject=subject)
            elif not drafts.is_empty(data := drafts.typed(request.POST)):
                drafts.keep(user=user, form=request.POST.get("draft_form", ""), subject=subject, data=data)
        return response


class OneTimeKeyMiddleware:
    """Carry out each form once, however often it is posted (P05)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.own_packages = {config.name for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on; the work is done once the view is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Run one of our own views under the key that its form carried."""
        if (
            request.method != "POST"
            or not request.user.is_authenticated
            or getattr(view, "repeatable", False)
            or view.__module__.partition(".")[0] not in self.own_packages
        ):
            return None
        key = keys.read_key(request)
        if key is None:
            return render(request, "400.html", status=400)
        typed = drafts.typed(request.POST)
        content = records.fingerprint([drafts.subject_of(request), typed])
        try:
            answer = keys.answer_once(request.user, key, content, lambda: view(request, *args, **kwargs))
        except keys.KeyUsedForOtherWords:
            return _show_again(request, typed)
        return redirect(answer) if isinstance(answer, str) else answer


def _show_again(request: HttpRequest, typed: dict[str, list[str]]) -> HttpResponseBase:
    """Keep the words of a form that was sent before with others, and show it with them and a fresh key."""
    subject = drafts.subject_of(request)
    drafts.keep(user=request.user, form=request.POST.get("draft_form", ""), subject=subject, data=typed)
    request.is_draft_kept = True  # type: ignore[attr-defined]  # a mark for the middleware around this one
    messages.warning(request, "You have sent this form before. What you typed since is kept here: check it and save it.")
    return redirect(subject)
