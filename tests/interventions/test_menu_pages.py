"""Pages on which national admins keep the menu, and regional admins read what became of it."""

import re

import pytest
from django.urls import reverse

from core.models import AuditEvent, RecordVersion
from interventions import permissions
from interventions.models import Intervention, RegionalOffer
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import a_region
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory
from tests.factories.framework import BehaviourFactory, LeadershipRoleFactory, a_behaviour, a_domain, a_role
from tests.factories.interventions import InterventionFactory, RegionalOfferFactory, an_intervention
from tests.helpers import as_user, filled, post, soup, submit, text_of

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script> & שלום 👩🏽‍⚕️"
PARTS = {
    "name_1": "Coaching alone",
    "summary_1": "A coach and a leader",
    "name_2": "Mentoring alone",
    "summary_2": "A mentor from elsewhere",
    "reason": "Two things in one",
}


def url(view, slug="coaching-and-mentoring", *args):
    if view in ("menu_list", "intervention_create"):
        return reverse(f"interventions:{view}")
    return reverse(f"interventions:{view}", args=[slug, *args])


READING = ["menu_list", "intervention_history"]
WRITING = ["intervention_create", "intervention_edit", "intervention_retire", "intervention_split"]


@pytest.fixture
def coaching():
    return an_intervention("coaching-and-mentoring")


@pytest.fixture
def national():
    return as_user(NationalAdminFactory(full_name="Nia National"))


@pytest.fixture
def regional():
    return as_user(RegionalAdminFactory())


def new(**changes):
    domain = a_domain().pk
    return {"name": "Walking the pathway", "summary": "Pairs follow one person", "main_domain": domain} | changes


@pytest.mark.parametrize(
    ("person", "can_keep", "can_read"),
    [
        pytest.param(NationalAdminFactory, True, True, id="national admin"),
        pytest.param(RegionalAdminFactory, False, True, id="regional admin"),
        pytest.param(ConsultantFactory, False, False, id="consultant"),
        pytest.param(StpLeadFactory, False, False, id="STP lead"),
        pytest.param(lambda: NationalAdminFactory(left=True), False, False, id="national admin who left"),
    ],
)
def test_who_may_keep_the_menu_and_read_its_versions(person, can_keep, can_read):
    user = person()

    assert permissions.can_keep_menu(user) is can_keep
    assert permissions.can_read_menu_versions(user) is can_read


@pytest.mark.parametrize(
    ("person", "reading", "writing"),
    [
        pytest.param(NationalAdminFactory, 200, 200, id="national admin"),
        pytest.param(RegionalAdminFactory, 200, 403, id="regional admin"),
        pytest.param(ConsultantFactory, 403, 403, id="consultant"),
        pytest.param(StpLeadFactory, 403, 403, id="STP lead"),
    ],
)
def test_menu_pages_open_for_those_who_may(person, reading, writing):
    client = as_user(person())

    assert {client.get(url(view)).status_code for view in READING} == {reading}
    assert {client.get(url(view)).status_code for view in WRITING} == {writing}


@pytest.mark.parametrize("person", [RegionalAdminFactory, ConsultantFactory, StpLeadFactory], ids=lambda made: made.__name__)
def test_menu_pages_take_nothing_from_those_who_may_not(person, coaching):
    client = as_user(person())
    before = list(Intervention.objects.values().order_by("pk"))

    posts = [post(client, url(view), new() | PARTS | {"reason": "Mine", "successors": []}) for view in WRITING]
    posts.append(post(client, url("intervention_reinstate")))

    assert {answer.status_code for answer in posts} == {403}
    assert list(Intervention.objects.values().order_by("pk")) == before


def test_menu_pages_ask_a_stranger_to_sign_in(client):
    assert {client.get(url(view)).status_code for view in READING + WRITING} == {302}


def test_menu_pages_know_only_the_national_menu(national):
    InterventionFactory(slug="fenland-walks", region=a_region())

    for view in ("intervention_edit", "intervention_retire", "intervention_split", "intervention_history"):
        assert national.get(url(view, "fenland-walks")).status_code == 404
        assert national.get(url(view, "no-such-thing")).status_code == 404
    assert post(national, url("intervention_reinstate", "fenland-walks")).status_code == 404
    assert national.get(url("intervention_version", "coaching-and-mentoring", 7)).status_code == 404


def test_menu_list_shows_the_21_by_domain_with_their_versions_and_plans(national, coaching):
    engagement = EngagementFactory()
    PlannedInterventionFactory.create_batch(2, engagement=engagement, intervention=coaching)
    PlannedInterventionFactory(intervention=coaching)
    submit(national, url("intervention_edit"), {"summary": "Said anew"})
    InterventionFactory(name="Fenland walks", region=a_region())

    page = soup(national.get(url("menu_list")))

    columns = page.select(".app-menu__column")
    assert [len(column.select("li")) for column in columns] == [6, 7, 4, 4]
    assert columns[0].h2.get_text() == "Individual Effectiveness"
    said = {item.h3.get_text(): " ".join(item.p.get_text().split()) for item in page.select(".app-menu__item")}
    assert re.match(r"Version 2, last changed on \d+ \w+ \d{4} · 2 plans use it$", said[coaching.name])
    assert said["Action Learning Sets"].startswith("Version 1, as first loaded · 0 plans use it")
    assert "Fenland walks" not in page.get_text()


def test_menu_list_offers_a_regional_admin_to_propose_and_nothing_to_change(regional):
    page = soup(regional.get(url("menu_list")))

    main = page.select_one("main")
    assert not main.select("form")
    assert "Add an intervention" not in main.get_text()
    assert not [link for link in main.select("a") if link["href"] == url("intervention_edit")]


def test_what_takes_the_place_of_a_retired_intervention_is_never_retired_itself(national, client):
    first, second = (InterventionFactory(name=name, retired=True) for name in ("Chalk and talk", "Slides and talk"))
    first.successors.set([second])
    second.successors.set([an_intervention("action-learning-sets")])

    listed = text_of(national.get(url("menu_list")))
    words = text_of(client.get(first.get_absolute_url()))

    assert listed.count("In its place: Action Learning Sets") == 2
    assert "In its place: Slides and talk" not in listed
    assert "In its place on the menu: Action Learning Sets" in words
    assert "Slides and talk" not in words


def test_menu_list_folds_away_what_was_retired_with_the_reason_and_the_way_back(national, regional):
    retired = InterventionFactory(name="Chalk and talk", retired=True, retired_reason="Nobody comes")
    retired.successors.set([an_intervention("action-learning-sets")])

    fold = soup(national.get(url("menu_list"))).select_one("main details")
    words = " ".join(fold.get_text(" ").split())
    answer = post(national, url("intervention_reinstate", retired.slug), follow=True)

    assert "Chalk and talk Retired on" in words
    assert "Nobody comes" in words
    assert "In its place: Action Learning Sets" in words
    assert fold.select_one("form")["action"] == url("intervention_reinstate", retired.slug)
    assert "What was retired" not in text_of(answer)
    assert retired in Intervention.objects.on_the_menu()


def test_intervention_create_puts_a_new_one_on_the_public_menu_at_once(national, client):
    answer = submit(national, url("intervention_create"), new(roles=[str(a_role().pk)], other_domains=[str(a_domain().pk)]))

    made = Intervention.objects.get(slug="walking-the-pathway")
    assert answer["Location"] == url("menu_list")
    assert list(made.other_domains.all()) == []
    assert list(made.roles.all()) == [a_role()]
    assert "Walking the pathway" in text_of(client.get("/menu/"))
    assert "Pairs follow one person" in text_of(client.get(made.get_absolute_url()))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "Enter the name"),
        ({"name": "coaching AND mentoring"}, "There is an intervention with this name already. Choose another name."),
        ({"main_domain": ""}, "Choose the main domain"),
        ({"main_domain": "999"}, "Select a valid choice"),
        ({"summary": "x" * 301}, "“Summary” must be 300 characters or fewer. You have typed 301."),
        ({"roles": ["999999"]}, "Something you ticked is not there any more"),
        ({"description": "a\x00b"}, "hidden character"),
    ],
    ids=["no name", "a name that exists", "no domain", "unknown domain", "too long", "unknown role", "null character"],
)
def test_intervention_create_says_what_is_wrong_and_keeps_what_was_typed(national, changes, message):
    typed = new(suits="Whoever waits") | changes

    answer = post(national, url("intervention_create"), typed)

    assert message in text_of(answer)
    page = soup(answer)
    assert page.title.get_text().startswith("Error: ")
    assert page.select_one("[name=suits]").get_text().strip() == "Whoever waits"
    assert page.select_one("[name=name]").get("value", "") == typed["name"]
    assert Intervention.objects.count() == 21


def test_intervention_create_posted_twice_adds_one(national):
    data = new() | {"action_key": "6f1c1f3e-0d0f-4b4e-9d58-3d6f2b1f9a10"}

    answers = [national.post(url("intervention_create"), data)["Location"] for _ in range(2)]

    assert answers == [url("menu_list")] * 2
    assert Intervention.objects.count() == 22


def test_intervention_create_shows_words_as_text(national, client):
    post(national, url("intervention_create"), new(name=HOSTILE, summary=HOSTILE, description=HOSTILE))

    made = Intervention.objects.get(name=HOSTILE)
    pages = [national.get(url("menu_list")), national.get(url("intervention_edit", made.slug)), client.get("/menu/")]
    pages += [client.get(made.get_absolute_url()), national.get(url("intervention_history", made.slug))]
    for page in pages:
        assert not soup(page).select("main script")
        assert HOSTILE in soup(page).select_one("main").get_text()


def test_intervention_edit_saved_as_it_stands_changes_nothing(national, coaching):
    submit(national, url("intervention_edit"))

    assert not AuditEvent.objects.exclude(verb="was refused").exists()
    assert not RecordVersion.objects.exists()


def test_intervention_edit_follows_on_the_public_page_and_keeps_the_address(national, client, coaching):
    submit(national, url("intervention_edit"), {"name": "Coaching", "behaviours": [str(a_behaviour().pk)]})

    page = text_of(client.get("/menu/coaching-and-mentoring/"))
    assert "Coaching" in page
    assert a_behaviour().text in page
    assert list(Intervention.objects.get(pk=coaching.pk).behaviours.all()) == [a_behaviour()]


def test_intervention_edit_offers_what_can_be_chosen_today_and_keeps_what_was_chosen(national, coaching):
    old, gone = LeadershipRoleFactory(text="Old role"), BehaviourFactory(text="Gone behaviour")
    coaching.roles.add(old)
    type(old).objects.filter(pk=old.pk).update(retired_at="2026-01-01T00:00:00Z")
    type(gone).objects.filter(pk=gone.pk).update(retired_at="2026-01-01T00:00:00Z")

    page = text_of(national.get(url("intervention_edit")))
    submit(national, url("intervention_edit"), {"summary": "Said anew"})

    assert "Old role" in page
    assert "Gone behaviour" not in page
    assert old in coaching.roles.all()
    assert "Old role" not in text_of(national.get(url("intervention_create")))


def test_p03_intervention_edit_shows_both_texts_when_two_write(national, coaching):
    mine = filled(national, url("intervention_edit")) | {"summary": "Mine"}
    submit(as_user(NationalAdminFactory(full_name="Ola Other")), url("intervention_edit"), {"summary": "Theirs"})

    answer = post(national, url("intervention_edit"), mine)

    assert "Ola Other changed “Summary” while you were writing" in text_of(answer)
    assert "Theirs" in text_of(answer)
    assert soup(answer).select_one("[name=summary]").get_text().strip() == "Mine"
    assert Intervention.objects.get(pk=coaching.pk).summary == "Theirs"


def test_intervention_edit_says_what_is_wrong_under_the_name_that_is_saved(national, coaching):
    answer = submit(national, url("intervention_edit"), {"name": "Action Learning Sets"})

    page = soup(answer)
    assert page.h1.get_text() == "Change Coaching and Mentoring"
    assert page.select_one("[name=name]")["value"] == "Action Learning Sets"
    assert "There is an intervention with this name already" in text_of(answer)


def test_intervention_edit_of_a_retired_one_points_to_bringing_it_back(national):
    retired = InterventionFactory(retired=True)

    page = national.get(url("intervention_edit", retired.slug))

    assert "Bring it back to the menu before you change it" in text_of(page)
    assert not soup(page).select("[name=summary]")
    refused = post(national, url("intervention_edit", retired.slug), new())
    assert refused.status_code == 200
    assert Intervention.objects.get(pk=retired.pk).name == retired.name


def test_intervention_retire_takes_it_off_and_its_page_says_why_and_what_comes_instead(national, client, coaching):
    instead = an_intervention("action-learning-sets")
    PlannedInterventionFactory(intervention=coaching)

    asked = national.get(url("intervention_retire"))
    done = submit(national, url("intervention_retire"), {"reason": "Too like\nsets", "successors": [str(instead.pk)]})

    assert "1 plan uses it and keeps it as it is" in text_of(asked)
    assert done["Location"] == url("menu_list")
    page = client.get(coaching.get_absolute_url())
    assert "No longer on the menu This intervention was retired on" in text_of(page).replace("Important: ", "")
    assert "Too like sets" in text_of(page)
    assert instead.get_absolute_url() in {link["href"] for link in soup(page).select(".nhsuk-card--warning a")}
    assert coaching.name not in [name.get_text() for name in soup(client.get("/menu/")).select("h3")]


def test_intervention_retire_offers_the_menu_without_itself_and_without_extras(national, coaching):
    InterventionFactory(name="Fenland walks", region=a_region())
    InterventionFactory(name="Chalk and talk", retired=True)

    page = soup(national.get(url("intervention_retire")))

    labels = [" ".join(label.get_text().split()) for label in page.select("main .nhsuk-checkboxes label")]
    assert len(labels) == 20
    assert not {coaching.name, "Fenland walks", "Chalk and talk"} & set(labels)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"reason": " "}, "Enter why it is retired"),
        ({"reason": "x" * 2001}, "“Why is it retired?” must be 2,000 characters or fewer"),
        ({"reason": "Old", "successors": ["999999"]}, "Something you ticked is not on the menu any more. Choose again."),
        ({"reason": "Old", "successors": ["x" * 40]}, "Something you ticked is not on the menu any more. Choose again."),
    ],
    ids=["no reason", "too long", "unknown", "no number"],
)
def test_intervention_retire_says_what_is_wrong(national, coaching, typed, message):
    answer = post(national, url("intervention_retire"), typed)

    assert message in text_of(answer)
    assert Intervention.objects.get(pk=coaching.pk).retired_at is None


def test_intervention_retire_posted_by_two_is_refused_to_the_second_in_words(national, coaching):
    other = as_user(NationalAdminFactory())
    mine = filled(national, url("intervention_retire")) | {"reason": "Mine"}
    submit(other, url("intervention_retire"), {"reason": "Theirs"})

    answer = post(national, url("intervention_retire"), mine)

    assert "It was retired already" in text_of(answer)
    assert soup(answer).select_one("[name=reason]").get_text().strip() == "Mine"
    assert Intervention.objects.get(pk=coaching.pk).retired_reason == "Theirs"
    page = other.get(url("intervention_retire"))
    assert not soup(page).select("[name=reason]")


def test_intervention_reinstate_of_one_on_the_menu_says_so(national):
    answer = post(national, url("intervention_reinstate"), follow=True)

    assert "It is on the menu already." in text_of(answer)
    assert national.get(url("intervention_reinstate")).status_code == 405


def test_intervention_split_puts_two_on_the_public_menu_and_loses_no_region(national, client, coaching):
    RegionalOfferFactory(intervention=coaching, notes="Ask the faculty")

    done = submit(national, url("intervention_split"), PARTS)

    assert done["Location"] == url("menu_list")
    names = [name.get_text() for name in soup(client.get("/menu/")).select("h3")]
    assert {"Coaching alone", "Mentoring alone"} <= set(names)
    assert coaching.name not in names
    made = Intervention.objects.filter(predecessors=coaching).order_by("pk")
    assert [row.summary for row in made] == [PARTS["summary_1"], PARTS["summary_2"]]
    assert RegionalOffer.objects.filter(intervention__in=made, notes="Ask the faculty").count() == 2
    old = client.get(coaching.get_absolute_url())
    assert {row.get_absolute_url() for row in made} <= {link["href"] for link in soup(old).select("a")}


def test_parts_of_a_split_show_the_measures_of_the_old_one(national, client, coaching):
    submit(national, url("intervention_split"), PARTS)

    page = text_of(client.get("/menu/coaching-alone/"))

    for suggestion in coaching.measure_suggestions.all():
        assert suggestion.outcome in page


def test_intervention_split_into_three(national, coaching):
    submit(national, url("intervention_split"), PARTS | {"name_4": "Sponsoring alone", "summary_4": "A sponsor"})

    assert Intervention.objects.filter(predecessors=coaching).count() == 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name_2": ""}, "Enter the name of the second"),
        ({"summary_1": ""}, "Enter the summary of the first"),
        ({"reason": ""}, "Enter why it is split"),
        ({"name_2": "COACHING alone"}, "Another part has this name. Choose another one."),
        ({"name_2": "action learning sets"}, "There is an intervention with this name already."),
        ({"name_2": "Coaching and Mentoring"}, "There is an intervention with this name already."),
        ({"name_3": "Sponsoring alone"}, "Enter the summary of the third"),
        ({"summary_4": "A sponsor"}, "Enter the name of the fourth"),
        ({"name_1": "x" * 201}, "“Name of the first” must be 200 characters or fewer"),
    ],
    ids=["no name", "no summary", "no reason", "twice", "taken", "its own", "no third summary", "no fourth name", "too long"],
)
def test_intervention_split_says_what_is_wrong_and_keeps_what_was_typed(national, coaching, changes, message):
    typed = PARTS | changes

    answer = post(national, url("intervention_split"), typed)

    assert message in text_of(answer)
    for name in ("name_1", "name_2"):
        assert soup(answer).select_one(f"[name={name}]").get("value", "") == typed[name]
    assert Intervention.objects.count() == 21
    assert Intervention.objects.get(pk=coaching.pk).retired_at is None


def test_intervention_split_of_a_retired_one_is_refused(national):
    retired = InterventionFactory(retired=True)

    page = national.get(url("intervention_split", retired.slug))
    answer = post(national, url("intervention_split", retired.slug), PARTS)

    assert "It was retired already" in text_of(page)
    assert not soup(page).select("[name=name_1]")
    assert "It was retired already" in text_of(answer)
    assert Intervention.objects.filter(predecessors=retired).count() == 0


def test_p38_intervention_history_tells_who_changed_what_and_leads_to_each_version(national, regional, coaching):
    submit(national, url("intervention_edit"), {"name": "Coaching"})
    submit(national, url("intervention_retire"), {"reason": "Too like sets"})

    for client in (national, regional):
        page = client.get(url("intervention_history"))
        words = text_of(page)
        assert "Nia National changed intervention Coaching : name from Coaching and Mentoring to Coaching" in words
        assert "Nia National retired intervention Coaching" in words
        links = [link["href"] for link in soup(page).select(".app-history__version")]
        assert links == [url("intervention_version", "coaching-and-mentoring", 2)]


def test_p38_intervention_version_is_read_by_regional_admins_and_gone_back_to_by_national_ones(national, regional, coaching):
    submit(national, url("intervention_edit"), {"name": "Coaching", "roles": []})
    first = url("intervention_version", "coaching-and-mentoring", 1)
    had = set(RecordVersion.objects.of(coaching).get(number=1).values["roles"]["value"])

    read = regional.get(first)
    refused = post(regional, first, {"seen": 2})
    assert "Coaching and Mentoring" in text_of(read)
    assert "Go back to this version" not in text_of(read)
    assert refused.status_code == 403
    done = submit(national, first)

    assert done["Location"] == url("intervention_history")
    now = Intervention.objects.get(pk=coaching.pk)
    assert (now.name, now.version, now.slug) == ("Coaching and Mentoring", 3, "coaching-and-mentoring")
    assert {role.pk for role in now.roles.all()} == had
    assert len(had) > 0


def test_intervention_version_of_consultants_is_closed(national):
    submit(national, url("intervention_edit"), {"name": "Coaching"})

    assert as_user(ConsultantFactory()).get(url("intervention_version", "coaching-and-mentoring", 1)).status_code == 403


def test_intervention_version_goes_back_to_no_name_that_is_taken_by_now(national, coaching):
    submit(national, url("intervention_edit"), {"name": "Coaching"})
    InterventionFactory(name="Coaching and Mentoring")

    answer = submit(national, url("intervention_version", "coaching-and-mentoring", 1))

    assert "There is an intervention with this name already" in text_of(answer)
    assert Intervention.objects.get(pk=coaching.pk).name == "Coaching"


def test_intervention_version_of_a_retired_one_can_only_be_read(national, coaching):
    submit(national, url("intervention_edit"), {"name": "Coaching"})
    submit(national, url("intervention_retire"), {"reason": "Too like sets"})
    address = url("intervention_version", "coaching-and-mentoring", 1)

    assert "Go back to this version" not in text_of(national.get(address))
    post(national, address, {"seen": 3})
    assert Intervention.objects.get(pk=coaching.pk).name == "Coaching"


def test_public_page_leads_national_admins_to_where_it_is_changed(national, regional, client, coaching):
    address = url("intervention_edit")

    shown = [
        address in {link["href"] for link in soup(person.get(coaching.get_absolute_url())).select("main a")}
        for person in (national, regional, client)
    ]

    assert shown == [True, False, False]
