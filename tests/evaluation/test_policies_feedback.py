"""What may be told of feedback: nothing before it is closed, nothing of too few, and nothing by comparing (P43, S16)."""

from datetime import date, timedelta

import pytest
from django.test import override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from engagements.models import Engagement, PlannedIntervention
from evaluation import policies
from evaluation.enums import MAX_BEHAVIOURS, MAX_CODES, MIN_ANSWERS, BankQuestion, FeedbackKind
from evaluation.models import FeedbackAnswer, FeedbackForm, FeedbackLink
from tests.factories.engagements import PlannedInterventionFactory
from tests.factories.framework import BehaviourFactory

ON = date(2017, 6, 1)
NOW = timezone.now()
QUESTIONS = [
    {"key": "useful", "kind": "scale", "text": "How useful?"},
    {"key": "in_touch", "kind": "yes_no", "text": "In touch?"},
    {"key": "in_the_way", "kind": "words", "text": "What gets in the way?"},
]
BEHAVIOURS = [{"lineage": 7, "text": "Listens"}, {"lineage": 9, "text": "Asks"}]


def a_form(**values):
    """Return a form that asked three questions and two behaviours and is closed."""
    usual = {"questions": QUESTIONS, "behaviours": BEHAVIOURS, "opened_at": NOW, "closes_on": ON - timedelta(1), "min_answers": 5}
    return FeedbackForm(**usual | values)


def an_answer(before=(2, 3), now=(4, 3), **said):
    return FeedbackAnswer(before=list(before), now=list(now), said=said)


def told(answers, **values):
    return policies.summary_of(a_form(**values), answers, on=ON)


# Open and closed.


@pytest.mark.parametrize(
    ("values", "is_open", "is_closed"),
    [
        pytest.param({"opened_at": None, "closes_on": ON}, False, False, id="being prepared"),
        pytest.param({"opened_at": None, "closes_on": ON - timedelta(1)}, False, False, id="never opened"),
        pytest.param({"closes_on": ON}, True, False, id="on its last day"),
        pytest.param({"closes_on": ON - timedelta(1)}, False, True, id="the day after"),
        pytest.param({"closes_on": ON, "closed_at": NOW}, False, True, id="closed before its time"),
    ],
)
def test_form_is_open_from_opening_to_its_last_day(values, is_open, is_closed):
    form = a_form(**values)

    assert (form.is_open(ON), form.is_closed(ON)) == (is_open, is_closed)


def test_p43_nothing_is_told_while_it_is_open():
    assert told([an_answer(useful=4)] * 30, closes_on=ON) is None


# What is told.


def test_means_shares_and_words_of_a_closed_form():
    answers = [
        an_answer(useful=number, in_touch=["yes", "no"][number % 2], in_the_way=f"{word} time")
        for number, word in zip([1, 2, 3, 4, 5], "ECADB", strict=True)
    ]

    summary = told(answers)

    useful, in_touch, in_the_way = summary.figures
    assert summary.count == 5
    assert (useful.mean, useful.count) == (3, 5)
    assert in_touch.percent == 40
    # In the order of the alphabet, whoever came first.
    assert in_the_way.words == ("A time", "B time", "C time", "D time", "E time")
    listens, asks = summary.confidence
    assert (listens.lineage, listens.before, listens.now, listens.change, listens.count) == (7, 2, 4, 2, 5)
    assert asks.change == 0


def test_p43_below_the_promise_nothing_is_told_but_that_it_is_too_few():
    summary = told([an_answer(useful=4)] * (MIN_ANSWERS - 1))

    assert summary == policies.FeedbackSummary(0)
    assert not summary.is_told
    assert told([an_answer(useful=4)] * 9, min_answers=10) == policies.FeedbackSummary(0)


def test_p43_question_that_too_few_answered_tells_nothing():
    summary = told([an_answer(useful=4)] * 4 + [an_answer(in_touch="yes")] * 5)

    assert [(figure.is_told, figure.mean) for figure in summary.figures] == [(False, None), (True, 1), (False, None)]
    assert summary.figures[0].count == 0


def test_confidence_counts_those_who_said_both():
    answers = [an_answer((1, None), (5, 5))] * 5 + [an_answer((5, 5), (None, 5))] * 4

    listens, asks = told(answers).confidence

    assert (listens.count, listens.before, listens.now) == (5, 1, 5)
    assert not asks.is_told


def test_answer_from_before_a_behaviour_was_asked_counts_as_left_out():
    assert not told([FeedbackAnswer(before=[], now=[], said={"useful": 3})] * 6).confidence[0].is_told


# No two looks differ by fewer than the promise.

ANSWERS = st.builds(
    lambda pairs, useful, words: FeedbackAnswer(
        before=[before for before, _ in pairs],
        now=[now for _, now in pairs],
        said={name: value for name, value in (("useful", useful), ("in_the_way", words)) if value not in (None, "")},
    ),
    st.lists(st.tuples(*[st.sampled_from([None, 1, 2, 3, 4, 5])] * 2), min_size=2, max_size=2),
    st.sampled_from([None, 1, 2, 3, 4, 5]),
    st.sampled_from(["", "Time", "Money", "Distance"]),
)


def groups_told_of(summary, answers):
    """Return for each thing that is told the people whose answers it is made of, worked out anew from the answers."""
    everybody = range(len(answers))
    found = [frozenset(everybody)] if summary.is_told else []
    for place, row in enumerate(summary.confidence):
        if row.is_told:
            found.append(frozenset(one for one in everybody if answers[one].before[place] and answers[one].now[place]))
    for question, figure in zip(QUESTIONS, summary.figures, strict=False):
        if figure.is_told:
            found.append(frozenset(one for one in everybody if answers[one].said.get(question["key"]) is not None))
    return found


def otherwise(answer, summary):
    """Return an answer that says something else wherever too few said anything: in all of it where nothing is told."""
    hidden = [not row.is_told for row in summary.confidence] or [True] * len(answer.before)
    turned = [
        [6 - value if is_hidden and value else value for value, is_hidden in zip(side, hidden, strict=True)]
        for side in (answer.before, answer.now)
    ]
    is_hidden = {question["key"]: not figure.is_told for question, figure in zip(QUESTIONS, summary.figures, strict=False)}
    said = {
        key: value if not is_hidden.get(key, True) else 6 - value if isinstance(value, int) else f"{value}, and who said it"
        for key, value in answer.said.items()
    }
    return FeedbackAnswer(before=turned[0], now=turned[1], said=said)


@given(answers=st.lists(ANSWERS, max_size=14), enough=st.integers(MIN_ANSWERS, 8))
def test_p43_what_too_few_said_changes_nothing_that_is_told(answers, enough):
    final = policies.summary_of(a_form(min_answers=enough), answers, on=ON)

    assert all(len(group) >= enough for group in groups_told_of(final, answers))
    others = [otherwise(answer, final) for answer in answers]
    assert policies.summary_of(a_form(min_answers=enough), others, on=ON) == final


@given(answers=st.lists(ANSWERS, max_size=14), enough=st.integers(MIN_ANSWERS, 8), days=st.integers(0, 400))
def test_p43_no_look_at_an_open_form_tells_anything(answers, enough, days):
    open_form = a_form(closes_on=ON + timedelta(days), min_answers=enough)

    assert [policies.summary_of(open_form, answers[:count], on=ON) for count in range(len(answers) + 1)] == [None] * (
        len(answers) + 1
    )


@given(forms=st.lists(st.lists(ANSWERS, min_size=0, max_size=9), max_size=5))
def test_p43_sum_over_forms_is_made_of_whole_groups(forms):
    rows = [row for answers in forms for row in told(answers).confidence]
    enough = [row for row in rows if row.count >= MIN_ANSWERS]

    summed = policies.confidence_over(rows)

    # Two sums differ by what whole forms tell, and each of them tells of enough people or of nobody.
    assert all(row.count == 0 or row.count >= MIN_ANSWERS for row in rows)
    assert sum(change.people for change in summed) == sum(row.count for row in enough)
    assert summed == policies.confidence_over(enough)


# What may be asked.


def test_questions_stand_in_the_order_of_the_bank_with_ones_own_last():
    form = FeedbackForm(bank_questions=["in_the_way", "useful", "no such thing"], own_question="Was the room warm?")

    rows = policies.questions_of(form)

    assert [row["key"] for row in rows] == ["useful", "in_the_way", "own"]
    assert [row["kind"] for row in rows] == ["scale", "words", "words"]
    assert rows[2]["text"] == "Was the room warm?"


def test_every_question_of_the_bank_has_a_kind_and_ends_as_a_question():
    rows = policies.questions_of(FeedbackForm(bank_questions=list(BankQuestion.values)))

    assert len(rows) == len(BankQuestion)
    assert all(row["text"].endswith("?") for row in rows)


@pytest.mark.django_db
def test_behaviours_of_the_plan_are_asked_as_many_as_a_phone_takes():
    planned = PlannedInterventionFactory(behaviours=BehaviourFactory.create_batch(MAX_BEHAVIOURS + 2))

    rows = policies.behaviours_of(planned)

    assert len(rows) == MAX_BEHAVIOURS
    assert set(rows[0]) == {"lineage", "text"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param({"opened_at": NOW}, "opened already", id="twice"),
        pytest.param({"bank_questions": ["useful", "keep"]}, "There are 2", id="too few questions"),
        pytest.param({"bank_questions": list(BankQuestion.values)}, "There are 11", id="too many"),
        pytest.param({"kind": FeedbackKind.CODES}, "for how many people", id="no cards"),
        pytest.param({"kind": FeedbackKind.CODES, "code_count": MAX_CODES + 1}, "for how many people", id="too many cards"),
        pytest.param({"kind": FeedbackKind.CODES, "code_count": 4}, "nothing could ever be shown", id="fewer cards than answers"),
        pytest.param({"closes_on": ON - timedelta(1)}, "today or later", id="too late"),
        pytest.param({"closes_on": ON + timedelta(400)}, "within a year", id="too far"),
    ],
)
def test_form_is_not_opened_unless_it_can_be_answered_and_told(values, said):
    usual = {"bank_questions": ["useful", "keep", "change"], "closes_on": ON}

    blockers = policies.asking_blockers(FeedbackForm(**usual | values), ON)

    assert said in " ".join(blocker.sentence for blocker in blockers)
    assert policies.asking_blockers(FeedbackForm(**usual), ON) == []
    assert policies.asking_blockers(FeedbackForm(**usual, kind=FeedbackKind.CODES, code_count=5), ON) == []


def test_state_says_what_may_be_done():
    prepared, open_one, closed = a_form(opened_at=None), a_form(closes_on=ON), a_form()

    assert policies.changing_form_blockers(prepared) == []
    assert policies.changing_form_blockers(open_one)
    assert "not been opened" in policies.open_form_blockers(prepared, ON)[0].sentence
    assert policies.open_form_blockers(open_one, ON) == []
    assert "never opens again" in policies.open_form_blockers(closed, ON)[0].sentence
    assert policies.renewing_blockers(open_one, ON) == []
    assert "how many were used" in policies.renewing_blockers(a_form(kind=FeedbackKind.CODES, closes_on=ON), ON)[0].sentence
    assert policies.feedback_blockers(Engagement(status="closed"))
    assert policies.feedback_blockers(Engagement(status="co_design")) == []


# Links.


def test_s16_token_says_nothing_and_is_long_enough():
    first, second = FeedbackLink(), FeedbackLink()

    tokens = {policies.feedback_token(link) for link in (first, second)}

    assert len(tokens) == 2
    assert all(len(token) * 6 >= 160 for token in tokens)
    assert first.nonce not in policies.feedback_token(first)
    assert policies.token_hash(policies.feedback_token(first)) != policies.feedback_token(first)


def test_s16_link_is_shown_after_the_key_was_rotated():
    link = FeedbackLink()
    with override_settings(SECRET_KEY="an-old-key"):
        token = policies.feedback_token(link)
        link.token_hash = policies.token_hash(token)

    with override_settings(SECRET_KEY_FALLBACKS=["an-old-key"]):
        assert policies.feedback_token(link) == token
    assert policies.feedback_token(link) != token


def test_names_of_rows():
    form = FeedbackForm(planned_intervention=PlannedIntervention(title="Coaching"))

    assert str(form) == "feedback on Coaching"
    assert (str(FeedbackLink()), str(FeedbackLink(number=3))) == ("link", "card 3")
    assert str(FeedbackAnswer()) == "an answer"
