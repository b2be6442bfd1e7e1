"""Seals of audit events: an event is sealed as it is written, with the portal's key, so that a row which the portal did not write is told apart.

A seal is the name of the key, a number used once, and an HMAC over every column. It needs no other row and so no lock.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.crypto import constant_time_compare

if TYPE_CHECKING:
    from collections.abc import Mapping

SEALED = ("at", "actor_id", "verb", "subject_type", "subject_id", "subject_label", "trail", "changes")
SALT = "core.seals"
KEY_NAME_LENGTH = 8
MAX_SEAL_LENGTH = 100
_ENCODER = DjangoJSONEncoder(sort_keys=True, separators=(",", ":"))


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
    return _ENCODER.encode(said)


def seal(values: Mapping[str, Any]) -> str:
    """Return a fresh seal over the columns of an event."""
    once = secrets.token_hex(8)
    return f"{_name_of(settings.SECRET_KEY)}:{once}:{_code(text_of(values), once, settings.SECRET_KEY)}"


def is_true(text: str, kept: str) -> bool | None:
    """Tell whether a seal over the text of an event is the portal's own; nothing where it was made with a key that is not known any more, or before there were seals."""
    name, _, rest = kept.partition(":")
    once, _, code = rest.partition(":")
    key = next((key for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS] if _name_of(key) == name), None)
    return None if key is None else constant_time_compare(code, _code(text, once, key))


# A look at the whole chain asks for these of every event.
@lru_cache(maxsize=16)
def _name_of(key: str) -> str:
    """Name a key without giving it away."""
    return hashlib.sha256(f"{SALT}.name:{key}".encode()).hexdigest()[:KEY_NAME_LENGTH]


@lru_cache(maxsize=16)
def _salted(key: str) -> bytes:
    """Return the key of seals that is made of one of the portal's, as Django's `salted_hmac` makes it."""
    return hashlib.sha256(f"{SALT}{key}".encode()).digest()


def _code(text: str, once: str, key: str) -> str:
    return hmac.digest(_salted(key), f"{once}:{text}".encode(), "sha256").hex()
