import pytest

from engagements import policies
from engagements.enums import NEXT_STATUSES, EngagementStatus
from engagements.models import Engagement
from tests.factories.engagements import DecisionFactory, PlanVersionFactory

pytestmark = pytest.mark.django_db
S = EngagementStatus

# The statuses in which each step is allowed.
ALLOWED = {
    policies.editing_blockers: {S.CO_DESIGN},
    policies.revising_blockers: {S.AGREED, S.IN_DELIVERY},
    policies.delivery_blockers: {S.AGREED},
    policies.evaluation_blockers: {S.IN_DELIVERY},
    policies.closing_blockers: {S.IN_EVALUATION},
    policies.withdrawing_blockers: set(S) - {S.CLOSED, S.WITHDRAWN},
    policies.reinstating_blockers: {S.WITHDRAWN},
}


@pytest.mark.parametrize("status", S, ids=str)
@pytest.mark.parametrize("policy", ALLOWED, ids=lambda policy: policy.__name__)
def test_blockers_for_each_step_in_each_status(monkeypatch, policy, status):
    # What upper apps ask for is held by their own tests.
    monkeypatch.setattr("engagements.policies.moves._closing_checks", [])
    engagement = Engagement(reference="EM-0001", status=status)

    blockers = policy(engagement)

    assert (not blockers) == (status in ALLOWED[policy])


def test_next_statuses_know_every_status_and_never_stand_still():
    assert set(NEXT_STATUSES) == set(S)
    assert all(status not in following for status, following in NEXT_STATUSES.items())


def test_open_statuses_can_be_withdrawn_and_no_others():
    assert {status for status in S if S.WITHDRAWN in NEXT_STATUSES[status]} == set(S) - {S.CLOSED, S.WITHDRAWN}


def test_editing_blockers_lead_to_the_workspace():
    engagement = Engagement(reference="EM-0001", status=S.CLOSED)

    (blocker,) = policies.editing_blockers(engagement)

    assert blocker.url == "/engagements/EM-0001/"


@pytest.mark.parametrize(
    ("policy", "status", "sentence"),
    [
        (policies.revising_blockers, S.AGREED, "Enter why a new version is needed."),
        (policies.withdrawing_blockers, S.CO_DESIGN, "Enter why the work stops."),
    ],
    ids=["revise", "withdraw"],
)
def test_blockers_ask_for_the_reason(policy, status, sentence):
    engagement = Engagement(reference="EM-0001", status=status)

    assert [str(blocker) for blocker in policy(engagement, reason=" \n")] == [sentence]
    assert policy(engagement, reason="The board asked for it.") == []


def test_recalling_blockers_while_nobody_has_decided():
    version = PlanVersionFactory(engagement__status=S.IN_REVIEW)

    assert policies.recalling_blockers(version.engagement, version) == []


def test_recalling_blockers_once_somebody_has_decided():
    decision = DecisionFactory(version__engagement__status=S.IN_REVIEW, client_lead__user__full_name="Cara Client")

    (blocker,) = policies.recalling_blockers(decision.version.engagement, decision.version)

    assert blocker.sentence == "Cara Client decided already, so the plan cannot be recalled."


@pytest.mark.parametrize("status", [status for status in S if status != S.IN_REVIEW], ids=str)
def test_recalling_blockers_outside_review(status):
    version = PlanVersionFactory(engagement__status=status)

    assert policies.recalling_blockers(version.engagement, version)


def test_recalling_blockers_without_a_version():
    assert policies.recalling_blockers(Engagement(status=S.IN_REVIEW), None)
