"""What a person is asked to collect: on their home page and in their daily summary."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from engagements import tasks
from engagements.enums import EngagementStatus
from engagements.policies import digest_for
from evaluation import policies
from evaluation.enums import DUE_SOON_DAYS
from tests.factories.accounts import ConsultantFactory
from tests.factories.directory import a_region
from tests.factories.engagements import ClientLeadFactory, EngagementFactory
from tests.factories.evaluation import MeasureFactory, ResultFactory
from tests.helpers import as_user, soup, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def engagement():
    return EngagementFactory(status=EngagementStatus.IN_DELIVERY, shared_at=timezone.now())


def a_result(engagement, due_on, outcome="Fewer delays", owner="", **values):
    return ResultFactory(measure=MeasureFactory(engagement=engagement, outcome=outcome, owner=owner), due_on=due_on, **values)


def asked(person, on):
    return [(due.result.measure.outcome, due.is_late, due.when) for due in policies.due_results_of(person, on=on)]


def test_lead_is_asked_for_what_is_late_and_what_is_due_soon(engagement, today):
    late = a_result(engagement, today - timedelta(3), "Late")
    a_result(engagement, today, "Today")
    a_result(engagement, today + timedelta(DUE_SOON_DAYS), "Soon")
    a_result(engagement, today + timedelta(DUE_SOON_DAYS + 1), "Not yet")
    a_result(engagement, today, "There", collected=True)
    a_result(engagement, today, "Given up", missed_reason="Closed")

    found = asked(engagement.lead_consultant, today)

    assert [(outcome, is_late) for outcome, is_late, _ in found] == [("Late", True), ("Today", False), ("Soon", False)]
    assert found[0][2] == f"due {late.due_on.day} {late.due_on:%B %Y}, 3 days late"
    assert found[1][2] == "due today"


def test_dropped_measures_and_ended_engagements_ask_for_nothing(engagement, today):
    row = a_result(engagement, today)
    row.measure.dropped_on, row.measure.dropped_reason = today, "Closed"
    row.measure.save()
    a_result(EngagementFactory(lead_consultant=engagement.lead_consultant, status=EngagementStatus.CLOSED), today)

    assert asked(engagement.lead_consultant, today) == []


def test_colleague_is_asked_for_what_names_them(engagement, today):
    colleague = ConsultantFactory(region=engagement.lead_region, full_name="Bea Okafor")
    a_result(engagement, today, "Hers", owner="The LDP (Bea Okafor)")
    a_result(engagement, today, "Not hers", owner="Bea Okafor-Lund")
    a_result(engagement, today, "Nobody's")

    assert [row[0] for row in asked(colleague, today)] == ["Hers"]


@pytest.mark.parametrize("status", [EngagementStatus.IN_DELIVERY, EngagementStatus.CO_DESIGN])
def test_client_is_asked_for_what_names_them_once_the_plan_is_agreed(engagement, today, status):
    client = ClientLeadFactory(engagement=engagement).user
    engagement.status = status
    engagement.save()
    a_result(engagement, today, "Theirs", owner=client.full_name)
    a_result(engagement, today, "Ours")

    assert [row[0] for row in asked(client, today)] == (["Theirs"] if status == EngagementStatus.IN_DELIVERY else [])


def test_owner_of_another_region_hears_of_nothing(engagement, today):
    stranger = ConsultantFactory(full_name="Bea Okafor", region=a_region("london"))
    a_result(engagement, today, owner="Bea Okafor")

    assert asked(stranger, today) == []


def test_home_page_lists_what_is_asked_with_the_way_to_it(engagement, today):
    late = a_result(engagement, today - timedelta(3), "Late one")
    a_result(engagement, today + timedelta(3), "Soon one")

    page = soup(as_user(engagement.lead_consultant).get("/"))

    rows = [row.get_text(" ", strip=True) for row in page.select("section[aria-labelledby=due-results] li")]
    assert "Late one" in rows[0]
    assert "3 days late" in rows[0]
    assert "Overdue" in rows[0]
    assert "Due soon" in rows[1]
    link = page.select_one("section[aria-labelledby=due-results] a")
    assert link["href"] == f"/engagements/{engagement.reference}/results/{late.pk}/"
    assert "Late one" in text_of(as_user(engagement.lead_consultant).get(link["href"]))


def test_home_page_without_anything_due_says_nothing_of_it(engagement):
    assert "Results to collect" not in text_of(as_user(engagement.lead_consultant).get("/"))


# The daily summary.


def morning(day):
    return datetime.combine(day, time(6), tzinfo=UTC)


def told(person, day):
    """Return what waits on a person as the summary of one morning tells it."""
    found = digest_for(person, since=morning(day - timedelta(1)), until=morning(day))
    return [task for news in found for task in news.tasks]


def test_summary_tells_of_a_result_when_it_is_asked_for_and_when_it_is_late(engagement, today):
    a_result(engagement, today)
    person = engagement.lead_consultant

    days = [day for day in range(-DUE_SOON_DAYS - 3, 5) if told(person, today + timedelta(day))]

    assert days == [-DUE_SOON_DAYS, 1]
    assert told(person, today + timedelta(1)) == [
        f"Collect “Fewer delays”: at the end, due {today.day} {today:%B %Y}, 1 day late"
    ]


def test_summary_holds_what_has_waited_longer_beside_what_is_new(engagement, today):
    a_result(engagement, today - timedelta(9), "Old")
    a_result(engagement, today - timedelta(1), "New")

    assert len(told(engagement.lead_consultant, today)) == 2


def test_summary_by_mail_lists_what_waits(engagement, today):
    a_result(engagement, today - timedelta(1))
    person = engagement.lead_consultant

    tasks.send_digest(person.pk, morning(today - timedelta(1)).isoformat(), morning(today).isoformat())

    (message,) = mail.outbox
    for body in (message.body, message.alternatives[0].content):
        assert "Waiting for you" in body
        assert "Fewer delays" in body
