"""Readers comment on a part of a version, are answered, and find what is settled; those who write find it beside what it speaks of."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import keys
from engagements import actions
from engagements.enums import EngagementStatus
from engagements.models import Comment, Engagement, VersionReading
from tests.engagements.situations import decide, engagement_at, reread, waiting_version
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, StpLeadFactory
from tests.factories.engagements import (
    ClientLeadFactory,
    CommentFactory,
    EngagementFactory,
    PlannedInterventionFactory,
    PlanVersionFactory,
)
from tests.helpers import as_user, filled, post, soup, submit, text_of

pytestmark = pytest.mark.django_db
S = EngagementStatus
WORDS = "Where is the ambulance service?"


def url(engagement, view, *args):
    return reverse(f"engagements:{view}", args=[engagement.reference, *args])


@pytest.fixture
def in_review():
    return engagement_at(S.IN_REVIEW, signatories=2)


@pytest.fixture
def lead(in_review):
    return in_review.client_leads.select_related("user", "engagement").order_by("pk").first()


@pytest.fixture
def comment(in_review, lead):
    return actions.write_comment(version=waiting_version(in_review), values={"section": "people", "text": WORDS}, by=lead.user)


@pytest.fixture
def returned(in_review, lead, comment):
    """Return an engagement that was sent back with comments."""
    decide(lead, "changes_wanted", "Say how long it takes.")
    return reread(in_review)


# Commenting.


def test_comment_create_writes_and_comes_back_to_the_part(in_review, lead):
    client = as_user(lead.user)

    response = submit(client, f"{url(in_review, 'comment_create')}?section=people", {"text": WORDS})

    assert response.url == f"{url(in_review, 'review_detail')}#comment-{Comment.objects.get().pk}"
    written = Comment.objects.get()
    assert (written.text, written.section, written.author) == (WORDS, "people", lead.user)
    assert WORDS in soup(client.get(url(in_review, "review_detail"))).select_one("#section-people").get_text()


def test_p08_comment_create_notes_that_the_version_was_read(comment, lead):
    assert VersionReading.objects.get().user == lead.user


def test_comment_create_has_chosen_the_part_it_was_opened_from(in_review, lead):
    client = as_user(lead.user)

    assert filled(client, f"{url(in_review, 'comment_create')}?section=planned-1")["section"] == "planned-1"
    assert filled(client, f"{url(in_review, 'comment_create')}?section=nothing")["section"] == ""


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"section": "", "text": WORDS}, "Choose which part of the plan it is about"),
        ({"section": "planned-9", "text": WORDS}, "planned-9"),
        ({"section": "people", "text": " "}, "Enter your comment"),
    ],
    ids=["no part", "a part that is not there", "no words"],
)
def test_comment_create_says_what_is_wrong_and_keeps_the_words(in_review, lead, typed, message):
    response = submit(as_user(lead.user), url(in_review, "comment_create"), typed)

    assert response.status_code == 200
    assert message in text_of(response)
    assert not Comment.objects.exists()


def test_comment_create_keeps_a_draft(in_review, lead):
    client, address = as_user(lead.user), f"{url(in_review, 'comment_create')}?section=people"
    post(client, address, {"section": "", "text": "Half a thought"}, draft_owner=lead.user)

    assert filled(client, address, form=-1)["text"] == "Half a thought"


def test_p05_comment_create_posted_twice_writes_one(in_review, lead):
    client = as_user(lead.user)
    data = {"section": "people", "text": WORDS, "number": "1", "action_key": keys.new_key()}

    answers = [client.post(url(in_review, "comment_create"), data).url for _ in range(2)]

    assert len(set(answers)) == 1
    assert Comment.objects.count() == 1


def test_comment_create_on_a_plan_that_is_settled_says_so(lead, in_review):
    actions.recall_engagement(engagement=in_review, by=in_review.lead_consultant)

    response = as_user(lead.user).get(url(in_review, "comment_create"))

    assert "is not open for comments any more" in text_of(response)
    assert not soup(response).select("main form")
    refused = post(as_user(lead.user), url(in_review, "comment_create"), {"section": "people", "text": WORDS})
    assert WORDS in text_of(refused)
    assert not Comment.objects.exists()


@pytest.mark.parametrize("who", ["lead consultant", "colleague", "national admin"])
def test_comment_create_is_refused_to_colleagues(in_review, who):
    makers = {
        "lead consultant": lambda: in_review.lead_consultant,
        "colleague": ConsultantFactory,
        "national admin": NationalAdminFactory,
    }

    assert as_user(makers[who]()).get(url(in_review, "comment_create")).status_code == 403


@pytest.mark.parametrize("document", [None, {"format": 0}], ids=["nothing submitted", "not readable"])
def test_comment_create_is_not_found_where_there_is_nothing_to_speak_of(document):
    engagement = EngagementFactory(shared=True)
    if document:
        PlanVersionFactory(engagement=engagement, document=document)
    reader = ClientLeadFactory(engagement=engagement).user

    assert as_user(reader).get(url(engagement, "comment_create")).status_code == 404


def test_a_removed_lead_loses_every_page_and_keeps_what_they_said(in_review, lead, comment):
    client = as_user(lead.user)
    actions.remove_client_lead(lead=lead, by=in_review.lead_consultant)

    for view in ("review_detail", "comment_create", "version_decide"):
        assert client.get(url(in_review, view)).status_code == 404
    assert client.get(url(in_review, "comment_answer", comment.pk)).status_code == 404
    for view in ("comment_resolve", "comment_reopen"):
        assert post(client, url(in_review, view, comment.pk)).status_code == 404
    assert WORDS in text_of(as_user(in_review.lead_consultant).get(url(in_review, "review_detail")))


# Answering and settling.


@pytest.mark.parametrize("who", ["consultant", "client"])
def test_comment_answer_stands_below_what_it_answers(in_review, lead, comment, who):
    client = as_user(in_review.lead_consultant if who == "consultant" else lead.user)

    response = submit(client, url(in_review, "comment_answer", comment.pk), {"text": "We have added them."})

    assert response.url == f"{url(in_review, 'review_detail')}#comment-{comment.pk}"
    shown = soup(client.get(url(in_review, "review_detail"))).select_one(f"#comment-{comment.pk}").get_text(" ")
    assert shown.index(WORDS) < shown.index("We have added them.")


def test_comment_answer_shows_what_was_said(in_review, comment):
    actions.answer_comment(comment=comment, values={"text": "We have added them."}, by=in_review.lead_consultant)

    words = text_of(as_user(in_review.lead_consultant).get(url(in_review, "comment_answer", comment.pk)))

    assert WORDS in words
    assert "We have added them." in words


def test_comment_answer_wants_words(in_review, comment):
    response = submit(as_user(in_review.lead_consultant), url(in_review, "comment_answer", comment.pk), {"text": " "})

    assert "Enter your answer" in text_of(response)


def test_comment_answer_answers_no_answer_and_nothing_of_another_engagement(in_review, comment):
    answer = actions.answer_comment(comment=comment, values={"text": "Yes"}, by=in_review.lead_consultant)
    other = CommentFactory(version=waiting_version(engagement_at(S.IN_REVIEW)))
    client = as_user(in_review.lead_consultant)

    assert client.get(url(in_review, "comment_answer", answer.pk)).status_code == 404
    assert client.get(url(in_review, "comment_answer", other.pk)).status_code == 404


@pytest.mark.parametrize("view", ["comment_answer", "comment_resolve", "comment_reopen"])
def test_comments_are_dealt_with_by_those_who_may(in_review, comment, view):
    reader = as_user(ConsultantFactory())

    assert post(reader, url(in_review, view, comment.pk), {"text": "Yes"}).status_code == 403
    assert post(as_user(StpLeadFactory()), url(in_review, view, comment.pk), {"text": "Yes"}).status_code == 404


def test_comment_resolve_and_comment_reopen(in_review, lead, comment):
    client = as_user(in_review.lead_consultant)

    settled = post(client, url(in_review, "comment_resolve", comment.pk))
    shown = text_of(client.get(settled.url))
    comment.refresh_from_db()
    was_resolved = comment.is_resolved
    post(client, url(in_review, "comment_reopen", comment.pk))
    comment.refresh_from_db()

    assert settled.url == f"{url(in_review, 'review_detail')}#comment-{comment.pk}"
    assert was_resolved
    assert "Settled" in shown
    assert not comment.is_resolved


def test_comment_resolve_is_not_for_the_client(in_review, lead, comment):
    assert post(as_user(lead.user), url(in_review, "comment_resolve", comment.pk)).status_code == 403


def test_comment_reopen_is_for_whoever_made_it_and_no_other_reader(in_review, lead, comment):
    actions.resolve_comment(comment=comment, by=in_review.lead_consultant)
    other = in_review.client_leads.order_by("pk").last().user
    offered = [
        bool(
            soup(as_user(person).get(url(in_review, "review_detail"))).select(
                f"form[action='{url(in_review, 'comment_reopen', comment.pk)}']"
            )
        )
        for person in (lead.user, other)
    ]

    refused = post(as_user(other), url(in_review, "comment_reopen", comment.pk))
    post(as_user(lead.user), url(in_review, "comment_reopen", comment.pk))

    assert offered == [True, False]
    assert refused.status_code == 403
    assert not Comment.objects.get(pk=comment.pk).is_resolved


def test_review_keeps_what_was_said_about_earlier_versions_beside_the_part(returned, lead, comment):
    actions.answer_comment(comment=comment, values={"text": "We have added them."}, by=returned.lead_consultant)
    actions.resolve_comment(comment=comment, by=returned.lead_consultant)
    planned = CommentFactory(
        version=waiting_version(returned), section="planned-1", section_title="A plan of the past", author=lead.user
    )
    actions.submit_engagement(engagement=reread(returned), values={}, by=returned.lead_consultant)

    page = soup(as_user(lead.user).get(url(returned, "review_detail")))

    part = page.select_one("#section-people")
    assert "Say how long it takes." in part.get_text()
    assert "on version 1" in part.get_text()
    assert "We have added them." in part.select_one("details").get_text()
    assert "Settled on earlier versions" in part.get_text()
    assert page.select_one(f"#comment-{planned.pk}").find_parent("details") is None
    assert "Said about interventions that are not in this version" in page.get_text()


def test_review_shows_comments_as_text(in_review, lead):
    words = "<script>alert(1)</script> \u202e"
    actions.write_comment(version=waiting_version(in_review), values={"section": "people", "text": words}, by=lead.user)

    page = soup(as_user(in_review.lead_consultant).get(url(in_review, "review_detail")))

    assert words in page.get_text()
    assert not page.select("main script")


# Beside what they speak of.


PAGES = {
    "people": "engagements:people_detail",
    "place": "engagements:place_detail",
    "purpose": "engagements:purpose_detail",
    "priorities": "engagements:priorities_detail",
    "criteria": "engagements:criteria_detail",
    "measures": "evaluation:measure_list",
}


@pytest.mark.parametrize("section", PAGES)
def test_a_page_of_the_plan_shows_what_was_said_about_its_part(returned, lead, section):
    for part in PAGES:
        CommentFactory(version=waiting_version(returned), section=part, text=f"About {part}.", author=lead.user)
    client = as_user(returned.lead_consultant)

    with CaptureQueriesContext(connection) as queries:
        words = text_of(client.get(reverse(PAGES[section], args=[returned.reference])))

    assert [part for part in PAGES if f"About {part}." in words] == [section]
    assert len(queries) <= 12


def test_plan_shows_what_was_said_below_the_title_it_speaks_of(returned, lead):
    version, first = waiting_version(returned), returned.planned_interventions.get()
    second = PlannedInterventionFactory(engagement=returned, title="Learning sets", position=0)
    for section, title, text in [
        ("planned-1", first.title, "About the first."),
        ("planned-2", "Called otherwise now", "About the second."),
        ("planned-7", "Gone since", "About one that is gone."),
    ]:
        CommentFactory(version=version, section=section, section_title=title, text=text, author=lead.user)

    page = soup(as_user(returned.lead_consultant).get(url(returned, "plan_detail")))

    said = {
        entry.h2.get_text(): [part.get_text(strip=True) for part in entry.select(".app-comment .app-user-text")]
        for entry in page.select(".app-entry")
    }
    assert "About the first." in said[first.title]
    assert said[second.title] == []
    assert "About one that is gone." in page.select_one(".app-comments-beside").get_text()


def beside(response):
    return " ".join(soup(response).select_one(".app-comments-beside").get_text(" ").split())


def test_workspace_shows_all_that_is_not_settled(returned, comment):
    client = as_user(returned.lead_consultant)
    before = beside(client.get(returned.get_absolute_url()))
    post(client, f"{url(returned, 'comment_resolve', comment.pk)}?on=workspace")

    after = beside(client.get(returned.get_absolute_url()))

    assert "2 comments to settle" in before
    assert WORDS in before
    assert "1 comment to settle" in after
    assert WORDS not in after
    assert "Say how long it takes." in after


@pytest.mark.parametrize("name", ["workspace", "people", "measures"])
def test_whoever_settles_a_comment_beside_what_it_speaks_of_comes_back_there(returned, comment, name):
    client = as_user(returned.lead_consultant)
    views = {
        "workspace": "engagements:engagement_detail",
        "people": "engagements:people_detail",
        "measures": "evaluation:measure_list",
    }

    response = post(client, f"{url(returned, 'comment_resolve', comment.pk)}?on={name}")

    assert response.url == f"{reverse(views[name], args=[returned.reference])}#comment-{comment.pk}"


def test_p20_a_client_lead_is_never_led_to_pages_of_those_who_write(in_review, lead, comment):
    response = submit(as_user(lead.user), f"{url(in_review, 'comment_answer', comment.pk)}?on=people", {"text": "Yes"})

    assert response.url.startswith(url(in_review, "review_detail"))


def test_colleagues_read_comments_without_buttons(returned, comment):
    page = soup(as_user(ConsultantFactory()).get(url(returned, "people_detail")))

    assert WORDS in page.get_text()
    assert not page.select("main form")
    assert Engagement.objects.get(pk=returned.pk).status == S.CO_DESIGN


def test_p02_comment_typed_on_an_earlier_version_is_kept_and_stands_on_none(in_review, lead):
    client = as_user(lead.user)
    page = url(in_review, "comment_create") + "?section=people"
    typed = filled(client, page) | {"text": WORDS}
    actions.recall_engagement(engagement=in_review, by=in_review.lead_consultant)
    actions.submit_engagement(engagement=reread(in_review), values={}, by=in_review.lead_consultant)

    answer = client.post(page, typed)

    assert "The plan has changed since you opened it. Your words are kept here" in text_of(answer)
    assert soup(answer).select_one("textarea").get_text().strip() == WORDS
    assert not Comment.objects.exists()
    submit(client, page, {"text": WORDS}, form=1 if len(soup(client.get(page)).select("main form[method=post]")) > 1 else 0)
    assert Comment.objects.get().version.number == 2
