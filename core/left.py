"""Words left behind: what somebody had typed into a shared page, and not saved, when their account was closed.

They are kept as that person's draft. Whoever may open the page's form and works with them sees the words on it, takes them over as a
draft of their own or lets them go. Drafts of people who can sign in are shown to nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.db import models
from django.urls import resolve
from django.utils.crypto import constant_time_compare
from django.utils.datastructures import MultiValueDict

from core import audit, drafts
from core.models import AuditEvent, FormDraft

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpRequest

# By which the two buttons are known, and what each says.
FIELD, TAKE, LET_GO = "left_draft", "take", "let_go"
# Where the audit trail tells of pages that belong to no thing with a trail of its own.
TRAIL = "drafts"


@dataclass(frozen=True)
class LeftWords:
    """What one person left on a page, field by field, as the label of each and what was typed there."""

    draft: FormDraft
    fields: list[tuple[str, str]]


def closed_person_of(request: HttpRequest) -> Any:
    """Return the person whose account was closed while they were signed in here, or none.

    The session holds a hash that only signing in as that person could have put there.
    """
    person = get_user_model()._default_manager.filter(pk=request.session.get(SESSION_KEY), is_active=False).first()
    mark = request.session.get(HASH_SESSION_KEY, "")
    return person if person and constant_time_compare(mark, person.get_session_auth_hash()) else None


def keep_last_words(request: HttpRequest, person: Any) -> bool:
    """Keep what somebody posts once more after their account was closed; tell whether there was anything to keep."""
    subject, data = drafts.subject_of(request), drafts.typed(request.POST)
    is_theirs = request.POST.get("draft_owner") == str(person.pk) and request.POST.get("draft_subject") == subject
    if not is_theirs or drafts.is_empty(data) or person.is_stp_lead or not is_shared(subject):
        return False
    return drafts.keep(user=person, form=request.POST.get("draft_form", ""), subject=subject, data=data) is not None


def is_shared(subject: str) -> bool:
    """Tell whether several people work on the page of an address: it names one thing, and is not everybody's own."""
    return drafts.is_own_page(subject) and bool(resolve(subject.partition("?")[0]).kwargs)


def words_on(request: HttpRequest, form: forms.BaseForm, found: Iterable[FormDraft], *, trail: str) -> list[LeftWords]:
    """Return what colleagues left on a page and would change there; `found` are the drafts of closed accounts at its address."""
    left = [draft for draft in found if _is_for(request.user, draft, trail)]
    said = [LeftWords(draft, [*_said(form, draft)]) for draft in left]
    return [words for words in said if words.fields]


def take(draft: FormDraft, *, by: Any) -> bool:
    """Make words that were left the draft of a colleague; refused where they have words of their own on the page."""
    if FormDraft.objects.for_page(by, draft.subject).exists():
        return False
    audit.record("took over", draft, by=by, trail=TRAIL, label=_label(draft))
    draft.user = by
    draft.save()
    return True


def let_go(draft: FormDraft, form: forms.BaseForm, *, by: Any, trail: str) -> None:
    """Forget words that were left; the trail says who let them go and what they were, in full."""
    changes: list[audit.FieldChange] = [
        {"field": label, "label": label, "old": text, "new": ""} for label, text in _said(form, draft)
    ]
    audit.record("let go of", draft, by=by, trail=trail, changes=changes, label=_label(draft))
    draft.delete()


def find(request: HttpRequest, *, trail: str) -> FormDraft | None:
    """Return the words that a button of the page names, held until the request ends; none where somebody was quicker."""
    key = request.POST.get(FIELD, "")
    if not key.isdecimal() or len(key) > len(str(models.BigAutoField.MAX_BIGINT)):
        return None
    held = FormDraft.objects.select_for_update(of=("self",)).left_on(drafts.subject_of(request))
    draft = held.filter(pk=int(key)).first()
    return draft if draft and _is_for(request.user, draft, trail) else None


def trail_of(things: Iterable[Any]) -> str:
    """Return the part of the audit trail that the page's thing has, such as its engagement's."""
    trails = (getattr(thing, "trail", "") for thing in things if isinstance(thing, models.Model))
    return next((trail for trail in trails if trail), TRAIL)


def _is_for(reader: Any, draft: FormDraft, trail: str) -> bool:
    """Tell whether a reader works with whoever left a draft: in the same region, on the same thing, or for all regions.

    Anybody can keep a draft under any address, so whoever has nothing to do with the page is not heard on it.
    """
    writer: Any = draft.user
    if reader.is_stp_lead or writer.is_stp_lead or not is_shared(draft.subject):
        return False
    if reader.is_national_admin or writer.is_national_admin or writer.region_id == reader.region_id:
        return True
    return trail != TRAIL and AuditEvent.objects.filter(trail=trail, actor=writer).exists()


def _said(form: forms.BaseForm, draft: FormDraft) -> Iterator[tuple[str, str]]:
    """Return each field that the words would change, by its label, and what was typed there."""
    data = MultiValueDict(draft.data)
    for name, field in form.fields.items():
        if field.widget.is_hidden:
            continue
        value = field.widget.value_from_datadict(data, MultiValueDict(), form.add_prefix(name))
        if field.has_changed(form.get_initial_for_field(field, name), value) and (text := _in_words(field, value)):
            yield str(field.label or name.replace("_", " ").capitalize()), text


def _in_words(field: forms.Field, value: Any) -> str:
    """Return what was typed or chosen, as the page would show it."""
    chosen = [str(part) for part in value if part] if isinstance(value, list | tuple) else [str(value)] if value else []
    if isinstance(field, forms.BooleanField):
        return "Yes" if chosen else "No"
    choices = getattr(field, "choices", None)
    if choices is not None:
        names = {str(key): str(label) for key, label in _flat(choices)}
        return ", ".join(names.get(key, "Something that is not on the list any more") for key in chosen)
    return "/".join(chosen)


def _flat(choices: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Return choices without their groups."""
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield key, label


def _label(draft: FormDraft) -> str:
    """Say what was let go of or taken over."""
    return f"what {draft.user} typed and did not save before their account was closed"
