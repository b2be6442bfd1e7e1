import pytest

from core import audit
from core.models import AuditEvent
from core.refusals import ActionRefused
from engagements import actions
from engagements.enums import DecisionOutcome, EngagementStatus
from engagements.models import Comment, VersionReading
from tests.engagements.situations import decide, engagement_at, reread, waiting_version
from tests.factories.accounts import StpLeadFactory

pytestmark = pytest.mark.django_db
S = EngagementStatus


@pytest.fixture
def engagement():
    return engagement_at(S.IN_REVIEW, signatories=2)


@pytest.fixture
def lead(engagement):
    return engagement.client_leads.order_by("position").first()


def comment_on(engagement, lead, section="people", text="Where is the ambulance service?"):
    return actions.write_comment(version=waiting_version(engagement), values={"section": section, "text": text}, by=lead.user)


def test_write_comment_keeps_the_words_the_section_and_the_author(engagement, lead):
    comment = comment_on(engagement, lead, "planned-1", "  Too long for us.\n")

    title = engagement.planned_interventions.get().title
    assert (comment.text, comment.section, comment.section_title) == ("Too long for us.", "planned-1", title)
    assert (comment.author, comment.author_name) == (lead.user, lead.user.full_name)
    event = AuditEvent.objects.for_trail(engagement.trail).first()
    assert (event.verb, event.subject_label, event.actor) == ("commented on", f"{title} in version 1", lead.user)


def test_write_comment_on_a_part_that_is_not_there_is_refused(engagement, lead):
    with pytest.raises(ActionRefused, match="Choose a part of the plan"):
        comment_on(engagement, lead, "planned-2")

    assert not Comment.objects.exists()


def test_write_comment_on_an_earlier_version_is_refused(engagement, lead):
    first = waiting_version(engagement)
    decide(lead, DecisionOutcome.CHANGES_WANTED, "Name the hospice.")
    actions.submit_engagement(engagement=reread(engagement), values={}, by=engagement.lead_consultant)

    with pytest.raises(ActionRefused, match="not open for comments any more"):
        actions.write_comment(version=first, values={"section": "people", "text": "And?"}, by=lead.user)


def test_write_comment_while_the_plan_is_back_for_changes(engagement, lead):
    decide(lead, DecisionOutcome.CHANGES_WANTED, "Name the hospice.")

    other = engagement.client_leads.order_by("position").last()
    comment_on(engagement, other, text="And the council.")

    assert [row.author for row in Comment.objects.order_by("pk")] == [lead.user, other.user]


def test_answer_comment_belongs_to_the_thread(engagement, lead):
    comment = comment_on(engagement, lead)

    answer = actions.answer_comment(comment=comment, values={"text": "They join in May."}, by=engagement.lead_consultant)
    again = actions.answer_comment(comment=answer, values={"text": "Good."}, by=lead.user)

    assert [answer.answer_to, again.answer_to] == [comment, comment]
    (thread,) = Comment.objects.threads()
    assert [row.text for row in thread.answers.all()] == ["They join in May.", "Good."]
    assert AuditEvent.objects.for_trail(engagement.trail).first().verb == "answered a comment on"


def test_resolve_comment_says_who_and_when_and_once(engagement, lead):
    comment = comment_on(engagement, lead)

    for _ in range(2):
        actions.resolve_comment(comment=comment, by=engagement.lead_consultant)

    settled = Comment.objects.get()
    assert settled.is_resolved
    assert settled.resolved_by == engagement.lead_consultant
    assert AuditEvent.objects.for_trail(engagement.trail).filter(verb="resolved a comment on").count() == 1


def test_reopen_comment_takes_the_settling_back_once(engagement, lead):
    comment = comment_on(engagement, lead)
    actions.resolve_comment(comment=comment, by=engagement.lead_consultant)

    for _ in range(2):
        actions.reopen_comment(comment=comment, by=lead.user)

    assert not Comment.objects.get().is_resolved
    assert AuditEvent.objects.for_trail(engagement.trail).filter(verb="reopened a comment on").count() == 1


def test_note_reading_notes_each_person_and_version_once(engagement, lead):
    version = waiting_version(engagement)

    for person in (lead.user, lead.user, StpLeadFactory()):
        actions.note_reading(version=version, by=person)

    assert VersionReading.objects.filter(version=version).count() == 2


@pytest.mark.parametrize("step", ["write", "answer", "resolve", "reopen"])
def test_comment_leaves_nothing_behind_when_the_audit_write_fails(engagement, lead, monkeypatch, step):
    comment = comment_on(engagement, lead)
    if step == "reopen":
        actions.resolve_comment(comment=comment, by=engagement.lead_consultant)
    before = list(Comment.objects.order_by("pk").values())

    def fail(*args, **kwargs):
        raise RuntimeError("The trail cannot be written")

    monkeypatch.setattr(audit, "record", fail)
    steps = {
        "write": lambda: comment_on(engagement, lead),
        "answer": lambda: actions.answer_comment(comment=comment, values={"text": "Yes."}, by=lead.user),
        "resolve": lambda: actions.resolve_comment(comment=comment, by=lead.user),
        "reopen": lambda: actions.reopen_comment(comment=comment, by=lead.user),
    }
    with pytest.raises(RuntimeError, match="trail"):
        steps[step]()

    assert list(Comment.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("text", ["", " \n "], ids=["nothing", "spaces"])
def test_comment_that_says_nothing_is_refused(engagement, lead, text):
    comment = comment_on(engagement, lead)

    with pytest.raises(ActionRefused, match="Enter the comment"):
        comment_on(engagement, lead, text=text)
    with pytest.raises(ActionRefused, match="Enter the comment"):
        actions.answer_comment(comment=comment, values={"text": text}, by=engagement.lead_consultant)

    assert Comment.objects.get() == comment
