"""What no browser of a colleague sends is answered calmly: odd queries, foreign hosts, addresses to be led to, and too much of anything (S18, S19, S22)."""

from unittest import mock
from urllib.parse import urlencode, urlsplit

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import connection
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.urls import reverse

from core.models import FormDraft
from tests.drills import asking
from tests.drills.asking import ODD, PARAMETERS
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, StpLeadFactory
from tests.helpers import as_user, soup, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

# S19: whatever is asked of a page.


def test_s19_no_question_breaks_a_page():
    outcome = asking.run(40)

    assert outcome.wrong == []
    assert outcome.asked >= 40


@pytest.mark.parametrize("said", ODD, ids=ascii)
def test_s19_every_filter_takes_an_odd_word(said):
    client = as_user(NationalAdminFactory())
    every = dict.fromkeys(PARAMETERS, said)

    for name in (
        "engagements:engagement_list",
        "interventions:provider_list",
        "accounts:person_list",
        "directory:organisation_list",
    ):
        assert client.get(reverse(name), every).status_code == 200
    for name in ("interventions:intervention_list", "directory:region_list", "engagements:brief_check"):
        assert Client().get(reverse(name), every).status_code < 500


def test_s19_no_question_reaches_the_database_as_words():
    client = as_user(ConsultantFactory())
    asked = []

    def note(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        client.get(reverse("engagements:engagement_list"), dict.fromkeys(PARAMETERS, "zzword' --"))

    assert asked
    assert not any("zzword" in sql for sql in asked)


# S18: where a request says it comes from, and where it wants to be led.

AWAY = "elsewhere.example"
SCHEMES = ["http:", "https:", "HtTp:", "javascript:", "data:text/html,", "ftp:", "ws:", "", "mailto:"]
LEADS = ["//", "///", "////", "\\\\", "/\\", "\\/", "//\\", "/\t/", "/\n/", "/%09/", " //", "\x00//", "//@", "/.//", "//user@"]
PAYLOADS = sorted(
    {f"{scheme}//{AWAY}" for scheme in SCHEMES}
    | {f"{lead}{AWAY}" for lead in LEADS}
    | {f"{lead}{AWAY}/%2e%2e" for lead in LEADS}
    | {f"http:{lead}{AWAY}" for lead in LEADS}
    | {
        f"//{AWAY}\\@testserver",
        f"//testserver@{AWAY}",
        f"https://testserver.{AWAY}",
        f"//{AWAY}#testserver",
        f"//{AWAY}?testserver",
    }
    | {"javascript:alert(1)//testserver", "//[::1", "http://[", f"//{AWAY}:80\x00", f"\u2044\u2044{AWAY}", f"/\u2215{AWAY}"}
)
NAMES = ("next", "draft_subject", "return", "url", "redirect", "back")


def is_away(response):
    """Tell whether an answer leads to another host, as browsers read an address."""
    said = response.headers.get("Location", "")
    read = said.strip("\x00\t\n\r ").replace("\t", "").replace("\n", "").replace("\r", "").replace("\\", "/")
    try:
        parts = urlsplit(read)
    except ValueError:
        return True
    return bool(parts.scheme or parts.netloc) and parts.netloc != "testserver"


def test_s18_there_are_sixty_payloads():
    assert len(PAYLOADS) >= 60


def test_s18_no_page_of_signing_in_leads_away():
    person, visitor = as_user(ConsultantFactory()), Client(raise_request_exception=False)
    pages = [("account_login", person), ("account_request_login_code", visitor), ("account_logout", visitor)]

    for payload in PAYLOADS:
        fields = dict.fromkeys(NAMES, payload)
        for name, client in pages:
            response = client.post(reverse(name, query={"next": payload}), fields)
            assert response.status_code < 500
            assert not is_away(response), payload


def test_s18_no_page_of_our_own_leads_away():
    client = as_user(NationalAdminFactory())

    for payload in PAYLOADS:
        fields = dict.fromkeys(NAMES, payload)
        for response in (client.post(reverse("core:draft_discard"), fields), client.get("/admin/login/", fields)):
            assert response.status_code < 500
            assert not is_away(response), payload


@pytest.mark.parametrize("header", ["host", "x-forwarded-host", "forwarded", "x-original-host"])
def test_s18_a_link_in_an_email_begins_with_the_address_of_the_portal(header, settings):
    settings.PORTAL_ADDRESS = "https://portal.example"
    person = StpLeadFactory()
    person.set_password("a long walk on the Wolds")
    person.save()

    response = Client().post(reverse("account_reset_password"), {"email": person.email}, headers={header: f"host={AWAY}"})

    assert response.status_code in (302, 400)
    assert len(mail.outbox) == (0 if header == "host" else 1)
    assert not any(AWAY in str(message.message()) for message in mail.outbox)
    assert all("https://portal.example/" in message.body for message in mail.outbox)


@pytest.mark.parametrize("host", [AWAY, f"testserver.{AWAY}", f"testserver:80@{AWAY}", "testserver\x00"])
def test_s18_a_request_for_another_host_is_refused(host):
    assert Client().get("/framework/", headers={"host": host}).status_code == 400


# S22: too much of anything.


TOO_MUCH = {
    "fields": {f"field{number}": "x" for number in range(2500)},
    "words": {"title": "x" * (3 * 1024 * 1024)},
}


@pytest.mark.parametrize("data", TOO_MUCH.values(), ids=TOO_MUCH)
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", MULTIPART_CONTENT], ids=["plain", "in parts"])
@pytest.mark.parametrize("person", [None, ConsultantFactory], ids=["stranger", "consultant"])
def test_s22_what_is_too_much_is_refused_with_a_page_that_says_so(data, kind, person):
    client = as_user(person()) if person else Client()
    body = urlencode(data) if kind != MULTIPART_CONTENT else data

    # A draft of a stranger is refused before anybody reads it.
    own = [reverse("core:draft_save")] if person else []
    for url in (reverse("engagements:engagement_create"), reverse("account_login"), *own):
        response = client.post(url, body, content_type=kind)

        assert response.status_code == 413, url
        page = soup(response)
        assert page.h1.get_text() == "This is too much to send at once"
        assert "the words you typed are kept on this device" in page.get_text()
        # No script takes this page for the answer to the form, and forgets the copy of what was typed.
        assert not page.select("script")
        assert page.select_one("meta[name=referrer]")["content"] == "no-referrer"
    assert not FormDraft.objects.exists()


def test_s22_a_file_that_no_form_asks_for_is_never_written_down(tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    seen = []
    with mock.patch.object(TemporaryUploadedFile, "__init__", side_effect=lambda *args, **kwargs: seen.append(args)):
        file = SimpleUploadedFile("x.bin", b"x" * 4_000_000)
        answer = Client().post(reverse("account_login"), {"login": "a@b.example", "password": "x", "file": file})

    assert answer.status_code == 200
    assert seen == []


def test_s22_a_very_long_question_is_answered():
    client = as_user(ConsultantFactory())

    response = client.get(reverse("engagements:engagement_list"), {"q": "word " * 2000})

    assert response.status_code == 200
    assert "The search was left out. " in text_of(response)


def test_s22_a_page_number_beyond_the_last_shows_the_last():
    client = as_user(ConsultantFactory())

    assert client.get(reverse("engagements:engagement_list"), {"page": "9" * 30}).status_code == 200
