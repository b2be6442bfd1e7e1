"""How long a plan has waited, on whom, and how late they are, in words."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engagements import policies
from engagements.enums import SigningOrder
from tests.factories.engagements import ClientLeadFactory, DecisionFactory, EngagementFactory, PlanVersionFactory

SENT = datetime(2017, 4, 1, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2017, 4, 1), "since today"),
        (date(2017, 4, 2), "for 1 day"),
        (date(2017, 4, 10), "for 9 days"),
    ],
)
def test_p10_days_of_waiting_are_counted_by_the_calendar(on, words):
    assert policies.waited_for(SENT, on=on) == words


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2017, 4, 2), "3 April 2017"),
        (date(2017, 4, 3), "3 April 2017, today"),
        (date(2017, 4, 4), "3 April 2017: 1 day late"),
        (date(2017, 4, 5), "3 April 2017: 2 days late"),
    ],
)
def test_p10_due_date_says_how_late_it_is(on, words):
    assert policies.due_words(date(2017, 4, 3), on=on) == words


def test_p10_waiting_without_a_due_date_or_anybody_to_wait_for_says_less():
    assert policies.waiting_words(SENT, None, [], on=date(2017, 4, 3)) == "With the client for 2 days."


@pytest.mark.django_db
def test_p15_turns_of_many_plans_are_read_in_one_query():
    parallel, ordered = EngagementFactory(), EngagementFactory(signing_order=SigningOrder.IN_ORDER)
    plans = [parallel, ordered]
    leads = {plan.pk: ClientLeadFactory.create_batch(2, engagement=plan) for plan in plans}
    for plan in plans:
        # What was decided on an earlier version does not count.
        DecisionFactory(version=PlanVersionFactory(engagement=plan, recalled=True), client_lead=leads[plan.pk][1])
        PlanVersionFactory(engagement=plan)
    DecisionFactory(version=parallel.versions.get(outcome="waiting"), client_lead=leads[parallel.pk][0])

    with CaptureQueriesContext(connection) as queries:
        turns = policies.turns_of(plans)

    assert len(queries) == 1
    assert turns[parallel.pk].now == [leads[parallel.pk][1]]
    assert turns[parallel.pk].decided == {leads[parallel.pk][0].pk}
    assert turns[ordered.pk].now == [leads[ordered.pk][0]]
    assert turns[ordered.pk].leads == leads[ordered.pk]
