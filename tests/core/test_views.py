"""`core:draft_save` and `core:draft_discard` as addresses; what drafts do is told in test_drafts."""

import pytest
from django.test import Client
from django.urls import reverse

from core import drafts
from core.models import FormDraft
from tests.factories.accounts import ConsultantFactory
from tests.factories.core import FormDraftFactory
from tests.factories.engagements import PurposeFactory
from tests.helpers import as_user, post

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.stand_in")]


@pytest.mark.parametrize("name", ["core:draft_save", "core:draft_discard"])
def test_drafts_are_only_posted(name):
    assert as_user(ConsultantFactory()).get(reverse(name)).status_code == 405


def test_a_stranger_lets_go_of_nobodys_draft():
    draft = FormDraftFactory()

    response = Client().post(reverse("core:draft_discard"), {"draft_subject": draft.subject})

    assert response.url.startswith(reverse("account_login"))
    assert FormDraft.objects.filter(pk=draft.pk).exists()


def test_saving_a_draft_needs_the_pages_token():
    ann = ConsultantFactory()
    client = Client(enforce_csrf_checks=True)
    client.force_login(ann)

    response = client.post(reverse("core:draft_save"), {"draft_owner": str(ann.pk), "draft_subject": "/"})

    assert response.status_code == 403
    assert not FormDraft.objects.exists()


def test_csrf_failure_says_that_words_are_kept():
    response = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "x"})

    assert response.status_code == 403
    assert response.templates[0].name == "403_csrf.html"


def test_p02_page_of_an_ended_session_without_its_token_keeps_its_words_for_the_next_sign_in():
    ann = ConsultantFactory()
    url = f"/purposes/{PurposeFactory().pk}/edit/"
    client = Client(enforce_csrf_checks=True)

    response = post(client, url, {"statement": "No falls"}, draft_owner=ann)

    assert response.status_code == 403
    kept = client.session[drafts.SESSION_KEY][url]
    assert (kept["owner"], kept["data"]["statement"]) == (str(ann.pk), ["No falls"])
