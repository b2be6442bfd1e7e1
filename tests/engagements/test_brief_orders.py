"""Start anywhere: whatever the order of the conversation, the brief comes out the same."""

from datetime import date
from itertools import permutations

import pytest
from django.db import transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engagements import actions, documents
from engagements.enums import Clarity, Facet, Level, StartedFrom
from engagements.models import Engagement, ParticipantGroup, Place, PlannedIntervention, Priority, Purpose
from evaluation import actions as evaluation_actions
from framework.models import Behaviour, ForwardViewStep, LeadershipRole
from tests.factories.accounts import ConsultantFactory
from tests.factories.directory import OrganisationFactory, a_footprint

pytestmark = pytest.mark.django_db

# What the conversations of the 24 orders bring to light.
SAID = {
    "groups": [("GP leads", 12), ("Social workers", 12)],
    "places": ["Boston"],
    "purposes": [("Fewer people wait in hospital", 2)],
    "priorities": [("Plan discharge together", Level.values[1], 3), ("Speak with one voice", Level.values[0], 0)],
    "words": "We said this.",
    "planned": ("Action learning", 6),
    "outcome": "Fewer days lost to waiting",
}
WORDS = st.text(
    alphabet=st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufffe\uffff"), max_size=60
)
TEXT = WORDS.filter(lambda text: text.strip())
CONVERSATIONS = st.fixed_dictionaries(
    {
        "groups": st.lists(st.tuples(TEXT, st.integers(1, 9_999)), min_size=1, max_size=4),
        "places": st.lists(TEXT, min_size=1, max_size=3),
        "purposes": st.lists(st.tuples(TEXT, st.integers(0, 4)), min_size=1, max_size=3),
        "priorities": st.lists(st.tuples(TEXT, st.sampled_from(["", *Level.values]), st.integers(0, 4)), min_size=1, max_size=4),
        "words": WORDS,
        "planned": st.tuples(TEXT, st.integers(1, 60)),
        "outcome": TEXT,
    }
)


def fill_people(engagement, said, by):
    for number, (name, headcount) in enumerate(said["groups"]):
        organisation = OrganisationFactory(name=f"Partner {number}")
        values = {"name": name, "organisation": organisation, "headcount": headcount, "why_them": "They decide"}
        actions.add_entry(entry=ParticipantGroup(engagement=engagement), values=values, by=by)


def fill_place(engagement, said, by):
    actions.add_entry(entry=Place(engagement=engagement), values={"footprint": a_footprint(), "note": "Long distances"}, by=by)
    for name in said["places"]:
        actions.add_entry(entry=Place(engagement=engagement), values={"name": name}, by=by)


def fill_purpose(engagement, said, by):
    for statement, steps in said["purposes"]:
        values = {
            "statement": statement,
            "real_work_issue": "Discharge",
            "forward_view_steps": list(ForwardViewStep.objects.active()[:steps]),
            "strategy_title": "People plan",
            "strategy_section": "4",
            "strategy_confirmed_by": "Workforce lead",
            "strategy_confirmed_on": date(2017, 5, 2),
        }
        actions.add_entry(entry=Purpose(engagement=engagement), values=values, by=by)


def fill_priorities(engagement, said, by):
    for statement, level, roles in said["priorities"]:
        values = {
            "statement": statement,
            "level_now": level,
            "level_wanted": level and Level.values[-1],
            "roles": list(LeadershipRole.objects.order_by("pk")[:roles]),
            "behaviours": list(Behaviour.objects.order_by("pk")[:2]),
        }
        actions.add_entry(entry=Priority(engagement=engagement), values=values, by=by)


def plan_intervention(engagement, said, by):
    title, sessions = said["planned"]
    values = {"title": title, "sessions": sessions, "roles": list(LeadershipRole.objects.order_by("pk")[:1])}
    actions.add_entry(entry=PlannedIntervention(engagement=engagement), values=values, by=by)


def agree_measure(engagement, said, by):
    evaluation_actions.add_measure(engagement=engagement, values={"outcome": said["outcome"]}, by=by)


STEPS = {
    StartedFrom.PEOPLE: fill_people,
    StartedFrom.PLACE: fill_place,
    StartedFrom.PURPOSE: fill_purpose,
    StartedFrom.PRIORITIES: fill_priorities,
    StartedFrom.INTERVENTION: plan_intervention,
    StartedFrom.MEASURE: agree_measure,
}


def tie_together(engagement, by):
    """Say for whom the intervention is, what it serves and which measure is its own, once all of them are there."""
    planned, measure = engagement.planned_interventions.get(), engagement.measures.get()
    values = {"audience": list(engagement.groups.all()), "serves": list(engagement.priorities.all())}
    actions.change_entry(entry=planned, values=values, by=by)
    evaluation_actions.change_measure(measure=measure, values={"planned_intervention": planned}, by=by)


def brief_in_order(order, consultant, said=SAID):
    """Return the brief of a conversation that came to its parts in this order, and leave nothing behind."""
    with transaction.atomic():
        engagement = actions.create_engagement(values={"title": "Leading together"}, by=consultant)
        for step in order:
            STEPS[step](engagement, said, consultant)
            if step in Facet.values:
                values = {f"{step}_words": said["words"], f"{step}_clarity": Clarity.CLEAR}
                actions.change_engagement(engagement=engagement, values=values, by=consultant)
        tie_together(engagement, consultant)
        engagement = Engagement.objects.with_people().get(pk=engagement.pk)
        brief = documents.to_json(documents.load_brief(engagement))
        started = engagement.started_from
        transaction.set_rollback(True)
    return brief, started


def test_all_24_orders_of_the_facets_give_the_same_brief():
    consultant = ConsultantFactory()
    facets = [step for step in STEPS if step in Facet.values]
    orders = [(*order, StartedFrom.INTERVENTION, StartedFrom.MEASURE) for order in permutations(facets)]

    briefs = [brief_in_order(order, consultant) for order in orders]

    assert len(orders) == 24
    assert all(brief == briefs[0][0] for brief, _ in briefs)
    # What the conversation began with is remembered all the same.
    assert [started for _, started in briefs] == [str(order[0]) for order in orders]


@settings(max_examples=8)
@given(order=st.permutations(list(STEPS)), said=CONVERSATIONS)
@example(order=[StartedFrom.MEASURE, StartedFrom.INTERVENTION, *Facet.values], said=SAID)
def test_any_conversation_in_any_order_gives_the_brief_it_gives_in_the_ordinary_order(order, said):
    consultant = ConsultantFactory()

    brief, started = brief_in_order(order, consultant, said)

    assert brief == brief_in_order(list(STEPS), consultant, said)[0]
    assert started == str(order[0])
    assert [(group["name"], group["headcount"]) for group in brief["groups"]] == said["groups"]
    assert [priority["statement"] for priority in brief["priority_list"]] == [statement for statement, *_ in said["priorities"]]
