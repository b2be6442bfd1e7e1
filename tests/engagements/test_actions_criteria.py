"""Writing a reason on a criterion and taking it back: an overrule is never lost and never silently replaced."""

import pytest

from core import records
from core.models import AuditEvent
from core.records import EditConflict
from core.refusals import ActionRefused
from engagements import actions
from engagements.enums import CriterionSlug, EngagementStatus, Finding
from engagements.models import CriterionCheck, Engagement
from tests.factories.accounts import ConsultantFactory
from tests.factories.engagements import CriterionCheckFactory, PlannedInterventionFactory, a_criterion
from tests.factories.framework import a_step

pytestmark = pytest.mark.django_db

OVERRULE = {"overruled_to": Finding.MET, "reason": "The board has agreed the steps."}


@pytest.fixture
def planned():
    """Return a planned intervention that does not meet the first criterion."""
    return PlannedInterventionFactory(preparatory_percent=10)


@pytest.fixture
def audit_fails(monkeypatch):
    """Let the audit write fail, as a full disk would."""

    def fail(*args, **kwargs):
        raise OSError("no space left")

    monkeypatch.setattr("core.audit.AuditEvent.objects.create", fail)


def write(planned, values=OVERRULE, *, by=None, slug=CriterionSlug.FORWARD_VIEW, **merge):
    return actions.write_criterion_reason(
        planned=planned, criterion=a_criterion(slug), values=values, by=by or planned.engagement.lead_consultant, **merge
    )


def test_write_criterion_reason_overrules_and_keeps_what_was_worked_out(planned):
    check = write(planned)

    check.refresh_from_db()
    assert (check.overruled_to, check.reason, check.worked_out) == (*OVERRULE.values(), Finding.NOT_MET)
    assert check.by == planned.engagement.lead_consultant
    event = AuditEvent.objects.get(trail=planned.engagement.trail)
    assert (event.verb, event.subject_id) == ("added", check.pk)


def test_write_criterion_reason_says_why_one_is_not_met(planned):
    check = write(planned, {"overruled_to": "", "reason": "It is a pilot."})

    assert (check.overruled_to, check.reason, check.worked_out) == ("", "It is a pilot.", Finding.NOT_MET)


def test_write_criterion_reason_again_changes_it_and_stamps_the_new_writer(planned):
    write(planned)
    other = ConsultantFactory()

    check = write(planned, {"overruled_to": Finding.PARTLY, "reason": "Half of the board has agreed."}, by=other)

    check.refresh_from_db()
    assert (check.overruled_to, check.reason, check.by) == (Finding.PARTLY, "Half of the board has agreed.", other)
    event = AuditEvent.objects.get(verb="changed")
    assert [(row["field"], row["old"], row["new"]) for row in event.changes] == [
        ("overruled_to", "Met", "Partly met"),
        ("reason", "The board has agreed the steps.", "Half of the board has agreed."),
    ]


def test_write_criterion_reason_after_the_data_has_changed_is_up_to_date_again(planned):
    check = write(planned, {"overruled_to": Finding.PARTLY, "reason": "Half of the board has agreed."})
    planned.forward_view_steps.set([a_step()])

    write(planned, {"overruled_to": Finding.PARTLY, "reason": "Half of the board has agreed."})

    check.refresh_from_db()
    assert check.worked_out == Finding.MET
    assert AuditEvent.objects.order_by("pk").last().verb == "confirmed"


def test_write_criterion_reason_of_a_change_in_words_keeps_the_overrule(planned):
    write(planned)

    check = write(planned, {"reason": "The board agreed the steps in May."})

    check.refresh_from_db()
    assert (check.overruled_to, check.reason) == (Finding.MET, "The board agreed the steps in May.")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        pytest.param({"overruled_to": Finding.NOT_MET, "reason": "So"}, "works out as this already", id="nothing to overrule"),
        pytest.param({"overruled_to": Finding.MET, "reason": ""}, "cannot be blank", id="no reason"),
        pytest.param({"overruled_to": "martian", "reason": "So"}, "not a valid choice", id="unknown finding"),
    ],
)
def test_write_criterion_reason_refuses_what_does_not_fit(planned, values, reason):
    with pytest.raises(ActionRefused, match=reason):
        write(planned, values)

    assert not CriterionCheck.objects.exists()


def test_write_criterion_reason_without_an_overrule_is_refused_where_the_finding_is_not_not_met(planned):
    with pytest.raises(ActionRefused, match="A reason is needed only where"):
        write(planned, {"overruled_to": "", "reason": "So"}, slug=CriterionSlug.AFFORDABLE)


@pytest.mark.parametrize("status", [status for status in EngagementStatus if status != EngagementStatus.CO_DESIGN])
def test_criterion_reasons_outside_co_design_are_left_alone(planned, status):
    check = write(planned)
    Engagement.objects.update(status=status)

    with pytest.raises(ActionRefused, match="change"):
        write(planned, {"overruled_to": "", "reason": "Other"})
    with pytest.raises(ActionRefused, match="change"):
        actions.withdraw_criterion_reason(check=check, by=check.by)

    check.refresh_from_db()
    assert (check.overruled_to, check.reason) == tuple(OVERRULE.values())


def test_write_criterion_reason_leaves_nothing_behind_when_the_audit_write_fails(planned, audit_fails):
    with pytest.raises(OSError, match="no space"):
        write(planned)

    assert not CriterionCheck.objects.exists()


def test_write_criterion_reason_again_leaves_the_first_when_the_audit_write_fails(planned, audit_fails):
    check = CriterionCheckFactory(planned_intervention=planned, worked_out=Finding.NOT_MET, **OVERRULE)

    with pytest.raises(OSError, match="no space"):
        write(planned, {"overruled_to": Finding.PARTLY, "reason": "Other"}, by=ConsultantFactory())

    check.refresh_from_db()
    assert (check.overruled_to, check.reason) == tuple(OVERRULE.values())
    assert check.by == planned.engagement.lead_consultant


def test_p03_an_overrule_that_two_people_change_shows_both(planned):
    check = write(planned)
    seen = records.snapshot(check, ["overruled_to", "reason"])
    write(planned, {"overruled_to": Finding.MET, "reason": "Theirs"})

    with pytest.raises(EditConflict) as caught:
        write(planned, {"overruled_to": Finding.MET, "reason": "Mine"}, by=ConsultantFactory(), seen=seen)

    assert caught.value.conflicts["reason"].theirs == "Theirs"
    check.refresh_from_db()
    assert (check.reason, check.by) == ("Theirs", planned.engagement.lead_consultant)


def test_p03_an_overrule_written_while_another_person_wrote_the_first_is_not_replaced(planned):
    """Whoever opened the form while there was none has seen none: their text clashes with what stands there now."""
    check = write(planned, {"overruled_to": Finding.PARTLY, "reason": "Theirs"})

    with pytest.raises(EditConflict) as caught:
        write(planned, {"overruled_to": Finding.MET, "reason": "Mine"}, by=ConsultantFactory(), seen={})

    assert {name: row.theirs for name, row in caught.value.conflicts.items()} == {
        "overruled_to": "Partly met",
        "reason": "Theirs",
    }
    check.refresh_from_db()
    assert (check.overruled_to, check.reason) == (Finding.PARTLY, "Theirs")


def test_p03_a_first_overrule_that_clashed_can_be_chosen_over_the_other(planned):
    write(planned, {"overruled_to": Finding.PARTLY, "reason": "Theirs"})
    with pytest.raises(EditConflict) as caught:
        write(planned, {"overruled_to": Finding.MET, "reason": "Mine"}, seen={})

    write(planned, {"overruled_to": Finding.MET, "reason": "Mine"}, seen=caught.value.seen, overwrite=["overruled_to", "reason"])

    check = CriterionCheck.objects.get()
    assert (check.overruled_to, check.reason) == (Finding.MET, "Mine")


def test_withdraw_criterion_reason_takes_it_back_and_keeps_it_in_the_history(planned):
    check = write(planned)

    actions.withdraw_criterion_reason(check=check, by=check.by)

    assert not CriterionCheck.objects.exists()
    event = AuditEvent.objects.get(verb="removed")
    assert [(row["field"], row["old"]) for row in event.changes][-2:] == [
        ("overruled_to", "Met"),
        ("reason", "The board has agreed the steps."),
    ]


def test_withdraw_criterion_reason_twice_is_refused_and_told_once(planned):
    check = write(planned)
    actions.withdraw_criterion_reason(check=CriterionCheck.objects.get(), by=check.by)

    with pytest.raises(ActionRefused, match="Somebody has taken this back already"):
        actions.withdraw_criterion_reason(check=check, by=check.by)

    assert AuditEvent.objects.filter(verb="removed").count() == 1


def test_withdraw_criterion_reason_leaves_it_when_the_audit_write_fails(planned, audit_fails):
    check = CriterionCheckFactory(planned_intervention=planned, worked_out=Finding.NOT_MET, **OVERRULE)

    with pytest.raises(OSError, match="no space"):
        actions.withdraw_criterion_reason(check=check, by=check.by)

    assert CriterionCheck.objects.get() == check
