"""Pages on which admins keep organisations: who opens them, what they say and refuse."""

import pytest
from django.urls import reverse

from core import versions
from core.models import AuditEvent, FormDraft
from core.refusals import ActionRefused, Blocker
from directory import actions, permissions
from directory.enums import Sector
from directory.models import Organisation, OrganisationMerge
from engagements.enums import EngagementStatus
from tests.directory.merging import again, merge, state
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import OrganisationFactory, a_region
from tests.factories.engagements import ClientLeadFactory, EngagementFactory, ParticipantGroupFactory
from tests.helpers import as_user, filled, post, soup, submit, text_of

pytestmark = pytest.mark.django_db

ROLES = [
    pytest.param(RegionalAdminFactory, True, id="regional admin"),
    pytest.param(lambda: RegionalAdminFactory(region=a_region("london")), True, id="regional admin of another region"),
    pytest.param(NationalAdminFactory, True, id="national admin"),
    pytest.param(ConsultantFactory, False, id="consultant"),
    pytest.param(StpLeadFactory, False, id="STP lead"),
    pytest.param(lambda: RegionalAdminFactory(left=True), False, id="admin who has left"),
]


@pytest.fixture
def by():
    return RegionalAdminFactory()


@pytest.fixture
def hospice():
    return OrganisationFactory(name="Wolds Hospice", other_names="Wolds Home", ods_code="WLD")


def url(view, *args, **query):
    return reverse(f"directory:organisation_{view}", args=[getattr(arg, "pk", arg) for arg in args], query=query)


def errors_of(response):
    return [item.get_text(" ", strip=True) for item in soup(response).select(".nhsuk-error-summary__list li")]


@pytest.mark.parametrize(("person", "may"), ROLES)
def test_can_keep_organisations(person, may):
    assert permissions.can_keep_organisations(person()) == may


@pytest.mark.parametrize(("person", "may"), ROLES[:-1])
def test_every_page_is_for_admins_alone(person, may, hospice, by):
    merged = merge(OrganisationFactory(), OrganisationFactory(), by)
    actions.change_organisation(organisation=hospice, values={"ods_code": "W2"}, by=by)
    client = as_user(person())
    pages = [
        url("list"), url("create"), url("detail", hospice), url("edit", hospice), url("close", hospice),
        url("merge", hospice), url("merge", hospice, **{"with": merged.kept_id}), url("merge_undo", merged),
        url("history", hospice), url("version", hospice, 1),
    ]  # fmt: skip

    assert {client.get(page).status_code for page in pages} == {200 if may else 403}
    assert post(client, url("reopen", hospice)).status_code == (302 if may else 403)
    assert {post(client, url(view, hospice)).status_code for view in ("close", "edit")} == ({302, 200} if may else {403})
    assert again(hospice).is_active != may


def test_strangers_are_sent_to_sign_in(client, hospice):
    for page in (url("list"), url("merge", hospice)):
        assert client.get(page)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("view", ["detail", "edit", "close", "merge", "history", "merge_undo"])
def test_an_organisation_or_merge_that_is_not_there_is_not_found(view, by):
    for pk in (0, 99_999_999, 10**30):
        assert as_user(by).get(url(view, pk)).status_code == 404


@pytest.mark.parametrize("other", ["0", "x", "-1", "9" * 40, "²", "1\x00"])
def test_merge_with_one_that_is_not_there_is_not_found(other, by, hospice):
    assert as_user(by).get(url("merge", hospice, **{"with": other})).status_code == 404


# The list.


def rows_of(response):
    return [" ".join(row.get_text(" ").split()) for row in soup(response).select("tbody tr")]


def test_organisation_list_finds_a_misspelt_and_an_earlier_name_and_says_how(by, hospice):
    client = as_user(by)
    ParticipantGroupFactory.create_batch(2, organisation=hospice)

    misspelt = client.get(url("list", q="wolds hospise"))
    earlier = client.get(url("list", q="wolds home"))

    assert rows_of(misspelt) == ["Wolds Hospice WLD Also Wolds Home NHS None given 2 places"]
    assert "Much like what you typed" in text_of(misspelt)
    assert "Exactly what you typed" in text_of(earlier)
    assert "1 organisation found by “wolds hospise” ." in text_of(misspelt)


def test_organisation_list_is_narrowed_by_sector_area_and_whether_it_is_open(by):
    OrganisationFactory(name="Zyzzyva Home", sector=Sector.CITIZENS, footprints=[13])
    OrganisationFactory(name="Zyzzyva Closed", sector=Sector.CITIZENS, retired=True)
    OrganisationFactory(name="Zyzzyva Merged", sector=Sector.CITIZENS, retired=True, merged_into=OrganisationFactory())
    client = as_user(by)

    def names(**query):
        return [row.split(" Citizens")[0] for row in rows_of(client.get(url("list", **query)))]

    assert names(sector="citizens") == ["Zyzzyva Home"]
    assert names(sector="citizens", closed="on") == ["Zyzzyva Closed Closed", "Zyzzyva Home", "Zyzzyva Merged Merged"]
    assert names(sector="citizens", area="13", q="zyzzyva") == ["Zyzzyva Home"]
    assert names(sector="citizens", area="14") == []


def test_organisation_list_has_pages_of_thirty_and_drops_what_it_does_not_know(by):
    client = as_user(by)

    first, last = client.get(url("list")), client.get(url("list", page="99", sector="martian", q="x\x00y"))

    assert len(rows_of(first)) == 30
    assert 0 < len(rows_of(last)) < 30
    assert "“martian” is not one of its choices" in text_of(last)


def test_organisation_list_with_nothing_to_show_says_the_way_out(by):
    assert "No organisation fits all of this" in text_of(as_user(by).get(url("list", q="qqqq wwww")))


# Adding and changing.


def test_organisation_create_adds_it(by):
    response = submit(
        as_user(by),
        url("create"),
        {"name": " Zyzzyva  Hospice ", "other_names": "One\n two | ONE", "ods_code": "z 1y", "sector": "nhs", "footprints": []},
    )

    made = Organisation.objects.get(name="Zyzzyva Hospice")
    assert response["Location"] == made.get_absolute_url()
    assert (made.other_names, made.ods_code, made.sector) == ("One | two", "Z1Y", "nhs")


def test_organisation_create_asks_before_it_makes_a_second_one(by, hospice):
    client, typed = as_user(by), {"name": "Wolds Hopsice", "sector": "nhs"}

    asked = submit(client, url("create"), typed)

    assert errors_of(asked) == ["Did you mean Wolds Hospice? Choose it, or say that this one is new"]
    assert not Organisation.objects.filter(name="Wolds Hopsice").exists()
    assert post(client, url("create"), typed | {"meant": hospice.pk})["Location"] == hospice.get_absolute_url()
    assert not Organisation.objects.filter(name="Wolds Hopsice").exists()
    assert post(client, url("create"), typed | {"meant": "0"}).status_code == 200
    post(client, url("create"), typed | {"meant": "new"})
    assert Organisation.objects.filter(name="Wolds Hopsice").exists()


def test_organisation_create_posted_twice_adds_one(by):
    client, typed = as_user(by), {"name": "Zyzzyva", "sector": "nhs"}
    data = filled(client, url("create")) | typed
    data.pop("csrfmiddlewaretoken", None)

    answers = {client.post(url("create"), data)["Location"] for _ in range(2)}

    assert len(answers) == 1
    assert Organisation.objects.filter(name="Zyzzyva").count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param({"name": ""}, "Enter the name of the organisation", id="no name"),
        pytest.param({"name": "Wolds  HOSPICE"}, "There is an organisation with this name already.", id="known name"),
        pytest.param({"name": "A | B"}, "Enter the name without the sign |, which parts one name from another", id="two names"),
        pytest.param({"name": "n" * 201}, "“Name” must be 200 characters or fewer. You have typed 201.", id="long name"),
        pytest.param({"name": "Zy\x07x"}, "There is a hidden character after “Zy” that cannot be printed. Delete it there and type the words again.", id="hidden character"),
        pytest.param({"other_names": "x" * 501}, "The other and earlier names are longer than 500 characters together. Take out those that nobody uses any more.", id="long other names"),
        pytest.param({"ods_code": "0-D"}, "Enter the ODS code with letters and numbers only, such as 04D", id="odd code"),
        pytest.param({"ods_code": "wld"}, "There is an organisation with this ODS code already.", id="known code"),
        pytest.param({"sector": "martian"}, "Select a valid choice. martian is not one of the available choices.", id="unknown sector"),
        pytest.param({"footprints": ["999999"]}, "Something you ticked is not there any more. Look at the list and choose again.", id="unknown area"),
    ],
)  # fmt: skip
def test_organisation_create_says_what_to_type_and_keeps_what_was_typed(by, hospice, typed, said):
    response = post(as_user(by), url("create"), {"name": "Zyzzyva", "sector": "nhs"} | typed)

    assert errors_of(response) == [said]
    assert Organisation.objects.filter(ods_code="").exclude(pk=hospice.pk).count() == 0
    page = soup(response)
    if typed.get("name"):
        assert page.find(id="id_name")["value"] == typed["name"]


def test_organisation_edit_shows_each_name_on_its_line_and_keeps_the_earlier_name(by, hospice):
    client = as_user(by)
    shown = filled(client, url("edit", hospice))

    response = submit(client, url("edit", hospice), {"name": "Fenland Hospice"})

    assert (shown["other_names"], shown["ods_code"]) == ("Wolds Home", "WLD")
    assert response["Location"] == hospice.get_absolute_url()
    assert state(hospice)[:4] == ("Fenland Hospice", "WLD", Sector.NHS, "Wolds Home | Wolds Hospice")
    assert "Wolds Home | Wolds Hospice" not in text_of(client.get(hospice.get_absolute_url()))


def test_organisation_edit_of_two_shows_both_texts(by, hospice):
    client = as_user(by)
    mine = filled(client, url("edit", hospice)) | {"other_names": "Mine"}
    colleague = RegionalAdminFactory(full_name="Ada Colleague")
    actions.change_organisation(organisation=hospice, values={"other_names": "Theirs | And theirs"}, by=colleague)

    mine.pop("csrfmiddlewaretoken", None)
    clash = client.post(url("edit", hospice), mine)

    assert soup(clash).select_one(".app-conflict__theirs").get_text("\n", strip=True) == "Theirs\nAnd theirs"
    assert "Ada Colleague changed this" in text_of(clash)
    assert again(hospice).other_names == "Theirs | And theirs"


def test_organisation_edit_posts_nothing_but_its_fields(by, hospice):
    kept = OrganisationFactory()

    submit(as_user(by), url("edit", hospice), {"is_active": "", "merged_into": kept.pk, "version": "77", "id": kept.pk})

    stands = again(hospice)
    assert (stands.is_active, stands.merged_into, stands.version) == (True, None, 1)


def test_a_merged_organisation_has_no_form_and_says_where_it_went(by, hospice):
    kept = OrganisationFactory(name="Fenland Hospice")
    merge(kept, hospice, by)
    client = as_user(by)

    assert "was merged into Fenland Hospice" in text_of(client.get(hospice.get_absolute_url()))
    for view in ("edit", "close"):
        page = client.get(url(view, hospice))
        assert "Wolds Hospice was merged into Fenland Hospice" in text_of(page)
        assert not soup(page).select("main form")
    refused = post(client, url("reopen", hospice), follow=True)
    assert "Undo the merge instead" in text_of(refused)


def test_hostile_names_are_shown_as_text(by):
    organisation = OrganisationFactory(name="<script>alert(1)</script>", other_names="<b>x | {{ 7 }} | \u202eevil")
    client = as_user(by)

    for page in ("detail", "edit", "close", "merge", "history"):
        answer = client.get(url(page, organisation))
        assert "<script>alert(1)" not in answer.content.decode()
        assert answer.status_code == 200


# Closing and history.


def test_organisation_close_says_in_how_many_open_plans_it_stands_and_closes(by, hospice):
    for status in (EngagementStatus.CO_DESIGN, EngagementStatus.AGREED, EngagementStatus.CLOSED):
        ParticipantGroupFactory(engagement=EngagementFactory(status=status), organisation=hospice)
    client = as_user(by)

    page = client.get(url("close", hospice))
    response = submit(client, url("close", hospice))

    assert "It is named in 2 open plans." in text_of(page)
    assert response["Location"] == hospice.get_absolute_url()
    assert not again(hospice).is_active
    assert "marked as closed" in text_of(client.get(url("history", hospice)))
    post(client, url("reopen", hospice))
    assert again(hospice).is_active


def test_organisation_close_leads_to_a_successor(by, hospice):
    page = soup(as_user(by).get(url("close", hospice)))

    link = page.find("a", string="Merge it into that one")
    assert link["href"] == url("merge", hospice, keep="other")
    assert "Which organisation took the place of" in text_of(as_user(by).get(link["href"]))


def test_organisation_version_goes_back(by, hospice):
    client = as_user(by)
    actions.change_organisation(organisation=hospice, values={"sector": Sector.PRIVATE, "footprints": [13]}, by=by)

    response = submit(client, url("version", hospice, 1))

    assert response["Location"] == url("history", hospice)
    assert (again(hospice).sector, again(hospice).version) == (Sector.NHS, 3)
    assert client.get(url("version", hospice, 9)).status_code == 404


def test_organisation_version_of_a_merged_one_can_only_be_read(by, hospice):
    merge(OrganisationFactory(), hospice, by)
    client = as_user(by)

    page = client.get(url("version", hospice, 1))
    post(client, url("version", hospice, 1))

    assert not soup(page).select("main form")
    assert again(hospice).merged_into is not None


# Merging.


def test_organisation_merge_offers_what_has_a_name_like_any_of_its_own(by, hospice):
    near, earlier = OrganisationFactory(name="Wolds Hospise"), OrganisationFactory(name="Wold Home")
    OrganisationFactory(name="Wolds Hopsice", retired=True, merged_into=hospice)
    client = as_user(by)

    offered = soup(client.get(url("merge", hospice))).select("main .nhsuk-list--border a")
    found = soup(client.get(url("merge", hospice, q="wold hom"))).select("main .nhsuk-list--border a")

    assert {link["href"] for link in offered} == {url("merge", hospice, **{"with": row.pk}) for row in (near, earlier)}
    assert [link.get_text() for link in found] == ["Wold Home"]
    assert "No other organisation is found by" in text_of(client.get(url("merge", hospice, q="qqqq")))


def test_organisation_merge_previews_every_value_and_mention_and_hides_what_may_not_be_seen(by, hospice):
    dropped = OrganisationFactory(name="Wolds Hopsice", sector=Sector.PRIVATE, footprints=[13])
    own, secret = EngagementFactory(), EngagementFactory(lead_region=a_region("london"), title="Canary")
    for engagement in (own, secret):
        ParticipantGroupFactory(engagement=engagement, organisation=dropped, name="Group")
    signed = EngagementFactory(status=EngagementStatus.AGREED)
    ClientLeadFactory(engagement=signed, organisation=dropped, user__full_name="Lena Lead")

    page = as_user(by).get(url("merge", hospice, **{"with": dropped.pk}))

    said = text_of(page)
    assert "Canary" not in page.content.decode()
    assert secret.reference not in page.content.decode()
    assert f"Groups of participants: 2 Group in {own.reference} {own.title} 1 more that you cannot open" in said
    assert f"Lena Lead in {signed.reference} {signed.title} (agreed)" in said
    assert "What was submitted or signed reads exactly as it does now" in said
    rows = {row.th.get_text(strip=True): row.get_text(" ", strip=True) for row in soup(page).select("tbody tr")}
    assert rows["Name"] == "Name Wolds Hospice Wolds Hopsice You choose below. The other becomes an earlier name."
    assert rows["ODS code"] == "ODS code WLD Empty WLD"
    assert rows["STP areas"] == "STP areas Empty Lincolnshire Lincolnshire Both together"


def test_organisation_merge_merges_and_its_undo_restores(by, hospice):
    dropped = OrganisationFactory(name="Wolds Hopsice", sector=Sector.PRIVATE)
    group = ParticipantGroupFactory(organisation=dropped)
    before = (state(hospice), state(dropped))
    client = as_user(by)

    response = submit(client, url("merge", hospice, **{"with": dropped.pk}), {"sector": "dropped"})

    assert response["Location"] == hospice.get_absolute_url()
    assert again(hospice).sector == Sector.PRIVATE
    group.refresh_from_db()
    assert group.organisation == hospice
    merged = OrganisationMerge.objects.get()
    detail = client.get(hospice.get_absolute_url())
    assert soup(detail).find("a", href=url("merge_undo", merged))

    page = client.get(url("merge_undo", merged))
    undone = submit(client, url("merge_undo", merged))

    assert "is an organisation of its own again" in text_of(page)
    assert "Sector of Wolds Hospice : NHS" in text_of(page)
    assert undone["Location"] == hospice.get_absolute_url()
    assert (state(hospice), state(dropped)) == before
    assert "has been undone already" in text_of(client.get(url("merge_undo", merged)))
    assert "has been undone already" in text_of(post(client, url("merge_undo", merged)))


def test_organisation_merge_can_keep_the_other(by, hospice):
    other = OrganisationFactory(name="Fenland Hospice")

    submit(as_user(by), url("merge", hospice, **{"with": other.pk, "keep": "other"}))

    assert again(hospice).merged_into == other


def test_organisation_merge_shows_the_preview_again_where_something_changed(by, hospice):
    dropped = OrganisationFactory(name="Wolds Hopsice")
    client, address = as_user(by), url("merge", hospice, **{"with": dropped.pk})
    data = filled(client, address)
    data.pop("csrfmiddlewaretoken", None)
    ParticipantGroupFactory(organisation=dropped, engagement=EngagementFactory(), name="Came late")

    refused = client.post(address, data)

    assert errors_of(refused) == [
        "Something has changed since you looked at this. Look again: what you see now is what would be done."
    ]
    assert "Came late" in text_of(refused)
    assert again(dropped).merged_into is None
    # The page that is shown now can be sent, and so can the one that is opened again later.
    assert FormDraft.objects.exists()
    assert submit(client, address, form=1).status_code == 302
    assert again(dropped).merged_into == hospice


@pytest.mark.parametrize(
    ("make", "said"),
    [
        pytest.param(lambda kept, by: kept, "An organisation cannot be merged with itself", id="itself"),
        pytest.param(
            lambda kept, by: merge(OrganisationFactory(name="Elsewhere"), OrganisationFactory(name="Gone"), by).dropped,
            "Gone was merged into Elsewhere",
            id="merged already",
        ),
    ],
)
def test_organisation_merge_that_cannot_be_is_explained(by, hospice, make, said):
    other = make(hospice, by)
    client, address = as_user(by), url("merge", hospice, **{"with": other.pk})

    page, refused = client.get(address), post(client, address)

    assert said in text_of(page)
    assert not soup(page).select("main form[method=post]")
    assert said in text_of(refused)
    assert OrganisationMerge.objects.filter(kept=hospice).count() == 0


def test_organisation_merge_posted_without_another_does_nothing(by, hospice):
    assert post(as_user(by), url("merge", hospice)).status_code == 200
    assert not AuditEvent.objects.exists()


def test_organisation_merge_undo_names_what_stays(by, hospice):
    dropped = OrganisationFactory(name="Wolds Hopsice")
    engagement = EngagementFactory()
    group = ParticipantGroupFactory(organisation=dropped, engagement=engagement, name="Nurses")
    moved = ParticipantGroupFactory(organisation=dropped, engagement=engagement, name="Doctors")
    merged = merge(hospice, dropped, by)
    moved.delete()
    engagement.status = EngagementStatus.AGREED
    engagement.save()
    actions.change_organisation(organisation=hospice, values={"other_names": "Another"}, by=by)

    said = text_of(as_user(by).get(url("merge_undo", merged)))

    assert "Other and earlier names of Wolds Hospice was changed since: Another" in said
    assert "1 of what was moved has been removed since." in said
    assert f"Nurses in {engagement.reference} {engagement.title} (agreed)" in said
    assert group.organisation_id == dropped.pk


def test_organisation_merge_undo_whose_areas_are_gone_is_explained(by, hospice, monkeypatch):
    merged = merge(hospice, OrganisationFactory(name="Wolds Hopsice", footprints=[13]), by)

    def gone(*args):
        raise ActionRefused([Blocker("Something under “STP areas” in that version is not there any more.")])

    monkeypatch.setattr(versions, "values_of", gone)

    assert "is not there any more" in text_of(as_user(by).get(url("merge_undo", merged)))
