"""Removing the parts of a plan: refused while something stands on them, kept in the history, and nothing left behind."""

import pytest

from core.models import AuditEvent
from core.refusals import ActionRefused
from engagements.actions.entries import engagement_of
from engagements.enums import Clarity, StartedFrom
from engagements.models import FundingLine, Priority
from tests.engagements.entries import FACTORIES, as_it_stands, change, let_the_audit_fail, remove
from tests.factories.engagements import (
    CriterionCheckFactory,
    EngagementFactory,
    FundingLineFactory,
    ParticipantGroupFactory,
    PlaceFactory,
    PlannedInterventionFactory,
    PriorityFactory,
)
from tests.factories.evaluation import MeasureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement():
    return EngagementFactory()


@pytest.fixture
def audit_fails(monkeypatch):
    let_the_audit_fail(monkeypatch)


@pytest.mark.parametrize(("factory", "name"), FACTORIES)
def test_entries_that_somebody_has_removed_meanwhile_are_refused_in_words(factory, name):
    entry = factory()
    remove(type(entry).objects.get())

    with pytest.raises(ActionRefused, match="Somebody has removed this meanwhile"):
        change(entry, **{name: "Mine"})
    with pytest.raises(ActionRefused, match="Somebody has removed this meanwhile"):
        remove(entry)

    assert list(AuditEvent.objects.values_list("verb", flat=True)) == ["removed"]


@pytest.mark.parametrize(("factory", "name"), FACTORIES)
def test_remove_entry_keeps_what_it_said_in_the_history(factory, name):
    entry = factory(**{name: "Something said"})

    remove(entry)

    assert not type(entry).objects.exists()
    event = AuditEvent.objects.get(trail=engagement_of(entry).trail)
    assert event.verb == "removed"
    assert "Something said" in [row["old"] for row in event.changes]


@pytest.mark.parametrize(("factory", "name"), FACTORIES)
def test_remove_entry_leaves_everything_when_the_audit_write_fails(factory, name, audit_fails):
    entry = factory()

    with pytest.raises(OSError, match="no space"):
        remove(entry)

    assert type(entry).objects.get() == entry


def test_remove_entry_of_a_group_that_an_intervention_is_for_is_refused(engagement):
    group = ParticipantGroupFactory(engagement=engagement)
    planned = PlannedInterventionFactory(engagement=engagement, title="Coaching", audience=[group])

    with pytest.raises(ActionRefused, match="“Coaching” is for this group"):
        remove(group)

    assert list(planned.audience.all()) == [group]


def test_remove_entry_of_a_priority_that_interventions_serve_is_refused_with_each(engagement):
    priority = PriorityFactory(engagement=engagement)
    planned = [PlannedInterventionFactory(engagement=engagement, title=title, serves=[priority]) for title in ("One", "Two")]

    with pytest.raises(ActionRefused, match=r"“One” serves this priority.*“Two” serves this priority") as refused:
        remove(priority)

    assert [blocker.url for blocker in refused.value.blockers] == [
        f"/engagements/{engagement.reference}/plan/{row.pk}/" for row in planned
    ]
    assert Priority.objects.get() == priority


def test_remove_entry_of_an_intervention_with_measures_is_refused_and_keeps_its_funding():
    planned = PlannedInterventionFactory()
    line, check = FundingLineFactory(planned_intervention=planned), CriterionCheckFactory(planned_intervention=planned)
    MeasureFactory(engagement=planned.engagement, planned_intervention=planned)

    with pytest.raises(ActionRefused, match="Measures belong to this intervention"):
        remove(planned)

    assert (planned.funding_lines.get(), planned.criterion_checks.get()) == (line, check)
    assert not AuditEvent.objects.exists()


def test_remove_entry_of_an_intervention_takes_its_funding_and_reasons_along_and_tells_of_each(engagement):
    group, priority = ParticipantGroupFactory(engagement=engagement), PriorityFactory(engagement=engagement)
    planned = PlannedInterventionFactory(engagement=engagement, audience=[group], serves=[priority])
    FundingLineFactory(planned_intervention=planned, source="The four CCGs")
    CriterionCheckFactory(planned_intervention=planned, reason="The board has agreed it.")

    remove(planned)

    assert not FundingLine.objects.exists()
    told = [row["old"] for event in AuditEvent.objects.all() for row in event.changes]
    assert {"The four CCGs", "The board has agreed it.", planned.title} <= set(told)
    assert engagement.groups.get() == group
    assert engagement.priorities.get() == priority


def test_remove_entry_keeps_facets_that_began():
    place = PlaceFactory(engagement__place_clarity=Clarity.IN_PROGRESS, engagement__started_from=StartedFrom.PLACE)

    remove(place)

    stands = as_it_stands(place.engagement)
    assert (stands.place_clarity, stands.started_from) == (Clarity.IN_PROGRESS, StartedFrom.PLACE)
