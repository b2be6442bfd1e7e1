"""The short forms of words that several sections of the Word file use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engagements.documents import telling
from engagements.documents.word.sheet import Line, Lines, Piece, line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engagements.documents.brief import Planned, Step

NOT_AGREED = "Not yet agreed"


def gap(*, is_draft: bool) -> Lines:
    """Return what a draft says where something important is not filled in."""
    return line(Piece(NOT_AGREED, "Gap")) if is_draft else ()


def in_brackets(text: str) -> Piece:
    """Return a remark in brackets after something else, or nothing."""
    return Piece(f" ({text})" if text else "", "Quiet")


def with_comma(*texts: str) -> str:
    """Join what there is with commas: a name and a job, a name alone."""
    return ", ".join(filter(None, texts))


def steps(found: Iterable[Step]) -> Lines:
    """Return Forward View steps with their kind."""
    return tuple(Line((Piece(step.name), in_brackets(step.kind.lower())), is_item=True) for step in found)


def dates(planned: Planned) -> Lines:
    """Return when a planned intervention takes place."""
    if planned.starts_on and planned.ends_on:
        return line(f"{telling.day(planned.starts_on)} to {telling.day(planned.ends_on)}")
    if planned.starts_on:
        return line(f"From {telling.day(planned.starts_on)}")
    return line(f"Until {telling.day(planned.ends_on)}") if planned.ends_on else ()


def cost(planned: Planned) -> Lines:
    """Return what a planned intervention costs."""
    if planned.is_no_cost:
        return line("No cost")
    return line(telling.pounds(planned.estimated_cost)) if planned.estimated_cost else ()
