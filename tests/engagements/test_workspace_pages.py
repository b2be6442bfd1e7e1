"""Logging an engagement, its workspace, its title and client, and who else is writing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone

from core.models import AuditEvent, FormDraft
from engagements.enums import Clarity, EngagementStatus, Facet
from engagements.models import Engagement
from tests.engagements.situations import ready_engagement
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.core import FormDraftFactory
from tests.factories.directory import OrganisationFactory, a_footprint, a_region
from tests.factories.engagements import (
    ClientLeadFactory,
    CriterionCheckFactory,
    EngagementFactory,
    FundingLineFactory,
    ParticipantGroupFactory,
    PlaceFactory,
    PlannedInterventionFactory,
    PriorityFactory,
    PurposeFactory,
)
from tests.factories.evaluation import MeasureFactory
from tests.factories.framework import a_role, a_step
from tests.helpers import THE_SESSION, as_user, draft_fields, filled, post, soup, submit, text_of

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script> & שלום 👩🏽‍⚕️"
CREATE = "/engagements/new/"


@pytest.fixture
def engagement():
    return EngagementFactory(title="Leading together")


@pytest.fixture
def client(engagement):
    return as_user(engagement.lead_consultant)


@pytest.fixture
def colleague(engagement):
    """Return somebody else who may write in the engagement."""
    person = ConsultantFactory(full_name="Amara Bell", region=engagement.lead_region)
    engagement.team.add(person)
    return as_user(person)


def edit(engagement):
    return reverse("engagements:engagement_edit", args=[engagement.reference])


def presence(engagement):
    return reverse("engagements:presence_list", args=[engagement.reference])


# Logging.


def test_engagement_is_logged_on_one_page_and_leads_to_its_workspace():
    person = ConsultantFactory()

    answer = submit(as_user(person), CREATE, {"title": HOSTILE, "client": "The STP", "client_kind": "whole_stp"}, follow=True)

    engagement = Engagement.objects.get()
    assert (engagement.title, engagement.client, engagement.client_kind) == (HOSTILE, "The STP", "whole_stp")
    assert (engagement.lead_consultant, engagement.lead_region, engagement.reference) == (person, person.region, "EM-0001")
    assert answer.redirect_chain == [(engagement.get_absolute_url(), 302)]
    assert HOSTILE in soup(answer).select_one("h1").get_text()
    assert "<script>alert" not in answer.content.decode()


def test_engagement_needs_a_title_and_nothing_else():
    client = as_user(RegionalAdminFactory())

    answer = submit(client, CREATE, {"client": "The STP"})
    assert "Enter the title" in soup(answer).select_one(".nhsuk-error-summary").get_text()
    assert answer.context["form"]["client"].value() == "The STP"
    assert not Engagement.objects.exists()

    # What was typed came back as a draft, whose first form lets it go.
    assert submit(client, CREATE, {"title": "Leading together"}, form=1).status_code == 302
    assert Engagement.objects.get().client == "The STP"


@pytest.mark.parametrize("factory", [NationalAdminFactory, StpLeadFactory])
def test_engagement_is_logged_by_people_of_a_region_only(factory):
    client = as_user(factory())

    assert client.get(CREATE).status_code == 403
    assert post(client, CREATE, {"title": "Mine"}).status_code == 403
    assert not Engagement.objects.exists()


def test_p05_engagement_posted_twice_is_logged_once():
    client = as_user(ConsultantFactory())
    data = filled(client, CREATE) | {"title": "Leading together"}

    first, second = (client.post(CREATE, data) for _ in range(2))

    assert Engagement.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_engagement_forms_take_few_queries(client, engagement, django_assert_max_num_queries):
    for url in (CREATE, edit(engagement)):
        with django_assert_max_num_queries(12):
            client.get(url)


# The workspace.


@pytest.mark.parametrize("status", EngagementStatus)
def test_p06_workspace_says_at_the_top_where_the_plan_stands_and_what_comes_next(status):
    engagement = ready_engagement(status=status)

    page = soup(as_user(engagement.lead_consultant).get(engagement.get_absolute_url()))

    told = page.select_one(".app-next-step").get_text()
    assert ("has not been submitted" in told) is (status == EngagementStatus.CO_DESIGN)
    assert len(told) > 30
    assert engagement.get_status_display() in page.select_one(".app-meta").get_text()
    statuses = {" ".join(row.get_text().split()) for row in page.select(".nhsuk-task-list__status")}
    assert statuses <= {label for _, label in Clarity.choices}
    assert len(page.select(".nhsuk-task-list__status")) == 8


def test_p06_the_whole_row_of_the_task_list_is_the_link(client, engagement):
    rows = soup(client.get(engagement.get_absolute_url())).select(".nhsuk-task-list__item")

    assert len(rows) == 8
    for row in rows:
        assert "nhsuk-task-list__item--with-link" in row["class"]
        assert len(row.select("a")) == 1


def test_workspace_names_what_is_missing_and_each_link_opens(client, engagement):
    PlannedInterventionFactory(engagement=engagement)

    page = soup(client.get(engagement.get_absolute_url()))

    links = page.select("section[aria-labelledby=missing-heading] a")
    assert len(links) > 10
    for link in links:
        assert resolve(link["href"].partition("?")[0]).kwargs["reference"] == engagement.reference
        assert client.get(link["href"]).status_code == 200


def test_workspace_of_a_complete_plan_offers_to_submit_it():
    engagement = ready_engagement()
    submit_url = reverse("engagements:engagement_submit", args=[engagement.reference])

    own = as_user(engagement.lead_consultant).get(engagement.get_absolute_url())
    read = as_user(NationalAdminFactory()).get(engagement.get_absolute_url())

    assert "Nothing is missing." in text_of(own)
    assert submit_url in own.content.decode()
    assert submit_url not in read.content.decode()


def test_workspace_starts_anywhere_with_four_equal_ways_in(client, engagement):
    page = soup(client.get(engagement.get_absolute_url()))

    links = {link["href"] for link in page.select("section[aria-labelledby=compass-heading] a")}
    assert {reverse(f"engagements:{facet}_detail", args=[engagement.reference]) for facet in Facet} <= links


def test_workspace_shows_contradictions_people_and_history(engagement):
    for number in (13, 14):
        PlaceFactory(engagement=engagement, name="", footprint=a_footprint(number))
    client = as_user(engagement.lead_consultant)
    create = reverse("engagements:participant_group_create", args=[engagement.reference])
    OrganisationFactory(name="Fenland CCG", footprints=[a_footprint(13)])
    submit(client, create, {"name": HOSTILE, "organisation_name": "Fenland CCG"})
    lead = ClientLeadFactory(engagement=engagement)

    page = client.get(engagement.get_absolute_url())

    words = text_of(page)
    assert "People come from Lincolnshire only." in words
    assert f"{engagement.lead_consultant}, lead consultant" in words.replace(" ,", ",")
    assert str(lead.user) in words
    assert HOSTILE in words
    assert "<script>alert" not in page.content.decode()


def test_workspace_of_an_unfinished_plan_that_was_withdrawn_does_not_call_it_clear(client, engagement):
    PlannedInterventionFactory(engagement=engagement)
    Engagement.objects.update(status=EngagementStatus.WITHDRAWN)

    page = soup(client.get(engagement.get_absolute_url()))

    statuses = {" ".join(row.get_text().split()) for row in page.select(".nhsuk-task-list__status")}
    assert statuses == {"Not started", "In progress"}


def test_workspace_is_read_by_everybody_who_may_see_the_engagement(engagement):
    PlaceFactory(engagement=engagement, name="", footprint=a_footprint(31))
    elsewhere = a_footprint(31).lead_region

    for person in (ConsultantFactory(region=elsewhere), NationalAdminFactory(), ConsultantFactory()):
        page = as_user(person).get(engagement.get_absolute_url())
        assert page.status_code == 200
        assert edit(engagement) not in page.content.decode()


def test_workspace_is_not_found_by_people_who_may_not_see_the_engagement(engagement):
    for person in (ConsultantFactory(region=a_region("london")), StpLeadFactory()):
        client = as_user(person)
        for url in (engagement.get_absolute_url(), edit(engagement), presence(engagement)):
            assert client.get(url).status_code == 404
        assert post(client, edit(engagement), {"title": "Mine"}).status_code == 404


@pytest.mark.parametrize("reference", ["EM-9999", "em-0001", "nothing", "%00", "<script>", "x" * 500])
def test_workspace_of_an_unknown_reference_is_not_found(client, reference):
    assert client.get(f"/engagements/{reference}/").status_code == 404


def test_workspace_leads_the_client_to_what_was_submitted_to_them(engagement):
    lead = ClientLeadFactory(engagement=engagement)
    Engagement.objects.update(shared_at=engagement.created_at)
    client = as_user(lead.user)

    assert client.get(engagement.get_absolute_url())["Location"] == reverse(
        "engagements:review_detail", args=[engagement.reference]
    )
    assert client.get(edit(engagement)).status_code == 403
    assert client.get(presence(engagement)).status_code == 403


def test_workspace_takes_as_many_queries_for_50_rows_as_for_one(client, engagement):
    def add(count):
        for _ in range(count):
            group = ParticipantGroupFactory(engagement=engagement, of_an_organisation=True)
            PlaceFactory(engagement=engagement, whole_area=True)
            PurposeFactory(engagement=engagement, forward_view_steps=[a_step()])
            planned = PlannedInterventionFactory(
                engagement=engagement,
                commissioned=True,
                audience=[group],
                serves=[PriorityFactory(engagement=engagement, roles=[a_role()])],
                roles=[a_role()],
            )
            FundingLineFactory(planned_intervention=planned)
            CriterionCheckFactory(planned_intervention=planned, overruled=True, by=ConsultantFactory())
            MeasureFactory(engagement=engagement, planned_intervention=planned)
            ClientLeadFactory(engagement=engagement)
            engagement.team.add(ConsultantFactory())
            AuditEvent.objects.create(
                actor=ConsultantFactory(),
                verb="added",
                subject_type="engagements.place",
                subject_id=1,
                subject_label="place Boston",
                trail=engagement.trail,
                changes=[],
            )

    def measured():
        # Asked once in each process, which must not be counted.
        assert connection.features.supports_json_field
        with CaptureQueriesContext(connection) as queries:
            assert client.get(engagement.get_absolute_url()).status_code == 200
        return len(queries)

    add(1)
    one = measured()
    add(49)

    assert measured() == one <= 12 + THE_SESSION


# Title and client.


def test_title_and_client_are_changed(client, engagement):
    answer = submit(client, edit(engagement), {"title": HOSTILE, "client": "The STP"})

    engagement.refresh_from_db()
    assert answer["Location"] == engagement.get_absolute_url()
    assert (engagement.title, engagement.client) == (HOSTILE, "The STP")


def test_invalid_title_is_kept_and_never_shown_as_saved(client, engagement):
    answer = submit(client, edit(engagement), {"title": "x" * 300})

    page = soup(answer)
    assert "200 characters or fewer. You have typed 300" in page.select_one(".nhsuk-error-summary").get_text()
    assert answer.context["form"]["title"].value() == "x" * 300
    assert "Leading together" in page.select_one(".nhsuk-breadcrumb").get_text()


def test_title_is_closed_to_who_may_see_and_not_change(engagement):
    for person in (NationalAdminFactory(), ConsultantFactory(region=engagement.lead_region)):
        client = as_user(person)
        assert client.get(edit(engagement)).status_code == 403
        assert post(client, edit(engagement), {"title": "Mine"}).status_code == 403


def test_title_outside_co_design_says_why(client, engagement):
    Engagement.objects.update(status=EngagementStatus.IN_REVIEW)

    assert "The plan is in review" in text_of(client.get(edit(engagement)))
    answer = post(client, edit(engagement), {"title": "Mine"})

    assert "The plan is in review" in text_of(answer)
    assert answer.context["form"]["title"].value() == "Mine"
    engagement.refresh_from_db()
    assert engagement.title == "Leading together"


def test_p03_title_that_two_people_change_shows_both(client, colleague, engagement):
    mine = filled(client, edit(engagement)) | {"title": "Mine"}
    submit(colleague, edit(engagement), {"title": "Theirs", "client": "The STP"})

    answer = client.post(edit(engagement), mine)

    assert soup(answer).select_one(".app-conflict__theirs").get_text() == "Theirs"
    assert answer.context["form"]["title"].value() == "Mine"
    engagement.refresh_from_db()
    assert (engagement.title, engagement.client) == ("Theirs", "The STP")


# Who else is writing.


def test_p03_presence_names_who_else_is_writing_now(client, engagement):
    bell, carr, dunn = (ConsultantFactory(full_name=name) for name in ("Amara Bell", "Ben Carr", "Cora Dunn"))
    engagement.team.set([bell, carr, dunn])
    FormDraftFactory(user=bell, subject=reverse("engagements:place_create", args=[engagement.reference]))
    FormDraftFactory(user=carr, subject=reverse("engagements:place_create", args=[EngagementFactory().reference]))
    FormDraftFactory(user=engagement.lead_consultant, subject=edit(engagement))
    FormDraftFactory(user=dunn, subject=edit(engagement))
    FormDraft.objects.filter(user=dunn).update(updated_at=timezone.now() - timedelta(minutes=11))

    words = text_of(client.get(presence(engagement)))

    assert "Amara Bell is writing" in words
    for name in ("Ben Carr", "Cora Dunn", str(engagement.lead_consultant)):
        assert name not in words


def test_p03_presence_is_seen_by_the_other_as_soon_as_words_are_kept(client, colleague, engagement):
    url = edit(engagement)
    person = engagement.lead_consultant
    typed = filled(client, url) | {"title": "Half a tit"} | draft_fields(person, url)
    client.post(reverse("core:draft_save"), typed)

    assert str(person) in text_of(colleague.get(presence(engagement)))
    assert text_of(client.get(presence(engagement))) == ""


def test_presence_takes_few_queries_however_many_write(client, engagement, django_assert_max_num_queries):
    FormDraftFactory.create_batch(20, subject=edit(engagement))
    for draft in FormDraftFactory.create_batch(10, subject=edit(engagement)):
        engagement.team.add(draft.user)

    with django_assert_max_num_queries(8):
        page = client.get(presence(engagement))

    assert len(soup(page).select(".app-presence__line")) == 5


@pytest.mark.parametrize("status", EngagementStatus)
def test_workspace_leads_to_what_comes_of_the_work_once_it_has_begun(status):
    engagement = EngagementFactory(status=status)
    page = soup(as_user(engagement.lead_consultant).get(engagement.get_absolute_url()))

    report = page.select_one(f"main section a[href='/engagements/{engagement.reference}/report/']")

    has_begun = status in (EngagementStatus.IN_DELIVERY, EngagementStatus.IN_EVALUATION, EngagementStatus.CLOSED)
    assert bool(report) is has_begun
    assert bool(page.find("h2", string="Start anywhere")) is not has_begun
