"""Moving an engagement from status to status: each step in each status, done or refused, and nothing left behind."""

import itertools

import pytest

from core import audit
from core.models import AuditEvent
from core.refusals import ActionRefused
from engagements import actions, documents
from engagements.actions import moves
from engagements.enums import NEXT_STATUSES, VersionOutcome
from engagements.models import Engagement, PlanVersion, StatusChange
from tests.engagements.situations import decide, engagement_at, ready_engagement, reread, waiting_version
from tests.engagements.steps import S, fail_to_record, last_event, refused_or_done, submit
from tests.factories.accounts import ConsultantFactory
from tests.factories.engagements import EngagementFactory

# The whole matrix of statuses.


@pytest.mark.django_db
@pytest.mark.parametrize(("came_from", "to"), list(itertools.product(S, S)), ids=lambda status: status.value)
def test_move_for_every_pair_of_statuses(came_from, to):
    engagement = EngagementFactory(status=came_from)

    if to in NEXT_STATUSES[came_from]:
        moves._move(engagement, to=to, by=engagement.lead_consultant, verb="moved", reason="Why not")

        change = StatusChange.objects.get(engagement=engagement)
        assert (change.from_status, change.to_status, change.reason) == (came_from, to, "Why not")
        assert reread(engagement).status == to
        assert last_event(engagement).verb == "moved"
    else:
        with pytest.raises(ActionRefused, match="The plan cannot go from"):
            moves._move(engagement, to=to, by=engagement.lead_consultant, verb="moved")

        assert reread(engagement).status == came_from
        assert not StatusChange.objects.exists()
        assert not AuditEvent.objects.exists()


MOVES = {
    "recall": (actions.recall_engagement, {S.IN_REVIEW: S.CO_DESIGN}),
    "revise": (actions.revise_engagement, {S.AGREED: S.CO_DESIGN, S.IN_DELIVERY: S.CO_DESIGN}),
    "start delivery": (actions.start_delivery, {S.AGREED: S.IN_DELIVERY}),
    "start evaluation": (actions.start_evaluation, {S.IN_DELIVERY: S.IN_EVALUATION}),
    "close": (actions.close_engagement, {S.IN_EVALUATION: S.CLOSED}),
    "withdraw": (
        actions.withdraw_engagement,
        {status: S.WITHDRAWN for status in S if status not in (S.CLOSED, S.WITHDRAWN)},
    ),
    "reinstate": (actions.reinstate_engagement, {S.WITHDRAWN: S.CO_DESIGN}),
}


def moves_told():
    """Count what the trail tells, without the collections that delivery plans."""
    return AuditEvent.objects.exclude(verb="planned").count()


@pytest.mark.django_db
@pytest.mark.parametrize("status", S, ids=str)
@pytest.mark.parametrize("name", MOVES)
def test_each_action_in_each_status(name, status):
    action, reached = MOVES[name]
    engagement = engagement_at(status)
    before = moves_told()

    if status in reached:
        action(engagement=engagement, values={"reason": "The board asked for it."}, by=engagement.lead_consultant)

        assert reread(engagement).status == reached[status]
        assert moves_told() == before + 1
    else:
        with pytest.raises(ActionRefused):
            action(engagement=engagement, values={"reason": "The board asked for it."}, by=engagement.lead_consultant)

        assert reread(engagement).status == status
        assert moves_told() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("action", "status"),
    [
        (actions.withdraw_engagement, S.CO_DESIGN),
        (actions.revise_engagement, S.AGREED),
    ],
    ids=["withdraw", "revise"],
)
def test_action_refused_without_a_reason(action, status):
    engagement = engagement_at(status)

    with pytest.raises(ActionRefused, match="Enter why"):
        action(engagement=engagement, values={"reason": " "}, by=engagement.lead_consultant)

    assert reread(engagement).status == status


@pytest.mark.django_db
@pytest.mark.parametrize("name", MOVES)
def test_action_leaves_nothing_behind_when_the_audit_write_fails(name, monkeypatch):
    action, reached = MOVES[name]
    status = next(iter(reached))
    engagement = engagement_at(status)
    changes = StatusChange.objects.count()
    monkeypatch.setattr(audit, "record", fail_to_record)

    with pytest.raises(RuntimeError, match="trail"):
        action(engagement=engagement, values={"reason": "The board asked for it."}, by=engagement.lead_consultant)

    assert reread(engagement).status == status
    assert StatusChange.objects.count() == changes


# Submission.


@pytest.mark.django_db
def test_submit_engagement_freezes_the_plan():
    engagement = ready_engagement()

    version = submit(engagement, "Please read the second part first.")

    assert reread(engagement).status == S.IN_REVIEW
    assert (version.number, version.outcome, version.settled_at) == (1, VersionOutcome.WAITING, None)
    assert version.message == "Please read the second part first."
    assert documents.content_hash(documents.from_json(version.document)) == version.content_hash
    assert last_event(engagement).verb == "submitted version 1 of"


@pytest.mark.django_db
def test_submit_engagement_shares_it_with_the_client_once():
    engagement = ready_engagement()
    client = engagement.client_leads.get().user
    assert not Engagement.objects.visible_to(client).exists()

    submit(engagement)
    shared_at = reread(engagement).shared_at
    actions.recall_engagement(engagement=engagement, by=engagement.lead_consultant)
    second = submit(reread(engagement))

    assert Engagement.objects.visible_to(client).exists()
    assert reread(engagement).shared_at == shared_at
    assert second.number == 2


@pytest.mark.django_db
def test_submit_engagement_refused_names_everything_that_is_missing():
    engagement = EngagementFactory()

    with pytest.raises(ActionRefused) as refusal:
        submit(engagement)

    sentences = [str(blocker) for blocker in refusal.value.blockers]
    assert "Plan: add at least one intervention" in sentences
    assert "Client leads: name at least one person who signs the plan" in sentences
    assert not PlanVersion.objects.exists()
    assert reread(engagement).shared_at is None


@pytest.mark.django_db
@pytest.mark.parametrize("status", [status for status in S if status != S.CO_DESIGN], ids=str)
def test_submit_engagement_refused_outside_co_design(status):
    engagement = engagement_at(status)

    with pytest.raises(ActionRefused, match="Only a plan in co-design can be submitted"):
        submit(engagement)


@pytest.mark.django_db
def test_submit_engagement_leaves_nothing_behind_when_the_audit_write_fails(monkeypatch):
    engagement = ready_engagement()
    monkeypatch.setattr(audit, "record", fail_to_record)

    with pytest.raises(RuntimeError, match="trail"):
        submit(engagement)

    assert reread(engagement).status == S.CO_DESIGN
    assert reread(engagement).shared_at is None
    assert not PlanVersion.objects.exists()


@pytest.mark.django_db
def test_withdraw_engagement_recalls_the_version_that_waits():
    engagement = engagement_at(S.IN_REVIEW)

    actions.withdraw_engagement(engagement=engagement, values={"reason": "No money"}, by=engagement.lead_consultant)

    version = waiting_version(engagement)
    assert version.outcome == VersionOutcome.RECALLED
    assert version.settled_at is not None


@pytest.mark.django_db
def test_recall_engagement_refused_once_somebody_has_decided():
    engagement = engagement_at(S.IN_REVIEW, signatories=2)
    decide(engagement.client_leads.order_by("pk").first())

    with pytest.raises(ActionRefused, match="decided already"):
        actions.recall_engagement(engagement=engagement, by=engagement.lead_consultant)

    assert reread(engagement).status == S.IN_REVIEW


@pytest.mark.django_db
def test_revise_engagement_keeps_what_was_signed():
    engagement = engagement_at(S.AGREED)

    actions.revise_engagement(engagement=engagement, values={"reason": "A new partner"}, by=engagement.lead_consultant)

    assert waiting_version(engagement).outcome == VersionOutcome.AGREED


@pytest.mark.django_db(transaction=True)
def test_submit_engagement_twenty_times_at_once_makes_one_version(in_parallel):
    engagement = ready_engagement()

    done = in_parallel(lambda _: refused_or_done(lambda: submit(reread(engagement))), 20)

    assert sum(done) == 1
    assert engagement.versions.count() == 1
    assert StatusChange.objects.filter(engagement=engagement).count() == 1


@pytest.mark.django_db
def test_moves_are_made_by_whoever_asked():
    engagement = engagement_at(S.AGREED)
    somebody = ConsultantFactory()

    actions.start_delivery(engagement=engagement, by=somebody)

    assert last_event(engagement).actor == somebody
    assert StatusChange.objects.order_by("-pk").first().by == somebody
