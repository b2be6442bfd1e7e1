"""The shape of the tables of words: things, their fields, and the lists that they stand in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engagements.documents.differences.quoting import named

if TYPE_CHECKING:
    from collections.abc import Callable

    from engagements.documents.differences.sayings import Fact, Saying


@dataclass(frozen=True)
class Thing:
    """How one kind of thing is called and what is said of its fields.

    `called` is its name within a sentence, where {name} is quoted and {of} says what it is for. A thing that is known by a
    field is another thing where that field differs; any other may be called something else from now on. `number` says a place
    in the list that changed without anything else having come, gone or moved. `more` is what is said of an item that came or
    went beside its name. What lies `apart` is said in another section.
    """

    kind: type
    named_by: tuple[str, ...]
    sayings: tuple[Saying | Part | Parts, ...] = ()
    called: str = "{name}"
    known_by: str = ""
    number: Fact | None = None
    more: Callable[[Any], str] = lambda item: ""
    apart: tuple[Parts, ...] = ()

    def name_of(self, item: Any) -> str:
        """Return the first of its names that is filled in, as it was typed."""
        return next((value for name in self.named_by if (value := str(getattr(item, name)))), "")

    def quoted_name(self, item: Any) -> str:
        """Return its name in quotation marks."""
        return named(self.name_of(item))


@dataclass(frozen=True)
class Part:
    """A field that holds one thing."""

    field: str
    thing: Thing


@dataclass(frozen=True)
class Parts:
    """A field that holds a list of things. Templates know {name}, {of} and {more}; `all` names the list."""

    field: str
    thing: Thing
    added: str
    removed: str
    all: str
