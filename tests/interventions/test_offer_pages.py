"""A region keeps true what it offers: one offer, many at once, checked with a click, with a preview and a way back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEvent, RecordVersion
from interventions import actions
from interventions.enums import Availability
from interventions.models import Intervention, RegionalOffer
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import a_region
from tests.factories.interventions import InterventionFactory, ProviderFactory, RegionalOfferFactory, an_intervention
from tests.helpers import as_user, filled, post, soup, submit, text_of

pytestmark = pytest.mark.django_db
SLUG = "action-learning-sets"
SAID = {
    "availability": "offered",
    "notes": "Two sets a year",
    "lead_time_weeks": "6",
    "cost_from": "£1,000",
    "cost_to": "2500.50",
    "contact": "Jo Green",
}


@pytest.fixture
def admin():
    return RegionalAdminFactory(full_name="Bron Adams")


def url(name, *more, region="east-midlands"):
    return reverse(f"interventions:{name}", args=[region, *more])


def the_offer():
    return RegionalOffer.objects.get(region=a_region(), intervention=an_intervention(SLUG))


def row_of(response, slug=SLUG):
    """Return the words of one row of the region's page."""
    return " ".join(soup(response).select_one(f"tr#{slug}").get_text(" ").split())


def seen_by(client, address):
    return soup(client.get(address)).select_one("main [name=seen]")["value"]


# Who may.


@pytest.mark.parametrize(
    ("make", "status"),
    [
        pytest.param(RegionalAdminFactory, 200, id="regional admin"),
        pytest.param(NationalAdminFactory, 200, id="national admin"),
        pytest.param(lambda: RegionalAdminFactory(region=a_region("london")), 404, id="regional admin of another region"),
        pytest.param(ConsultantFactory, 403, id="consultant"),
        pytest.param(StpLeadFactory, 403, id="STP lead"),
    ],
)
def test_only_admins_of_the_region_open_what_it_offers(make, status):
    RegionalOfferFactory(intervention=an_intervention(SLUG))
    actions.save_offer(
        region=a_region(), intervention=an_intervention(SLUG), values={"notes": "x"}, by=RegionalAdminFactory(full_name="Ann")
    )
    client = as_user(make())

    addresses = [
        url("region_offer_list"),
        url("offer_edit", SLUG),
        url("offer_history", SLUG),
        url("offer_version", SLUG, 1),
        url("extra_create"),
    ]
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, status)


@pytest.mark.parametrize(
    ("make", "status"),
    [
        pytest.param(lambda: RegionalAdminFactory(region=a_region("london")), 404, id="another region"),
        pytest.param(ConsultantFactory, 403, id="consultant"),
    ],
)
def test_nobody_else_writes_what_a_region_offers(make, status):
    client = as_user(make())

    answers = [
        post(client, url("offer_edit", SLUG), SAID),
        post(client, url("offer_check", SLUG)),
        post(client, url("region_offer_list"), {"chosen": an_intervention(SLUG).pk, "availability": "offered"}),
    ]

    assert [answer.status_code for answer in answers] == [status] * 3
    assert not RegionalOffer.objects.exists()


def test_offer_list_asks_strangers_to_sign_in(client):
    assert client.get(reverse("interventions:offer_list"))["Location"].startswith("/accounts/login/")


def test_offer_list_sends_a_regional_admin_to_their_own_region(admin):
    assert as_user(admin).get(reverse("interventions:offer_list"))["Location"] == url("region_offer_list")


def test_offer_list_is_not_for_consultants():
    assert as_user(ConsultantFactory()).get(reverse("interventions:offer_list")).status_code == 403


def test_offer_list_tells_a_national_admin_what_each_region_has_said():
    today = timezone.localdate()
    RegionalOfferFactory(intervention=an_intervention(SLUG), last_checked_on=today - timedelta(days=30))
    RegionalOfferFactory(intervention=an_intervention(), last_checked_on=today - timedelta(days=31))
    RegionalOfferFactory(intervention=InterventionFactory(retired=True))
    InterventionFactory(region=a_region())

    page = soup(as_user(NationalAdminFactory()).get(reverse("interventions:offer_list")))

    rows = {
        row.th.get_text(strip=True): [cell.get_text(strip=True) for cell in row.select("td")] for row in page.select("tbody tr")
    }
    assert rows["East Midlands"] == ["2", "20", "1"]
    assert rows["London"] == ["0", "21", "0"]
    assert len(rows) == 10


def test_a_region_that_is_none_is_not_found():
    assert as_user(NationalAdminFactory()).get(url("region_offer_list", region="mars")).status_code == 404


# All at a glance.


def test_region_offer_list_shows_the_whole_menu_and_what_has_not_been_said(admin):
    checked = timezone.localdate() - timedelta(days=40)
    offer = RegionalOfferFactory(
        intervention=an_intervention(SLUG),
        lead_time_weeks=6,
        cost_from=Decimal(1000),
        cost_to=Decimal(1000),
        contact="Jo Green",
        last_checked_on=checked,
        last_checked_by=admin,
    )
    offer.providers.set([ProviderFactory(name="Trent Facilitators"), ProviderFactory(name="Gone away", retired=True)])

    response = as_user(admin).get(url("region_offer_list"))

    assert len(soup(response).select(".app-offer-table tbody tr")) == 21
    said = row_of(response)
    for words in (
        "Offered",
        "6 weeks’ notice",
        "£1,000",
        "Ask for Jo Green",
        "Delivered by Trent Facilitators",
        "by Bron Adams",
        "Check it",
    ):
        assert words in said
    assert "Gone away" not in said
    assert "£1,000 to" not in said
    assert "On request since nothing has been said" in row_of(response, "coaching-and-mentoring")
    assert "20 not said yet" in text_of(response)
    assert "1 never checked, or not for 30 days" in text_of(response)


def test_region_offer_list_tells_nothing_of_another_region(admin):
    RegionalOfferFactory(region=a_region("london"), intervention=an_intervention(SLUG), notes="CANARY of London")
    InterventionFactory(region=a_region("london"), name="CANARY extra")

    words = text_of(as_user(admin).get(url("region_offer_list")))

    assert "CANARY" not in words


# One offer.


def test_offer_edit_says_an_offer_for_the_first_time(admin):
    provider = ProviderFactory(regions=[a_region()])

    response = submit(as_user(admin), url("offer_edit", SLUG), SAID | {"providers": [provider.pk], "is_checked": "on"})

    assert response["Location"] == url("region_offer_list")
    offer = the_offer()
    assert (offer.availability, offer.notes, offer.lead_time_weeks) == ("offered", "Two sets a year", 6)
    assert (offer.cost_from, offer.cost_to, offer.contact) == (Decimal(1000), Decimal("2500.50"), "Jo Green")
    assert list(offer.providers.all()) == [provider]
    assert (offer.last_checked_on, offer.last_checked_by) == (timezone.localdate(), admin)
    events = AuditEvent.objects.for_trail(f"offers:{a_region().pk}")
    assert [event.verb for event in events] == ["checked", "added"]


def test_offer_edit_changes_an_offer_and_leaves_its_check_as_it_was(admin):
    RegionalOfferFactory(intervention=an_intervention(SLUG), notes="Before")

    submit(as_user(admin), url("offer_edit", SLUG), {"notes": "After"})

    offer = the_offer()
    assert (offer.notes, offer.availability, offer.last_checked_on, offer.version) == ("After", "offered", None, 2)


def test_offer_edit_saved_as_it_stands_changes_nothing(admin):
    offer = RegionalOfferFactory(intervention=an_intervention(SLUG), cost_from=Decimal("12.50"), lead_time_weeks=0)
    offer.providers.set([ProviderFactory(regions=[a_region()])])

    submit(as_user(admin), url("offer_edit", SLUG))

    assert not AuditEvent.objects.exclude(verb="was refused").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cost_from": "900", "cost_to": "100"}, "The highest cost must be the same as or more than the lowest"),
        ({"cost_from": "-1"}, "A cost cannot be less than £0"),
        ({"cost_from": "", "cost_to": "-5"}, "A cost cannot be less than £0"),
        ({"cost_from": "much"}, "Enter a sum of money in pounds"),
        ({"cost_to": "99999999"}, "A cost must be less than £10,000,000"),
        ({"cost_from": "1.999"}, "Enter pounds and pence"),
        ({"lead_time_weeks": "-1"}, "Enter a number of weeks from 0 to 104"),
        ({"lead_time_weeks": "999999"}, "Enter a number of weeks from 0 to 104"),
        ({"lead_time_weeks": "a month"}, "Enter a whole number of weeks"),
        ({"availability": "perhaps"}, "perhaps"),
        ({"availability": ""}, "Choose offered, on request or not offered"),
        ({"notes": "x\x00y"}, "hidden character"),
        ({"contact": "x" * 201}, "200 characters or fewer"),
        ({"providers": "9" * 30}, "Something you ticked is not there any more"),
    ],
)
@pytest.mark.parametrize("is_stated", [True, False], ids=["stated", "not stated"])
def test_offer_edit_says_what_is_wrong_and_keeps_what_was_typed(admin, changes, message, is_stated):
    if is_stated:
        RegionalOfferFactory(intervention=an_intervention(SLUG), notes="Before")

    response = post(as_user(admin), url("offer_edit", SLUG), SAID | changes)

    typed = SAID | changes
    assert response.status_code == 200
    assert message in text_of(response)
    assert soup(response).select_one("[name=contact]")["value"] == typed["contact"]
    assert not AuditEvent.objects.exclude(verb="was refused").exists()


def test_offer_edit_refuses_a_provider_of_another_region(admin):
    stranger = ProviderFactory(regions=[a_region("london")])

    response = post(as_user(admin), url("offer_edit", SLUG), SAID | {"providers": [stranger.pk]})

    assert "Something you ticked is not there any more" in text_of(response)
    assert not RegionalOffer.objects.exists()


def test_offer_edit_offers_the_regions_active_providers_and_those_chosen_already(admin):
    mine = an_intervention(SLUG)
    ProviderFactory(name="A Neighbour", regions=[a_region()])
    ProviderFactory(name="Set Advisers", regions=[a_region()], interventions=[mine])
    ProviderFactory(name="Retired here", regions=[a_region()], retired=True)
    ProviderFactory(name="CANARY in London", regions=[a_region("london")])
    gone = ProviderFactory(name="Retired and chosen", regions=[a_region()], retired=True)
    RegionalOfferFactory(intervention=mine).providers.set([gone])

    page = soup(as_user(admin).get(url("offer_edit", SLUG)))

    labels = [box.find_next("label").get_text(strip=True) for box in page.select("[name=providers]")]
    assert labels == ["Set Advisers", "A Neighbour", "Retired and chosen"]
    assert "Delivers this intervention already" in page.get_text()
    assert "no longer shown to consultants" in page.get_text()


def test_offer_edit_posted_twice_adds_one(admin):
    client, address = as_user(admin), url("offer_edit", SLUG)
    data = SAID | {"action_key": "6f1c1f3e-0d0f-4b4e-9d58-3d6f2b1f9a11"}

    answers = [client.post(address, data)["Location"] for _ in range(2)]

    assert answers == [url("region_offer_list")] * 2
    assert AuditEvent.objects.count() == 1


def test_offer_edit_ignores_fields_that_are_not_asked_for(admin):
    RegionalOfferFactory(intervention=an_intervention(SLUG))
    more = {"region": a_region("london").pk, "intervention": an_intervention().pk, "version": 90, "last_checked_on": "2016-01-01"}

    submit(as_user(admin), url("offer_edit", SLUG), {"notes": "After"} | more)

    offer = the_offer()
    assert (offer.notes, offer.version, offer.last_checked_on) == ("After", 2, None)
    assert RegionalOffer.objects.count() == 1


def test_offer_edit_of_what_is_not_on_the_regions_menu_is_not_found(admin):
    retired, foreign = InterventionFactory(retired=True), InterventionFactory(region=a_region("london"))
    client = as_user(admin)

    assert [client.get(url("offer_edit", row.slug)).status_code for row in (retired, foreign)] == [404, 404]
    assert [post(client, url("offer_check", row.slug)).status_code for row in (retired, foreign)] == [404, 404]


# Two people.


def test_p03_offer_edit_shows_both_texts_where_two_admins_edit_one_offer(admin):
    RegionalOfferFactory(intervention=an_intervention(SLUG), notes="Before", contact="Jo")
    client, address = as_user(admin), url("offer_edit", SLUG)
    seen = seen_by(client, address)
    ngozi = NationalAdminFactory(full_name="Ngozi Hall")
    actions.save_offer(
        region=a_region(), intervention=an_intervention(SLUG), values={"notes": "Hers", "contact": "Kim"}, by=ngozi
    )

    typed = {"availability": "offered", "notes": "Mine", "contact": "Jo", "seen": seen}
    shown = post(client, address, typed)
    kept = {"seen": soup(shown).select_one("main [name=seen]")["value"], "overwrite-notes": "mine"}
    done = post(client, address, typed | kept)

    assert "Ngozi Hall changed “Notes” while you were writing" in text_of(shown)
    assert soup(shown).select_one("[name=notes]").get_text(strip=True) == "Mine"
    assert soup(shown).select_one(".app-conflict__theirs").get_text(strip=True) == "Hers"
    assert done["Location"] == url("region_offer_list")
    assert (the_offer().notes, the_offer().contact) == ("Mine", "Kim")


@pytest.mark.parametrize("is_known", [True, False], ids=["the page knows by now", "the page does not know yet"])
def test_p03_two_admins_say_an_offer_for_the_first_time_at_once(admin, is_known, monkeypatch):
    client, address = as_user(admin), url("offer_edit", SLUG)
    seen = seen_by(client, address)
    ngozi = NationalAdminFactory(full_name="Ngozi Hall")

    def meanwhile():
        values = {"availability": Availability.NOT_OFFERED, "notes": "Hers", "contact": "Kim"}
        actions.save_offer(region=a_region(), intervention=an_intervention(SLUG), values=values, by=ngozi)

    if is_known:
        meanwhile()
    else:
        save = actions.save_offer
        # The colleague is first by as much as lies between reading the page's offer and saving it.
        monkeypatch.setattr(
            "interventions.actions.save_offer", lambda **kwargs: (monkeypatch.undo(), meanwhile(), save(**kwargs))[2]
        )

    response = post(client, address, SAID | {"contact": "", "seen": seen})

    words = text_of(response)
    assert "Ngozi Hall changed “Notes” while you were writing" in words or "Somebody else changed “Notes”" in words
    assert "changed “Is it offered?” while you were writing" in words
    assert soup(response).select_one("[name=notes]").get_text(strip=True) == "Two sets a year"
    assert "Hers" in words
    offer = RegionalOffer.objects.filter(notes="Hers").first()
    assert offer is None or offer.contact == "Kim"


# A preview.


def test_offer_edit_previews_what_the_public_and_consultants_will_see_and_saves_nothing(admin):
    provider = ProviderFactory(name="Trent Facilitators", regions=[a_region()])

    response = post(
        as_user(admin), url("offer_edit", SLUG), SAID | {"providers": [provider.pk], "preview": "1", "is_checked": "on"}
    )

    public, consultants = soup(response).select(".app-preview__box")
    assert not RegionalOffer.objects.exists()
    assert not AuditEvent.objects.exclude(verb="was refused").exists()
    for words in ("Offered", "Checked"):
        assert words in public.get_text()
    for words in ("6 weeks’ notice", "£1,000 to £2,500.50", "Two sets a year", "Ask for Jo Green", "Trent Facilitators"):
        assert words in consultants.get_text()
        assert words not in public.get_text()
    assert soup(response).select_one("[name=notes]").get_text(strip=True) == "Two sets a year"


def test_the_preview_is_what_the_page_of_the_intervention_shows_then(admin, client):
    typed = SAID | {"is_checked": "on"}
    boxes = soup(post(as_user(admin), url("offer_edit", SLUG), typed | {"preview": "1"})).select(".app-preview__box li")
    post(as_user(admin), url("offer_edit", SLUG), typed)

    for box, reader in zip(boxes, (client, as_user(ConsultantFactory())), strict=True):
        items = soup(reader.get(an_intervention(SLUG).get_absolute_url())).select(".app-offers__item")
        shown = next(item for item in items if "East Midlands" in item.get_text())
        assert shown.get_text().split() == box.get_text().split()


def test_a_preview_of_what_is_wrong_says_so(admin):
    response = post(as_user(admin), url("offer_edit", SLUG), SAID | {"cost_to": "1", "preview": "1"})

    assert "The highest cost must be the same as or more than the lowest" in text_of(response)
    assert not soup(response).select(".app-preview")


def test_hostile_text_stands_as_text(admin):
    name = "<script>alert(1)</script>"

    submit(as_user(admin), url("offer_edit", SLUG), SAID | {"notes": name, "contact": name})

    pages = [as_user(admin).get(url("region_offer_list")), as_user(admin).get(an_intervention(SLUG).get_absolute_url())]
    for page in pages:
        assert not soup(page).select("main script")
        assert name in soup(page).select_one("main").get_text()


# Checked today.


def test_offer_check_takes_one_click(admin):
    RegionalOfferFactory(intervention=an_intervention(SLUG), availability=Availability.NOT_OFFERED)
    client = as_user(admin)

    answers = [post(client, url("offer_check", SLUG)) for _ in range(2)]

    offer = the_offer()
    assert [answer["Location"] for answer in answers] == [f"{url('region_offer_list')}#{SLUG}"] * 2
    assert (offer.last_checked_on, offer.last_checked_by) == (timezone.localdate(), admin)
    assert (offer.availability, offer.version) == ("not_offered", 1)
    assert [event.verb for event in AuditEvent.objects.all()] == ["checked"]


def test_offer_check_of_what_was_never_said_says_that_it_is_on_request(admin):
    post(as_user(admin), url("offer_check", SLUG))

    assert (the_offer().availability, the_offer().last_checked_by) == ("on_request", admin)


def meanwhile(slug=SLUG, **values):
    """Let a colleague say something of an offer."""
    said = {"availability": Availability.NOT_OFFERED} | values
    by = NationalAdminFactory(full_name="Ngozi Hall")
    actions.save_offer(region=a_region(), intervention=an_intervention(slug), values=said, by=by)


def check_buttons(client):
    """Return where the button of each row posts to when the page of the region, and that of the offer, are open."""
    row = soup(client.get(url("region_offer_list"))).select_one(f"tr#{SLUG} form[action*=check]")["action"]
    own = soup(client.get(url("offer_edit", SLUG))).select_one("form[action*=check]")
    return [row] + ([own["action"]] if own else [])


@pytest.mark.parametrize("is_stated", [True, False], ids=["stated", "not stated"])
def test_offer_check_refuses_what_was_changed_since_it_was_seen(admin, is_stated):
    if is_stated:
        RegionalOfferFactory(intervention=an_intervention(SLUG))
    client = as_user(admin)
    seen = check_buttons(client)
    meanwhile()

    answers = [post(client, address) for address in seen]

    assert len(answers) == 1 + is_stated
    assert the_offer().last_checked_on is None
    said = text_of(client.get(answers[0]["Location"]))
    assert "“Action Learning Sets” was changed since you opened this page. Look again, then check it." in said
    post(client, check_buttons(client)[0])
    assert the_offer().last_checked_by == admin


def test_offer_check_goes_on_where_another_offer_was_changed_or_a_colleague_checked_the_same(admin):
    RegionalOfferFactory(intervention=an_intervention(SLUG))
    client = as_user(admin)
    seen = check_buttons(client)
    meanwhile("coaching-and-mentoring")
    actions.check_offer(region=a_region(), intervention=an_intervention(SLUG), by=NationalAdminFactory())

    post(client, seen[0])

    assert the_offer().last_checked_by == admin


def test_offer_check_answers_to_a_post_alone(admin):
    assert as_user(admin).get(url("offer_check", SLUG)).status_code == 405


def test_everybody_reads_when_an_offer_was_checked(admin, client):
    post(as_user(admin), url("offer_check", SLUG))

    words = text_of(client.get(an_intervention(SLUG).get_absolute_url()))

    assert f"Checked {timezone.localdate().day} " in words
    assert "Bron Adams" not in words


# Many at once.


def test_region_offer_list_changes_several_at_once(admin):
    first, second, third = Intervention.objects.on_the_menu()[:3]
    RegionalOfferFactory(intervention=first, notes="Stays", lead_time_weeks=2, contact="Jo")
    client = as_user(admin)

    response = post(
        client,
        url("region_offer_list"),
        {"chosen": [first.pk, second.pk], "availability": "not_offered", "lead_time_weeks": "0", "is_checked": "on"},
    )

    assert response["Location"] == url("region_offer_list")
    offers = {offer.intervention: offer for offer in RegionalOffer.objects.select_related("intervention")}
    assert set(offers) == {first, second}
    assert {(o.availability, o.lead_time_weeks, o.last_checked_by_id) for o in offers.values()} == {("not_offered", 0, admin.pk)}
    assert (offers[first].notes, offers[first].contact) == ("Stays", "Jo")
    assert "2 offers changed." in text_of(client.get(url("region_offer_list")))
    verbs = sorted(event.verb for event in AuditEvent.objects.all())
    assert verbs == ["added", "changed", "checked", "checked"]
    assert RecordVersion.objects.of(offers[first]).count() == 2
    assert third not in offers


def test_region_offer_list_says_how_many_said_it_already(admin):
    first, second = Intervention.objects.on_the_menu()[:2]
    RegionalOfferFactory(intervention=first)
    client, data = as_user(admin), {"chosen": [first.pk, second.pk], "availability": "offered"}

    post(client, url("region_offer_list"), data)
    once = text_of(client.get(url("region_offer_list")))
    post(client, url("region_offer_list"), data)
    twice = text_of(client.get(url("region_offer_list")))

    assert "1 offer changed. 1 said this already." in once
    assert "Nothing changed: what you ticked says this already." in twice


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"chosen": []}, "Tick at least one intervention"),
        ({"availability": ""}, "Choose what to change"),
        ({"lead_time_weeks": "-3"}, "Enter a number of weeks from 0 to 104"),
        ({"chosen": ["999999999999"]}, "Something you ticked is not there any more"),
        ({"chosen": ["x"]}, "is not a valid value"),
        ({"contact": "a\x01"}, "hidden character"),
    ],
)
def test_region_offer_list_says_what_is_wrong_and_keeps_the_ticks(admin, changes, message):
    mine = an_intervention(SLUG)
    data = {"chosen": [mine.pk], "availability": "offered", "contact": "", "lead_time_weeks": ""} | changes

    response = post(as_user(admin), url("region_offer_list"), data)

    assert message in text_of(response)
    ticked = [box["value"] for box in soup(response).select("[name=chosen][checked]")]
    assert ticked == ([str(mine.pk)] if data["chosen"] == [mine.pk] else [])
    assert not RegionalOffer.objects.exists()


def test_p03_region_offer_list_refuses_what_a_colleague_changed_since_and_keeps_what_was_typed(admin):
    RegionalOfferFactory(intervention=an_intervention(SLUG), contact="Jo")
    client, address = as_user(admin), url("region_offer_list")
    first, second = an_intervention(SLUG), an_intervention("coaching-and-mentoring")
    third = Intervention.objects.on_the_menu().exclude(pk__in=[first.pk, second.pk])[0]
    typed = {"chosen": [first.pk, second.pk, third.pk], "availability": "offered", "contact": "Kim"}
    seen = seen_by(client, address)
    meanwhile(contact="Hers")
    meanwhile("coaching-and-mentoring")
    events = AuditEvent.objects.count()

    refused = post(client, address, typed | {"seen": seen})

    words = text_of(refused)
    assert "were changed since you opened this page. Look again, then change them." in words
    named = words.partition(" were changed since")[0]
    assert [str(row) in named[-60:] for row in (first, second, third)] == [True, True, False]
    assert AuditEvent.objects.count() == events
    assert (the_offer().contact, RegionalOffer.objects.count()) == ("Hers", 2)
    page = soup(refused)
    assert {box["value"] for box in page.select("[name=chosen][checked]")} == {str(pk) for pk in typed["chosen"]}
    assert page.select_one("[name=contact]")["value"] == "Kim"
    assert "Ask for Hers" in row_of(refused)

    done = post(client, address, typed | {"seen": page.select_one("main [name=seen]")["value"]})

    assert done["Location"] == address
    assert the_offer().contact == "Kim"


def test_region_offer_list_goes_on_where_another_offer_was_changed_meanwhile(admin):
    client, address = as_user(admin), url("region_offer_list")
    seen = seen_by(client, address)
    meanwhile("coaching-and-mentoring")

    post(client, address, {"chosen": [an_intervention(SLUG).pk], "availability": "offered", "seen": seen})

    assert the_offer().availability == "offered"


@pytest.mark.parametrize("days", [None, 31, 90])
def test_region_offer_list_leads_to_the_first_that_is_not_checked(admin, days, monkeypatch):
    today = timezone.localdate()
    RegionalOfferFactory(intervention=an_intervention("coaching-and-mentoring"), last_checked_on=today)
    extra = RegionalOfferFactory(intervention=InterventionFactory(region=a_region(), slug="walks", position=1))
    RegionalOfferFactory(intervention=an_intervention(SLUG), last_checked_on=days and today - timedelta(days=days))
    monkeypatch.setattr("interventions.views.offers.MAX_DAYS_UNCHECKED", 28)
    client = as_user(admin)

    page = soup(client.get(url("region_offer_list")))
    RegionalOffer.objects.exclude(pk=extra.pk).update(last_checked_on=today)
    later = soup(client.get(url("region_offer_list")))

    links = [each.find("a", string=lambda words: words and "never checked" in words) for each in (page, later)]
    assert [(link["href"], link.get_text()) for link in links] == [
        (f"#{SLUG}", "2 never checked, or not for 28 days"),
        ("#walks", "1 never checked, or not for 28 days"),
    ]


def test_region_offer_list_changes_all_or_none(admin):
    first, second = Intervention.objects.on_the_menu()[:2]
    foreign = InterventionFactory(region=a_region("london"))

    response = post(
        as_user(admin), url("region_offer_list"), {"chosen": [first.pk, foreign.pk, second.pk], "availability": "offered"}
    )

    assert response.status_code == 200
    assert not RegionalOffer.objects.exists()


def test_each_tick_belongs_to_the_form_and_has_a_label(admin):
    page = soup(as_user(admin).get(url("region_offer_list")))

    boxes = page.select("input[name=chosen]")
    assert len(boxes) == 21
    assert {box["form"] for box in boxes} == {page.select_one("form[data-draft-url]")["id"]}
    assert all(page.select_one(f"label[for={box['id']}]").get_text(strip=True) for box in boxes)


# History.


def test_p38_offer_version_brings_an_earlier_offer_back(admin):
    provider = ProviderFactory(regions=[a_region()])
    RegionalOfferFactory(intervention=an_intervention(SLUG), notes="Before").providers.set([provider])
    client = as_user(admin)
    submit(client, url("offer_edit", SLUG), {"notes": "After", "providers": []})

    history = text_of(client.get(url("offer_history", SLUG)))
    version = text_of(client.get(url("offer_version", SLUG, 1)))
    done = submit(client, url("offer_version", SLUG, 1))

    assert "Bron Adams changed regional offer Action Learning Sets in East Midlands" in history
    assert "Version 2" in history
    assert "Before" in version
    assert done["Location"] == url("offer_history", SLUG)
    offer = the_offer()
    assert (offer.notes, offer.version, list(offer.providers.all())) == ("Before", 3, [provider])


def test_offer_history_of_what_was_never_said_is_not_found(admin):
    client = as_user(admin)

    assert client.get(url("offer_history", SLUG)).status_code == 404
    assert client.get(url("offer_version", SLUG, 1)).status_code == 404


def test_offer_version_of_a_retired_intervention_can_be_read_only(admin):
    gone = InterventionFactory(slug="gone")
    submit(as_user(admin), url("offer_edit", "gone"), {"notes": "Once"})
    submit(as_user(admin), url("offer_edit", "gone"), {"notes": "Later"})
    gone.retired_at = timezone.now()
    gone.save()

    page = as_user(admin).get(url("offer_version", "gone", 1))

    assert "Once" in text_of(page)
    assert not soup(page).select("main form")
    assert as_user(admin).get(url("offer_history", "gone")).status_code == 200


def test_the_form_posts_what_it_shows(admin):
    assert {"availability", "notes", "seen"} <= set(filled(as_user(admin), url("offer_edit", SLUG)))
