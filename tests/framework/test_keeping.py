"""National admins keep the framework on pages of their own; nobody else opens them (P03, P38)."""

import pytest
from django.urls import reverse

from core.models import AuditEvent, FormDraft
from framework import actions, permissions
from framework.models import Behaviour, Domain, ForwardViewStep, LeadershipRole, Resource
from framework.views import rows
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.engagements import PriorityFactory
from tests.factories.framework import ResourceFactory, a_behaviour, a_domain, a_role, a_step
from tests.factories.interventions import InterventionFactory
from tests.helpers import ReadOnlyGetClient, as_user, post, soup, submit, text_of

pytestmark = pytest.mark.django_db
LIST_URL = "/manage/framework/"
WHY = "Clearer for new leaders"
SLUG = "individual-effectiveness"
PAGES = [
    ("framework_list", []),
    *((f"domain_{view}", [SLUG]) for view in ("edit", "history")),
    ("domain_version", [SLUG, 1]),
    *((f"{kind}_create", [SLUG]) for kind in ("role", "behaviour")),
    ("step_create", []),
    *((f"{kind}_{view}", [1]) for kind in ("role", "behaviour", "step") for view in ("edit", "retire", "history")),
    ("resource_create", []),
    *((f"resource_{view}", ["healthcare-leadership-model"]) for view in ("edit", "retire", "history")),
]
POSTS = [
    *((f"{kind}_restore", [1, 1]) for kind in ("role", "behaviour", "step")),
    ("resource_restore", ["healthcare-leadership-model"]),
]
KINDS = [("role", a_role), ("behaviour", a_behaviour), ("step", a_step)]


def url(view, *args):
    return reverse(f"framework:{view}", args=args)


def words_field(kind):
    return "name" if kind == "step" else "text"


@pytest.fixture
def admin():
    return NationalAdminFactory(full_name="Nadia National")


@pytest.fixture
def client(admin):
    return as_user(admin)


@pytest.mark.parametrize(
    ("make", "may"),
    [
        pytest.param(NationalAdminFactory, True, id="national admin"),
        pytest.param(lambda: NationalAdminFactory(left=True), False, id="national admin who has left"),
        pytest.param(RegionalAdminFactory, False, id="regional admin"),
        pytest.param(ConsultantFactory, False, id="consultant"),
        pytest.param(StpLeadFactory, False, id="STP lead"),
    ],
)
def test_can_keep_framework(make, may):
    assert permissions.can_keep_framework(make()) is may


@pytest.mark.parametrize("make", [RegionalAdminFactory, ConsultantFactory, StpLeadFactory])
@pytest.mark.parametrize(("view", "args"), [*PAGES, *POSTS], ids=lambda part: part if isinstance(part, str) else "")
def test_pages_of_the_framework_are_for_national_admins(make, view, args):
    person = as_user(make())

    answers = [post(person, url(view, *args), {"text": "Hacked", "name": "Hacked", "reason": WHY}).status_code]
    answers += [person.get(url(view, *args)).status_code] if (view, args) in PAGES else []

    assert set(answers) <= {403, 405}
    assert 403 in answers
    assert not AuditEvent.objects.exclude(verb="was refused").exists()


def test_pages_of_the_framework_ask_strangers_to_sign_in():
    response = ReadOnlyGetClient().get(LIST_URL)

    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


def test_framework_list_shows_every_row_with_the_ways_to_change_it(client):
    response = client.get(LIST_URL)

    words, page = text_of(response), soup(response)
    for row in (*LeadershipRole.objects.all(), *Behaviour.objects.all(), *ForwardViewStep.objects.all()):
        assert str(row) in words
    for record in (*Domain.objects.all(), *Resource.objects.all()):
        assert record.name in words
    for kind, model in (("role", LeadershipRole), ("behaviour", Behaviour), ("step", ForwardViewStep)):
        links = {link["href"] for link in page.select(".app-kept__actions a")}
        assert {url(f"{kind}_{view}", row.pk) for row in model.objects.all() for view in ("edit", "retire", "history")} <= links


def test_framework_list_folds_what_is_retired_and_leaves_out_earlier_wordings(client, admin):
    first = a_role()
    actions.change_row(row=first, values={"text": "Other words"}, by=admin)
    actions.retire_row(row=a_role(row=2), values={"reason": WHY}, by=admin)
    actions.retire_resource(resource=ResourceFactory(name="Old toolkit"), values={"reason": WHY}, by=admin)

    page = soup(client.get(LIST_URL))

    words = page.get_text(" ")
    assert first.text not in words
    assert "Other words" in words
    assert page.select_one(f"#role-{first.pk}")
    assert a_role(row=2).text in page.select_one(f"details #role-{a_role(row=2).pk}").get_text()
    assert "Old toolkit" in page.select("details")[-1].get_text()
    retired = page.select_one(f"#role-{a_role(row=2).pk}")
    assert [link["href"] for link in retired.select("a")] == [url("role_history", a_role(row=2).pk)]


def test_framework_list_says_where_there_is_nothing(client):
    Resource.objects.all().delete()
    Domain.objects.create(slug="fifth", name="Fifth", position=5)

    words = text_of(client.get(LIST_URL))

    assert "There are no resources." in words
    assert "This domain has no leadership roles." in words
    assert "This domain has no behaviours." in words


@pytest.mark.parametrize(("kind", "find"), KINDS)
def test_p38_row_edit_gives_new_words_and_leads_back_to_the_row(client, kind, find):
    row = find()

    response = submit(client, url(f"{kind}_edit", row.pk), {words_field(kind): "  New\nwords ", "reason": WHY})

    assert response["Location"] == f"{LIST_URL}#{kind}-{row.pk}"
    latest = type(row).objects.in_lineage(row.pk).first()
    assert (str(latest), latest.replaces) == ("New words", row)


@pytest.mark.parametrize(("kind", "find"), KINDS)
def test_row_edit_says_that_it_departs_from_the_printed_words(client, kind, find):
    words = text_of(client.get(url(f"{kind}_edit", find().pk)))

    said = "These words follow the Five Year Forward View." if kind == "step" else "A change departs from the printed framework."
    assert said in words
    assert "Plans that chose the old words keep them." in words


@pytest.mark.parametrize(("kind", "find"), KINDS)
@pytest.mark.parametrize("typed", ["", " ", "\u200b", "x" * 301])
def test_row_edit_refuses_words_that_are_none_or_too_long_and_keeps_what_was_typed(client, kind, find, typed):
    row = find()

    response = submit(client, url(f"{kind}_edit", row.pk), {words_field(kind): typed, "reason": ""})

    page = soup(response)
    assert response.status_code == 200
    assert page.select(f"#id_{words_field(kind)}-error")
    assert "Say why, in one sentence" in page.get_text(" ")
    control = page.select_one(f"[name={words_field(kind)}]")
    assert control.get("value", control.get_text()).strip() == typed.strip()
    assert not AuditEvent.objects.exclude(verb="was refused").exists()


def test_row_edit_shows_hostile_words_as_they_are(client, admin):
    hostile = "<script>alert(1)</script> {{ 7|add:7 }} %s مرحبا"

    submit(client, url("role_edit", a_role().pk), {"text": hostile, "reason": hostile})

    for address in (LIST_URL, url("role_history", a_role_lineage()), a_domain().get_absolute_url()):
        response = client.get(address)
        assert hostile in soup(response).get_text()
        assert b"<script>alert" not in response.content


def a_role_lineage():
    return LeadershipRole.objects.order_by("pk").first().pk


@pytest.mark.parametrize(("kind", "find"), KINDS)
def test_p03_row_edit_shows_both_words_where_somebody_was_faster(client, kind, find):
    row, field, other = find(), words_field(kind), as_user(NationalAdminFactory(full_name="Faster Person"))
    address = url(f"{kind}_edit", row.pk)
    page = soup(client.get(address))
    mine = {"seen": page.select_one("[name=seen]")["value"], field: "My words", "reason": WHY}
    if kind == "step":
        mine |= {"kind": row.kind, "description": row.description}
    submit(other, address, {field: "Their words", "reason": "First"})

    clash = post(client, address, mine)

    shown = soup(clash)
    said = shown.get_text(" ")
    assert clash.status_code == 200
    assert "Faster Person changed" in said
    assert "Their words" in said
    assert shown.select_one(f"[name={field}]").get("value", shown.select_one(f"[name={field}]").get_text()).strip() == "My words"
    assert str(type(row).objects.in_lineage(row.pk).first()) == "Their words"
    chosen = mine | {"seen": shown.select_one("[name=seen]")["value"], f"overwrite-{field}": "mine"}
    assert post(client, address, chosen).status_code == 302
    assert [str(r) for r in type(row).objects.in_lineage(row.pk)] == ["My words", "Their words", str(row)]


def test_p03_row_edit_takes_their_words_where_they_are_chosen(client):
    row, other = a_role(), as_user(NationalAdminFactory())
    address = url("role_edit", row.pk)
    seen = soup(client.get(address)).select_one("[name=seen]")["value"]
    submit(other, address, {"text": "Their words", "reason": "First"})

    response = post(client, address, {"seen": seen, "text": "My words", "reason": WHY, "overwrite-text": "theirs"})

    assert response.status_code == 302
    assert str(LeadershipRole.objects.in_lineage(row.pk).first()) == "Their words"


def test_row_edit_keeps_what_was_typed_where_the_row_was_retired_meanwhile(client, admin):
    row = a_role()
    data = {"seen": "{}", "text": "My long thought words", "reason": WHY}
    actions.retire_row(row=row, values={"reason": WHY}, by=NationalAdminFactory())

    response = post(client, url("role_edit", row.pk), data)

    words = text_of(response)
    assert "This leadership role was retired. Bring it back first, from its history." in words
    assert "My long thought words" in words


def test_row_edit_of_a_retired_row_shows_no_form(client, admin):
    actions.retire_row(row=a_role(), values={"reason": WHY}, by=admin)

    page = soup(client.get(url("role_edit", a_role().pk)))

    assert "This leadership role was retired" in page.get_text(" ")
    assert not page.select("main form.app-form")


def test_row_edit_posted_twice_makes_one_row(client):
    address = url("role_edit", a_role().pk)
    data = {"seen": "{}", "text": "New words", "reason": WHY}

    for _ in range(2):
        post(client, address, data)

    assert LeadershipRole.objects.filter(text="New words").count() == 1


def test_p01_row_edit_keeps_a_draft_over_an_edit_of_a_colleague(client, admin):
    row = a_role()
    address = url("role_edit", row.pk)
    seen = soup(client.get(address)).select_one("[name=seen]")["value"]
    FormDraft.objects.create(
        user=admin, form="framework:role_edit", subject=address, data={"seen": [seen], "text": ["My draft"], "reason": [WHY]}
    )
    actions.change_row(row=row, values={"text": "Their words"}, by=NationalAdminFactory())

    # The first form on the page lets the draft go.
    response = submit(client, address, form=1)

    assert "Their words" in text_of(response)
    assert soup(response).select_one("[name=text]").get_text().strip() == "My draft"


@pytest.mark.parametrize("kind", ["role", "behaviour", "step"])
@pytest.mark.parametrize("pk", [0, 99999999, 10**30])
@pytest.mark.parametrize("view", ["edit", "retire", "history"])
def test_a_row_that_does_not_exist_is_not_found(client, kind, pk, view):
    assert client.get(url(f"{kind}_{view}", pk)).status_code == 404


def test_a_row_is_found_by_its_first_wording_only(client, admin):
    new = actions.change_row(row=a_role(), values={"text": "Other words"}, by=admin)

    assert client.get(url("role_edit", new.pk)).status_code == 404
    assert "Other words" in text_of(client.get(url("role_edit", new.lineage)))


@pytest.mark.parametrize("kind", ["role", "behaviour"])
def test_row_create_adds_to_the_domain_at_once(client, kind):
    response = submit(client, url(f"{kind}_create", SLUG), {"text": "One thing more", "reason": WHY})

    model = {"role": LeadershipRole, "behaviour": Behaviour}[kind]
    added = model.objects.get(text="One thing more")
    assert response["Location"] == f"{LIST_URL}#{kind}-{added.pk}"
    assert added.domain == a_domain()
    assert "One thing more" in text_of(client.get(a_domain().get_absolute_url()))


def test_row_create_in_a_domain_that_does_not_exist_is_not_found(client):
    assert client.get(url("role_create", "fifth")).status_code == 404
    assert client.get(url("behaviour_create", "fifth")).status_code == 404


def test_row_create_refuses_words_that_are_there_and_keeps_what_was_typed(client):
    response = submit(client, url("role_create", SLUG), {"text": a_role().text, "reason": WHY})

    assert "There is a leadership role with these words already. Choose other words." in text_of(response)
    assert soup(response).select_one("[name=text]").get_text().strip() == a_role().text


def test_step_create_adds_a_step_of_its_kind(client):
    response = submit(client, url("step_create"), {"name": "A new service", "kind": "service", "reason": WHY})

    step = ForwardViewStep.objects.get(name="A new service")
    assert response["Location"] == f"{LIST_URL}#step-{step.pk}"
    assert (step.kind, step.code) == ("service", "a-new-service")


def test_step_create_asks_for_a_kind(client):
    response = post(client, url("step_create"), {"name": "A new service", "kind": "dance", "reason": WHY})

    assert not ForwardViewStep.objects.filter(name="A new service").exists()
    assert soup(response).select("#id_kind-error")
    assert "Choose a gap, a service or an enabler" in text_of(post(client, url("step_create"), {"name": "A new service"}))


@pytest.mark.parametrize(("kind", "find"), KINDS)
def test_row_retire_asks_why_and_offers_it_no_longer(client, kind, find):
    row = find()

    page = client.get(url(f"{kind}_retire", row.pk))
    response = submit(client, url(f"{kind}_retire", row.pk), {"reason": WHY})

    assert str(row) in text_of(page)
    assert response["Location"] == f"{LIST_URL}#{kind}-{row.pk}"
    assert not type(row).objects.current().filter(pk=row.pk).exists()


def test_row_retire_says_where_the_row_is_used(client):
    role = LeadershipRole.objects.create(domain=a_domain(), row=99, text="Hardly used")
    unused = text_of(client.get(url("role_retire", role.pk)))
    InterventionFactory(roles=[role])
    InterventionFactory(roles=[role], retired=True)
    PriorityFactory.create_batch(2, roles=[role])

    words = text_of(client.get(url("role_retire", role.pk)))

    assert "Nothing uses it today." in unused
    assert "1 intervention on the menu" in words
    assert "2 priorities" in words


def test_row_retire_refuses_without_a_reason_and_a_second_time(client):
    address = url("role_retire", a_role().pk)

    assert "Say why, in one sentence" in text_of(submit(client, address, {"reason": ""}))
    data = {"reason": WHY}
    assert post(client, address, data).status_code == 302
    assert "Somebody has retired this leadership role already." in text_of(post(client, address, data))


@pytest.mark.parametrize(("kind", "find"), KINDS)
def test_p38_row_history_shows_the_chain_of_wordings_and_the_way_back(client, admin, kind, find):
    row = find()
    actions.change_row(row=row, values={words_field(kind): "Other words", "reason": WHY}, by=admin)

    page = soup(client.get(url(f"{kind}_history", row.pk)))

    entries = [" ".join(entry.get_text(" ").split()) for entry in page.select(".app-entry")]
    assert "In use" in entries[0]
    assert "Other words" in entries[0]
    assert "Written by Nadia National" in entries[0]
    assert WHY in entries[0]
    assert str(row) in entries[1]
    assert "As it was first loaded" in entries[1]
    form = page.select_one(".app-entry:nth-of-type(2) form")
    assert form["action"] == url(f"{kind}_restore", row.pk, 1)
    post(client, form["action"])
    assert [str(r) for r in type(row).objects.in_lineage(row.pk)] == [str(row), "Other words", str(row)]


@pytest.mark.parametrize("kind", ["role", "behaviour", "step"])
def test_row_restore_brings_a_retired_row_back(client, admin, kind):
    row = dict(KINDS)[kind]()
    actions.retire_row(row=row, values={"reason": WHY}, by=admin)
    history = url(f"{kind}_history", row.pk)

    page = soup(client.get(history))
    response = post(client, url(f"{kind}_restore", row.pk, 1))

    assert "Retired by Nadia National" in " ".join(page.get_text(" ").split())
    assert "Bring it back" in page.get_text(" ")
    assert response["Location"] == history
    assert type(row).objects.current().filter(pk=row.pk).exists()
    assert "Brought back by Nadia National" in text_of(client.get(history))


@pytest.mark.parametrize("number", [0, 2, 10**30])
def test_row_restore_of_a_wording_that_never_was_is_not_found(client, number):
    assert post(client, url("role_restore", a_role().pk, number)).status_code == 404


def test_row_restore_of_the_words_in_use_says_so(client):
    response = post(client, url("role_restore", a_role().pk, 1), follow=True)

    assert "These words are in use already." in text_of(response)


def test_row_restore_changes_nothing_on_a_get(client):
    assert client.get(url("role_restore", a_role().pk, 1)).status_code == 405
    assert client.get(url("resource_restore", "healthcare-leadership-model")).status_code == 405


def test_p38_public_pages_show_the_new_words_at_once(client, admin):
    role, behaviour = a_role(), a_behaviour()
    actions.change_row(row=role, values={"text": "Other role words"}, by=admin)
    actions.change_row(row=behaviour, values={"text": "Other behaviour words"}, by=admin)
    actions.retire_row(row=a_role(row=2), values={}, by=admin)
    actions.change_domain(domain=a_domain(), values={"name": "Own Effectiveness"}, by=admin)

    domain, menu = text_of(client.get(a_domain().get_absolute_url())), text_of(client.get("/framework/"))

    assert "Other role words" in domain
    assert "Other behaviour words" in domain
    assert not [text for text in (role.text, behaviour.text, a_role(row=2).text) if text in domain]
    assert "Own Effectiveness" in menu
    assert f"{LeadershipRole.objects.current().filter(domain=a_domain()).count()} leadership roles" in menu


def test_domain_edit_changes_name_and_aim(client):
    page = text_of(client.get(url("domain_edit", SLUG)))
    response = submit(client, url("domain_edit", SLUG), {"name": "Own Effectiveness", "aim": "To be it", "reason": WHY})

    assert "A change departs from the printed framework." in page
    assert response["Location"] == f"{LIST_URL}#domain-{SLUG}"
    assert (a_domain().name, a_domain().aim, a_domain().version) == ("Own Effectiveness", "To be it", 2)


def test_domain_edit_takes_neither_slug_nor_position_nor_version(client):
    before = a_domain()

    submit(client, url("domain_edit", SLUG), {"name": "New", "reason": WHY, "slug": "x", "position": "9", "version": "9"})

    assert (a_domain().slug, a_domain().position, a_domain().version) == (before.slug, before.position, 2)


def test_domain_edit_refuses_what_no_drawing_holds(client):
    response = submit(client, url("domain_edit", SLUG), {"name": "x" * 61, "reason": WHY})

    assert "must be 60 characters or fewer" in text_of(response)
    assert a_domain().version == 1


def test_p03_domain_edit_shows_both_texts_of_a_clash(client):
    address, other = url("domain_edit", SLUG), as_user(NationalAdminFactory(full_name="Faster Person"))
    seen = soup(client.get(address)).select_one("[name=seen]")["value"]
    submit(other, address, {"name": "Their name", "reason": WHY})

    response = post(client, address, {"seen": seen, "name": "My name", "aim": a_domain().aim, "reason": WHY})

    assert "Faster Person changed “Name” while you were writing." in text_of(response)
    assert a_domain().name == "Their name"


def test_p38_domain_history_and_version_lead_back(client, admin):
    actions.change_domain(domain=a_domain(), values={"name": "Own Effectiveness", "reason": WHY}, by=admin)
    history, version = url("domain_history", SLUG), url("domain_version", SLUG, 1)

    told, shown = text_of(client.get(history)), text_of(client.get(version))
    response = submit(client, version)

    assert "Nadia National changed domain" in told
    assert WHY in told
    assert "Individual Effectiveness" in shown
    assert response["Location"] == history
    assert (a_domain().name, a_domain().version) == ("Individual Effectiveness", 3)


def test_domain_version_that_never_was_is_not_found(client):
    assert client.get(url("domain_version", SLUG, 7)).status_code == 404


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("www.kingsfund.org.uk/a b", None),
        ("www.kingsfund.org.uk/paper", "https://www.kingsfund.org.uk/paper"),
        ("http://kingsfund.org.uk", "http://kingsfund.org.uk"),
        ("ftp://kingsfund.org.uk", None),
        ("javascript:alert(1)", None),
        ("the library", None),
        ("", ""),
    ],
)
def test_resource_create_completes_an_address_or_says_what_to_type(client, typed, kept):
    response = submit(client, url("resource_create"), {"name": "Paper", "description": "To read", "address": typed})

    if kept is None:
        assert "Enter a web address like www.leadershipacademy.nhs.uk" in text_of(response)
        assert soup(response).select_one("[name=address]")["value"] == typed
        assert not Resource.objects.filter(name="Paper").exists()
    else:
        resource = Resource.objects.get(name="Paper")
        assert resource.address == kept
        assert response["Location"] == f"{LIST_URL}#resource-{resource.slug}"
        assert "To read" in text_of(client.get("/framework/"))


def test_resource_edit_changes_it(client):
    resource = ResourceFactory(slug="toolkit")

    response = submit(client, url("resource_edit", "toolkit"), {"name": "Kit"})

    resource.refresh_from_db()
    assert response["Location"] == f"{LIST_URL}#resource-toolkit"
    assert (resource.name, resource.version) == ("Kit", 2)


def test_resource_retire_and_resource_restore(client):
    ResourceFactory(slug="toolkit", name="Old toolkit")
    public = text_of(client.get("/framework/"))

    response = submit(client, url("resource_retire", "toolkit"), {"reason": WHY})
    retired = text_of(client.get("/framework/"))
    again = text_of(client.get(url("resource_retire", "toolkit")))
    edit = text_of(client.get(url("resource_edit", "toolkit")))
    post(client, url("resource_restore", "toolkit"))

    assert response["Location"] == f"{LIST_URL}#resources"
    assert ["Old toolkit" in words for words in (public, retired, text_of(client.get("/framework/")))] == [True, False, True]
    assert "Somebody has retired this resource already." in again
    assert "This resource was retired" in edit


def test_p38_resource_history_and_version_lead_back(client, admin):
    resource = ResourceFactory(slug="toolkit", name="Toolkit")
    actions.change_resource(resource=resource, values={"name": "Kit"}, by=admin)

    told = text_of(client.get(url("resource_history", "toolkit")))
    shown = text_of(client.get(url("resource_version", "toolkit", 1)))
    response = submit(client, url("resource_version", "toolkit", 1))

    assert "name from Toolkit to Kit" in told
    assert "Toolkit" in shown
    assert response["Location"] == url("resource_history", "toolkit")
    assert Resource.objects.get(slug="toolkit").name == "Toolkit"


@pytest.mark.parametrize("kind", [rows.ROLE, rows.BEHAVIOUR, rows.STEP])
def test_what_is_said_of_the_use_of_a_row_counts_all_that_points_at_it(kind):
    shown = {name for name, _, _ in rows._USED_BY[kind.name]}
    pointing = {relation.get_accessor_name() for relation in kind.model._meta.related_objects if relation.many_to_many}

    assert shown == pointing
