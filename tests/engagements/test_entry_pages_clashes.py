"""Pages of the entries that somebody else changes meanwhile: both texts are shown and neither is lost."""

import pytest
from django.urls import reverse

from core.models import FormDraft
from engagements.enums import EngagementStatus
from engagements.models import Engagement
from tests.engagements.facets import KINDS, each_kind
from tests.engagements.pages import colleague_of, last_form
from tests.factories.directory import OrganisationFactory
from tests.factories.engagements import EngagementFactory, ParticipantGroupFactory
from tests.helpers import as_user, draft_fields, filled, soup, submit, text_of

pytestmark = pytest.mark.django_db

# A priority holds one text only: its other fields are lists.
each_with_two_texts = pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.view) for kind in KINDS[:3]])


@pytest.fixture
def engagement():
    return EngagementFactory(title="Leading together")


@pytest.fixture
def client(engagement):
    return as_user(engagement.lead_consultant)


@pytest.fixture
def colleague(engagement):
    return colleague_of(engagement)


@each_kind
def test_p03_stale_form_shows_both_texts_and_loses_neither(engagement, client, colleague, kind):
    entry = kind.factory(engagement=engagement)
    url = kind.url("edit", engagement, entry.pk)
    mine = filled(client, url) | {kind.name: "My text"}
    submit(colleague, url, {kind.name: "Their text"})

    answer = client.post(url, mine)

    assert answer.status_code == 200
    assert "Amara Bell changed" in text_of(answer)
    assert soup(answer).select_one(".app-conflict__theirs").get_text() == "Their text"
    assert answer.context["form"][kind.name].value() == "My text"
    entry.refresh_from_db()
    assert getattr(entry, kind.name) == "Their text"


@each_kind
@pytest.mark.parametrize(("choice", "stands"), [("mine", "My text"), ("theirs", "Their text")])
def test_p03_one_of_both_texts_is_chosen(engagement, client, colleague, kind, choice, stands):
    entry = kind.factory(engagement=engagement)
    url = kind.url("edit", engagement, entry.pk)
    mine = filled(client, url) | {kind.name: "My text"}
    submit(colleague, url, {kind.name: "Their text"})
    data = last_form(client.post(url, mine)) | {f"overwrite-{kind.name}": choice}

    answer = client.post(url, data)

    assert answer.status_code == 302
    entry.refresh_from_db()
    assert getattr(entry, kind.name) == stands


@each_with_two_texts
def test_p03_stale_form_merges_what_others_changed_in_other_fields(engagement, client, colleague, kind):
    entry = kind.factory(engagement=engagement)
    url = kind.url("edit", engagement, entry.pk)
    mine = filled(client, url) | {kind.name: "My text"}
    submit(colleague, url, {kind.other: "Their thought"})

    assert client.post(url, mine).status_code == 302

    entry.refresh_from_db()
    assert (getattr(entry, kind.name), getattr(entry, kind.other)) == ("My text", "Their thought")


@each_kind
def test_p03_draft_that_comes_back_late_clashes_with_what_was_saved_meanwhile(engagement, client, colleague, kind):
    entry = kind.factory(engagement=engagement)
    url = kind.url("edit", engagement, entry.pk)
    typed = filled(client, url) | {kind.name: "My draft"} | draft_fields(engagement.lead_consultant, url)
    assert client.post(reverse("core:draft_save"), typed).status_code == 204
    submit(colleague, url, {kind.name: "Their text"})

    # The first form of the page lets the draft go.
    answer = submit(client, url, form=1)

    assert answer.status_code == 200
    assert soup(answer).select_one(".app-conflict__theirs").get_text() == "Their text"
    assert answer.context["form"][kind.name].value() == "My draft"


@each_kind
def test_p02_entry_that_somebody_removed_meanwhile_loses_no_words(engagement, client, colleague, kind):
    entry = kind.factory(engagement=engagement)
    url = kind.url("edit", engagement, entry.pk)
    mine = filled(client, url) | {kind.name: "My long text"}
    submit(colleague, kind.url("remove", engagement, entry.pk))

    answer = client.post(url, mine, follow=True)

    assert answer.status_code == 200
    assert "Somebody has removed this meanwhile" in text_of(answer)
    assert answer.context["form"][kind.name].value() == "My long text"
    submit(client, answer.request["PATH_INFO"] + "?" + answer.request["QUERY_STRING"], form=1)
    assert getattr(kind.rows(engagement).get(), kind.name) == "My long text"


@each_kind
def test_p02_words_typed_while_the_plan_was_submitted_are_kept(engagement, client, kind):
    url = kind.url("create", engagement)
    mine = filled(client, url) | {kind.name: "My long text"}
    Engagement.objects.update(status=EngagementStatus.IN_REVIEW)

    answer = client.post(url, mine)

    assert "The plan is in review" in text_of(answer)
    assert answer.context["form"][kind.name].value() == "My long text"
    assert FormDraft.objects.get(subject=url).data[kind.name] == ["My long text"]


@pytest.mark.parametrize(("choice", "stands"), [("mine", "My Trust"), ("theirs", "Their Trust")])
@pytest.mark.parametrize("is_new", [False, True], ids=["known", "new"])
def test_p03_organisation_that_two_people_changed_is_chosen(engagement, client, colleague, choice, stands, is_new):
    OrganisationFactory(name="Their Trust")
    if not is_new:
        OrganisationFactory(name="My Trust")
    group = ParticipantGroupFactory(engagement=engagement)
    url = reverse("engagements:participant_group_edit", args=[engagement.reference, group.pk])
    typed = {"organisation_name": "My Trust"} | ({"organisation_choice": "new", "sector": "nhs"} if is_new else {})
    mine = filled(client, url) | typed
    submit(colleague, url, {"organisation_name": "Their Trust"})
    clashed = client.post(url, mine)
    assert "Their Trust" in soup(clashed).select_one(".app-conflict__theirs").get_text()

    answer = client.post(url, last_form(clashed) | {"overwrite-organisation_name": choice})

    assert answer.status_code == 302
    group.refresh_from_db()
    assert group.organisation.name == stands
