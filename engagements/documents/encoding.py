"""The brief as JSON, and the hash by which anybody can tell that it has not changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, is_dataclass
from enum import Enum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from engagements.documents.brief import FORMAT, Brief, names_of


class UnreadableBrief(ValueError):
    """Raised when a stored document is not a brief; says which part of it."""


def to_json(brief: Brief) -> dict[str, Any]:
    """Return the brief as values that JSON knows: objects, lists, texts, whole numbers, true, false and null."""
    document: dict[str, Any] = json.loads(json.dumps(asdict(brief)))
    return {"format": FORMAT, **document}


def from_json(document: object) -> Brief:
    """Return the brief of a stored document; raise `UnreadableBrief` where anything is missing, unknown or of the wrong kind."""
    if not isinstance(document, dict):
        raise UnreadableBrief("The document is not an object.")
    rest = dict(document)
    number = rest.pop("format", None)
    if number != FORMAT:
        raise UnreadableBrief(f"The document has format {number!r}, and only format {FORMAT} is known.")
    brief: Brief = _read(Brief, rest, "document")
    return brief


def content_hash(brief: Brief) -> str:
    """Return the SHA-256 of the brief's JSON with its keys in order, as 64 hexadecimal digits."""
    canonical = json.dumps(to_json(brief), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _read(kind: Any, value: Any, where: str) -> Any:
    """Return a JSON value as the type that a field declares."""
    if isinstance(kind, type) and is_dataclass(kind):
        return _read_object(kind, value, where)
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise UnreadableBrief(f"{where} is not a list.")
        (part,) = (argument for argument in get_args(kind) if argument is not ...)
        return tuple(_read(part, item, f"{where}[{number}]") for number, item in enumerate(value))
    if isinstance(kind, UnionType):
        (kind,) = (argument for argument in get_args(kind) if argument is not type(None))
        return None if value is None else _read(kind, value, where)
    if issubclass(kind, Enum):
        if value not in [member.value for member in kind]:
            raise UnreadableBrief(f"{where} has a value that is not known: {value!r}.")
        return kind(value)
    # Not isinstance: to Python, true is a whole number.
    if type(value) is not kind:
        raise UnreadableBrief(f"{where} is not a {kind.__name__}.")
    return value


def _read_object(kind: type, value: Any, where: str) -> Any:
    """Return a JSON object as a dataclass that has exactly its keys."""
    if not isinstance(value, dict):
        raise UnreadableBrief(f"{where} is not an object.")
    names = names_of(kind)
    if missing := sorted(names - value.keys()):
        raise UnreadableBrief(f"{where} lacks {', '.join(missing)}.")
    if unknown := sorted(map(str, value.keys() - names)):
        raise UnreadableBrief(f"{where} has unknown parts: {', '.join(unknown)}.")
    hints = get_type_hints(kind)
    return kind(**{name: _read(hints[name], value[name], f"{where}.{name}") for name in names})
