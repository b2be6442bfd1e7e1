"""Pages of the plan: planned interventions from the menu or bespoke, their funding."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import AuditEvent
from engagements.enums import Clarity, EngagementStatus, Facet, StartedFrom
from engagements.models import Engagement
from interventions.models import Intervention
from tests.engagements.pages import last_form, url_of
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, StpLeadFactory
from tests.factories.directory import a_region
from tests.factories.engagements import (
    ClientLeadFactory,
    EngagementFactory,
    FundingLineFactory,
    ParticipantGroupFactory,
    PlannedInterventionFactory,
    PriorityFactory,
)
from tests.factories.evaluation import MeasureFactory
from tests.factories.framework import a_behaviour, a_role, a_step
from tests.factories.interventions import InterventionFactory, ProviderFactory, an_intervention
from tests.helpers import as_user, date_boxes, filled, post, soup, submit, text_of

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script> & שלום 👩🏽‍⚕️"

MONEY = {"source": "The four CCGs", "amount": "£4,000.50", "certainty": "confirmed"}


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


def form_pages(engagement, planned, line):
    return [
        url_of(engagement, "planned_intervention_create"),
        url_of(engagement, "planned_intervention_edit", planned.pk),
        url_of(engagement, "planned_intervention_remove", planned.pk),
        url_of(engagement, "funding_line_create", planned.pk),
        url_of(engagement, "funding_line_edit", planned.pk, line.pk),
        url_of(engagement, "funding_line_remove", planned.pk, line.pk),
    ]


def read_pages(engagement):
    return [url_of(engagement, "plan_detail"), url_of(engagement, "advice_list")]


def test_plan_pages_are_not_found_by_people_who_may_not_see_the_engagement(engagement, planned, line):
    pages = [*form_pages(engagement, planned, line), *read_pages(engagement)]

    for person in (ConsultantFactory(region=a_region("london")), StpLeadFactory()):
        assert {as_user(person).get(url).status_code for url in pages} == {404}


def test_plan_forms_are_closed_to_people_who_may_see_and_not_change(engagement, planned, line):
    pages = form_pages(engagement, planned, line)
    move = url_of(engagement, "planned_intervention_move", planned.pk, "up")

    for person in (ConsultantFactory(region=engagement.lead_region), NationalAdminFactory()):
        client = as_user(person)
        assert {client.get(url).status_code for url in pages} == {403}
        assert {post(client, url, {"title": "Mine"} | MONEY).status_code for url in [*pages, move]} == {403}
        assert {client.get(url).status_code for url in read_pages(engagement)} == {200}
        assert "Plan this" not in text_of(client.get(url_of(engagement, "advice_list")))
    assert not AuditEvent.objects.exclude(verb="was refused").exists()


def test_plan_pages_are_closed_to_the_client_who_reads_what_was_submitted(engagement, planned, line):
    lead = ClientLeadFactory(engagement=engagement)
    Engagement.objects.update(shared_at=engagement.created_at)

    for url in [*form_pages(engagement, planned, line), *read_pages(engagement)]:
        assert as_user(lead.user).get(url).status_code == 403


def test_plan_entries_of_another_engagement_are_not_found(client, engagement, planned):
    foreign = FundingLineFactory()
    pages = [
        url_of(engagement, "planned_intervention_edit", foreign.planned_intervention_id),
        url_of(engagement, "planned_intervention_remove", foreign.planned_intervention_id),
        url_of(engagement, "funding_line_create", foreign.planned_intervention_id),
        url_of(engagement, "funding_line_edit", foreign.planned_intervention_id, foreign.pk),
        url_of(engagement, "funding_line_edit", planned.pk, foreign.pk),
        url_of(engagement, "funding_line_remove", planned.pk, foreign.pk),
    ]

    assert {client.get(url).status_code for url in pages} == {404}
    assert {post(client, url, MONEY).status_code for url in pages} == {404}


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30])
def test_plan_entries_of_no_such_number_are_not_found(client, engagement, planned, line, number):
    for url in form_pages(engagement, planned, line)[1:]:
        assert client.get(url.replace(f"/plan/{planned.pk}/", f"/plan/{number}/")).status_code == 404
    for view in ("funding_line_edit", "funding_line_remove"):
        assert client.get(url_of(engagement, view, planned.pk, 4321).replace("4321", number)).status_code == 404


def test_engagement_may_start_from_a_bespoke_intervention(client, engagement):
    answer = submit(client, url_of(engagement, "planned_intervention_create"), {"title": "A shared day"}, follow=True)

    planned = engagement.planned_interventions.get()
    assert (planned.title, planned.intervention) == ("A shared day", None)
    engagement.refresh_from_db()
    assert engagement.started_from == StartedFrom.INTERVENTION
    assert {engagement.clarity_of(facet) for facet in Facet} == {Clarity.NOT_STARTED}
    assert "A shared day" in text_of(answer)
    assert "Bespoke" in text_of(answer)


def test_intervention_from_the_menu_starts_with_what_the_menu_says_and_can_be_shaped(client, engagement):
    item = an_intervention()
    url = f"{url_of(engagement, 'planned_intervention_create')}?from={item.slug}"
    shown = filled(client, url)
    assert shown["title"] == item.name
    assert shown["roles"] == [str(role.pk) for role in item.roles.order_by("domain__position", "row")]

    submit(client, url, {"title": "Our own programme"})

    planned = engagement.planned_interventions.get()
    assert (planned.intervention, planned.title) == (item, "Our own programme")
    assert set(planned.roles.all()) == set(item.roles.all())
    assert set(planned.behaviours.all()) == set(item.behaviours.all())


@pytest.mark.parametrize("slug", ["no-such-thing", "%3Cscript%3E", "elsewhere"])
def test_intervention_that_is_not_on_the_menu_leads_to_a_bespoke_one(client, engagement, slug):
    InterventionFactory(slug="elsewhere", region=a_region("london"))

    answer = client.get(f"{url_of(engagement, 'planned_intervention_create')}?from={slug}", follow=True)

    assert "That intervention is not on the menu" in text_of(answer)
    assert answer.request["QUERY_STRING"] == ""


def test_intervention_form_with_a_null_character_in_its_address_opens(client, engagement):
    answer = client.get(f"{url_of(engagement, 'planned_intervention_create')}?from=%00", follow=True)

    assert answer.status_code == 200


def test_p02_intervention_that_left_the_menu_meanwhile_keeps_what_was_typed_for_a_bespoke_one(client, engagement):
    item = InterventionFactory(name="Chalk and talk")
    url = f"{url_of(engagement, 'planned_intervention_create')}?from={item.slug}"
    mine = filled(client, url) | {"title": "Our own programme"}
    Intervention.objects.filter(pk=item.pk).update(retired_at=engagement.created_at)

    answer = client.post(url, mine, follow=True)

    assert "“Chalk and talk” has not been on the menu since" in text_of(answer)
    assert not engagement.planned_interventions.exists()
    client.post(answer.redirect_chain[-1][0], last_form(answer))
    planned = engagement.planned_interventions.get()
    assert (planned.title, planned.intervention) == ("Our own programme", None)


def test_planned_intervention_keeps_everything_that_is_typed(client, engagement, planned):
    group, priority = ParticipantGroupFactory(engagement=engagement), PriorityFactory(engagement=engagement)
    provider = ProviderFactory(regions=[engagement.lead_region])
    values = {
        "title": HOSTILE,
        "co_designed": "Six days together",
        "audience": [group.pk],
        "serves": [priority.pk],
        "focus": "systems",
        "roles": [a_role().pk],
        "behaviours": [a_behaviour().pk],
        "forward_view_steps": [a_step().pk],
        "preparatory_percent": "0",
        "sourcing_route": "commission",
        "route_reason": "They know the area",
        "provider": provider.pk,
        "sessions": "6",
        "places": "24",
        "estimated_cost": "£12,000.50",
        "expected_impact": "Fewer people wait for a bed",
        **date_boxes("starts_on", date(2017, 1, 9)),
        **date_boxes("ends_on", date(2017, 6, 9)),
    }

    answer = submit(client, url_of(engagement, "planned_intervention_edit", planned.pk), values)

    assert answer.status_code == 302
    planned.refresh_from_db()
    assert (planned.title, planned.preparatory_percent, planned.estimated_cost) == (HOSTILE, 0, Decimal("12000.50"))
    assert (planned.starts_on, planned.ends_on, planned.provider) == (date(2017, 1, 9), date(2017, 6, 9), provider)
    assert [list(getattr(planned, name).all()) for name in ("audience", "serves", "roles", "behaviours")] == [
        [group],
        [priority],
        [a_role()],
        [a_behaviour()],
    ]
    page = client.get(url_of(engagement, "plan_detail"))
    assert "<script>alert" not in page.content.decode()
    for words in (HOSTILE, "£12,000.50", "9 January 2017 to 9 June 2017", str(provider), "Commission", str(group)):
        assert words in text_of(page)


def test_planned_intervention_form_sent_as_it_was_shown_changes_nothing(client, engagement):
    planned = PlannedInterventionFactory(
        engagement=engagement,
        commissioned=True,
        preparatory_percent=0,
        starts_on=date(2017, 1, 9),
        audience=[ParticipantGroupFactory(engagement=engagement)],
        roles=[a_role()],
        forward_view_steps=[a_step()],
    )

    submit(client, url_of(engagement, "planned_intervention_edit", planned.pk))

    assert not AuditEvent.objects.exclude(verb="was refused").exists()


def test_p02_invalid_planned_intervention_keeps_what_was_typed(client, engagement, planned):
    typed = {"title": HOSTILE, "estimated_cost": "-5", "starts_on_day": "31", "starts_on_month": "2", "starts_on_year": "2017"}

    answer = submit(client, url_of(engagement, "planned_intervention_edit", planned.pk), typed)

    page = soup(answer)
    assert page.title.get_text().startswith("Error: ")
    summary = page.select_one(".nhsuk-error-summary").get_text(" ")
    assert "A sum of money cannot be less than £0" in summary
    assert "The start date must be a real date" in summary
    assert last_form(answer) | typed == last_form(answer)
    planned.refresh_from_db()
    assert planned.title == "Coaching"
    assert "Coaching" in page.select_one("h1").get_text()


def test_p05_planned_intervention_and_money_posted_twice_make_one_record_each(client, engagement, planned):
    create = url_of(engagement, "planned_intervention_create")
    data = filled(client, create) | {"title": "A shared day"}
    money = url_of(engagement, "funding_line_create", planned.pk)
    sum_of_money = filled(client, money) | MONEY

    for _ in range(2):
        client.post(create, data)
        client.post(money, sum_of_money)

    assert engagement.planned_interventions.filter(title="A shared day").count() == 1
    assert planned.funding_lines.count() == 1


def test_money_is_added_changed_and_removed_beside_its_intervention(client, engagement, planned):
    submit(client, url_of(engagement, "funding_line_create", planned.pk), MONEY)
    line = planned.funding_lines.get()
    page = text_of(client.get(url_of(engagement, "planned_intervention_edit", planned.pk)))
    assert "The four CCGs" in page
    assert "£4,000.50" in page

    submit(client, url_of(engagement, "funding_line_edit", planned.pk, line.pk), {"certainty": "in_principle"})
    line.refresh_from_db()
    assert (line.amount, line.certainty) == (Decimal("4000.50"), "in_principle")

    answer = submit(client, url_of(engagement, "funding_line_remove", planned.pk, line.pk))
    assert answer["Location"] == url_of(engagement, "plan_detail")
    assert not planned.funding_lines.exists()


def test_invalid_money_keeps_what_was_typed(client, engagement, planned):
    typed = {"source": HOSTILE, "amount": "a lot"}

    answer = submit(client, url_of(engagement, "funding_line_create", planned.pk), typed)

    assert "Enter a sum of money in pounds, like 4000 or 4000.50" in text_of(answer)
    assert "Answer: How sure is it?" in text_of(answer)
    assert answer.context["form"]["source"].value() == HOSTILE
    assert not planned.funding_lines.exists()


def test_planned_intervention_is_removed_with_its_money(client, engagement, planned, line):
    answer = submit(client, url_of(engagement, "planned_intervention_remove", planned.pk))

    assert answer["Location"] == url_of(engagement, "plan_detail")
    assert not engagement.planned_interventions.exists()


def test_planned_intervention_with_measures_is_not_removed_and_the_page_says_why(client, engagement, planned):
    MeasureFactory(engagement=engagement, planned_intervention=planned)
    url = url_of(engagement, "planned_intervention_remove", planned.pk)

    asked, answer = client.get(url), post(client, url)

    for page in (asked, answer):
        assert "Measures belong to this intervention" in text_of(page)
    assert not soup(asked).select("main form[method=post]")
    assert engagement.planned_interventions.get() == planned


@pytest.mark.parametrize(("direction", "order"), [("up", ["B", "A"]), ("down", ["A", "B"])])
def test_p49_planned_intervention_moves_by_a_button(client, engagement, direction, order):
    rows = [PlannedInterventionFactory(engagement=engagement, title=title) for title in ("A", "B")]

    answer = post(client, url_of(engagement, "planned_intervention_move", rows[1].pk, direction))

    assert answer["Location"] == url_of(engagement, "plan_detail")
    assert list(engagement.planned_interventions.order_by("position").values_list("title", flat=True)) == order


@pytest.mark.parametrize("status", [EngagementStatus.IN_REVIEW, EngagementStatus.CLOSED])
def test_plan_pages_outside_co_design_say_why_and_change_nothing(client, engagement, planned, line, status):
    Engagement.objects.update(status=status)

    for url in [*form_pages(engagement, planned, line), url_of(engagement, "plan_detail")]:
        page = soup(client.get(url))
        assert page.select_one(".nhsuk-card--warning") is not None
        assert not page.select("main form[method=post]")
    for url in form_pages(engagement, planned, line):
        assert post(client, url, {"title": "Mine"} | MONEY).context["form"].errors
    assert "Plan this" not in text_of(client.get(url_of(engagement, "advice_list")))
    assert not AuditEvent.objects.exclude(verb="was refused").exists()


def test_plan_page_takes_as_many_queries_for_50_rows_as_for_one(client, engagement):
    def add(count):
        for _ in range(count):
            planned = PlannedInterventionFactory(
                engagement=engagement,
                from_menu=True,
                commissioned=True,
                audience=[ParticipantGroupFactory(engagement=engagement, of_an_organisation=True)],
                serves=[PriorityFactory(engagement=engagement, roles=[a_role()])],
                roles=[a_role()],
                behaviours=[a_behaviour()],
                forward_view_steps=[a_step()],
            )
            FundingLineFactory(planned_intervention=planned)

    def measured(url):
        # Asked once in each process, which must not be counted.
        assert connection.features.supports_json_field
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    add(1)
    planned = engagement.planned_interventions.get()
    pages = [
        *read_pages(engagement),
        url_of(engagement, "planned_intervention_create"),
        f"{url_of(engagement, 'planned_intervention_create')}?from={an_intervention().slug}",
        url_of(engagement, "planned_intervention_edit", planned.pk),
        url_of(engagement, "planned_intervention_remove", planned.pk),
        url_of(engagement, "funding_line_create", planned.pk),
        url_of(engagement, "funding_line_edit", planned.pk, planned.funding_lines.get().pk),
        url_of(engagement, "funding_line_remove", planned.pk, planned.funding_lines.get().pk),
    ]
    one = [measured(url) for url in pages]
    add(49)

    assert [measured(url) for url in pages] == one
    assert max(one) <= 12
