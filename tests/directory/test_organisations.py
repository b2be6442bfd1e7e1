"""Writes to organisations but merging: adding, changing, closing, reopening, holding."""

import pytest

from core import audit, records
from core.models import AuditEvent, RecordVersion
from core.records import EditConflict
from core.refusals import ActionRefused
from directory import actions
from directory.enums import Sector
from directory.models import Organisation
from tests.directory.merging import again
from tests.factories.accounts import ConsultantFactory, RegionalAdminFactory
from tests.factories.directory import OrganisationFactory, a_footprint

pytestmark = pytest.mark.django_db

HOSPICE = {"name": "Wolds Hospice", "sector": Sector.VOLUNTARY_AND_COMMUNITY}


def change(organisation, by=None, **values):
    return actions.change_organisation(organisation=organisation, values=values, by=by or RegionalAdminFactory())


def test_create_organisation_keeps_its_first_version_and_says_who():
    by = RegionalAdminFactory()

    made = actions.create_organisation(
        values={**HOSPICE, "other_names": "Wolds Home |  wolds hospice", "footprints": [a_footprint()]}, by=by
    )

    assert (made.other_names, list(made.footprints.all())) == ("Wolds Home", [a_footprint()])
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.trail) == ("added", by, "directory")
    assert RecordVersion.objects.of(made).get().event == event


def test_create_organisation_of_a_known_name_is_refused():
    OrganisationFactory(**HOSPICE)

    with pytest.raises(ActionRefused, match="There is an organisation with this name already"):
        actions.create_organisation(values=HOSPICE, by=RegionalAdminFactory())


def test_create_organisation_with_too_many_names_is_refused():
    names = " | ".join(f"Name {number} {'x' * 90}" for number in range(6))

    with pytest.raises(ActionRefused, match="longer than 500 characters together"):
        actions.create_organisation(values={**HOSPICE, "other_names": names}, by=RegionalAdminFactory())


def test_add_organisation_by_an_earlier_name_returns_the_organisation():
    known = OrganisationFactory(name="Fenland Hospice", other_names="Wolds Hospice")

    assert actions.add_organisation(values=HOSPICE, by=ConsultantFactory()) == known
    assert not AuditEvent.objects.exists()


def test_add_organisation_by_a_name_that_two_had_adds_it():
    OrganisationFactory.create_batch(2, other_names="Wolds Hospice")

    made = actions.add_organisation(values=HOSPICE, by=ConsultantFactory())

    assert made.name == "Wolds Hospice"


def test_add_organisation_of_a_merged_name_returns_what_it_was_merged_into():
    last = OrganisationFactory(name="Fenland Hospice")
    middle = OrganisationFactory(name="Middle", retired=True, merged_into=last)
    OrganisationFactory(name="Wolds Hospice", retired=True, merged_into=middle)

    assert actions.add_organisation(values=HOSPICE, by=ConsultantFactory()) == last


def test_add_organisation_by_an_earlier_name_of_a_closed_one_adds_it():
    OrganisationFactory(name="Fenland Hospice", other_names="Wolds Hospice", retired=True)

    assert actions.add_organisation(values=HOSPICE, by=ConsultantFactory()).name == "Wolds Hospice"


def test_change_organisation_keeps_its_earlier_name():
    organisation = OrganisationFactory(name="Wolds Hospice", other_names="Wolds Home")

    change(organisation, name="Fenland Hospice")

    assert again(organisation).other_names == "Wolds Home | Wolds Hospice"
    assert Organisation.objects.named("wolds hospice").get() == organisation


def test_change_organisation_back_to_an_earlier_name_keeps_the_later_one():
    organisation = OrganisationFactory(name="Wolds Hospice")
    change(organisation, name="Fenland Hospice")

    change(organisation, name="Wolds Hospice")

    assert again(organisation).other_names == "Fenland Hospice"


def test_change_organisation_of_the_case_of_its_name_keeps_no_earlier_name():
    organisation = OrganisationFactory(name="wolds hospice")

    change(organisation, name="Wolds Hospice")

    assert (again(organisation).name, again(organisation).other_names) == ("Wolds Hospice", "")


def test_change_organisation_says_what_was_changed_and_keeps_both_versions():
    by, organisation = RegionalAdminFactory(), OrganisationFactory(name="Wolds Hospice")

    change(organisation, by, name="Fenland Hospice")

    event = AuditEvent.objects.get()
    assert (event.verb, event.actor) == ("changed", by)
    assert [(said["label"], said["old"], said["new"]) for said in event.changes] == [
        ("name", "Wolds Hospice", "Fenland Hospice"),
        ("other and earlier names", "", "Wolds Hospice"),
    ]
    assert [version.values["name"]["text"] for version in RecordVersion.objects.of(organisation)] == [
        "Fenland Hospice",
        "Wolds Hospice",
    ]


def test_change_organisation_without_room_for_its_earlier_name_is_refused():
    organisation = OrganisationFactory(name="n" * 200, other_names="o" * 400)

    with pytest.raises(ActionRefused, match="longer than 500 characters together"):
        change(organisation, name="Fenland Hospice")

    assert again(organisation).name == "n" * 200


def test_two_who_change_the_name_and_the_other_names_both_keep_theirs():
    organisation = OrganisationFactory(name="Wolds Hospice", other_names="Home")
    seen = records.snapshot(organisation, ["name", "other_names"])
    change(organisation, other_names="Home | Colleague's")

    actions.change_organisation(
        organisation=organisation,
        values={"name": "Fenland Hospice", "other_names": "Home"},
        by=RegionalAdminFactory(),
        seen=seen,
    )

    assert again(organisation).other_names == "Home | Colleague's | Wolds Hospice"


def test_two_who_change_the_other_names_clash():
    organisation = OrganisationFactory(name="Wolds Hospice", other_names="Home")
    seen = records.snapshot(organisation, ["name", "other_names"])
    change(organisation, other_names="Theirs")

    with pytest.raises(EditConflict) as clash:
        actions.change_organisation(
            organisation=organisation,
            values={"name": "Fenland Hospice", "other_names": "Mine"},
            by=RegionalAdminFactory(),
            seen=seen,
        )

    assert set(clash.value.conflicts) == {"other_names"}
    assert again(organisation).name == "Wolds Hospice"


def test_change_organisation_that_was_merged_is_refused():
    kept = OrganisationFactory(name="Fenland Hospice")
    merged = OrganisationFactory(name="Wolds Hospice", retired=True, merged_into=kept)

    for step in (
        lambda: change(merged, name="Other"),
        lambda: actions.close_organisation(organisation=merged, by=RegionalAdminFactory()),
        lambda: actions.reopen_organisation(organisation=merged, by=RegionalAdminFactory()),
    ):
        with pytest.raises(ActionRefused, match="Wolds Hospice was merged into Fenland Hospice"):
            step()


def test_an_organisation_is_closed_and_reopened_and_both_are_said():
    by, organisation = RegionalAdminFactory(), OrganisationFactory()

    actions.close_organisation(organisation=organisation, by=by)
    assert not again(organisation).is_active
    with pytest.raises(ActionRefused, match="is marked as closed already"):
        actions.close_organisation(organisation=organisation, by=by)

    actions.reopen_organisation(organisation=organisation, by=by)
    assert again(organisation).is_active
    with pytest.raises(ActionRefused, match="is not marked as closed"):
        actions.reopen_organisation(organisation=organisation, by=by)

    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True)) == ["marked as closed", "reopened"]


@pytest.mark.parametrize(
    "write",
    [
        lambda organisation, by: change(organisation, by, name="Other"),
        lambda organisation, by: actions.close_organisation(organisation=organisation, by=by),
        lambda organisation, by: actions.create_organisation(values=HOSPICE, by=by),
    ],
    ids=["change", "close", "create"],
)
def test_nothing_is_left_behind_when_the_audit_write_fails(monkeypatch, write):
    organisation, by = OrganisationFactory(name="Fenland Hospice"), RegionalAdminFactory()

    def fail(*args, **kwargs):
        raise RuntimeError("the trail is full")

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError, match="the trail is full"):
        write(organisation, by)

    stands = again(organisation)
    assert (stands.name, stands.is_active) == ("Fenland Hospice", True)
    assert not Organisation.objects.filter(name="Wolds Hospice").exists()


def test_hold_organisation_takes_the_one_that_a_choice_was_merged_into():
    kept = OrganisationFactory()
    merged = OrganisationFactory(retired=True, merged_into=kept)

    held = actions.hold_organisation(values={"organisation": merged, "name": "Nurses"}, by=ConsultantFactory())

    assert held == {"organisation": kept, "name": "Nurses"}


def test_hold_organisation_refuses_what_was_closed_meanwhile_but_not_what_is_named_already():
    closed, by = OrganisationFactory(name="Wolds Hospice", retired=True), ConsultantFactory()

    with pytest.raises(ActionRefused, match="Wolds Hospice is in the directory as closed"):
        actions.hold_organisation(values={"organisation": closed}, by=by)

    assert actions.hold_organisation(values={"organisation": closed}, by=by, named=closed.pk) == {"organisation": closed}
    assert actions.hold_organisation(values={"organisation": None}, by=by) == {"organisation": None}
