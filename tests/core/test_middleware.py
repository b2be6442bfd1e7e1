import pytest
from django.test import Client

from core.models import FormDraft
from tests.factories.accounts import ConsultantFactory
from tests.factories.engagements import PurposeFactory
from tests.helpers import as_user, draft_fields, post

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.stand_in")]


@pytest.fixture
def ann():
    return ConsultantFactory()


def test_what_a_signed_in_person_sees_stays_out_of_every_cache(ann):
    response = as_user(ann).get("/")

    assert response.headers["Cache-Control"] == "no-store"


def test_public_pages_may_be_cached():
    assert "Cache-Control" not in Client().get("/").headers


@pytest.mark.parametrize("path", ["/purposes/1/edit/", "/purposes/break/", "/no-such-page/", "/drafts/discard/"])
def test_a_stranger_is_sent_to_sign_in_and_back_or_finds_nothing(path):
    response = Client().get(path)

    assert response.status_code == 404 if path == "/no-such-page/" else response.url == f"/accounts/login/?next={path}"


def test_every_answer_carries_the_content_security_policy(ann):
    policy = as_user(ann).get("/").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_page_too_old_to_be_sent_says_so_and_keeps_its_words(ann):
    url = f"/purposes/{PurposeFactory().pk}/edit/"
    client = Client(enforce_csrf_checks=True)
    client.force_login(ann)

    response = post(client, url, {"statement": "No falls"}, draft_owner=ann)

    assert response.status_code == 403
    assert FormDraft.objects.get(subject=url).data["statement"] == ["No falls"]


def test_a_post_to_another_page_than_the_draft_names_keeps_nothing(ann):
    url = f"/purposes/{PurposeFactory().pk}/edit/"

    post(as_user(ann), url, {**draft_fields(ann, "/"), "statement": ""})

    assert not FormDraft.objects.exists()


def test_reading_a_page_writes_nothing(ann):
    client = as_user(ann)
    url = f"/purposes/{PurposeFactory().pk}/edit/"
    client.get(url)

    # The client of the suite fails on any statement that is not a SELECT.
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("charset", ["rot13", "hex", "unicode_escape", "no-such-thing"])
def test_a_post_in_another_encoding_is_refused_before_it_is_read(client, charset):
    answer = client.generic("POST", "/accounts/login/", b"login=x", f"application/x-www-form-urlencoded; charset={charset}")

    assert answer.status_code == 400
    assert "UTF-8" in answer.content.decode()


def test_a_post_in_utf8_is_read(client):
    answer = client.post("/accounts/login/", b"login=x", content_type='application/x-www-form-urlencoded; charset="UTF-8"')

    assert answer.status_code == 200
