"""One-time keys: a form carries a key, and the database lets each key be used once (P05)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction

from core.models import OneTimeKey

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

FIELD = "action_key"
REDIRECTS = {301, 302, 303}
V = TypeVar("V", bound="Callable[..., Any]")


def new_key() -> str:
    """Return a fresh key for one showing of a form."""
    return str(uuid.uuid4())


def repeatable(view: V) -> V:
    """Mark a view whose post may be carried out any number of times, such as saving a draft."""
    view.repeatable = True  # type: ignore[attr-defined]  # a mark that the middleware reads
    return view


def read_key(request: HttpRequest) -> uuid.UUID | None:
    """Return the key that a post carries, or None where it is missing or not a key."""
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


class KeyUsedForOtherWords(Exception):
    """Raised when a key comes back with other words than it was used for, as after going back and typing on."""


def answer_once(user: Any, key: uuid.UUID, content: str, view: Callable[[], HttpResponseBase]) -> HttpResponseBase | str:
    """Run a view under its key, or return the address that the first use of the key led to.

    The key, the change and the answer are one transaction: parallel posts wait for the first and then get its answer. A
    post that changed nothing (it was refused, or not valid) gives its key back. `content` tells the same post from one with
    other words, which raises `KeyUsedForOtherWords`: it must not pass for saved.
    """
    with transaction.atomic():
        row, is_first = OneTimeKey.objects.get_or_create(user=user, key=key, defaults={"content": content})
        if not is_first:
            if row.content != content:
                raise KeyUsedForOtherWords
            return row.answer
        response = view()
        if response.status_code in REDIRECTS:
            row.answer = response["Location"][:500]
            row.save(update_fields=["answer"])
        else:
            transaction.set_rollback(True)
    return response
