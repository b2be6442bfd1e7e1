"""Giving feedback: by somebody with a link and no account, whom nobody recognises."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from prometheus_client import REGISTRY, generate_latest

from core.models import AuditEvent, OneTimeKey, PortalSession, RecordVersion
from engagements.enums import EngagementStatus
from evaluation import policies
from evaluation.enums import FeedbackKind
from evaluation.models import FeedbackAnswer, FeedbackForm, FeedbackLink
from tests.evaluation.asked import HOSTILE, give, links_of, open_form, url
from tests.factories.engagements import ClientLeadFactory, EngagementFactory, PlannedInterventionFactory
from tests.factories.evaluation import FeedbackFormFactory, FeedbackLinkFactory
from tests.helpers import ReadOnlyGetClient, as_user, production_log, soup, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned():
    engagement = EngagementFactory(status=EngagementStatus.IN_DELIVERY, shared_at=timezone.now())
    return PlannedInterventionFactory(engagement=engagement, title="Three suppers")


@pytest.fixture
def lead(planned):
    """Return the client of the engagement's lead consultant."""
    return as_user(planned.engagement.lead_consultant)


@pytest.fixture
def asked(planned):
    """Return an open form with one link for the room."""
    return open_form(planned)


# Giving it.


def test_p42_link_opens_the_questions_at_once(asked):
    asked.behaviours = [{"lineage": 1, "text": "Listens before speaking"}]
    asked.save()

    page = soup(ReadOnlyGetClient().get(links_of(asked)[0]))

    assert "Three suppers" in page.h1.get_text()
    assert "Listens before speaking" in page.get_text()
    assert "only if there are at least 5 answers" in page.get_text()
    assert page.select_one("input[name=before_0][value='3']")
    assert page.select_one("textarea[name=said_in_the_way]")
    assert "Sign in" not in page.get_text()


def test_answer_is_kept_and_the_person_is_thanked(asked):
    asked.behaviours = [{"lineage": 1, "text": "Listens"}]
    asked.save()

    response = give(links_of(asked)[0], said_in_the_way=HOSTILE)

    answer = FeedbackAnswer.objects.get()
    assert response["Location"] == reverse("evaluation:feedback_thanks")
    assert (answer.before, answer.now) == ([2], [4])
    assert answer.said == {"useful": 5, "in_touch": "yes", "in_the_way": HOSTILE}
    assert "Thank you" in text_of(Client().get(response["Location"]))


def test_anything_may_be_left_out_but_not_everything(asked):
    address = links_of(asked)[0]

    refused = Client().post(address, {"said_useful": "", "said_in_the_way": " "})
    taken = Client().post(address, {"said_useful": "3"})

    assert "Answer at least one question" in text_of(refused)
    assert taken.status_code == 302
    assert FeedbackAnswer.objects.get().said == {"useful": 3}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"said_useful": "9"}, "Choose a number from 1 to 5"),
        ({"said_in_touch": "perhaps"}, "Choose yes or no"),
        ({"said_in_the_way": "x" * 1_001}, "Keep this to 1,000 characters"),
    ],
)
def test_what_cannot_be_taken_is_said_and_the_rest_is_kept(asked, typed, said):
    response = give(links_of(asked)[0], **typed)

    assert said in text_of(response)
    assert not FeedbackAnswer.objects.exists()
    assert soup(response).select_one("textarea").get_text()


def test_room_takes_as_many_answers_as_come(asked):
    for _ in range(3):
        give(links_of(asked)[0])

    assert FeedbackAnswer.objects.count() == 3


def test_p44_card_takes_one_answer(planned):
    asked = open_form(planned, kind=FeedbackKind.CODES, code_count=6)
    first, second, *_ = links_of(asked)

    answers = [give(first, said_useful="1"), give(first, said_useful="5"), give(second, said_useful="3")]

    # Whoever taps twice is thanked twice, and counted once.
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/feedback/thanks/")}
    assert sorted(answer.said["useful"] for answer in FeedbackAnswer.objects.all()) == [1, 3]
    assert FeedbackAnswer.objects.count() == 2
    assert len(links_of(asked)) == 6


@pytest.mark.django_db(transaction=True)
def test_s16_parallel_posts_of_one_card_are_one_answer(in_parallel):
    planned = PlannedInterventionFactory(engagement__status=EngagementStatus.IN_DELIVERY)
    asked = open_form(planned, kind=FeedbackKind.CODES, code_count=5)
    address = links_of(asked)[0]

    # A hundred posts: as many at once as the database has connections for, each sender again and again.
    senders = 25 if connection.vendor == "postgresql" else 10

    answers = in_parallel(lambda _: [give(address).status_code for _ in range(100 // senders)], senders)

    assert {status for sent in answers for status in sent} == {302}
    assert sum(map(len, answers)) == 100
    assert FeedbackAnswer.objects.count() == 1


def test_s16_looking_uses_nothing_up(planned):
    asked = open_form(planned, kind=FeedbackKind.CODES, code_count=5)
    address = links_of(asked)[0]

    looks = {method(address).status_code for method in [Client().get, Client().head] for _ in range(10)}

    assert looks == {200}
    assert give(address).status_code == 302


def dead_ends(planned):
    """Return addresses that lead nowhere, by why."""
    late = FeedbackLinkFactory(
        form=FeedbackFormFactory(planned_intervention=planned, opened=True, closes_on=timezone.localdate() - timedelta(1))
    )
    closed = FeedbackLinkFactory(form=FeedbackFormFactory(planned_intervention=planned, opened=True, closed_at=timezone.now()))
    revoked = FeedbackLinkFactory(form=FeedbackFormFactory(planned_intervention=planned, opened=True), revoked_at=timezone.now())
    ended = FeedbackLinkFactory(form__planned_intervention__engagement__status=EngagementStatus.CLOSED)
    wrong = f"/feedback/{'A' * 27}/"
    others = {"late": late, "closed": closed, "revoked": revoked, "ended": ended}
    return {"wrong": wrong} | {why: f"/feedback/{policies.feedback_token(link)}/" for why, link in others.items()}


def test_s16_every_link_that_leads_nowhere_looks_the_same(planned):
    addresses = dead_ends(planned)
    before = FeedbackAnswer.objects.count()

    # After sending the device keeps its copy: what was typed was not taken.
    seen = {
        (response.status_code, re.sub(r"nonce=\"[^\"]*\"| data-nothing-to-answer", "", response.content.decode()))
        for address in addresses.values()
        for response in (Client().get(address), give(address))
    }

    assert len(seen) == 1
    (status, body) = seen.pop()
    assert status == 404
    assert "There is nothing to answer here" in body
    assert FeedbackAnswer.objects.count() == before


def test_s16_no_byte_of_a_link_can_be_changed(asked):
    token = policies.feedback_token(asked.links.get())

    forged = {f"{token[:place]}{'A' if token[place] != 'A' else 'B'}{token[place + 1 :]}" for place in range(len(token))}
    forged |= {token[:-1], f"{token}A", token.swapcase(), f"{token}%00", asked.links.get().token_hash, asked.links.get().nonce}

    assert {Client().get(f"/feedback/{word}/").status_code for word in forged} == {404}


def test_s16_links_are_kept_hashed(asked):
    token = policies.feedback_token(asked.links.get())
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - the database's own names
            assert token not in repr(cursor.fetchall()), table


def test_s16_page_is_told_to_nobody_and_kept_nowhere(asked):
    client = Client()

    response = client.get(links_of(asked)[0])

    assert response["Referrer-Policy"] == "no-referrer"
    assert response["Cache-Control"] == "no-store"
    assert "noindex" in response["X-Robots-Tag"]
    assert not client.cookies
    # Nothing on the page leads elsewhere, or is fetched from elsewhere.
    assert {tag["href"] for tag in soup(response).select("a[href]")} == set()
    assert not re.search(r"(src|href)=\"(https?:)?//", response.content.decode())


def test_s16_too_many_answers_at_once_are_asked_to_wait(asked, planned, monkeypatch):
    monkeypatch.setattr("evaluation.views.participants.MAX_POSTS", 2)
    address = links_of(asked)[0]

    posts = [give(address) for _ in range(3)]

    assert [post.status_code for post in posts] == [302, 302, 429]
    assert "try again in a few minutes" in text_of(posts[-1])
    # One form that is crowded keeps nobody from another, and looking is not counted.
    assert give(links_of(open_form(planned))[0]).status_code == 302
    assert Client().get(address).status_code == 200


def test_count_that_has_just_run_out_turns_nobody_away(asked, monkeypatch):
    monkeypatch.setattr("django.core.cache.cache.add", lambda *args: False)

    assert give(links_of(asked)[0]).status_code == 302


def test_form_that_closes_while_somebody_types_says_so_calmly(asked, monkeypatch):
    address = links_of(asked)[0]
    real = policies.open_link

    def close_behind_them(token, on):
        link = real(token, on)
        FeedbackForm.objects.update(closed_at=timezone.now())
        return link

    monkeypatch.setattr("evaluation.policies.open_link", close_behind_them)

    response = give(address)

    assert response.status_code == 404
    assert not FeedbackAnswer.objects.exists()


# Nobody is recognised.


def test_p43_looking_at_a_card_never_says_whether_it_was_used(planned):
    asked = open_form(planned, kind=FeedbackKind.CODES, code_count=5)
    used, unused, *_ = links_of(asked)
    give(used)

    def seen(address, **said):
        response = give(address, **said) if said else Client().get(address)
        return response.status_code, re.sub(r"nonce=\"[^\"]*\"", "", response.content.decode())

    assert seen(used) == seen(unused)
    assert seen(used, said_useful="9") == seen(unused, said_useful="9")


def test_p44_database_does_not_tell_which_answer_came_by_which_card_or_when(planned):
    asked = open_form(planned, kind=FeedbackKind.CODES, code_count=12)
    addresses = links_of(asked)
    for place, address in enumerate(addresses):
        give(address, said_in_the_way=f"{place:02}")

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Each row is marked with the transaction that wrote it: all of them with the last one.
            cursor.execute(
                "SELECT count(*), count(DISTINCT l.xmin::text) FROM evaluation_feedbacklink l, evaluation_feedbackanswer a WHERE l.xmin = a.xmin"
            )
            assert cursor.fetchone() == (144, 1)
            cursor.execute("SELECT said FROM evaluation_feedbackanswer ORDER BY ctid")
        else:
            cursor.execute("SELECT said FROM evaluation_feedbackanswer ORDER BY rowid")
        stored = [row[0] for row in cursor.fetchall()]

    written = [
        re.search(r'in_the_way"?: "(\d\d)', str(said)).group(1) if isinstance(said, str) else said["in_the_way"]
        for said in stored
    ]
    assert sorted(written) == [f"{place:02}" for place in range(12)]
    # In twelve places by chance alone: once in 479 million runs.
    assert written != sorted(written)


def test_p44_whoever_is_signed_in_is_not_recognised(asked, planned):
    person = ClientLeadFactory(engagement=planned.engagement).user
    client = as_user(person)
    kept = list(PortalSession.objects.values())

    with production_log() as log:
        client.get(links_of(asked)[0])
        give(links_of(asked)[0], client)

    assert log.getvalue() == ""
    assert list(PortalSession.objects.values()) == kept


def test_p43_figures_do_not_count_answers(asked):
    give(links_of(asked)[0])
    Client().get("/feedback/thanks/")

    assert "feedback_give" not in generate_latest(REGISTRY).decode()
    assert "feedback_thanks" not in generate_latest(REGISTRY).decode()


def test_title_stays_as_it_was_when_the_form_was_opened(asked, planned):
    planned.title = "Who is against the merger?"
    planned.save()

    assert "Three suppers" in text_of(Client().get(links_of(asked)[0]))
    assert "merger" not in text_of(Client().get(links_of(asked)[0]))


def test_what_shows_nothing_is_no_answer(asked):
    response = Client().post(links_of(asked)[0], {"said_in_the_way": "\u200b"})

    assert response.status_code == 200
    assert not FeedbackAnswer.objects.exists()


def test_p44_nothing_tells_who_answered_or_when(planned):
    asked = open_form(planned, kind=FeedbackKind.CODES, code_count=5)
    before = AuditEvent.objects.count()
    client = as_user(ClientLeadFactory(engagement=planned.engagement).user)

    give(links_of(asked)[2], client)

    columns = {field.name for field in FeedbackAnswer._meta.get_fields()}
    assert columns == {"id", "form", "before", "now", "said"}
    assert {field.name for field in FeedbackLink._meta.get_fields()} == {
        "id",
        "form",
        "number",
        "nonce",
        "token_hash",
        "is_used",
        "revoked_at",
    }
    assert FeedbackAnswer.objects.get().pk.version == 4
    assert AuditEvent.objects.count() == before
    assert not OneTimeKey.objects.exists()
    assert not RecordVersion.objects.filter(subject_type__startswith="evaluation.feedback").exists()


def test_p43_no_page_counts_answers_while_it_is_open(lead, planned):
    asked = open_form(planned, kind=FeedbackKind.CODES, code_count=7)
    pages = [url(planned), url(planned, f"{asked.pk}/"), url(planned, f"{asked.pk}/cards/")]
    before = [text_of(lead.get(page)) for page in pages]

    for address in links_of(asked)[:6]:
        give(address)

    assert [text_of(lead.get(page)) for page in pages] == before


def test_p43_the_limit_tells_nobody_how_many_have_answered(asked, monkeypatch):
    """The count begins anywhere, and neither what cannot be taken nor a card that was used adds to it."""
    monkeypatch.setattr("evaluation.views.participants.MAX_POSTS", 40)
    address = links_of(asked)[0]
    needed = set()
    for start in (0, 7, 19):
        cache.delete(f"feedback:{asked.pk}")
        monkeypatch.setattr("evaluation.views.participants.secrets.randbelow", lambda most, start=start: start)
        for _ in range(5):
            Client().post(address, {})
        needed.add(next(number for number in range(1, 99) if give(address).status_code == 429))

    assert needed == {41, 34, 22}


def test_feedback_pages_ask_browsers_for_no_reports(asked, lead):
    assert "report-uri" not in Client().get(links_of(asked)[0]).headers["Content-Security-Policy"]
    assert "report-uri" in lead.get("/").headers["Content-Security-Policy"]
