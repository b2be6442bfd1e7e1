"""Words left behind by somebody whose account was closed while they were typing."""

import pytest
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import deactivate_person, reactivate_person
from accounts.models import User
from core import drafts
from core.models import AuditEvent, FormDraft, PortalSession
from directory.models import Region
from engagements.models import Purpose
from tests.factories.accounts import PASSWORD, ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.core import FormDraftFactory
from tests.factories.engagements import EngagementFactory, PurposeFactory
from tests.factories.framework import a_step
from tests.helpers import as_user, filled, post, soup, submit, text_of

pytestmark = pytest.mark.django_db

LEFT = "typed this here"
CLOSED = "Your account has been closed"


@pytest.fixture
def jo():
    return ConsultantFactory(full_name="Jo Bloggs", password=PASSWORD)


@pytest.fixture
def ann(jo):
    return ConsultantFactory(full_name="Ann Archer", region=jo.region)


@pytest.fixture
def purpose(jo, ann):
    engagement = EngagementFactory(lead_region=jo.region, lead_consultant=ann, team=[jo])
    return PurposeFactory(engagement=engagement, statement="Fewer falls")


@pytest.fixture
def url(purpose):
    return reverse("engagements:purpose_edit", args=[purpose.engagement.reference, purpose.pk])


def close(person):
    User.objects.filter(pk=person.pk).update(is_active=False)


def leave_words(jo, url, **typed):
    """Let somebody be closed out while they type, and send what they typed."""
    client = as_user(jo)
    fields = filled(client, url) | ({"statement": "Half the falls, <b>ward</b> by ward"} | typed)
    close(jo)
    return client.post(url, fields), client


def settle(client, url, how, draft=None):
    draft = draft or FormDraft.objects.get()
    return post(client, url, {"left_draft": draft.pk, "settle": how}, follow=True)


def banner(client, url):
    found = [box for box in soup(client.get(url)).select(".app-draft-banner") if LEFT in box.get_text()]
    return " ".join(found[0].get_text(" ").split()) if found else ""


# The next post of somebody whose account was closed.


def test_next_post_after_an_account_was_closed_is_refused_in_words_and_kept_for_the_team(jo, url, purpose):
    response, _ = leave_words(jo, url)

    assert response.status_code == 403
    assert CLOSED in text_of(response)
    assert "What you typed is kept for your team." in text_of(response)
    assert Purpose.objects.get(pk=purpose.pk).statement == "Fewer falls"
    draft = FormDraft.objects.get()
    assert (draft.user, draft.subject) == (jo, url)
    assert draft.data["statement"] == ["Half the falls, <b>ward</b> by ward"]


def test_words_are_kept_by_the_way_in_which_admins_close_accounts(jo, ann, url):
    leaver = RegionalAdminFactory(region=jo.region, full_name="Lee Leaver", password=PASSWORD)
    client = as_user(leaver)
    fields = filled(client, url) | {"statement": "Half the falls"}
    national = NationalAdminFactory()

    deactivate_person(person=leaver, by=national)
    response = client.post(url, fields)
    shown = banner(as_user(ann), url)
    reactivate_person(person=leaver, by=national)

    assert "What you typed is kept for your team." in text_of(response)
    assert "Lee Leaver typed this here" in shown
    assert client.get(url).url.startswith("/accounts/login/")


def test_session_of_a_closed_account_ends_with_that_post(jo, url):
    _, client = leave_words(jo, url)

    assert not PortalSession.objects.exists()
    assert client.post(url, filled(as_user(NationalAdminFactory()), "/accounts/preferences/")).url.startswith("/accounts/login/")
    assert drafts.SESSION_KEY not in client.session


def test_a_button_pressed_after_the_account_was_closed_changes_nothing(jo, url):
    client = as_user(jo)
    close(jo)

    response = post(client, f"{url}remove/")

    assert response.status_code == 403
    assert "Nothing was changed." in text_of(response)
    assert not FormDraft.objects.exists()


def test_what_belongs_to_one_person_is_not_kept_for_others(jo, ann):
    client, url = as_user(jo), "/accounts/preferences/"
    fields = filled(client, url)
    close(jo)

    response = client.post(url, fields)

    assert "kept for your team" not in text_of(response)
    assert not FormDraft.objects.exists()
    FormDraftFactory(user=jo, subject=url, data={"wants_digest": ["on"]})
    assert banner(as_user(ann), url) == ""


def test_words_of_a_client_are_not_kept_for_consultants(ann, purpose, url):
    client_lead = StpLeadFactory(full_name="Sam Client")
    client = as_user(client_lead)
    close(client_lead)
    fields = {"draft_owner": client_lead.pk, "draft_subject": url, "draft_form": "x", "statement": "Mine alone"}

    response = client.post(url, fields)

    assert response.status_code == 403
    assert not FormDraft.objects.exists()
    FormDraftFactory(user=client_lead, subject=url, data={"statement": ["Mine alone"]})
    assert banner(as_user(ann), url) == ""


@pytest.mark.parametrize("changed", [{"draft_owner": "0"}, {"draft_subject": "/menu/"}, {"draft_owner": ""}])
def test_a_post_in_the_name_of_another_or_of_another_page_keeps_nothing(jo, url, changed):
    response, _ = leave_words(jo, url, **changed)

    assert response.status_code == 403
    assert not FormDraft.objects.exists()


def planted(session):
    client = Client()
    state = client.session
    state.update(session)
    state.save()
    client.cookies["sessionid"] = state.session_key
    return client


@pytest.mark.parametrize("mark", ["", "0" * 64, None])
def test_a_stranger_plants_no_words_under_the_name_of_somebody_who_left(jo, url, mark):
    close(jo)
    session = {SESSION_KEY: str(jo.pk)} | ({} if mark is None else {HASH_SESSION_KEY: mark})
    fields = {"draft_owner": jo.pk, "draft_subject": url, "draft_form": "x", "statement": "Planted"}

    for client in (Client(), planted(session)):
        response = client.post(url, fields)

        assert response.url.startswith("/accounts/login/")
    assert not FormDraft.objects.exists()


def test_a_session_from_before_the_password_was_changed_plants_no_words(jo, url):
    client = as_user(jo)
    jo.set_password("another long walk on the Wolds")
    jo.save()
    close(jo)

    client.post(url, {"draft_owner": jo.pk, "draft_subject": url, "draft_form": "x", "statement": "Planted"})

    assert not FormDraft.objects.exists()


# What a colleague sees.


def test_whoever_may_edit_the_page_sees_the_words_field_by_field(jo, ann, url):
    dated = {"strategy_confirmed_on_day": "3", "strategy_confirmed_on_month": "May", "strategy_confirmed_on_year": ""}
    leave_words(jo, url, strategy_title="Our people plan", forward_view_steps=[str(a_step().pk)], **dated)

    response = as_user(ann).get(url)
    words = banner(as_user(ann), url)

    assert "Jo Bloggs typed this here" in words
    assert "did not save it before their account was closed" in words
    assert "Half the falls, <b>ward</b> by ward" in words
    assert "Our people plan" in words
    assert str(a_step()) in words
    assert "When was that confirmed? 3/May" in words
    assert b"<b>ward</b>" not in response.content
    assert soup(response).select_one("textarea[name=statement]").get_text(strip=True) == "Fewer falls"


def test_only_fields_that_the_words_would_change_are_shown(jo, ann, url, purpose):
    Purpose.objects.filter(pk=purpose.pk).update(real_work_issue="Two owners of one ward")
    leave_words(jo, url)

    assert "Two owners of one ward" not in banner(as_user(ann), url)


def test_words_that_say_what_stands_there_are_not_shown(jo, ann, url):
    leave_words(jo, url, statement="Fewer falls")

    assert FormDraft.objects.exists()
    assert banner(as_user(ann), url) == ""


def test_a_draft_of_somebody_who_can_sign_in_is_never_shown(jo, ann, url):
    FormDraftFactory(user=jo, subject=url, data={"statement": ["Half the falls"]})

    assert banner(as_user(ann), url) == ""
    settle(as_user(ann), url, "take")
    settle(as_user(ann), url, "let_go")
    assert FormDraft.objects.get().user == jo


def test_words_show_on_their_own_page_only(jo, ann, url, purpose):
    leave_words(jo, url)
    other = PurposeFactory(engagement=purpose.engagement)

    assert banner(as_user(ann), url.replace(f"/{purpose.pk}/", f"/{other.pk}/")) == ""
    assert banner(as_user(ann), f"{url}?x=1") == ""


def test_an_account_that_is_open_again_has_its_draft_back(jo, ann, url):
    leave_words(jo, url)
    User.objects.filter(pk=jo.pk).update(is_active=True)

    assert banner(as_user(ann), url) == ""
    assert "You wrote this" in text_of(as_user(jo).get(url))


def test_words_of_somebody_who_had_nothing_to_do_with_the_page_are_not_heard_there(ann, url):
    stranger = ConsultantFactory(region=Region.objects.exclude(pk=ann.region_id).first(), is_active=False)
    FormDraftFactory(user=stranger, subject=url, data={"statement": ["Planted"]})

    assert banner(as_user(ann), url) == ""
    settle(as_user(ann), url, "take")
    assert FormDraft.objects.get().user == stranger


def test_words_of_somebody_of_another_region_who_worked_on_the_plan_are_shown(ann, url, purpose):
    helper = ConsultantFactory(region=Region.objects.exclude(pk=ann.region_id).first())
    purpose.engagement.team.add(helper)
    submit(as_user(helper), url, {"real_work_issue": "Two owners"})

    leave_words(helper, url)

    assert "Half the falls" in banner(as_user(ann), url)


def test_p02_words_left_on_a_page_of_another_region_are_not_shown_to_those_who_cannot_open_it(jo, url):
    leave_words(jo, url)
    elsewhere = RegionalAdminFactory(region=Region.objects.exclude(pk=jo.region_id).first())
    client = as_user(elsewhere)

    answers = [client.get(url), settle(client, url, "take"), settle(client, url, "let_go")]

    assert {answer.status_code for answer in answers} == {404}
    assert not any("Half the falls" in text_of(answer) for answer in answers)
    assert FormDraft.objects.get().user == jo


def test_a_page_takes_no_query_more_where_nothing_was_left(ann, url):
    client = as_user(ann)
    client.get(url)

    with CaptureQueriesContext(connection) as queries:
        client.get(url)

    assert sum("core_formdraft" in query["sql"] for query in queries) == 1


# What a colleague does with them.


def test_words_are_taken_into_the_form_and_nothing_is_saved_yet(jo, ann, url, purpose):
    leave_words(jo, url)
    client = as_user(ann)

    response = settle(client, url, "take")

    assert "The words are in the form now. Check them and save." in text_of(response)
    page = soup(response)
    assert page.select_one("textarea[name=statement]").get_text(strip=True) == "Half the falls, <b>ward</b> by ward"
    assert "You wrote this" in text_of(response)
    assert Purpose.objects.get(pk=purpose.pk).statement == "Fewer falls"
    assert FormDraft.objects.get().user == ann
    assert AuditEvent.objects.get(verb="took over").actor == ann


def test_words_that_were_taken_can_be_saved(jo, ann, url, purpose):
    leave_words(jo, url)
    client = as_user(ann)
    settle(client, url, "take")

    client.post(url, filled(client, url, form=1))

    assert Purpose.objects.get(pk=purpose.pk).statement == "Half the falls, <b>ward</b> by ward"
    assert not FormDraft.objects.exists()


def test_words_that_were_taken_clash_with_what_was_saved_meanwhile(jo, ann, url, purpose):
    leave_words(jo, url)
    client = as_user(ann)
    submit(as_user(NationalAdminFactory()), "/accounts/preferences/")
    client.post(url, filled(client, url, form=1) | {"statement": "No falls"})
    settle(client, url, "take")

    response = client.post(url, filled(client, url, form=1))

    assert "Ann Archer changed" in text_of(response)
    assert Purpose.objects.get(pk=purpose.pk).statement == "No falls"


def test_words_are_let_go_and_the_history_says_what_they_were(jo, ann, url, purpose):
    words = "Half the falls, <b>ward</b> by ward. " * 40 + "To the end."
    leave_words(jo, url, statement=words)
    client = as_user(ann)
    shown = soup(client.get(url)).select_one(".app-draft-banner")

    response = settle(client, url, "let_go")

    assert "Discard these words" in shown.get_text()
    assert [bdi.get_text() for bdi in shown.select("bdi")] == ["Jo Bloggs", words]
    assert "The words are let go. The history says what they were." in text_of(response)
    assert not FormDraft.objects.exists()
    event = AuditEvent.objects.for_trail(purpose.engagement.trail).first()
    assert (event.actor, event.verb) == (ann, "let go of")
    assert [change["old"] for change in event.changes] == [words]
    history = text_of(client.get(reverse("engagements:history_list", args=[purpose.engagement.reference])))
    assert "Ann Archer let go of what Jo Bloggs typed and did not save before their account was closed" in history
    assert words in history


def test_words_on_a_page_without_a_history_are_let_go_without_a_promise(jo):
    leaver, url = NationalAdminFactory(), reverse("interventions:intervention_edit", args=["action-learning-sets"])
    FormDraftFactory(user=leaver, subject=url, data={"summary": ["Left on the menu"]})
    close(leaver)

    said = text_of(settle(as_user(NationalAdminFactory()), url, "let_go"))

    assert "The words are let go." in said
    assert "The history says" not in said
    assert not FormDraft.objects.exists()


def test_words_of_ones_own_are_not_lost_to_those_that_were_left(jo, ann, url):
    leave_words(jo, url)
    client = as_user(ann)
    FormDraftFactory(user=ann, subject=url, data={"statement": ["My own"]})

    shown = banner(client, url)
    response = settle(client, url, "take", FormDraft.objects.get(user=jo))

    assert "To use these words, save or discard your own first." in shown
    assert "Put these words into the form" not in shown
    assert "You have words of your own in this form." in text_of(response)
    assert FormDraft.objects.get(user=ann).data == {"statement": ["My own"]}
    assert FormDraft.objects.filter(user=jo).exists()


@pytest.mark.parametrize("key", ["", "x", "-1", "999999999", "9" * 40, "²"])
def test_words_that_are_not_there_are_dealt_with_already(jo, ann, url, key):
    leave_words(jo, url)

    response = post(as_user(ann), url, {"left_draft": key, "settle": "take"}, follow=True)

    assert "Somebody has dealt with these words already." in text_of(response)
    assert FormDraft.objects.get().user == jo


def test_words_are_settled_once_however_often_the_button_is_pressed(jo, ann, url):
    leave_words(jo, url)
    client, draft = as_user(ann), FormDraft.objects.get()
    fields = {"left_draft": draft.pk, "settle": "let_go", "action_key": "0d8bd3a5-9ab1-4ed0-8c5c-39ac0d1f3b6a"}

    answers = [client.post(url, fields).url for _ in range(2)]

    assert answers == [url, url]
    assert AuditEvent.objects.filter(verb="let go of").count() == 1


def test_words_of_one_page_are_not_settled_on_another(jo, ann, url, purpose):
    leave_words(jo, url)
    other = PurposeFactory(engagement=purpose.engagement)

    settle(as_user(ann), url.replace(f"/{purpose.pk}/", f"/{other.pk}/"), "let_go")

    assert FormDraft.objects.get().user == jo
