"""What regions propose for the national menu: what is kept of it, who may answer, and what becomes of it."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from core import audit, outbox
from core.models import AuditEvent
from core.records import snapshot
from core.refusals import ActionRefused
from framework.models import Domain
from interventions import actions, permissions, policies, tasks
from interventions.enums import DAYS_TO_TELL, ProposalOutcome
from interventions.models import Intervention, MenuProposal
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import a_region
from tests.factories.framework import BehaviourFactory, LeadershipRoleFactory, a_domain
from tests.factories.interventions import InterventionFactory, MenuProposalFactory

pytestmark = pytest.mark.django_db

OURS, THEIRS = "east-midlands", "north-west"


@pytest.fixture
def intervention():
    return InterventionFactory(name="Coaching", summary="As it was", roles=[LeadershipRoleFactory(text="Role one")])


@pytest.fixture
def admin():
    return RegionalAdminFactory(region=a_region(OURS), full_name="Ann Archer", email="ann@example.org")


@pytest.fixture
def national():
    return NationalAdminFactory(full_name="Nat Noble")


def a_form_of(intervention, **changes):
    """Return what a form posts that says of an intervention what the menu says, but for the changes."""
    names = policies.PROPOSED_FIELDS
    said = {name: getattr(intervention, name) for name in names if name not in policies.TO_MANY}
    many = {name: list(getattr(intervention, name).all()) for name in policies.TO_MANY}
    return said | many | changes


def propose(intervention, by, **changes):
    values = a_form_of(intervention, **changes) | {"reason": "Nobody understands it"}
    return actions.add_proposal(intervention=intervention, values=values, by=by)


def again(proposal):
    return MenuProposal.objects.get(pk=proposal.pk)


def test_add_proposal_keeps_only_what_differs(intervention, admin):
    role = LeadershipRoleFactory()

    proposal = propose(intervention, admin, summary="More plainly", roles=[role])

    assert proposal.values == {"summary": "More plainly", "roles": [role.pk]}
    assert (proposal.region, proposal.by, proposal.intervention_version) == (admin.region, admin, intervention.version)
    assert (proposal.reason, proposal.outcome) == ("Nobody understands it", "")
    assert AuditEvent.objects.get(trail=f"proposals:{admin.region_id}").verb == "added"


def test_add_proposal_refuses_what_differs_in_nothing(intervention, admin):
    with pytest.raises(ActionRefused, match="Nothing differs from what the menu says today"):
        propose(intervention, admin)

    assert not MenuProposal.objects.exists()


def test_add_proposal_leaves_alone_what_the_menu_changed_while_it_was_written(intervention, admin, national):
    values = a_form_of(intervention, summary="Mine") | {"reason": "Why"}
    seen = snapshot(intervention, policies.PROPOSED_FIELDS)
    actions.change_intervention(intervention=intervention, values={"suits": "Everybody"}, by=national)

    proposal = actions.add_proposal(intervention=intervention, values=values, by=admin, seen=seen)

    assert proposal.values == {"summary": "Mine"}
    assert proposal.intervention_version == 2


def test_add_proposal_of_a_new_intervention_keeps_what_was_written(admin):
    values = {"name": "Walking", "summary": "", "main_domain": a_domain(), "roles": [], "reason": "Why"}

    proposal = actions.add_proposal(intervention=None, values=values, by=admin)

    assert proposal.values == {"name": "Walking", "main_domain": a_domain().pk}
    assert (proposal.is_new, proposal.title) == (True, "Walking")


@pytest.mark.parametrize("gone", ["retired", "extra"])
def test_add_proposal_is_for_what_is_on_the_national_menu(admin, gone):
    what = {"retired": True} if gone == "retired" else {"region": a_region(OURS)}
    intervention = InterventionFactory(**what)

    with pytest.raises(ActionRefused, match="not on the national menu"):
        propose(intervention, admin, summary="New")


def test_accept_proposal_as_it_is_changes_the_menu(intervention, admin, national):
    proposal = propose(intervention, admin, summary="More plainly")

    actions.accept_proposal(proposal=proposal, values=a_form_of(intervention, summary="More plainly"), by=national)

    changed = Intervention.objects.get(pk=intervention.pk)
    assert (changed.summary, changed.version) == ("More plainly", 2)
    found = again(proposal)
    assert (found.outcome, found.answered_by, found.answer) == (ProposalOutcome.ACCEPTED, national, "")
    assert found.answered_at is not None


@pytest.mark.parametrize("changes", [{"summary": "Edited"}, {"summary": "More plainly", "suits": "Everybody"}])
def test_accept_proposal_edited_says_so(intervention, admin, national, changes):
    proposal = propose(intervention, admin, summary="More plainly")

    actions.accept_proposal(proposal=proposal, values=a_form_of(intervention, **changes) | {"answer": "Shorter"}, by=national)

    found = again(proposal)
    assert (found.outcome, found.answer) == (ProposalOutcome.ACCEPTED_WITH_CHANGES, "Shorter")
    assert Intervention.objects.get(pk=intervention.pk).summary == changes["summary"]


def test_accept_proposal_refuses_where_nothing_of_it_is_left(intervention, admin, national):
    proposal = propose(intervention, admin, summary="More plainly")

    with pytest.raises(ActionRefused, match="Decline it instead"):
        actions.accept_proposal(proposal=proposal, values=a_form_of(intervention), by=national)

    assert again(proposal).is_open


def test_accept_proposal_of_what_the_menu_says_by_now_is_accepted(intervention, admin, national):
    proposal = propose(intervention, admin, summary="More plainly")
    actions.change_intervention(intervention=intervention, values={"summary": "More plainly"}, by=national)
    current = Intervention.objects.get(pk=intervention.pk)

    actions.accept_proposal(proposal=proposal, values=a_form_of(current), by=national)

    assert again(proposal).outcome == ProposalOutcome.ACCEPTED


def test_accept_proposal_of_a_new_intervention_puts_it_on_the_menu(admin, national):
    said = {"name": "Walking", "main_domain": a_domain(), "summary": "Outside"}
    proposal = actions.add_proposal(intervention=None, values=said | {"reason": "Why"}, by=admin)

    actions.accept_proposal(proposal=proposal, values=said, by=national)

    made = Intervention.objects.on_the_menu().get(name="Walking")
    found = again(proposal)
    assert (found.intervention, found.outcome, found.is_new) == (made, ProposalOutcome.ACCEPTED, True)


def test_accept_proposal_of_a_retired_intervention_is_refused(intervention, admin, national):
    proposal = propose(intervention, admin, summary="More plainly")
    Intervention.objects.filter(pk=intervention.pk).update(retired_at=timezone.now())

    with pytest.raises(ActionRefused, match="retired"):
        actions.accept_proposal(proposal=proposal, values={"summary": "More plainly"}, by=national)

    assert again(proposal).is_open


def test_decline_proposal_leaves_the_menu_and_keeps_the_reason(intervention, admin, national):
    proposal = propose(intervention, admin, summary="More plainly")

    with pytest.raises(ActionRefused, match="Say why"):
        actions.decline_proposal(proposal=proposal, values={"answer": "  "}, by=national)
    actions.decline_proposal(proposal=proposal, values={"answer": "Too like the next one."}, by=national)

    found = again(proposal)
    assert (found.outcome, found.answer) == (ProposalOutcome.DECLINED, "Too like the next one.")
    assert Intervention.objects.get(pk=intervention.pk).summary == "As it was"
    assert AuditEvent.objects.filter(verb="declined", trail=f"proposals:{admin.region_id}").exists()


SECOND = [
    pytest.param(lambda p, by: actions.accept_proposal(proposal=p, values={"summary": "B"}, by=by), id="accept"),
    pytest.param(lambda p, by: actions.decline_proposal(proposal=p, values={"answer": "No"}, by=by), id="decline"),
    pytest.param(lambda p, by: actions.withdraw_proposal(proposal=p, by=by), id="take back"),
]
FIRST = [
    pytest.param(SECOND[0].values[0], "Nat Noble accepted this proposal on", id="accepted"),
    pytest.param(
        lambda p, by: actions.accept_proposal(proposal=p, values={"summary": "Edited"}, by=by),
        "Nat Noble accepted this proposal with changes on",
        id="accepted with changes",
    ),
    pytest.param(SECOND[1].values[0], "Nat Noble declined this proposal on", id="declined"),
    pytest.param(SECOND[2].values[0], "Nat Noble took this proposal back on", id="taken back"),
]


@pytest.mark.parametrize("second", SECOND)
@pytest.mark.parametrize(("first", "told"), FIRST)
def test_the_second_answer_is_told_who_answered_what(intervention, admin, national, first, second, told):
    proposal = propose(intervention, admin, summary="B")
    first(proposal, national)
    before = again(proposal)

    with pytest.raises(ActionRefused, match=told):
        second(proposal, NationalAdminFactory())

    after = again(proposal)
    assert (after.outcome, after.answered_by, after.answer) == (before.outcome, before.answered_by, before.answer)


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_the_same_moment_one_stands(in_parallel):
    intervention = InterventionFactory(name="Coaching")
    proposal = propose(intervention, RegionalAdminFactory(), summary="B")
    admins = NationalAdminFactory.create_batch(2)

    def answer(number):
        try:
            actions.decline_proposal(proposal=proposal, values={"answer": f"Answer {number}"}, by=admins[number])
        except ActionRefused as refused:
            return str(refused)
        return "stands"

    answers = in_parallel(answer, 2)

    assert answers.count("stands") == 1
    assert sum("declined this proposal on" in one for one in answers) == 1


def test_nothing_of_an_answer_is_left_when_the_audit_write_fails(intervention, admin, national, monkeypatch):
    proposal = propose(intervention, admin, summary="B")

    def fail(*args, **kwargs):
        raise RuntimeError("the trail is full")

    monkeypatch.setattr(audit, "record", fail)
    for act in (SECOND[0].values[0], SECOND[1].values[0], SECOND[2].values[0]):
        with pytest.raises(RuntimeError, match="the trail is full"):
            act(proposal, national)

    assert again(proposal).is_open
    assert Intervention.objects.get(pk=intervention.pk).summary == "As it was"


def test_an_answer_of_which_nobody_knows_who_gave_it_is_told_all_the_same():
    [blocker] = policies.answering_blockers(MenuProposalFactory(declined=True))

    assert str(blocker) == "Somebody declined this proposal."


# What is shown.


def sides(proposal):
    return {
        field.name: ([line.text for line in field.today], [line.text for line in field.proposed])
        for field in policies.proposed_fields(proposal)
    }


def test_proposed_fields_stand_beside_what_the_menu_says(intervention, admin):
    role, behaviour = LeadershipRoleFactory(text="Role two"), BehaviourFactory(text="Listens")
    other = Domain.objects.exclude(pk=intervention.main_domain_id).first()
    proposal = propose(intervention, admin, summary="B", roles=[role], behaviours=[behaviour], main_domain=other)

    assert sides(proposal) == {
        "summary": (["As it was"], ["B"]),
        "main_domain": ([intervention.main_domain.name], [other.name]),
        "roles": (["Role one"], ["Role two"]),
        "behaviours": ([], ["Listens"]),
    }
    roles = next(field for field in policies.proposed_fields(proposal) if field.name == "roles")
    assert [line.is_different for line in (*roles.today, *roles.proposed)] == [True, True]


def test_proposed_fields_say_where_the_menu_has_moved_on(intervention, admin, national):
    proposal = propose(intervention, admin, summary="B", suits="Teams")
    actions.change_intervention(intervention=intervention, values={"summary": "Hers"}, by=national)

    fields = {field.name: field for field in policies.proposed_fields(again(proposal))}

    assert [line.text for line in fields["summary"].then] == ["As it was"]
    assert [line.text for line in fields["summary"].today] == ["Hers"]
    assert fields["suits"].then is None


def test_proposed_fields_of_an_answered_one_stand_beside_what_was_said_before(intervention, admin, national):
    proposal = propose(intervention, admin, summary="B")
    actions.accept_proposal(proposal=proposal, values={"summary": "B"}, by=national)

    assert sides(again(proposal)) == {"summary": (["As it was"], ["B"])}


def test_proposed_values_follow_the_words_of_the_framework(intervention, admin):
    old = LeadershipRoleFactory(text="Old words")
    gone = LeadershipRoleFactory(text="Gone")
    proposal = propose(intervention, admin, roles=[old, gone])
    for row in (old, gone):
        type(row).objects.filter(pk=row.pk).update(retired_at=timezone.now())
    new = LeadershipRoleFactory(text="New words", replaces=old, first=old, domain=old.domain)

    assert policies.proposed_values(again(proposal)) == {"roles": [new.pk]}


# Who may.


@pytest.mark.parametrize(
    ("make", "may"),
    [
        pytest.param(AnonymousUser, (False, False, False, False, False), id="anonymous"),
        pytest.param(StpLeadFactory, (False, False, False, False, False), id="STP lead"),
        pytest.param(lambda: ConsultantFactory(region=a_region(OURS)), (False, False, False, False, False), id="consultant"),
        pytest.param(lambda: RegionalAdminFactory(region=a_region(OURS)), (True, True, True, True, False), id="regional admin"),
        pytest.param(lambda: RegionalAdminFactory(region=a_region(THEIRS)), (True, False, True, False, False), id="another's"),
        pytest.param(NationalAdminFactory, (True, True, False, False, True), id="national admin"),
        pytest.param(lambda: NationalAdminFactory(left=True), (False, False, False, False, False), id="left"),
    ],
)
def test_who_may_do_what_with_a_proposal(make, may):
    user, proposal = make(), MenuProposalFactory(region=a_region(OURS))

    assert (
        permissions.can_read_proposals(user),
        permissions.can_read_proposal(user, proposal),
        permissions.can_propose_change(user),
        permissions.can_withdraw_proposal(user, proposal),
        permissions.can_answer_proposal(user),
    ) == may
    assert MenuProposal.objects.visible_to(user).filter(pk=proposal.pk).exists() is permissions.can_read_proposal(user, proposal)


# The region is told.


@pytest.fixture
def answered(intervention, admin, national, django_capture_on_commit_callbacks, mailoutbox):
    proposal = propose(intervention, admin, summary="B")

    def answer(act, **values):
        with django_capture_on_commit_callbacks(execute=True):
            act(proposal=proposal, values=values, by=national)
        return again(proposal)

    return answer


def test_the_proposer_hears_of_an_answer_once(answered, mailoutbox):
    proposal = answered(actions.decline_proposal, answer="Too like the next one.")
    tasks.send_proposal_answer(proposal.pk)
    outbox.work_off()

    [mail] = mailoutbox
    assert (mail.to, mail.subject) == (["ann@example.org"], "Your proposal for “Coaching” is declined")
    html = str(mail.alternatives[0][0])
    for words in ("Nat Noble has declined", "Too like the next one.", proposal.get_absolute_url()):
        assert words in mail.body
    assert "Too like the next one." in html


@pytest.mark.parametrize(("summary", "said"), [("B", "is accepted"), ("C", "is accepted with changes")])
def test_the_proposer_hears_that_it_was_accepted(answered, mailoutbox, summary, said):
    answered(actions.accept_proposal, summary=summary)

    assert mailoutbox[0].subject.endswith(said)
    assert "The national menu says so from now on" in mailoutbox[0].body


def test_hostile_words_in_the_message_stay_words(answered, mailoutbox):
    answered(actions.decline_proposal, answer="<script>alert(1)</script>\r\nBcc: all@example.org")

    assert "<script>" not in str(mailoutbox[0].alternatives[0][0])
    assert mailoutbox[0].recipients() == ["ann@example.org"]


def test_a_dead_mail_server_does_no_harm_and_is_tried_again(answered, mailoutbox, monkeypatch, caplog):
    def die(self, messages):
        raise SMTPServerDisconnected("ann@example.org cannot be reached")

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", die)
        proposal = answered(actions.decline_proposal, answer="No")
    assert (proposal.outcome, proposal.told_at) == (ProposalOutcome.DECLINED, None)
    assert "send_proposal_answer): SMTPServerDisconnected" in caplog.text
    assert "ann@example.org" not in caplog.text

    outbox.work_off(timezone.now() + outbox.pause_after(1))

    assert len(mailoutbox) == 1
    assert again(proposal).told_at is not None


def test_nobody_is_told_who_left_or_took_it_back_or_too_late(admin, national, mailoutbox):
    now = timezone.now()
    said = {"answered_by": national, "answered_at": now, "outcome": ProposalOutcome.DECLINED, "answer": "No"}
    gone = MenuProposalFactory(by=RegionalAdminFactory(left=True), **said)
    late = MenuProposalFactory(by=admin, **said | {"answered_at": now - timedelta(days=DAYS_TO_TELL)})
    back = MenuProposalFactory(by=admin, **said | {"outcome": ProposalOutcome.WITHDRAWN})
    waiting = MenuProposalFactory(by=admin)

    for proposal in (gone, late, back, waiting):
        tasks.send_proposal_answer(proposal.pk)
    tasks.send_proposal_answer(0)

    assert mailoutbox == []
