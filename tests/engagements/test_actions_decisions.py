"""Deciding on a version: agreed, sent back, refused, and many at once."""

import pytest

from core import audit
from core.models import AuditEvent
from core.refusals import ActionRefused
from engagements import actions, tasks
from engagements.enums import DecisionOutcome, VersionOutcome
from engagements.models import Decision, StatusChange
from tests.engagements.situations import decide, engagement_at, ready_engagement, reread, waiting_version
from tests.engagements.steps import S, fail_to_record, refused_or_done, submit


@pytest.mark.django_db
def test_decide_version_agreed_by_the_only_signatory(django_capture_on_commit_callbacks, monkeypatch):
    rendered = []
    monkeypatch.setattr(tasks.render_signed_brief, "run", rendered.append)
    engagement = engagement_at(S.IN_REVIEW)

    with django_capture_on_commit_callbacks(execute=True):
        decide(engagement.client_leads.get())
        assert rendered == []

    version = waiting_version(engagement)
    assert reread(engagement).status == S.AGREED
    assert version.outcome == VersionOutcome.AGREED
    assert version.settled_at is not None
    assert rendered == [version.pk]
    assert [e.verb for e in AuditEvent.objects.for_trail(engagement.trail)[:2]] == ["completed the signatures on", "agreed to"]


@pytest.mark.django_db
def test_decide_version_waits_for_all_signatories():
    engagement = engagement_at(S.IN_REVIEW, signatories=2)
    first, second = engagement.client_leads.order_by("pk")

    decide(first)
    in_between = reread(engagement).status
    decide(second)

    assert in_between == S.IN_REVIEW
    assert reread(engagement).status == S.AGREED


@pytest.mark.django_db
def test_decide_version_does_not_wait_for_readers():
    engagement = ready_engagement(signatories=2)
    signs, reads = engagement.client_leads.order_by("pk")
    reads.is_signatory = False
    reads.save()
    submit(engagement)

    decide(signs)

    assert reread(engagement).status == S.AGREED


@pytest.mark.django_db
def test_decide_version_changes_wanted_brings_the_plan_back():
    engagement = engagement_at(S.IN_REVIEW, signatories=2)
    first, second = engagement.client_leads.order_by("pk")
    decide(first)

    decide(second, DecisionOutcome.CHANGES_WANTED, "Name the ambulance service.")

    assert reread(engagement).status == S.CO_DESIGN
    assert waiting_version(engagement).outcome == VersionOutcome.CHANGES_WANTED
    change = StatusChange.objects.order_by("-pk").first()
    assert (change.by, change.reason) == (second.user, "Name the ambulance service.")
    events = AuditEvent.objects.for_trail(engagement.trail)[:2]
    assert [event.verb for event in events] == ["sent back", "asked for changes to"]
    assert events[1].subject_label == "version 1"


@pytest.mark.django_db
def test_decide_version_changes_wanted_needs_a_comment():
    engagement = engagement_at(S.IN_REVIEW)

    with pytest.raises(ActionRefused, match="Say what you want changed"):
        decide(engagement.client_leads.get(), DecisionOutcome.CHANGES_WANTED)

    assert not Decision.objects.exists()


@pytest.mark.django_db
def test_decide_version_by_a_stale_hash_signs_nothing():
    engagement = engagement_at(S.IN_REVIEW)
    lead = engagement.client_leads.get()
    seen = waiting_version(engagement).content_hash
    actions.recall_engagement(engagement=engagement, by=engagement.lead_consultant)
    by = engagement.lead_consultant
    actions.change_engagement(engagement=engagement, values={"title": "Quite another plan"}, by=by)
    submit(reread(engagement))

    with pytest.raises(ActionRefused, match="has changed since you opened it"):
        actions.decide_version(lead=lead, values={"outcome": "agreed", "content_hash": seen}, by=lead.user)

    assert not Decision.objects.exists()
    assert reread(engagement).status == S.IN_REVIEW


@pytest.mark.django_db
def test_decide_version_twice_counts_once():
    engagement = engagement_at(S.IN_REVIEW, signatories=2)
    lead = engagement.client_leads.order_by("pk").first()
    decide(lead)

    with pytest.raises(ActionRefused, match="decided on this version already"):
        decide(lead, DecisionOutcome.CHANGES_WANTED, "No, wait.")

    assert Decision.objects.get().outcome == DecisionOutcome.AGREED


@pytest.mark.django_db
@pytest.mark.parametrize("status", [status for status in S if status != S.IN_REVIEW], ids=str)
def test_decide_version_refused_outside_review(status):
    engagement = engagement_at(status)
    lead = engagement.client_leads.get()

    with pytest.raises(ActionRefused, match="There is nothing to decide now"):
        actions.decide_version(lead=lead, values={"outcome": "agreed", "content_hash": "0" * 64}, by=lead.user)


@pytest.mark.django_db
def test_decide_version_leaves_nothing_behind_when_the_audit_write_fails(monkeypatch):
    engagement = engagement_at(S.IN_REVIEW)
    monkeypatch.setattr(audit, "record", fail_to_record)

    with pytest.raises(RuntimeError, match="trail"):
        decide(engagement.client_leads.get())

    assert not Decision.objects.exists()
    assert reread(engagement).status == S.IN_REVIEW


@pytest.mark.django_db
def test_decide_version_agrees_again_after_changes():
    engagement = engagement_at(S.IN_REVIEW)
    lead = engagement.client_leads.get()
    decide(lead, DecisionOutcome.CHANGES_WANTED, "Name the ambulance service.")
    submit(reread(engagement))

    decide(lead)

    assert reread(engagement).status == S.AGREED
    outcomes = engagement.versions.order_by("number").values_list("outcome", flat=True)
    assert list(outcomes) == [VersionOutcome.CHANGES_WANTED, VersionOutcome.AGREED]


@pytest.mark.django_db(transaction=True)
def test_decide_version_twenty_times_at_once_counts_once(in_parallel):
    engagement = engagement_at(S.IN_REVIEW, signatories=2)
    lead = engagement.client_leads.order_by("pk").first()

    done = in_parallel(lambda _: refused_or_done(lambda: decide(lead)), 20)

    assert sum(done) == 1
    assert Decision.objects.count() == 1
    assert reread(engagement).status == S.IN_REVIEW


@pytest.mark.django_db(transaction=True)
def test_decide_version_by_twenty_signatories_at_once_agrees_once(in_parallel, monkeypatch):
    rendered = []
    monkeypatch.setattr(tasks.render_signed_brief, "run", rendered.append)
    engagement = engagement_at(S.IN_REVIEW, signatories=20)
    leads = list(engagement.client_leads.select_related("user", "engagement"))

    done = in_parallel(lambda number: refused_or_done(lambda: decide(leads[number])), 20)

    assert all(done)
    assert reread(engagement).status == S.AGREED
    assert StatusChange.objects.filter(engagement=engagement, to_status=S.AGREED).count() == 1
    assert rendered == [waiting_version(engagement).pk]
