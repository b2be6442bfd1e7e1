"""Loading the reference data again never undoes what was done to the framework in the portal (P38)."""

import json
import shutil

import pytest

from core import reference
from core.models import ReferenceRow
from framework import actions
from framework.models import ForwardViewStep, LeadershipRole
from interventions.models import Intervention
from tests.factories.accounts import NationalAdminFactory
from tests.factories.engagements import PriorityFactory
from tests.factories.framework import a_domain, a_role, a_step

pytestmark = pytest.mark.django_db
WHY = {"reason": "Clearer"}


@pytest.fixture
def admin():
    return NationalAdminFactory()


@pytest.fixture
def folder(tmp_path, settings):
    """A copy of the fixtures that a test may change."""
    return shutil.copytree(settings.FIXTURES_DIR, tmp_path / "fixtures")


def edit(folder, name, change):
    path = folder / f"{name}.json"
    rows = json.loads(path.read_text(encoding="utf-8"))
    change(rows)
    path.write_text(json.dumps(rows), encoding="utf-8")


def reword(folder, old, new):
    """Give a role other words in the fixtures, wherever they name it."""

    def change(rows):
        for row in rows:
            if row.get("text") == old:
                row["text"] = new
            if "roles" in row:
                row["roles"] = [new if text == old else text for text in row["roles"]]

    edit(folder, "framework/leadership_role", change)
    edit(folder, "interventions/intervention", change)


def lines(model):
    return list(model.objects.order_by("pk").values())


def done(reports):
    return {r.model: (r.added, r.changed, r.kept) for r in reports if r.added or r.changed or r.kept}


def test_p38_loading_again_brings_no_old_words_back_and_makes_no_second_row(folder, admin):
    role, step = a_role(), a_step()
    actions.change_row(row=role, values={"text": "Second words"} | WHY, by=admin)
    actions.change_row(row=role, values={"text": "Third words"} | WHY, by=admin)
    actions.change_row(row=step, values={"name": "Other words"} | WHY, by=admin)
    actions.retire_row(row=a_role(row=2), values=WHY, by=admin)
    before = lines(LeadershipRole), lines(ForwardViewStep)
    menu = [
        (item.pk, item.version, sorted(item.roles.values_list("pk", flat=True))) for item in Intervention.objects.order_by("pk")
    ]

    reports = reference.load(folder)

    assert done(reports) == {}
    assert (lines(LeadershipRole), lines(ForwardViewStep)) == before
    again = [
        (item.pk, item.version, sorted(item.roles.values_list("pk", flat=True))) for item in Intervention.objects.order_by("pk")
    ]
    assert again == menu


def test_p38_a_fixture_that_changes_an_edited_row_is_kept_as_edited(folder, admin):
    role = a_role()
    actions.change_row(row=role, values={"text": "Words of the portal"} | WHY, by=admin)
    before = lines(LeadershipRole)
    reword(folder, role.text, "Words of a later fixture")

    reports = reference.load(folder)

    assert done(reports)["framework.LeadershipRole"] == (0, 0, 1)
    assert lines(LeadershipRole) == before


@pytest.mark.parametrize("is_reworded", [False, True])
def test_p38_a_fixture_that_changes_a_retired_row_leaves_its_words_to_those_who_chose_it(folder, admin, is_reworded):
    role = a_role()
    priority = PriorityFactory(roles=[role])
    text = role.text
    if is_reworded:
        actions.change_row(row=role, values={"text": "Words of the portal"} | WHY, by=admin)
    actions.retire_row(row=role, values=WHY, by=admin)
    before = lines(LeadershipRole)
    reword(folder, text, "Words of a later fixture")

    reports = reference.load(folder)

    assert done(reports)["framework.LeadershipRole"] == (0, 0, 1)
    assert lines(LeadershipRole) == before
    assert priority.roles.get().text == text
    assert done(reference.load(folder)) == {}


def test_a_row_that_was_added_in_the_portal_is_no_row_of_a_later_fixture(folder, admin):
    mine = actions.add_role(domain=a_domain(), values={"text": "Ours"} | WHY, by=admin)
    printed = {"domain": "individual-effectiveness", "row": 8, "text": "Printed later"}
    edit(folder, "framework/leadership_role", lambda rows: rows.append(printed))

    reference.load(folder)

    mine.refresh_from_db()
    assert mine.text == "Ours"
    assert a_role(row=8).text == "Printed later"


def test_a_step_that_was_added_in_the_portal_keeps_its_words_when_a_fixture_brings_it(folder, admin):
    values = {"name": "Digital maternity", "description": "Ours", "kind": "service"} | WHY
    mine = actions.add_step(values=values, by=admin)
    later = {"code": mine.code, "name": "Later", "description": "", "kind": "gap", "position": 9}
    edit(folder, "framework/forward_view_step", lambda rows: rows.append(later))

    reports = reference.load(folder)

    mine.refresh_from_db()
    assert (mine.name, mine.kind) == ("Digital maternity", "service")
    assert done(reports) == {"framework.ForwardViewStep": (0, 0, 1)}
    assert ReferenceRow.objects.filter(key=mine.code).exists()
