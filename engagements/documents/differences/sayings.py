"""How one field of a brief is spoken of, in one sentence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from engagements.documents.differences import quoting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engagements.documents.brief import Brief


class Saying(Protocol):
    """Says of one or more fields, in one sentence, what became of them."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the fields that the sentence speaks of."""
        ...

    def tell(self, name: str, old: Any, new: Any, brief: Brief) -> str:
        """Return the sentence for a thing of this name, older and newer; the brief is the newer one."""
        ...


@dataclass(frozen=True)
class Fact:
    """Something that is filled in or not. Templates know {what}, {name}, {old}, {new} and {more}.

    `pair` writes {old} and {new} from the values of the fields, `more` adds what the newer thing says beside them.
    """

    fields: tuple[str, ...]
    what: str
    pair: Callable[[Sequence[Any], Sequence[Any]], tuple[str, str]]
    changed: str = "{what} went from {old} to {new}."
    filled: str = "{what} {was} filled in: {new}."
    emptied: str = "{what} {was} taken out; it was {old}."
    was: str = "was"
    more: Callable[[Any], str] = lambda thing: ""

    def tell(self, name: str, old: Any, new: Any, brief: Brief) -> str:
        """Say what the fact was and is."""
        before, after = self.pair(*([getattr(thing, field) for field in self.fields] for thing in (old, new)))
        template = (self.changed if after else self.emptied) if before else self.filled
        if before == after:
            template = "{what} {was} set down anew, reading the same as before."
        what = self.what.format(name=name)
        words = {"what": what, "name": name, "old": before, "new": after, "was": self.was, "more": self.more(new)}
        return quoting.capitalised(template.format(**words))


@dataclass(frozen=True)
class Names:
    """A list of names: what was added to it and what was taken out."""

    field: str
    what: str
    show: Callable[[Any, Brief], str] = lambda item, brief: quoting.named(item)

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the one field that is the list."""
        return (self.field,)

    def tell(self, name: str, old: Any, new: Any, brief: Brief) -> str:
        """Say what came and what went, or that only the order changed."""
        before, after = getattr(old, self.field), getattr(new, self.field)
        come, gone = _left_over(after, before), _left_over(before, after)
        what = self.what.format(name=name)
        if not come and not gone:
            return f"The order of {what} is now: {self._listed(after, brief)}."
        if not gone:
            return quoting.capitalised(f"{self._listed(come, brief)} {_was(come)} added to {what}.")
        if not come:
            return quoting.capitalised(f"{self._listed(gone, brief)} {_was(gone)} taken out of {what}.")
        added = f"{self._listed(come, brief)} {_was(come)} added to {what}"
        return quoting.capitalised(f"{added}, and {self._listed(gone, brief)} {_was(gone)} taken out.")

    def _listed(self, items: Sequence[Any], brief: Brief) -> str:
        return quoting.listed([self.show(item, brief) for item in items])


@dataclass(frozen=True)
class Flag:
    """Something that is so or not so."""

    field: str
    yes: str
    no: str

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the one field."""
        return (self.field,)

    def tell(self, name: str, old: Any, new: Any, brief: Brief) -> str:
        """Say how it is now."""
        return quoting.capitalised((self.yes if getattr(new, self.field) else self.no).format(name=name))


@dataclass(frozen=True)
class Signed:
    """A text with who wrote it and when: a new text names them; where the text stayed, `by` says that they changed."""

    text: Fact
    by: Fact

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the fields of both."""
        return (*self.text.fields, *self.by.fields)

    def tell(self, name: str, old: Any, new: Any, brief: Brief) -> str:
        """Say what was written and by whom."""
        (field,) = self.text.fields
        if getattr(old, field) == getattr(new, field):
            return self.by.tell(name, old, new, brief)
        return self.text.tell(name, old, new, brief)


def fact(fields: str, what: str, show: Callable[..., str], **templates: Any) -> Fact:
    """Return how a fact is said that stands in one field or, with spaces between, in several."""
    return Fact(tuple(fields.split()), what, lambda old, new: (show(*old), show(*new)), **templates)


def text(field: str, what: str, **templates: Any) -> Fact:
    """Return how a few words are said: in full, from what to what."""
    return Fact((field,), what, lambda old, new: quoting.quoted_pair(old[0], new[0], quoting.MAX_NAME), **templates)


def prose(field: str, what: str, **templates: Any) -> Fact:
    """Return how a long text is said: that it was rewritten, and how it now begins."""
    said = {"changed": "{what} {was} rewritten: {new}.", "emptied": "{what} {was} taken out."}
    return Fact((field,), what, lambda old, new: quoting.quoted_pair(old[0], new[0], quoting.MAX_QUOTED), **{**said, **templates})


def statement(field: str, noun: str) -> Fact:
    """Return how the words are said by which a thing is known: it keeps its old name until the end of the sentence."""

    def pair(old: Sequence[Any], new: Sequence[Any]) -> tuple[str, str]:
        before, after = quoting.quoted_pair(old[0], new[0], quoting.MAX_QUOTED)
        return (before, after) if before == after else (quoting.quoted(old[0]), after)

    return Fact((field,), "the words of {name}", pair, changed=f"{noun} {{old}} now reads: {{new}}.")


def count(field: str, one: str, many: str) -> Fact:
    """Return how a number of something is said."""

    def pair(old: Sequence[Any], new: Sequence[Any]) -> tuple[str, str]:
        number = "" if new[0] is None else f"{new[0]} {one if new[0] == 1 else many}"
        return "" if old[0] is None else str(old[0]), number

    return Fact(
        (field,),
        f"the number of {many} for {{name}}",
        pair,
        changed="{name} now has {new} instead of {old}.",
        filled="{name} now has {new}.",
    )


def _left_over(items: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """Return the items that the other list does not have, or not as often."""
    held = Counter(others)
    rest = []
    for item in items:
        if held[item]:
            held[item] -= 1
        else:
            rest.append(item)
    return rest


def _was(items: Sequence[Any]) -> str:
    return "was" if len(items) == 1 else "were"
