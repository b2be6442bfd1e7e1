"""Asking for feedback and giving it: by those who keep it, and by somebody with a link and no account."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from prometheus_client import REGISTRY, generate_latest

from core.models import AuditEvent, OneTimeKey, PortalSession, RecordVersion
from core.refusals import ActionRefused
from engagements.actions import withdraw_engagement
from engagements.enums import EngagementStatus
from evaluation import actions, policies
from evaluation.enums import FeedbackKind
from evaluation.models import FeedbackAnswer, FeedbackForm, FeedbackLink
from tests.factories.engagements import ClientLeadFactory, EngagementFactory, PlannedInterventionFactory
from tests.factories.evaluation import FeedbackAnswerFactory, FeedbackFormFactory, FeedbackLinkFactory
from tests.helpers import ReadOnlyGetClient, as_user, date_boxes, production_log, soup, submit, text_of

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert('x')</script> مرحبا 👩🏽\u200d⚕️"
SAID = {"before_0": "2", "now_0": "4", "said_useful": "5", "said_in_touch": "yes", "said_in_the_way": "Time"}


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


def open_form(planned, **values):
    form = FeedbackFormFactory(planned_intervention=planned, **values)
    actions.open_feedback_form(form=form, by=planned.engagement.lead_consultant)
    form.refresh_from_db()
    return form


def url(planned, tail=""):
    return f"/engagements/{planned.engagement.reference}/feedback/{tail}"


def press(client, page, action):
    """Press the button of a page that posts to an address."""
    key = soup(client.get(page)).select_one(f"form[action$='{action}'] input[name=action_key]")["value"]
    return client.post(f"{page}{action}", {"action_key": key})


def links_of(form):
    return [f"/feedback/{policies.feedback_token(link)}/" for link in form.links.filter(revoked_at=None).order_by("number")]


def give(address, client=None, **said):
    return (client or Client()).post(address, SAID | said)


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

    answers = in_parallel(lambda _: give(address).status_code, 30 if connection.vendor == "postgresql" else 12)

    assert set(answers) == {302}
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

    seen = {
        (response.status_code, re.sub(r"nonce=\"[^\"]*\"", "", response.content.decode()))
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


# Asking for it.


def test_form_is_prepared_opened_answered_closed_and_read(lead, planned):
    create = url(planned, f"new/{planned.pk}/")
    submit(lead, create, {"own_question": "Was the room warm?"})
    asked = FeedbackForm.objects.get()
    detail = url(planned, f"{asked.pk}/")
    assert "Was the room warm?" in text_of(lead.get(detail))

    press(lead, detail, "open/")
    address = soup(lead.get(detail)).select_one(".app-address")["href"]
    for number in range(5):
        give(links_of(asked)[0], said_useful="4", said_own=f"Warm enough {number}", said_do_differently="Ring them")
    assert "Warm enough" not in text_of(lead.get(detail))
    submit(lead, url(planned, f"{asked.pk}/close/"))

    assert address.endswith(links_of(asked)[0])
    text = text_of(lead.get(detail))
    assert "5 answers." in text
    assert "4.0 out of 5, the mean of 5" in text
    assert "Warm enough 3" in text
    assert "Too few answered this" in text


def test_closed_form_of_too_few_shows_nothing(lead, planned):
    asked = FeedbackFormFactory(planned_intervention=planned, opened=True, closed_at=timezone.now())
    FeedbackAnswerFactory.create_batch(4, form=asked, said={"in_the_way": "Our chair"})

    text = text_of(lead.get(url(planned, f"{asked.pk}/"))) + text_of(lead.get(url(planned)))

    assert "Our chair" not in text
    assert "fewer than 5 answers" in text


def test_confidence_is_told_before_and_now(lead, planned):
    asked = FeedbackFormFactory(planned_intervention=planned, opened=True, closed_at=timezone.now())
    FeedbackAnswerFactory.create_batch(6, form=asked)

    row = soup(lead.get(url(planned, f"{asked.pk}/"))).select_one("table tbody tr").get_text(" ", strip=True)

    assert row == "Listens before speaking 2.0 4.0 +2.0 6"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bank_questions": ["useful"]}, "You have chosen 1"),
        ({"min_answers": "4"}, "Enter a number from 5 to 30"),
        ({"kind": "codes"}, "Enter how many cards you need"),
        ({"kind": "codes", "code_count": "3"}, "Make at least 5 cards"),
        (date_boxes("closes_on", timezone.localdate() - timedelta(1)), "must be today or later"),
    ],
)
def test_what_cannot_be_asked_is_said(lead, planned, changes, said):
    create = url(planned, f"new/{planned.pk}/")

    assert said in text_of(submit(lead, create, changes))
    assert not FeedbackForm.objects.exists()


def test_form_being_prepared_can_be_changed_and_removed(lead, planned):
    asked = FeedbackFormFactory(planned_intervention=planned)

    submit(lead, url(planned, f"{asked.pk}/edit/"), {"own_question": "Was it warm?"})
    asked.refresh_from_db()
    assert asked.own_question == "Was it warm?"
    submit(lead, url(planned, f"{asked.pk}/remove/"))

    assert not FeedbackForm.objects.exists()


def test_p43_opened_form_keeps_its_questions_and_its_promise(planned, asked):
    by = planned.engagement.lead_consultant

    with pytest.raises(ActionRefused, match="stays as it is"):
        actions.change_feedback_form(form=asked, values={"min_answers": 5, "own_question": "Who are you?"}, by=by)
    with pytest.raises(ActionRefused, match="stays as it is"):
        actions.remove_feedback_form(form=asked, by=by)
    with pytest.raises(ActionRefused, match="opened already"):
        actions.open_feedback_form(form=asked, by=by)

    asked.refresh_from_db()
    assert asked.own_question == ""


def test_p43_database_refuses_a_lower_promise(planned):
    with pytest.raises(ActionRefused, match="fewer than 5"):
        actions.add_feedback_form(
            planned=planned,
            values={"kind": "room", "bank_questions": [], "min_answers": 4, "closes_on": timezone.localdate()},
            by=planned.engagement.lead_consultant,
        )


def test_last_day_can_be_moved_while_it_is_open(lead, planned, asked):
    later = timezone.localdate() + timedelta(30)

    submit(lead, url(planned, f"{asked.pk}/extend/"), date_boxes("closes_on", later))

    asked.refresh_from_db()
    assert asked.closes_on == later
    refused = submit(lead, url(planned, f"{asked.pk}/extend/"), date_boxes("closes_on", later - timedelta(60)))
    assert "today or later" in text_of(refused)


def test_closed_form_never_opens_again(planned, asked):
    by = planned.engagement.lead_consultant
    actions.close_feedback_form(form=asked, by=by)
    steps = [
        lambda: actions.extend_feedback_form(form=asked, values={"closes_on": timezone.localdate()}, by=by),
        lambda: actions.close_feedback_form(form=asked, by=by),
        lambda: actions.renew_feedback_link(form=asked, by=by),
        lambda: actions.open_feedback_form(form=asked, by=by),
    ]

    for step in steps:
        with pytest.raises(ActionRefused):
            step()


def test_new_link_takes_the_place_of_the_old_one(lead, planned, asked):
    old = links_of(asked)[0]

    press(lead, url(planned, f"{asked.pk}/"), "link/")

    (new,) = links_of(asked)
    assert new != old
    assert (give(old).status_code, give(new).status_code) == (404, 302)


def test_cards_are_printed_one_for_each_person(lead, planned):
    asked = open_form(planned, kind=FeedbackKind.CODES, code_count=6)

    page = soup(lead.get(url(planned, f"{asked.pk}/cards/")))

    assert len(page.select(".app-card-printed svg")) == 6
    assert len({row.get_text(strip=True) for row in page.select(".app-card-printed__address")}) == 6


def test_cards_of_a_form_that_is_not_open_are_not_there(lead, planned):
    asked = FeedbackFormFactory(planned_intervention=planned)

    assert lead.get(url(planned, f"{asked.pk}/cards/")).status_code == 404


def test_end_of_the_engagement_closes_what_is_open(planned, asked):
    withdraw_engagement(engagement=planned.engagement, values={"reason": "The money went"}, by=planned.engagement.lead_consultant)

    asked.refresh_from_db()
    assert asked.closed_at is not None
    with pytest.raises(ActionRefused, match="No more feedback"):
        actions.add_feedback_form(
            planned=planned, values={"closes_on": timezone.localdate()}, by=planned.engagement.lead_consultant
        )


def test_form_that_somebody_has_removed_is_said_to_be_gone(planned):
    asked = FeedbackFormFactory(planned_intervention=planned)
    by = planned.engagement.lead_consultant
    actions.remove_feedback_form(form=asked, by=by)

    with pytest.raises(ActionRefused, match="removed this form"):
        actions.open_feedback_form(form=asked, by=by)


def test_client_reads_what_came_of_it_and_not_what_is_prepared(planned, asked):
    prepared = FeedbackFormFactory(planned_intervention=planned)
    client = as_user(ClientLeadFactory(engagement=planned.engagement).user)

    assert "Ask for feedback" not in text_of(client.get(url(planned)))
    assert "app-address" not in client.get(url(planned, f"{asked.pk}/")).content.decode()
    assert client.get(url(planned, f"{prepared.pk}/")).status_code == 404
    assert client.get(url(planned, f"{asked.pk}/edit/")).status_code == 403
