"""The evaluation report: what it tells of one engagement, and to whom; what it tells of feedback."""

from datetime import date

import pytest
from django.utils import timezone

from core.pdf import PdfError, place_for
from engagements.enums import EngagementStatus, Level
from evaluation import documents
from evaluation.enums import MeasureKind, Moment, Reached, Sharing
from evaluation.models import FeedbackAnswer
from tests.engagements.brief_samples import pages_of, squeezed, structure_of, text_of_pdf
from tests.engagements.situations import engagement_at
from tests.evaluation.reported import STARTED, a_measure, answered, begun, lead_of, region_url, url
from tests.factories.accounts import NationalAdminFactory
from tests.factories.engagements import (
    ClientLeadFactory,
    EngagementFactory,
    ParticipantGroupFactory,
    PlannedInterventionFactory,
    PriorityFactory,
    PurposeFactory,
    StatusChangeFactory,
)
from tests.factories.evaluation import (
    DeliveredSessionFactory,
    EarlierTargetFactory,
    FeedbackAnswerFactory,
    FeedbackFormFactory,
    LearningFactory,
    MeasureFactory,
    ResultFactory,
)
from tests.helpers import as_user, soup, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned():
    return begun()


# Of one engagement.


def test_the_report_tells_what_was_asked_done_changed_and_learned(planned):
    engagement = planned.engagement
    PurposeFactory(engagement=engagement, statement="Nobody waits for a bed", real_work_issue="Two wards, one lift")
    PriorityFactory(engagement=engagement, statement="Ring first", level_now=Level.RARELY, level_wanted=Level.OFTEN)
    ParticipantGroupFactory(engagement=engagement, name="Ward managers", headcount=12)
    DeliveredSessionFactory(planned_intervention=planned, held_on=date(2017, 1, 9), attended=18)
    DeliveredSessionFactory(planned_intervention=planned, held_on=date(2017, 2, 9), attended=22)
    measure = a_measure(planned, outcome="Calls before a transfer", other_influences="A new rota", contribution="The rota came")
    ResultFactory(measure=measure, moment=Moment.END, collected_on=date(2017, 3, 1), value="50", narrative="Slow at first")
    ResultFactory(
        measure=measure,
        moment=Moment.MONTHS_6,
        collected_on=date(2017, 9, 1),
        value="61",
        narrative="Then all of them",
        source="Log",
    )
    LearningFactory(engagement=engagement, planned_intervention=planned, worked="The suppers", to_watch="The cost of food")
    answered(planned, 6)

    page = lead_of(engagement).get(url(engagement))
    printed = text_of_pdf(lead_of(engagement).get(url(engagement, "report.pdf")).content)

    for told in (text_of(page), printed):
        for words in (
            "Nobody waits for a bed",
            "Two wards, one lift",
            "Ring first",
            "2. Seen now and then, in a few people",
            "Ward managers: 12 people",
            "We eat, then we talk.",
            "Sessions written down 2: 9 January 2017; 9 February 2017",
            "18 to 22 people",
            "Calls before a transfer",
            "42",
            "61",
            "Slow at first",
            "Then all of them",
            "Source: Log",
            "A new rota",
            "The rota came",
            "6 answers",
            "Listens before speaking 2.0 4.0 +2.0 6",
            "The suppers",
            "The cost of food",
            "Too little evidence yet: 1 measure that came to an end, and it takes 5.",
        ):
            assert squeezed(words) in squeezed(told)
    assert [heading.get_text() for heading in soup(page).select("main section > h2")] == [
        "Summary",
        "What was asked",
        "What was done",
        "What changed",
        "What was learned",
        "Strength of the evidence",
    ]


def test_p39_the_first_and_the_present_target_stand_with_the_reason(planned):
    measure = a_measure(planned)
    EarlierTargetFactory(measure=measure, target="70", due_on=date(2017, 3, 1), reason="Two wards closed")
    EarlierTargetFactory(measure=measure, target="65", reason="And a third")

    told = text_of(lead_of(planned.engagement).get(url(planned.engagement)))

    assert "60 by 1 April 2017 First: 70 by 1 March 2017" in told
    assert "Two wards closed" in told
    assert "And a third" in told


def test_p40_the_narrative_stands_beside_its_number_together_with_others(planned):
    measure = a_measure(planned)
    ResultFactory(measure=measure, collected_on=date(2017, 3, 1), value="50", narrative="Slow at first")
    region = planned.engagement.lead_region

    page = soup(lead_of(planned.engagement).get(region_url(region)))

    (row,) = page.select(".report-measures tbody tr")
    assert row.select("td")[1].get_text(" ", strip=True) == "50 1 March 2017 Slow at first"


def test_what_has_no_result_is_never_a_zero(planned):
    waiting, missed = a_measure(planned, outcome="Waiting"), a_measure(planned, outcome="Missed")
    ResultFactory(measure=waiting, due_on=date(2099, 1, 1))
    ResultFactory(measure=missed, missed_reason="The log was lost")
    a_measure(planned, outcome="Dropped", dropped_on=date(2017, 2, 1), dropped_reason="The ward closed")
    ResultFactory(
        measure=a_measure(planned, kind=MeasureKind.STORY, outcome="Story"),
        collected_on=date(2017, 3, 1),
        narrative="They ring",
        reached=Reached.PARTLY,
    )

    told = text_of(lead_of(planned.engagement).get(url(planned.engagement)))

    for words in ("No result", "The log was lost", "The ward closed", "due 1 January 2099 Not yet", "Partly met 1 March 2017"):
        assert words in told
    assert "Came to an end with a result 1 of 4" in told
    assert "3 of 3 that were not dropped" in told


def test_measures_of_no_intervention_are_told_too(planned):
    MeasureFactory(engagement=planned.engagement, outcome="Untied")

    told = text_of(lead_of(planned.engagement).get(url(planned.engagement)))

    assert "Not tied to an intervention Untied" in told


def test_a_note_for_the_team_is_in_no_report(planned):
    ResultFactory(measure=a_measure(planned), collected=True, note="Ask Bev again")

    client = lead_of(planned.engagement)

    assert "Ask Bev" not in text_of(client.get(url(planned.engagement)))
    assert "Ask Bev" not in text_of(client.get(region_url(planned.engagement.lead_region)))


@pytest.mark.parametrize("status", [EngagementStatus.CO_DESIGN, EngagementStatus.IN_REVIEW, EngagementStatus.AGREED])
def test_before_delivery_there_is_a_word_in_place_of_a_report(status):
    engagement = EngagementFactory(status=status)
    client = lead_of(engagement)

    assert "The report begins when delivery does" in text_of(client.get(url(engagement)))
    assert client.get(url(engagement, "report.pdf")).status_code == 404


@pytest.mark.parametrize("status", [EngagementStatus.CO_DESIGN, EngagementStatus.WITHDRAWN])
def test_work_that_had_begun_keeps_its_report(planned, status):
    StatusChangeFactory(engagement=planned.engagement, to_status=EngagementStatus.IN_DELIVERY)
    type(planned.engagement).objects.update(status=status)

    assert "Three suppers" in text_of(lead_of(planned.engagement).get(url(planned.engagement)))


def test_a_client_reads_the_report_but_of_what_was_learned_only_what_is_public(planned):
    engagement = planned.engagement
    person = ClientLeadFactory(engagement=engagement).user
    LearningFactory(engagement=engagement, worked="For the team")
    shared = {"accepted": True, "sharing": Sharing.PUBLIC}
    LearningFactory(engagement=engagement, worked="Dr Jones said it", evidence="For everybody", **shared)

    page = as_user(person).get(url(engagement))

    assert "For everybody" in text_of(page)
    assert "For the team" not in text_of(page)
    assert "Dr Jones" not in text_of(page)
    assert "Dr Jones" in text_of(lead_of(engagement).get(url(engagement)))
    assert "For the team" not in text_of(as_user(person).get(region_url(engagement.lead_region)))
    assert soup(page).find("a", href=url(engagement), attrs={"aria-current": "page"})


@pytest.mark.parametrize(
    ("values", "readers"),
    [
        ({"sharing": Sharing.TEAM}, Sharing.TEAM.label),
        ({"sharing": Sharing.REGION}, f"{Sharing.TEAM.label}, until it is accepted for: {Sharing.REGION.label}"),
        ({"accepted": True}, Sharing.LDPS.label),
        ({"proposed": True, "declined_at": timezone.now(), "declined_reason": "Too soon"}, Sharing.TEAM.label),
    ],
    ids=["for the team", "waiting", "accepted", "declined"],
)
def test_each_piece_of_learning_says_who_may_read_it_now(planned, values, readers):
    LearningFactory(engagement=planned.engagement, **values)

    told = text_of(lead_of(planned.engagement).get(url(planned.engagement)))

    assert f"Who may read it {readers} Strength" in told


def test_the_report_says_what_it_costs_who_agreed_and_for_whom_it_was_made():
    engagement = engagement_at(EngagementStatus.IN_DELIVERY)
    engagement.planned_interventions.update(is_no_cost=False, estimated_cost=4500)

    told = text_of(lead_of(engagement).get(url(engagement)))

    lead = engagement.client_leads.get()
    assert f"Agreed by {lead.user.full_name}" in told
    assert "Planned cost £4,500" in told
    assert f"Made for {engagement.lead_consultant.full_name}" in told


def test_results_stand_in_the_order_in_which_they_were_due_and_interventions_in_that_of_the_plan(planned):
    measure = a_measure(planned)
    for day in (date(2017, 9, 1), date(2017, 3, 1), date(2017, 6, 1)):
        ResultFactory(measure=measure, due_on=day, collected_on=day, value="50")
    PlannedInterventionFactory(engagement=planned.engagement, title="Put first", position=0)
    type(planned).objects.filter(pk=planned.pk).update(position=1)

    page = soup(lead_of(planned.engagement).get(url(planned.engagement)))

    days = [day.get_text() for day in page.select(".report-results th .app-quiet")]
    assert days == ["1 March 2017", "1 June 2017", "1 September 2017"]
    assert [title.get_text() for title in page.select("#done h3")] == ["1. Put first", "2. Three suppers"]


def test_what_too_few_answered_is_named(planned):
    form = answered(planned, 5)
    FeedbackAnswer.objects.filter(form=form).update(said={"useful": 4})

    told = text_of(lead_of(planned.engagement).get(url(planned.engagement)))

    assert "4.0 of 5 , the mean of 5" in told
    assert "Too few answered: Have you since been in touch" in told


# Feedback (P43, S16).


@pytest.mark.parametrize("count", [1, 4])
def test_s16_what_too_few_said_changes_no_report(planned, count):
    form, engagement = answered(planned, count), planned.engagement
    client = lead_of(engagement)
    pages = [url(engagement), region_url(engagement.lead_region)]
    with_answers = [text_of(client.get(page)) for page in pages]

    FeedbackAnswer.objects.filter(form=form).delete()

    assert [text_of(client.get(page)) for page in pages] == with_answers
    assert "fewer than 5 answers" in with_answers[0]
    assert "None that may be shown" in with_answers[0]


def test_s16_an_open_form_changes_no_report(planned):
    engagement, client = planned.engagement, lead_of(planned.engagement)
    pages = [url(engagement), region_url(engagement.lead_region)]
    before = [text_of(client.get(page)) for page in pages]

    FeedbackAnswerFactory.create_batch(9, form=FeedbackFormFactory(planned_intervention=planned, opened=True))

    assert [text_of(client.get(page)) for page in pages] == before


def test_s16_reports_add_up_whole_forms_only(planned):
    engagement = planned.engagement
    answered(planned, 5)
    answered(planned, 4)
    many = answered(planned, 0)
    FeedbackAnswerFactory.create_batch(7, form=many, before=[3], now=[4])

    report = documents.load_report_together([engagement], NationalAdminFactory(), on=timezone.localdate(), title="", period="")

    (change,) = report.confidence
    # Five rose by 2 and seven by 1.
    assert (change.people, change.change) == (12, 1.42)
    assert report.answers == 12


def test_words_of_participants_stay_on_the_page_of_feedback(planned):
    form = answered(planned, 0)
    FeedbackAnswerFactory.create_batch(5, form=form, said={"in_the_way": "The lift again"})

    told = text_of(lead_of(planned.engagement).get(url(planned.engagement)))

    assert "5 answered in their own words" in told
    assert "The lift again" not in told


# As a file.


def test_the_pdf_is_named_noted_and_kept_by_nobody(planned, monkeypatch):
    noted = []
    monkeypatch.setattr("core.accesses.note_download", lambda request, about, name, holds="": noted.append((about, name, holds)))
    client, engagement = lead_of(planned.engagement), planned.engagement
    today = f"{timezone.localdate():%Y-%m-%d}"

    one = client.get(url(engagement, "report.pdf"))
    client.get(region_url(engagement.lead_region, ".pdf"))

    assert one["Content-Type"] == "application/pdf"
    assert f"Evaluation report {engagement.reference} {today}.pdf" in one["Content-Disposition"]
    assert "no-store" in one["Cache-Control"]
    assert noted == [
        (engagement, f"Evaluation report {engagement.reference} {today}.pdf", ""),
        (engagement.lead_region, f"Evaluation report {engagement.lead_region.name} {today}.pdf", engagement.reference),
    ]


def test_the_same_records_give_the_same_bytes_and_a_tagged_file(planned):
    measure = a_measure(planned, outcome="Calls")
    ResultFactory(measure=measure, collected_on=date(2017, 3, 1), value="50")
    report = documents.load_report(planned.engagement, planned.engagement.lead_consultant, on=date(2017, 6, 1))

    first, second = documents.render_report(report), documents.render_report(report)

    assert first == second
    (chart,) = [element for kind, element, _ in structure_of(first) if kind == "/Figure"]
    assert str(chart["/Alt"]) == "Calls: 42 on 1 April 2016, 50 on 1 March 2017. Target 60."
    assert "Across the Bay" in pages_of(first)[0]
    assert "1 June 2017" in pages_of(first)[0]


def test_hostile_words_stay_words(planned):
    words = "<script>alert(1)</script> & \u202etxt"
    type(planned).objects.update(title=words, co_designed=words)
    ResultFactory(measure=a_measure(planned, outcome=words), collected_on=date(2017, 3, 1), value="50", narrative=words)
    LearningFactory(engagement=planned.engagement, worked=words)

    page = lead_of(planned.engagement).get(url(planned.engagement))
    printed = lead_of(planned.engagement).get(url(planned.engagement, "report.pdf"))

    assert "<script>alert" not in page.content.decode()
    assert "<script>alert(1)</script>&" in text_of_pdf(printed.content)


def test_a_pdf_that_cannot_be_made_leads_to_the_page(planned, monkeypatch):
    def fail(report):
        raise PdfError("Out of paper")

    monkeypatch.setattr(documents, "render_report", fail)

    response = lead_of(planned.engagement).get(url(planned.engagement, "report.pdf"))

    assert response.status_code == 503
    assert "The PDF could not be made. Nothing is lost" in text_of(response)
    assert soup(response).find("a", href=url(planned.engagement))


def test_one_report_is_made_for_a_person_at_a_time(planned):
    client, person = lead_of(planned.engagement), planned.engagement.lead_consultant

    with place_for(person.pk):
        response = client.get(url(planned.engagement, "report.pdf"))

    assert response.status_code == 503
    assert "Another PDF is being made for you" in text_of(response)


def test_a_report_without_anything_says_so(planned):
    bare = EngagementFactory(**STARTED)

    told = text_of(lead_of(bare).get(url(bare)))

    assert "The plan names no purpose, no priority and no group." in told
    assert "Nothing has been written down yet." in told
