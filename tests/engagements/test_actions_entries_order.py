"""Moving the parts of a plan up and down: done, refused, and nothing left behind."""

import pytest

from core.models import AuditEvent
from core.refusals import ActionRefused
from engagements import actions
from engagements.enums import EngagementStatus
from engagements.models import Engagement, Priority
from tests.engagements.entries import let_the_audit_fail, remove
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory, PriorityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement():
    return EngagementFactory()


@pytest.fixture
def audit_fails(monkeypatch):
    let_the_audit_fail(monkeypatch)


@pytest.mark.parametrize("factory", [PriorityFactory, PlannedInterventionFactory])
@pytest.mark.parametrize(
    ("number", "is_up", "order"),
    [
        pytest.param(1, True, [1, 0, 2], id="the middle one up"),
        pytest.param(1, False, [0, 2, 1], id="the middle one down"),
        pytest.param(0, False, [1, 0, 2], id="the first one down"),
        pytest.param(2, True, [0, 2, 1], id="the last one up"),
    ],
)
def test_move_entry_changes_places_with_its_neighbour(engagement, factory, number, is_up, order):
    rows = factory.create_batch(3, engagement=engagement)
    factory()

    actions.move_entry(entry=rows[number], is_up=is_up, by=engagement.lead_consultant)

    stands = list(type(rows[0]).objects.filter(engagement=engagement).order_by("position"))
    assert stands == [rows[place] for place in order]
    assert [row.position for row in stands] == [1, 2, 3]
    event = AuditEvent.objects.get()
    assert (event.verb, event.subject_id, event.trail) == (
        "moved up" if is_up else "moved down",
        rows[number].pk,
        engagement.trail,
    )


@pytest.mark.parametrize(("number", "is_up"), [(0, True), (2, False)])
def test_move_entry_at_the_end_of_the_list_does_nothing(engagement, number, is_up):
    rows = PriorityFactory.create_batch(3, engagement=engagement)

    actions.move_entry(entry=rows[number], is_up=is_up, by=engagement.lead_consultant)

    assert list(Priority.objects.order_by("position")) == rows
    assert not AuditEvent.objects.exists()


def test_move_entry_again_moves_further(engagement):
    rows = PriorityFactory.create_batch(3, engagement=engagement)

    for _ in range(2):
        actions.move_entry(entry=rows[2], is_up=True, by=engagement.lead_consultant)

    assert list(Priority.objects.order_by("position")) == [rows[2], rows[0], rows[1]]


def test_move_entry_works_where_two_have_the_same_position(engagement):
    rows = PriorityFactory.create_batch(3, engagement=engagement, position=7)

    actions.move_entry(entry=rows[2], is_up=True, by=engagement.lead_consultant)

    assert list(Priority.objects.order_by("position")) == [rows[0], rows[2], rows[1]]


def test_move_entry_that_somebody_has_removed_meanwhile_is_refused(engagement):
    priority = PriorityFactory(engagement=engagement)
    remove(Priority.objects.get())

    with pytest.raises(ActionRefused, match="Somebody has removed this meanwhile"):
        actions.move_entry(entry=priority, is_up=True, by=engagement.lead_consultant)


def test_move_entry_outside_co_design_is_refused(engagement):
    rows = PriorityFactory.create_batch(2, engagement=engagement)
    Engagement.objects.update(status=EngagementStatus.AGREED)

    with pytest.raises(ActionRefused, match="The plan is agreed"):
        actions.move_entry(entry=rows[0], is_up=False, by=engagement.lead_consultant)

    assert list(Priority.objects.order_by("position")) == rows


def test_move_entry_leaves_the_order_when_the_audit_write_fails(engagement, audit_fails):
    rows = PriorityFactory.create_batch(2, engagement=engagement)

    with pytest.raises(OSError, match="no space"):
        actions.move_entry(entry=rows[0], is_up=False, by=engagement.lead_consultant)

    assert list(Priority.objects.order_by("position")) == rows
