"""How the pages of an entry work: a group, a place, a purpose, a priority, a planned intervention, a funding line."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from core.pages import form_page
from engagements import actions, policies
from engagements.actions.entries import engagement_of
from engagements.forms import ConfirmForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from core.forms import PortalForm
    from core.requests import PortalRequest
    from engagements.actions.entries import Entry


def entry_page(
    request: PortalRequest, *, entry: Entry, form: PortalForm, template: str, done: str, **context: object
) -> HttpResponse:
    """Add an entry that has no number yet, or change one that has."""
    engagement = engagement_of(entry)
    is_new = entry._state.adding
    act: Callable[..., object] = actions.add_entry if is_new else actions.change_entry
    save = partial(act, entry=entry, by=request.user)
    if not is_new:
        # The form changes its record while it checks it: what the page calls the entry is what is saved.
        context["name"] = str(entry)
    shown = {"engagement": engagement, "blockers": policies.editing_blockers(engagement), "back": done, **context}
    # A new entry brings a question for each of the other facets.
    landing = f"{done}?after=1" if is_new else done
    return form_page(request, form=form, save=save, template=f"engagements/{template}.html", done=landing, context=shown)


def removal_page(request: PortalRequest, *, entry: Entry, template: str, done: str) -> HttpResponse:
    """Ask, then remove an entry."""
    engagement = engagement_of(entry)
    form = ConfirmForm(request.POST or None)
    blockers = policies.editing_blockers(engagement) or policies.entry_removing_blockers(entry)
    context = {"engagement": engagement, "name": str(entry), "blockers": blockers, "back": done}
    save = partial(actions.remove_entry, entry=entry, by=request.user)
    return form_page(request, form=form, save=save, template=f"engagements/{template}.html", done=done, context=context)
