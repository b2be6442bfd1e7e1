"""The one gate: everything that is missing, named and linked (P14)."""

from decimal import Decimal

import pytest
from django.urls import resolve, reverse

from core.refusals import Blocker
from engagements import actions, policies
from engagements.enums import CriterionSlug, EngagementStatus, Finding, Focus
from engagements.models import Criterion
from engagements.policies import submission
from evaluation.models import Measure
from tests.engagements.situations import ready_engagement, reread
from tests.factories.engagements import (
    CriterionCheckFactory,
    EngagementFactory,
    FundingLineFactory,
    PlannedInterventionFactory,
    a_criterion,
)
from tests.helpers import as_user

pytestmark = pytest.mark.django_db


def blockers(engagement):
    return policies.submission_blockers(reread(engagement).load_plan(), Criterion.objects.order_by("position"))


def sentences(engagement):
    return [blocker.sentence for blocker in blockers(engagement)]


@pytest.fixture
def engagement():
    return ready_engagement()


@pytest.fixture
def planned(engagement):
    planned = engagement.planned_interventions.get()
    planned.title = "Coaching"
    planned.save()
    return planned


def test_submission_of_a_complete_plan_is_barred_by_nothing(engagement):
    assert blockers(engagement) == []


def test_submission_of_an_empty_plan_names_everything():
    assert sentences(EngagementFactory()) == [
        "People: add at least one group",
        "Place: add at least one place",
        "Purpose: say what the work is for",
        "Priorities: add at least one priority",
        "Plan: add at least one intervention",
        "Client leads: name at least one person who signs the plan",
    ]


@pytest.mark.parametrize("status", [status for status in EngagementStatus if status != EngagementStatus.CO_DESIGN])
def test_submission_outside_co_design_is_refused_whatever_the_plan(status):
    engagement = ready_engagement(status=status)

    assert blockers(engagement) == [Blocker("Only a plan in co-design can be submitted.", engagement.get_absolute_url())]


@pytest.mark.parametrize("status", EngagementStatus)
def test_what_is_missing_does_not_depend_on_the_status(status):
    criteria = Criterion.objects.order_by("position")
    empty, complete = EngagementFactory(status=status), ready_engagement(status=status)

    assert len(policies.missing_blockers(empty.load_plan(), criteria)) == 6
    assert policies.missing_blockers(complete.load_plan(), criteria) == []


@pytest.mark.parametrize(
    ("relation", "sentence", "view"),
    [
        ("groups", "People: add at least one group", "people_detail"),
        ("places", "Place: add at least one place", "place_detail"),
        ("purposes", "Purpose: say what the work is for", "purpose_detail"),
        ("priorities", "Priorities: add at least one priority", "priorities_detail"),
    ],
)
def test_submission_waits_for_each_facet_and_leads_there(engagement, relation, sentence, view):
    getattr(engagement, relation).all().delete()

    assert Blocker(sentence, reverse(f"engagements:{view}", args=[engagement.reference])) in blockers(engagement)


def test_submission_waits_for_a_planned_intervention(engagement, planned):
    Measure.objects.all().delete()
    planned.delete()

    url = reverse("engagements:plan_detail", args=[engagement.reference])
    assert blockers(engagement) == [Blocker("Plan: add at least one intervention", url)]


@pytest.mark.parametrize(
    ("clear", "sentences_found"),
    [
        pytest.param(
            lambda planned: planned.audience.clear(),
            ["Coaching: choose who it is for", "Coaching: “Multi-organisational” is not yet known"],
            id="audience",
        ),
        pytest.param(lambda planned: planned.serves.clear(), ["Coaching: choose a priority it serves"], id="priority"),
        pytest.param({"sourcing_route": ""}, ["Coaching: choose how it is sourced"], id="sourcing route"),
        pytest.param(
            {"is_no_cost": False},
            ["Coaching: enter the cost, or say that there is none", "Coaching: “Affordable” is not yet known"],
            id="cost",
        ),
        pytest.param({"expected_impact": ""}, ["Coaching: enter the expected impact"], id="expected impact"),
    ],
)
def test_submission_waits_for_each_part_of_an_intervention(engagement, planned, clear, sentences_found):
    if callable(clear):
        clear(planned)
    else:
        type(planned).objects.filter(pk=planned.pk).update(**clear)

    found = blockers(engagement)

    assert [blocker.sentence.lower() for blocker in found] == [sentence.lower() for sentence in sentences_found]
    assert found[0].url == reverse("engagements:planned_intervention_edit", args=[engagement.reference, planned.pk])


def test_submission_waits_for_funding_where_there_is_a_cost(engagement, planned):
    type(planned).objects.filter(pk=planned.pk).update(is_no_cost=False, estimated_cost=Decimal(500))

    url = reverse("engagements:funding_line_create", args=[engagement.reference, planned.pk])
    assert Blocker("Coaching: say where the money comes from", url) in blockers(engagement)


def test_submission_with_a_cost_and_its_funding_is_barred_by_nothing(engagement, planned):
    type(planned).objects.filter(pk=planned.pk).update(is_no_cost=False, estimated_cost=Decimal(500))
    FundingLineFactory(planned_intervention=planned, amount=Decimal(500))

    assert blockers(engagement) == []


def test_submission_with_a_cost_of_nothing_asks_for_no_funding(engagement, planned):
    type(planned).objects.filter(pk=planned.pk).update(is_no_cost=False, estimated_cost=Decimal(0))

    assert blockers(engagement) == []


def test_submission_waits_for_a_reason_where_a_criterion_is_not_met(engagement, planned):
    planned.forward_view_steps.clear()
    name = a_criterion(CriterionSlug.FORWARD_VIEW).short_name
    args = [engagement.reference, planned.pk, CriterionSlug.FORWARD_VIEW]
    assert blockers(engagement) == [
        Blocker(f"Coaching: say why “{name}” is not met", reverse("engagements:criterion_check_edit", args=args))
    ]

    CriterionCheckFactory(planned_intervention=planned, worked_out=Finding.NOT_MET)

    assert blockers(engagement) == []


def test_submission_waits_for_a_criterion_that_is_not_yet_known_and_an_overrule_settles_it(engagement, planned):
    type(planned).objects.filter(pk=planned.pk).update(preparatory_percent=None)
    name = a_criterion(CriterionSlug.FORWARD_VIEW).short_name
    page = reverse("engagements:planned_intervention_edit", args=[engagement.reference, planned.pk])
    assert blockers(engagement) == [Blocker(f"Coaching: “{name}” is not yet known", page, part="criteria")]

    CriterionCheckFactory(planned_intervention=planned, overruled_to=Finding.NOT_MET)

    assert blockers(engagement) == []


def test_submission_is_not_barred_by_partly_met(engagement, planned):
    type(planned).objects.filter(pk=planned.pk).update(preparatory_percent=80)

    assert blockers(engagement) == []


def test_submission_is_not_barred_by_an_overrule_that_is_out_of_date(engagement, planned):
    CriterionCheckFactory(planned_intervention=planned, overruled_to=Finding.PARTLY, worked_out=Finding.NOT_MET)

    assert blockers(engagement) == []


def test_submission_waits_for_a_signatory(engagement):
    engagement.client_leads.update(is_signatory=False)

    url = reverse("engagements:team_detail", args=[engagement.reference])
    assert blockers(engagement) == [Blocker("Client leads: name at least one person who signs the plan", url)]


def test_submission_asks_what_an_upper_app_has_registered_once(engagement, monkeypatch):
    monkeypatch.setattr(submission, "_further_checks", [])

    def check(engagement):
        return [Blocker(f"{engagement.reference}: say more")]

    policies.register_submission_check(check)
    policies.register_submission_check(check)

    assert sentences(engagement) == [f"{engagement.reference}: say more"]


def test_p14_submission_looks_at_every_intervention_and_not_at_what_a_page_shows(engagement):
    """P14: readiness is computed on the server from the whole plan."""
    others = PlannedInterventionFactory.create_batch(3, engagement=engagement)

    found = sentences(engagement)

    for planned in others:
        assert f"{planned.title}: choose who it is for" in found
        assert f"{planned.title}: add at least one measure" in found


def test_submission_leads_only_to_pages_that_open():
    engagement = EngagementFactory()
    PlannedInterventionFactory(engagement=engagement, title="A", focus=Focus.SYSTEMS, preparatory_percent=0)
    PlannedInterventionFactory(engagement=engagement, title="B", estimated_cost=Decimal(100))
    client = as_user(engagement.lead_consultant)

    urls = {blocker.url for blocker in blockers(engagement)}

    assert len(urls) >= 12
    for url in urls:
        assert resolve(url.partition("?")[0]).kwargs["reference"] == engagement.reference
        assert client.get(url).status_code == 200


def test_submission_names_a_signatory_who_cannot_sign_in_as_a_client_any_more(engagement):
    user = engagement.client_leads.get().user
    user.is_active = False
    user.save()

    assert sentences(engagement) == [f"Client leads: {user} cannot sign in as a client any more. Name somebody else"]


def test_s4_submission_names_a_signatory_who_helped_to_write_the_plan(engagement):
    user = engagement.client_leads.get().user
    actions.change_engagement(engagement=engagement, values={"title": "In other words"}, by=user)

    assert sentences(engagement) == [f"Client leads: {user} helped to write this plan. Name somebody else who signs"]
