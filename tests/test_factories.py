"""Every model has a factory, and whatever it makes is valid: the least row, and the row of each trait."""

import inspect

import pytest
from django.apps import apps

from tests.factories import accounts, core, directory, engagements, evaluation, framework, interventions
from tests.house_rules import APPS

MODULES = [accounts, core, directory, engagements, evaluation, framework, interventions]
FACTORIES = [
    factory
    for module in MODULES
    for _, factory in inspect.getmembers(module, inspect.isclass)
    if factory.__module__ == module.__name__ and not factory._meta.abstract
]
# The reference rows are loaded from fixtures; five criteria there are, and no sixth.
LOADED = {"engagements.Criterion"}


@pytest.mark.django_db
@pytest.mark.parametrize("factory", FACTORIES, ids=lambda factory: factory.__name__)
def test_a_factory_makes_valid_rows_again_and_again(factory):
    first, second = factory(), factory()

    assert second.full_clean() is None
    assert first.pk != second.pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("factory", "trait"),
    [(factory, trait) for factory in FACTORIES for trait in factory._meta.parameters],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_a_trait_makes_a_valid_row(factory, trait):
    assert factory(**{trait: True}).full_clean() is None


def test_every_model_of_the_apps_has_a_factory():
    models = {model._meta.label for app in APPS for model in apps.get_app_config(app).get_models()}

    assert models - {factory._meta.model._meta.label for factory in FACTORIES} == LOADED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", [1, 2])
def test_a_test_that_empties_the_tables_finds_the_reference_data_in_them(time):
    assert directory.a_region().footprints.count() > 0
    assert framework.a_role() in interventions.an_intervention().roles.model.objects.all()

    directory.RegionFactory()
    interventions.an_intervention().roles.clear()
