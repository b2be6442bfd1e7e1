"""The forms of measures: added, changed and removed, with everything kept that was typed."""

from datetime import date

import pytest

from core.models import FormDraft
from engagements.enums import EngagementStatus
from evaluation import actions
from evaluation.models import Measure, MeasureSuggestion
from tests.evaluation.test_views import MAX_QUERIES, create_url, list_url, pages_of
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory
from tests.factories.evaluation import MeasureFactory, MeasureSuggestionFactory
from tests.factories.interventions import an_intervention
from tests.helpers import as_user, date_boxes, filled, post, soup, submit, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement():
    return EngagementFactory()


@pytest.fixture
def lead(engagement):
    """Return the client of the engagement's lead consultant."""
    return as_user(engagement.lead_consultant)


def test_forms_ask_the_database_as_often_in_a_large_plan_as_in_a_small_one(lead, engagement, django_assert_max_num_queries):
    planned = PlannedInterventionFactory(engagement=engagement, intervention=an_intervention())
    measure = MeasureFactory(engagement=engagement, planned_intervention=planned)
    suggestion = MeasureSuggestion.objects.filter(intervention=planned.intervention).order_by("pk").first()
    urls = [create_url(engagement, f"?for={planned.pk}&from={suggestion.pk}"), *pages_of(measure)]
    counts = []
    for rows in (0, 49):
        for _ in range(rows):
            MeasureFactory(engagement=engagement, planned_intervention=PlannedInterventionFactory(engagement=engagement))
        for url in urls:
            with django_assert_max_num_queries(MAX_QUERIES) as caught:
                assert lead.get(url).status_code == 200
            counts.append(len(caught))

    assert counts[: len(urls)] == counts[len(urls) :]


def test_create_adds_a_measure_and_leads_to_it_in_the_list(lead, engagement):
    planned = PlannedInterventionFactory(engagement=engagement)
    typed = {"outcome": "Fewer delays", "planned_intervention": planned.pk, "baseline": "42", "target": "60"}
    typed |= date_boxes("baseline_on", date(2016, 4, 1)) | date_boxes("due_on", date(2017, 4, 1))

    response = submit(lead, create_url(engagement), typed)

    measure = Measure.objects.get()
    assert response.url == f"{list_url(engagement)}#measure-{measure.pk}"
    assert (measure.engagement, measure.planned_intervention, measure.due_on) == (engagement, planned, date(2017, 4, 1))


def test_create_in_an_empty_plan_starts_from_the_measure(lead, engagement):
    submit(lead, create_url(engagement), {"outcome": "Fewer delays"})

    engagement.refresh_from_db()
    assert engagement.started_from == "measure"


def test_create_posted_twice_makes_one_measure(lead, engagement):
    data = filled(lead, create_url(engagement)) | {"outcome": "Fewer delays"}

    first, second = (lead.post(create_url(engagement), data) for _ in range(2))

    assert Measure.objects.count() == 1
    assert first.url == second.url


def test_create_with_something_invalid_keeps_all_that_was_typed(lead, engagement):
    typed = {"outcome": "", "method": "Count the days\r\nof each ward", "baseline": "42"}

    response = submit(lead, create_url(engagement), typed)

    page = soup(response)
    assert response.status_code == 200
    assert page.title.get_text().startswith("Error: Add a measure")
    assert [link["href"] for link in page.select(".nhsuk-error-summary a")] == ["#id_outcome", "#id_baseline_on_day"]
    assert page.select_one("#id_method").get_text().lstrip("\n") == "Count the days\nof each ward"
    assert page.select_one("#id_baseline")["value"] == "42"
    assert FormDraft.objects.filter(user=engagement.lead_consultant, subject=create_url(engagement)).exists()
    assert not Measure.objects.exists()


def test_create_from_a_suggestion_fills_in_what_it_knows(lead, engagement):
    planned = PlannedInterventionFactory(engagement=engagement, intervention=an_intervention(), expected_impact="Much changes")
    suggestion = MeasureSuggestion.objects.filter(intervention=planned.intervention).order_by("position").first()
    url = create_url(engagement, f"?for={planned.pk}&from={suggestion.pk}")

    response = lead.get(url)
    shown = filled(lead, url)

    assert (shown["planned_intervention"], shown["outcome"]) == (str(planned.pk), suggestion.outcome)
    assert (shown["kind"], shown["unit"], shown["method"]) == (suggestion.kind, suggestion.unit, suggestion.method)
    assert "".join(shown[f"due_on_{part}"] for part in ("day", "month", "year")) == ""
    assert f"Usual timing: {suggestion.typical_timing}." in text_of(response)
    assert "Much changes" in text_of(response)
    submit(lead, url)
    assert Measure.objects.get().planned_intervention == planned


def test_create_from_a_suggestion_without_an_intervention_is_welcome(lead, engagement):
    suggestion = MeasureSuggestionFactory(outcome="A thought to start from")

    assert filled(lead, create_url(engagement, f"?from={suggestion.pk}"))["outcome"] == "A thought to start from"


@pytest.mark.parametrize(
    "value",
    ["", "0", "999999", "-1", "1.5", "abc", "%00", "٣", "²", "9" * 30, "9" * 5000, "<b>"],
    ids=lambda value: value[:40] or "empty",
)
@pytest.mark.parametrize(("name", "words"), [("for", "not in this plan"), ("from", "does not belong here")])
def test_create_drops_an_unknown_number_in_the_address_with_a_notice(lead, engagement, name, words, value):
    response = lead.get(create_url(engagement, f"?{name}={value}"))

    assert response.status_code == 200
    assert words in text_of(response)


def test_create_drops_what_belongs_to_another_plan_with_a_notice(lead, engagement):
    foreign = PlannedInterventionFactory(title="Nobody else may read this title", intervention=an_intervention())

    response = lead.get(create_url(engagement, f"?for={foreign.pk}"))

    assert "not in this plan" in text_of(response)
    assert "Nobody else may read" not in text_of(response)


def test_create_drops_a_suggestion_for_another_intervention_with_a_notice(lead, engagement):
    planned = PlannedInterventionFactory(engagement=engagement, intervention=an_intervention())
    suggestion = MeasureSuggestionFactory(outcome="For something else")

    response = lead.get(create_url(engagement, f"?for={planned.pk}&from={suggestion.pk}"))

    assert "does not belong here" in text_of(response)
    assert "For something else" not in text_of(response)


def test_edit_changes_the_measure(lead, engagement):
    measure = MeasureFactory(engagement=engagement, outcome="Fewer delays", with_baseline=True)

    response = submit(lead, pages_of(measure)[1], {"outcome": "Shorter delays", "target": "75"})

    measure.refresh_from_db()
    assert response.url == f"{list_url(engagement)}#measure-{measure.pk}"
    assert (measure.outcome, measure.target, measure.baseline) == ("Shorter delays", "75", "42")


def test_edit_with_something_invalid_shows_beside_it_what_is_saved(lead, engagement):
    planned = PlannedInterventionFactory(engagement=engagement, title="Coaching", expected_impact="Much changes")
    measure = MeasureFactory(engagement=engagement, planned_intervention=planned)

    response = submit(lead, pages_of(measure)[1], {"planned_intervention": "", "outcome": ""})

    assert "Expected impact of Coaching" in text_of(response)
    assert soup(response).title.get_text().startswith("Error: ")


def test_edit_of_what_a_colleague_changed_meanwhile_shows_both_texts(lead, engagement):
    measure = MeasureFactory(engagement=engagement, outcome="Fewer delays", unit="days")
    stale = filled(lead, pages_of(measure)[1])
    submit(lead, pages_of(measure)[1], {"outcome": "Theirs", "unit": "hours"})

    response = lead.post(pages_of(measure)[1], stale | {"outcome": "Mine"})

    text = response.content.decode()
    assert response.status_code == 200
    assert "Theirs" in text
    assert "Mine" in text
    measure.refresh_from_db()
    assert (measure.outcome, measure.unit) == ("Theirs", "hours")


def test_remove_asks_first_and_then_removes(lead, engagement):
    measure = MeasureFactory(engagement=engagement, outcome="Fewer delays")
    url = pages_of(measure)[2]

    asked = lead.get(url)
    response = submit(lead, url)

    assert "Fewer delays" in text_of(asked)
    assert response.url == list_url(engagement)
    assert not Measure.objects.exists()


def test_forms_of_a_plan_that_cannot_be_changed_say_why():
    measure = MeasureFactory(engagement__status=EngagementStatus.IN_REVIEW)
    lead = as_user(measure.engagement.lead_consultant)

    for url in pages_of(measure):
        page = lead.get(url)
        assert "Recall it before you change anything" in text_of(page)
        assert not soup(page).select("main form.app-form, main .app-post-button")


def test_posts_to_a_plan_that_cannot_be_changed_say_why_and_keep_what_was_typed():
    measure = MeasureFactory(engagement__status=EngagementStatus.IN_REVIEW, outcome="Fewer delays")
    lead = as_user(measure.engagement.lead_consultant)
    create, edit, remove = pages_of(measure)

    for url in (create, edit):
        page = post(lead, url, {"outcome": "Typed in vain"})
        assert "Recall it before you change anything" in text_of(page)
        assert soup(page).select_one("#id_outcome").get_text().strip() == "Typed in vain"
    assert "Recall it before you change anything" in text_of(post(lead, remove))
    assert [row.outcome for row in Measure.objects.all()] == ["Fewer delays"]


def test_p02_words_typed_into_a_measure_that_was_removed_meanwhile_are_kept_for_a_new_one(lead, engagement):
    measure = MeasureFactory(engagement=engagement)
    edit = pages_of(measure)[1]
    typed = filled(lead, edit) | {"outcome": "Fewer people wait for a bed"}
    actions.remove_measure(measure=measure, by=engagement.lead_consultant)

    answer = post(lead, edit, typed, follow=True)

    assert "Somebody has removed this meanwhile" in text_of(answer)
    assert answer.request["PATH_INFO"] == create_url(engagement)
    assert soup(answer).select_one("[name=outcome]").get_text(strip=True) == "Fewer people wait for a bed"
