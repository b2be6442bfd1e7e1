"""After an entry under one facet, one useful question for each of the others (framework, "Start Anywhere")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from engagements.enums import Facet
from engagements.policies.progress import content_count

if TYPE_CHECKING:
    from engagements.models import Engagement

# For each pair (entered under, asked about): the question while the other facet is empty, and once it holds something.
_QUESTIONS: dict[tuple[Facet, Facet], tuple[str, str]] = {
    (Facet.PEOPLE, Facet.PLACE): (
        "Where do these people meet the problem: across the whole area, in one town, or in one service?",
        "Does every place you named have somebody in the room who works there?",
    ),
    (Facet.PEOPLE, Facet.PURPOSE): (
        "What would make these people clear their diaries for this?",
        "Would these people describe the purpose in the same words as you have written it?",
    ),
    (Facet.PEOPLE, Facet.PRIORITIES): (
        "What would these people have to do differently with each other first?",
        "Which of the priorities can these people move, and which need somebody who is not here yet?",
    ),
    (Facet.PLACE, Facet.PEOPLE): (
        "Who holds real influence in this place, with or without a title?",
        "Who lives or works in this place and is missing from the groups so far?",
    ),
    (Facet.PLACE, Facet.PURPOSE): (
        "What is going wrong here that nobody in this place can put right alone?",
        "Is the purpose as true here as in the other places?",
    ),
    (Facet.PLACE, Facet.PRIORITIES): (
        "What is this place good at already that the work can build on?",
        "Would people in this place put the priorities in the same order?",
    ),
    (Facet.PURPOSE, Facet.PEOPLE): (
        "Who has to be there, because without them this purpose cannot be reached?",
        "Which of the groups gains from this purpose, and which may lose something by it?",
    ),
    (Facet.PURPOSE, Facet.PLACE): (
        "Where would patients and citizens notice first that this has worked?",
        "Is each of the places large enough for this purpose, and small enough to act?",
    ),
    (Facet.PURPOSE, Facet.PRIORITIES): (
        "What must leaders here stop, start or do together before this purpose is within reach?",
        "If only one of the priorities moved this year, which would bring the purpose nearest?",
    ),
    (Facet.PRIORITIES, Facet.PEOPLE): (
        "Who does this well already, and who needs it most?",
        "Which group would notice first if this priority moved?",
    ),
    (Facet.PRIORITIES, Facet.PLACE): (
        "Where does this priority show itself every week?",
        "Is this priority the same in every place, or is it sharper in one?",
    ),
    (Facet.PRIORITIES, Facet.PURPOSE): (
        "What real piece of work would get better if this changed?",
        "Which part of the purpose does this priority serve?",
    ),
}


@dataclass(frozen=True)
class FacetQuestion:
    """A question that leads from one facet to another."""

    facet: Facet
    question: str
    url: str


def questions_after(engagement: Engagement, facet: Facet) -> list[FacetQuestion]:
    """Return one question for each of the other three facets of a loaded engagement."""
    return [
        FacetQuestion(
            facet=other,
            question=_QUESTIONS[facet, other][1 if content_count(engagement, other) else 0],
            url=reverse(f"engagements:{other}_detail", args=[engagement.reference]),
        )
        for other in Facet
        if other != facet
    ]
