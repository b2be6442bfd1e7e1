"""Versions of records: each change of a `Versioned` record keeps a new one, so that there is a way back and old plans stay as they were (P38)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from core import said
from core.models import RecordVersion, Versioned
from core.refusals import ActionRefused, Blocker

if TYPE_CHECKING:
    from core.models import AuditEvent


def fields_of(record: models.Model) -> list[str]:
    """Return the names of the fields that a version keeps: what a person can change."""
    plain = [f.name for f in record._meta.concrete_fields if f.editable and not f.primary_key]
    return plain + [f.name for f in record._meta.many_to_many if f.editable]


def keep(record: models.Model, *, event: AuditEvent | None = None) -> None:
    """Keep the state of a record under the number that it carries."""
    values = {
        name: {
            "label": said.label_of(record, name),
            "value": said.field_value(record, name),
            "text": said.shown(record, name, getattr(record, name)),
        }
        for name in fields_of(record)
    }
    RecordVersion.objects.create(
        subject_type=record._meta.label_lower, subject_id=record.pk, number=_number(record), values=values, event=event
    )


def keep_first(record: models.Model) -> None:
    """Keep the state of a record as it is before its first change: what was loaded has no version yet."""
    if isinstance(record, Versioned) and not RecordVersion.objects.of(record).exists():
        keep(record)


def keep_next(record: models.Model, *, event: AuditEvent | None = None) -> None:
    """Give a record that was changed its next number, and keep its state."""
    if isinstance(record, Versioned):
        record.version += 1
        record.save(update_fields=["version"])
        keep(record, event=event)


def values_of(version: RecordVersion, record: models.Model) -> dict[str, Any]:
    """Return what a version says as a change takes it: rows in place of their keys. Refused where a row is no more."""
    return {name: _row_of(record, name, kept) for name, kept in version.values.items() if name in fields_of(record)}


def _row_of(record: models.Model, name: str, kept: dict[str, Any]) -> Any:
    """Return the value of one field of a version."""
    field: Any = record._meta.get_field(name)
    value = kept["value"]
    if not field.is_relation or value is None:
        return field.to_python(value) if not field.is_relation else None
    wanted = set(value) if field.many_to_many else {value}
    rows = list(field.related_model._base_manager.filter(pk__in=wanted))
    if len(rows) < len(wanted):
        raise ActionRefused([Blocker(f"Something under “{kept['label']}” in that version is not there any more.")])
    return rows if field.many_to_many else rows[0]


def _number(record: models.Model) -> int:
    """Return the number that a record carries."""
    return record.version if isinstance(record, Versioned) else 1
