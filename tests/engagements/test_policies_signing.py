from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.enums import Role
from engagements import actions, policies
from engagements.enums import DecisionOutcome, EngagementStatus, SigningOrder
from engagements.models import Engagement
from tests.engagements.situations import decide, engagement_at, reread, waiting_version
from tests.factories.accounts import ConsultantFactory, StpLeadFactory
from tests.factories.engagements import ClientLeadFactory, PlanVersionFactory

pytestmark = pytest.mark.django_db
S = EngagementStatus
HELPED = "Nobody signs a plan that they helped to write."


def deciding(engagement, lead, by=None, *, content_hash=None):
    """Return the sentences that bar a decision, on the version that was submitted last unless another was shown."""
    signing = policies.read_signing(reread(engagement))
    shown = content_hash or waiting_version(engagement).content_hash
    return [str(blocker) for blocker in policies.deciding_blockers(signing, lead, by or lead.user, content_hash=shown)]


def leads_of(engagement):
    return list(engagement.client_leads.current().with_people())


def name_deputy(engagement, lead, person=None):
    return ClientLeadFactory(engagement=engagement, user=person or StpLeadFactory(), is_signatory=False, deputy_for=lead)


def test_deciding_blockers_for_a_signatory_of_the_version_that_waits():
    engagement = engagement_at(S.IN_REVIEW)

    assert deciding(engagement, leads_of(engagement)[0]) == []


def test_p11_deputy_decides_in_place_of_their_signatory_and_nobody_else():
    engagement = engagement_at(S.IN_REVIEW, signatories=2)
    first, second = leads_of(engagement)
    deputy = name_deputy(engagement, first)

    assert deciding(engagement, first, deputy.user) == []
    assert deciding(engagement, second, deputy.user) == [f"Only {second} or their deputy can take this decision."]


@pytest.mark.parametrize(
    "change",
    [{"is_active": False}, {"role": Role.NATIONAL_ADMIN}],
    ids=["who left", "who is a national admin now"],
)
def test_deciding_blockers_for_a_signatory_without_the_role(change):
    engagement = engagement_at(S.IN_REVIEW)
    (lead,) = leads_of(engagement)
    for name, value in change.items():
        setattr(lead.user, name, value)
    lead.user.save()

    assert deciding(engagement, lead) == [f"Only {lead} or their deputy can take this decision."]


def test_s4_author_who_became_a_client_cannot_sign_what_they_wrote():
    engagement = engagement_at(S.CO_DESIGN)
    (lead,) = leads_of(engagement)
    author = ConsultantFactory(region=engagement.lead_region)
    actions.change_engagement(engagement=engagement, values={"title": "In other words"}, by=author)
    author.role, author.region = Role.STP_LEAD, None
    author.save()
    deputy = name_deputy(engagement, lead, author)
    actions.submit_engagement(engagement=reread(engagement), values={}, by=engagement.lead_consultant)

    assert deciding(engagement, lead, deputy.user) == [HELPED]
    assert deciding(engagement, lead) == []


def test_s4_member_of_the_team_cannot_sign():
    engagement = engagement_at(S.IN_REVIEW)
    (lead,) = leads_of(engagement)
    engagement.team.add(lead.user)

    assert deciding(engagement, lead) == [HELPED]


def test_reading_commenting_and_deciding_are_no_writing():
    engagement = engagement_at(S.IN_REVIEW, signatories=2)
    first, second = leads_of(engagement)
    comment = actions.write_comment(
        version=waiting_version(engagement),
        values={"section": "people", "text": "Where is the ambulance service?"},
        by=first.user,
    )
    actions.answer_comment(comment=comment, values={"text": "And the hospice?"}, by=first.user)
    actions.note_reading(version=waiting_version(engagement), by=first.user)
    decide(second, DecisionOutcome.CHANGES_WANTED, "Name the hospice.")
    actions.submit_engagement(engagement=reread(engagement), values={}, by=engagement.lead_consultant)

    assert deciding(engagement, first) == []
    assert deciding(engagement, second) == []


def test_p12_deciding_blockers_for_another_version_than_was_shown():
    engagement = engagement_at(S.IN_REVIEW)

    assert deciding(engagement, leads_of(engagement)[0], content_hash="1" * 64) == [
        "The plan has changed since you opened it. Read the new version before you decide."
    ]


def test_deciding_blockers_for_the_second_decision_say_whose_it_was():
    engagement = engagement_at(S.IN_REVIEW, signatories=2)
    lead = leads_of(engagement)[0]
    deputy = name_deputy(engagement, lead)
    decide(lead)

    assert deciding(engagement, lead) == ["You have decided on this version already."]
    assert deciding(engagement, lead, deputy.user) == [f"{lead} or their deputy has decided on this version already."]


def test_p15_signatories_in_order_wait_for_their_turn():
    engagement = engagement_at(S.IN_REVIEW, signatories=3, signing_order=SigningOrder.IN_ORDER)
    first, second, third = leads_of(engagement)

    before = [deciding(engagement, lead) for lead in (first, second, third)]
    decide(first)
    after = [deciding(engagement, lead) for lead in (second, third)]

    assert before == [[], *[[f"It is not your turn yet. {first} decides first."]] * 2]
    assert after == [[], [f"It is not your turn yet. {second} decides first."]]


def test_deciding_blockers_before_anything_was_submitted():
    engagement = engagement_at(S.CO_DESIGN)

    assert deciding(engagement, leads_of(engagement)[0], content_hash="0" * 64) == [
        "Nothing has been submitted yet. There is nothing to decide now."
    ]


def test_deciding_blockers_tell_who_recalled_the_plan():
    engagement = engagement_at(S.IN_REVIEW)
    actions.recall_engagement(engagement=engagement, by=engagement.lead_consultant)

    (said,) = deciding(engagement, leads_of(engagement)[0])

    assert said.startswith(f"{engagement.lead_consultant} recalled this plan on ")


def test_deciding_blockers_tell_who_withdrew_the_plan():
    engagement = engagement_at(S.IN_REVIEW)
    actions.withdraw_engagement(engagement=engagement, values={"reason": "No money."}, by=engagement.lead_consultant)

    (said,) = deciding(engagement, leads_of(engagement)[0])

    assert said.startswith(f"{engagement.lead_consultant} withdrew this plan on ")
    assert "No money" not in said


def test_deciding_blockers_tell_that_another_signatory_wanted_changes():
    engagement = engagement_at(S.IN_REVIEW, signatories=2)
    first, second = leads_of(engagement)
    decide(first, DecisionOutcome.CHANGES_WANTED, "Name the hospice.")

    (said,) = deciding(engagement, second)

    assert said.startswith(f"{first} asked for changes to version 1 on ")


def test_deciding_blockers_after_all_have_agreed():
    engagement = engagement_at(S.AGREED)

    (said,) = deciding(engagement, leads_of(engagement)[0])

    assert said.startswith("All signatories agreed to version 1 on ")


@pytest.mark.parametrize(
    ("outcome", "known", "barred"),
    [
        (DecisionOutcome.AGREED, {}, False),
        (DecisionOutcome.CHANGES_WANTED, {}, True),
        (DecisionOutcome.CHANGES_WANTED, {"has_comment": True}, True),
        (DecisionOutcome.CHANGES_WANTED, {"has_section": True}, True),
        (DecisionOutcome.CHANGES_WANTED, {"has_comment": True, "has_section": True}, False),
        (DecisionOutcome.CHANGES_WANTED, {"has_commented": True}, False),
    ],
    ids=["agreed", "no words", "no part", "no comment", "a comment on a part", "commented before"],
)
def test_p07_saying_blockers_ask_for_a_comment_on_a_part_of_the_plan(outcome, known, barred):
    nothing = {"has_comment": False, "has_section": False, "has_commented": False}

    assert bool(policies.saying_blockers(outcome, **nothing | known)) == barred


def commenting(version, last_number, **shown):
    return [str(row) for row in policies.commenting_blockers(version.engagement, version, last_number, **shown)]


def test_commenting_blockers_for_the_last_version_only():
    version = PlanVersionFactory(number=1, engagement__status=S.IN_REVIEW)

    assert commenting(version, 1) == []
    assert commenting(version, 2)


def test_commenting_blockers_for_a_version_that_was_recalled():
    assert commenting(PlanVersionFactory(number=1, recalled=True), 1)


@pytest.mark.parametrize("status", [status for status in S if status not in (S.IN_REVIEW, S.CO_DESIGN)], ids=str)
def test_commenting_blockers_once_the_work_has_moved_on(status):
    assert commenting(PlanVersionFactory(number=1, engagement__status=status), 1)


def test_commenting_blockers_for_another_version_than_was_shown():
    version = PlanVersionFactory(number=2, engagement__status=S.IN_REVIEW)

    assert commenting(version, 2, number="2") == []
    assert commenting(version, 2, number="1") == [
        "The plan has changed since you opened it. Your words are kept here: read the new version first."
    ]


@pytest.mark.parametrize("status", S, ids=str)
def test_answering_blockers_once_the_work_has_ended(status):
    assert bool(policies.answering_blockers(Engagement(status=status))) == (status in {S.CLOSED, S.WITHDRAWN})


def test_leaving_blockers_while_nothing_waits():
    engagement = engagement_at(S.AGREED)
    (lead,) = leads_of(engagement)

    assert policies.leaving_blockers(policies.read_signing(engagement), lead) == []


def test_leaving_blockers_for_somebody_who_left_already():
    lead = ClientLeadFactory(removed_at=timezone.now())

    (blocker,) = policies.leaving_blockers(policies.read_signing(lead.engagement), lead)

    assert "taken this client lead off the engagement already" in str(blocker)


def test_p11_leaving_blockers_in_review():
    engagement = engagement_at(S.IN_REVIEW, signatories=2)
    first, second = leads_of(engagement)
    reader = ClientLeadFactory(engagement=engagement, is_signatory=False)

    def said(lead):
        return [str(row) for row in policies.leaving_blockers(policies.read_signing(reread(engagement)), lead)]

    nobody_decided = [said(lead) for lead in (first, second, reader)]
    decide(first)

    assert nobody_decided == [[], [], []]
    assert said(first) == [f"{first} has decided on the version that waits, so their name stays on it until it is settled."]
    assert said(second) == [f"{second} is the last who has not decided. Name a deputy who decides in their place."]
    assert said(reader) == []


def test_leaving_blockers_for_the_only_signatory_in_review():
    engagement = engagement_at(S.IN_REVIEW)
    (lead,) = leads_of(engagement)

    (blocker,) = policies.leaving_blockers(policies.read_signing(engagement), lead)

    assert str(blocker).startswith(f"{lead} is the only one who signs.")


@pytest.mark.parametrize("status", S, ids=str)
def test_p10_early_start_only_before_sign_off(status):
    blockers = policies.early_start_blockers(Engagement(status=status), has_started=False, was_signed=False)

    assert (not blockers) == (status in {S.CO_DESIGN, S.IN_REVIEW})


def test_p10_early_start_once_before_the_first_signature_and_with_a_reason():
    engagement, reason = Engagement(status=S.IN_REVIEW), "The term begins."

    def barred(**known):
        return policies.early_start_blockers(engagement, **{"has_started": False, "was_signed": False, "reason": reason} | known)

    assert barred() == []
    assert barred(has_started=True)
    assert barred(was_signed=True)
    assert barred(reason=" ")


@pytest.mark.parametrize(("days", "is_barred"), [(-1, True), (0, False), (14, False), (366, False), (367, True)], ids=str)
def test_due_date_blockers_for_days_from_today(days, is_barred):
    today = timezone.localdate()

    assert bool(policies.due_date_blockers(today + timedelta(days=days), today=today)) == is_barred


@pytest.mark.parametrize("status", S, ids=str)
def test_p11_deputy_can_be_named_in_review_and_others_only_in_co_design(status):
    engagement = engagement_at(S.IN_REVIEW)
    (lead,) = leads_of(engagement)
    engagement.status = status

    deputy = policies.naming_deputy_blockers(engagement, lead, is_signatory=False)
    other = policies.naming_deputy_blockers(engagement, None, is_signatory=True)

    assert (not deputy) == (status in {S.CO_DESIGN, S.IN_REVIEW})
    assert (not other) == (status == S.CO_DESIGN)


def test_deputy_signs_for_a_current_signatory_of_the_same_plan():
    engagement = engagement_at(S.IN_REVIEW)
    elsewhere = ClientLeadFactory()
    reader = ClientLeadFactory(engagement=engagement, is_signatory=False)
    gone = ClientLeadFactory(engagement=engagement, removed_at=timezone.now())
    (lead, _) = leads_of(engagement)

    for wrong in (elsewhere, reader, gone):
        assert policies.naming_deputy_blockers(engagement, wrong, is_signatory=False)
    assert policies.naming_deputy_blockers(engagement, lead, is_signatory=True)
