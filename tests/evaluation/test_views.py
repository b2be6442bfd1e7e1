"""The pages of measures: read, add, change, remove; not visible is 404, not allowed is 403."""

from datetime import date

import pytest
from django.urls import reverse

from engagements.enums import EngagementStatus
from evaluation.models import Measure, MeasureSuggestion
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory
from tests.factories.directory import a_region
from tests.factories.engagements import ClientLeadFactory, EngagementFactory, PlannedInterventionFactory
from tests.factories.evaluation import MeasureFactory
from tests.factories.interventions import InterventionFactory, an_intervention
from tests.helpers import as_user, post, soup, text_of

pytestmark = pytest.mark.django_db

MAX_QUERIES = 12
HOSTILE = "<script>alert('x')</script> مرحبا 👩🏽\u200d⚕️ e\u0301"


@pytest.fixture
def engagement():
    return EngagementFactory()


@pytest.fixture
def lead(engagement):
    """Return the client of the engagement's lead consultant."""
    return as_user(engagement.lead_consultant)


def list_url(engagement):
    return f"/engagements/{engagement.reference}/measures/"


def create_url(engagement, query=""):
    return f"/engagements/{engagement.reference}/measures/new/{query}"


def pages_of(measure):
    own = f"{list_url(measure.engagement)}{measure.pk}/"
    return [create_url(measure.engagement), own, f"{own}remove/"]


def test_names_and_addresses_of_the_pages_agree(engagement):
    assert reverse("evaluation:measure_list", args=[engagement.reference]) == list_url(engagement)
    assert reverse("evaluation:measure_create", args=[engagement.reference]) == create_url(engagement)


def test_list_groups_measures_by_planned_intervention_with_its_expected_impact(lead, engagement):
    planned = PlannedInterventionFactory(engagement=engagement, title="Coaching", expected_impact="Leaders ring each other")
    MeasureFactory(engagement=engagement, planned_intervention=planned, outcome="Fewer delays", with_baseline=True)
    MeasureFactory(engagement=engagement, outcome="A floating thought")

    page = soup(lead.get(list_url(engagement)))

    coaching = page.select_one(f"section[aria-labelledby=intervention-{planned.pk}]").get_text(" ", strip=True)
    assert "Leaders ring each other" in coaching
    assert "Fewer delays" in coaching
    assert "A floating thought" not in coaching
    assert "A floating thought" in page.select_one("section[aria-labelledby=untied]").get_text()
    assert page.select_one(f"a[href$='/plan/{planned.pk}/#id_expected_impact']")


def test_list_shows_every_part_of_a_measure(lead, engagement):
    planned = PlannedInterventionFactory(engagement=engagement)
    values = {
        "outcome": "Fewer delays",
        "level": "system",
        "kirkpatrick": "results",
        "kind": "number",
        "unit": "days",
        "baseline": "1,240",
        "baseline_on": date(2016, 9, 30),
        "target": "900",
        "due_on": date(2017, 12, 1),
        "direction": "decrease",
        "method": "Count the days",
        "data_source": "The monthly return",
        "owner": "Head of discharge",
        "collected_from": "Both trusts",
        "other_influences": "Winter",
        "agreed_with": "The board",
        "agreed_on": date(2016, 10, 12),
    }
    MeasureFactory(engagement=engagement, planned_intervention=planned, **values)

    text = text_of(lead.get(list_url(engagement)))

    words = [value for value in values.values() if isinstance(value, str) and not value.islower()]
    words += ["System", "4. Results", "A number", "It should go down", "days"]
    words += ["30 September 2016", "1 December 2017", "12 October 2016"]
    assert [word for word in words if word not in text] == []
    assert "Clear" in text
    assert "Every intervention has a measure" in text


def test_list_shows_a_reason_for_no_baseline_and_a_direction_without_a_kind(lead, engagement):
    MeasureFactory(engagement=engagement, no_baseline_reason="Nobody counted", direction="maintain", agreed_on=date(2016, 9, 1))

    text = text_of(lead.get(list_url(engagement)))

    assert "None: Nobody counted" in text
    assert "It should stay as it is" in text
    assert "on 1 September 2016" in text


def test_list_says_what_is_missing_and_leads_there(lead, engagement):
    planned = PlannedInterventionFactory(engagement=engagement, title="Coaching")
    measure = MeasureFactory(engagement=engagement, outcome="Fewer delays")

    page = soup(lead.get(list_url(engagement)))

    missing = {link.get_text(): link["href"] for link in page.select(".app-next-step a")}
    assert missing == {
        "Coaching: add at least one measure": f"{create_url(engagement)}?for={planned.pk}",
        "Measures: say which intervention “Fewer delays” belongs to": f"{list_url(engagement)}{measure.pk}/",
        "Measures: “Fewer delays” still needs a baseline or the reason for none, a target and a date for the target": (
            f"{list_url(engagement)}{measure.pk}/"
        ),
    }
    assert "Still needed: a baseline or the reason for none; a target; a date for the target" in page.get_text(" ", strip=True)


def test_list_offers_the_suggestions_of_the_menu_item_until_they_are_taken_up(lead, engagement):
    item = an_intervention()
    planned = PlannedInterventionFactory(engagement=engagement, intervention=item)
    first, *others = MeasureSuggestion.objects.filter(intervention=item).order_by("position")
    MeasureFactory(engagement=engagement, planned_intervention=planned, outcome=first.outcome)

    page = soup(lead.get(list_url(engagement)))

    offered = [link["href"] for link in page.select(".app-suggestions a")]
    assert offered == [f"{create_url(engagement)}?for={planned.pk}&from={row.pk}" for row in others]


def test_list_of_an_empty_plan_invites_to_start_from_a_measure(lead, engagement):
    page = lead.get(list_url(engagement))

    assert "You can start from a measure all the same" in text_of(page)
    assert soup(page).select_one(f"a[href='{create_url(engagement)}']")


@pytest.mark.parametrize("status", [status for status in EngagementStatus if status != EngagementStatus.CO_DESIGN])
def test_list_outside_co_design_can_be_read_and_says_why_it_cannot_be_changed(status):
    engagement = EngagementFactory(status=status)
    planned = PlannedInterventionFactory(engagement=engagement, intervention=an_intervention())
    MeasureFactory(engagement=engagement, planned_intervention=planned, outcome="Fewer delays")

    page = as_user(engagement.lead_consultant).get(list_url(engagement))

    assert "You can read this and not change it" in text_of(page)
    assert "Fewer delays" in text_of(page)
    assert not soup(page).select(f"main a[href^='{list_url(engagement)}'][href*='/new/'], .app-row-actions, .app-suggestions")


def test_list_read_by_a_colleague_of_the_region_offers_no_change(engagement):
    planned = PlannedInterventionFactory(engagement=engagement, intervention=an_intervention(), expected_impact="Much")
    MeasureFactory(engagement=engagement, planned_intervention=planned, outcome="Fewer delays")

    page = as_user(ConsultantFactory(region=engagement.lead_region)).get(list_url(engagement))

    assert "Fewer delays" in text_of(page)
    assert not soup(page).select(
        "main a[href*='/measures/new/'], main .app-row-actions, main .app-suggestions, main .app-impact a"
    )


def test_list_shows_hostile_text_as_text(lead, engagement):
    planned = PlannedInterventionFactory(engagement=engagement, title=HOSTILE, expected_impact=HOSTILE)
    MeasureFactory(engagement=engagement, planned_intervention=planned, outcome=HOSTILE, method=HOSTILE, owner=HOSTILE)

    page = lead.get(list_url(engagement))

    assert soup(page).get_text().count(HOSTILE) >= 5
    assert "<script>alert" not in page.content.decode()


def test_list_asks_the_database_as_often_for_50_rows_as_for_one(lead, engagement, django_assert_max_num_queries):
    items = [an_intervention(), an_intervention("coaching-and-mentoring")]
    planned = PlannedInterventionFactory(engagement=engagement, intervention=items[0])
    MeasureFactory(engagement=engagement, planned_intervention=planned)
    lead.get(list_url(engagement))
    with django_assert_max_num_queries(MAX_QUERIES) as for_one:
        lead.get(list_url(engagement))
    for number in range(49):
        planned = PlannedInterventionFactory(engagement=engagement, intervention=items[number % 2])
        MeasureFactory(engagement=engagement, planned_intervention=planned)
        MeasureFactory(engagement=engagement)

    with django_assert_max_num_queries(MAX_QUERIES) as for_fifty:
        response = lead.get(list_url(engagement))

    assert len(soup(response).select("article")) == 99
    assert len(for_fifty) == len(for_one)


def test_pages_of_an_unknown_engagement_or_measure_are_404(lead, engagement):
    other = MeasureFactory(engagement=EngagementFactory(lead_consultant=engagement.lead_consultant))
    urls = [
        "/engagements/EM-0000/measures/",
        "/engagements/EM-0000/measures/new/",
        f"{list_url(engagement)}{other.pk}/",
        f"{list_url(engagement)}{other.pk}/remove/",
        f"{list_url(engagement)}0/",
        f"{list_url(engagement)}{'9' * 30}/",
    ]

    assert [lead.get(url).status_code for url in urls] == [404] * len(urls)


def test_pages_of_another_region_are_404():
    measure = MeasureFactory(outcome="Nobody else may read this")
    stranger = as_user(ConsultantFactory(region=a_region("london")))

    for url in [list_url(measure.engagement), *pages_of(measure)]:
        assert stranger.get(url).status_code == 404
        assert post(stranger, url, {"outcome": "Mine"}).status_code in (404, 405)
    assert Measure.objects.get().outcome == "Nobody else may read this"


def test_forms_are_403_for_those_who_may_only_read(engagement):
    measure = MeasureFactory(engagement=engagement)

    for user in (ConsultantFactory(region=engagement.lead_region), NationalAdminFactory()):
        reader = as_user(user)
        assert reader.get(list_url(engagement)).status_code == 200
        for url in pages_of(measure):
            assert reader.get(url).status_code == 403
            assert post(reader, url, {"outcome": "Mine"}).status_code == 403
    measure.refresh_from_db()
    assert measure.outcome != "Mine"


def test_pages_are_403_for_the_client_who_reads_the_submitted_plan_instead():
    engagement = EngagementFactory(shared=True)
    measure = MeasureFactory(engagement=engagement)
    client_lead = as_user(ClientLeadFactory(engagement=engagement).user)

    assert [client_lead.get(url).status_code for url in [list_url(engagement), *pages_of(measure)]] == [403] * 4


def test_pages_without_signing_in_lead_to_signing_in(client):
    measure = MeasureFactory()

    for url in [list_url(measure.engagement), *pages_of(measure)]:
        assert client.get(url).url.startswith("/accounts/login/")


def test_a_part_of_a_split_intervention_starts_from_the_measures_of_the_old_one(lead, engagement):
    old = an_intervention("coaching-and-mentoring")
    part = InterventionFactory(name="Coaching one by one")
    old.successors.set([part])
    planned = PlannedInterventionFactory(engagement=engagement, intervention=part)
    suggestion = old.measure_suggestions.order_by("position").first()

    page = text_of(lead.get(list_url(engagement)))
    form = soup(lead.get(create_url(engagement, f"?for={planned.pk}&from={suggestion.pk}")))

    assert suggestion.outcome in page
    assert form.select_one("[name=outcome]").get_text().strip() == suggestion.outcome
