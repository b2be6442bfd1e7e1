"""Migrations can be taken back, and those since the last release leave the release before working."""

import importlib.util
from pathlib import Path

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader

from tests.house_rules import PACKAGES

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent
SPEC = importlib.util.spec_from_file_location("lint_migrations", ROOT / "scripts" / "lint_migrations.py")
linting = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(linting)

# What cannot be taken back, and why.
ONE_WAY = {}


def own_migrations():
    loader = MigrationLoader(connection)
    return {key: migration for key, migration in loader.disk_migrations.items() if key[0] in PACKAGES}


def test_every_migration_can_be_taken_back_but_for_those_named():
    found = own_migrations()
    one_way = {key for key, migration in found.items() if not all(operation.reversible for operation in migration.operations)}

    assert len(found) > 20
    assert one_way == set(ONE_WAY)


def test_last_release_names_a_migration_of_each_app():
    released, own = linting.released(), linting.own_migrations()

    assert set(released) == set(own)
    assert {app: name for app, name in released.items() if name not in own[app]} == {}


def test_migrations_after_the_release_are_linted(monkeypatch):
    monkeypatch.setattr(linting, "released", lambda: {"framework": "0003_retire_inactive_steps"})
    monkeypatch.setattr(linting, "own_migrations", lambda: {"framework": ["0003_a", "0004_b", "0005_c"], "core": ["0001_d"]})

    assert linting.newer() == [("framework", "0004_b"), ("framework", "0005_c"), ("core", "0001_d")]


@pytest.mark.django_db(transaction=True)
def test_migrations_after_the_release_are_safe_on_the_database_of_this_run():
    assert not linting.has_unsafe(linting.newer())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("app", "name", "is_unsafe"),
    [
        pytest.param("framework", "0004_steps_are_retired_not_inactive", True, id="a column that older code reads is dropped"),
        pytest.param("core", "0006_upkeep_record", False, id="a table is added"),
    ],
)
def test_linter_finds_what_the_release_before_could_not_live_with(app, name, is_unsafe):
    assert linting.has_unsafe([(app, name)]) is is_unsafe


@pytest.mark.parametrize(
    ("field", "found"),
    [
        pytest.param(models.TextField(default=""), ["measure.note"], id="only Django knows the default"),
        pytest.param(models.TextField(db_default=""), [], id="the database knows it"),
        pytest.param(models.DateField(null=True), [], id="it may be empty"),
    ],
)
def test_column_that_older_code_cannot_fill_is_found(field, found):
    assert linting.unfillable([migrations.AddField("measure", "note", field)]) == found
