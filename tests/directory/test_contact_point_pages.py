"""Pages on which admins keep true how their LDP can be reached."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertTemplateUsed

from core import audit, keys
from core.models import AuditEvent, FormDraft, RecordVersion
from core.records import mark_of
from core.refusals import ActionRefused
from directory import actions, permissions, policies
from directory.enums import CHECKED_FOR_DAYS, ContactKind
from directory.models import ContactPoint, Region
from directory.policies.contacts import CHANGED_MEANWHILE, NO_TELEPHONE, REMOVED_MEANWHILE
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import ContactPointFactory, RegionFactory, a_region
from tests.helpers import as_user, draft_fields, filled, post, soup, submit, text_of

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script> {{ 7|add:7 }} '\"; DROP TABLE"


@pytest.fixture
def region():
    """Return a region with three contact points: a telephone, an email address and a website."""
    region = RegionFactory(name="Wolds", slug="wolds")
    ContactPointFactory(region=region, kind=ContactKind.TELEPHONE, value="0115 496 0123", label="Front desk", position=4)
    ContactPointFactory(region=region, kind=ContactKind.EMAIL, value="ldp@example.nhs.uk", position=7)
    ContactPointFactory(region=region, kind=ContactKind.WEBSITE, value="www.example.nhs.uk", position=9)
    return region


@pytest.fixture
def admin(region):
    return RegionalAdminFactory(region=region, full_name="Sam Hale")


@pytest.fixture
def client(admin):
    return as_user(admin)


def url(view, *args):
    return reverse(f"directory:{view}", args=args)


def points(region):
    return list(region.contact_points.in_order())


def values(region):
    return [point.value for point in points(region)]


def wrong(response):
    """Return what a page complains of."""
    return [item.get_text(strip=True) for item in soup(response).select(".nhsuk-error-summary__list li")]


def typed_again(client, there):
    """Return what the form of a page holds that has a draft: the form before it would let go of that."""
    return filled(client, there, form=1)


# The list.


def test_contact_point_list_sends_a_regional_admin_to_their_own_region(client, region):
    response = client.get("/manage/contacts/")

    assert response.status_code == 302
    assert response.url == "/manage/contacts/wolds/"


def test_contact_point_list_lets_a_national_admin_choose_a_region(region):
    checked = ContactPointFactory(region=RegionFactory(name="Fens"), last_checked_on=timezone.localdate()).region
    empty = RegionFactory(name="Empty quarter")

    response = as_user(NationalAdminFactory()).get("/manage/contacts/")

    rows = {row.a.get_text(): row.select_one(".app-quiet").get_text() for row in soup(response).select(".app-people__person")}
    assertTemplateUsed(response, "directory/contact_point_list.html")
    assert len(rows) == Region.objects.count()
    assert rows["Wolds"] == f"3 contact points, 3 not checked for {CHECKED_FOR_DAYS} days"
    assert rows[checked.name] == "1 contact point, all checked"
    assert rows[empty.name] == "0 contact points"


def test_contact_point_list_shows_the_lines_in_their_order_with_who_checked_them(client, region, admin):
    today = timezone.localdate()
    middle = points(region)[1]
    ContactPoint.objects.filter(pk=middle.pk).update(last_checked_on=today, last_checked_by=admin)

    response = client.get(url("contact_point_list", "wolds"))

    rows = soup(response).select(".app-sorted__row")
    words = [" ".join(row.get_text(" ").split()) for row in rows]
    assert [row.select_one(".app-sorted__value").get_text(strip=True) for row in rows] == values(region)
    assert "Telephone: Front desk" in words[0]
    assert "Not yet checked" in words[0]
    assert f"Last checked on {today.day} " in words[1]
    assert "by Sam Hale" in words[1]
    assert ["To check" in row for row in words] == [True, False, True]
    assert "2 of 3 have not been checked for 30 days" in text_of(response)


def test_contact_point_list_of_a_region_without_any_says_what_that_means(admin, region):
    for point in points(region):
        actions.remove_contact_point(point=point, by=admin)

    words = text_of(as_user(admin).get(url("contact_point_list", "wolds")))

    assert "There is no contact point yet" in words
    assert "All of these are right" not in words


@pytest.mark.parametrize(("days", "is_old"), [(CHECKED_FOR_DAYS, True), (CHECKED_FOR_DAYS - 1, False)])
def test_a_contact_point_is_to_be_checked_again_after_thirty_days(region, days, is_old):
    today = timezone.localdate()
    point = ContactPointFactory(last_checked_on=today - timedelta(days=days))

    assert point.is_to_check(today) is is_old
    assert ContactPoint.objects.to_check(today).filter(pk=point.pk).exists() is is_old


# Who may.


PAGES = [
    ("contact_point_list", ()),
    ("contact_point_create", ()),
    ("contacts_history", ()),
    ("contact_point_edit", ("pk",)),
    ("contact_point_remove", ("pk",)),
    ("contact_point_history", ("pk",)),
    ("contact_point_version", ("pk", 1)),
]
POSTS = [
    ("contacts_check", ()),
    ("contact_point_reorder", ()),
    ("contact_point_check", ("pk",)),
    ("contact_point_move", ("pk", "up")),
]
PEOPLE = [
    pytest.param(lambda region: RegionalAdminFactory(region=region), 200, id="own admin"),
    pytest.param(lambda region: NationalAdminFactory(), 200, id="national admin"),
    pytest.param(lambda region: RegionalAdminFactory(), 404, id="admin of another region"),
    pytest.param(lambda region: ConsultantFactory(region=region), 403, id="consultant of the region"),
    pytest.param(lambda region: ConsultantFactory(), 403, id="consultant of another region"),
    pytest.param(lambda region: StpLeadFactory(), 403, id="STP lead"),
]


@pytest.mark.parametrize(("who", "status"), PEOPLE)
def test_the_pages_open_to_admins_of_the_region_and_to_nobody_else(region, admin, who, status):
    point = points(region)[1]
    actions.change_contact_point(point=point, values={"label": "Post room"}, by=admin)
    client = as_user(who(region))
    before = values(region)

    for view, args in PAGES:
        there = url(view, "wolds", *(point.pk if arg == "pk" else arg for arg in args))
        assert client.get(there).status_code == status, there
    for view, args in POSTS:
        there = url(view, "wolds", *(point.pk if arg == "pk" else arg for arg in args))
        assert client.get(there).status_code == 405, there
        assert post(client, there).status_code == (302 if status == 200 else status), there
    if status != 200:
        assert values(region) == before
        assert ContactPoint.objects.filter(region=region, last_checked_on=None).exists()


@pytest.mark.parametrize("view", [view for view, args in [*PAGES, *POSTS] if args])
def test_a_contact_point_of_another_region_is_not_there_below_ones_own(client, region, view):
    other = ContactPointFactory(value="0115 496 0999")
    args = dict([*PAGES, *POSTS])[view]

    there = url(view, "wolds", *(other.pk if arg == "pk" else arg for arg in args))

    assert (post(client, there) if (view, args) in POSTS else client.get(there)).status_code == 404


def test_a_region_or_a_line_that_does_not_exist_is_not_there(client):
    assert client.get("/manage/contacts/nowhere/").status_code == 404
    assert client.get(f"/manage/contacts/wolds/{10**17}/").status_code == 404
    assert client.get(f"/manage/contacts/wolds/{'9' * 40}/").status_code == 404


def test_the_contacts_ask_strangers_to_sign_in(client, region, django_user_model):
    client.logout()

    assert client.get("/manage/contacts/wolds/").url.startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("who", "may"),
    [
        pytest.param(lambda region: RegionalAdminFactory(region=region), True, id="own admin"),
        pytest.param(lambda region: RegionalAdminFactory(region=region, left=True), False, id="own admin who left"),
        pytest.param(lambda region: RegionalAdminFactory(), False, id="another admin"),
        pytest.param(lambda region: NationalAdminFactory(), True, id="national admin"),
        pytest.param(lambda region: ConsultantFactory(region=region), False, id="consultant"),
        pytest.param(lambda region: StpLeadFactory(), False, id="STP lead"),
    ],
)
def test_can_keep_contacts(region, who, may):
    assert permissions.can_keep_contacts(who(region), region) is may


# Adding.


@pytest.mark.parametrize(
    ("kind", "typed", "label", "kept"),
    [
        ("telephone", "+44 (0)115 496 0199 x7", "Out of hours", "0115 496 0199 ext 7"),
        ("email", " Team@example.nhs.uk ", "", "Team@example.nhs.uk"),
        ("website", "www.example.nhs.uk/leadership", "", "www.example.nhs.uk/leadership"),
        ("person", "Jo Bloggs", "Programme manager", "Jo Bloggs"),
    ],
)
def test_contact_point_create_adds_a_line_at_the_end_which_is_checked_today(client, region, admin, kind, typed, label, kept):
    response = submit(client, url("contact_point_create", "wolds"), {"kind": kind, "value": typed, "label": label})

    point = points(region)[-1]
    assert response.url == f"/manage/contacts/wolds/#contact-{point.pk}"
    assert (point.kind, point.value, point.label) == (kind, kept, label)
    assert (point.last_checked_on, point.last_checked_by) == (timezone.localdate(), admin)
    event = AuditEvent.objects.for_trail("contacts:wolds").get()
    assert (event.actor, event.verb, event.subject_label) == (admin, "added", f"contact point {kept}")
    assert RecordVersion.objects.of(point).get().event == event


def test_contact_point_create_asks_for_what_is_missing(client, region):
    response = submit(client, url("contact_point_create", "wolds"), {})

    assert wrong(response) == ["Choose telephone, email, website or person", "Enter the number, address or name"]
    assert len(points(region)) == 3


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("telephone", "0115 RING US", "Enter a telephone number, such as 0115 496 0123"),
        ("email", "front desk@example.nhs.uk", "Enter the email address without spaces, such as name@example.nhs.uk"),
        ("email", "example.nhs.uk", "Enter an email address, such as name@example.nhs.uk"),
        ("website", "example .nhs.uk", "Enter the web address without spaces, such as www.example.nhs.uk"),
        ("website", "our-page", "Enter a web address, such as www.example.nhs.uk"),
        ("telephone", "x" * 201, "“Number, address or name” must be 200 characters or fewer. You have typed 201."),
    ],
)
def test_contact_point_create_says_what_to_type_and_keeps_what_was_typed(client, region, kind, typed, said):
    there = url("contact_point_create", "wolds")

    response = submit(client, there, {"kind": kind, "value": typed, "label": "Front desk"})

    assert wrong(response) == [said]
    page = soup(response)
    assert page.select_one("#id_value")["value"] == typed
    assert page.select_one("#id_label")["value"] == "Front desk"
    assert page.select_one(f"input[value={kind}]").has_attr("checked")
    assert len(points(region)) == 3
    # It is still there when the page is opened again.
    assert typed_again(client, there)["value"] == typed


def test_contact_point_create_asks_what_a_person_does(client, region):
    response = submit(client, url("contact_point_create", "wolds"), {"kind": "person", "value": "Jo Bloggs", "label": " "})

    assert wrong(response) == ["Enter what the person does, such as Programme manager"]


def test_contact_point_create_refuses_what_the_region_has_already_however_it_is_written(client, region):
    response = submit(client, url("contact_point_create", "wolds"), {"kind": "telephone", "value": "+44 115 4960123"})

    assert wrong(response) == ["Wolds has “0115 496 0123” among its contact points already."]
    assert typed_again(client, url("contact_point_create", "wolds"))["value"] == "+44 115 4960123"
    assert len(points(region)) == 3


def test_contact_point_create_takes_what_another_region_has(client, region):
    ContactPointFactory(region=a_region(), value="0115 496 0777")

    submit(client, url("contact_point_create", "wolds"), {"kind": "telephone", "value": "0115 496 0777"})

    assert values(region)[-1] == "0115 496 0777"


def test_contact_point_create_writes_only_what_the_form_asks_for(client, region, admin):
    other = a_region()
    over = {"region": other.pk, "position": 1, "version": 99, "last_checked_on": "2001-01-01", "last_checked_by": "", "id": 1}

    submit(client, url("contact_point_create", "wolds"), {"kind": "telephone", "value": "0115 496 0777", **over})

    point = ContactPoint.objects.get(value="0115 496 0777")
    assert (point.region, point.version, point.last_checked_on) == (region, 1, timezone.localdate())
    assert point.position > 9


def test_contact_point_create_posted_twice_adds_once(client, region):
    there = url("contact_point_create", "wolds")
    data = filled(client, there) | {"kind": "telephone", "value": "0115 496 0777"}

    answers = [client.post(there, data) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert len(points(region)) == 4


def test_contact_points_show_hostile_text_as_it_is(client, region):
    data = {"kind": "person", "value": HOSTILE, "label": HOSTILE[:100]}
    submit(client, url("contact_point_create", "wolds"), data)
    point = points(region)[-1]

    there = [
        url("contact_point_list", "wolds"),
        url("contact_point_remove", "wolds", point.pk),
        url("contacts_history", "wolds"),
        url("contact_point_history", "wolds", point.pk),
        region.get_absolute_url(),
    ]
    for page in (client.get(address) for address in there):
        assert HOSTILE in text_of(page)
        assert not soup(page).find("script", string=lambda text: text and "alert" in text)


# Changing.


def test_contact_point_edit_changes_a_line_which_counts_as_checked_that_day(client, region, admin):
    point = points(region)[0]

    response = submit(client, url("contact_point_edit", "wolds", point.pk), {"value": "0115 496 0124 ext 3"})

    point.refresh_from_db()
    assert response.url == f"/manage/contacts/wolds/#contact-{point.pk}"
    assert (point.value, point.label, point.version) == ("0115 496 0124 ext 3", "Front desk", 2)
    assert (point.last_checked_on, point.last_checked_by) == (timezone.localdate(), admin)
    assert [version.number for version in RecordVersion.objects.of(point)] == [2, 1]


def test_contact_point_edit_of_a_label_is_no_check(client, region):
    point = points(region)[0]

    submit(client, url("contact_point_edit", "wolds", point.pk), {"label": "Reception"})

    point.refresh_from_db()
    assert (point.label, point.last_checked_on) == ("Reception", None)


def test_contact_point_edit_leaves_a_number_as_it_was_written_where_it_is_not_touched(client, region):
    point = ContactPointFactory(region=region, value="01223 597 562")

    submit(client, url("contact_point_edit", "wolds", point.pk), {"label": "Reception"})

    point.refresh_from_db()
    assert (point.value, point.label) == ("01223 597 562", "Reception")


def test_contact_point_edit_holds_a_line_to_its_new_kind(client, region):
    point = points(region)[0]

    response = submit(client, url("contact_point_edit", "wolds", point.pk), {"kind": "email"})

    assert wrong(response) == ["Enter an email address, such as name@example.nhs.uk"]
    assert soup(response).h1.get_text() == "Change a contact point"
    assert soup(response).select_one("main .nhsuk-body-l").get_text() == "0115 496 0123"


def test_contact_point_edit_refuses_what_stands_on_another_line(client, region):
    ContactPointFactory(region=region, value="01223 597 562")
    point = points(region)[0]

    response = submit(client, url("contact_point_edit", "wolds", point.pk), {"value": "01223 597562"})

    assert wrong(response) == ["Wolds has “01223 597 562” among its contact points already."]
    point.refresh_from_db()
    assert (point.value, point.last_checked_on, point.version) == ("0115 496 0123", None, 1)


def test_two_admins_editing_one_contact_point_see_both_texts_and_lose_neither(client, region):
    other = NationalAdminFactory(full_name="Kim Ost")
    point = points(region)[0]
    there = url("contact_point_edit", "wolds", point.pk)
    mine = filled(client, there)
    submit(as_user(other), there, {"value": "0115 496 0200", "label": "Theirs"})

    response = client.post(there, mine | {"value": "0115 496 0300"})

    page = text_of(response)
    assert "Kim Ost changed “Number, address or name” while you were writing" in page
    assert soup(response).select_one("#id_value")["value"] == "0115 496 0300"
    assert "0115 496 0200" in soup(response).select_one(".app-conflict__theirs").get_text()
    again = typed_again(client, there) | {"overwrite-value": "mine"}
    again |= {"seen": soup(response).select_one("input[name=seen]")["value"], "action_key": keys.new_key()}
    assert client.post(there, again).status_code == 302
    point.refresh_from_db()
    # The label, which only the other one touched, stays theirs.
    assert (point.value, point.label) == ("0115 496 0300", "Theirs")


def test_contact_point_edit_of_a_line_that_was_removed_meanwhile_keeps_what_was_typed(client, region, admin):
    point = points(region)[0]
    there = url("contact_point_edit", "wolds", point.pk)
    data = filled(client, there) | {"value": "0115 496 0300"} | draft_fields(admin, there)
    actions.remove_contact_point(point=point, by=admin)

    assert client.post(there, data).status_code == 404
    assert FormDraft.objects.get(subject=there).data["value"] == ["0115 496 0300"]
    with pytest.raises(ActionRefused, match=REMOVED_MEANWHILE):
        actions.change_contact_point(point=point, values={"label": "x"}, by=admin)


# Removing.


def test_contact_point_remove_asks_and_takes_a_line_away(client, region):
    point = points(region)[0]
    there = url("contact_point_remove", "wolds", point.pk)
    assert "Remove this contact point?" in text_of(client.get(there))

    response = submit(client, there)

    assert response.url == "/manage/contacts/wolds/"
    assert values(region) == ["ldp@example.nhs.uk", "www.example.nhs.uk"]
    history = text_of(client.get(url("contacts_history", "wolds")))
    assert "Sam Hale removed contact point 0115 496 0123" in history
    assert "Taken out: 0115 496 0123" in history


def test_contact_point_remove_of_what_is_gone_says_so(client, region, monkeypatch):
    point = points(region)[0]

    def refuse(**values):
        raise ActionRefused(policies.seen_blockers([], "another"))

    monkeypatch.setattr(actions, "remove_contact_point", refuse)
    response = post(client, url("contact_point_remove", "wolds", point.pk))

    assert response.status_code == 200
    assert CHANGED_MEANWHILE in text_of(response)


# The order (P49).


@pytest.mark.parametrize(
    ("place", "direction", "order"),
    [(1, "up", [1, 0, 2]), (1, "down", [0, 2, 1]), (0, "up", [0, 1, 2]), (2, "down", [0, 1, 2])],
)
def test_p49_contact_point_move_moves_a_line_by_a_button_and_comes_back_to_it(client, region, place, direction, order):
    before = points(region)

    response = post(client, url("contact_point_move", "wolds", before[place].pk, direction))

    assert points(region) == [before[number] for number in order]
    assert response.url == f"/manage/contacts/wolds/#contact-{before[place].pk}"
    row = soup(client.get(response.url)).find(id=f"contact-{before[place].pk}")
    # Whoever works by keyboard goes on from the row that was moved.
    assert row["tabindex"] == "-1"


def test_p49_every_line_has_a_button_for_each_way_that_it_can_go(client, region):
    rows = soup(client.get(url("contact_point_list", "wolds"))).select(".app-sorted__row")

    labels = [[button.get_text().split()[1] for button in row.select("button") if "Move" in button.get_text()] for row in rows]
    assert labels == [["down"], ["up", "down"], ["up"]]


def order_form(client):
    """Return the address of the form that a script sends, and the order that the page shows."""
    page = soup(client.get(url("contact_point_list", "wolds")))
    return page.select_one("[data-sorting-form] form")["action"], [row["data-key"] for row in page.select("[data-key]")]


def test_contact_point_reorder_keeps_an_order_and_the_public_page_follows(client, region):
    there, shown = order_form(client)

    response = post(client, there, {"order": shown[::-1], "moved": shown[0]})

    assert response.url == f"/manage/contacts/wolds/#contact-{shown[0]}"
    assert values(region) == ["www.example.nhs.uk", "ldp@example.nhs.uk", "0115 496 0123"]
    public = soup(client.get(region.get_absolute_url())).select(".app-contact dd a")
    assert [link.get_text() for link in public] == values(region)
    event = AuditEvent.objects.for_trail("contacts:wolds").get()
    assert (event.verb, event.subject_label) == ("reordered", "the contact points of Wolds")
    assert event.changes[0]["new"] == "www.example.nhs.uk; ldp@example.nhs.uk; 0115 496 0123"


def test_contact_point_reorder_is_no_change_where_the_order_is_the_same(client, region):
    there, shown = order_form(client)

    post(client, there, {"order": shown})

    assert not AuditEvent.objects.exists()
    assert {point.version for point in points(region)} == {1}


@pytest.mark.parametrize("change", ["add", "remove", "edit", "move"])
def test_contact_point_reorder_is_refused_in_words_where_lines_have_changed_meanwhile(client, region, admin, change):
    there, shown = order_form(client)
    first = points(region)[0]
    match change:
        case "add":
            ContactPointFactory(region=region, value="0115 496 0777")
        case "remove":
            actions.remove_contact_point(point=first, by=admin)
        case "edit":
            actions.change_contact_point(point=first, values={"value": "0115 496 0124"}, by=admin)
        case "move":
            actions.move_contact_point(point=first, is_up=False, by=admin)
    before = values(region)

    response = post(client, there, {"order": shown[::-1]}, follow=True)

    assert CHANGED_MEANWHILE in text_of(response)
    assert values(region) == before


@pytest.mark.parametrize(
    "order",
    [[], ["1"], ["x", "y", "z"], ["0", "0", "0"], ["9" * 40] * 3, ["²", "³", "¹"], ["-1", "-2", "-3"]],
)
def test_contact_point_reorder_refuses_what_is_no_order_of_these_lines(client, region, order):
    before = values(region)

    response = post(client, url("contact_point_reorder", "wolds"), {"order": order, "moved": "x"}, follow=True)

    assert CHANGED_MEANWHILE in text_of(response)
    assert values(region) == before


def test_contact_point_reorder_refuses_a_line_twice_and_a_line_of_another_region(client, region):
    keys_of = [point.pk for point in points(region)]
    other = ContactPointFactory()

    for order in ([keys_of[0], keys_of[0], keys_of[1]], [*keys_of[:2], other.pk], [*keys_of, other.pk], keys_of[:2]):
        assert CHANGED_MEANWHILE in text_of(post(client, url("contact_point_reorder", "wolds"), {"order": order}, follow=True))
    assert [point.pk for point in points(region)] == keys_of


# Last checked.


def test_contact_point_check_says_that_one_line_is_right(client, region, admin):
    first, second, _ = points(region)
    form = soup(client.get(url("contact_point_list", "wolds"))).select_one(f"#contact-{second.pk} form[action*=check]")

    response = post(client, form["action"])

    assert response.url == f"/manage/contacts/wolds/#contact-{second.pk}"
    second.refresh_from_db()
    first.refresh_from_db()
    assert (second.last_checked_on, second.last_checked_by, second.version) == (timezone.localdate(), admin, 1)
    assert first.last_checked_on is None
    assert [event.verb for event in AuditEvent.objects.for_trail("contacts:wolds")] == ["checked"]


def test_contact_point_check_is_refused_in_words_where_the_line_says_something_else_by_now(client, region):
    point = points(region)[1]
    form = soup(client.get(url("contact_point_list", "wolds"))).select_one(f"#contact-{point.pk} form[action*=check]")
    other = NationalAdminFactory()
    actions.change_contact_point(point=point, values={"value": "other@example.nhs.uk"}, by=other)

    response = post(client, form["action"], follow=True)

    assert CHANGED_MEANWHILE in text_of(response)
    point.refresh_from_db()
    assert point.last_checked_by == other


def test_contacts_check_says_with_one_click_that_all_lines_are_right(client, region, admin):
    elsewhere = ContactPointFactory()
    page = soup(client.get(url("contact_point_list", "wolds")))
    form = page.find("button", string="All of these are right").find_parent("form")

    response = post(client, form["action"], follow=True)

    today = timezone.localdate()
    assert "Thank you. The public page says that they were checked today." in text_of(response)
    assert {(point.last_checked_on, point.last_checked_by) for point in points(region)} == {(today, admin)}
    elsewhere.refresh_from_db()
    assert elsewhere.last_checked_on is None
    public = text_of(client.get(region.get_absolute_url()))
    assert public.count("Last checked on") == 3
    # What nobody has to check again can still be checked.
    assert soup(response).find("button", string="All of these are right")


def test_contacts_check_is_refused_in_words_where_somebody_has_changed_a_line_meanwhile(client, region, admin):
    page = soup(client.get(url("contact_point_list", "wolds")))
    form = page.find("button", string="All of these are right").find_parent("form")
    ContactPointFactory(region=region, value="0115 496 0777")

    response = post(client, form["action"], follow=True)

    assert CHANGED_MEANWHILE in text_of(response)
    assert all(point.last_checked_on is None for point in points(region))


# History and the way back.


def test_contact_point_history_and_contact_point_version_lead_back_to_what_it_said(client, region, admin):
    point = points(region)[0]
    actions.change_contact_point(point=point, values={"value": "0115 496 0124", "label": "Reception"}, by=admin)
    ContactPoint.objects.filter(pk=point.pk).update(last_checked_on=None)
    history = client.get(url("contact_point_history", "wolds", point.pk))
    assertTemplateUsed(history, "directory/contact_point_history.html")
    assert "Sam Hale changed contact point 0115 496 0124" in text_of(history)
    links = {link["href"] for link in soup(history).select("a")}
    assert {f"/manage/contacts/wolds/{point.pk}/history/{number}/" for number in (1, 2)} <= links
    there = url("contact_point_version", "wolds", point.pk, 1)
    page = text_of(client.get(there))
    assert "0115 496 0123" in page
    assert "Now: 0115 496 0124" in page

    response = submit(client, there)

    point.refresh_from_db()
    assert response.url == f"/manage/contacts/wolds/#contact-{point.pk}"
    assert (point.value, point.label, point.version) == ("0115 496 0123", "Front desk", 3)
    assert point.last_checked_on == timezone.localdate()


def test_contact_point_version_does_not_go_back_to_what_stands_on_another_line(client, region, admin):
    point = points(region)[0]
    actions.change_contact_point(point=point, values={"value": "0115 496 0124"}, by=admin)
    ContactPointFactory(region=region, value="01154960123")

    response = submit(client, url("contact_point_version", "wolds", point.pk, 1))

    assert response.status_code == 200
    assert "Wolds has “01154960123” among its contact points already." in text_of(response)


def test_contact_point_version_that_never_was_is_not_there(client, region):
    assert client.get(url("contact_point_version", "wolds", points(region)[0].pk, 7)).status_code == 404


# Actions leave nothing behind when the trail cannot be written.


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda region, point, by: actions.move_contact_point(point=point, is_up=True, by=by), id="move"),
        pytest.param(lambda region, point, by: actions.check_contact_point(point=point, by=by), id="check"),
        pytest.param(lambda region, point, by: actions.check_contacts(region=region, by=by), id="check all"),
        pytest.param(lambda region, point, by: actions.remove_contact_point(point=point, by=by), id="remove"),
        pytest.param(
            lambda region, point, by: actions.order_contact_points(
                region=region, order=[row.pk for row in points(region)][::-1], by=by
            ),
            id="order",
        ),
        pytest.param(
            lambda region, point, by: actions.add_contact_point(
                region=region, values={"kind": "person", "value": "Jo", "label": "x"}, by=by
            ),
            id="add",
        ),
        pytest.param(
            lambda region, point, by: actions.change_contact_point(point=point, values={"label": "x"}, by=by), id="change"
        ),
    ],
)
def test_an_action_whose_trail_cannot_be_written_leaves_nothing_behind(region, admin, monkeypatch, act):
    before = list(region.contact_points.in_order().values())

    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        act(region, points(region)[1], admin)

    assert list(region.contact_points.in_order().values()) == before


def test_what_bars_an_order_and_a_check():
    one, two = ContactPointFactory(), ContactPointFactory()

    assert policies.ordering_blockers([one, two], [two.pk, one.pk]) == []
    assert policies.ordering_blockers([one, two], [two.pk])
    assert policies.seen_blockers([one, two], None) == []
    assert policies.seen_blockers([one, two], mark_of([one, two])) == []
    assert policies.seen_blockers([one, two], mark_of([two, one]))
    assert NO_TELEPHONE.endswith("0115 496 0123")
