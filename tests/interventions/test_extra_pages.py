"""What a region offers beside the national menu: made, changed, retired and brought back by its admins, read by everybody."""

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEvent, RecordVersion
from interventions import actions
from interventions.models import Intervention
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory
from tests.factories.directory import a_region
from tests.factories.framework import a_behaviour, a_domain, a_role
from tests.factories.interventions import InterventionFactory, RegionalOfferFactory, an_intervention
from tests.helpers import as_user, post, soup, submit, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return RegionalAdminFactory(full_name="Bron Adams")


@pytest.fixture
def extra(admin):
    return actions.add_extra(region=a_region(), values={"name": "Fenland Walks", "main_domain": a_domain()}, by=admin)


def url(name, *more, region="east-midlands"):
    return reverse(f"interventions:{name}", args=[region, *more])


def typed(**changes):
    said = {"name": "Fenland Walks", "main_domain": a_domain().pk, "summary": "Leaders walk a pathway", "description": "In pairs"}
    said |= {"suits": "Whole systems", "typical_length": "One day", "roles": [a_role().pk], "behaviours": [a_behaviour().pk]}
    return said | changes


def test_extra_create_adds_an_extra_and_goes_on_to_how_it_is_offered(admin):
    last = max(row.position for row in Intervention.objects.filter(main_domain=a_domain()))

    response = post(as_user(admin), url("extra_create"), typed())

    extra = Intervention.objects.get(name="Fenland Walks")
    assert response["Location"] == url("offer_edit", "fenland-walks")
    assert (extra.region, extra.slug, extra.position) == (a_region(), "fenland-walks", last + 1)
    assert (extra.summary, extra.suits, extra.typical_length) == ("Leaders walk a pathway", "Whole systems", "One day")
    assert (list(extra.roles.all()), list(extra.behaviours.all())) == ([a_role()], [a_behaviour()])
    assert [event.verb for event in AuditEvent.objects.for_trail(f"offers:{a_region().pk}")] == ["added"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "action LEARNING sets"}, "There is an intervention with this name already. Choose another name."),
        ({"name": "Once there"}, "There is an intervention with this name already. Choose another name."),
        ({"name": ""}, "Enter the name"),
        ({"name": "x" * 201}, "200 characters or fewer"),
        ({"name": "x\x00"}, "hidden character"),
        ({"main_domain": ""}, "Choose the main domain"),
        ({"main_domain": "999"}, "not one of the available choices"),
        ({"roles": ["999999"]}, "Something you ticked is not there any more"),
    ],
)
def test_extra_create_says_what_is_wrong_and_keeps_what_was_typed(admin, changes, message):
    InterventionFactory(name="Once there", retired=True)

    response = post(as_user(admin), url("extra_create"), typed(**changes))

    assert response.status_code == 200
    assert message in text_of(response)
    assert soup(response).select_one("[name=summary]")["value"] == "Leaders walk a pathway"
    assert not Intervention.objects.extras().exists()


def test_extra_create_posted_twice_adds_one(admin):
    client = as_user(admin)
    data = typed() | {"action_key": "6f1c1f3e-0d0f-4b4e-9d58-3d6f2b1f9a12"}

    answers = [client.post(url("extra_create"), data)["Location"] for _ in range(2)]

    assert len(set(answers)) == 1
    assert Intervention.objects.extras().count() == 1


def test_two_names_that_give_one_address_get_two(admin):
    for name in ("Fenland Walks", "Fenland: walks!", "日本"):
        post(as_user(admin), url("extra_create"), typed(name=name))

    assert sorted(row.slug for row in Intervention.objects.extras()) == ["fenland-walks", "fenland-walks-2", "intervention"]


def test_extra_edit_changes_what_it_is_and_keeps_its_address(admin, extra):
    response = submit(as_user(admin), url("extra_edit", extra.slug), {"name": "Fen Walks", "summary": "Anew"})

    extra.refresh_from_db()
    assert response["Location"] == url("region_offer_list")
    assert (extra.name, extra.summary, extra.slug, extra.version) == ("Fen Walks", "Anew", "fenland-walks", 2)


def test_extra_edit_ignores_fields_that_are_not_asked_for(admin, extra):
    more = {"region": a_region("london").pk, "slug": "mine", "position": 1, "retired_at": "2016-01-01", "version": 9}

    submit(as_user(admin), url("extra_edit", extra.slug), {"summary": "Anew"} | more)

    changed = Intervention.objects.get(pk=extra.pk)
    assert (changed.region, changed.slug, changed.position, changed.retired_at) == (
        a_region(), extra.slug, extra.position, None,
    )  # fmt: skip


def test_p03_extra_edit_shows_both_texts(admin, extra):
    client, address = as_user(admin), url("extra_edit", extra.slug)
    seen = soup(client.get(address)).select_one("main [name=seen]")["value"]
    actions.change_extra(extra=extra, values={"summary": "Hers"}, by=NationalAdminFactory(full_name="Ngozi Hall"))

    response = post(client, address, typed(summary="Mine", seen=seen))

    assert "Ngozi Hall changed “Summary” while you were writing" in text_of(response)
    assert Intervention.objects.get(pk=extra.pk).summary == "Hers"


def test_extra_edit_of_an_intervention_of_the_national_menu_is_not_found(admin):
    client = as_user(admin)
    slug = an_intervention().slug

    pages = ("extra_edit", "extra_retire", "extra_history")
    assert [client.get(url(name, slug)).status_code for name in pages] == [404] * 3
    assert post(client, url("extra_reinstate", slug)).status_code == 404
    assert post(client, url("extra_retire", slug), {"retired_reason": "x"}).status_code == 404
    assert an_intervention().retired_at is None


@pytest.mark.parametrize(
    ("make", "status"),
    [
        pytest.param(RegionalAdminFactory, 200, id="regional admin"),
        pytest.param(NationalAdminFactory, 200, id="national admin"),
        pytest.param(lambda: RegionalAdminFactory(region=a_region("london")), 404, id="regional admin of another region"),
        pytest.param(ConsultantFactory, 403, id="consultant"),
    ],
)
def test_only_admins_of_the_region_keep_its_extras(make, status, extra):
    client = as_user(make())

    addresses = [url(name, extra.slug) for name in ("extra_edit", "extra_retire", "extra_history")]
    addresses.append(url("extra_version", extra.slug, 1))
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, status)
    if status != 200:
        answers = [post(client, url("extra_create"), typed()), post(client, url("extra_edit", extra.slug), typed(name="Theirs"))]
        answers += [post(client, url("extra_retire", extra.slug), {"retired_reason": "x"})]
        answers += [post(client, url("extra_reinstate", extra.slug))]
        assert [answer.status_code for answer in answers] == [status] * 4
        assert Intervention.objects.get(pk=extra.pk).name == "Fenland Walks"


def test_an_extra_is_kept_under_its_own_region_alone(extra):
    client = as_user(NationalAdminFactory())

    assert client.get(url("extra_edit", extra.slug, region="london")).status_code == 404
    assert client.get(url("offer_edit", extra.slug, region="london")).status_code == 404


def test_extra_retire_asks_why_and_extra_reinstate_brings_it_back(admin, extra):
    client = as_user(admin)

    asked = submit(client, url("extra_retire", extra.slug))
    submit(client, url("extra_retire", extra.slug), {"retired_reason": "The guide moved to Wales"})
    retired = Intervention.objects.get(pk=extra.pk)
    listed = text_of(client.get(url("region_offer_list")))
    again = post(client, url("extra_retire", extra.slug), {"retired_reason": "Twice"})
    back = post(client, url("extra_reinstate", extra.slug))

    assert "Say why it is no longer offered" in text_of(asked)
    assert (retired.retired_at is not None, retired.retired_reason) == (True, "The guide moved to Wales")
    assert "No longer offered Fenland Walks , retired" in listed
    assert "It was retired already" in text_of(again)
    assert back["Location"] == url("region_offer_list")
    restored = Intervention.objects.get(pk=extra.pk)
    assert (restored.retired_at, restored.retired_reason) == (None, "")
    verbs = [event.verb for event in AuditEvent.objects.for_trail(f"offers:{a_region().pk}")]
    assert verbs == ["brought back", "retired", "added"]


def test_extra_reinstate_of_what_is_on_the_menu_says_so(admin, extra):
    client = as_user(admin)

    post(client, url("extra_reinstate", extra.slug))

    assert "It is on the menu already." in text_of(client.get(url("region_offer_list")))


def test_retiring_an_extra_and_bringing_it_back_is_no_version_as_its_words_stay(admin, extra):
    actions.retire_extra(extra=extra, values={"retired_reason": "The guide moved"}, by=admin)
    actions.reinstate_extra(extra=extra, by=admin)

    assert Intervention.objects.get(pk=extra.pk).version == extra.version
    assert RecordVersion.objects.of(extra).count() == 1


def test_an_extra_that_comes_to_another_domain_stands_last_there(admin, extra):
    domain = a_domain("relationships-and-connectivity")
    last = max(row.position for row in Intervention.objects.filter(main_domain=domain))

    actions.change_extra(extra=extra, values={"main_domain": domain}, by=admin)
    actions.change_extra(extra=extra, values={"summary": "Said anew"}, by=admin)

    changed = Intervention.objects.get(pk=extra.pk)
    assert (changed.main_domain, changed.position) == (domain, last + 1)


def test_a_retired_extra_is_brought_back_before_it_is_changed(admin, extra):
    client = as_user(admin)
    submit(client, url("extra_retire", extra.slug), {"retired_reason": "Gone"})

    page = client.get(url("extra_edit", extra.slug))
    refused = post(client, url("extra_edit", extra.slug), typed(summary="Too late"))

    assert "Bring it back to the menu before you change it" in text_of(page)
    assert not soup(page).select("[name=summary]")
    assert soup(refused).select_one("[name=summary]")["value"] == "Too late"
    assert Intervention.objects.get(pk=extra.pk).summary == ""


def test_p38_extra_version_brings_earlier_words_back(admin, extra):
    client = as_user(admin)
    submit(client, url("extra_edit", extra.slug), {"summary": "Anew", "roles": [a_role().pk]})

    history = text_of(client.get(url("extra_history", extra.slug)))
    done = submit(client, url("extra_version", extra.slug, 1))

    changed = Intervention.objects.get(pk=extra.pk)
    assert "Bron Adams changed intervention Fenland Walks" in history
    assert done["Location"] == url("extra_history", extra.slug)
    assert (changed.summary, changed.version, list(changed.roles.all())) == ("", 3, [])


def test_region_offer_list_shows_extras_apart_and_says_when_there_are_none(admin):
    client = as_user(admin)
    before = text_of(client.get(url("region_offer_list")))
    InterventionFactory(region=a_region(), name="Fenland Walks")

    page = soup(client.get(url("region_offer_list")))

    assert "No extras yet." in before
    extras = page.select_one("section[aria-labelledby=extras]")
    assert [link.get_text() for link in extras.select("tbody a bdi")] == ["Fenland Walks"]


# What everybody reads.


def test_the_menu_shows_an_extra_in_its_domain_and_says_where_alone(client, extra):
    RegionalOfferFactory(intervention=extra)

    column = soup(client.get("/menu/")).select_one(f".app-domain--{a_domain().position}.app-menu__column")
    page = text_of(client.get(extra.get_absolute_url()))

    words = " ".join(column.get_text(" ").split())
    assert "Fenland Walks Only in East Midlands: offered" in words
    assert "Only in East Midlands: this region offers it beside the national menu" in page
    assert "London" not in page


def test_the_menu_says_in_how_many_regions_an_intervention_is_offered(client):
    for slug in ("london", "north-east"):
        RegionalOfferFactory(intervention=an_intervention(), region=a_region(slug))
    RegionalOfferFactory(intervention=an_intervention(), availability="not_offered")

    words = text_of(client.get("/menu/"))

    assert "Offered in 2 of 10 regions" in words


def test_p24_the_menu_narrows_to_one_region(client, extra):
    RegionalOfferFactory(intervention=an_intervention("action-learning-sets"), availability="not_offered")
    RegionalOfferFactory(intervention=an_intervention("coaching-and-mentoring"))
    InterventionFactory(region=a_region("london"), name="Thames Walks")

    response = client.get("/menu/", {"region": "east-midlands"})

    names = {name.get_text() for name in soup(response).select(".app-menu__name")}
    words = text_of(response)
    assert len(names) == 21
    assert "Fenland Walks" in names
    assert not names & {"Action Learning Sets", "Thames Walks"}
    assert "21 interventions offered or on request in East Midlands" in words
    assert "Offered in East Midlands" in words
    assert "On request in East Midlands" in words


def test_p23_the_menu_drops_a_region_that_is_none(client):
    words = text_of(client.get("/menu/", {"region": "mars"}))

    assert "The filter “Region” was left out: “mars” is not one of its choices." in words


def test_the_menu_forgets_a_retired_extra(client, extra):
    Intervention.objects.filter(pk=extra.pk).update(retired_at=timezone.now())

    assert "Fenland Walks" not in text_of(client.get("/menu/"))
    assert "Fenland Walks" not in text_of(client.get("/menu/", {"region": "east-midlands"}))
    assert client.get(extra.get_absolute_url()).status_code == 200
