"""Records added, changed and removed with their audit row, and numbers without gaps."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core import audit, records
from core.models import AuditEvent, Counter
from core.refusals import ActionRefused
from directory.models import Organisation
from engagements.models import PlannedIntervention, Priority, Purpose
from tests.core.editing import TRAIL, change, last_event
from tests.factories.accounts import ConsultantFactory
from tests.factories.directory import OrganisationFactory
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory, PriorityFactory, PurposeFactory
from tests.factories.framework import a_step
from tests.factories.interventions import ProviderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return ConsultantFactory(full_name="Ann Archer")


@pytest.fixture
def purpose():
    return PurposeFactory(statement="Fewer falls", real_work_issue="Nobody owns it")


@pytest.fixture
def broken_audit(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("The trail cannot be written")

    monkeypatch.setattr(audit, "record", fail)


# Adding.


def test_add_saves_the_record_with_its_relations_and_says_so(ann):
    engagement = EngagementFactory()
    step = a_step()

    purpose = records.add(
        Purpose(engagement=engagement), {"statement": "Fewer falls", "forward_view_steps": [step]}, by=ann, trail=TRAIL
    )

    assert list(Purpose.objects.get(pk=purpose.pk).forward_view_steps.all()) == [step]
    event = last_event()
    assert (event.verb, event.actor, event.trail, event.subject_id) == ("added", ann, TRAIL, purpose.pk)
    assert event.subject_label == "purpose Fewer falls"


def test_add_refuses_in_words_what_breaks_a_constraint(ann):
    values = {"statement": "Fewer falls", "strategy_confirmed_by": "Dr Lee"}

    with pytest.raises(ActionRefused, match="Enter both who confirmed the link to the strategy and when"):
        records.add(Purpose(engagement=EngagementFactory()), values, by=ann, trail=TRAIL)

    assert not Purpose.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.usefixtures("broken_audit")
def test_add_leaves_nothing_behind_when_the_audit_write_fails(ann):
    engagement = EngagementFactory()

    with pytest.raises(RuntimeError, match="cannot be written"), transaction.atomic():
        records.add(Purpose(engagement=engagement), {"statement": "x", "forward_view_steps": [a_step()]}, by=ann, trail=TRAIL)

    assert not Purpose.objects.exists()
    assert not Purpose.forward_view_steps.through.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_p05_the_same_name_added_at_the_same_moment_is_refused_in_words(ann, in_parallel):
    def add(_):
        values = {"name": "Louth Hospice", "sector": "voluntary_and_community"}
        try:
            with transaction.atomic():
                records.add(Organisation(), values, by=ann, trail=TRAIL)
        except ActionRefused as refusal:
            return str(refusal)
        return "added"

    answers = in_parallel(add, times=6)

    assert sorted(answers) == ["There is an organisation with this name already."] * 5 + ["added"]
    assert Organisation.objects.filter(name="Louth Hospice").count() == 1


def test_what_the_database_alone_refuses_is_no_refusal_in_words(ann, monkeypatch):
    """A record that passes its checks and fails in the database is a fault of ours, and is not hidden."""
    monkeypatch.setattr(Purpose, "full_clean", lambda self: None)

    with pytest.raises(IntegrityError), transaction.atomic():
        records.add(Purpose(engagement=EngagementFactory()), {"strategy_confirmed_by": "Dr Lee"}, by=ann, trail=TRAIL)


def test_what_somebody_removed_after_it_was_ticked_is_refused_in_words(ann):
    planned = PlannedInterventionFactory()
    gone = PriorityFactory(engagement=planned.engagement)
    Priority.objects.filter(pk=gone.pk).delete()

    with pytest.raises(ActionRefused, match="chosen under “priorities it serves” has been removed"), transaction.atomic():
        records.change(planned, {"title": "Coaching", "serves": [gone]}, by=ann, trail=TRAIL)

    assert not AuditEvent.objects.exists()
    assert not planned.serves.exists()


# Changing.


def test_change_tells_old_and_new_of_each_field_that_changed(purpose, ann):
    change(purpose, {"statement": "No falls", "real_work_issue": "Nobody owns it"}, ann)

    assert last_event().changes == [
        {"field": "statement", "label": "what this is for", "old": "Fewer falls", "new": "No falls"},
    ]


def test_change_writes_nothing_when_nothing_changed(purpose, ann, django_assert_num_queries):
    fresh = Purpose.objects.get(pk=purpose.pk)

    with django_assert_num_queries(0):
        records.change(fresh, {"statement": "Fewer falls"}, by=ann, trail=TRAIL)

    assert not AuditEvent.objects.exists()


def test_change_takes_a_browsers_line_breaks_for_the_same_text(ann):
    purpose = PurposeFactory(statement="One\nTwo")

    change(purpose, {"statement": "One\r\nTwo"}, ann)

    assert not AuditEvent.objects.exists()


def test_change_says_choices_and_relations_in_words(ann):
    provider = ProviderFactory(name="Trent Coaching")
    planned = PlannedInterventionFactory(serves=[PriorityFactory(statement="Trust")])
    other = PriorityFactory(engagement=planned.engagement, statement="Speed")
    values = {"sourcing_route": "commission", "provider": provider, "serves": [other], "estimated_cost": Decimal("1200.5")}

    records.change(planned, values, by=ann, trail=TRAIL)

    told = {change["field"]: (change["old"], change["new"]) for change in last_event().changes}
    assert told == {
        "sourcing_route": ("", "Commission"),
        "provider": ("", "Trent Coaching"),
        "serves": ("Trust", "Speed"),
        "estimated_cost": ("", "1,200.50"),
    }
    assert list(PlannedIntervention.objects.get(pk=planned.pk).serves.all()) == [other]


def test_change_refuses_in_words_what_breaks_a_constraint(ann):
    planned = PlannedInterventionFactory()
    values = {"starts_on": date(2017, 5, 2), "ends_on": date(2017, 5, 1)}

    with pytest.raises(ActionRefused, match="The end date must be the same as or after the start date"):
        records.change(planned, values, by=ann, trail=TRAIL)

    assert PlannedIntervention.objects.get(pk=planned.pk).ends_on is None


@pytest.mark.usefixtures("broken_audit")
def test_change_leaves_nothing_behind_when_the_audit_write_fails(purpose, ann):
    with pytest.raises(RuntimeError, match="cannot be written"), transaction.atomic():
        change(purpose, {"statement": "No falls", "forward_view_steps": [a_step()]}, ann)

    purpose.refresh_from_db()
    assert purpose.statement == "Fewer falls"
    assert not purpose.forward_view_steps.exists()


# Removing.


def test_remove_keeps_what_the_record_said_in_the_trail(ann):
    planned = PlannedInterventionFactory(title="Coaching", sourcing_route="broker", serves=[PriorityFactory(statement="Trust")])

    records.remove(planned, by=ann, trail=TRAIL)

    said = {change["label"]: change["old"] for change in last_event().changes}
    assert said["title"] == "Coaching"
    assert said["sourcing route"] == "Broker"
    assert said["priorities it serves"] == "Trust"
    assert "estimated cost" not in said
    assert not PlannedIntervention.objects.exists()


def test_remove_refuses_in_words_while_something_uses_the_record(ann):
    organisation = OrganisationFactory(name="Louth Hospice")
    ConsultantFactory(full_name="Cora Cole", organisation=organisation)

    with pytest.raises(ActionRefused, match=r"Louth Hospice is still used by Cora Cole\. Change"), transaction.atomic():
        records.remove(organisation, by=ann, trail=TRAIL)

    organisation.refresh_from_db()
    assert not AuditEvent.objects.exists()


@pytest.mark.usefixtures("broken_audit")
def test_remove_leaves_the_record_when_the_audit_write_fails(purpose, ann):
    with pytest.raises(RuntimeError, match="cannot be written"), transaction.atomic():
        records.remove(purpose, by=ann, trail=TRAIL)

    assert Purpose.objects.filter(pk=purpose.pk).exists()


# Numbers without gaps.


def test_next_number_counts_from_one_in_each_row():
    with transaction.atomic():
        numbers = [records.next_number("EM"), records.next_number("EM"), records.next_number("LON")]

    assert numbers == [1, 2, 1]


def test_next_number_is_given_back_when_the_step_fails():
    with transaction.atomic():
        records.next_number("EM")
    with transaction.atomic():
        records.next_number("EM")
        transaction.set_rollback(True)

    with transaction.atomic():
        assert records.next_number("EM") == 2
    assert str(Counter.objects.get(name="EM")) == "EM: 2"


@pytest.mark.django_db(transaction=True)
def test_p05_numbers_taken_at_the_same_time_have_no_gaps_and_no_doubles(in_parallel):
    def take(number):
        with transaction.atomic():
            taken = records.next_number("EM")
            if number % 3 == 0:
                transaction.set_rollback(True)
        return None if number % 3 == 0 else taken

    taken = in_parallel(take, times=9)

    assert sorted(number for number in taken if number) == [1, 2, 3, 4, 5, 6]
