"""Pages of the entries under the four facets: added, changed and removed by those who may, and closed to strangers."""

from html import unescape
from unicodedata import normalize

import pytest
from django.urls import reverse

from core.models import AuditEvent
from directory.enums import Sector
from directory.models import Organisation
from engagements.enums import Clarity, EngagementStatus, Facet, StartedFrom
from engagements.models import Engagement
from tests.engagements.facets import HOSTILE, KINDS, a_client_lead, each_kind, outsiders, pages_of, strangers
from tests.engagements.pages import last_form
from tests.factories.directory import OrganisationFactory
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory
from tests.helpers import as_user, filled, post, soup, submit, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement():
    return EngagementFactory(title="Leading together")


@pytest.fixture
def client(engagement):
    return as_user(engagement.lead_consultant)


@each_kind
def test_entry_pages_are_not_found_by_people_who_may_not_see_the_engagement(engagement, kind):
    pages = pages_of(kind, engagement)
    before = list(kind.rows(engagement).values())

    for person in strangers():
        client = as_user(person)
        assert [client.get(url).status_code for url in pages] == [404] * 3
        assert [post(client, url, {kind.name: "Mine"}).status_code for url in pages] == [404] * 3

    assert list(kind.rows(engagement).values()) == before


@each_kind
def test_entry_pages_are_closed_to_people_who_may_see_and_not_change(engagement, kind):
    pages = pages_of(kind, engagement)
    people = [*outsiders(engagement), a_client_lead(engagement)]
    before = list(kind.rows(engagement).values())

    for person in people:
        client = as_user(person)
        assert [client.get(url).status_code for url in pages] == [403] * 3
        assert [post(client, url, {kind.name: "Mine"}).status_code for url in pages] == [403] * 3
        if person.role != "stp_lead":
            assert kind.url("create", engagement) not in client.get(kind.home(engagement)).content.decode()

    assert list(kind.rows(engagement).values()) == before


@each_kind
def test_entry_of_another_engagement_is_not_found(engagement, client, kind):
    foreign = kind.factory()

    for verb in ("edit", "remove"):
        assert client.get(kind.url(verb, engagement, foreign.pk)).status_code == 404
        assert post(client, kind.url(verb, engagement, foreign.pk), {kind.name: "Mine"}).status_code == 404


@each_kind
@pytest.mark.parametrize("number", ["0", "999999", "9" * 30])
def test_entry_of_no_such_number_is_not_found(engagement, client, kind, number):
    for verb in ("edit", "remove"):
        url = kind.url(verb, engagement, 4321).replace("4321", number)
        assert client.get(url).status_code == 404


@each_kind
def test_entry_is_added_from_its_page_and_brings_three_questions(engagement, client, kind):
    answer = submit(client, kind.url("create", engagement), {kind.name: "Something said"}, follow=True)

    entry = kind.rows(engagement).get()
    assert getattr(entry, kind.name) == "Something said"
    assert answer.redirect_chain == [(f"{kind.home(engagement)}?after=1", 302)]
    questions = soup(answer).select(".app-questions a")
    assert [link.get_text() for link in questions] == [facet.label for facet in Facet if facet != kind.facet]
    assert "Something said" in text_of(answer)
    engagement.refresh_from_db()
    assert (engagement.started_from, engagement.clarity_of(kind.facet)) == (StartedFrom(kind.facet), Clarity.IN_PROGRESS)


@each_kind
def test_p05_entry_form_posted_twice_makes_one_record(engagement, client, kind):
    data = filled(client, kind.url("create", engagement)) | {kind.name: "Something said"}

    first, second = (client.post(kind.url("create", engagement), data) for _ in range(2))

    assert kind.rows(engagement).count() == 1
    assert first["Location"] == second["Location"]


@each_kind
def test_p02_invalid_entry_form_keeps_what_was_typed_and_says_what_to_do(engagement, client, kind):
    url = kind.url("create", engagement)

    answer = submit(client, url, {kind.name: HOSTILE} | kind.bad)

    page = soup(answer)
    assert answer.status_code == 200
    assert page.title.get_text().startswith("Error: ")
    assert kind.message in page.select_one(".nhsuk-error-summary").get_text()
    assert page.select_one(f"main [name={kind.name}]") is not None
    assert HOSTILE in (page.select_one(f"main [name={kind.name}]").get("value") or page.select_one(f"[name={kind.name}]").text)
    assert not kind.rows(engagement).exists()
    assert kind.message not in text_of(client.get(url))
    assert HOSTILE in client.get(url).context["form"][kind.name].value()


@each_kind
def test_p51_error_summary_leads_to_the_field(engagement, client, kind):
    page = soup(submit(client, kind.url("create", engagement), {kind.name: ""}))

    summary = page.select_one(".nhsuk-error-summary")
    for link in summary.select("a"):
        assert page.select_one(link["href"]) is not None


@each_kind
def test_entry_is_changed_on_its_page(engagement, client, kind):
    entry = kind.factory(engagement=engagement)

    answer = submit(client, kind.url("edit", engagement, entry.pk), {kind.name: "Said otherwise"})

    assert answer["Location"] == kind.home(engagement)
    entry.refresh_from_db()
    assert getattr(entry, kind.name) == "Said otherwise"


@each_kind
def test_entry_form_sent_as_it_was_shown_changes_nothing(engagement, client, kind):
    entry = kind.factory(engagement=engagement)

    submit(client, kind.url("edit", engagement, entry.pk))

    assert not AuditEvent.objects.exclude(verb="was refused").exists()


@each_kind
def test_invalid_change_keeps_what_was_typed_and_what_was_saved(engagement, client, kind):
    entry = kind.factory(engagement=engagement)
    said = getattr(entry, kind.name)

    answer = submit(client, kind.url("edit", engagement, entry.pk), {kind.name: "Half a thought"} | kind.bad)

    assert answer.context["form"][kind.name].value() == "Half a thought"
    entry.refresh_from_db()
    assert getattr(entry, kind.name) == said


@each_kind
def test_entry_is_removed_after_asking(engagement, client, kind):
    entry = kind.factory(engagement=engagement)
    url = kind.url("remove", engagement, entry.pk)

    asked = client.get(url)
    answer = submit(client, url)

    assert getattr(entry, kind.name) in text_of(asked)
    assert answer["Location"] == kind.home(engagement)
    assert not kind.rows(engagement).exists()


@pytest.mark.parametrize(("kind", "relation"), [(KINDS[0], "audience"), (KINDS[3], "serves")], ids=["group", "priority"])
def test_entry_that_the_plan_uses_is_not_removed_and_the_page_says_why(engagement, client, kind, relation):
    entry = kind.factory(engagement=engagement)
    PlannedInterventionFactory(engagement=engagement, title="Coaching", **{relation: [entry]})
    url = kind.url("remove", engagement, entry.pk)

    asked = client.get(url)
    answer = post(client, url)

    assert "“Coaching”" in text_of(asked)
    assert not soup(asked).select("main form[method=post]")
    assert "“Coaching”" in text_of(answer)
    assert kind.rows(engagement).get() == entry


@each_kind
@pytest.mark.parametrize("status", [EngagementStatus.IN_REVIEW, EngagementStatus.WITHDRAWN])
def test_entry_pages_outside_co_design_say_why_and_change_nothing(engagement, client, kind, status):
    pages = pages_of(kind, engagement)
    before = list(kind.rows(engagement).values())
    Engagement.objects.update(status=status)

    for url in [*pages, kind.home(engagement)]:
        page = soup(client.get(url))
        assert page.select_one(".nhsuk-card--warning") is not None
        assert not page.select("main form[method=post]")
    for url in pages:
        answer = post(client, url, {kind.name: "My text"})
        assert answer.status_code == 200
        assert answer.context["form"].errors

    assert list(kind.rows(engagement).values()) == before


@each_kind
def test_hostile_text_is_shown_as_text(engagement, client, kind):
    entry = kind.factory(engagement=engagement, **{kind.name: HOSTILE})

    for url in (kind.home(engagement), kind.url("edit", engagement, entry.pk), kind.url("remove", engagement, entry.pk)):
        answer = client.get(url)
        assert "<script>alert" not in answer.content.decode()
        # A heading that is cut to its length composes combining marks, which look the same.
        assert normalize("NFC", HOSTILE) in normalize("NFC", unescape(answer.content.decode()))


@each_kind
def test_entry_forms_take_at_most_12_queries(engagement, client, kind, django_assert_max_num_queries):
    for url in pages_of(kind, engagement):
        with django_assert_max_num_queries(12):
            client.get(url)


# Organisations under People.


def test_group_takes_an_organisation_by_name(engagement, client):
    hospice = OrganisationFactory(name="Wolds Hospice", charity=True)

    submit(
        client,
        reverse("engagements:participant_group_create", args=[engagement.reference]),
        {"name": "Nurses", "organisation_name": "wolds hospice", "headcount": "12"},
    )

    group = engagement.groups.get()
    assert (group.organisation, group.headcount) == (hospice, 12)


def test_group_with_an_unknown_organisation_is_asked_and_adds_it_with_its_sector(engagement, client):
    url = reverse("engagements:participant_group_create", args=[engagement.reference])
    asked = submit(client, url, {"name": "Nurses", "organisation_name": "Zyzzyva Hospice"})
    assert "is not in the directory yet" in text_of(asked)

    answer = client.post(url, last_form(asked) | {"organisation_choice": "new", "sector": Sector.VOLUNTARY_AND_COMMUNITY.value})

    assert answer.status_code == 302
    assert engagement.groups.get().organisation == Organisation.objects.named("Zyzzyva Hospice").get()
