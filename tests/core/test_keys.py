import uuid

import pytest
from django.http import HttpResponseRedirect
from django.test import Client

from core import keys
from core.models import OneTimeKey
from engagements.models import Purpose
from tests.factories.accounts import PASSWORD, ConsultantFactory
from tests.factories.engagements import EngagementFactory
from tests.helpers import as_user, draft_fields, post

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.stand_in")]


@pytest.fixture
def ann():
    return ConsultantFactory(full_name="Ann Archer", password=PASSWORD)


@pytest.fixture
def url():
    return f"/engagements/{EngagementFactory().reference}/purposes/new/"


@pytest.mark.django_db(transaction=True)
def test_p05_twenty_posts_at_the_same_time_make_one_record(ann, url, in_parallel):
    client = as_user(ann)
    fields = {"action_key": keys.new_key(), "statement": "Fewer falls"}

    def send(_):
        one = Client()
        one.cookies = client.cookies
        response = one.post(url, fields)
        return response.status_code, response.url

    answers = in_parallel(send, times=20)

    assert Purpose.objects.count() == 1
    assert set(answers) == {(302, f"/purposes/{Purpose.objects.get().pk}/edit/")}


def test_p05_a_form_posted_twice_leads_to_where_the_first_post_led(ann, url):
    client = as_user(ann)
    fields = {"action_key": keys.new_key(), "statement": "Fewer falls"}
    first = client.post(url, fields)

    second = client.post(url, fields)

    assert second.url == first.url
    assert Purpose.objects.get().statement == "Fewer falls"


def test_p05_an_invalid_form_gives_its_key_back(ann, url):
    client = as_user(ann)
    fields = {"action_key": keys.new_key(), "statement": ""}
    refused = client.post(url, fields)

    saved = client.post(url, fields | {"statement": "Fewer falls"})

    assert (refused.status_code, saved.status_code) == (200, 302)
    assert Purpose.objects.count() == 1


def test_p05_a_page_that_breaks_gives_its_key_back(ann):
    client = as_user(ann)
    client.raise_request_exception = False

    post(client, "/purposes/break/")

    assert not OneTimeKey.objects.exists()


def test_p05_a_page_that_is_not_there_gives_its_key_back(ann):
    response = post(as_user(ann), "/engagements/EM-0/purposes/new/", {"statement": "x"})

    assert response.status_code == 404
    assert not OneTimeKey.objects.exists()


def test_p05_the_same_key_of_two_people_is_two_keys(ann, url):
    fields = {"action_key": keys.new_key(), "statement": "Fewer falls"}

    as_user(ann).post(url, fields)
    as_user(ConsultantFactory()).post(url, fields)

    assert Purpose.objects.count() == 2


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="no key"),
        pytest.param({"action_key": ""}, id="an empty key"),
        pytest.param({"action_key": "not-a-key"}, id="no key by its form"),
        pytest.param({"action_key": "\x00"}, id="a null character"),
    ],
)
def test_p05_a_form_without_a_key_is_not_carried_out(ann, url, fields):
    response = as_user(ann).post(url, {"statement": "Fewer falls", **fields})

    assert response.status_code == 400
    assert not Purpose.objects.exists()


def test_p05_a_form_without_a_key_keeps_its_words(ann, url):
    client = as_user(ann)

    client.post(url, {"statement": "Fewer falls", "draft_owner": str(ann.pk), "draft_subject": url, "draft_form": "x"})

    assert "Fewer falls" in client.get(url).content.decode()


def test_p05_a_page_of_somebody_elses_making_needs_no_key(ann):
    response = Client().post("/accounts/login/", {"login": ann.email, "password": PASSWORD})

    assert response.status_code == 302


def test_p05_signing_out_needs_no_key(ann):
    client = as_user(ann)

    client.post("/accounts/logout/")

    assert "_auth_user_id" not in client.session


def test_every_showing_of_a_form_has_a_key_of_its_own():
    assert uuid.UUID(keys.new_key()) != uuid.UUID(keys.new_key())


def test_a_long_answer_is_led_to_by_its_first_characters(ann):
    key = uuid.uuid4()

    def answer():
        return HttpResponseRedirect("/" + "x" * 600)

    keys.answer_once(ann, key, "words", answer)

    assert len(keys.answer_once(ann, key, "words", answer)) == 500


def test_p05_words_typed_after_going_back_are_shown_again_and_never_pass_for_saved(ann, url):
    client = as_user(ann)
    key = keys.new_key()
    first = {"statement": "Fewer falls", "action_key": key, **draft_fields(ann, url)}
    client.post(url, first)

    answer = client.post(url, first | {"statement": "Fewer falls at night"})

    assert (answer.status_code, answer["Location"]) == (302, url)
    assert list(Purpose.objects.values_list("statement", flat=True)) == ["Fewer falls"]
    page = client.get(url).content.decode()
    assert "Fewer falls at night" in page
    assert "sent this form before" in page
