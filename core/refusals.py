"""How a step is refused: with every reason, each a sentence fit for the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Blocker:
    """One reason why a step cannot be taken, with the address where it can be put right.

    `part` names what it is a reason against, where that is not the page at the address.
    """

    sentence: str
    url: str = ""
    part: str = ""

    def bars(self, part: str) -> bool:
        """Tell whether this is a reason against one part of a plan: the one it names, or else the page at its address."""
        return self.part == part if self.part else f"/{part}/" in self.url

    def __str__(self) -> str:
        return self.sentence


class ActionRefused(Exception):
    """Raised by an action whose record is not in a state to allow it."""

    def __init__(self, blockers: Iterable[Blocker]) -> None:
        self.blockers = list(blockers)
        super().__init__(" ".join(blocker.sentence for blocker in self.blockers))


def refuse_if(blockers: Iterable[Blocker]) -> None:
    """Raise `ActionRefused` with all the blockers, if there is any."""
    found = list(blockers)
    if found:
        raise ActionRefused(found)
