"""Pages on which national admins keep which regions an STP area belongs to; who sees plans follows at once, signed briefs do not move."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertTemplateUsed

from core import keys
from core.models import AuditEvent, RecordVersion
from core.refusals import ActionRefused
from directory import actions, permissions, policies
from directory.models import Footprint, Region
from engagements.enums import EngagementStatus
from engagements.models import Engagement
from tests.engagements.situations import engagement_at
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import LINCOLNSHIRE, a_footprint, a_region
from tests.factories.engagements import EngagementFactory, PlaceFactory
from tests.helpers import as_user, filled, post, soup, submit, text_of

pytestmark = pytest.mark.django_db

LIST = "/manage/areas/"
EDIT = f"/manage/areas/{LINCOLNSHIRE}/"
HISTORY = f"{EDIT}history/"


@pytest.fixture
def admin():
    return NationalAdminFactory(full_name="Kim Ost")


@pytest.fixture
def client(admin):
    return as_user(admin)


def wrong(response):
    """Return what a page complains of."""
    return [item.get_text(strip=True) for item in soup(response).select(".nhsuk-error-summary__list li")]


def can_see(person, engagement):
    """Tell whether an engagement is on somebody's list and its pages open to them."""
    is_listed = Engagement.objects.visible_to(person).filter(pk=engagement.pk).exists()
    is_open = as_user(person).get(engagement.get_absolute_url()).status_code == 200
    assert is_listed is is_open
    return is_open


def test_footprint_list_shows_each_area_with_its_regions(client):
    area = a_footprint()
    area.other_regions.set([a_region("london"), a_region("north-east")])

    response = client.get(reverse("directory:footprint_list"))

    rows = soup(response).select("tbody tr")
    assertTemplateUsed(response, "directory/footprint_list.html")
    assert len(rows) == 44
    row = next(row for row in rows if row["id"] == f"area-{LINCOLNSHIRE}")
    assert [" ".join(cell.get_text().split()) for cell in row.select("td")][:2] == ["East Midlands", "London, North East"]
    assert row.a["href"] == EDIT


@pytest.mark.parametrize(
    "who",
    [
        pytest.param(RegionalAdminFactory, id="regional admin of the area"),
        pytest.param(ConsultantFactory, id="consultant"),
        pytest.param(StpLeadFactory, id="STP lead"),
    ],
)
def test_the_areas_open_to_national_admins_alone(admin, who):
    actions.change_footprint(footprint=a_footprint(), values={"other_names": "Lincs"}, by=admin)
    client = as_user(who())

    for there in (LIST, EDIT, HISTORY, f"{HISTORY}1/"):
        assert client.get(there).status_code == 403, there
    assert post(client, EDIT, {"lead_region": a_region("london").pk}).status_code == 403
    assert post(client, f"{HISTORY}1/").status_code == 403
    assert a_footprint().other_names == "Lincs"


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (NationalAdminFactory, True),
        (RegionalAdminFactory, False),
        (ConsultantFactory, False),
        (StpLeadFactory, False),
    ],
)
def test_can_keep_footprints(who, may):
    assert permissions.can_keep_footprints(who()) is may
    assert permissions.can_keep_footprints(who(left=True)) is False


def test_an_area_that_does_not_exist_is_not_there(client):
    assert client.get("/manage/areas/45/").status_code == 404
    assert client.get(f"/manage/areas/{'9' * 40}/").status_code == 404
    assert client.get(f"{HISTORY}9/").status_code == 404


def test_footprint_edit_changes_regions_and_names_and_the_public_pages_follow(client, admin):
    before = {field: getattr(a_footprint(), field) for field in ("name", "ons_code", "population", "tile_column")}
    london, north_east = a_region("london"), a_region("north-east")
    typed = "Lincs\nGreater  Lincolnshire \n\nlincs\nLincolnshire"

    response = submit(client, EDIT, {"lead_region": london.pk, "other_regions": [north_east.pk], "other_names": typed})

    area = a_footprint()
    assert response.url == f"{LIST}#area-{LINCOLNSHIRE}"
    assert (area.lead_region, list(area.other_regions.all())) == (london, [north_east])
    # Each name once, and not the area's own.
    assert area.other_names == "Lincs | Greater Lincolnshire"
    assert {field: getattr(area, field) for field in before} == before
    assert filled(client, EDIT)["other_names"] == "Lincs\nGreater Lincolnshire"
    assert "Lincolnshire" in text_of(client.get(london.get_absolute_url()))
    assert "Your LDP is London , together with North East" in text_of(client.get("/contacts/", {"q": "greater lincolnshire"}))
    assert AuditEvent.objects.for_trail("areas").get().actor == admin


def test_footprint_edit_refuses_a_lead_region_among_the_others(client):
    lead = a_footprint().lead_region

    response = submit(client, EDIT, {"other_regions": [lead.pk, a_region("london").pk], "other_names": "Lincs"})

    assert wrong(response) == [
        "East Midlands leads this area, so it cannot be among the other regions too. Untick it, or choose another lead region."
    ]
    page = soup(response)
    assert page.select_one("#id_other_names").get_text().strip() == "Lincs"
    assert len(page.select("input[name=other_regions][checked]")) == 2
    assert not a_footprint().other_regions.exists()


def test_footprint_edit_refuses_regions_that_two_people_changed_into_a_contradiction(client):
    london = a_region("london")
    data = filled(client, EDIT)
    other = as_user(NationalAdminFactory())
    submit(other, EDIT, {"lead_region": london.pk})

    response = client.post(EDIT, data | {"other_regions": [london.pk]})

    assert wrong(response) == [
        "London leads this area, so it cannot be among the other regions too. Untick it, or choose another lead region."
    ]
    assert not a_footprint().other_regions.exists()
    assert RecordVersion.objects.of(a_footprint()).first().number == 2


def test_two_national_admins_editing_one_area_see_both_texts_and_lose_neither(client):
    data = filled(client, EDIT)
    submit(as_user(NationalAdminFactory(full_name="Ada Quist")), EDIT, {"other_names": "Theirs"})

    response = client.post(EDIT, data | {"other_names": "Mine"})

    assert "Ada Quist changed “Other names” while you were writing" in text_of(response)
    assert soup(response).select_one("#id_other_names").get_text().strip() == "Mine"
    assert "Theirs" in soup(response).select_one(".app-conflict__theirs").get_text()
    again = filled(client, EDIT, form=1) | {"other_names": "Theirs\nMine", "overwrite-other_names": "mine"}
    again |= {"seen": soup(response).select_one("input[name=seen]")["value"], "action_key": keys.new_key()}
    assert client.post(EDIT, again).status_code == 302
    assert a_footprint().other_names == "Theirs | Mine"


@pytest.mark.parametrize("pk", ["", "0", "x", "9" * 40])
def test_footprint_edit_asks_for_a_lead_region(client, pk):
    response = submit(client, EDIT, {"lead_region": pk})

    assert len(wrong(response)) == 1
    assert a_footprint().lead_region == a_region()


def test_footprint_edit_refuses_more_names_than_there_is_room_for(client):
    response = submit(client, EDIT, {"other_names": "\n".join(f"{number} {'x' * 90}" for number in range(6))})

    assert wrong(response) == ["The other names must be 500 characters or fewer all together."]


def test_footprint_edit_writes_only_what_the_form_asks_for(client):
    over = {"name": "x", "number": 99, "tile_column": 7, "population": 1, "version": 9, "ons_code": "x"}

    submit(client, EDIT, {"other_names": "Lincs", **over})

    area = a_footprint()
    assert (area.name, area.version, area.other_names) == ("Lincolnshire", 2, "Lincs")
    assert area.population != 1


def test_footprint_history_and_footprint_version_lead_back_to_what_it_said(client, admin):
    london = a_region("london")
    actions.change_footprint(
        footprint=a_footprint(), values={"lead_region": london, "other_regions": [a_region()], "other_names": "Lincs"}, by=admin
    )
    history = client.get(HISTORY)
    assertTemplateUsed(history, "directory/footprint_history.html")
    assert "Kim Ost changed STP area Lincolnshire" in text_of(history)
    links = [link["href"] for link in soup(history).select("main a") if link["href"].startswith(HISTORY)]
    assert links == [f"{HISTORY}2/", f"{HISTORY}1/"]
    version = client.get(f"{HISTORY}1/")
    assert "Now: London" in text_of(version)
    # What nobody can change is not in a version.
    keys_shown = [key.get_text() for key in soup(version).select("dt")]
    assert keys_shown == ["Other names", "Lead region", "Other regions"]

    response = submit(client, f"{HISTORY}1/")

    area = a_footprint()
    assert response.url == f"{LIST}#area-{LINCOLNSHIRE}"
    assert (area.lead_region, area.other_names, area.version) == (a_region(), "", 3)
    assert not area.other_regions.exists()


def test_a_consultant_of_a_region_that_is_added_sees_what_touches_the_area_at_once(client):
    consultant = ConsultantFactory(region=a_region("london"))
    engagement = EngagementFactory()
    PlaceFactory(engagement=engagement, footprint=a_footprint(), whole_area=True)
    assert not can_see(consultant, engagement)

    submit(client, EDIT, {"other_regions": [a_region("london").pk]})
    assert can_see(consultant, engagement)

    submit(client, EDIT, {"other_regions": []})
    assert not can_see(consultant, engagement)


def test_a_consultant_of_a_new_lead_region_sees_what_touches_the_area_and_the_old_one_keeps_their_own(client):
    old, new = ConsultantFactory(), ConsultantFactory(region=a_region("london"))
    own = EngagementFactory(lead_region=old.region)
    elsewhere = EngagementFactory(lead_region=a_region("north-east"))
    for engagement in (own, elsewhere):
        PlaceFactory(engagement=engagement, footprint=a_footprint(), whole_area=True)

    submit(client, EDIT, {"lead_region": a_region("london").pk})

    assert [can_see(new, engagement) for engagement in (own, elsewhere)] == [True, True]
    # Engagements keep their own lead region: what is led from the old one stays there, what only touched the area does not.
    assert [can_see(old, engagement) for engagement in (own, elsewhere)] == [True, False]


def test_a_signed_brief_does_not_move_with_the_regions_of_its_area(client, admin):
    engagement = engagement_at(EngagementStatus.AGREED)
    version = engagement.versions.order_by("number").last()
    before = (version.document, version.content_hash)
    region, names = engagement.lead_region, list(Region.objects.values_list("name", flat=True))

    for area in Footprint.objects.all():
        lead = a_region("london") if area.lead_region != a_region("london") else a_region("north-east")
        actions.change_footprint(footprint=area, values={"lead_region": lead, "other_names": "Changed"}, by=admin)

    version.refresh_from_db()
    engagement.refresh_from_db()
    assert (version.document, version.content_hash) == before
    assert engagement.lead_region == region
    assert "Changed" not in str(version.document)
    assert list(Region.objects.values_list("name", flat=True)) == names


def test_what_bars_sharing_an_area():
    london, region = a_region("london"), a_region()

    assert policies.sharing_blockers(london, [region]) == []
    assert policies.sharing_blockers(london, []) == []
    with pytest.raises(ActionRefused, match="London leads this area"):
        actions.change_footprint(
            footprint=a_footprint(), values={"lead_region": london, "other_regions": [london]}, by=NationalAdminFactory()
        )
