"""What moved between two briefs, whichever they are, in sentences and in operations (P08)."""

import time
from dataclasses import replace

from hypothesis import given
from hypothesis import settings as trials

from engagements import documents
from engagements.documents.differences import walk
from tests.engagements.brief_samples import full_engagement, reread
from tests.engagements.brief_values import BRIEFS, LEARNING_SETS, MEASURE, PLAN, WALK, edited, numbered, with_value
from tests.engagements.differences import check_changes, told
from tests.factories.engagements import PriorityFactory


@trials(max_examples=25)
@given(BRIEFS, BRIEFS)
def test_p08_changes_lead_from_any_brief_to_any_other(old, new):
    check_changes(old, new)
    check_changes(new, replace(new, planned=old.planned, groups=old.groups, priority_list=old.priority_list))


@trials(max_examples=150)
@given(edited())
def test_p08_changes_lead_from_a_brief_to_what_a_few_edits_made_of_it(pair):
    changes, keys = check_changes(*pair)

    places = [keys.index(change.section) for change in changes]
    assert places == sorted(places)


@trials(max_examples=10)
@given(BRIEFS)
def test_brief_does_not_differ_from_itself(brief):
    assert documents.differences(brief, brief) == ()


def test_p08_brief_of_an_engagement_differs_by_what_was_done_to_it(db):
    engagement = full_engagement()
    old = documents.load_brief(engagement)
    PriorityFactory(engagement=engagement, statement="Plan each discharge together")

    new = documents.load_brief(reread(engagement))

    assert told(new, old) == [("priorities", "A priority was added: “Plan each discharge together”.")]


def test_two_hundred_new_items_are_compared_in_a_moment():
    def measures(word, count=200):
        return tuple(replace(MEASURE, outcome=f"{word} {number}", unit=f"{word} {number}") for number in range(count))

    old, new = (with_value(PLAN, "planned.0.measures", measures(word)) for word in ("calls", "visits"))
    started = time.process_time()

    changes = documents.differences(old, new)

    assert time.process_time() - started < 5
    assert len(changes) == 400
    assert documents.apply_changes(documents.to_json(old), changes) == documents.to_json(new)


def test_differences_are_the_same_each_time():
    new = numbered(replace(PLAN, planned=(WALK, LEARNING_SETS), groups=PLAN.groups[::-1]))

    assert documents.differences(PLAN, new) == walk.differences(PLAN, new)
