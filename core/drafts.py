"""Form drafts: whatever was typed survives leaving the page, an invalid value and an ended session (P01, P02).

A page's draft is found by its address and its writer. The form says whose it is, so that words typed by one person never come back to
another who signs in on the same machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from core.models import FormDraft

if TYPE_CHECKING:
    from django.forms import BaseForm
    from django.http import HttpRequest, QueryDict

MAX_DRAFT_CHARACTERS = 400_000
MAX_FORM_LENGTH = 120
MAX_SUBJECT_LENGTH = 300
MAX_DRAFTS_EACH = 200
MAX_KEPT_POSTS = 5
SESSION_KEY = "kept_posts"
# What belongs to the showing of a form rather than to what was typed.
NEVER_KEPT = {"csrfmiddlewaretoken", "action_key", "draft_form", "draft_subject", "draft_owner"}


def typed(data: QueryDict) -> dict[str, list[str]]:
    """Return what a person typed, field by field, without tokens, keys or passwords."""
    return {name: data.getlist(name) for name in data if name not in NEVER_KEPT and "password" not in name}


def subject_of(request: HttpRequest) -> str:
    """Return the address that names this page's draft."""
    return request.get_full_path()[:MAX_SUBJECT_LENGTH]


def is_own_page(subject: str) -> bool:
    """Tell whether an address is a page of the portal."""
    if len(subject) > MAX_SUBJECT_LENGTH or "\x00" in subject or not url_has_allowed_host_and_scheme(subject, allowed_hosts=None):
        return False
    try:
        resolve(subject.partition("?")[0])
    except Resolver404:
        return False
    return True


def fits(data: dict[str, list[str]]) -> bool:
    """Tell whether a draft is of a size that a person could have typed."""
    return _length(data) <= MAX_DRAFT_CHARACTERS


def _length(data: dict[str, list[str]]) -> int:
    """Count the characters of a draft."""
    return sum(len(name) + sum(map(len, values)) for name, values in data.items())


def is_empty(data: dict[str, list[str]]) -> bool:
    """Tell whether nothing has been typed: there is nothing to keep."""
    return not any(value.strip() for name, values in data.items() if name != "seen" for value in values)


def keep(*, user: Any, form: str, subject: str, data: dict[str, list[str]]) -> FormDraft | None:
    """Keep what a person typed into one page; return None where it is no page of ours, too large or one draft too many."""
    if not is_own_page(subject) or not fits(data):
        return None
    known = FormDraft.objects.for_page(user, subject).exists()
    if not known and FormDraft.objects.filter(user=user).count() >= MAX_DRAFTS_EACH:
        return None
    # PostgreSQL stores every character but this one.
    clean = {_without_nulls(name): [_without_nulls(value) for value in values] for name, values in data.items()}
    values = {"form": _without_nulls(form)[:MAX_FORM_LENGTH], "data": clean}
    draft, _ = FormDraft.objects.update_or_create(user=user, subject=subject, defaults=values)
    return draft


def discard(*, user: Any, subject: str) -> None:
    """Forget the draft of one page: it has been saved, or its writer let it go."""
    if is_own_page(subject):
        FormDraft.objects.for_page(user, subject).delete()


def read(request: HttpRequest) -> tuple[FormDraft | None, list[FormDraft]]:
    """Return the reader's own draft of a page, and what people whose account was closed have left there."""
    found = list(FormDraft.objects.seen_on(request.user, subject_of(request)))
    mine = next((draft for draft in found if draft.user_id == request.user.pk), None)
    return mine, [draft for draft in found if draft is not mine]


def restore(request: HttpRequest, form: BaseForm, draft: FormDraft) -> None:
    """Put a draft back into its form, valid or not."""
    data = request.POST.copy()
    for name, values in draft.data.items():
        data.setlist(name, values)
    form.data = data
    form.is_bound = True
    # Shown as typed, without being judged: the person has not asked for it to be saved yet.
    form._errors = {}  # type: ignore[attr-defined]  # Django's own place for the errors of a bound form


def keep_in_session(request: HttpRequest) -> None:
    """Keep the post of somebody whose session has ended until they have signed in again."""
    data = typed(request.POST)
    if not fits(data):
        return
    kept: dict[str, Any] = request.session.get(SESSION_KEY, {})
    kept[subject_of(request)] = {
        "owner": request.POST.get("draft_owner", ""),
        "form": request.POST.get("draft_form", ""),
        "data": data,
    }
    recent = dict(list(kept.items())[-MAX_KEPT_POSTS:])
    # Nobody is signed in here, so together they may hold no more than one draft may.
    while sum(_length(post["data"]) for post in recent.values()) > MAX_DRAFT_CHARACTERS:
        del recent[next(iter(recent))]
    request.session[SESSION_KEY] = recent


def claim_from_session(request: HttpRequest, user: Any) -> None:
    """Turn what was kept over the end of a session into drafts of the person who typed it; drop the rest."""
    for subject, kept in request.session.pop(SESSION_KEY, {}).items():
        if kept["owner"] == str(user.pk):
            keep(user=user, form=kept["form"], subject=subject, data=kept["data"])


def _without_nulls(text: str) -> str:
    """Return a text without null characters."""
    return text.replace("\x00", "")
