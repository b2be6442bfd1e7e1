"""A browser offers the organisations of the directory while their name is typed."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from directory.enums import Sector
from tests.factories.directory import OrganisationFactory
from tests.factories.engagements import EngagementFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_part_of_a_name_offers_the_organisations_that_have_it(desk):
    OrganisationFactory(name="Wolds Hospice", sector=Sector.VOLUNTARY_AND_COMMUNITY)
    OrganisationFactory(name="Trent Housing", sector=Sector.PRIVATE)
    engagement = EngagementFactory()
    desk.enter_as(engagement.lead_consultant)
    desk.go(reverse("engagements:participant_group_create", args=[engagement.reference]))

    field = desk.page.locator("[list=organisation-options]").first
    field.fill("")
    field.press_sequentially("wolds h")

    options = desk.page.locator("#organisation-options option")
    expect(options).to_have_count(1)
    expect(options).to_have_attribute("value", "Wolds Hospice")
    desk.look()
