"""What was learned: asked for at the end, drawn from the records, shared as far as was said, and read where the next plan is made."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from core.refusals import ActionRefused
from engagements.actions import close_engagement
from engagements.enums import ClientKind, EngagementStatus
from engagements.policies import closing_blockers
from evaluation import actions, permissions, policies
from evaluation.enums import MIN_ANSWERS, Sharing
from evaluation.models import FeedbackForm, Learning, Measure
from tests.evaluation.closing import DAY, a_measure, closed, sentences
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import a_region
from tests.factories.engagements import (
    ClientLeadFactory,
    EngagementFactory,
    PlannedInterventionFactory,
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


def test_closing_does_not_ask_for_what_is_due_later_and_makes_no_miss_of_it(engagement, planned, lead):
    on_the_way, met, unsaid = a_measure(planned, "50"), a_measure(planned, "60"), a_measure(planned, "")
    for measure in (on_the_way, met, unsaid):
        ResultFactory(measure=measure, due_on=date(2099, 6, 1))
    ResultFactory(measure=unsaid, due_on=DAY, missed_reason="The log was lost")
    LearningFactory(engagement=engagement)

    page = text_of(lead.get(f"/engagements/{engagement.reference}/close/"))
    close_engagement(engagement=engagement, by=engagement.lead_consultant)

    assert "3 collections of results would still come, the first on 1 June 2099, the last on 1 June 2099." in page
    kept = dict(Measure.objects.values_list("pk", "final_status"))
    assert kept == {on_the_way.pk: "in_progress", met.pk: "met", unsaid.pk: "not_collected"}
    assert policies.weights_of([planned.intervention])[planned.intervention.pk].results == 1
    assert "Not asked for: the work had ended" in text_of(lead.get(f"/engagements/{engagement.reference}/results/"))


def test_closing_names_what_is_late_and_what_nobody_judged(engagement, planned):
    late, story = a_measure(planned, "60"), a_measure(planned, "")
    Measure.objects.filter(pk=story.pk).update(outcome="Told", kind="story")
    Measure.objects.filter(pk=late.pk).update(outcome="Late")
    ResultFactory(measure=late, due_on=DAY + timedelta(90))
    ResultFactory(measure=story, collected_on=DAY, narrative="They ring")

    assert sentences(closing_blockers(engagement))[:2] == [
        "“Late”: add the result that was due on 9 April 2017, or say why there is none",
        "“Told”: say how far its last result has come",
    ]


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


def test_the_admin_hears_of_what_is_proposed_and_the_team_of_the_answer(planned):
    learning = closed(planned)
    admin = RegionalAdminFactory(region=planned.engagement.lead_region)
    yesterday, today = timezone.localdate() - timedelta(1), timezone.localdate()

    def hears(person):
        return [(work.sentence, work.is_new) for work in policies.learning_for_digest(person, yesterday, today)]

    assert hears(admin) == [("Answer what was learned: it is proposed as evidence", True)]
    assert hears(planned.engagement.lead_consultant) == []

    actions.accept_learning(learning=learning, values={"evidence": "Suppers"}, by=admin)

    assert hears(admin) == []
    assert hears(planned.engagement.lead_consultant) == [("What was learned from “Three suppers” stands as evidence", True)]
    assert hears(RegionalAdminFactory(region=a_region("london"))) == []
    assert hears(StpLeadFactory()) == []
