"""Messages that ask somebody to act: what they say, and where they lead (P07, P08, P09)."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation
from accounts.policies import invitation_url, open_invitation
from core.models import AuditEvent
from engagements import actions, documents, policies
from engagements.enums import DecisionOutcome, EngagementStatus, Finding, MessageKind
from engagements.models import Comment, Message
from tests.engagements.messages import about, deputy_of, in_review, message_of, resubmitted, send
from tests.engagements.situations import decide, engagement_at, ready_engagement, reread, waiting_version
from tests.factories.engagements import ClientLeadFactory, CommentFactory, a_criterion
from tests.helpers import as_user, text_of

pytestmark = pytest.mark.django_db
K = MessageKind


def test_the_first_message_says_what_is_asked_by_whom_and_by_when(after_commit):
    engagement = ready_engagement(title="Frailty in <b>Lincoln</b>\nand Boston")
    due_on = timezone.localdate() + timedelta(days=10)

    after_commit(
        actions.submit_engagement,
        engagement=engagement,
        values={"message": "We met & agreed <this>.", "due_on": due_on},
        by=engagement.lead_consultant,
    )

    email = mail.outbox[0]
    day = f"{due_on.day} {due_on:%B %Y}"
    html = email.alternatives[0].content
    assert email.subject == f"Please decide on “Frailty in <b>Lincoln</b> and Boston” by {day}"
    assert email.reply_to == [engagement.lead_consultant.email]
    for part in (engagement.lead_consultant.full_name, "asks you to decide", day, "We met & agreed <this>."):
        assert part in email.body
    assert "&lt;b&gt;Lincoln&lt;/b&gt;" in html
    assert "We met &amp; agreed &lt;this&gt;." in html
    assert "style=" not in html
    assert "What changed" not in email.body


def test_p09_the_link_is_an_invitation_of_its_reader(after_commit):
    engagement = after_commit(in_review)
    lead = engagement.client_leads.get()

    invitation = Invitation.objects.get()
    url = invitation_url(invitation)
    assert invitation.person == lead.user
    assert invitation.target == reverse("engagements:review_detail", args=[engagement.reference])
    assert invitation.trail == engagement.trail
    assert url in mail.outbox[0].body
    assert [a["href"] for a in soup_of(mail.outbox[0]).select("a") if "invitation" in a["href"]] == [url]
    assert open_invitation(url.rstrip("/").rpartition("/")[2], timezone.now()) == invitation


def soup_of(email):
    return BeautifulSoup(email.alternatives[0].content, "html.parser")


def test_p19_an_invitation_stands_in_the_history_and_makes_nobody_an_author(after_commit):
    engagement = after_commit(in_review)

    event = AuditEvent.objects.get(subject_type="accounts.invitation")

    assert (event.actor, event.trail) == (None, engagement.trail)
    assert policies.authors_of(engagement).isdisjoint({engagement.client_leads.get().user_id})


def test_a_reminder_carries_the_same_link_as_long_as_half_its_time_is_left(after_commit):
    engagement = after_commit(in_review)
    send(about(engagement, K.DECISION_DUE))
    first = Invitation.objects.get()

    Invitation.objects.update(expires_at=timezone.now() + timedelta(days=14))
    send(about(engagement, K.DECISION_OVERDUE))

    assert Invitation.objects.count() == 2
    assert invitation_url(first) in mail.outbox[1].body
    assert invitation_url(first) not in mail.outbox[2].body


def test_p08_the_message_tells_what_changed_since_its_reader_last_looked(after_commit):
    engagement = after_commit(in_review)
    lead = engagement.client_leads.get()
    decide(lead, DecisionOutcome.CHANGES_WANTED, "Too dear.")
    actions.change_engagement(engagement=reread(engagement), values={"client": "The Wolds"}, by=engagement.lead_consultant)

    after_commit(resubmitted, engagement)

    old, new = (documents.from_json(version.document) for version in engagement.versions.order_by("number"))
    told = [change.sentence for change in documents.differences(old, new)]
    body = mail.outbox[-1].body
    assert "What changed since version 1, which you read last:" in body
    assert told
    for sentence in told[:5]:
        assert f"- {sentence}" in body


def test_the_message_tells_what_changed_since_the_signed_version_to_a_new_reader():
    engagement = engagement_at(EngagementStatus.AGREED)
    actions.revise_engagement(engagement=engagement, values={"reason": "More money."}, by=engagement.lead_consultant)
    lead = ClientLeadFactory(engagement=engagement)
    resubmitted(engagement)

    send(Message.objects.get(client_lead=lead, kind=K.DECISION_ASKED))

    assert "since version 1, which was signed last" in mail.outbox[0].body


def test_a_version_that_cannot_be_read_any_more_is_asked_about_all_the_same():
    engagement = in_review()
    version = waiting_version(engagement)
    version.document = {"format": 0}
    version.save()

    send(message_of(engagement))

    assert "asks you to decide" in mail.outbox[0].body


def test_reminders_and_deputies_read_what_is_asked_of_them():
    engagement = in_review()
    lead = engagement.client_leads.get()
    deputy_of(lead)
    for kind in (K.DECISION_DUE, K.DECISION_OVERDUE, K.DEPUTY_ASKED, K.LINK_AGAIN):
        send(about(engagement, kind, lead))

    subjects = [email.subject for email in mail.outbox]
    title = engagement.title
    due_on = waiting_version(engagement).due_on
    assert subjects == [
        f"Reminder: please decide on “{title}” by {due_on.day} {due_on:%B %Y}",
        f"“{title}” still waits for your decision",
        f"Please decide as a deputy on “{title}”",
        f"Your new link to “{title}”",
    ]
    assert f"You are the deputy of {lead}" in mail.outbox[2].body
    for email in mail.outbox:
        assert str(lead) not in email.subject
        assert engagement.lead_consultant.email in email.body


def test_p07_changes_wanted_carries_the_comments_with_their_sections(after_commit):
    engagement = in_review()
    version = waiting_version(engagement)
    lead = engagement.client_leads.get()
    CommentFactory(version=version, section_title="Place", author=lead.user, text="Boston is <missing>.")

    after_commit(decide, lead, DecisionOutcome.CHANGES_WANTED, "Too dear.")

    email = mail.outbox[-1]
    assert email.to == [engagement.lead_consultant.email]
    assert email.subject == f"Changes wanted to “{engagement.title}”"
    assert f"{lead} wants changes to" in email.body
    assert f"- Place, {lead}: Boston is <missing>." in email.body
    assert "Too dear." in email.body
    assert "Boston is &lt;missing&gt;." in email.alternatives[0].content
    assert reverse("engagements:review_detail", args=[engagement.reference]) in email.body
    assert "invitation" not in email.body


def test_the_message_counts_the_criteria_to_look_at_first():
    engagement = ready_engagement()
    planned = engagement.planned_interventions.get()
    planned.preparatory_percent = 60
    planned.save()
    reason = {"overruled_to": Finding.MET, "reason": "The preparation is itself a step."}
    actions.write_criterion_reason(planned=planned, criterion=a_criterion(), values=reason, by=engagement.lead_consultant)

    news = documents.news_for(_submitted(engagement), engagement.client_leads.get().user)

    assert news.criteria == "1 criterion was overruled by a person."


def _submitted(engagement):
    values = {"message": ""}
    return actions.submit_engagement(engagement=reread(engagement), values=values, by=engagement.lead_consultant)


def test_the_message_counts_what_is_not_met():
    engagement = ready_engagement()
    planned = engagement.planned_interventions.get()
    planned.preparatory_percent = 60
    planned.save()
    reason = {"overruled_to": Finding.NOT_MET, "reason": "The steps are not agreed."}
    actions.write_criterion_reason(planned=planned, criterion=a_criterion(), values=reason, by=engagement.lead_consultant)

    news = documents.news_for(_submitted(engagement), engagement.client_leads.get().user)

    assert news.criteria == "1 criterion is not met. 1 criterion was overruled by a person."


TURNING = ["\u202a", "\u202b", "\u202d", "\u202e", "\u2066", "\u2067", "\u200b", "\n", "\r", "\u0085", "\u2028"]


@pytest.mark.parametrize("odd", TURNING, ids=ascii)
def test_names_and_titles_stay_on_their_line_and_turn_nothing_around(after_commit, odd):
    engagement = ready_engagement(title=f"Frailty{odd}fo nalp")
    consultant, lead = engagement.lead_consultant, engagement.client_leads.get()
    type(consultant).objects.filter(pk=consultant.pk).update(full_name=f"Con{odd}sul")
    type(lead.user).objects.filter(pk=lead.user_id).update(full_name=f"Cli{odd}ent")
    after_commit(
        actions.submit_engagement,
        engagement=reread(engagement),
        values={"message": f"Read{odd}this"},
        by=type(consultant).objects.get(pk=consultant.pk),
    )
    version = waiting_version(engagement)
    CommentFactory(version=version, author=lead.user, author_name=f"Cli{odd}ent", text=f"Too{odd}dear")
    after_commit(decide, engagement.client_leads.get(), DecisionOutcome.CHANGES_WANTED, f"Not{odd}now")

    asked, wanted = mail.outbox
    between = " " if odd.isspace() else ""
    title = f"Frailty{between}fo nalp"
    assert wanted.subject == f"Changes wanted to “{title}”"
    assert f"Hello Cli{between}ent\n" in asked.body
    assert f"Questions? Con{between}sul leads this work: {consultant.email}" in asked.body
    assert f"Con{between}sul asks you to decide on “{title}” ({engagement.reference}, version 1)" in asked.body
    assert f"Cli{between}ent wants changes to “{title}” ({engagement.reference}, version 1)" in wanted.body
    for email in mail.outbox:
        assert not set(email.subject + email.body) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u200b")


def test_a_title_from_right_to_left_leaves_the_sentence_around_it_as_it_is(after_commit):
    engagement = ready_engagement(title="\u05e9\u05dc\u05d5\u05dd 12")

    after_commit(actions.submit_engagement, engagement=engagement, values={"message": ""}, by=engagement.lead_consultant)

    (email,) = mail.outbox
    assert f"“\u2068{engagement.title}\u2069”" in email.subject
    assert f"“\u2068{engagement.title}\u2069” ({engagement.reference}, version 1)" in email.body


def test_p07_changes_wanted_says_the_words_of_the_signatory_once_with_their_section(after_commit):
    engagement = in_review()

    after_commit(decide, engagement.client_leads.get(), DecisionOutcome.CHANGES_WANTED, "Too dear.")

    email = mail.outbox[-1]
    assert email.body.count("Too dear.") == 1
    assert email.alternatives[0].content.count("Too dear.") == 1
    assert f"- People, {engagement.client_leads.get()}: Too dear." in email.body


def test_p07_changes_wanted_says_what_was_written_with_the_decision_only():
    engagement = in_review()
    lead = engagement.client_leads.get()
    decide(lead, DecisionOutcome.CHANGES_WANTED, "Too dear.")
    Comment.objects.all().delete()

    send(message_of(engagement, K.CHANGES_WANTED))

    assert mail.outbox[-1].body.count("Too dear.") == 1
    assert mail.outbox[-1].alternatives[0].content.count("Too dear.") == 1


def test_p07_changes_wanted_by_a_deputy_says_for_whom(after_commit):
    engagement = in_review()
    lead = engagement.client_leads.get()
    deputy = deputy_of(lead)
    shown = waiting_version(engagement).content_hash
    wish = {"outcome": DecisionOutcome.CHANGES_WANTED, "comment": "Too dear.", "section": "people", "content_hash": shown}

    after_commit(actions.decide_version, lead=lead, values=wish, by=deputy.user)

    email = mail.outbox[-1]
    assert f"{deputy}, who decides for {lead}, wants changes to" in email.body
    assert f"{deputy}, who decides for {lead}, wants changes to" in " ".join(soup_of(email).get_text().split())


def test_p08_the_message_leads_to_what_changed_since_the_signed_version_where_its_reader_has_read_a_later_one(settings):
    settings.PORTAL_ADDRESS = "https://portal.example"
    engagement = engagement_at(EngagementStatus.AGREED)
    lead = engagement.client_leads.get()
    said = "See what changed since the signed version"
    actions.revise_engagement(engagement=engagement, values={"reason": "More money."}, by=engagement.lead_consultant)
    resubmitted(engagement)
    send(Message.objects.get(version=waiting_version(engagement), kind=K.DECISION_ASKED))
    assert said not in mail.outbox[-1].body
    assert "since version 1, which you read last" in mail.outbox[-1].body
    decide(lead, DecisionOutcome.CHANGES_WANTED, "Too dear.")
    actions.change_engagement(engagement=reread(engagement), values={"client": "The Wolds"}, by=engagement.lead_consultant)
    resubmitted(engagement)

    send(Message.objects.get(version=waiting_version(engagement), kind=K.DECISION_ASKED))

    email = mail.outbox[-1]
    page = f"https://portal.example{reverse('engagements:review_detail', args=[engagement.reference])}?since=signed"
    assert "since version 2, which you read last" in email.body
    assert f"{said}:\n{page}" in email.body
    assert [a["href"] for a in soup_of(email).select("a") if a.get_text() == said] == [page]
    # The target survives signing in.
    assert "next=" in Client().get(page.removeprefix("https://portal.example"))["Location"]
    assert "Since version 1, which is signed" in text_of(as_user(lead.user).get(page.removeprefix("https://portal.example")))
