"""One useful question for each of the other facets, after an entry under one."""

from itertools import permutations

import pytest
from django.urls import resolve

from engagements import policies
from engagements.enums import Facet
from tests.engagements.situations import reread
from tests.factories.engagements import (
    EngagementFactory,
    ParticipantGroupFactory,
    PlaceFactory,
    PriorityFactory,
    PurposeFactory,
)

pytestmark = pytest.mark.django_db

FACTORIES = {
    Facet.PEOPLE: ParticipantGroupFactory,
    Facet.PLACE: PlaceFactory,
    Facet.PURPOSE: PurposeFactory,
    Facet.PRIORITIES: PriorityFactory,
}
PAIRS = [pytest.param(*pair, id=f"{pair[0]} to {pair[1]}") for pair in permutations(Facet, 2)]


def question(engagement, entered, asked):
    found = {row.facet: row.question for row in policies.questions_after(reread(engagement).load_plan(), entered)}
    return found[asked]


@pytest.mark.parametrize(("entered", "asked"), PAIRS)
def test_question_from_one_facet_to_another_depends_on_whether_that_holds_something(entered, asked):
    engagement = EngagementFactory()
    while_empty = question(engagement, entered, asked)
    FACTORIES[asked](engagement=engagement)

    once_filled = question(engagement, entered, asked)

    assert while_empty.endswith("?")
    assert once_filled.endswith("?")
    assert while_empty != once_filled


@pytest.mark.parametrize(("entered", "asked"), PAIRS)
def test_question_does_not_change_with_what_other_facets_hold(entered, asked):
    engagement = EngagementFactory()
    before = question(engagement, entered, asked)
    for facet in set(Facet) - {asked}:
        FACTORIES[facet](engagement=engagement)

    assert question(engagement, entered, asked) == before


def test_questions_are_all_different():
    empty, full = EngagementFactory(), EngagementFactory()
    for factory in FACTORIES.values():
        factory(engagement=full)

    asked = [question(engagement, *pair) for engagement in (empty, full) for pair in permutations(Facet, 2)]

    assert len(set(asked)) == len(asked) == 24


@pytest.mark.parametrize("facet", Facet)
def test_questions_lead_to_each_of_the_other_facets_and_start_nowhere(facet):
    engagement = EngagementFactory().load_plan()

    found = policies.questions_after(engagement, facet)

    assert [row.facet for row in found] == [other for other in Facet if other != facet]
    for row in found:
        assert resolve(row.url).url_name == f"{row.facet}_detail"
        assert resolve(row.url).kwargs == {"reference": engagement.reference}
