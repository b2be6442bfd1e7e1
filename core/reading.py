"""Reading several to-many relations at once, so that a page of a whole plan stays within its number of queries."""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection, models
from django.db.models import Func, Value
from django.db.models.expressions import Col
from django.utils import timezone
from django.utils.dateparse import parse_datetime

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

# The database numbers its rows up to 2^63; a longer number belongs to no row and cannot even be asked for.
MAX_ID_DIGITS = 18


class Relation(NamedTuple):
    """One to-many relation to read: of which records, by which name, in which order."""

    owners: Sequence[models.Model]
    name: str
    order: Callable[[Any], Any] = lambda row: row.pk


class Rows(NamedTuple):
    """Some records to read, without the columns that nobody asks for here."""

    queryset: models.QuerySet[Any]
    without: Collection[str] = ()


class _Columns(Func):
    """Columns of one record as a JSON array. Where they stand is looked up once, not for each: a page of a plan asks for hundreds."""

    function = "JSON_ARRAY"
    output_field = models.JSONField()

    def __init__(self, fields: Sequence[models.Field[Any, Any]], prefix: str = "") -> None:
        super().__init__()
        self.fields, self.prefix = fields, prefix

    def resolve_expression(self, query: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Find the table of the record in a query, by a column that a join cannot be spared for, and take all columns from there."""
        known = next(field.attname for field in self.fields if not field.primary_key)
        alias = query.resolve_ref(f"{self.prefix}{known}").alias
        resolved = self.copy()
        resolved.set_source_expressions([Col(alias, field) for field in self.fields])
        return resolved

    def as_postgresql(self, compiler: Any, connection: Any, **extra_context: Any) -> Any:
        """Use the name that PostgreSQL has had for it before version 16 too."""
        return self.as_sql(compiler, connection, function="JSONB_BUILD_ARRAY", **extra_context)


def read_in_one_query(*wanted: Rows) -> list[list[Any]]:
    """Return the records of several querysets, in no order, with a single UNION query.

    A column that was left out is read when it is asked for.
    """
    parts, fields = [], [_fields(rows.queryset.model, rows.without) for rows in wanted]
    for number, rows in enumerate(wanted):
        label = Value(number, output_field=models.IntegerField())
        parts.append(rows.queryset.order_by().values_list(label, _Columns(fields[number])))
    found: list[list[Any]] = [[] for _ in wanted]
    for number, row in parts[0].union(*parts[1:], all=True):
        found[number].append(_revive(wanted[number].queryset.model, fields[number], row))
    return found


def prefetch_in_one_query(relations: Sequence[Relation]) -> None:
    """Fill the prefetch caches of all the relations with a single UNION query.

    Each row of the query is (number of the relation, owner, the columns of the related record as JSON). Relations without owners cost
    nothing. Related records are complete: reading any of their own columns needs no further query.
    """
    wanted = [(number, relation) for number, relation in enumerate(relations) if relation.owners]
    if not wanted:
        return
    parts = [_rows_of(number, relation) for number, relation in wanted]
    query = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    found: dict[tuple[int, Any], list[models.Model]] = {}
    for number, owner, row in query:
        target = _target(relations[number])
        found.setdefault((number, owner), []).append(_revive(target, _fields(target), row))
    for number, relation in wanted:
        for record in relation.owners:
            _fill(record, relation, found.get((number, record.pk), []))


def _field(relation: Relation) -> Any:
    """Return the model field, forward many-to-many or reverse foreign key, that a relation is."""
    return relation.owners[0]._meta.get_field(relation.name)


def _target(relation: Relation) -> type[models.Model]:
    """Return the model that a relation leads to."""
    target: type[models.Model] = _field(relation).related_model
    return target


def _rows_of(number: int, relation: Relation) -> Any:
    """Return the query of one relation."""
    field = _field(relation)
    owners = [record.pk for record in relation.owners]
    if field.many_to_many:
        rows = field.remote_field.through._default_manager.all()
        owner, prefix = field.m2m_field_name(), f"{field.m2m_reverse_field_name()}__"
    else:
        rows = field.related_model._default_manager.all()
        owner, prefix = field.field.name, ""
    return (
        rows.filter(**{f"{owner}__in": owners})
        .order_by()
        .values_list(
            Value(number, output_field=models.IntegerField()), f"{owner}_id", _Columns(_fields(field.related_model), prefix)
        )
    )


def _fields(model: type[models.Model], without: Collection[str] = ()) -> list[models.Field[Any, Any]]:
    """Return the fields that are read of a model."""
    return [field for field in model._meta.concrete_fields if field.attname not in without]


def _revive(model: type[models.Model], fields: Sequence[models.Field[Any, Any]], row: Sequence[Any]) -> models.Model:
    """Make a record of a row that came as JSON."""
    values = [_python_value(field, value) for field, value in zip(fields, row, strict=True)]
    return model.from_db("default", [field.attname for field in fields], values)


def _python_value(field: Any, value: Any) -> Any:
    """Return one column's value as Django would have read it."""
    if value is None:
        return None
    if isinstance(field, models.JSONField) and isinstance(value, str) and connection.vendor == "sqlite":
        # There it is a text within the row's own JSON.
        return json.loads(value, cls=field.decoder)
    if isinstance(field, models.DateTimeField):
        moment = parse_datetime(str(value))
        return moment if moment is None or timezone.is_aware(moment) else timezone.make_aware(moment, UTC)
    if isinstance(field, models.DecimalField):
        return round(field.to_python(str(value)), field.decimal_places)
    return field.target_field.to_python(value) if field.is_relation else field.to_python(value)


def _fill(record: models.Model, relation: Relation, rows: list[models.Model]) -> None:
    """Put the rows where `record.<name>.all()` looks for them."""
    field = _field(relation)
    name = relation.name if field.many_to_many else field.get_accessor_name()
    manager = getattr(record, name)
    ordered = sorted(rows, key=relation.order)
    if not field.many_to_many:
        for row in ordered:
            setattr(row, field.field.name, record)
    answer = manager.get_queryset()
    answer._result_cache = ordered
    answer._prefetch_done = True
    cache = record.__dict__.setdefault("_prefetched_objects_cache", {})
    cache[name] = answer
