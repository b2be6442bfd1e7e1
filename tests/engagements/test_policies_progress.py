"""The task list with at most three statuses, the compass, and the next step in words (P06)."""

from datetime import UTC, datetime

import pytest
from django.urls import resolve

from core.refusals import Blocker
from engagements import policies
from engagements.enums import Clarity, CriterionSlug, EngagementStatus, Facet
from engagements.models import Criterion
from tests.engagements.situations import ready_engagement, reread
from tests.factories.engagements import (
    ClientLeadFactory,
    CriterionCheckFactory,
    EngagementFactory,
    ParticipantGroupFactory,
    PlaceFactory,
    PlannedInterventionFactory,
    PriorityFactory,
    PurposeFactory,
    a_criterion,
)
from tests.factories.evaluation import MeasureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement():
    return EngagementFactory()


def tasks(engagement):
    loaded = reread(engagement).load_plan()
    blockers = policies.missing_blockers(loaded, Criterion.objects.order_by("position"))
    return {task.title: task for task in policies.progress(loaded, blockers)}


def test_p06_an_empty_engagement_has_nothing_started(engagement):
    found = tasks(engagement)

    assert list(found) == ["People", "Place", "Purpose", "Priorities", "Plan", "Criteria", "Measures", "Client leads"]
    assert {task.status for task in found.values()} == {Clarity.NOT_STARTED}


def test_p06_a_complete_plan_is_clear_but_for_the_facets_that_people_judge():
    found = tasks(ready_engagement())

    assert {title for title, task in found.items() if task.status == Clarity.CLEAR} == {
        "Plan",
        "Criteria",
        "Measures",
        "Client leads",
    }


@pytest.mark.parametrize("status", EngagementStatus)
@pytest.mark.parametrize("make", [EngagementFactory, ready_engagement])
def test_p06_the_task_list_has_at_most_three_statuses(status, make):
    found = tasks(make(status=status, people_clarity=Clarity.CLEAR, place_clarity=Clarity.IN_PROGRESS))

    assert {task.status for task in found.values()} <= {Clarity.NOT_STARTED, Clarity.IN_PROGRESS, Clarity.CLEAR}
    assert len(Clarity) == 3


def test_progress_leads_to_a_page_for_each_row(engagement):
    views = [resolve(task.url).view_name for task in tasks(engagement).values()]

    assert views == [
        "engagements:people_detail",
        "engagements:place_detail",
        "engagements:purpose_detail",
        "engagements:priorities_detail",
        "engagements:plan_detail",
        "engagements:criteria_detail",
        "evaluation:measure_list",
        "engagements:team_detail",
    ]


def test_progress_of_a_plan_that_lacks_something_is_in_progress(engagement):
    planned = PlannedInterventionFactory(engagement=engagement)
    MeasureFactory(engagement=engagement, planned_intervention=planned)
    ClientLeadFactory(engagement=engagement, is_signatory=False)

    found = tasks(engagement)

    for title in ("Plan", "Criteria", "Measures", "Client leads"):
        assert found[title].status == Clarity.IN_PROGRESS


def test_progress_counts_in_words(engagement):
    first, _ = PlannedInterventionFactory.create_batch(2, engagement=engagement)
    MeasureFactory(engagement=engagement, planned_intervention=first)
    CriterionCheckFactory(planned_intervention=first, criterion=a_criterion(CriterionSlug.AFFORDABLE))
    ParticipantGroupFactory(engagement=engagement)

    hints = {title: task.hint for title, task in tasks(engagement).items()}

    assert hints == {
        "People": "1 group",
        "Place": "0 places",
        "Purpose": "0 purposes",
        "Priorities": "0 priorities",
        "Plan": "2 interventions",
        "Criteria": "Five useful criteria",
        "Measures": "1 measure",
        "Client leads": "0 client leads",
    }


def test_compass_shows_clarity_and_count_of_each_facet(engagement):
    engagement.people_clarity, engagement.purpose_clarity = Clarity.CLEAR, Clarity.IN_PROGRESS
    engagement.save()
    ParticipantGroupFactory.create_batch(2, engagement=engagement)
    PurposeFactory(engagement=engagement)

    sectors = policies.compass(reread(engagement).load_plan())

    assert [(sector.name, sector.clarity_label, sector.count_words) for sector in sectors] == [
        ("People", "Clear", "2 groups"),
        ("Place", "Not started", "0 places"),
        ("Purpose", "In progress", "1 purpose"),
        ("Priorities", "Not started", "0 priorities"),
    ]
    assert [resolve(sector.url).url_name for sector in sectors] == [f"{sector.slug}_detail" for sector in sectors]


@pytest.mark.parametrize(
    ("facet", "factory"),
    [
        (Facet.PEOPLE, ParticipantGroupFactory),
        (Facet.PLACE, PlaceFactory),
        (Facet.PURPOSE, PurposeFactory),
        (Facet.PRIORITIES, PriorityFactory),
    ],
)
def test_content_count_counts_one_facet_of_one_engagement(engagement, facet, factory):
    factory()
    factory.create_batch(3, engagement=engagement)
    loaded = reread(engagement).load_plan()

    counts = {other: policies.content_count(loaded, other) for other in Facet}

    assert counts == {other: 3 if other == facet else 0 for other in Facet}


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (EngagementStatus.IN_REVIEW, "with the signatories"),
        (EngagementStatus.AGREED, "Next: start delivery"),
        (EngagementStatus.IN_DELIVERY, "Next: start the evaluation"),
        (EngagementStatus.IN_EVALUATION, "then close"),
        (EngagementStatus.CLOSED, "closed"),
        (EngagementStatus.WITHDRAWN, "can be reinstated"),
    ],
)
def test_p06_next_step_says_what_comes_next_in_each_status(status, words):
    assert words in policies.next_step(EngagementFactory.build(status=status, lead_region=None, lead_consultant=None), [])


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "It is ready: submit it for review."), (1, "1 thing to settle"), (2, "2 things to settle")],
)
def test_p06_next_step_in_co_design_says_that_the_plan_is_not_submitted(count, words):
    engagement = EngagementFactory.build(lead_region=None, lead_consultant=None)

    sentence = policies.next_step(engagement, [Blocker("Add a group")] * count)

    assert sentence.startswith("This plan has not been submitted.")
    assert words in sentence


@pytest.mark.parametrize("blockers", [[], [Blocker("Add a group")]], ids=["ready", "something missing"])
def test_p06_next_step_of_a_plan_that_was_submitted_before_speaks_of_its_new_version(blockers):
    engagement = EngagementFactory.build(lead_region=None, lead_consultant=None, shared=True)

    assert policies.next_step(engagement, blockers).startswith("The new version of this plan has not been submitted.")


@pytest.mark.parametrize("status", EngagementStatus)
def test_p06_client_next_step_says_in_each_status_what_is_asked(status):
    engagement = EngagementFactory.build(status=status, lead_region=None, lead_consultant=None)

    sentence = policies.client_next_step(engagement)

    assert "asked of you" in sentence or "You can still read the plan." in sentence


def test_p06_client_next_step_asks_a_signatory_to_decide_and_then_says_whom_it_waits_for():
    engagement = EngagementFactory.build(status=EngagementStatus.IN_REVIEW, lead_region=None, lead_consultant=None)
    moment = datetime(2017, 4, 3, 12, tzinfo=UTC)

    assert "to decide" in policies.client_next_step(engagement, is_to_decide=True)
    assert policies.client_next_step(engagement, agreed_at=moment, waits_for=["Rosa Hill"]) == (
        "You agreed to this plan on 3 April 2017. It still waits for Rosa Hill."
    )
