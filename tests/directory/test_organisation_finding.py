"""Organisations are found by typing errors, old names and codes, the same on every database."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.names import Likeness
from directory.models import Organisation
from tests.factories.accounts import ConsultantFactory
from tests.factories.directory import OrganisationFactory
from tests.helpers import as_user, soup

pytestmark = pytest.mark.django_db


def test_named_takes_an_earlier_name_where_nothing_has_the_name_now():
    renamed = OrganisationFactory(name="Fenland Hospice", other_names="Wolds Hospice")

    assert list(Organisation.objects.named(" WOLDS  hospice")) == [renamed]

    present = OrganisationFactory(name="Wolds Hospice")

    assert list(Organisation.objects.named("wolds hospice")) == [present]


def test_named_passes_over_a_duplicate_that_was_merged():
    kept = OrganisationFactory(name="Fenland Hospice", other_names="Wolds Hospice")
    OrganisationFactory(name="Wolds Hospice", retired=True, merged_into=kept)

    assert list(Organisation.objects.named("Wolds Hospice")) == [kept]


def test_named_finds_a_merged_duplicate_where_nothing_else_has_its_name():
    merged = OrganisationFactory(name="Wolds Hospice", retired=True, merged_into=OrganisationFactory())

    assert list(Organisation.objects.named("Wolds Hospice")) == [merged]


def test_matching_puts_the_closest_first_and_keeps_to_its_number():
    near = OrganisationFactory(name="Wolds Hospise")
    earlier = OrganisationFactory(name="Fenland Hospice", other_names="Old | Wolds Hospice")
    holds = OrganisationFactory(name="Hospice of the Wolds")
    exact = OrganisationFactory(name="Wolds Hospice")

    assert list(Organisation.objects.matching("wolds hospice")) == [exact, earlier, holds, near]
    assert list(Organisation.objects.matching("wolds hospice", at_most=2)) == [exact, earlier]
    assert not Organisation.objects.matching("zyzzyva").exists()


def test_best_for_offers_only_what_can_be_chosen():
    OrganisationFactory(name="Wolds Hospice", retired=True)
    chosen = OrganisationFactory(name="Wolds Hospise")

    assert list(Organisation.objects.best_for("wolds hospice")) == [chosen]


def test_names_are_read_in_one_query():
    OrganisationFactory(name="Wolds Hospice")

    with CaptureQueriesContext(connection) as queries:
        found = Organisation.objects.closest("wolds hopsice")

    assert len(queries) == 1
    assert [one.likeness for one in found] == [Likeness.NEAR]


def offered(typed):
    response = as_user(ConsultantFactory()).get(reverse("directory:organisation_search"), {"q": typed})
    return [(option["value"], option.get_text()) for option in soup(response).select("option")]


def test_organisation_search_offers_an_earlier_name_and_a_typing_error_so_that_the_browser_shows_them():
    OrganisationFactory(name="Fenland Hospice", other_names="Wolds Home", ods_code="WLD")

    assert offered("Wolds Home") == offered("wld") == [("Fenland Hospice", "NHS, WLD, also Wolds Home")]
    # A browser drops what does not hold what was typed.
    assert offered("Fenlnd Hospice") == [("Fenland Hospice", "NHS, WLD, also Wolds Home – found by “Fenlnd Hospice”")]


def test_organisation_search_escapes_what_was_typed():
    OrganisationFactory(name="Wolds <b>Hospice</b>")

    assert offered("wolds <b>hopsice") == [("Wolds <b>Hospice</b>", "NHS – found by “wolds <b>hopsice”")]
