"""Pages of the five criteria: the matrix with its evidence, and what a person writes about one finding."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engagements.enums import CriterionSlug, EngagementStatus, Finding
from engagements.models import Criterion, CriterionCheck, Engagement
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, StpLeadFactory
from tests.factories.directory import a_region
from tests.factories.engagements import (
    ClientLeadFactory,
    CriterionCheckFactory,
    EngagementFactory,
    FundingLineFactory,
    ParticipantGroupFactory,
    PlannedInterventionFactory,
    PurposeFactory,
    a_criterion,
)
from tests.factories.framework import a_step
from tests.helpers import THE_SESSION, as_user, controls, filled, post, soup, submit, text_of

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script> & שלום 👩🏽‍⚕️"
OVERRULE = {"overruled_to": "met", "reason": "The board has agreed the steps."}


@pytest.fixture
def engagement():
    return EngagementFactory()


@pytest.fixture
def planned(engagement):
    """Return a planned intervention that does not meet the first criterion."""
    return PlannedInterventionFactory(engagement=engagement, title="Coaching", preparatory_percent=10)


@pytest.fixture
def client(engagement):
    return as_user(engagement.lead_consultant)


@pytest.fixture
def colleague(engagement):
    """Return somebody else who may write in the engagement."""
    person = ConsultantFactory(full_name="Amara Bell", region=engagement.lead_region)
    engagement.team.add(person)
    return as_user(person)


def matrix(engagement):
    return reverse("engagements:criteria_detail", args=[engagement.reference])


def page_of(planned, verb="edit", slug=CriterionSlug.FORWARD_VIEW):
    return reverse(f"engagements:criterion_check_{verb}", args=[planned.engagement.reference, planned.pk, slug])


def last_form(answer):
    """Return what a browser would post from a page that it has been answered with."""
    return controls(soup(answer).select("main form[method=post]")[-1])


def test_criteria_pages_are_not_found_by_people_who_may_not_see_the_engagement(engagement, planned):
    CriterionCheckFactory(planned_intervention=planned)
    pages = [matrix(engagement), page_of(planned), page_of(planned, "remove")]

    for person in (ConsultantFactory(region=a_region("london")), StpLeadFactory()):
        assert {as_user(person).get(url).status_code for url in pages} == {404}


def test_criteria_are_read_and_not_written_by_people_who_may_see_and_not_change(engagement, planned):
    CriterionCheckFactory(planned_intervention=planned)

    for person in (ConsultantFactory(region=engagement.lead_region), NationalAdminFactory()):
        client = as_user(person)
        page = soup(client.get(matrix(engagement)))
        assert not [link for link in page.select("main td a") if "/criteria/" in link["href"]]
        for url in (page_of(planned), page_of(planned, "remove")):
            assert client.get(url).status_code == 403
            assert post(client, url, OVERRULE).status_code == 403
    assert CriterionCheck.objects.count() == 1


def test_criteria_are_closed_to_the_client_who_reads_what_was_submitted(engagement, planned):
    lead = ClientLeadFactory(engagement=engagement)
    Engagement.objects.update(shared_at=engagement.created_at)

    for url in (matrix(engagement), page_of(planned)):
        assert as_user(lead.user).get(url).status_code == 403


def test_criteria_of_what_does_not_exist_are_not_found(client, planned):
    foreign = PlannedInterventionFactory()
    own = planned.engagement.reference

    for args in ([own, foreign.pk, "affordable"], [own, planned.pk, "no-such-criterion"], ["EM-9999", planned.pk, "affordable"]):
        assert client.get(reverse("engagements:criterion_check_edit", args=args)).status_code == 404
        assert client.get(reverse("engagements:criterion_check_remove", args=args)).status_code == 404
    assert client.get(page_of(planned, "remove")).status_code == 404
    for verb in ("edit", "remove"):
        assert client.get(page_of(planned, verb).replace(f"/{planned.pk}/", f"/{'9' * 30}/")).status_code == 404


def test_matrix_shows_each_finding_with_its_evidence_and_each_criterion_word_for_word(client, engagement, planned):
    FundingLineFactory(planned_intervention=PlannedInterventionFactory(engagement=engagement, commissioned=True))

    page = client.get(matrix(engagement))

    assert len(soup(page).select("tbody tr")) == 2
    assert len(soup(page).select("tbody td")) == 10
    words = text_of(page)
    for evidence in ("No Forward View step is linked yet", "10% of the work is preparatory", "Shortfall £7,000", "Cost £12,000"):
        assert evidence in words
    for criterion in Criterion.objects.all():
        assert criterion.text in words


def test_matrix_without_interventions_leads_to_the_plan(client, engagement):
    page = soup(client.get(matrix(engagement)))

    assert not page.select("table")
    assert page.select_one(f'main a[href="{reverse("engagements:plan_detail", args=[engagement.reference])}"]') is not None


def test_finding_is_overruled_with_a_reason_and_shown_beside_what_it_works_out_as(client, engagement, planned):
    answer = submit(client, page_of(planned), {"overruled_to": "met", "reason": HOSTILE}, follow=True)

    assert answer.redirect_chain == [(matrix(engagement), 302)]
    cell = soup(answer).select_one("tbody td")
    words = " ".join(cell.get_text(" ").split())
    assert "Met overruled, works out as not met" in words
    assert HOSTILE in words
    assert str(engagement.lead_consultant) in words
    assert "<script>alert" not in answer.content.decode()


def test_overrule_stays_when_the_data_changes_and_the_matrix_says_so(client, engagement, planned):
    submit(client, page_of(planned), {"overruled_to": "partly", "reason": "Half of the board has agreed."})
    url = reverse("engagements:planned_intervention_edit", args=[engagement.reference, planned.pk])

    submit(client, url, {"forward_view_steps": [a_step().pk]})

    words = text_of(client.get(matrix(engagement)))
    assert "Partly met overruled, works out as met" in words
    assert "The data has changed since this was overruled" in words
    assert "Half of the board has agreed." in words


def test_reason_is_asked_for_where_a_criterion_is_not_met_and_shown_once_written(client, engagement, planned):
    assert "Say why “" in text_of(client.get(matrix(engagement)))

    submit(client, page_of(planned), {"reason": "It is a pilot."})

    words = text_of(client.get(matrix(engagement)))
    assert "It is a pilot." in words
    assert "Say why “" not in words
    assert CriterionCheck.objects.get().worked_out == Finding.NOT_MET


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"overruled_to": "met", "reason": ""}, "Enter the reason"),
        ({"overruled_to": "met", "reason": "x" * 4_001}, "4,000 characters or fewer"),
        ({"overruled_to": "not_met", "reason": "So"}, "It works out as this already"),
    ],
)
def test_p02_what_does_not_fit_is_said_and_what_was_typed_is_kept(client, planned, typed, message):
    answer = submit(client, page_of(planned), typed)

    page = soup(answer)
    assert message in page.select_one(".nhsuk-error-summary").get_text()
    assert page.title.get_text().startswith("Error: ")
    assert {name: answer.context["form"][name].value() for name in typed} == typed
    assert not CriterionCheck.objects.exists()


def test_reason_on_what_is_not_yet_known_is_refused_without_an_overrule(client, planned):
    answer = submit(client, page_of(planned, slug=CriterionSlug.AFFORDABLE), {"reason": "So"})

    assert "A reason is needed only where the finding is “not met” or you overrule it." in text_of(answer)
    assert answer.context["form"]["reason"].value() == "So"


def test_p05_overrule_posted_twice_makes_one_record(client, planned):
    data = filled(client, page_of(planned)) | OVERRULE

    assert [client.post(page_of(planned), data).status_code for _ in range(2)] == [302, 302]

    assert CriterionCheck.objects.count() == 1


@pytest.mark.parametrize(("choice", "stands"), [("mine", "Mine"), ("theirs", "Theirs")])
@pytest.mark.parametrize("is_first", [True, False], ids=["both wrote the first", "both changed one"])
def test_p03_an_overrule_is_never_replaced_unseen(client, colleague, planned, is_first, choice, stands):
    if not is_first:
        submit(client, page_of(planned), OVERRULE)
    mine = filled(client, page_of(planned)) | {"overruled_to": "met", "reason": "Mine"}
    submit(colleague, page_of(planned), {"overruled_to": "met", "reason": "Theirs"})

    clashed = client.post(page_of(planned), mine)
    assert "Theirs" in [text.get_text() for text in soup(clashed).select(".app-conflict__theirs")]
    assert clashed.context["form"]["reason"].value() == "Mine"
    assert CriterionCheck.objects.get().reason == "Theirs"
    choices = {f"overwrite-{name}": choice for name in clashed.context["form"].conflicts}
    answer = client.post(page_of(planned), last_form(clashed) | choices)

    assert answer.status_code == 302
    assert CriterionCheck.objects.get().reason == stands


def test_overrule_is_taken_back_after_asking(client, engagement, planned):
    submit(client, page_of(planned), OVERRULE)
    assert page_of(planned, "remove") in client.get(page_of(planned)).content.decode()
    assert OVERRULE["reason"] in text_of(client.get(page_of(planned, "remove")))

    answer = submit(client, page_of(planned, "remove"), follow=True)

    assert not CriterionCheck.objects.exists()
    assert OVERRULE["reason"] not in text_of(answer)


def test_criteria_outside_co_design_say_why_and_change_nothing(client, engagement, planned):
    CriterionCheckFactory(planned_intervention=planned)
    Engagement.objects.update(status=EngagementStatus.AGREED)

    for url in (matrix(engagement), page_of(planned), page_of(planned, "remove")):
        assert "The plan is agreed" in text_of(client.get(url))
    for url in (page_of(planned), page_of(planned, "remove")):
        assert "The plan is agreed" in text_of(post(client, url, OVERRULE))
    assert CriterionCheck.objects.count() == 1


def test_criteria_pages_take_as_many_queries_for_50_rows_as_for_one(client, engagement):
    PurposeFactory(engagement=engagement, strategy_confirmed=True)

    def add(count):
        for _ in range(count):
            planned = PlannedInterventionFactory(
                engagement=engagement,
                commissioned=True,
                audience=[ParticipantGroupFactory(engagement=engagement, of_an_organisation=True)],
                forward_view_steps=[a_step()],
            )
            FundingLineFactory(planned_intervention=planned)
            CriterionCheckFactory(planned_intervention=planned, criterion=a_criterion(), overruled=True, by=ConsultantFactory())
        return planned

    def measured(url):
        # Asked once in each process, which must not be counted.
        assert connection.features.supports_json_field
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    planned = add(1)
    pages = [matrix(engagement), page_of(planned), page_of(planned, "remove")]
    one = [measured(url) for url in pages]
    add(49)

    assert [measured(url) for url in pages] == one
    assert max(one) <= 12 + THE_SESSION
