"""Adding and changing the parts of a plan: done, refused, and nothing left behind."""

from datetime import date
from decimal import Decimal

import pytest

from core import records
from core.models import AuditEvent
from core.records import EditConflict
from core.refusals import ActionRefused
from directory.enums import Sector
from directory.models import Organisation
from engagements import actions
from engagements.actions.entries import engagement_of
from engagements.enums import Clarity, EngagementStatus, Facet, FundingCertainty, PlaceLevel, StartedFrom
from engagements.models import Engagement, FundingLine, ParticipantGroup, Place, PlannedIntervention, Priority, Purpose
from tests.engagements.entries import FACTORIES, add, as_it_stands, change, let_the_audit_fail, remove
from tests.factories.directory import OrganisationFactory, a_footprint
from tests.factories.engagements import (
    EngagementFactory,
    FundingLineFactory,
    ParticipantGroupFactory,
    PlaceFactory,
    PlannedInterventionFactory,
    PriorityFactory,
)
from tests.factories.framework import a_behaviour, a_role, a_step

pytestmark = pytest.mark.django_db


# One entry of each kind: its class, the least that can be typed, and what its conversation started from.
ENTRIES = [
    pytest.param(ParticipantGroup, {"name": "Carers"}, StartedFrom.PEOPLE, id="group"),
    pytest.param(Place, {"name": "Boston"}, StartedFrom.PLACE, id="place"),
    pytest.param(Purpose, {"statement": "Get people home"}, StartedFrom.PURPOSE, id="purpose"),
    pytest.param(Priority, {"statement": "Plan together"}, StartedFrom.PRIORITIES, id="priority"),
    pytest.param(PlannedIntervention, {"title": "Coaching"}, StartedFrom.INTERVENTION, id="planned intervention"),
]


@pytest.fixture
def engagement():
    return EngagementFactory()


@pytest.fixture
def audit_fails(monkeypatch):
    let_the_audit_fail(monkeypatch)


@pytest.mark.parametrize(("model", "values", "start"), ENTRIES)
def test_add_entry_as_the_first_says_where_the_conversation_started(engagement, model, values, start):
    entry = add(model(engagement=engagement), **values)

    assert model.objects.get() == entry
    stands = as_it_stands(engagement)
    assert stands.started_from == start
    begun = {facet for facet in Facet if stands.clarity_of(facet) == Clarity.IN_PROGRESS}
    assert begun == {facet for facet in Facet if facet.value == start.value}
    event = AuditEvent.objects.get(trail=engagement.trail)
    assert (event.verb, event.actor, event.subject_id) == ("added", engagement.lead_consultant, entry.pk)


@pytest.mark.parametrize(("model", "values", "start"), ENTRIES)
def test_add_entry_later_leaves_where_the_conversation_started_and_what_is_clear(engagement, model, values, start):
    Engagement.objects.update(started_from=StartedFrom.MEASURE, **{f"{facet}_clarity": Clarity.CLEAR for facet in Facet})

    add(model(engagement=engagement), **values)

    stands = as_it_stands(engagement)
    assert stands.started_from == StartedFrom.MEASURE
    assert {stands.clarity_of(facet) for facet in Facet} == {Clarity.CLEAR}


def test_add_entry_of_money_says_nothing_about_the_start():
    planned = PlannedInterventionFactory()

    line = add(
        FundingLine(planned_intervention=planned),
        source="The four CCGs",
        amount=Decimal("12000.50"),
        certainty=FundingCertainty.CONFIRMED,
    )

    assert planned.funding_lines.get() == line
    assert as_it_stands(planned.engagement).started_from == ""
    assert AuditEvent.objects.get().trail == planned.engagement.trail


def test_add_entry_keeps_what_was_chosen_from_lists(engagement):
    group, priority = ParticipantGroupFactory(engagement=engagement), PriorityFactory(engagement=engagement)

    planned = add(
        PlannedIntervention(engagement=engagement),
        title="Coaching",
        audience=[group],
        serves=[priority],
        roles=[a_role()],
        behaviours=[a_behaviour()],
        forward_view_steps=[a_step()],
    )

    assert list(planned.audience.all()) == [group]
    assert list(planned.serves.all()) == [priority]
    assert list(planned.roles.all()) == [a_role()]
    assert list(planned.behaviours.all()) == [a_behaviour()]
    assert list(planned.forward_view_steps.all()) == [a_step()]


@pytest.mark.parametrize(("model", "name"), [(Priority, "statement"), (PlannedIntervention, "title")])
def test_add_entry_puts_it_last(engagement, model, name):
    first = add(model(engagement=engagement), **{name: "First"})
    add(model(engagement=EngagementFactory()), **{name: "Elsewhere"})
    second = add(model(engagement=engagement), **{name: "Second"})

    remove(first)
    third = add(model(engagement=engagement), **{name: "Third"})

    assert (first.position, second.position, third.position) == (1, 2, 3)


def test_add_entry_with_an_organisation_the_directory_lacks_adds_that_too(engagement):
    described = {"name": "Wolds Hospice", "sector": Sector.VOLUNTARY_AND_COMMUNITY}

    group = add(ParticipantGroup(engagement=engagement), name="Nurses", new_organisation=described)

    assert group.organisation == Organisation.objects.named("Wolds Hospice").get()
    assert list(AuditEvent.objects.order_by("pk").values_list("trail", flat=True)) == ["directory", engagement.trail]


def test_add_entry_with_an_organisation_somebody_has_just_added_takes_that_one(engagement):
    known = OrganisationFactory(name="Wolds Hospice")
    described = {"name": "WOLDS HOSPICE", "sector": Sector.NHS}

    group = add(ParticipantGroup(engagement=engagement), name="Nurses", new_organisation=described)

    assert group.organisation == known


@pytest.mark.parametrize(
    ("entry", "values", "reason"),
    [
        pytest.param(Place, {"note": "Far away"}, "Choose an STP area or a site", id="place without a name"),
        pytest.param(ParticipantGroup, {"name": "Carers", "headcount": 0}, "at least 1 person", id="nobody in a group"),
        pytest.param(Priority, {"statement": "x", "level_now": "4", "level_wanted": "2"}, "same as or higher", id="falls"),
        pytest.param(
            PlannedIntervention,
            {"title": "x", "starts_on": date(2017, 2, 2), "ends_on": date(2017, 2, 1)},
            "same as or after the start date",
            id="ends before it starts",
        ),
    ],
)
def test_add_entry_refuses_what_cannot_be_in_words(engagement, entry, values, reason):
    with pytest.raises(ActionRefused, match=reason):
        add(entry(engagement=engagement), **values)

    assert not entry.objects.exists()
    assert as_it_stands(engagement).started_from == ""


@pytest.mark.parametrize("status", [status for status in EngagementStatus if status != EngagementStatus.CO_DESIGN])
@pytest.mark.parametrize(("factory", "name"), FACTORIES)
def test_entries_outside_co_design_are_left_alone(status, factory, name):
    entry = factory()
    Engagement.objects.update(status=status)
    said = getattr(entry, name)
    owner = {"planned_intervention": entry.planned_intervention} if factory is FundingLineFactory else {}
    fresh = type(entry)(**(owner or {"engagement": entry.engagement}))

    with pytest.raises(ActionRefused, match="change"):
        add(fresh, **{name: "New"})
    with pytest.raises(ActionRefused, match="change"):
        change(entry, **{name: "Other"})
    with pytest.raises(ActionRefused, match="change"):
        remove(entry)

    assert [getattr(row, name) for row in type(entry).objects.all()] == [said]
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(("model", "values", "start"), ENTRIES)
def test_add_entry_leaves_nothing_behind_when_the_audit_write_fails(engagement, model, values, start, audit_fails):
    with pytest.raises(OSError, match="no space"):
        add(model(engagement=engagement), **values)

    assert not model.objects.exists()
    assert as_it_stands(engagement).started_from == ""


def test_add_entry_leaves_no_organisation_behind_when_the_entry_is_refused(engagement):
    described = {"name": "Wolds Hospice", "sector": Sector.NHS}

    with pytest.raises(ActionRefused, match="at least 1 person"):
        add(ParticipantGroup(engagement=engagement), name="Nurses", headcount=0, new_organisation=described)

    assert not Organisation.objects.named("Wolds Hospice").exists()


@pytest.mark.parametrize(("factory", "name"), FACTORIES)
def test_change_entry_tells_old_and_new(factory, name):
    entry = factory(**{name: "As it was"})

    change(entry, **{name: "As it is"})

    entry.refresh_from_db()
    assert getattr(entry, name) == "As it is"
    event = AuditEvent.objects.get(trail=engagement_of(entry).trail)
    assert event.verb == "changed"
    assert [(row["field"], row["old"], row["new"]) for row in event.changes] == [(name, "As it was", "As it is")]


@pytest.mark.parametrize(("factory", "name"), FACTORIES)
def test_change_entry_that_changes_nothing_writes_nothing(factory, name):
    entry = factory(**{name: "As it was"})

    change(entry, **{name: "As it was"})

    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(("factory", "name"), FACTORIES)
def test_change_entry_leaves_nothing_behind_when_the_audit_write_fails(factory, name, audit_fails):
    entry = factory(**{name: "As it was"})

    with pytest.raises(OSError, match="no space"):
        change(entry, **{name: "As it is"})

    entry.refresh_from_db()
    assert getattr(entry, name) == "As it was"


def test_p03_change_entry_merges_what_two_people_changed_in_different_fields():
    group = ParticipantGroupFactory(name="Carers", headcount=10)
    seen = records.snapshot(group, ["name", "headcount"])
    change(ParticipantGroup.objects.get(), headcount=20)

    change(group, name="Carers’ forum", headcount=10, seen=seen)

    group.refresh_from_db()
    assert (group.name, group.headcount) == ("Carers’ forum", 20)


def test_p03_change_entry_of_one_field_by_two_people_shows_both_until_one_is_chosen():
    place = PlaceFactory(name="Boston")
    seen = records.snapshot(place, ["name"])
    change(Place.objects.get(), name="Theirs")

    with pytest.raises(EditConflict) as caught:
        change(place, name="Mine", seen=seen)
    assert caught.value.conflicts["name"].theirs == "Theirs"
    assert caught.value.conflicts["name"].who == str(place.engagement.lead_consultant)
    change(place, name="Mine", seen=seen | caught.value.seen, overwrite=["name"])

    place.refresh_from_db()
    assert place.name == "Mine"


def test_p03_change_entry_of_a_list_by_two_people_shows_both():
    planned = PlannedInterventionFactory(roles=[a_role()])
    seen = records.snapshot(planned, ["roles"])
    change(PlannedIntervention.objects.get(), roles=[a_role(), a_role(row=2)])

    with pytest.raises(EditConflict) as caught:
        change(planned, roles=[], seen=seen)

    assert caught.value.conflicts["roles"].theirs == f"{a_role()}, {a_role(row=2)}"


def test_change_entry_that_merges_into_something_impossible_is_refused_in_words():
    planned = PlannedInterventionFactory(starts_on=date(2017, 1, 1), ends_on=date(2017, 6, 1))
    seen = records.snapshot(planned, ["starts_on", "ends_on"])
    change(PlannedIntervention.objects.get(), starts_on=date(2017, 5, 1))

    with pytest.raises(ActionRefused, match="same as or after the start date"):
        change(planned, starts_on=date(2017, 1, 1), ends_on=date(2017, 4, 1), seen=seen)

    planned.refresh_from_db()
    assert (planned.starts_on, planned.ends_on) == (date(2017, 5, 1), date(2017, 6, 1))


def test_change_entry_to_a_new_organisation_adds_it():
    group = ParticipantGroupFactory()

    change(group, new_organisation={"name": "Wolds Hospice", "sector": Sector.NHS})

    group.refresh_from_db()
    assert group.organisation.name == "Wolds Hospice"


def test_note_progress_of_nothing_writes_nothing(engagement, django_assert_num_queries):
    engagement.started_from = StartedFrom.PLACE
    engagement.place_clarity = Clarity.CLEAR

    with django_assert_num_queries(0):
        actions.note_progress(engagement, None, None)
        actions.note_progress(engagement, StartedFrom.PEOPLE, Facet.PLACE)


def test_entries_of_a_place_may_name_an_area_only(engagement):
    place = add(Place(engagement=engagement), footprint=a_footprint(), level=PlaceLevel.STP_AREA)

    assert str(place) == a_footprint().name
