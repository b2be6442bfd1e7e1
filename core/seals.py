"""Seals of audit events: an event is sealed as it is written, with the portal's key, so that a row which the portal did not write is told apart.

A seal is the name of the key, a number used once, and an HMAC over every column. It needs no other row and so no lock.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.crypto import constant_time_compare, salted_hmac

if TYPE_CHECKING:
    from collections.abc import Mapping

SEALED = ("at", "actor_id", "verb", "subject_type", "subject_id", "subject_label", "trail", "changes")
SALT = "core.seals"
KEY_NAME_LENGTH = 8
MAX_SEAL_LENGTH = 100


class SealField(models.CharField):
    """A column that seals the others when a row is added; it is declared last, when they have their values."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Seal a new row; an old one keeps what it has."""
        if add and not getattr(model_instance, self.attname):
            values = {name: getattr(model_instance, name) for name in SEALED}
            setattr(model_instance, self.attname, seal(values))
        return str(getattr(model_instance, self.attname))


def text_of(values: Mapping[str, Any]) -> str:
    """Return the columns of an event as one text that is the same before and after it was stored, on either database."""
    said = {name: values[name] for name in SEALED}
    if isinstance(said["at"], datetime):
        said["at"] = said["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps(said, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"))


def seal(values: Mapping[str, Any]) -> str:
    """Return a fresh seal over the columns of an event."""
    once = secrets.token_hex(8)
    return f"{_name_of(settings.SECRET_KEY)}:{once}:{_code(values, once, settings.SECRET_KEY)}"


def is_true(values: Mapping[str, Any], kept: str) -> bool | None:
    """Tell whether a seal is the portal's own; nothing where it was made with a key that is not known any more, or before there were seals."""
    name, _, rest = kept.partition(":")
    once, _, code = rest.partition(":")
    key = next((key for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS] if _name_of(key) == name), None)
    return None if key is None else constant_time_compare(code, _code(values, once, key))


def _name_of(key: str) -> str:
    """Name a key without giving it away."""
    return hashlib.sha256(f"{SALT}.name:{key}".encode()).hexdigest()[:KEY_NAME_LENGTH]


def _code(values: Mapping[str, Any], once: str, key: str) -> str:
    return salted_hmac(SALT, f"{once}:{text_of(values)}", secret=key, algorithm="sha256").hexdigest()
