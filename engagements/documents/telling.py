"""What every edition of a brief says in the same words, whatever it is made into: a page, a PDF, a Word file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.formats import date_format

from core.text import counted
from engagements import policies
from engagements.documents.stamp import signatures

if TYPE_CHECKING:
    from engagements.documents.brief import Brief, Planned, Result
    from engagements.documents.stamp import Stamp


def pounds(amount: str) -> str:
    """Write a sum such as "4000.00" as "£4,000"."""
    return policies.pounds(Decimal(amount))


def day(iso: str) -> str:
    """Write a date such as "2017-04-03" as "3 April 2017"."""
    return date_format(date.fromisoformat(iso), "DATE_FORMAT")


def compass_facets(brief: Brief) -> list[dict[str, str]]:
    """Return the four facets as the compass draws them."""
    held = [
        (brief.people, len(brief.groups), "group", ""),
        (brief.place, len(brief.places), "place", ""),
        (brief.purpose, len(brief.purposes), "purpose", ""),
        (brief.priorities, len(brief.priority_list), "priority", "priorities"),
    ]
    return [
        {
            "slug": words.facet.value,
            "name": str(words.facet.label),
            "clarity": words.clarity.value,
            "clarity_label": str(words.clarity.label),
            "count_words": counted(count, one, many),
        }
        for words, count, one, many in held
    ]


def reasons_of(brief: Brief) -> list[tuple[Planned, Result]]:
    """Return the findings that a person wrote about or must write about: overrules first."""
    results = [(planned, result) for planned in brief.planned for result in planned.results]
    spoken = [(planned, result) for planned, result in results if result.is_overruled or result.reason or result.lacks_reason]
    return sorted(spoken, key=lambda pair: not pair[1].is_overruled)


def asked_of(brief: Brief, stamp: Stamp) -> list[str]:
    """Return the names of the signatories who have yet to decide."""
    rows = signatures(brief, stamp)
    return [row.name for row in rows if row.is_signatory and row.decision is None and not row.has_left]
