"""How records are written: one way to add, change and remove, with the audit row in the same transaction.

A change carries the fingerprint of what the person saw in each field. Fields that only one person touched merge; a field that two
people changed to different things is an `EditConflict`, which shows both and loses neither.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from core import audit, versions
from core.models import AuditEvent, Counter, Versioned
from core.refusals import ActionRefused, Blocker
from core.said import comparable, field_value, label_of, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from django.contrib.auth.base_user import AbstractBaseUser

M = TypeVar("M", bound=models.Model)
FINGERPRINT_LENGTH = 16
MAX_AUDIT_TEXT = 500


@dataclass(frozen=True)
class Conflict:
    """One field that somebody else changed while this person was writing."""

    field: str
    label: str
    theirs: str
    who: str
    when: datetime | None


class EditConflict(Exception):
    """Raised when a field was changed by two people to different things; nothing has been saved.

    `seen` holds for each clashing field what the person started from and what they are shown now, for the next attempt.
    """

    def __init__(self, conflicts: Iterable[Conflict], seen: Mapping[str, str]) -> None:
        self.conflicts = {conflict.field: conflict for conflict in conflicts}
        self.seen = dict(seen)
        super().__init__(", ".join(self.conflicts))


def add(
    instance: M,
    values: Mapping[str, Any],
    *,
    by: AbstractBaseUser | None,
    trail: str | Callable[[M], str],
    verb: str = "added",
    notes: Sequence[audit.FieldChange] = (),
) -> M:
    """Save a new record with its many-to-many values and say so in the trail, which may depend on the number it gets.

    `notes` are kept with the event as they stand, such as the reason that was given.
    """
    plain, many = _split(instance, values)
    for name, value in plain.items():
        setattr(instance, name, value)
    _check(instance)
    _save(instance, force_insert=True)
    _choose(instance, many)
    event = audit.record(verb, instance, by=by, trail=trail if isinstance(trail, str) else trail(instance), changes=notes)
    if isinstance(instance, Versioned):
        versions.keep(instance, event=event)
    return instance


def change(
    instance: M,
    values: Mapping[str, Any],
    *,
    by: AbstractBaseUser | None,
    trail: str,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
    verb: str = "changed",
    notes: Sequence[audit.FieldChange] = (),
) -> M:
    """Change a locked record field by field, as `changed_fields` tells; writes nothing when nothing changed.

    `notes` are kept with the event beside what changed, such as the reason that was given.
    """
    changed = changed_fields(instance, values, seen=seen, overwrite=overwrite)
    if not changed:
        return instance
    versions.keep_first(instance)
    changes = [*describe(instance, {name: values[name] for name in changed}), *notes]
    plain, many = _split(instance, {name: values[name] for name in changed})
    for name, value in plain.items():
        setattr(instance, name, value)
    _check(instance)
    if plain:
        _save(instance, update_fields=list(plain))
    _choose(instance, many)
    versions.keep_next(instance, event=audit.record(verb, instance, by=by, trail=trail, changes=changes))
    return instance


def changed_fields(
    instance: models.Model,
    values: Mapping[str, Any],
    *,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> list[str]:
    """Return which fields of a locked record a person changes; those named in `overwrite` win over the colleague's edit that was shown.

    `seen` maps each field to the fingerprint of the value the person started from, followed by that of the colleague's
    text where a clash was shown; without it every field is taken as meant. Raises `EditConflict` when both changed one
    field differently.
    """
    before = {name: field_value(instance, name) for name in values}
    mine = {name: comparable(value) for name, value in values.items()}
    changed = [name for name in values if mine[name] != before[name]]
    if seen is not None:
        started = {name: seen.get(name, "").partition(" ")[0] for name in changed}
        changed = [name for name in changed if name in overwrite or started[name] != fingerprint(mine[name])]
        stands = {name: fingerprint(before[name]) for name in changed}
        clashing = [n for n in changed if n in seen and not _is_known(stands[n], seen[n], is_chosen=n in overwrite)]
        if clashing:
            raise EditConflict(_conflicts(instance, clashing), {n: f"{started[n]} {stands[n]}" for n in clashing})
    return changed


def remove(instance: models.Model, *, by: AbstractBaseUser | None, trail: str) -> None:
    """Delete a record and keep what it said in the trail."""
    fields = [f.name for f in instance._meta.concrete_fields if f.editable and not f.primary_key]
    fields += [f.name for f in instance._meta.many_to_many]
    said = {name: shown(instance, name, getattr(instance, name)) for name in fields}
    changes: list[audit.FieldChange] = [
        {"field": name, "label": label_of(instance, name), "old": text[:MAX_AUDIT_TEXT], "new": ""}
        for name, text in said.items()
        if text
    ]
    audit.record("removed", instance, by=by, trail=trail, changes=changes)
    try:
        instance.delete()
    except models.ProtectedError as error:
        names = ", ".join(sorted({str(used) for used in error.protected_objects}))
        raise ActionRefused([Blocker(f"{instance} is still used by {names}. Change that first.")]) from error


def next_number(name: str) -> int:
    """Take the next number of a row without gaps; the lock is held until the transaction ends."""
    Counter.objects.get_or_create(name=name)
    counter = Counter.objects.select_for_update().get(name=name)
    counter.value += 1
    counter.save(update_fields=["value"])
    return counter.value


def snapshot(instance: models.Model, names: Iterable[str]) -> dict[str, str]:
    """Return the fingerprint of each named field as it stands."""
    return {name: fingerprint(field_value(instance, name)) for name in names}


def fingerprint(value: Any) -> str:
    """Return a short hash of a comparable value: enough to tell that a field has changed."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:FINGERPRINT_LENGTH]


def mark_of(records: Iterable[Versioned]) -> str:
    """Return a mark of what these records say and in which order: it changes as soon as any of that does; one that is not saved yet has its own."""
    return fingerprint([[record.pk, record.version] for record in records])


def _split(instance: models.Model, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part plain fields from many-to-many ones."""
    many = {f.name for f in instance._meta.many_to_many}
    return (
        {name: value for name, value in values.items() if name not in many},
        {name: value for name, value in values.items() if name in many},
    )


def _choose(instance: models.Model, many: Mapping[str, Any]) -> None:
    """Set the many-to-many values; a row that somebody has removed since it was ticked is a refusal in words."""
    for name, chosen in many.items():
        manager = getattr(instance, name)
        keys = {row.pk if isinstance(row, models.Model) else row for row in chosen}
        if manager.model._default_manager.filter(pk__in=keys).count() < len(keys):
            label = label_of(instance, name)
            raise ActionRefused(
                [Blocker(f"Something chosen under “{label}” has been removed meanwhile. Look at the list again.")]
            )
        manager.set(chosen)


def _check(instance: models.Model) -> None:
    """Hold a record to its own fields and constraints; what it breaks is a refusal in words."""
    try:
        instance.full_clean()
    except ValidationError as error:
        raise ActionRefused(Blocker(message) for message in error.messages) from error


def _save(instance: models.Model, **how: Any) -> None:
    """Save a checked record; what somebody saved at the same moment and only the database sees is a refusal in words."""
    try:
        with transaction.atomic():
            instance.save(**how)
    except IntegrityError:
        _check(instance)
        raise


def describe(instance: models.Model, values: Mapping[str, Any]) -> list[audit.FieldChange]:
    """Tell each change as old and new text, cut to what a history needs."""
    return [
        {
            "field": name,
            "label": label_of(instance, name),
            "old": shown(instance, name, getattr(instance, name))[:MAX_AUDIT_TEXT],
            "new": shown(instance, name, value)[:MAX_AUDIT_TEXT],
        }
        for name, value in values.items()
    ]


def _is_known(stands: str, seen: str, *, is_chosen: bool) -> bool:
    """Tell whether the person knew what stands in a field now: they started from it, or chose their text over it."""
    started, _, shown = seen.partition(" ")
    return stands == started or (is_chosen and stands == (shown or stands))


def _conflicts(instance: models.Model, names: Iterable[str]) -> list[Conflict]:
    """Tell for each clashing field what stands there now, and who wrote it when."""
    events = AuditEvent.objects.filter(subject_type=instance._meta.label_lower, subject_id=instance.pk)
    recent = list(events.select_related("actor").order_by("-at", "-pk")[:50])
    found = []
    for name in names:
        last = next((e for e in recent if any(c["field"] == name for c in e.changes)), None)
        found.append(
            Conflict(
                field=name,
                label=label_of(instance, name),
                theirs=shown(instance, name, getattr(instance, name)) or "(left empty)",
                who=str(last.actor) if last and last.actor else "Somebody else",
                when=last.at if last else None,
            )
        )
    return found
