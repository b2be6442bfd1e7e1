"""What every answer tells the browser, and what the browser tells of a page (S9, S10, S29)."""

import json
import logging
from http import HTTPStatus

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path, reverse

from tests.access_matrix import POLICY, wrong_headers
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory
from tests.helpers import as_user, soup

pytestmark = pytest.mark.django_db


def fail(request, kind):
    """Go wrong in one of several ways."""
    faults = {"fault": RuntimeError("broken"), "nothing": Http404, "odd": SuspiciousOperation, "closed": PermissionError}
    if kind == "away":
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
    raise faults[kind]


fail.login_required = False
urlpatterns = [path("fail/<kind>/", fail), path("", include("ldp_portal.urls"))]


@pytest.mark.parametrize(
    ("kind", "status"), [("fault", 500), ("closed", 500), ("nothing", 404), ("odd", 400), ("away", 503)], ids=str
)
def test_s9_an_answer_that_went_wrong_carries_every_header(kind, status):
    client = as_user(ConsultantFactory())
    client.raise_request_exception = False

    with override_settings(ROOT_URLCONF=__name__):
        response = client.get(f"/fail/{kind}/")

    assert response.status_code == status
    assert wrong_headers(response.headers, is_private=True) == []


@pytest.mark.parametrize(
    ("method", "address", "headers", "status"),
    [
        ("GET", "/", {"host": "elsewhere.example"}, 400),
        ("POST", "/accounts/login/", {"content-type": "text/plain; charset=rot13"}, 400),
        ("GET", "/no/such/page/", {}, 404),
        ("GET", "/framework", {}, 301),
        ("GET", "/static/images/favicon.svg", {}, 404),
        ("OPTIONS", "/", {}, 405),
    ],
)
def test_s9_an_answer_from_before_any_page_carries_every_header(method, address, headers, status):
    client, kind = Client(raise_request_exception=False), headers.get("content-type", "text/plain")

    response = client.generic(method, address, b"", kind, headers=headers)

    assert response.status_code == status
    assert wrong_headers(response.headers) == []


def test_s9_a_static_file_carries_every_header_and_may_be_kept(tmp_path, settings):
    (tmp_path / "portal.css").write_text("a { color: red }")
    settings.STATIC_ROOT = str(tmp_path)

    response = as_user(ConsultantFactory()).get("/static/portal.css")

    assert response.status_code == 200
    assert wrong_headers(response.headers) == []
    assert "public" in response.headers["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in response.headers
    response.close()


def test_s9_every_answer_has_a_nonce_of_its_own_and_every_script_carries_it():
    nonces = []
    for _ in range(2):
        response = Client().get("/")
        scripts = soup(response).select("script")
        (nonce,) = {script["nonce"] for script in scripts}
        assert f"script-src 'nonce-{nonce}' 'strict-dynamic'" in response.headers["Content-Security-Policy"]
        nonces.append(nonce)

    assert nonces[0] != nonces[1]


def test_s9_the_policy_lets_nothing_in_by_default():
    assert POLICY["default-src"] == POLICY["object-src"] == POLICY["base-uri"] == POLICY["frame-ancestors"] == "'none'"
    assert POLICY["form-action"] == "'self'"
    assert not any("unsafe" in said or "http" in said or "*" in said for said in POLICY.values())


def test_s29_the_pages_of_signing_in_are_kept_nowhere():
    for name in ("account_login", "account_reset_password", "account_request_login_code", "account_signup"):
        assert "no-store" in Client().get(reverse(name)).headers["Cache-Control"]


def test_s29_a_stranger_may_keep_a_public_page():
    assert "Cache-Control" not in Client().get("/framework/").headers


def test_s29_a_session_that_does_not_hold_any_more_still_keeps_its_answers_out_of_caches():
    client = Client()
    client.cookies["sessionid"] = "of-yesterday"

    assert client.get("/framework/").headers["Cache-Control"] == "no-store"


def test_s29_signing_out_clears_what_the_browser_kept():
    response = as_user(ConsultantFactory()).post(reverse("account_logout"))

    assert response.status_code == 302
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_s29_a_session_that_ended_leaves_the_words_on_the_device():
    response = Client().post("/engagements/new/", {"title": "A word"})

    assert response.url.startswith(reverse("account_login"))
    assert "Clear-Site-Data" not in response.headers
    assert "Clear-Site-Data" not in as_user(ConsultantFactory()).get(reverse("account_logout")).headers


# Reports of browsers.


def report(said, client=None):
    """Send a report as a browser does."""
    body = said if isinstance(said, bytes) else json.dumps({"csp-report": said}).encode()
    return (client or Client(enforce_csrf_checks=True)).post(
        reverse("core:csp_report"), body, content_type="application/csp-report"
    )


def lines(caplog):
    return [record.getMessage() for record in caplog.records if record.name == "core.csp_reports"]


def test_csp_report_is_one_line_that_names_the_page_and_nobody(caplog):
    said = {
        "document-uri": "http://testserver/engagements/EM-1234/people/?q=zzcanary",
        "blocked-uri": "https://zzcanary.example/zzcanary?zzcanary",
        "effective-directive": "img-src",
        "script-sample": "zzcanary",
        "referrer": "http://testserver/zzcanary",
    }

    with caplog.at_level(logging.WARNING):
        answer = report(said)

    assert answer.status_code == 204
    assert lines(caplog) == ["The policy of a page was broken: img-src blocked an address (https) on engagements:people_detail"]


@pytest.mark.parametrize(
    "said",
    [
        {"document-uri": "http://[zzcanary", "blocked-uri": "http://[zzcanary", "effective-directive": "zz\ncanary"},
        {"document-uri": 7, "blocked-uri": ["zzcanary"], "violated-directive": {"zzcanary": 1}},
        {"blocked-uri": "inline", "violated-directive": "script-src 'self' zzcanary", "document-uri": "/zzcanary/"},
    ],
    ids=["not to be read", "of other kinds", "of an unknown page"],
)
def test_csp_report_repeats_nothing_that_somebody_made_up(caplog, said):
    with caplog.at_level(logging.WARNING):
        report(said)

    (line,) = lines(caplog)
    assert "canary" not in line
    assert "\n" not in line


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"csp-report": 1}', b"\xff\xfe", b"[" * 4000], ids=repr)
def test_csp_report_that_is_none_is_passed_over(caplog, body):
    with caplog.at_level(logging.WARNING):
        assert report(body).status_code == 204

    assert lines(caplog) == []


def test_csp_report_of_more_than_eight_kilobytes_is_not_read():
    assert report(b"x" * 8192).status_code == 204
    assert report(b"x" * 8193).status_code == 413


@pytest.mark.parametrize("length", ["-1", "many", "9" * 30], ids=["less than none", "a word", "too many"])
def test_csp_report_of_an_odd_length_is_not_read(length):
    answer = Client().generic(
        "POST", reverse("core:csp_report"), b"{}", content_type="application/csp-report", CONTENT_LENGTH=length
    )

    assert answer.status_code in (400, 413)


def test_csp_reports_fill_no_log(caplog):
    with caplog.at_level(logging.WARNING):
        for _ in range(70):
            assert report({"blocked-uri": "inline", "effective-directive": "script-src"}).status_code == 204

    assert len(lines(caplog)) == 60


def test_csp_report_is_taken_by_post_alone():
    assert Client().get(reverse("core:csp_report")).status_code == 405


def test_s9_the_back_office_lets_scripts_in_by_where_they_come_from():
    response = as_user(NationalAdminFactory()).get("/admin/")

    assert wrong_headers(response.headers, is_private=True, is_back_office=True) == []
