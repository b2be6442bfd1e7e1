"""How a page with a form works: the same everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from core import drafts, left
from core.records import EditConflict
from core.refusals import ActionRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from core.forms import PortalForm

# Where the pages stand on which admins keep things true.
FOR_ADMINS = "manage/"


def form_page(
    request: HttpRequest,
    *,
    form: PortalForm,
    save: Callable[..., Any],
    template: str,
    done: str | Callable[[Any], str],
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show a form, or carry out its one action and go on to `done`.

    `save` is the action with everything but `values` filled in; for a form that changes a record it also takes `seen` and
    `overwrite`. A refusal, an invalid value or a colleague's edit shows the page again with everything as typed.
    """
    draft, left_words = None, []
    trail = left.trail_of([*(context or {}).values(), getattr(form, "instance", None)])
    if request.method == "POST" and left.FIELD in request.POST:
        return _settle_left_words(request, form, trail=trail)
    if request.method == "POST":
        if form.is_valid():
            merge = form.merge if form.is_merged else {}
            try:
                result = save(values=form.values, **merge)
            except ActionRefused as refusal:
                form.refuse(refusal.blockers)
            except EditConflict as conflict:
                form.show_conflicts(conflict)
            else:
                _confirm(request)
                return redirect(done(result) if callable(done) else done)
    else:
        draft, found = drafts.read(request)
        left_words = left.words_on(request, form, found, trail=trail)
        if draft is not None:
            drafts.restore(request, form, draft)
    shown = {"form": form, "draft": draft, "left_words": left_words}
    return TemplateResponse(request, template, {**(context or {}), **shown})


def _settle_left_words(request: HttpRequest, form: PortalForm, *, trail: str) -> HttpResponse:
    """Take over or let go of what somebody left on a page; whoever comes here may open its form."""
    draft = left.find(request, trail=trail)
    if draft is None:
        messages.info(request, "Somebody has dealt with these words already.")
    elif request.POST.get("settle") == left.LET_GO:
        left.let_go(draft, form, by=request.user, trail=trail)
        # The history of an engagement tells it in full. Other pages have none that would.
        told = " The history says what they were." if trail != left.TRAIL else ""
        messages.success(request, f"The words are let go.{told}")
    elif left.take(draft, by=request.user):
        messages.success(request, "The words are in the form now. Check them and save.")
    else:
        messages.warning(request, "You have words of your own in this form. Save or discard them first.")
    return redirect(drafts.subject_of(request))


def post_action(request: HttpRequest, *, act: Callable[[], object], done: str) -> HttpResponse:
    """Carry out a one-button step and go on to `done`; a refusal is said there in words."""
    try:
        act()
    except ActionRefused as refusal:
        for blocker in refusal.blockers:
            messages.error(request, blocker.sentence)
    else:
        _confirm(request)
    return redirect(done)


def _confirm(request: HttpRequest) -> None:
    """Say on the pages for admins that it is saved, unless the view has said more: they lead back to long lists, where it would not be seen."""
    match = request.resolver_match
    if match is not None and match.route.startswith(FOR_ADMINS) and not len(messages.get_messages(request)):
        messages.success(request, "Saved.")
