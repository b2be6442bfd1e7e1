"""What was learned: asked for at the end, drawn from the records, shared as far as was said, and read where the next plan is made."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from core.refusals import ActionRefused
from engagements.actions import close_engagement
from engagements.enums import ClientKind, EngagementStatus
from engagements.policies import closing_blockers, digest_for
from evaluation import actions, permissions, policies
from evaluation.enums import MIN_ANSWERS, MeasureStatus, Sharing
from evaluation.models import FeedbackForm, Learning, Measure
from framework.models import Behaviour
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import a_region
from tests.factories.engagements import (
    ClientLeadFactory,
    EngagementFactory,
    PlannedInterventionFactory,
    PriorityFactory,
)
from tests.factories.evaluation import (
    FeedbackAnswerFactory,
    FeedbackFormFactory,
    LearningFactory,
    MeasureFactory,
    ResultFactory,
)
from tests.factories.interventions import an_intervention
from tests.helpers import as_user, soup, submit, text_of

pytestmark = pytest.mark.django_db

DAY = date(2017, 1, 9)


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


def a_measure(planned, value="60", **values):
    """Return a measure that should rise from 42 to 60, with its last result."""
    measure = MeasureFactory(
        engagement=planned.engagement, planned_intervention=planned, kind="number", unit="days", with_baseline=True, **values
    )
    if value:
        ResultFactory(measure=measure, collected_on=DAY, value=value)
    return measure


def closed(planned, *, results=("60",), sharing=Sharing.LDPS):
    """Close the engagement with these results and something learned, and return what was learned."""
    engagement, by = planned.engagement, planned.engagement.lead_consultant
    for value in results:
        a_measure(planned, value)
    values = {"planned_intervention": planned, "worked": "Suppers beat slides", "sharing": sharing}
    learning = actions.add_learning(engagement=engagement, values=values, by=by)
    close_engagement(engagement=engagement, by=by)
    learning.refresh_from_db()
    return learning


def sentences(blockers):
    return [blocker.sentence for blocker in blockers]


# Closing asks.


def test_closing_asks_for_an_end_of_each_measure_and_what_was_learned(engagement, planned):
    ResultFactory(measure=MeasureFactory(engagement=engagement, planned_intervention=planned, outcome="Fewer delays"))

    asked = closing_blockers(engagement)

    assert sentences(asked) == [
        "“Fewer delays”: add its result, say why there is none, or drop it",
        "Say what was learned: what worked, for whom, and what to watch",
    ]
    with pytest.raises(ActionRefused, match="Fewer delays"):
        close_engagement(engagement=engagement, by=engagement.lead_consultant)


def test_closing_page_names_what_is_missing_with_the_way_to_it(engagement, planned, lead):
    a_measure(planned, "")

    page = soup(lead.get(f"/engagements/{engagement.reference}/close/"))

    links = {link["href"] for link in page.select("main a")}
    assert f"/engagements/{engagement.reference}/learning/" in links
    assert any("/results/#measure-" in link for link in links)


def test_closing_keeps_what_came_of_it_and_proposes_what_is_shared(planned):
    asked = FeedbackFormFactory(planned_intervention=planned, opened=True)
    FeedbackAnswerFactory.create_batch(MIN_ANSWERS, form=asked)
    few = FeedbackFormFactory(planned_intervention=planned, opened=True)
    FeedbackAnswerFactory.create_batch(MIN_ANSWERS - 1, form=few)

    learning = closed(planned, results=("60", "50", "40"))

    assert sorted(Measure.objects.values_list("final_status", flat=True)) == ["met", "not_met", "partly_met"]
    told = FeedbackForm.objects.get(pk=asked.pk).told
    assert [(row["lineage"], row["count"], row["before"], row["now"]) for row in told] == [(1, 5, 2, 4)]
    assert FeedbackForm.objects.get(pk=few.pk).told == []
    assert learning.is_waiting
    assert learning.evidence == "Suppers beat slides"


def test_what_stays_with_the_team_is_proposed_to_nobody(planned):
    assert closed(planned, sharing=Sharing.TEAM).proposed_at is None


# Writing it.


def test_records_say_a_sentence_each_with_the_way_to_them(planned):
    a_measure(planned, "50", outcome="Fewer delays")
    a_measure(planned, "", outcome="More calls", dropped_on=DAY, dropped_reason="Nobody counts them")
    ResultFactory(measure=a_measure(planned, "", outcome="Trust"), missed_reason="The survey was lost")
    MeasureFactory(engagement=planned.engagement, planned_intervention=planned, outcome="Not yet")
    story = MeasureFactory(engagement=planned.engagement, planned_intervention=planned, outcome="Stories", kind="story")
    ResultFactory(measure=story, story=True)
    asked = FeedbackFormFactory(planned_intervention=planned, opened=True, closed_at=timezone.now())
    FeedbackAnswerFactory.create_batch(MIN_ANSWERS, form=asked)
    FeedbackFormFactory(planned_intervention=planned, opened=True)

    drawn = policies.drawn_from(planned, on=timezone.localdate())

    assert [row.text for row in drawn] == [
        "“Fewer delays”: partly met. It was 50 days on 9 January 2017, from 42, with a target of 60.",
        "“More calls” was dropped: Nobody counts them",
        "“Trust” was not collected: The survey was lost",
        "“Not yet” has no result yet.",
        "“Stories”: partly met, as told on 9 January 2017.",
        "Confidence in “Listens before speaking” rose from 2.0 to 4.0 of 5 (5 answers).",
    ]
    assert all(row.path.startswith(f"/engagements/{planned.engagement.reference}/") for row in drawn)


def test_form_begins_with_what_the_records_say_and_keeps_its_sources(lead, engagement, planned):
    a_measure(planned, "50", outcome="Fewer delays")
    url = f"/engagements/{engagement.reference}/learning/new/?for={planned.pk}"
    page = soup(lead.get(url))
    assert "“Fewer delays”: partly met" in page.select_one("textarea[name=worked]").get_text()

    submit(lead, url, {"worked": "Suppers beat slides", "for_whom": "Clinical leads", "sharing": "public"})

    learning = Learning.objects.get()
    assert (learning.planned_intervention, learning.sharing) == (planned, Sharing.PUBLIC)
    assert learning.sources[0]["text"].startswith("“Fewer delays”: partly met")
    text = text_of(lead.get(f"/engagements/{engagement.reference}/learning/"))
    assert "Suppers beat slides" in text
    assert "Clinical leads" in text


def test_what_was_learned_can_be_changed_and_removed_while_the_work_is_open(lead, engagement, planned):
    learning = LearningFactory(engagement=engagement)
    url = f"/engagements/{engagement.reference}/learning/{learning.pk}/"

    submit(lead, url, {"worked": "In fewer words", "planned_intervention": str(planned.pk)})

    learning.refresh_from_db()
    assert (learning.worked, learning.planned_intervention) == ("In fewer words", planned)
    submit(lead, f"{url}remove/")
    assert not Learning.objects.exists()
    with pytest.raises(ActionRefused, match="removed this meanwhile"):
        actions.remove_learning(learning=learning, by=engagement.lead_consultant)


@pytest.mark.parametrize("status", [EngagementStatus.CO_DESIGN, EngagementStatus.CLOSED, EngagementStatus.WITHDRAWN])
def test_nothing_is_written_before_the_plan_is_agreed_or_after_the_end(status):
    engagement = EngagementFactory(status=status)

    with pytest.raises(ActionRefused, match="What was learned"):
        actions.add_learning(engagement=engagement, values={"worked": "So"}, by=engagement.lead_consultant)


def test_intervention_of_another_plan_is_refused(engagement):
    values = {"worked": "So", "planned_intervention": PlannedInterventionFactory()}

    with pytest.raises(ActionRefused, match="not in this plan"):
        actions.add_learning(engagement=engagement, values=values, by=engagement.lead_consultant)


# The admin's answer.


def test_admin_takes_it_into_the_evidence_in_shorter_words(planned):
    learning = closed(planned)
    admin = as_user(RegionalAdminFactory(region=planned.engagement.lead_region))
    assert "Suppers beat slides" in text_of(admin.get("/manage/learning/"))

    submit(admin, f"/manage/learning/{learning.pk}/accept/", {"evidence": "Eat together"})

    learning.refresh_from_db()
    assert (learning.evidence, learning.is_waiting) == ("Eat together", False)
    assert learning.worked == "Suppers beat slides"
    assert "Nothing waits" in text_of(admin.get("/manage/learning/"))
    assert "Somebody has answered this already" in text_of(admin.get(f"/manage/learning/{learning.pk}/accept/"))


def test_admin_leaves_it_with_the_team_and_says_why(planned, lead):
    learning = closed(planned)
    admin = as_user(RegionalAdminFactory(region=planned.engagement.lead_region))

    submit(admin, f"/manage/learning/{learning.pk}/decline/", {"reason": "One evening is not enough"})

    text = text_of(lead.get(f"/engagements/{planned.engagement.reference}/learning/"))
    assert "One evening is not enough" in text
    assert not Learning.objects.accepted().exists()


def test_what_was_never_proposed_cannot_be_answered(engagement):
    learning = LearningFactory(engagement=engagement)

    with pytest.raises(ActionRefused, match="not been proposed"):
        actions.accept_learning(learning=learning, values={"evidence": "So"}, by=NationalAdminFactory())


def test_permission_to_answer_is_the_regions_admin_and_national_admins(engagement):
    learning = LearningFactory(engagement=engagement, proposed=True)
    region = engagement.lead_region
    people = {
        "admin": RegionalAdminFactory(region=region),
        "national": NationalAdminFactory(),
        "admin afar": RegionalAdminFactory(region=a_region("london")),
        "lead": engagement.lead_consultant,
    }

    assert {name for name, person in people.items() if permissions.can_answer_learning(person, learning)} == {"admin", "national"}
    assert {name for name, person in people.items() if permissions.can_write_learning(person, engagement)} == {"admin", "lead"}


# Who reads it.


@pytest.mark.parametrize(
    ("sharing", "readers"),
    [
        (Sharing.PUBLIC, {"nobody", "client", "its client", "colleague", "afar", "national", "lead"}),
        (Sharing.LDPS, {"colleague", "afar", "national", "lead"}),
        (Sharing.REGION, {"colleague", "national", "lead"}),
    ],
)
def test_nobody_reads_more_than_was_shared(engagement, sharing, readers):
    LearningFactory(engagement=engagement, accepted=True, sharing=sharing)
    people = {
        "nobody": AnonymousUser(),
        "client": StpLeadFactory(),
        "its client": ClientLeadFactory(engagement=engagement).user,
        "colleague": ConsultantFactory(region=engagement.lead_region),
        "afar": ConsultantFactory(region=a_region("london")),
        "national": NationalAdminFactory(),
        "lead": engagement.lead_consultant,
    }

    assert {name for name, person in people.items() if Learning.objects.visible_to(person).exists()} == readers


def test_what_waits_is_read_by_those_who_see_the_engagement(engagement):
    LearningFactory(engagement=engagement, proposed=True, sharing=Sharing.PUBLIC)

    assert not Learning.objects.visible_to(ConsultantFactory(region=a_region("london"))).exists()
    assert Learning.objects.visible_to(engagement.lead_consultant).exists()


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
    assert "anything from 30% to 90%" in text
    assert "Listens before speaking +2.0 5" in text
    assert "Eat together" in text


def test_under_five_results_it_says_too_little(planned):
    closed(planned, results=("60", "60", "60", "60"))

    text = text_of(as_user(ConsultantFactory()).get(planned.intervention.get_absolute_url()))

    assert "Too little evidence yet: 4 results." in text
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
    assert policies.evidence_of(an_intervention(), planned.engagement.lead_consultant).used in (0, 1)


def test_evidence_changes_the_advice_on_the_next_plan(planned):
    closed(planned, results=("60",) * 6)
    nxt = EngagementFactory()
    other = as_user(nxt.lead_consultant)

    page = soup(other.get(f"/engagements/{nxt.reference}/plan/advice/"))

    first = page.select(".app-advice__item")[0].get_text(" ", strip=True)
    assert planned.intervention.name in first


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
