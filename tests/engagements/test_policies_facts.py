"""Whoever misses a fact of a criterion is led to where it is entered."""

import pytest

from engagements import policies
from engagements.enums import CriterionSlug
from engagements.models import Engagement
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory, PurposeFactory
from tests.helpers import as_user

pytestmark = pytest.mark.django_db


def facts_of(planned, slug):
    """Return the address, below the engagement's own, where the facts of a criterion are entered."""
    engagement = Engagement.objects.get(pk=planned.engagement_id).load_plan()
    row = engagement.planned_interventions.all()[0]
    return policies.facts_page(engagement, row, slug).url.removeprefix(engagement.get_absolute_url())


@pytest.mark.parametrize("slug", [CriterionSlug.FORWARD_VIEW, CriterionSlug.MULTI_ORGANISATIONAL, CriterionSlug.LEADERSHIP_FOCUS])
def test_most_facts_are_entered_with_the_intervention(slug):
    planned = PlannedInterventionFactory()

    assert facts_of(planned, slug) == f"plan/{planned.pk}/"


def test_the_workforce_strategy_is_entered_with_a_purpose():
    planned = PlannedInterventionFactory()

    assert facts_of(planned, CriterionSlug.WORKFORCE_STRATEGY) == "purpose/new/"


def test_the_workforce_strategy_is_entered_with_the_purpose_that_names_one():
    planned = PlannedInterventionFactory()
    first = PurposeFactory(engagement=planned.engagement)
    assert facts_of(planned, CriterionSlug.WORKFORCE_STRATEGY) == f"purpose/{first.pk}/"

    named = PurposeFactory(engagement=planned.engagement, strategy_title="Our people plan")

    assert facts_of(planned, CriterionSlug.WORKFORCE_STRATEGY) == f"purpose/{named.pk}/"


def test_the_cost_comes_before_its_funding():
    planned = PlannedInterventionFactory()
    assert facts_of(planned, CriterionSlug.AFFORDABLE) == f"plan/{planned.pk}/"

    type(planned).objects.filter(pk=planned.pk).update(estimated_cost=4000)

    assert facts_of(planned, CriterionSlug.AFFORDABLE) == f"plan/{planned.pk}/funding/new/"


def test_the_matrix_leads_to_the_facts_that_are_missing():
    engagement = EngagementFactory()
    PlannedInterventionFactory(engagement=engagement)

    page = as_user(engagement.lead_consultant).get(f"{engagement.get_absolute_url()}criteria/").content.decode()

    assert "Add a purpose with its workforce strategy" in page
    assert "Choose who it is for" in page
