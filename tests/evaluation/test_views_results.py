"""The pages of results: read, collect, correct; not visible is 404, not allowed is 403."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from engagements.enums import EngagementStatus
from evaluation import actions, permissions
from evaluation.models import Measure, Result
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory
from tests.factories.directory import a_region
from tests.factories.engagements import ClientLeadFactory, EngagementFactory, PlannedInterventionFactory
from tests.factories.evaluation import EarlierTargetFactory, MeasureFactory, ResultFactory
from tests.helpers import as_user, date_boxes, filled, soup, submit, text_of

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert('x')</script> مرحبا 👩🏽\u200d⚕️ e\u0301"
MAX_QUERIES = 12


@pytest.fixture
def measure():
    engagement = EngagementFactory(status=EngagementStatus.IN_DELIVERY)
    planned = PlannedInterventionFactory(engagement=engagement, title="Coaching")
    return MeasureFactory(engagement=engagement, planned_intervention=planned, with_baseline=True, kind="number", unit="days")


@pytest.fixture
def lead(measure):
    """Return the client of the engagement's lead consultant."""
    return as_user(measure.engagement.lead_consultant)


def url(measure, tail=""):
    return f"/engagements/{measure.engagement.reference}/results/{tail}"


def measure_url(measure, tail):
    return f"/engagements/{measure.engagement.reference}/measures/{measure.pk}/{tail}"


def test_page_shows_where_it_began_where_it_is_and_where_it_was_meant_to_go(lead, measure):
    ResultFactory(measure=measure, collected=True, narrative="Two wards began", source="June return", note="Ask again")
    EarlierTargetFactory(measure=measure, target="70", reason="A ward closed")
    Measure.objects.filter(pk=measure.pk).update(other_influences="Winter", contribution="A mild one")

    response = lead.get(url(measure))

    text = text_of(response)
    for said in ("Coaching", "42", "50", "60", "Two wards began", "June return", "Ask again", "70", "A ward closed", "Winter"):
        assert said in text
    assert "A mild one" in text
    chart = soup(response).select_one("svg.app-chart title").get_text()
    assert "42 on 1 April 2016, 50 on 9 January 2017. Target 60." in chart


def test_page_tells_what_is_late_given_up_and_dropped(lead, measure):
    today = timezone.localdate()
    ResultFactory(measure=measure, due_on=today - timedelta(1))
    ResultFactory(measure=measure, due_on=today + timedelta(9))
    ResultFactory(measure=measure, missed_reason="The survey was lost")
    MeasureFactory(engagement=measure.engagement, outcome="Untied", dropped_on=today, dropped_reason="Nobody counts it")

    text = text_of(lead.get(url(measure)))

    for said in ("Overdue", "Not yet", "Not collected", "The survey was lost", "Dropped", "Nobody counts it", "Untied"):
        assert said in text


def test_page_without_collections_offers_the_usual_ones(lead, measure):
    page = soup(lead.get(url(measure)))
    assert "Add the usual collections" in page.get_text()

    lead.post(url(measure, "plan/"), {"action_key": page.select_one("main form input[name=action_key]")["value"]})

    assert measure.results.count() == 2


def test_page_before_agreement_says_when_results_come():
    measure = MeasureFactory()

    text = text_of(as_user(measure.engagement.lead_consultant).get(url(measure)))

    assert "Results are collected once the plan is agreed." in text
    assert "Add the usual" not in text


def test_page_of_a_closed_engagement_is_read_and_not_changed(lead, measure):
    ResultFactory(measure=measure, collected=True)
    measure.engagement.status = EngagementStatus.CLOSED
    measure.engagement.save()

    page = soup(lead.get(url(measure)))

    assert "can be read and not changed any more" in page.get_text()
    assert not page.select("a[href*='/results/'][href*='edit'], a[href*='/drop/']")


def test_result_is_collected_and_the_page_goes_back_to_its_measure(lead, measure):
    result = ResultFactory(measure=measure)

    response = submit(
        lead,
        url(measure, f"{result.pk}/"),
        {"value": "51.5", "narrative": HOSTILE} | date_boxes("collected_on", date(2017, 2, 1)),
    )

    result.refresh_from_db()
    assert response["Location"] == f"{url(measure)}#measure-{measure.pk}"
    assert (result.value, result.narrative, result.collected_on) == ("51.5", HOSTILE, date(2017, 2, 1))
    assert "<script>alert" not in lead.get(url(measure)).content.decode()


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("number", {"value": "about fifty"}, "The result must be a number, like 42 or 3.5"),
        ("number", {"value": ""}, "Enter the result"),
        ("yes_no", {"value": ""}, "Choose yes or no"),
        ("story", {"narrative": ""}, "Enter the story"),
        ("number", {"value": "5"} | date_boxes("collected_on", date(2099, 1, 1)), "must be today or in the past"),
    ],
)
def test_what_cannot_be_taken_is_said_and_kept(lead, measure, kind, data, said):
    Measure.objects.filter(pk=measure.pk).update(kind=kind)
    result = ResultFactory(measure=measure)

    response = submit(lead, url(measure, f"{result.pk}/"), data)

    assert said in text_of(response)
    assert not Result.objects.filter(collected_on__isnull=False).exists()
    if data.get("value"):
        assert soup(response).select_one("[name=value]")["value"] == data["value"]


def test_odd_result_is_kept_and_pointed_out(lead, measure):
    Measure.objects.filter(pk=measure.pk).update(unit="% of wards")
    result = ResultFactory(measure=measure)

    submit(lead, url(measure, f"{result.pk}/"), {"value": "140"} | date_boxes("collected_on", date(2017, 2, 1)))

    assert Result.objects.get().value == "140"
    assert "More than 100%" in text_of(lead.get(url(measure)))


def test_story_asks_how_far_it_has_come(lead, measure):
    Measure.objects.filter(pk=measure.pk).update(kind="story")
    result = ResultFactory(measure=measure)

    submit(lead, url(measure, f"{result.pk}/"), {"narrative": "They ring now", "reached": "partly"})

    result.refresh_from_db()
    assert (result.narrative, result.reached, result.value) == ("They ring now", "partly", "")
    assert "Partly met" in text_of(lead.get(url(measure)))


@pytest.mark.parametrize(
    ("tail", "data", "held"),
    [
        ("target/", {"target": "55", "reason": "A ward closed"}, {"target": "55"}),
        ("drop/", {"reason": "Nobody counts it"}, {"dropped_reason": "Nobody counts it"}),
        ("contribution/", {"contribution": "A mild winter"}, {"contribution": "A mild winter"}),
    ],
)
def test_forms_about_the_measure_are_saved(lead, measure, tail, data, held):
    response = submit(lead, measure_url(measure, tail), data)

    measure.refresh_from_db()
    assert response.status_code == 302
    assert {name: getattr(measure, name) for name in held} == held


def test_target_in_the_wrong_form_or_before_the_baseline_is_refused(lead, measure):
    response = submit(
        lead, measure_url(measure, "target/"), {"target": "most", "reason": "So"} | date_boxes("due_on", date(2015, 1, 1))
    )

    text = text_of(response)
    assert "The target must be a number" in text
    assert "must be after the date of the baseline" in text


def test_collection_is_added_moved_given_up_and_removed(lead, measure):
    submit(lead, measure_url(measure, "results/new/"), {"moment": "during"} | date_boxes("due_on", date(2017, 2, 1)))
    result = Result.objects.get()
    submit(lead, url(measure, f"{result.pk}/edit/"), date_boxes("due_on", date(2017, 3, 1)))
    result.refresh_from_db()
    assert result.due_on == date(2017, 3, 1)
    submit(lead, url(measure, f"{result.pk}/remove/"))
    assert not Result.objects.exists()


def test_what_was_given_up_stays_with_its_reason(lead, measure):
    result = ResultFactory(measure=measure)
    submit(lead, url(measure, f"{result.pk}/miss/"), {"missed_reason": "The room was shut"})

    result.refresh_from_db()
    assert result.missed_reason == "The room was shut"
    assert "It says why there is no result. That stays" in text_of(lead.get(url(measure, f"{result.pk}/remove/")))


def test_a_stale_page_takes_no_reason_and_no_target_from_a_colleague(lead, measure):
    result = ResultFactory(measure=measure)
    miss, retarget = url(measure, f"{result.pk}/miss/"), measure_url(measure, "target/")
    old_miss, old_target = filled(lead, miss), filled(lead, retarget)
    by = measure.engagement.lead_consultant
    actions.miss_result(result=result, values={"missed_reason": "The log was lost"}, by=by)
    actions.retarget_measure(measure=measure, values={"target": "75", "due_on": measure.due_on, "reason": "Two wards"}, by=by)

    clash = lead.post(miss, old_miss | {"missed_reason": "Forgot"})
    lead.post(retarget, old_target | date_boxes("due_on", date(2018, 4, 1)) | {"reason": "Only the date"})

    result.refresh_from_db()
    measure.refresh_from_db()
    assert "The log was lost" in text_of(clash)
    assert result.missed_reason == "The log was lost"
    assert (measure.target, measure.due_on) == ("75", date(2018, 4, 1))


def test_dropped_measure_is_taken_up_again_with_a_button(lead, measure):
    Measure.objects.filter(pk=measure.pk).update(dropped_on=date(2017, 1, 1), dropped_reason="Closed")
    ResultFactory(measure=measure)
    key = soup(lead.get(url(measure))).select_one("form[action$='/restore/'] input[name=action_key]")["value"]

    lead.post(measure_url(measure, "restore/"), {"action_key": key})

    measure.refresh_from_db()
    assert measure.dropped_on is None


def test_result_of_another_engagement_is_not_found(lead, measure):
    foreign = ResultFactory(measure=MeasureFactory(engagement__status=EngagementStatus.IN_DELIVERY))

    for tail in ("", "edit/", "miss/", "remove/"):
        assert lead.get(url(measure, f"{foreign.pk}/{tail}")).status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
def test_page_reads_as_often_for_many_results(django_assert_max_num_queries, lead, measure, rows):
    for _ in range(rows):
        other = MeasureFactory(engagement=measure.engagement, planned_intervention=measure.planned_intervention)
        ResultFactory(measure=other, collected=True)
        EarlierTargetFactory(measure=other)

    with django_assert_max_num_queries(MAX_QUERIES):
        lead.get(url(measure))


# Who may.


def a_client_of(measure, **values):
    measure.engagement.shared_at = timezone.now()
    measure.engagement.save()
    return ClientLeadFactory(engagement=measure.engagement, **values).user


@pytest.mark.parametrize("status", EngagementStatus)
def test_client_reads_results_while_the_plan_stands_as_agreed(status, measure):
    client = a_client_of(measure)
    measure.engagement.status = status
    measure.engagement.save()
    stands = status not in (EngagementStatus.CO_DESIGN, EngagementStatus.IN_REVIEW, EngagementStatus.WITHDRAWN)

    response = as_user(client).get(url(measure))

    assert response.status_code == (200 if stands else 403)
    assert (b"/results/" in as_user(client).get(f"/engagements/{measure.engagement.reference}/review/").content) is stands


def test_client_who_collects_a_measure_writes_its_result_and_nothing_else(measure):
    client = a_client_of(measure)
    Measure.objects.filter(pk=measure.pk).update(owner=f"{client.full_name}, finance")
    result, other = (
        ResultFactory(measure=measure, note="For us"),
        ResultFactory(measure=MeasureFactory(engagement=measure.engagement)),
    )
    browser = as_user(client)

    submit(browser, url(measure, f"{result.pk}/"), {"value": "55"} | date_boxes("collected_on", date(2017, 2, 1)))

    result.refresh_from_db()
    assert result.value == "55"
    assert "For us" not in text_of(browser.get(url(measure)))
    for forbidden in (url(measure, f"{other.pk}/"), url(measure, f"{result.pk}/edit/"), measure_url(measure, "drop/")):
        assert browser.get(forbidden).status_code == 403


def who_may(measure):
    """Return people by what they have to do with the engagement."""
    region, other = measure.engagement.lead_region, a_region("london")
    team = ConsultantFactory(region=other)
    measure.engagement.team.add(team)
    return {
        "lead": measure.engagement.lead_consultant,
        "team": team,
        "colleague": ConsultantFactory(region=region),
        "admin": RegionalAdminFactory(region=region),
        "admin afar": RegionalAdminFactory(region=other),
        "national": NationalAdminFactory(),
        "client": a_client_of(measure),
    }


def test_permissions_say_who_reads_keeps_and_collects(measure):
    people = who_may(measure)
    engagement = type(measure.engagement).objects.get(pk=measure.engagement.pk)
    measure.engagement = engagement

    def allowed(permission, subject):
        return {name for name, person in people.items() if permission(person, subject)}

    writers = {"lead", "team", "admin"}
    assert allowed(permissions.can_keep_results, engagement) == writers
    assert allowed(permissions.can_collect_result, measure) == writers
    # Who sees the engagement at all is held by its own scope.
    assert allowed(permissions.can_read_results, engagement) == set(people)
    measure.owner = people["client"].full_name
    assert allowed(permissions.can_collect_result, measure) == writers | {"client"}
