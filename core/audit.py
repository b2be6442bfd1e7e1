"""The audit trail: every action writes what it did, in the same transaction as the change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from django.utils import timezone

from core.models import AuditEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import Model

MAX_LABEL_LENGTH = 300


class FieldChange(TypedDict):
    """One field's change, in words: what it is called, what it said, what it says."""

    field: str
    label: str
    old: str
    new: str


def label_of(subject: Model) -> str:
    """Say what a record is: its kind and its own name, such as 'group Lincolnshire GPs'."""
    return f"{subject._meta.verbose_name} {subject}".strip()[:MAX_LABEL_LENGTH]


def record(verb: str, subject: Model, *, by: Any, trail: str, changes: Sequence[FieldChange] = (), label: str = "") -> AuditEvent:
    """Write one event. `verb` is in the past tense and follows the actor's name: 'added', 'submitted'."""
    values: dict[str, Any] = {
        "at": timezone.now(),
        "verb": verb,
        "subject_type": subject._meta.label_lower,
        "subject_id": subject.pk,
        "subject_label": (label or label_of(subject))[:MAX_LABEL_LENGTH],
        "trail": trail,
        "changes": list(changes),
    }
    return AuditEvent.objects.create(actor=by, **values)
