import pytest

from core.models import AuditEvent
from core.refusals import ActionRefused, Blocker
from engagements.models import Purpose
from tests.core.stand_in import REFUSED_WORD
from tests.factories.accounts import ConsultantFactory
from tests.factories.engagements import EngagementFactory, PurposeFactory
from tests.helpers import as_user, filled, post, soup, submit, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.stand_in")]


@pytest.fixture
def ann():
    return ConsultantFactory(full_name="Ann Archer")


@pytest.fixture
def client(ann):
    return as_user(ann)


@pytest.fixture
def purpose():
    return PurposeFactory(statement="Fewer falls", real_work_issue="Nobody owns it")


@pytest.fixture
def url(purpose):
    return f"/purposes/{purpose.pk}/edit/"


def test_a_form_page_saves_and_goes_on(client, url, purpose):
    response = submit(client, url, {"statement": "No falls"})

    assert response.url == "/"
    purpose.refresh_from_db()
    assert purpose.statement == "No falls"


def test_a_form_page_goes_on_to_what_was_made(client):
    response = submit(client, f"/engagements/{EngagementFactory().reference}/purposes/new/", {"statement": "Fewer falls"})

    assert response.url == f"/purposes/{Purpose.objects.get().pk}/edit/"


def test_a_form_page_shows_an_invalid_value_as_typed(client, url):
    response = submit(client, url, {"statement": "", "real_work_issue": "Two owners"})

    page = soup(response)
    assert response.status_code == 200
    assert "Enter what this is for" in page.select_one(".nhsuk-error-summary").get_text()
    assert page.select_one("textarea[name=real_work_issue]").get_text().strip() == "Two owners"


def test_a_form_page_says_why_a_step_was_refused_and_keeps_what_was_typed(client, url, purpose):
    response = submit(client, url, {"statement": "No falls", "strategy_title": REFUSED_WORD})

    assert "Choose another word." in soup(response).select_one(".nhsuk-error-summary").get_text()
    assert soup(response).select_one("textarea[name=statement]").get_text().strip() == "No falls"
    purpose.refresh_from_db()
    assert purpose.statement == "Fewer falls"


def test_a_form_page_says_a_constraint_of_the_model_in_words(client):
    engagement = EngagementFactory()

    response = post(client, f"/engagements/{engagement.reference}/purposes/new/", {"statement": " "})

    assert "Enter what this is for" in text_of(response)
    assert not Purpose.objects.exists()


def test_a_form_posted_as_it_was_shown_changes_nothing(client, url):
    submit(client, url)

    assert not AuditEvent.objects.exists()


def test_a_form_page_shows_hostile_text_as_text(client, url, purpose):
    hostile = '</textarea><script>alert("x")</script> & “quotes” {{ form }}'

    submit(client, url, {"statement": hostile})

    assert filled(client, url)["statement"] == hostile
    assert not soup(client.get(url)).select("main script")


def test_a_form_page_carries_a_new_key_at_each_showing(client, url):
    assert filled(client, url)["action_key"] != filled(client, url)["action_key"]


def test_a_button_carries_out_its_step_and_goes_on(client, purpose):
    response = post(client, f"/purposes/{purpose.pk}/empty/")

    assert response.url == "/purposes/"
    purpose.refresh_from_db()
    assert purpose.real_work_issue == ""


def test_a_button_that_is_refused_goes_on_and_says_why(client, purpose):
    response = post(client, f"/purposes/{purpose.pk}/empty/", {"word": REFUSED_WORD}, follow=True)

    assert response.content.decode() == "Choose another word."


def test_reasons_of_a_refusal_read_as_sentences():
    refused = ActionRefused([Blocker("Choose another word."), Blocker("And another.", "/somewhere/")])

    assert str(refused) == " ".join(map(str, refused.blockers)) == "Choose another word. And another."
