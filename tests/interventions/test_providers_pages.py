"""Pages of the directory of providers."""

import pytest
from django.urls import reverse

from interventions import actions
from interventions.enums import ProviderKind
from interventions.models import Provider
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import a_region
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory
from tests.factories.interventions import InterventionFactory, ProviderFactory, RegionalOfferFactory, an_intervention
from tests.helpers import as_user, filled, post, soup, submit, text_of

pytestmark = pytest.mark.django_db

OURS, THEIRS = "east-midlands", "north-west"
HOSTILE = "<script>alert(1)</script> \u200fevil"
PAGES = ["provider_detail", "provider_edit", "provider_retire", "provider_remove", "provider_history", "provider_leave"]


def url(view, *args):
    return reverse(f"interventions:{view}", args=args)


@pytest.fixture
def admin():
    return RegionalAdminFactory(region=a_region(OURS))


@pytest.fixture
def own():
    return ProviderFactory(name="Trent Facilitators", regions=[a_region(OURS)], interventions=[an_intervention()])


@pytest.fixture
def shared():
    return ProviderFactory(name="Pennine Coaches", regions=[a_region(OURS), a_region(THEIRS)])


@pytest.fixture
def hidden():
    return ProviderFactory(name="Mersey Canary", notes="Canary notes", regions=[a_region(THEIRS)])


def test_provider_list_shows_the_regions_own_and_national_ones(admin, own, shared, hidden):
    national = ProviderFactory(name="The College")

    page = as_user(admin).get("/manage/providers/")

    words = text_of(page)
    assert all(str(provider) in words for provider in (own, shared, national))
    assert "Canary" not in words
    assert "3 providers" in words
    assert "The whole country" in words


def test_provider_list_shows_a_national_admin_every_regions(own, hidden):
    assert "Mersey Canary" in text_of(as_user(NationalAdminFactory()).get(url("provider_list")))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=trent", ["Trent Facilitators"]),
        ("q=trent+nobody", []),
        ("kind=university", ["Humber University"]),
        ("region=north-west", ["Pennine Coaches"]),
        ("retired=on", ["Humber University", "Old Hands", "Pennine Coaches", "Trent Facilitators"]),
        ("", ["Humber University", "Pennine Coaches", "Trent Facilitators"]),
    ],
)
def test_provider_list_is_narrowed_by_its_address(admin, own, shared, query, found):
    ours = [a_region(OURS)]
    ProviderFactory(name="Humber University", kind=ProviderKind.UNIVERSITY, regions=ours)
    ProviderFactory(name="Old Hands", regions=ours, retired=True)

    page = soup(as_user(admin).get(f"{url('provider_list')}?{query}"))

    assert [link.get_text() for link in page.select(".app-matrix th a")] == found


def test_provider_list_by_intervention_says_so_in_a_sentence(admin, own, shared):
    page = as_user(admin).get(f"{url('provider_list')}?intervention={an_intervention().pk}&q=Trent&kind=ldp")

    assert "1 provider with “Trent” , of the kind “Leadership Development Partner” and delivering" in text_of(page)


def test_provider_list_finds_no_canary_by_search_and_drops_what_it_does_not_know(admin, hidden):
    page = text_of(as_user(admin).get(f"{url('provider_list')}?q=Canary&kind=hat"))

    assert "Mersey" not in page
    assert "No provider fits all of this" in page
    assert "“hat” is not one of its choices" in page


def test_provider_list_without_any_says_what_to_do(admin):
    assert "No providers yet. Those you add here" in text_of(as_user(admin).get(url("provider_list")))
    assert "The admin of your region adds them" in text_of(as_user(ConsultantFactory()).get(url("provider_list")))


def test_consultants_read_the_directory_without_buttons(own):
    client = as_user(ConsultantFactory(region=a_region(OURS)))

    listed, shown = client.get(url("provider_list")), client.get(own.get_absolute_url())

    assert "Trent Facilitators" in text_of(listed)
    assert not soup(listed).select(".nhsuk-button[href]")
    assert not soup(shown).select("main form, main a[href*='/edit/'], main a[href*='/retire/'], main a[href*='/history/']")
    assert not soup(shown).select(".nhsuk-breadcrumb a[href='/manage/']")
    for view in PAGES[1:]:
        assert client.get(url(view, own.pk)).status_code == 403
    assert client.get(url("provider_create")).status_code == 403


def test_stp_leads_and_strangers_have_no_directory(client, own):
    lead = as_user(StpLeadFactory())

    assert [lead.get(address).status_code for address in (url("provider_list"), own.get_absolute_url())] == [403, 403]
    assert client.get(url("provider_list")).status_code == 302


@pytest.mark.parametrize("view", PAGES)
def test_a_provider_of_another_region_is_not_there(admin, hidden, view):
    client = as_user(admin)

    assert client.get(url(view, hidden.pk)).status_code == 404
    assert client.get(url("provider_version", hidden.pk, 1)).status_code == 404
    assert post(client, url("provider_reinstate", hidden.pk)).status_code == 404


@pytest.mark.parametrize("view", ["provider_edit", "provider_retire", "provider_remove"])
def test_a_shared_provider_is_kept_by_national_admins_alone(admin, shared, view):
    assert as_user(admin).get(url(view, shared.pk)).status_code == 403
    assert as_user(NationalAdminFactory()).get(url(view, shared.pk)).status_code == 200


def test_provider_create_adds_one_for_the_admins_region(admin):
    typed = {
        "name": "Trent Facilitators",
        "kind": "facilitator",
        "interventions": [an_intervention().pk],
        "contact": "Ask Ann",
        "notes": HOSTILE,
        "declared_interest": "The chair is a client.",
        "regions": [a_region(THEIRS).pk],
    }

    response = post(as_user(admin), url("provider_create"), typed)

    provider = Provider.objects.get(name="Trent Facilitators")
    assert response["Location"] == provider.get_absolute_url()
    assert list(provider.regions.all()) == [a_region(OURS)]
    assert list(provider.interventions.all()) == [an_intervention()]
    page = as_user(admin).get(provider.get_absolute_url())
    assert not soup(page).select("main script")
    assert HOSTILE in soup(page).select("main")[0].get_text()
    assert "The chair is a client." in text_of(page)


def test_provider_create_of_a_national_admin_names_the_regions():
    client = as_user(NationalAdminFactory())

    post(client, url("provider_create"), {"name": "A", "kind": "other", "regions": [a_region(OURS).pk, a_region(THEIRS).pk]})

    assert Provider.objects.get(name="A").regions.count() == 2


def test_provider_create_posted_twice_adds_one(admin):
    client, data = as_user(admin), {"name": "A", "kind": "other", "action_key": "6f1c1f3e-0d0f-4b4e-9d58-3d6f2b1f9a10"}

    answers = [client.post(url("provider_create"), data)["Location"] for _ in range(2)]

    assert answers[0] == answers[1]
    assert Provider.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "Enter the name of the provider"),
        ({"kind": ""}, "Choose what kind of provider it is"),
        ({"kind": "hat"}, "Choose a kind of provider from the list"),
        ({"name": "x" * 201}, "must be 200 characters or fewer"),
        ({"notes": "a\x00b"}, "hidden character"),
        ({"interventions": "99999"}, "Something you ticked is not there any more"),
        ({"interventions": "9" * 40}, "Something you ticked is not there any more"),
    ],
    ids=["no name", "no kind", "unknown kind", "long name", "null", "no such intervention", "huge number"],
)
def test_provider_create_says_what_is_wrong_and_keeps_what_was_typed(admin, changes, message):
    typed = {"name": "Trent", "kind": "other", "contact": "Kept words"} | changes

    page = post(as_user(admin), url("provider_create"), typed)

    assert message in text_of(page)
    assert soup(page).select_one("[name=contact]")["value"] == "Kept words"
    assert not Provider.objects.exists()


def test_provider_create_leads_to_the_one_of_the_same_name(admin, own):
    page = post(as_user(admin), url("provider_create"), {"name": "  trent   FACILITATORS", "kind": "other"})

    assert "There is a provider with this name already" in text_of(page)
    assert soup(page).select_one(f"main a[href='{own.get_absolute_url()}']").get_text() == "Trent Facilitators"


def test_provider_create_of_a_name_that_another_region_keeps_shows_nothing_of_it(admin, hidden):
    page = post(as_user(admin), url("provider_create"), {"name": "mersey canary", "kind": "other"})

    assert "Another region keeps a provider with this name" in text_of(page)
    assert not soup(page).select(f"main a[href='{hidden.get_absolute_url()}']")
    assert "Mersey Canary" not in text_of(page)
    assert "Canary notes" not in text_of(page)


def test_provider_edit_changes_and_keeps_the_regions(admin, own):
    client = as_user(admin)

    response = submit(client, url("provider_edit", own.pk), {"notes": "Six facilitators", "regions": [a_region(THEIRS).pk]})

    assert response["Location"] == own.get_absolute_url()
    changed = Provider.objects.get(pk=own.pk)
    assert (changed.notes, list(changed.regions.all())) == ("Six facilitators", [a_region(OURS)])


def test_provider_edit_saved_as_it_stands_changes_nothing(admin, own):
    submit(as_user(admin), url("provider_edit", own.pk))

    assert Provider.objects.get(pk=own.pk).version == own.version


def test_provider_edit_offers_the_menu_the_own_extras_and_what_is_chosen_already(admin, own):
    InterventionFactory(name="Our extra", region=a_region(OURS))
    InterventionFactory(name="Their extra", region=a_region(THEIRS))
    retired = InterventionFactory(name="Retired and chosen", retired=True)
    InterventionFactory(name="Retired and not chosen", retired=True)
    own.interventions.add(retired)

    page = text_of(as_user(admin).get(url("provider_edit", own.pk)))
    submit(as_user(admin), url("provider_edit", own.pk), {"notes": "New"})

    assert "Our extra Only in East Midlands" in page
    assert "Retired and chosen" in page
    assert "Their extra" not in page
    assert "Retired and not chosen" not in page
    assert set(Provider.objects.get(pk=own.pk).interventions.all()) == {an_intervention(), retired}


def test_p03_provider_edit_shows_both_texts_where_two_admins_clash(admin, own):
    client, address = as_user(admin), url("provider_edit", own.pk)
    shown = filled(client, address)
    colleague = RegionalAdminFactory(region=a_region(OURS), full_name="Bea Bell")
    actions.change_provider(provider=own, values={"notes": "Hers"}, by=colleague)

    page = client.post(address, shown | {"notes": "Mine"})

    assert "Bea Bell changed “Notes” while you were writing" in text_of(page)
    assert "Hers" in text_of(page)
    assert soup(page).select_one("[name=notes]").get_text().strip() == "Mine"
    assert Provider.objects.get(pk=own.pk).notes == "Hers"


def test_provider_detail_of_a_shared_provider_says_who_can_change_it(admin, shared):
    page = as_user(admin).get(shared.get_absolute_url())

    assert "only national admins can change what is said of it" in text_of(page)
    assert not soup(page).select("main a[href$='/edit/']")
    assert soup(page).select(f"main a[href='{url('provider_leave', shared.pk)}']")


def test_provider_leave_takes_the_own_region_out(admin, shared):
    client = as_user(admin)

    asked = client.get(url("provider_leave", shared.pk))
    done = submit(client, url("provider_leave", shared.pk), {"regions": "", "name": "Over-posted"}, follow=True)

    assert "Only national admins can put East Midlands back" in text_of(asked)
    assert "Pennine Coaches is not offered in East Midlands any more" in text_of(done)
    left = Provider.objects.get(pk=shared.pk)
    assert (left.name, list(left.regions.all())) == ("Pennine Coaches", [a_region(THEIRS)])
    assert client.get(shared.get_absolute_url()).status_code == 404


def test_provider_leave_is_for_shared_providers_and_regional_admins(admin, own, shared):
    assert as_user(admin).get(url("provider_leave", own.pk)).status_code == 403
    assert as_user(NationalAdminFactory()).get(url("provider_leave", shared.pk)).status_code == 403


def test_provider_retire_shows_where_it_is_used_and_plans_keep_it(admin, own):
    ours = ConsultantFactory(region=a_region(OURS))
    theirs = ConsultantFactory(region=a_region(THEIRS))
    mine = EngagementFactory(lead_region=ours.region, lead_consultant=ours, title="Our flow")
    far = EngagementFactory(lead_region=theirs.region, lead_consultant=theirs, title="Canary flow")
    planned = PlannedInterventionFactory(engagement=mine, provider=own, title="Coaching")
    PlannedInterventionFactory(engagement=far, provider=own, title="Canary coaching")
    RegionalOfferFactory(region=ours.region, intervention=an_intervention()).providers.set([own])
    client = as_user(admin)

    asked = client.get(url("provider_retire", own.pk))
    done = submit(client, url("provider_retire", own.pk), follow=True)

    assert f"Coaching, in {mine.reference} Our flow" in text_of(asked)
    assert str(an_intervention()) in text_of(asked)
    assert "Canary" not in text_of(asked)
    assert "This provider is retired" in text_of(done)
    assert "Trent Facilitators" not in text_of(client.get(url("provider_list")))
    edit = as_user(ours).get(reverse("engagements:planned_intervention_edit", args=[mine.reference, planned.pk]))
    create = as_user(ours).get(reverse("engagements:planned_intervention_create", args=[mine.reference]))
    assert "Trent Facilitators" in text_of(edit)
    assert "Trent Facilitators" not in text_of(create)
    assert "retired already" in text_of(client.get(url("provider_retire", own.pk)))


def test_provider_reinstate_brings_it_back(admin):
    retired = ProviderFactory(regions=[a_region(OURS)], retired=True)
    client = as_user(admin)

    response = post(client, url("provider_reinstate", retired.pk))
    again = post(client, url("provider_reinstate", retired.pk), follow=True)

    assert response["Location"] == retired.get_absolute_url()
    assert "is in use already" in text_of(again)
    assert Provider.objects.get(pk=retired.pk).is_active
    assert client.get(url("provider_reinstate", retired.pk)).status_code == 405


def test_provider_remove_asks_then_removes_what_nothing_uses(admin, own):
    client = as_user(admin)

    asked = client.get(url("provider_remove", own.pk))
    done = submit(client, url("provider_remove", own.pk))

    assert "No plan and no offer uses it" in text_of(asked)
    assert done["Location"] == url("provider_list")
    assert not Provider.objects.filter(pk=own.pk).exists()
    assert client.get(own.get_absolute_url()).status_code == 404


def test_provider_remove_of_one_in_use_leads_to_retiring(admin, own):
    PlannedInterventionFactory(provider=own)
    client = as_user(admin)

    asked = client.get(url("provider_remove", own.pk))
    refused = post(client, url("provider_remove", own.pk))

    assert "Retire it instead" in text_of(asked)
    assert not soup(asked).select("main form[method=post]")
    assert refused.status_code == 200
    assert Provider.objects.filter(pk=own.pk).exists()
    assert not soup(client.get(own.get_absolute_url())).select("main a[href$='/remove/']")


def test_provider_history_and_provider_version_lead_back(admin, own):
    actions.change_provider(provider=own, values={"notes": "Second", "name": "Trent Two"}, by=admin)
    client = as_user(admin)

    told = client.get(url("provider_history", own.pk))
    version = client.get(url("provider_version", own.pk, 1))
    done = submit(client, url("provider_version", own.pk, 1))

    assert soup(told).select_one(f"main a[href='{url('provider_version', own.pk, 2)}']")
    assert "Trent Facilitators" in text_of(version)
    assert done["Location"] == url("provider_history", own.pk)
    back = Provider.objects.get(pk=own.pk)
    assert (back.name, back.notes, back.version) == ("Trent Facilitators", "", 3)
    assert client.get(url("provider_version", own.pk, 99)).status_code == 404


def test_provider_version_of_a_shared_provider_can_only_be_read(admin, shared):
    actions.change_provider(provider=shared, values={"notes": "Second"}, by=NationalAdminFactory())
    client = as_user(admin)

    page = client.get(url("provider_version", shared.pk, 1))
    refused = post(client, url("provider_version", shared.pk, 1), {"seen": 2})

    assert not soup(page).select("main form[method=post]")
    assert refused.status_code == 403
    assert Provider.objects.get(pk=shared.pk).notes == "Second"


def test_going_back_moves_no_other_region(admin, shared):
    actions.change_provider(provider=shared, values={"regions": [a_region(OURS)]}, by=NationalAdminFactory())

    post(as_user(admin), url("provider_version", shared.pk, 1), {"seen": 2})

    assert list(Provider.objects.get(pk=shared.pk).regions.all()) == [a_region(OURS)]
