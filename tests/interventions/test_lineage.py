"""Needs and interventions are matched by lineage: other words for a row of the framework change no match (P38)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import versions
from core.models import RecordVersion
from framework import actions
from framework.models import LeadershipRole
from interventions import actions as menu_actions
from interventions.models import Intervention
from interventions.policies import Need, rank_interventions
from tests.factories.accounts import NationalAdminFactory
from tests.factories.framework import a_behaviour, a_role
from tests.factories.interventions import InterventionFactory
from tests.helpers import soup, text_of
from tests.interventions.test_policies import Rows, item, menus, needs_of, offers

pytestmark = pytest.mark.django_db
MENU_URL = "/menu/"


@pytest.fixture
def admin():
    return NationalAdminFactory()


def shown(advice):
    """Return what the advice says, without the words of its rows."""
    return [
        (
            row.rank,
            row.intervention.pk,
            [role.lineage for role in row.roles],
            [behaviour.lineage for behaviour in row.behaviours],
            row.wanted,
            row.needs,
        )
        for row in advice
    ]


def reworded(rows, lineages):
    """Return rows with those of some lineages in other words: another row, further on, that names its first."""
    return Rows(type(row)(pk=row.pk + 100, first_id=row.pk, text="Other words") if row.pk in lineages else row for row in rows)


@given(menu=menus, needs=needs_of, offered=offers, data=st.data())
def test_p38_other_words_for_some_rows_change_no_rank(menu, needs, offered, data):
    lineages = st.sets(st.integers(min_value=1, max_value=8))
    roles, behaviours = data.draw(lineages), data.draw(lineages)
    followed = [type(row)(row.pk, reworded(row.roles, roles), reworded(row.behaviours, behaviours)) for row in menu]

    assert shown(rank_interventions(followed, needs, offered)) == shown(rank_interventions(menu, needs, offered))


@given(menu=menus, needs=needs_of, offered=offers)
def test_an_intervention_that_names_two_wordings_of_a_row_counts_it_once_in_its_latest_words(menu, needs, offered):
    doubled = [type(row)(row.pk, Rows([*row.roles, *reworded(row.roles, range(1, 9))]), row.behaviours) for row in menu]

    advice = rank_interventions(doubled, needs, offered)

    assert shown(advice) == shown(rank_interventions(menu, needs, offered))
    assert all(role.text == "Other words" for row in advice for role in row.roles)


def test_a_row_is_matched_whichever_wording_the_need_was_chosen_in():
    new = LeadershipRole(pk=9, first_id=1)

    advice = rank_interventions(
        [item(1), type(item(2))(2, Rows([new]))], [Need("Trust", frozenset({LeadershipRole(pk=1).lineage}), frozenset())], {}
    )

    assert [row.intervention.pk for row in advice] == [2, 1]


def test_p38_the_menu_is_found_by_the_same_address_after_other_words(client, admin):
    role, behaviour = a_role(), a_behaviour()
    address = f"{MENU_URL}?role={role.pk}&behaviour={behaviour.pk}"
    item = InterventionFactory(roles=[role], behaviours=[behaviour], name="Found by both")
    InterventionFactory(roles=[role], name="Found by one")
    actions.change_row(row=role, values={"text": "Other role words"}, by=admin)
    actions.change_row(row=behaviour, values={"text": "Other behaviour words"}, by=admin)

    words = text_of(client.get(address))

    assert item.name in words
    assert "Found by one" not in words
    assert "that develop the leadership role “Other role words”" in words
    assert role.text not in words


def test_the_menu_finds_an_intervention_that_kept_the_earlier_row(admin):
    role = a_role()
    late = InterventionFactory()
    new = actions.change_row(row=role, values={"text": "Other words"}, by=admin)
    late.roles.set([role, new])

    assert list(Intervention.objects.found_by(role=role.pk).filter(pk=late.pk)) == [late]


def test_the_menu_offers_no_retired_row_to_filter_by(client, admin):
    role = a_role()
    actions.retire_row(row=role, values={"reason": "Out of use"}, by=admin)

    options = {option.get("value") for option in soup(client.get(MENU_URL)).select("#id_role option")}

    assert str(role.pk) not in options
    assert str(a_role(row=2).pk) in options


def test_related_interventions_are_those_that_develop_the_same_in_whatever_words(admin):
    role, other = a_role(), a_role(row=2)
    one, kept = InterventionFactory(roles=[role]), InterventionFactory()
    new = actions.change_row(row=role, values={"text": "Other words"}, by=admin)
    kept.roles.set([role, new, other])

    [found] = Intervention.objects.filter(pk=kept.pk).related_to(one, [new], [])

    assert found.in_common == 1


def test_p38_going_back_to_an_earlier_version_of_an_intervention_keeps_todays_words(admin):
    role = a_role()
    intervention = InterventionFactory(roles=[role], name="As it was")
    menu_actions.change_intervention(intervention=intervention, values={"name": "As it is"}, by=admin)
    actions.change_row(row=role, values={"text": "Leads in other words", "reason": "Plainer"}, by=admin)
    first = RecordVersion.objects.of(intervention).get(number=1)

    values = versions.values_of(first, intervention)
    menu_actions.change_intervention(intervention=intervention, values=values, by=admin)

    intervention.refresh_from_db()
    assert intervention.name == "As it was"
    assert [row.text for row in intervention.roles.all()] == ["Leads in other words"]
