"""An organisation by its name: found, asked about where nobody knows it, never guessed."""

import pytest

from directory.enums import Sector
from directory.models import Organisation
from engagements import forms
from tests.engagements.typed import group_form, posted
from tests.factories.directory import OrganisationFactory
from tests.factories.engagements import ParticipantGroupFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["Wolds Hospice", "wolds hospice", "  WOLDS HOSPICE  "])
def test_an_organisation_is_found_by_its_name_whatever_the_case(typed):
    hospice = OrganisationFactory(name="Wolds Hospice")

    form = group_form(name="Nurses", organisation_name=typed)

    assert form.is_valid()
    assert form.values["organisation"] == hospice
    assert "organisation_choice" not in form.fields


def test_no_organisation_is_taken_too():
    form = group_form(name="Carers", sector="citizens")

    assert form.is_valid()
    assert form.values["organisation"] is None


def test_an_organisation_that_nobody_knows_is_asked_about_and_never_guessed():
    form = group_form(name="Nurses", organisation_name="Zyzzyva Hospice")

    assert not form.is_valid()
    assert form.errors["organisation_choice"] == [
        "“Zyzzyva Hospice” is not in the directory yet. Choose an organisation, or add this one"
    ]
    assert form.fields["organisation_choice"].choices == [("new", "Add “Zyzzyva Hospice” to the directory")]
    assert form["organisation_name"].value() == "Zyzzyva Hospice"


@pytest.mark.parametrize(
    "typed", ["Wolds Hopsice", "wolds hospise", "Wold Hospice", "Wolds", "hospice wolds"], ids=lambda typed: typed
)
def test_a_typing_error_or_a_part_of_a_name_finds_near_names(typed):
    hospice = OrganisationFactory(name="Wolds Hospice")

    form = group_form(name="Nurses", organisation_name=typed)

    choices = form.fields["organisation_choice"].choices
    assert (str(hospice.pk), "Wolds Hospice") in choices
    assert choices[-1] == ("new", f"None of these: add “{typed}”")
    assert len(choices) <= 7


def test_a_near_name_that_is_chosen_is_taken():
    hospice = OrganisationFactory(name="Wolds Hospice")

    form = group_form(name="Nurses", organisation_name="Wolds Hopsice", organisation_choice=hospice.pk)

    assert form.is_valid()
    assert form.values["organisation"] == hospice
    assert "new_organisation" not in form.values


def test_a_new_organisation_needs_a_sector():
    form = group_form(name="Nurses", organisation_name="Zyzzyva Hospice", organisation_choice="new")

    assert not form.is_valid()
    assert form.errors["sector"] == ["Choose the sector of “Zyzzyva Hospice”, so that it can be added"]


def test_a_new_organisation_with_its_sector_is_described_for_the_action():
    form = group_form(
        name="Nurses", organisation_name=" Zyzzyva Hospice ", organisation_choice="new", sector="voluntary_and_community"
    )

    assert form.is_valid()
    assert form.values["new_organisation"] == {"name": "Zyzzyva Hospice", "sector": Sector.VOLUNTARY_AND_COMMUNITY}
    assert "organisation" not in form.values
    assert not Organisation.objects.named("Zyzzyva Hospice").exists()


@pytest.mark.parametrize("choice", ["0", "99999999", "martian"])
def test_an_organisation_that_was_not_offered_is_refused(choice):
    OrganisationFactory(name="Wolds Hospice")

    form = group_form(name="Nurses", organisation_name="Wolds Hopsice", organisation_choice=choice)

    assert not form.is_valid()
    assert "organisation_choice" in form.errors


def test_a_retired_organisation_is_neither_found_nor_offered():
    OrganisationFactory(name="Wolds Hospice", retired=True)

    form = group_form(name="Nurses", organisation_name="Wolds Hospice")

    assert not form.is_valid()
    assert form.fields["organisation_choice"].choices == [("new", "Add “Wolds Hospice” to the directory")]


def test_a_retired_organisation_stays_with_a_group_that_names_it():
    group = ParticipantGroupFactory(organisation=OrganisationFactory(name="Wolds Hospice", retired=True))

    form = forms.ParticipantGroupForm(posted(name="Nurses", organisation_name="Wolds Hospice"), instance=group)

    assert form.is_valid(), form.errors
    assert form.values["organisation"] == group.organisation


def test_a_group_shows_the_organisation_it_has():
    group = ParticipantGroupFactory(organisation=OrganisationFactory(name="Wolds Hospice"))

    form = forms.ParticipantGroupForm(instance=group)

    assert form["organisation_name"].value() == "Wolds Hospice"
    assert "organisation_choice" not in form.fields


@pytest.mark.parametrize(
    "typed", ["a " * 5_000, "a " * 99 + "a", "x" * 50_000, "%" * 200, "_", "\\", "'\"<>&", "é" * 200, "\ud7ff"]
)
def test_any_name_of_an_organisation_can_be_looked_for(typed):
    form = group_form(name="Nurses", organisation_name=typed)

    assert not form.is_valid()
    assert form["organisation_name"].value() == typed


@pytest.mark.parametrize("typed", ["Wolds Home", "  wolds  HOME "])
def test_an_earlier_name_leads_to_the_organisation(typed):
    hospice = OrganisationFactory(name="Fenland Hospice", other_names="Wolds Home")

    form = group_form(name="Nurses", organisation_name=typed)

    assert form.is_valid(), form.errors
    assert form.values["organisation"] == hospice


def test_the_name_of_a_merged_duplicate_leads_to_what_it_was_merged_into():
    kept = OrganisationFactory(name="Fenland Hospice", other_names="Wolds Hospice")
    OrganisationFactory(name="Wolds Hospice", retired=True, merged_into=kept)

    form = group_form(name="Nurses", organisation_name="Wolds Hospice")

    assert form.is_valid(), form.errors
    assert form.values["organisation"] == kept


def test_a_merged_duplicate_stays_with_a_group_that_names_it():
    kept = OrganisationFactory(name="Fenland Hospice", other_names="Wolds Hospice")
    merged = OrganisationFactory(name="Wolds Hospice", retired=True, merged_into=kept)
    group = ParticipantGroupFactory(organisation=merged)

    form = forms.ParticipantGroupForm(posted(name="Nurses", organisation_name="Wolds Hospice"), instance=group)

    assert form.is_valid(), form.errors
    assert form.values["organisation"] == merged


def test_a_near_name_is_asked_about_with_the_one_that_is_likely_meant():
    OrganisationFactory(name="Wolds Hospice")

    form = group_form(name="Nurses", organisation_name="Wolds Hopsice")

    assert form.errors["organisation_choice"] == [
        "Did you mean Wolds Hospice? “Wolds Hopsice” is not in the directory yet. Choose an organisation, or add this one"
    ]


def test_a_name_that_two_organisations_had_is_asked_about():
    first, second = OrganisationFactory.create_batch(2, other_names="Wolds Home")

    form = group_form(name="Nurses", organisation_name="Wolds Home")
    chosen = group_form(name="Nurses", organisation_name="Wolds Home", organisation_choice=second.pk)

    assert form.errors["organisation_choice"] == [
        "More than one organisation has had the name “Wolds Home”. Choose the one you mean, or add this one"
    ]
    assert [key for key, _ in form.fields["organisation_choice"].choices] == [str(first.pk), str(second.pk), "new"]
    assert chosen.is_valid()
    assert chosen.values["organisation"] == second
