"""What an honest broker says of a provider where a plan chooses one."""

import pytest
from django.urls import reverse

from tests.factories.directory import a_region
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory
from tests.factories.interventions import ProviderFactory
from tests.helpers import as_user, soup, text_of

pytestmark = pytest.mark.django_db

INTEREST = "The chair’s brother\nowns half of it"


@pytest.fixture
def engagement():
    return EngagementFactory(lead_region=a_region())


def options_of(page):
    return [option.get_text() for option in soup(page).select("[name=provider] option")]


def test_the_declared_interest_stands_beside_the_choice(engagement):
    ProviderFactory(name="Plain Coaches", regions=[engagement.lead_region])
    ProviderFactory(name="Brother & Co", regions=[engagement.lead_region], declared_interest=INTEREST)
    ProviderFactory(name="Far Coaches", regions=[a_region("north-west")], declared_interest="Canary")
    ProviderFactory(name="The College")

    page = as_user(engagement.lead_consultant).get(
        reverse("engagements:planned_intervention_create", args=[engagement.reference])
    )

    assert options_of(page) == [
        "Choose from the directory",
        "Brother & Co (has declared an interest)",
        "Plain Coaches",
        "The College",
    ]
    assert "Brother & Co declares: The chair’s brother owns half of it." in text_of(page)
    assert "Canary" not in text_of(page)


def test_a_retired_provider_that_was_chosen_stays_and_says_so(engagement):
    retired = ProviderFactory(name="Old Hands", regions=[engagement.lead_region], retired=True, declared_interest="Shares.")
    planned = PlannedInterventionFactory(engagement=engagement, provider=retired, sourcing_route="commission")
    client = as_user(engagement.lead_consultant)

    edit = client.get(reverse("engagements:planned_intervention_edit", args=[engagement.reference, planned.pk]))
    plan = client.get(reverse("engagements:plan_detail", args=[engagement.reference]))

    assert options_of(edit) == ["Choose from the directory", "Old Hands (has declared an interest, retired)"]
    assert "Old Hands declares: Shares." in text_of(edit)
    assert "Old Hands Declared interest Shares." in text_of(plan)
