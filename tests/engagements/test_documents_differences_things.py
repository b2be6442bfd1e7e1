"""Whatever came, went, moved or is tied to something else is told once, where its readers look for it (P07, P08)."""

from dataclasses import replace

import pytest

from engagements.documents import brief as parts
from engagements.documents.differences import alignment
from engagements.enums import Finding
from tests.engagements.brief_values import AFFORDABLE, LEARNING_SETS, MEASURE, PLAN, WALK, numbered, with_value
from tests.engagements.differences import FOR_SETS, RING, told


def test_p08_new_intervention_is_told_with_its_findings_and_its_measures():
    new = replace(
        LEARNING_SETS, title="Coaching", results=(*LEARNING_SETS.results, replace(AFFORDABLE, slug="other", name="Other"))
    )

    changes = told(numbered(replace(PLAN, planned=(new, *PLAN.planned))))

    assert changes == [
        ("planned-1", "An intervention was added: “Coaching”, for £4,000."),
        ("criteria", "The findings on “Coaching” were added: “Affordable” and “Other” partly met."),
        ("measures", "A measure for “Coaching” was added: “Wards ring home care first”."),
    ]


def test_p08_bare_intervention_is_told_in_one_sentence():
    bare = replace(WALK, title="Coaching", is_no_cost=False, estimated_cost="", results=())

    assert told(numbered(replace(PLAN, planned=(*PLAN.planned, bare)))) == [
        ("planned-3", "An intervention was added: “Coaching”.")
    ]


def test_intervention_that_was_taken_out_is_told_at_the_first_that_is_left():
    assert told(numbered(replace(PLAN, planned=(WALK,)))) == [
        ("planned-1", "An intervention was taken out: “Action Learning Sets”.")
    ]


def test_interventions_that_were_all_taken_out_are_told_with_the_client():
    assert told(replace(PLAN, planned=())) == [
        ("client", "An intervention was taken out: “Action Learning Sets”."),
        ("client", "An intervention was taken out: “Walking the pathway”."),
    ]


def test_interventions_in_another_order_are_told_once():
    changed = numbered(replace(PLAN, planned=(replace(WALK, sessions=3), LEARNING_SETS)))

    assert told(changed) == [
        ("planned-1", "The order of the interventions is now: “Walking the pathway” and “Action Learning Sets”."),
        ("planned-1", "“Walking the pathway” now has 3 sessions."),
    ]


def test_numbers_of_priorities_follow_without_a_word():
    planned = (replace(LEARNING_SETS, serves=(2,)), replace(WALK, serves=(1, 2)))

    assert told(numbered(replace(PLAN, priority_list=PLAN.priority_list[::-1], planned=planned))) == [
        ("priorities", "The order of the priorities is now: “Share one diary” and “Ring before the patient leaves”.")
    ]


def test_number_that_changed_alone_is_told():
    alone = replace(PLAN, planned=())

    assert told(with_value(alone, "priority_list.0.number", 7), alone) == [
        ("priorities", f"The number of {RING} went from 1 to 7.")
    ]


def test_priority_that_went_is_not_told_again_where_it_was_served():
    planned = (replace(LEARNING_SETS, serves=()), replace(WALK, serves=(1,)))

    assert told(numbered(replace(PLAN, priority_list=PLAN.priority_list[1:], planned=planned))) == [
        ("priorities", "A priority was taken out: “Ring before the patient leaves”.")
    ]


def test_group_under_another_name_is_not_told_again_in_the_audience():
    group = replace(PLAN.groups[0], name="St Barnabas at home")
    planned = (replace(LEARNING_SETS, audience=(group.full_name, "Ward managers")), WALK)

    assert told(replace(PLAN, groups=(group, PLAN.groups[1]), planned=planned)) == [
        ("people", "“Hospice team” is now called “St Barnabas at home”.")
    ]


def test_group_is_told_with_its_headcount():
    group = parts.Group("Carers’ forum", "", "", None, "")

    assert told(replace(PLAN, groups=(*PLAN.groups, replace(group, headcount=1), replace(group, name="Porters")))) == [
        ("people", "A participant group was added: “Carers’ forum”, 1 person."),
        ("people", "A participant group was added: “Porters”."),
    ]


def test_p08_client_leads_who_come_and_go_are_told_with_their_part():
    ann, ben, cat = PLAN.client_leads
    leads = (replace(cat, name="Eve Hart"), replace(ann, name="Flo Kay"), replace(ben, name="Gus Ley", deputy_for="Flo Kay"), cat)

    assert told(replace(PLAN, client_leads=leads)) == [
        ("client", "“Ann Moss” is no longer a client lead."),
        ("client", "“Ben Okoro” is no longer a client lead."),
        ("client", "“Eve Hart” was named as a client lead."),
        ("client", "“Flo Kay” was named as a client lead who signs the plan."),
        ("client", "“Gus Ley” was named as a client lead and the deputy of “Flo Kay”."),
    ]


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("other", "second", "The measure “Fewer beds” is now tied to “Walking the pathway”."),
        ("first", "second", "The measure “Fewer beds” is now tied to “Walking the pathway” instead of “Action Learning Sets”."),
        ("second", "other", "The measure “Fewer beds” is no longer tied to “Walking the pathway”."),
    ],
)
def test_measure_that_is_tied_to_something_else_is_told_once(before, after, sentence):
    where = {"first": "planned.0.measures", "second": "planned.1.measures", "other": "other_measures"}
    bare = with_value(with_value(PLAN, "planned.0.measures", ()), "other_measures", ())
    moved = replace(MEASURE, outcome="Fewer beds")

    old, new = with_value(bare, where[before], (moved,)), with_value(bare, where[after], (moved,))

    assert told(new, old) == [("measures", sentence)]


def test_p07_overrule_is_told_with_its_reason_and_who_gave_it():
    reason = {"reason": "The CCG will\nsay yes", "reason_by": "Priya Nair", "reason_on": "2017-03-03"}
    overruled = replace(AFFORDABLE, finding=Finding.MET, is_overruled=True, **reason)
    first = with_value(PLAN, "planned.0.results.0", overruled)
    priya = "“Priya Nair” on 3 March 2017"

    assert told(first) == [
        (
            "criteria",
            f"The finding on “Affordable” {FOR_SETS} went from partly met to met (overruled, worked out as partly met).",
        ),
        (
            "criteria",
            f"The reason for the finding on “Affordable” {FOR_SETS} was filled in by {priya}: “The CCG will say yes”.",
        ),
    ]
    assert told(with_value(first, "planned.0.results.0.reason_by", "Tom Hale"), first) == [
        (
            "criteria",
            f"The author of the reason for the finding on “Affordable” {FOR_SETS} went from {priya} to “Tom Hale” on 3 March 2017.",
        )
    ]
    nameless = with_value(PLAN, "planned.0.results.0", replace(overruled, reason="So be it", reason_by=""))
    assert told(nameless, first)[0][1].endswith("was rewritten on 3 March 2017: “So be it”.")


def test_findings_by_person_and_by_fact_differ_even_where_they_read_alike():
    changed = with_value(PLAN, "planned.0.results.0.worked_out", Finding.MET)

    assert told(changed) == [
        ("criteria", f"The finding on “Affordable” {FOR_SETS} was set down anew, reading the same as before.")
    ]


def test_lists_beyond_all_measure_are_paired_by_name_and_in_order(monkeypatch):
    monkeypatch.setattr(alignment, "MAX_COMPARED", 3)
    old = tuple(replace(MEASURE, outcome=outcome) for outcome in ("a", "a", "b", "c"))
    kept = [replace(measure, target="9") for measure in old[:2]]
    new = (*kept, replace(MEASURE, outcome="d"), replace(MEASURE, outcome="e"))

    changes = told(with_value(PLAN, "other_measures", new), with_value(PLAN, "other_measures", old))

    assert [sentence.partition(" went ")[0] for _, sentence in changes] == [
        "A measure was taken out: “b”.",
        "A measure was taken out: “c”.",
        "The target of the measure “a”",
        "The target of the measure “a”",
        "A measure was added: “d”.",
        "A measure was added: “e”.",
    ]


def test_items_of_one_name_are_paired_with_the_most_alike():
    twins = (MEASURE, replace(MEASURE, owner="Porter", method="By hand", unit="hands"))
    old = with_value(PLAN, "other_measures", twins)

    changes = told(with_value(old, "other_measures", (replace(twins[1], target="7"),)), old)

    assert changes == [
        ("measures", "A measure was taken out: “Wards ring home care first”."),
        ("measures", "The target of the measure “Wards ring home care first” went from “20” to “7”."),
    ]
