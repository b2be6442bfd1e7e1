"""The advice on the menu: ranks worked out by hand, and properties that hold for every menu."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework.models import Behaviour, LeadershipRole
from interventions.enums import AVAILABILITY_UNLESS_STATED, Availability
from interventions.models import Intervention
from interventions.policies import Need, rank_interventions
from interventions.policies.advice import AVAILABILITY_ORDER
from tests.factories.framework import BehaviourFactory, LeadershipRoleFactory
from tests.factories.interventions import InterventionFactory


class Rows(list):
    """What `.all()` of a loaded relation answers."""

    def all(self):
        return self


@dataclass(frozen=True)
class MenuItem:
    """As much of an intervention as the advice reads."""

    pk: int
    roles: Rows = field(default_factory=Rows, hash=False)
    behaviours: Rows = field(default_factory=Rows, hash=False)


def item(pk, roles=(), behaviours=()):
    return MenuItem(pk, Rows(LeadershipRole(pk=number) for number in roles), Rows(Behaviour(pk=number) for number in behaviours))


def need(label, roles=(), behaviours=()):
    return Need(label, frozenset(roles), frozenset(behaviours))


def order(advice):
    return [row.intervention.pk for row in advice]


OFFERED, ON_REQUEST, NOT_OFFERED = Availability.OFFERED, Availability.ON_REQUEST, Availability.NOT_OFFERED


def test_rank_by_hand():
    menu = [
        item(1),  # develops nothing
        item(2, roles=[9], behaviours=[9]),  # develops nothing that is wanted
        item(3, roles=[1], behaviours=[1]),  # two of four, in two priorities, on request
        item(4, roles=[1, 2]),  # two of four, in one priority, offered
        item(5, roles=[1], behaviours=[1, 2]),  # three of four, not offered
        item(6, roles=[2], behaviours=[2]),  # two of four, in two priorities, offered
        item(7, roles=[1], behaviours=[2]),  # two of four, in two priorities, not offered
    ]
    needs = [need("Discharge", roles=[1, 2]), need("Trust", behaviours=[1, 2])]

    advice = rank_interventions(menu, needs, {4: OFFERED, 5: NOT_OFFERED, 6: OFFERED, 7: NOT_OFFERED})

    assert [(row.rank, row.intervention.pk, row.covered, row.needs, row.availability) for row in advice] == [
        (1, 5, 3, ("Discharge", "Trust"), NOT_OFFERED),
        (2, 6, 2, ("Discharge", "Trust"), OFFERED),
        (3, 3, 2, ("Discharge", "Trust"), ON_REQUEST),
        (4, 7, 2, ("Discharge", "Trust"), NOT_OFFERED),
        (5, 4, 2, ("Discharge",), OFFERED),
        (6, 1, 0, (), ON_REQUEST),
        (7, 2, 0, (), ON_REQUEST),
    ]
    assert {row.wanted for row in advice} == {4}


def test_rank_shows_which_of_the_wanted_roles_and_behaviours_are_developed():
    [row] = rank_interventions([item(1, roles=[1, 2, 3], behaviours=[7, 8])], [need("Discharge", [2, 3], [8])], {})

    assert [role.pk for role in row.roles] == [2, 3]
    assert [behaviour.pk for behaviour in row.behaviours] == [8]


def test_rank_counts_a_role_wanted_by_two_priorities_once_and_both_priorities():
    [row] = rank_interventions([item(1, roles=[1])], [need("Discharge", [1]), need("Trust", [1])], {})

    assert (row.wanted, row.covered, row.needs) == (1, 1, ("Discharge", "Trust"))


def test_rank_keeps_a_role_and_a_behaviour_of_the_same_number_apart():
    [row] = rank_interventions([item(1, roles=[1])], [need("Discharge", behaviours=[1])], {})

    assert (row.covered, row.needs) == (0, ())


def test_rank_counts_two_priorities_with_the_same_words_as_two():
    [row] = rank_interventions([item(1, roles=[1])], [need("Trust", [1]), need("Trust", [1])], {})

    assert row.needs == ("Trust", "Trust")


def test_rank_without_needs_is_what_the_region_offers_and_then_the_printed_order():
    advice = rank_interventions([item(1), item(2), item(3)], [], {2: OFFERED, 1: NOT_OFFERED})

    assert order(advice) == [2, 3, 1]
    assert {(row.wanted, row.covered) for row in advice} == {(0, 0)}


def test_rank_of_an_empty_menu_is_empty():
    assert rank_interventions([], [need("Trust", [1])], {}) == []


def test_rank_of_what_the_region_says_nothing_about_is_on_request():
    [row] = rank_interventions([item(1)], [], {})

    assert row.availability == AVAILABILITY_UNLESS_STATED == ON_REQUEST


def test_need_is_as_large_as_what_it_asks_for():
    assert need("Trust", [1, 2], [1]).size == 3
    assert need("Trust").size == 0


def test_rank_works_on_rows_of_the_database(db):
    role, behaviour = LeadershipRoleFactory(), BehaviourFactory()
    developing = InterventionFactory(roles=[role], behaviours=[behaviour])
    menu = Intervention.objects.on_the_menu()

    advice = rank_interventions(menu, [need("Trust", [role.pk], [behaviour.pk])], {})

    assert len(advice) == Intervention.objects.on_the_menu().count() == 22
    assert (advice[0].intervention, advice[0].roles, advice[0].behaviours) == (developing, (role,), (behaviour,))


numbers = st.integers(min_value=1, max_value=8)
parts = st.frozensets(numbers, max_size=6)
menus = st.lists(st.tuples(parts, parts), max_size=8).map(
    lambda rows: [item(pk, sorted(roles), sorted(behaviours)) for pk, (roles, behaviours) in enumerate(rows, start=1)]
)
needs_of = st.lists(st.tuples(parts, parts), max_size=4).map(
    lambda rows: [Need(f"Priority {number}", *row) for number, row in enumerate(rows)]
)
offers = st.dictionaries(numbers, st.sampled_from(Availability), max_size=8)


def reasons(row):
    """Return what the advice page shows of one intervention, as a rank can be worked out from it by hand."""
    return (-len(row.roles) - len(row.behaviours), -len(row.needs), AVAILABILITY_ORDER.index(row.availability))


@given(menu=menus, needs=needs_of, offered=offers)
def test_every_rank_can_be_worked_out_again_from_the_reasons_shown(menu, needs, offered):
    advice = rank_interventions(menu, needs, offered)

    printed = {row.pk: place for place, row in enumerate(menu)}
    again = sorted(advice, key=lambda row: (*reasons(row), printed[row.intervention.pk]))
    assert [row.rank for row in again] == list(range(1, len(menu) + 1))


@given(menu=menus, needs=needs_of, offered=offers)
def test_the_reasons_shown_are_true_and_complete(menu, needs, offered):
    wanted_roles = set().union(*(row.roles for row in needs))
    wanted_behaviours = set().union(*(row.behaviours for row in needs))

    for row in rank_interventions(menu, needs, offered):
        roles = {role.pk for role in row.intervention.roles}
        behaviours = {behaviour.pk for behaviour in row.intervention.behaviours}
        assert {role.pk for role in row.roles} == roles & wanted_roles
        assert {behaviour.pk for behaviour in row.behaviours} == behaviours & wanted_behaviours
        assert row.needs == tuple(n.label for n in needs if roles & n.roles or behaviours & n.behaviours)
        assert row.wanted == len(wanted_roles) + len(wanted_behaviours)
        assert row.availability == offered.get(row.intervention.pk, AVAILABILITY_UNLESS_STATED)


@given(data=st.data(), menu=menus, needs=needs_of, offered=offers)
def test_the_order_of_the_menu_changes_nothing_but_ties(data, menu, needs, offered):
    shuffled = data.draw(st.permutations(menu))

    first, second = rank_interventions(menu, needs, offered), rank_interventions(shuffled, needs, offered)

    assert [reasons(row) for row in first] == [reasons(row) for row in second]
    said = {row.intervention.pk: (reasons(row), row.needs) for row in first}
    assert {row.intervention.pk: (reasons(row), row.needs) for row in second} == said


@given(data=st.data(), menu=menus, needs=needs_of, offered=offers)
def test_the_order_of_the_priorities_changes_no_rank(data, menu, needs, offered):
    shuffled = data.draw(st.permutations(needs))

    assert order(rank_interventions(menu, needs, offered)) == order(rank_interventions(menu, shuffled, offered))


@given(data=st.data(), menu=menus.filter(bool), needs=needs_of, offered=offers, more=numbers, is_role=st.booleans())
def test_developing_more_never_ranks_lower(data, menu, needs, offered, more, is_role):
    place = data.draw(st.integers(min_value=0, max_value=len(menu) - 1))
    before = menu[place]
    roles = {role.pk for role in before.roles} | ({more} if is_role else set())
    behaviours = {behaviour.pk for behaviour in before.behaviours} | (set() if is_role else {more})
    better = [*menu[:place], item(before.pk, sorted(roles), sorted(behaviours)), *menu[place + 1 :]]

    def rank(rows):
        return order(rank_interventions(rows, needs, offered)).index(before.pk)

    assert rank(better) <= rank(menu)


@given(data=st.data(), menu=menus.filter(bool), needs=needs_of, offered=offers)
def test_being_offered_never_ranks_lower(data, menu, needs, offered):
    pk = data.draw(st.sampled_from(menu)).pk

    def rank(offers):
        return order(rank_interventions(menu, needs, offers)).index(pk)

    assert rank(offered | {pk: OFFERED}) <= rank(offered | {pk: ON_REQUEST}) <= rank(offered | {pk: NOT_OFFERED})


@pytest.mark.parametrize("availability", Availability)
def test_every_availability_has_a_place_in_the_order(availability):
    assert availability in AVAILABILITY_ORDER
