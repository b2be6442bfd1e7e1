"""What a person wrote beside the finding on a criterion: overrules, reasons, and what becomes of them when the data changes."""

import pytest
from django.utils import timezone

from engagements import actions, policies
from engagements.enums import CriterionSlug, Finding
from tests.engagements.findings import find
from tests.factories.engagements import CriterionCheckFactory, EngagementFactory, PlannedInterventionFactory, a_criterion
from tests.factories.framework import a_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement():
    return EngagementFactory()


def test_overrule_stands_beside_what_is_worked_out(engagement):
    planned = PlannedInterventionFactory(engagement=engagement, preparatory_percent=10)
    check = CriterionCheckFactory(
        planned_intervention=planned, overruled_to=Finding.MET, worked_out=Finding.NOT_MET, reason="The board has agreed it."
    )

    found = find(planned, CriterionSlug.FORWARD_VIEW)

    assert (found.finding, found.worked_out, found.is_overruled) == (Finding.MET, Finding.NOT_MET, True)
    assert (found.reason, found.reason_by) == ("The board has agreed it.", str(check.by))
    assert found.reason_at == timezone.localdate(check.at)
    assert not found.is_out_of_date
    assert not found.needs_reason


def test_overrule_is_kept_and_called_out_of_date_when_the_data_changes(engagement):
    planned = PlannedInterventionFactory(engagement=engagement, preparatory_percent=10)
    CriterionCheckFactory(planned_intervention=planned, overruled_to=Finding.PARTLY, worked_out=Finding.NOT_MET)

    actions.change_entry(entry=planned, values={"forward_view_steps": [a_step()]}, by=engagement.lead_consultant)

    found = find(planned, CriterionSlug.FORWARD_VIEW)
    assert (found.finding, found.worked_out, found.is_out_of_date) == (Finding.PARTLY, Finding.MET, True)


def test_overrule_is_up_to_date_again_when_the_data_comes_back(engagement):
    planned = PlannedInterventionFactory(engagement=engagement, preparatory_percent=10)
    CriterionCheckFactory(planned_intervention=planned, overruled_to=Finding.PARTLY, worked_out=Finding.NOT_MET)
    by = engagement.lead_consultant
    actions.change_entry(entry=planned, values={"forward_view_steps": [a_step()]}, by=by)

    actions.change_entry(entry=planned, values={"forward_view_steps": []}, by=by)

    assert not find(planned, CriterionSlug.FORWARD_VIEW).is_out_of_date


def test_overrule_of_one_criterion_leaves_the_others_and_other_interventions_alone(engagement):
    planned, other = PlannedInterventionFactory.create_batch(2, engagement=engagement)
    CriterionCheckFactory(planned_intervention=planned, overruled=True)

    assert not find(planned, CriterionSlug.AFFORDABLE).is_overruled
    assert not find(other, CriterionSlug.FORWARD_VIEW).is_overruled


def test_overrule_to_not_met_carries_its_reason(engagement):
    planned = PlannedInterventionFactory(engagement=engagement, at_no_cost=True)
    CriterionCheckFactory(
        planned_intervention=planned,
        criterion=a_criterion(CriterionSlug.AFFORDABLE),
        overruled_to=Finding.NOT_MET,
        worked_out=Finding.MET,
    )

    found = find(planned, CriterionSlug.AFFORDABLE)

    assert (found.finding, found.needs_reason) == (Finding.NOT_MET, False)


def test_not_met_needs_a_reason_until_one_is_written(engagement):
    planned = PlannedInterventionFactory(engagement=engagement, preparatory_percent=10)
    assert find(planned, CriterionSlug.FORWARD_VIEW).needs_reason

    CriterionCheckFactory(planned_intervention=planned, worked_out=Finding.NOT_MET, reason="It is a pilot.")

    found = find(planned, CriterionSlug.FORWARD_VIEW)
    assert (found.needs_reason, found.reason, found.is_overruled) == (False, "It is a pilot.", False)


def test_reason_for_not_met_is_silent_once_the_criterion_is_met_and_speaks_again_when_it_is_not(engagement):
    planned = PlannedInterventionFactory(engagement=engagement, preparatory_percent=10)
    CriterionCheckFactory(planned_intervention=planned, worked_out=Finding.NOT_MET, reason="It is a pilot.")
    by = engagement.lead_consultant

    actions.change_entry(entry=planned, values={"forward_view_steps": [a_step()]}, by=by)
    met = find(planned, CriterionSlug.FORWARD_VIEW)
    actions.change_entry(entry=planned, values={"forward_view_steps": []}, by=by)
    not_met = find(planned, CriterionSlug.FORWARD_VIEW)

    assert (met.finding, met.reason, met.reason_at, met.is_out_of_date) == (Finding.MET, "", None, False)
    assert (not_met.finding, not_met.reason) == (Finding.NOT_MET, "It is a pilot.")


@pytest.mark.parametrize("worked_out", Finding)
@pytest.mark.parametrize("overruled_to", ["", Finding.MET, Finding.PARTLY, Finding.NOT_MET])
def test_reason_blockers_for_every_pair_of_findings(worked_out, overruled_to):
    found = policies.CriterionFinding(
        criterion=a_criterion(),
        worked_out=worked_out,
        finding=worked_out,
        evidence=[],
        is_overruled=False,
        reason="",
        reason_by="",
        reason_at=None,
        is_out_of_date=False,
    )

    sentences = [blocker.sentence for blocker in policies.reason_blockers(found, overruled_to)]

    if overruled_to == worked_out:
        assert sentences == ["It works out as this already, so there is nothing to overrule."]
    elif not overruled_to and worked_out != Finding.NOT_MET:
        assert sentences == ["A reason is needed only where the finding is “not met” or you overrule it."]
    else:
        assert sentences == []
