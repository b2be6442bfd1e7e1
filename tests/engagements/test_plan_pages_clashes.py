"""Pages of the plan that two people change at once: nothing that was typed is lost."""

import pytest

from tests.engagements.pages import colleague_of, last_form, url_of
from tests.factories.engagements import EngagementFactory, FundingLineFactory, ParticipantGroupFactory, PlannedInterventionFactory
from tests.helpers import as_user, filled, soup, submit, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement():
    return EngagementFactory()


@pytest.fixture
def planned(engagement):
    return PlannedInterventionFactory(engagement=engagement, title="Coaching")


@pytest.fixture
def line(planned):
    return FundingLineFactory(planned_intervention=planned)


@pytest.fixture
def client(engagement):
    return as_user(engagement.lead_consultant)


@pytest.fixture
def colleague(engagement):
    return colleague_of(engagement)


@pytest.mark.parametrize(("choice", "stands"), [("mine", "My impact"), ("theirs", "Their impact")])
def test_p03_stale_plan_form_shows_both_texts_until_one_is_chosen(client, colleague, engagement, planned, choice, stands):
    url = url_of(engagement, "planned_intervention_edit", planned.pk)
    mine = filled(client, url) | {"expected_impact": "My impact", "sessions": "6"}
    submit(colleague, url, {"expected_impact": "Their impact", "places": "24"})

    clashed = client.post(url, mine)
    assert soup(clashed).select_one(".app-conflict__theirs").get_text() == "Their impact"
    assert clashed.context["form"]["expected_impact"].value() == "My impact"
    answer = client.post(url, last_form(clashed) | {"overwrite-expected_impact": choice})

    assert answer.status_code == 302
    planned.refresh_from_db()
    assert (planned.expected_impact, planned.sessions, planned.places) == (stands, 6, 24)


def test_p03_stale_lists_of_a_plan_clash_too(client, colleague, engagement, planned):
    groups = ParticipantGroupFactory.create_batch(2, engagement=engagement)
    url = url_of(engagement, "planned_intervention_edit", planned.pk)
    mine = filled(client, url) | {"audience": [groups[0].pk]}
    submit(colleague, url, {"audience": [groups[1].pk]})

    clashed = client.post(url, mine)

    assert soup(clashed).select_one(".app-conflict__theirs").get_text() == str(groups[1])
    assert list(planned.audience.all()) == [groups[1]]


def test_p03_stale_sum_of_money_shows_both(client, colleague, engagement, planned, line):
    url = url_of(engagement, "funding_line_edit", planned.pk, line.pk)
    mine = filled(client, url) | {"amount": "100"}
    submit(colleague, url, {"amount": "200"})

    clashed = client.post(url, mine)

    assert soup(clashed).select_one(".app-conflict__theirs").get_text() == "200.00"
    line.refresh_from_db()
    assert line.amount == 200


@pytest.mark.parametrize("kind", ["planned intervention", "funding line"])
def test_p02_words_typed_into_what_somebody_removed_meanwhile_are_kept(client, colleague, engagement, planned, line, kind):
    is_line = kind == "funding line"
    view, args = ("funding_line", [planned.pk, line.pk]) if is_line else ("planned_intervention", [planned.pk])
    name = "source" if is_line else "title"
    url = url_of(engagement, f"{view}_edit", *args)
    mine = filled(client, url) | {name: "My long text"}
    submit(colleague, url_of(engagement, f"{view}_remove", *args))

    answer = client.post(url, mine, follow=True)

    assert "Somebody has removed this meanwhile" in text_of(answer)
    assert answer.context["form"][name].value() == "My long text"


def test_words_typed_into_money_of_an_intervention_that_is_gone_are_not_found(client, colleague, engagement, planned, line):
    url = url_of(engagement, "funding_line_edit", planned.pk, line.pk)
    mine = filled(client, url)
    submit(colleague, url_of(engagement, "planned_intervention_remove", planned.pk))

    assert client.post(url, mine, follow=True).status_code == 404
