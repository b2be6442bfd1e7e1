"""The parts of a brief that can be spoken of one by one: by a comment, by a difference between two versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engagements.enums import SectionSlug

if TYPE_CHECKING:
    from engagements.documents.brief import Brief, Planned


@dataclass(frozen=True)
class Section:
    """One part of a brief. The key names it within its version: "people", "planned-2"."""

    key: str
    slug: SectionSlug
    title: str
    planned: Planned | None = None


def sections_of(brief: Brief) -> tuple[Section, ...]:
    """Return the parts of a brief in the order in which it shows them; each planned intervention is one."""
    planned = tuple(Section(planned_key(item.number), SectionSlug.PLANNED, item.title, planned=item) for item in brief.planned)
    before = (SectionSlug.CLIENT, SectionSlug.PEOPLE, SectionSlug.PLACE, SectionSlug.PURPOSE, SectionSlug.PRIORITIES)
    after = (SectionSlug.CRITERIA, SectionSlug.MEASURES)
    return (*map(_section, before), *planned, *map(_section, after))


def planned_key(number: int) -> str:
    """Return the key of a planned intervention by its number in the brief, from 1."""
    return f"{SectionSlug.PLANNED.value}-{number}"


def _section(slug: SectionSlug) -> Section:
    return Section(slug.value, slug, str(slug.label))
