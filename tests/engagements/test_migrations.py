"""Migrations of data: what stood in plans before the menu had versions."""

from importlib import import_module

import pytest
from django.apps import apps

from engagements.models import PlannedIntervention
from tests.factories.engagements import PlannedInterventionFactory

pytestmark = pytest.mark.django_db

keep_words = import_module("engagements.migrations.0005_keep_words_of_the_menu").keep


def test_p38_plans_from_before_keep_the_words_of_the_menu_and_no_others():
    from_menu, bespoke = PlannedInterventionFactory(from_menu=True), PlannedInterventionFactory()
    already = PlannedInterventionFactory(from_menu=True, menu_name="As it was", menu_version=4)
    PlannedIntervention.objects.filter(pk=from_menu.pk).update(menu_name="", menu_summary="", menu_version=None)

    keep_words(apps, None)

    words = PlannedIntervention.objects.values_list("menu_name", "menu_summary", "menu_version")
    menu_item = from_menu.intervention
    assert words.get(pk=from_menu.pk) == (menu_item.name, menu_item.summary, 1)
    assert words.get(pk=bespoke.pk) == ("", "", None)
    assert words.get(pk=already.pk)[::2] == ("As it was", 4)
