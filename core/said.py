"""How a value of a record is compared, and how it is said in words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format

from core.text import date_and_time


def field_value(instance: models.Model, name: str) -> Any:
    """Return one field of a record in comparable form."""
    field = instance._meta.get_field(name)
    if isinstance(field, models.ManyToManyField):
        return sorted(row.pk for row in getattr(instance, name).all()) if instance.pk else []
    # A foreign key by its column: the related row need not be read.
    return comparable(getattr(instance, getattr(field, "attname", name)))


def comparable(value: Any) -> Any:
    """Bring a value into plain JSON, so that what was typed and what is stored compare alike."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, (models.QuerySet, list, tuple, set)):
        return sorted(item.pk if isinstance(item, models.Model) else item for item in value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime) and timezone.is_aware(value):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value.replace("\r\n", "\n")
    return value


def as_text(value: Any) -> str:
    """Say a value in words, for the history and for a conflict."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (models.QuerySet, models.Manager)):
        return ", ".join(str(item) for item in value.all())
    if isinstance(value, (list, tuple, set)):
        return ", ".join(str(item) for item in value)
    if isinstance(value, datetime):
        return date_and_time(value)
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    return str(value)


def label_of(instance: models.Model, name: str) -> str:
    """Return a field's name in words."""
    return str(getattr(instance._meta.get_field(name), "verbose_name", name))


def shown(instance: models.Model, name: str, value: Any) -> str:
    """Say a value of one field, with the words of its choices."""
    choices = dict(getattr(instance._meta.get_field(name), "flatchoices", ()) or ())
    return str(choices[value]) if choices and value in choices else as_text(value)
