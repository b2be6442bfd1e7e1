"""Asking for feedback: preparing, opening, closing and reading it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.refusals import ActionRefused
from engagements.actions import withdraw_engagement
from engagements.enums import EngagementStatus
from evaluation import actions
from evaluation.enums import FeedbackKind
from evaluation.models import FeedbackForm
from tests.evaluation.asked import give, links_of, open_form, press, url
from tests.factories.engagements import ClientLeadFactory, EngagementFactory, PlannedInterventionFactory
from tests.factories.evaluation import FeedbackAnswerFactory, FeedbackFormFactory
from tests.helpers import as_user, date_boxes, soup, submit, text_of

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
