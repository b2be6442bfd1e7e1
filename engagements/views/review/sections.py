"""The plan section by section: what changed in each since the reader last looked, and what was said about it (P08)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagements import documents
from engagements.enums import SectionSlug, VersionOutcome
from engagements.views.review.reading import brief_of, last_signed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engagements.documents import Brief, Section
    from engagements.models import PlanVersion
    from engagements.views.review.reading import Submitted, Thread

SINCE_SIGNED = "signed"


@dataclass(frozen=True)
class Moved:
    """A section in which something changed, with the sentences that say what."""

    section: Section
    sentences: list[str]


@dataclass(frozen=True)
class Since:
    """What changed since an older version. `other` is what a reader can compare with instead."""

    version: PlanVersion
    is_looked_at: bool
    is_signed: bool
    moved: list[Moved]
    is_readable: bool
    other: PlanVersion | None = None

    @property
    def keys(self) -> frozenset[str]:
        """Return the keys of the sections that changed."""
        return frozenset(row.section.key for row in self.moved)

    @property
    def count(self) -> int:
        """Return how many changes there are."""
        return sum(len(row.sentences) for row in self.moved)


@dataclass(frozen=True)
class Part:
    """One section as the review page shows it; what is settled about earlier versions stands apart."""

    section: Section
    is_changed: bool
    is_open: bool
    threads: list[Thread]
    settled: list[Thread]


def compared_with(
    submitted: Submitted, version: PlanVersion, *, wants_signed: bool, is_client: bool
) -> tuple[PlanVersion | None, PlanVersion | None]:
    """Return the older version to compare with, and the other that could be chosen instead.

    For a client lead it is the one that they looked at last, else the one signed last; colleagues compare with the one before.
    """
    # What was recalled counts for nothing: the reader may have signed the version before it.
    older = [row for row in submitted.versions if row.number < version.number and row.outcome != VersionOutcome.RECALLED]
    looked_at = next((row for row in older if not is_client or row.number in submitted.read), None)
    signed = last_signed(submitted, before=version.number)
    chosen, other = (signed, looked_at) if signed and (wants_signed or not looked_at) else (looked_at, signed)
    return chosen, (other if other is not chosen else None)


def since(older: PlanVersion, other: PlanVersion | None, brief: Brief, *, is_looked_at: bool) -> Since:
    """Return what changed since an older version whose document has been read."""
    old = brief_of(older)
    return Since(
        version=older,
        is_looked_at=is_looked_at,
        is_signed=older.outcome == VersionOutcome.AGREED,
        moved=moved_between(old, brief) if old else [],
        is_readable=old is not None,
        other=other,
    )


def moved_between(old: Brief, new: Brief) -> list[Moved]:
    """Return what changed between two briefs, section by section in the order of the newer."""
    sentences: dict[str, list[str]] = {section.key: [] for section in documents.sections_of(new)}
    for change in documents.differences(old, new):
        sentences[change.section].append(change.sentence)
    return [Moved(section, said) for section in documents.sections_of(new) if (said := sentences[section.key])]


def parts_of(
    brief: Brief, version: PlanVersion, compared: Since | None, threads: Iterable[Thread], *, is_client: bool
) -> list[Part]:
    """Return the sections of a brief: all open for a client lead who is asked about a first version, else only what changed."""
    sections = documents.sections_of(brief)
    at = {section.key: _threads_on(section, threads, version.number) for section in sections}
    is_new = is_client and (compared is None or not compared.is_readable) and version.outcome == VersionOutcome.WAITING
    changed = compared.keys if compared else frozenset()
    return [
        Part(
            section,
            is_changed=section.key in changed,
            is_open=is_new or section.key in changed,
            threads=[row for row in at[section.key] if row.number == version.number or not row.comment.is_resolved],
            settled=[row for row in at[section.key] if row.number != version.number and row.comment.is_resolved],
        )
        for section in sections
    ]


def threads_without_part(parts: Sequence[Part], threads: Iterable[Thread]) -> list[Thread]:
    """Return what was said about interventions that the version does not hold any more."""
    placed = {row.comment.pk for part in parts for row in (*part.threads, *part.settled)}
    return [row for row in threads if row.comment.pk not in placed]


def _threads_on(section: Section, threads: Iterable[Thread], number: int) -> list[Thread]:
    """Return what was said about a section: interventions of other versions are known by their titles, as numbers shift."""
    is_planned = section.slug == SectionSlug.PLANNED
    return [
        row
        for row in threads
        if (
            row.comment.section_title == section.title and row.comment.section.startswith(SectionSlug.PLANNED)
            if is_planned and row.number != number
            else row.comment.section == section.key
        )
    ]
