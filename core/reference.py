"""Reference data: fixtures that are loaded again and again without harm.

Each app registers its fixtures in `apps.py`. Loading is a three-way merge of each field: what the fixture says now, what it said when it
was last loaded, and what stands in the database. A field changes only where the fixture has changed and nobody has edited it in the portal.
Rows that users added are not touched, nor is anything that is not registered.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from core import said, versions
from core.fixtures import Fixture, registered
from core.models import ReferenceRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass
class LoadReport:
    """What loading one fixture did."""

    model: str
    added: int = 0
    changed: int = 0
    kept: int = 0

    def __str__(self) -> str:
        return f"{self.model}: {self.added} added, {self.changed} changed, {self.kept} kept as edited in the portal"


class _Names:
    """The rows that fixtures name in their relations: by what a fixture calls them now, and by what it called them when last loaded.

    The row itself may carry other words, since its text can be edited in the portal.
    """

    def __init__(self) -> None:
        self._now: dict[tuple[str, str, Any], models.Model] = {}
        self._before: dict[tuple[str, str, Any], models.Model] = {}

    def learn(self, instance: models.Model, row: Mapping[str, Any]) -> None:
        """Remember what a row is called."""
        self._now |= self._calls(instance, row)

    def recall(self, instance: models.Model, row: Mapping[str, Any]) -> None:
        """Remember what a row was called when it was last loaded, whether or not a fixture still holds it."""
        self._before |= self._calls(instance, row)

    def now(self, fixture: Fixture, name: str, value: Any) -> Any:
        """Return a value of a fixture as the model takes it: names become rows."""
        if name not in fixture.links or value is None:
            return value
        if isinstance(value, list):
            return [self.now(fixture, name, one) for one in value]
        try:
            return self._now[self._address(fixture, name, value)]
        except KeyError:
            raise KeyError(f"{fixture.model}.{name} names “{value}”, which no fixture holds") from None

    def before(self, fixture: Fixture, name: str, value: Any) -> Any:
        """Return a value as it was last loaded; a row that is no more is left out."""
        if name not in fixture.links or value is None:
            return value
        if isinstance(value, list):
            return [row for row in (self.before(fixture, name, one) for one in value) if row]
        return self._before.get(self._address(fixture, name, value))

    @staticmethod
    def _calls(instance: models.Model, row: Mapping[str, Any]) -> dict[tuple[str, str, Any], models.Model]:
        return {(instance._meta.label, name, value): instance for name, value in row.items() if not isinstance(value, list)}

    @staticmethod
    def _address(fixture: Fixture, name: str, value: Any) -> tuple[str, str, Any]:
        related: Any = apps.get_model(fixture.model)._meta.get_field(name).related_model
        return related._meta.label, fixture.links[name], value


@transaction.atomic
def load(folder: Path) -> list[LoadReport]:
    """Load every registered fixture from a folder and report what was done."""
    names = _Names()
    return [
        _load_one(fixture, json.loads((folder / fixture.path).read_text(encoding="utf-8")), names) for fixture in registered()
    ]


def _load_one(fixture: Fixture, rows: list[dict[str, Any]], names: _Names) -> LoadReport:
    """Load the rows of one fixture."""
    model = apps.get_model(fixture.model)
    report = LoadReport(fixture.model)
    known = ReferenceRow.objects.for_model(fixture.model)
    present = {tuple(str(_plain(r, n)) for n in fixture.key): r for r in _retired_first(model)}
    for earlier in known.values():
        found = present.get(_identity(fixture, {n: names.before(fixture, n, earlier.values[n]) for n in fixture.key}))
        if found is not None:
            names.recall(found, earlier.values)
    read = []
    for row in rows:
        values = {name: names.now(fixture, name, value) for name, value in row.items()}
        instance = present.get(_identity(fixture, values))
        loaded = known.get(_key(fixture, row))
        before = loaded.values if loaded else {}
        if instance is None:
            # What was loaded before and is gone was removed or renamed in the portal: it does not come back.
            instance = _add(model, values) if loaded is None else None
            if instance is None:
                report.kept += 1
                continue
            report.added += 1
        elif _is_left_alone(instance, is_known=loaded is not None):
            report.kept += loaded is None or loaded.values != row
        else:
            fresh = {n: v for n, v in values.items() if before.get(n) != row[n]}
            _merge(instance, fresh, {n: names.before(fixture, n, v) for n, v in before.items() if n in fresh}, report)
        names.learn(instance, row)
        if loaded is None or loaded.values != row:
            read.append(ReferenceRow(model=fixture.model, key=_key(fixture, row), values=row))
    ReferenceRow.objects.bulk_create(read, update_conflicts=True, unique_fields=["model", "key"], update_fields=["values"])
    return report


def _retired_first(model: type[models.Model]) -> list[models.Model]:
    """Return the rows of a model, those that something has replaced before what replaced them."""
    return sorted(model._default_manager.all(), key=lambda row: (getattr(row, "retired_at", None) is None, row.pk))


def _is_left_alone(instance: models.Model, *, is_known: bool) -> bool:
    """Tell whether a fixture has no say in a row: its words never change, and it was retired or added in the portal."""
    return hasattr(instance, "replaces_id") and (getattr(instance, "retired_at", None) is not None or not is_known)


def _add(model: type[models.Model], values: Mapping[str, Any]) -> models.Model | None:
    """Make the row that a fixture describes; return None where somebody has added one like it in the portal."""
    many = {f.name for f in model._meta.many_to_many}
    instance = model(**{name: value for name, value in values.items() if name not in many})
    try:
        with transaction.atomic():
            instance.save(force_insert=True)
    except IntegrityError:
        if _is_unique(instance):
            raise
        return None
    for name in many & values.keys():
        getattr(instance, name).set(values[name])
    return instance


def _is_unique(instance: models.Model) -> bool:
    """Tell whether no other row has what may stand only once."""
    try:
        instance.validate_unique()
        instance.validate_constraints()
    except ValidationError:
        return False
    return True


def _merge(instance: models.Model, fresh: Mapping[str, Any], before: Mapping[str, Any], report: LoadReport) -> None:
    """Bring what the fixture changed into a row, except where somebody has edited it in the portal."""
    edited = {name for name in fresh if name in before and said.field_value(instance, name) != said.comparable(before[name])}
    differing = [n for n in fresh if n not in edited and said.field_value(instance, n) != said.comparable(fresh[n])]
    report.kept += bool(edited)
    report.changed += bool(differing)
    many = {f.name for f in instance._meta.many_to_many}
    if differing:
        versions.keep_first(instance)
    for name in differing:
        if name in many:
            getattr(instance, name).set(fresh[name])
        else:
            setattr(instance, name, fresh[name])
    plain = [name for name in differing if name not in many]
    if plain:
        instance.save(update_fields=plain)
    if differing:
        versions.keep_next(instance)


def _key(fixture: Fixture, row: Mapping[str, Any]) -> str:
    """Return the words that name one row of a fixture."""
    return " / ".join(str(row[name]) for name in fixture.key)


def _identity(fixture: Fixture, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the key fields of a row, a relation as its primary key."""
    return tuple(str(said.comparable(values[name])) for name in fixture.key)


def _plain(instance: models.Model, name: str) -> Any:
    """Return a key field of a row, a relation as its primary key."""
    model_field = instance._meta.get_field(name)
    return getattr(instance, model_field.attname)  # type: ignore[union-attr]  # key fields are columns
