"""What happens to words typed into an entry that somebody has removed meanwhile: they are kept for a new one (P02)."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse

from core import drafts
from core.models import AuditEvent
from engagements.views.loading import load_editable

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model
    from django.http import HttpResponse

    from core.requests import PortalRequest

    Page = Callable[..., HttpResponse]


def keep_words_of_removed(kind: type[Model], *, create: str) -> Callable[[Page], Page]:
    """Carry what was typed into an entry that is no longer there over to the page named `create`, which adds a new one."""

    def wrap(view: Page) -> Page:
        @wraps(view)
        def page(request: PortalRequest, reference: str, **numbers: int) -> HttpResponse:
            try:
                return view(request, reference, **numbers)
            except Http404:
                *owners, number = numbers.values()
                if request.method != "POST" or not _was_removed(request, reference, kind, number):
                    raise
                # Its own address keeps it apart from another new entry that the person has begun.
                url = f"{reverse(create, args=[reference, *owners])}?again={number}"
                drafts.keep(user=request.user, form=create, subject=url, data=drafts.typed(request.POST))
                messages.warning(request, "Somebody has removed this meanwhile. What you typed is kept: save it to add it again.")
                return redirect(url)

        return page

    return wrap


def _was_removed(request: PortalRequest, reference: str, kind: type[Model], number: int) -> bool:
    """Tell whether the history of an engagement that the person may change holds the removal of this entry."""
    removals: Any = AuditEvent.objects.for_trail(load_editable(request, reference).trail).filter(verb="removed")
    return bool(removals.filter(subject_type=kind._meta.label_lower, subject_id=number).exists())
