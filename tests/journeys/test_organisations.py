"""A regional admin finds a duplicate by a misspelt name, merges it having seen what happens to every value, and undoes it (P37)."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from directory.enums import Sector
from directory.models import Organisation
from tests.factories.accounts import RegionalAdminFactory
from tests.factories.directory import OrganisationFactory
from tests.factories.engagements import EngagementFactory, ParticipantGroupFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plan():
    """Return an open plan that names a duplicate of an organisation."""
    OrganisationFactory(name="Wolds Hospice", sector=Sector.VOLUNTARY_AND_COMMUNITY, footprints=[13])
    duplicate = OrganisationFactory(name="Wolds Hopsice", sector=Sector.NHS, ods_code="WLD", footprints=[14])
    plan = EngagementFactory(title="Leading at the end of life")
    ParticipantGroupFactory(engagement=plan, organisation=duplicate, name="Nurses of the hospice")
    return plan


def row(desk, name):
    """Find the row of one value in the preview."""
    return desk.page.get_by_role("row").filter(has=desk.page.get_by_role("rowheader", name=name, exact=True))


@pytest.mark.parametrize("width", [1280, 375])
def test_p37_a_duplicate_is_found_merged_seen_in_a_plan_and_brought_back(desk, plan, width):
    desk.resize(width, 900)
    admin = RegionalAdminFactory()
    desk.enter_as(admin)
    people = reverse("engagements:people_detail", args=[plan.reference])

    # Given a duplicate that is found by a name which neither of the two has
    desk.go(reverse("directory:organisation_list"))
    desk.write("Search", "wolds hospise")
    desk.save("Show organisations")
    expect(desk.page.get_by_role("main")).to_contain_text("2 organisations found by “wolds hospise”")
    desk.fits()
    desk.follow("Wolds Hospice")
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Wolds Hospice")

    # When it is merged, having seen what becomes of every value
    desk.follow("Merge with a duplicate")
    desk.follow("Wolds Hopsice")
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Merge Wolds Hopsice into Wolds Hospice?")
    expect(row(desk, "ODS code")).to_contain_text("WLD")
    expect(row(desk, "STP areas")).to_contain_text("Both together")
    desk.sees(f"Nurses of the hospice in {plan.reference} Leading at the end of life")
    desk.fits()
    desk.choose("Which sector stays?", "Voluntary and community")
    desk.save("Merge them")

    # Then the open plan names the one that was kept
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Wolds Hospice")
    expect(desk.page.get_by_role("main")).to_contain_text("Duplicates that were merged")
    desk.fits()
    desk.go(people)
    expect(desk.page.get_by_role("main")).to_contain_text("Wolds Hospice")
    expect(desk.page.get_by_role("main")).not_to_contain_text("Wolds Hopsice")

    # And undoing it brings both back as they were
    desk.go(Organisation.objects.get(name="Wolds Hospice").get_absolute_url())
    desk.follow(re.compile("^Undo"), exact=False)
    expect(desk.page.get_by_role("main")).to_contain_text("is an organisation of its own again")
    desk.fits()
    desk.save("Undo the merge")
    expect(desk.page.get_by_role("main")).to_contain_text("Undone")
    desk.go(people)
    expect(desk.page.get_by_role("main")).to_contain_text("Wolds Hopsice")
    assert Organisation.objects.get(name="Wolds Hopsice").ods_code == "WLD"
