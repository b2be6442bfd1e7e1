"""The evaluation report of several engagements: of an STP area, or of a region."""

from datetime import date
from itertools import combinations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.models import Footprint, Region
from engagements.enums import EngagementStatus
from engagements.models import Engagement
from evaluation import documents, policies
from evaluation.enums import MAX_REPORTED, MIN_ANSWERS, MeasureStatus
from evaluation.views import reports
from tests.evaluation.reported import STARTED, a_measure, answered, begun, closed_on, lead_of, region_url, url
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory
from tests.factories.directory import a_region
from tests.factories.engagements import (
    ClientLeadFactory,
    EngagementFactory,
    ParticipantGroupFactory,
    PlaceFactory,
    PlannedInterventionFactory,
    PriorityFactory,
    PurposeFactory,
    StatusChangeFactory,
)
from tests.factories.evaluation import (
    DeliveredSessionFactory,
    EarlierTargetFactory,
    LearningFactory,
    MeasureFactory,
    ResultFactory,
)
from tests.helpers import as_user, soup, text_of

pytestmark = pytest.mark.django_db

AREA = 13
LIST = "/reports/"


@pytest.fixture
def planned():
    return begun()


# Of several.


def test_region_and_area_put_their_engagements_together(planned):
    engagement = planned.engagement
    PlaceFactory(engagement=engagement, footprint=Footprint.objects.get(number=AREA))
    for value in ("60", "61", "70", "50", "40"):
        ResultFactory(measure=a_measure(planned), collected_on=date(2017, 3, 1), value=value)
    DeliveredSessionFactory(planned_intervention=planned)
    other = EngagementFactory(title="Elsewhere in the region", lead_region=engagement.lead_region, **STARTED)
    PriorityFactory(engagement=other, statement="Share the night rota")

    client = lead_of(engagement)
    of_region = text_of(client.get(region_url(engagement.lead_region)))
    of_area = text_of(client.get(f"/reports/areas/{AREA}/"))

    assert "2 engagements, 1 intervention, 1 session held, 5 measures of success." in of_region
    assert "1 engagement, 1 intervention, 1 session held, 5 measures of success." in of_area
    # Wilson's interval of 3 of 5 at 95%.
    told = "3 of 5 measures that came to an end met their target (60%). With this many, the true share may lie anywhere from 23% to 88%."
    assert told in of_region
    assert told in of_area
    assert "Share the night rota" in of_region
    assert "Elsewhere" not in of_area


def test_each_intervention_of_the_menu_is_counted_across_engagements(planned):
    first = PlannedInterventionFactory(engagement=planned.engagement, from_menu=True)
    other = EngagementFactory(lead_region=planned.engagement.lead_region, **STARTED)
    second = PlannedInterventionFactory(engagement=other, intervention=first.intervention)
    ResultFactory(measure=a_measure(first), collected_on=date(2017, 3, 1), value="60")
    ResultFactory(measure=a_measure(second), collected_on=date(2017, 3, 1), value="40")
    DeliveredSessionFactory(planned_intervention=second)

    report = documents.load_report_together(
        [planned.engagement, other], NationalAdminFactory(), on=timezone.localdate(), title="", period=""
    )

    menu, bespoke = report.uses
    assert (menu.name, menu.engagements, menu.sessions) == (first.intervention.name, 2, 1)
    assert (menu.tally.weight.met, menu.tally.weight.results) == (1, 2)
    assert (bespoke.name, bespoke.engagements) == ("", 1)


def test_of_another_region_there_is_no_report(planned):
    far = as_user(ConsultantFactory(region=Region.objects.get(slug="london")))
    region = planned.engagement.lead_region

    assert far.get(region_url(region)).status_code == 404
    assert far.get(region_url(region, ".pdf")).status_code == 404
    assert far.get(url(planned.engagement)).status_code == 404
    assert "There is nothing to report yet" in text_of(far.get(LIST))


@pytest.mark.parametrize(
    "address", ["/reports/areas/99/", "/reports/areas/99.pdf", "/reports/regions/nowhere/", "/reports/areas/13/"]
)
def test_where_nothing_has_begun_there_is_no_report(address):
    assert as_user(NationalAdminFactory()).get(address).status_code == 404


def test_the_list_counts_what_a_person_may_read(planned):
    engagement = planned.engagement
    area = Footprint.objects.get(number=AREA)
    PlaceFactory(engagement=engagement, footprint=area)
    PlaceFactory(engagement=engagement, footprint=area, name="Again")
    EngagementFactory(lead_region=engagement.lead_region, **STARTED)
    EngagementFactory(lead_region=engagement.lead_region)

    rows = [row.get_text(" ", strip=True) for row in soup(lead_of(engagement).get(LIST)).select("main tbody tr")]

    assert rows == [f"{engagement.lead_region.name} 2", f"{area.name} 1"]


def test_engagements_lead_to_the_reports(planned):
    page = lead_of(planned.engagement).get(reverse("engagements:engagement_list"))

    assert soup(page).find("a", href=LIST)


# Which of them.


def test_a_year_begins_in_april(planned):
    last, first = planned.engagement, EngagementFactory(lead_region=planned.engagement.lead_region, **STARTED)
    closed_on(last, date(2017, 3, 31))
    closed_on(first, date(2017, 4, 1))
    running = EngagementFactory(lead_region=last.lead_region, **STARTED)
    client = as_user(NationalAdminFactory())

    def references(query):
        found = soup(client.get(region_url(last.lead_region) + query))
        return {link["href"].split("/")[2] for link in found.select("#asked a")}

    assert references("") == {last.reference, first.reference, running.reference}
    assert references("?period=2016") == {last.reference}
    assert references("?period=2017") == {first.reference}
    assert references("?period=not_closed") == {running.reference}
    page = client.get(region_url(last.lead_region) + "?period=2016")
    assert "Closed from April 2016 to March 2017" in text_of(page)
    assert soup(page).find("a", href=f"{region_url(last.lead_region, '.pdf')}?period=2016")


def test_a_choice_that_is_none_is_left_out_and_said(planned):
    page = lead_of(planned.engagement).get(region_url(planned.engagement.lead_region) + "?period=1066")

    assert "“1066” is not one of its choices" in text_of(page)
    assert "Three suppers" not in text_of(page)
    assert "Across the Bay" in text_of(page)


def test_a_choice_without_engagements_says_so(planned):
    closed_on(planned.engagement, date(2017, 3, 31))
    client = as_user(NationalAdminFactory())
    address = region_url(planned.engagement.lead_region)

    assert "No engagement fits this choice" in text_of(client.get(f"{address}?period=not_closed"))
    assert client.get(f"{address[:-1]}.pdf?period=not_closed").status_code == 409


def test_too_many_for_one_report_are_said(planned, monkeypatch):
    monkeypatch.setattr(reports, "MAX_REPORTED", 1)
    region = planned.engagement.lead_region
    EngagementFactory(lead_region=region, **STARTED)
    client = lead_of(planned.engagement)

    page, file = client.get(region_url(region)), client.get(region_url(region, ".pdf"))

    assert "2 engagements are too many for one report, which holds up to 1." in text_of(page)
    assert file.status_code == 409
    assert "are too many for one report" in text_of(file)
    assert MAX_REPORTED > 1


def test_the_report_of_many_takes_as_many_queries_as_that_of_one(planned):
    region, user = planned.engagement.lead_region, NationalAdminFactory()

    def fill(engagement):
        row = PlannedInterventionFactory(engagement=engagement, from_menu=True)
        PlaceFactory(engagement=engagement, footprint=Footprint.objects.get(number=AREA))
        ParticipantGroupFactory(engagement=engagement, of_an_organisation=True)
        ResultFactory(measure=a_measure(row), collected=True)
        EarlierTargetFactory(measure=a_measure(row))
        LearningFactory(engagement=engagement, planned_intervention=row, accepted=True)
        answered(row, 5)
        PurposeFactory(engagement=engagement)
        PriorityFactory(engagement=engagement)

    def count():
        client = as_user(user)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(region_url(region)).status_code == 200
        return sum("django_session" not in query["sql"] for query in queries)

    fill(planned.engagement)
    one = count()
    for _ in range(4):
        fill(EngagementFactory(lead_region=region, **STARTED))

    assert count() == one <= 20


# Together.


def test_a_tally_weighs_what_came_to_an_end(planned):
    """Before the last collection a measure can only be met: early good news is not all the news there is."""
    early, late = a_measure(planned), a_measure(planned)
    waiting = [ResultFactory(measure=row, due_on=date(2099, 1, 1)) for row in (early, late)]
    reached = [ResultFactory(measure=row, collected_on=date(2016, 9, 1), value="60") for row in (early, late)]
    rows = [policies.progress_of(early, [reached[0], waiting[0]]), policies.progress_of(late, [reached[1]])]

    tally = policies.tally_of(rows)

    assert tally.statuses == ((MeasureStatus.MET, 2),)
    assert (tally.weight.met, tally.weight.results) == (1, 1)


def test_work_that_was_reopened_or_withdrawn_after_it_began_is_told_to_its_region_and_not_to_its_client(planned):
    engagement = planned.engagement
    person = ClientLeadFactory(engagement=engagement).user
    StatusChangeFactory(engagement=engagement, to_status=EngagementStatus.IN_DELIVERY)
    for status in (EngagementStatus.CO_DESIGN, EngagementStatus.WITHDRAWN):
        type(engagement).objects.filter(pk=engagement.pk).update(status=status)

        assert "Across the Bay" in text_of(lead_of(engagement).get(region_url(engagement.lead_region)))
        assert as_user(person).get(region_url(engagement.lead_region)).status_code == 404


def test_an_area_named_through_a_site_or_twice_has_the_engagement_once(planned):
    area = Footprint.objects.filter(sites__isnull=False).order_by("number").first()
    site = area.sites.order_by("pk").first()
    PlaceFactory(engagement=planned.engagement, footprint=None, site=site)
    PlaceFactory(engagement=planned.engagement, footprint=area)

    page = soup(lead_of(planned.engagement).get(f"/reports/areas/{area.number}/"))

    assert len(page.select("#asked .brief-item")) == 1


def test_confidence_and_too_little_evidence_are_told_together(planned):
    answered(planned, 6)
    ResultFactory(measure=a_measure(planned), collected_on=date(2017, 3, 1), value="60")

    told = text_of(lead_of(planned.engagement).get(region_url(planned.engagement.lead_region)))

    assert "Listens before speaking +2.0 6" in told
    assert "1 of 1 (too few to judge)" in told


def test_a_tally_counts_neither_for_nor_against_what_has_no_result(planned):
    met, dropped = a_measure(planned, agreed_with="The ward"), a_measure(planned, dropped_on=date(2017, 1, 1), dropped_reason="x")
    missed, waiting = a_measure(planned, other_influences="A rota"), MeasureFactory(engagement=planned.engagement)
    results = {met: [ResultFactory(measure=met, collected_on=date(2017, 3, 1), value="60")]}
    results[missed] = [ResultFactory(measure=missed, missed_reason="Lost")]

    tally = policies.tally_of(policies.progress_of(row, results.get(row, [])) for row in (met, dropped, missed, waiting))

    assert tally.statuses == (
        (MeasureStatus.PLANNED, 1),
        (MeasureStatus.MET, 1),
        (MeasureStatus.NOT_COLLECTED, 1),
        (MeasureStatus.DROPPED, 1),
    )
    assert (tally.measures, tally.kept, tally.weight.met, tally.weight.results) == (4, 3, 1, 1)
    assert (tally.baseline, tally.agreed, tally.other_causes) == (2, 1, 1)


@settings(max_examples=12)
@given(worlds=st.lists(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=2), min_size=3, max_size=3))
def test_s16_no_choice_of_engagements_and_no_two_of_them_tell_of_less_than_a_whole_group(worlds):
    """Each engagement has forms with so many answers, closed or open: whatever is taken in, and whatever two views differ by, is whole groups."""
    region, user = a_region(), NationalAdminFactory()
    groups = {}
    for forms in worlds:
        planned = PlannedInterventionFactory(engagement=EngagementFactory(lead_region=region, **STARTED))
        for count, is_closed in forms:
            form = answered(planned, count)
            if not is_closed:
                type(form).objects.filter(pk=form.pk).update(closed_at=None)
        groups[planned.engagement] = sum(count for count, is_closed in forms if is_closed and count >= MIN_ANSWERS)
    views = [chosen for size in (1, 2, 3) for chosen in combinations(groups, size)]

    told = {}
    for chosen in views:
        rows = list(Engagement.objects.filter(pk__in=[row.pk for row in chosen]).with_people())
        report = documents.load_report_together(rows, user, on=timezone.localdate(), title="", period="")
        told[chosen] = report.answers
        assert sum(change.people for change in report.confidence) == report.answers

    assert told == {chosen: sum(groups[row] for row in chosen) for chosen in views}
