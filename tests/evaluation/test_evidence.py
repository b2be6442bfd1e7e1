"""What closed work says to the next plan: in the library, on the menu, in advice, and as engagements like this one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from engagements.enums import ClientKind, EngagementStatus
from engagements.policies import digest_for
from evaluation import actions, policies
from evaluation.enums import MIN_ANSWERS, MeasureStatus, Sharing
from evaluation.models import Measure
from framework.models import Behaviour, LeadershipRole
from interventions.models import Intervention
from tests.evaluation.closing import DAY, a_measure, closed
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import a_region
from tests.factories.engagements import (
    EngagementFactory,
    PlannedInterventionFactory,
    PriorityFactory,
)
from tests.factories.evaluation import (
    FeedbackAnswerFactory,
    FeedbackFormFactory,
    LearningFactory,
    ResultFactory,
)
from tests.factories.interventions import an_intervention
from tests.helpers import as_user, soup, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement():
    return EngagementFactory(status=EngagementStatus.IN_EVALUATION, shared_at=timezone.now(), client_kind=ClientKind.WHOLE_STP)


@pytest.fixture
def planned(engagement):
    return PlannedInterventionFactory(engagement=engagement, intervention=an_intervention(), title="Three suppers")


@pytest.fixture
def lead(engagement):
    """Return the client of the engagement's lead consultant."""
    return as_user(engagement.lead_consultant)


# The library.


def test_library_shows_lessons_with_where_they_come_from_and_whom_to_ring(planned):
    learning = closed(planned, sharing=Sharing.PUBLIC)
    by = RegionalAdminFactory(region=planned.engagement.lead_region)
    actions.accept_learning(learning=learning, values={"evidence": "Eat together"}, by=by)
    consultant = ConsultantFactory(region=a_region("london"))

    inside, outside = text_of(as_user(consultant).get("/learning/")), text_of(as_user(StpLeadFactory()).get("/learning/"))

    for said in (inside, outside):
        assert "Eat together" in said
        assert str(planned.engagement.lead_region) in said
        assert planned.engagement.title not in said
    assert planned.engagement.lead_consultant.full_name in inside
    assert planned.engagement.lead_consultant.full_name not in outside


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("q=suppers", True),
        ("q=nonsense", False),
        ("kind=whole_stp", True),
        ("kind=vanguard", False),
        ("strength=little", True),
        ("strength=enough", False),
        ("domain={domain}", True),
        ("intervention={slug}", True),
        ("behaviour=999999", True),
    ],
)
def test_library_is_narrowed_by_its_filters(planned, query, is_found):
    LearningFactory(engagement=planned.engagement, planned_intervention=planned, accepted=True, evidence="Suppers beat slides")
    menu_item = planned.intervention
    asked = query.format(domain=menu_item.main_domain.slug, slug=menu_item.slug)

    text = text_of(as_user(ConsultantFactory()).get(f"/learning/?{asked}"))

    assert ("Suppers beat slides" in text) is is_found
    assert ("was left out" in text) is ("999999" in query)


def test_library_knows_the_strength_of_what_left_the_menu_and_filters_by_it(planned):
    learning = closed(planned, results=("60",) * 6)
    actions.accept_learning(learning=learning, values={"evidence": "Suppers"}, by=NationalAdminFactory())
    type(planned.intervention).objects.filter(pk=planned.intervention_id).update(retired_at=timezone.now())
    client = as_user(ConsultantFactory())

    assert "6 of 6 results met their target (100%)" in text_of(client.get("/learning/"))
    for query, is_found in (("enough", True), ("little", False)):
        assert ("Suppers" in text_of(client.get(f"/learning/?strength={query}"))) is is_found


def test_library_is_narrowed_by_role_and_behaviour(planned):
    role, other_role = LeadershipRole.objects.current().in_order()[:2]
    behaviour, other = Behaviour.objects.current().in_order()[:2]
    planned.roles.set([role])
    planned.behaviours.set([behaviour])
    accepted(planned)
    client = as_user(ConsultantFactory())

    for query, is_found in (
        (f"role={role.lineage}", True),
        (f"role={other_role.lineage}", False),
        (f"behaviour={behaviour.lineage}", True),
        (f"behaviour={other.lineage}", False),
    ):
        assert ("Eat together" in text_of(client.get(f"/learning/?{query}"))) is is_found, query


# The menu and the next plan.


def accepted(planned, **values):
    learning = closed(planned, **values)
    by = RegionalAdminFactory(region=planned.engagement.lead_region)
    return actions.accept_learning(learning=learning, values={"evidence": "Eat together"}, by=by)


def test_page_of_an_intervention_tells_what_earlier_work_says(planned):
    asked = FeedbackFormFactory(planned_intervention=planned, opened=True)
    FeedbackAnswerFactory.create_batch(MIN_ANSWERS, form=asked)
    accepted(planned, results=("60", "60", "60", "60", "50", "40"), sharing=Sharing.PUBLIC)

    page = soup(as_user(ConsultantFactory(region=a_region("london"))).get(planned.intervention.get_absolute_url()))

    text = " ".join(page.select_one("section[aria-labelledby=evidence]").get_text(" ", strip=True).split())
    assert "Used in 1 engagement. A whole STP area: 1." in text
    assert "4 of 6 results met their target (67%)" in text
    assert "What to watch: Book early" in text
    assert "anywhere from 30% to 90%" in text
    assert "Listens before speaking +2.0 5" in text
    assert "Eat together" in text


def test_under_five_results_it_says_too_little(planned):
    closed(planned, results=("60", "60", "60", "60"))

    text = text_of(as_user(ConsultantFactory()).get(planned.intervention.get_absolute_url()))

    assert "Too little evidence yet: 4 results, and it takes 5." in text
    assert "100%" not in text


def test_dropped_and_not_collected_measures_are_no_results(planned):
    a_measure(planned, "", dropped_on=DAY, dropped_reason="Closed")
    ResultFactory(measure=a_measure(planned, ""), missed_reason="Lost")
    closed(planned, results=("60",))

    weights = policies.weights_of([planned.intervention])

    assert (weights[planned.intervention_id].met, weights[planned.intervention_id].results) == (1, 1)
    assert set(Measure.objects.values_list("final_status", flat=True)) == {
        MeasureStatus.MET,
        MeasureStatus.DROPPED,
        MeasureStatus.NOT_COLLECTED,
    }


def test_work_that_is_not_closed_counts_as_used_and_not_as_evidence(planned):
    a_measure(planned, "60")

    evidence = policies.evidence_of(planned.intervention, planned.engagement.lead_consultant)

    assert (evidence.used, evidence.weight.results) == (1, 0)


def test_evidence_changes_the_advice_on_the_next_plan(planned):
    planned.intervention = last = Intervention.objects.on_the_menu()[15]
    planned.save()
    nxt = EngagementFactory()
    PriorityFactory(engagement=nxt, behaviours=[Behaviour.objects.filter(interventions=last).order_by("pk").first()])
    other = as_user(nxt.lead_consultant)

    def advised():
        page = soup(other.get(f"/engagements/{nxt.reference}/plan/advice/"))
        return [item.get_text(" ", strip=True) for item in page.select(".app-advice__item")]

    assert last.name not in advised()[0]

    closed(planned, results=("60",) * 6)

    assert last.name in advised()[0]
    assert "6 of 6 results met their target (100%)" in advised()[0]


def test_consultant_with_an_open_plan_hears_of_new_evidence(planned):
    learning = accepted(planned)
    open_plan = PlannedInterventionFactory(intervention=planned.intervention, engagement__lead_region=a_region("london"))
    reader = open_plan.engagement.lead_consultant
    now = timezone.now()

    def told(since, until):
        found = digest_for(reader, since=since, until=until)
        return [task for news in found for task in news.tasks]

    assert told(now - timedelta(days=1), now) == [f"New evidence on “{learning.menu_item}”, which is in your plan"]
    assert told(now, now + timedelta(days=1)) == []
    # Whoever is on the team of a plan under way hears of it too, and nobody of one that has ended.
    helper = ConsultantFactory(region=a_region("london"))
    open_plan.engagement.team.add(helper)
    days = timezone.localdate() - timedelta(days=1), timezone.localdate()
    for status, is_told in ((EngagementStatus.AGREED, True), (EngagementStatus.CLOSED, False)):
        open_plan.engagement.status = status
        open_plan.engagement.save()
        assert bool(policies.new_evidence_for(helper, *days)) is is_told
    assert policies.new_evidence_for(StpLeadFactory(), DAY, DAY) == []
    assert policies.new_evidence_for(ConsultantFactory(), DAY, DAY) == []


# Like this elsewhere.


def asks_for(engagement, *behaviours):
    return PriorityFactory(engagement=engagement, behaviours=behaviours)


def test_closest_engagements_elsewhere_are_shown_with_what_they_chose_and_whom_to_ring(planned):
    one, two, three = Behaviour.objects.in_order()[:3]
    asks_for(planned.engagement, one, two)
    accepted(planned, results=("60", "50"))
    far = PlannedInterventionFactory(
        engagement=EngagementFactory(lead_region=a_region("north-east"), status=EngagementStatus.IN_EVALUATION)
    )
    asks_for(far.engagement, two)
    accepted(far)
    unlike = PlannedInterventionFactory(engagement=EngagementFactory(status=EngagementStatus.IN_EVALUATION))
    asks_for(unlike.engagement, three)
    accepted(unlike)
    mine = EngagementFactory(lead_region=a_region("london"))
    asks_for(mine, one, two)

    rows = policies.similar_to(mine, mine.lead_consultant)

    assert [(row.engagement.pk, row.in_common) for row in rows] == [
        (planned.engagement.pk, (one.text, two.text)),
        (far.engagement.pk, (two.text,)),
    ]
    assert (rows[0].chosen, rows[0].weight.met, rows[0].weight.results) == ((planned.intervention.name,), 1, 2)
    text = text_of(as_user(mine.lead_consultant).get(f"/engagements/{mine.reference}/similar/"))
    assert "1 of 2 measures met" in text
    assert planned.engagement.lead_consultant.full_name in text
    assert "Eat together" in text
    assert planned.engagement.title not in text


def test_same_kind_of_client_stands_first_among_equals(planned):
    (one,) = Behaviour.objects.in_order()[:1]
    asks_for(planned.engagement, one)
    other = PlannedInterventionFactory(
        engagement=EngagementFactory(status=EngagementStatus.IN_EVALUATION, client_kind=ClientKind.VANGUARD)
    )
    asks_for(other.engagement, one)
    accepted(planned)
    accepted(other)
    mine = EngagementFactory(client_kind=ClientKind.VANGUARD)
    asks_for(mine, one)

    rows = policies.similar_to(mine, mine.lead_consultant)

    assert [(row.engagement.pk, row.same_kind) for row in rows] == [(other.engagement.pk, True), (planned.engagement.pk, False)]


@pytest.mark.parametrize("sharing", [Sharing.TEAM, Sharing.REGION])
def test_nothing_is_shown_beyond_what_its_owners_share(planned, sharing):
    (one,) = Behaviour.objects.in_order()[:1]
    asks_for(planned.engagement, one)
    learning = closed(planned, sharing=sharing)
    if sharing != Sharing.TEAM:
        actions.accept_learning(learning=learning, values={"evidence": "Eat together"}, by=NationalAdminFactory())
    mine = EngagementFactory(lead_region=a_region("london"))
    asks_for(mine, one)

    assert policies.similar_to(mine, mine.lead_consultant) == []
    assert "Nobody has shared" in text_of(as_user(mine.lead_consultant).get(f"/engagements/{mine.reference}/similar/"))


def test_engagement_without_needs_has_nothing_to_compare():
    mine = EngagementFactory()

    assert "nothing can be compared" in text_of(as_user(mine.lead_consultant).get(f"/engagements/{mine.reference}/similar/"))
