"""The part of a client lead goes on with somebody else, in review too (P11, P12, P15)."""

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Invitation
from accounts.policies import open_work_of
from core import audit
from core.models import AuditEvent
from core.refusals import ActionRefused
from directory.models import Region
from engagements import actions, policies
from engagements.enums import DecisionOutcome, EngagementStatus, MessageKind, SigningOrder
from engagements.models import ClientLead, Message
from tests.engagements.review_pages import url as review_url
from tests.engagements.situations import decide, engagement_at, ready_engagement, reread, waiting_version
from tests.factories.accounts import (
    ConsultantFactory,
    InvitationFactory,
    NationalAdminFactory,
    RegionalAdminFactory,
    StpLeadFactory,
)
from tests.factories.engagements import ClientLeadFactory, EngagementFactory
from tests.helpers import as_user, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return NationalAdminFactory()


def in_review(**fields):
    """Return an engagement in review with two signatories, in their order, and the first of them."""
    engagement = engagement_at(EngagementStatus.IN_REVIEW, signatories=2, **fields)
    return engagement, engagement.client_leads.order_by("position", "pk").first()


def waits_for(engagement):
    return [str(lead) for lead in policies.read_signing(reread(engagement)).waits_for]


def test_p11_a_successor_takes_the_part_and_the_place_and_is_asked(admin, django_capture_on_commit_callbacks):
    engagement, cara = in_review(signing_order=SigningOrder.IN_ORDER)
    link = InvitationFactory(person=cara.user, trail=engagement.trail)
    nora = StpLeadFactory(full_name="Nora New", job_title="Chair", email="nora@example.org")
    mail.outbox.clear()

    with django_capture_on_commit_callbacks(execute=True):
        followed = actions.hand_over_client_lead(lead=cara, to=nora, by=admin)

    assert (followed.is_signatory, followed.position) == (True, cara.position)
    assert waits_for(engagement) == ["Nora New"]
    assert [sent.to for sent in mail.outbox] == [["nora@example.org"]]
    assert ClientLead.objects.get(pk=cara.pk).removed_at is not None
    assert Invitation.objects.get(pk=link.pk).revoked_at is not None
    assert as_user(cara.user).get(engagement.get_absolute_url()).status_code == 404
    event = AuditEvent.objects.get(trail=engagement.trail, verb="handed over the part of")
    assert (event.actor, event.changes[0]["old"], event.changes[0]["new"]) == (admin, str(cara.user), "Nora New")


def test_p12_p13_a_successor_signs_on_behalf_of_whom_the_version_names(admin):
    engagement, cara = in_review()
    shown = waiting_version(engagement)
    nora = StpLeadFactory(full_name="Nora New", job_title="Chair")

    followed = actions.hand_over_client_lead(lead=cara, to=nora, by=admin)
    waiting = text_of(as_user(nora).get(review_url(engagement)))
    decision = decide(followed)
    decided = text_of(as_user(nora).get(review_url(engagement)))

    assert "Nora New decides in their place." in waiting
    assert (decision.name, decision.job_title, decision.on_behalf_of) == ("Nora New", "Chair", cara.user.full_name)
    assert decision.number == cara.position
    assert "by Nora New , who took over from them" in decided
    assert waiting_version(engagement).content_hash == shown.content_hash


def test_p12_whoever_got_their_part_back_signs_as_the_version_names_them(admin):
    engagement, cara = in_review()
    nora = StpLeadFactory(full_name="Nora New")
    followed = actions.hand_over_client_lead(lead=cara, to=nora, by=admin)
    back = actions.hand_over_client_lead(lead=followed, to=cara.user, by=admin)
    type(cara.user).objects.filter(pk=cara.user_id).update(job_title="Something else")

    decision = decide(ClientLead.objects.get(pk=back.pk))

    named = waiting_version(engagement).document["client_leads"][back.position - 1]
    assert (back.pk, decision.on_behalf_of) == (cara.pk, "")
    assert (decision.name, decision.job_title) == (named["name"], named["job_title"])


def test_the_last_signatures_complete_a_plan_after_a_hand_over(admin):
    engagement, cara = in_review()
    followed = actions.hand_over_client_lead(lead=cara, to=StpLeadFactory(), by=admin)

    decide(followed)
    decide(engagement.client_leads.current().exclude(pk=followed.pk).get())

    assert reread(engagement).status == EngagementStatus.AGREED


def test_what_was_decided_stays_and_nobody_is_asked_again(admin):
    engagement, cara = in_review()
    decision = decide(cara)
    before = (decision.name, decision.number, decision.outcome, decision.decided_by)
    nora = StpLeadFactory()

    followed = actions.hand_over_client_lead(lead=cara, to=nora, by=admin)

    kept = waiting_version(engagement).decisions.get()
    assert (kept.name, kept.number, kept.outcome, kept.decided_by) == before
    assert str(nora) not in waits_for(engagement)
    assert not Message.objects.filter(client_lead=followed, kind=MessageKind.DECISION_ASKED).exists()


def test_p11_a_deputy_takes_over_and_another_deputy_stays_with_the_part(admin):
    engagement, cara = in_review()
    dee = ClientLeadFactory(engagement=engagement, position=9, is_signatory=False, deputy_for=cara)

    to_dee = actions.hand_over_client_lead(lead=cara, to=dee.user, by=admin)
    ed = ClientLeadFactory(engagement=engagement, position=10, is_signatory=False, deputy_for=to_dee)
    to_nora = actions.hand_over_client_lead(lead=to_dee, to=StpLeadFactory(), by=admin)

    assert (to_dee.pk, to_dee.is_signatory, to_dee.deputy_for, to_dee.position) == (dee.pk, True, None, cara.position)
    assert ClientLead.objects.get(pk=ed.pk).deputy_for == to_nora
    assert to_nora.position == cara.position


def test_a_deputys_own_part_goes_to_somebody_else_or_to_nobody(admin):
    engagement, cara = in_review()
    dee = ClientLeadFactory(engagement=engagement, is_signatory=False, deputy_for=cara)

    followed = actions.hand_over_client_lead(lead=dee, to=StpLeadFactory(), by=admin)
    nobody = actions.hand_over_client_lead(lead=followed, to=None, by=admin)

    assert (followed.deputy_for, followed.is_signatory) == (cara, False)
    assert nobody is None
    assert not cara.deputies.current().exists()


def test_a_readers_part_needs_nobody_who_is_on_the_plan_already(admin):
    engagement = ready_engagement()
    reader = ClientLeadFactory(engagement=engagement, is_signatory=False)
    signatory = engagement.client_leads.get(is_signatory=True)

    actions.hand_over_client_lead(lead=reader, to=signatory.user, by=admin)

    assert list(engagement.client_leads.current()) == [signatory]
    assert ClientLead.objects.get(pk=signatory.pk).is_signatory


def test_p15_the_order_stays_where_a_plan_is_still_written(admin):
    engagement = ready_engagement(signatories=3, signing_order=SigningOrder.IN_ORDER)
    first, second, third = engagement.client_leads.order_by("position", "pk")

    followed = actions.hand_over_client_lead(lead=first, to=StpLeadFactory(), by=admin)

    assert list(engagement.client_leads.current().with_people()) == [followed, second, third]


def test_somebody_who_was_on_it_before_is_on_it_again(admin):
    engagement, cara = in_review()
    gone = ClientLeadFactory(engagement=engagement, is_signatory=False, removed_at=timezone.now())

    followed = actions.hand_over_client_lead(lead=cara, to=gone.user, by=admin)

    assert followed.pk == gone.pk
    assert (followed.removed_at, followed.is_signatory) == (None, True)


def wrote(engagement):
    """Return an STP lead of today who has written in the plan."""
    person = StpLeadFactory()
    audit.record("changed", engagement, by=person, trail=engagement.trail)
    return person


REFUSED = [
    pytest.param(lambda e: ConsultantFactory(), "cannot be a client lead", id="a colleague"),
    pytest.param(lambda e: StpLeadFactory(left=True), "cannot be a client lead", id="somebody who has left"),
    pytest.param(wrote, "helped to write", id="an author"),
    pytest.param(lambda e: e.client_leads.order_by("pk")[1].user, "signs this plan already", id="another signatory"),
    pytest.param(lambda e: e.client_leads.order_by("pk")[0].user, "has this part already", id="themselves"),
    pytest.param(lambda e: None, "Somebody has to sign", id="nobody"),
    pytest.param(
        lambda e: ClientLeadFactory(engagement=e, is_signatory=False, deputy_for=e.client_leads.order_by("pk")[1]).user,
        "is the deputy of somebody else",
        id="another's deputy",
    ),
]


@pytest.mark.parametrize(("make", "reason"), REFUSED)
def test_p17_a_part_does_not_go_to_whoever_cannot_have_it(admin, make, reason):
    engagement, cara = in_review()
    to = make(engagement)
    before = list(engagement.client_leads.order_by("pk").values())

    with pytest.raises(ActionRefused, match=reason):
        actions.hand_over_client_lead(lead=cara, to=to, by=admin)

    assert list(engagement.client_leads.order_by("pk").values()) == before


def test_a_part_that_was_handed_over_is_not_handed_over_twice(admin):
    _, cara = in_review()
    actions.hand_over_client_lead(lead=cara, to=StpLeadFactory(), by=admin)

    with pytest.raises(ActionRefused, match="already"):
        actions.hand_over_client_lead(lead=cara, to=StpLeadFactory(), by=admin)


def test_a_hand_over_leaves_nothing_behind_when_the_audit_write_fails(admin, monkeypatch):
    engagement, cara = in_review()
    before = list(engagement.client_leads.order_by("pk").values())

    def fail(*args, **kwargs):
        raise RuntimeError("the trail is full")

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError, match="the trail is full"):
        actions.hand_over_client_lead(lead=cara, to=StpLeadFactory(), by=admin)

    assert list(engagement.client_leads.order_by("pk").values()) == before


def test_what_is_asked_again_after_changes_goes_to_the_successor(admin):
    engagement, cara = in_review()
    decide(cara, DecisionOutcome.CHANGES_WANTED, "More time.")
    nora = StpLeadFactory()

    followed = actions.hand_over_client_lead(lead=cara, to=nora, by=admin)
    actions.submit_engagement(engagement=reread(engagement), values={"message": ""}, by=engagement.lead_consultant)

    assert str(nora) in waits_for(engagement)
    assert waiting_version(engagement).document["client_leads"][followed.position - 1]["name"] == nora.full_name


def test_a_place_on_a_team_goes_to_a_colleague_once(admin):
    engagement = EngagementFactory()
    leaver, colleague = ConsultantFactory.create_batch(2, region=engagement.lead_region)
    engagement.team.set([leaver])

    actions.hand_over_team_place(engagement=engagement, person=leaver, to=colleague, by=admin)
    actions.hand_over_team_place(engagement=engagement, person=colleague, to=engagement.lead_consultant, by=admin)

    assert list(engagement.team.all()) == []
    with pytest.raises(ActionRefused, match="does not work for an LDP"):
        actions.hand_over_team_place(engagement=engagement, person=leaver, to=StpLeadFactory(), by=admin)


def test_a_closed_account_is_given_no_work_from_a_page_that_was_open_before():
    engagement = EngagementFactory()
    colleague = ConsultantFactory(region=engagement.lead_region)
    type(colleague).objects.filter(pk=colleague.pk).update(is_active=False)
    by = engagement.lead_consultant

    with pytest.raises(ActionRefused, match="cannot lead"):
        actions.reassign_engagement(engagement=engagement, values={"lead_consultant": colleague}, by=by)
    with pytest.raises(ActionRefused, match="cannot join"):
        actions.change_engagement(engagement=engagement, values={"team": [colleague]}, by=by)
    with pytest.raises(ActionRefused, match="Only people of an LDP region"):
        actions.create_engagement(values={"title": "Late"}, by=colleague)


def test_open_work_tells_where_each_piece_stands_and_who_can_follow(admin):
    engagement, cara = in_review()
    dee = ClientLeadFactory(engagement=engagement, is_signatory=False, deputy_for=cara, user__full_name="Dee Deputy")
    reader = ClientLeadFactory(engagement=engagement, is_signatory=False, user__full_name="Rita Reader")
    ClientLeadFactory(engagement=engagement, is_signatory=False, user=wrote(engagement))
    decided = engagement.client_leads.order_by("pk")[1]
    decide(decided)

    (mine,) = open_work_of(cara.user, admin)
    (theirs,) = open_work_of(decided.user, admin)
    (deputy,) = open_work_of(dee.user, admin)
    (reads,) = open_work_of(reader.user, admin)
    (leads,) = open_work_of(engagement.lead_consultant, admin)

    assert (mine.kind, mine.suggested, mine.can_be_nobody) == ("Reviews that wait for their decision", dee.user, False)
    assert list(mine.candidates) == [dee.user, reader.user]
    assert (theirs.kind, theirs.note) == ("Plans they sign", "In review, decided already")
    assert (deputy.kind, deputy.note) == ("Signatories whose deputy they are", f"In review, deputy for {cara}")
    assert (reads.kind, reads.suggested, reads.candidates) == ("Plans they read", "nobody", ())
    assert (leads.kind, leads.needs_region) == ("Plans in review that they answer for", True)


@pytest.mark.parametrize("status", [EngagementStatus.CLOSED, EngagementStatus.WITHDRAWN])
def test_what_has_ended_waits_on_nobody(admin, status):
    engagement = engagement_at(status)

    assert open_work_of(engagement.lead_consultant, admin) == []
    assert open_work_of(engagement.client_leads.get().user, admin) == []


def test_s5_work_in_another_region_is_named_without_its_title():
    here, there = Region.objects.order_by("pk")[:2]
    admin, leaver = RegionalAdminFactory(region=here), ConsultantFactory(region=here)
    engagement = EngagementFactory(lead_region=there, title="A canary")
    engagement.team.set([leaver])
    led = EngagementFactory(lead_region=there, lead_consultant=leaver, title="A canary")

    lead, team = open_work_of(leaver, admin)

    assert "canary" not in f"{lead}{team}".replace(repr(engagement), "").replace(repr(led), "")
    assert (team.candidates, team.suggested, team.url) == ((), "nobody", "")
    assert lead.barred == f"Only a regional admin of {there} or a national admin can hand this over."
    assert open_work_of(leaver, NationalAdminFactory())[0].barred == ""
