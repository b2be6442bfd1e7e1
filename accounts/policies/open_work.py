"""The open work of one person, found by the upper apps that know it, and who may take it over (P11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.urls import reverse

from core.refusals import Blocker
from core.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from accounts.models import User

    WorkNamer = Callable[[Collection[str], User], dict[str, tuple[str, str]]]

# What can be chosen beside a person: somebody who has no account yet, or nobody at all.
NEW, NOBODY = "new", "nobody"


class WorkSource(Protocol):
    """What an upper app joins with: it finds the open work of a person, and hands one piece of it over."""

    def find(self, person: User, by: User) -> list[OpenWork]:
        """Return the open work of a person, as whoever asks may read it."""
        ...

    def move(self, work: OpenWork, *, person: User, to: User | None, by: User) -> None:
        """Hand one piece over, or take the person off it where nobody follows; refused in words where that cannot be."""
        ...


@dataclass(frozen=True)
class OpenWork:
    """One thing that waits on one person.

    `sentence` is what whoever hands it over reads; the history of the person keeps `reference` and `part` alone, since whoever keeps the
    person later may not read what they worked on. `suggested` is chosen at first, a person or `NOBODY`; without it whoever takes over the rest takes over this too.
    `needs_region` and `needs_ldp` say that it cannot stay with somebody who goes to another region, or works for no LDP any more.
    """

    key: str
    kind: str
    sentence: str
    reference: str
    part: str
    source: WorkSource
    subject: Any
    url: str = ""
    note: str = ""
    candidates: tuple[User, ...] = ()
    suggested: User | str = ""
    can_be_new: bool = False
    can_be_nobody: bool = False
    barred: str = ""
    needs_region: bool = False
    needs_ldp: bool = False


_sources: list[WorkSource] = []
_namers: list[WorkNamer] = []


def register_open_work(source: WorkSource) -> None:
    """Let an upper app say what waits on a person; it joins in its `apps.py`."""
    if source not in _sources:
        _sources.append(source)


def register_work_names(find: WorkNamer) -> None:
    """Let an upper app call by title and address what somebody may read of some references; it joins in its `apps.py`."""
    if find not in _namers:
        _namers.append(find)


def work_names(references: Collection[str], user: User) -> dict[str, tuple[str, str]]:
    """Return the title and the address of what somebody may read today, by reference; nothing of what they may not."""
    return {reference: named for find in _namers for reference, named in find(references, user).items()}


def open_work_of(person: User, by: User) -> list[OpenWork]:
    """Return everything that waits on a person, in the order of the apps that know it."""
    return [work for source in _sources for work in source.find(person, by)]


def unseen_blockers(found: Iterable[OpenWork], shown: Collection[str]) -> list[Blocker]:
    """Return the work that has come since the page was opened: nothing is moved that nobody has looked at, and nothing left behind."""
    return [
        Blocker(f"This has come since you opened the page: {work.sentence}. Choose who takes it over, then send it again.")
        for work in found
        if work.key not in shown
    ]


def open_work_blockers(person: User, found: Iterable[OpenWork]) -> list[Blocker]:
    """Return why an account cannot be closed as it is: work would be left with nobody to do it."""
    rows = list(found)
    if not rows:
        return []
    leave = reverse("accounts:person_leave", args=[person.pk])
    return [Blocker(f"{person} still has {counted(len(rows), 'piece')} of open work. Hand it over first.", leave)]


def staying_blockers(person: User, found: Iterable[OpenWork], *, is_leaving_ldps: bool) -> list[Blocker]:
    """Return why a person cannot go to another region, or stop working for an LDP: work would be led from elsewhere."""
    rows = [work for work in found if work.needs_region or (is_leaving_ldps and work.needs_ldp)]
    if not rows:
        return []
    leave = reverse("accounts:person_leave", args=[person.pk])
    led = sum(work.needs_region for work in rows)
    what = f"leads {counted(led, 'open engagement')}" if led else f"is on the team of {counted(len(rows), 'open engagement')}"
    return [Blocker(f"{person} {what} of {person.region}. Hand that over first.", leave)]
