"""The log tells what the portal did, one line for each request, and nothing that tells who a person is."""

import json
import logging
import re

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from core import logs, outbox
from core.logs import PlainLines
from core.models import OutboxEntry
from tests.engagements.situations import ready_engagement
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory
from tests.factories.engagements import EngagementFactory
from tests.helpers import as_user, production_log, submit

pytestmark = pytest.mark.django_db

SECRET = "a-link-that-opens-something"
SOMEBODY = "canary.person"


@pytest.fixture
def written():
    """Return a function that reads the lines written so far, as production writes them."""
    with production_log() as stream:
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def requests_of(lines):
    return [line for line in lines if line["logger"] == "portal.requests"]


def test_request_is_one_line_with_its_number(written):
    response = Client().get("/menu/?q=words-of-somebody")

    (line,) = requests_of(written())
    assert {name: line[name] for name in ("level", "method", "route", "view", "status", "user")} == {
        "level": "INFO",
        "method": "GET",
        "route": "/menu/",
        "view": "interventions:intervention_list",
        "status": 200,
        "user": None,
    }
    assert line["milliseconds"] > 0
    assert line["request_id"] == response["X-Request-ID"]
    assert "words-of-somebody" not in str(written())


def test_person_is_told_by_key_and_engagement_by_reference(written):
    engagement = EngagementFactory()

    as_user(engagement.lead_consultant).get(engagement.get_absolute_url())

    (line,) = requests_of(written())
    assert (line["user"], line["reference"]) == (engagement.lead_consultant.pk, engagement.reference)


@pytest.mark.parametrize("number", ["0f9d3a52c7e24d1b", "12345678", "6f1c2f3e-5d4b-4a39-8e21-0b7a3c9d5e11"])
def test_sane_number_of_the_proxy_is_taken_over(written, settings, number):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    response = Client().get("/", headers={"x-request-id": number})

    assert response["X-Request-ID"] == number
    assert requests_of(written())[0]["request_id"] == number


@pytest.mark.parametrize(
    "number", ["", "short", "a" * 37, "grace@demo.example", "12345678\n{}", "<script>1234", "1234 5678 9012", "٣٤٥٦٧٨٩٠"]
)
def test_number_that_is_none_is_replaced(written, settings, number):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    response = Client().get("/", headers={"x-request-id": number})

    assert re.fullmatch("[0-9a-f]{32}", response["X-Request-ID"])
    assert [line["request_id"] for line in written()] == [response["X-Request-ID"]] * len(written())


def test_number_that_somebody_brings_past_no_proxy_counts_for_nothing(written):
    response = Client().get("/", headers={"x-request-id": "0f9d3a52c7e24d1b"})

    assert response["X-Request-ID"] != "0f9d3a52c7e24d1b"


def test_whole_numbers_of_an_address_are_told(written):
    as_user(NationalAdminFactory()).get(reverse("accounts:person_edit", args=[987654]))

    assert requests_of(written())[-1]["pk"] == "987654"


def test_requests_have_numbers_of_their_own():
    client = Client()

    assert client.get("/")["X-Request-ID"] != client.get("/")["X-Request-ID"]
    assert logs.request_id() == ""


def test_probe_writes_no_line(written):
    Client().get("/health/live")

    assert requests_of(written()) == []


@pytest.mark.parametrize(
    "address",
    [
        reverse("accounts:invitation_detail", kwargs={"token": SECRET}),
        f"/accounts/password/reset/key/{SECRET}-x/",
        f"/nothing/{SECRET}/",
        f"/?next={SECRET}",
    ],
)
def test_secret_in_an_address_is_not_written(written, address):
    Client().get(address)

    assert requests_of(written())
    assert SECRET not in str(written())


def test_failed_sign_in_names_nobody(written):
    person = ConsultantFactory(email="canary.person@demo.example", full_name="Canary Person")

    submit(Client(), reverse("account_login"), {"login": person.email, "password": "canary-password"})

    assert len(requests_of(written())) == 2
    assert "canary" not in str(written()).lower()


def test_error_of_a_page_is_told_without_what_it_says(written, monkeypatch):
    def clash():
        raise IntegrityError(f"Key (email)=({SOMEBODY}@demo.example) already exists")

    def fail(*args, **kwargs):
        try:
            clash()
        except IntegrityError as error:
            raise RuntimeError(f"{SOMEBODY} could not be saved") from error

    client = Client(raise_request_exception=False)
    monkeypatch.setattr("django.template.response.TemplateResponse.render", fail)

    response = client.get(f"/menu/?q={SECRET}")

    failures = [line for line in written() if "exc_info" in line]
    assert response.status_code == 500
    assert failures
    assert "RuntimeError" in failures[0]["exc_info"]
    assert "IntegrityError" in failures[0]["exc_info"]
    assert "/menu/" in failures[0]["message"]
    assert SOMEBODY not in str(written())
    assert SECRET not in str(written())
    assert requests_of(written())[0]["status"] == 500


def test_address_in_a_line_is_taken_out(written):
    logging.getLogger("core.tests").warning("Mail to %s was refused by <%s>", "grace.obi@demo.example", "mx@nhs.example")

    assert written()[-1]["message"] == "Mail to (address) was refused by <(address)>"


def test_line_within_a_request_carries_its_number(written):
    with logs.within_request("number-of-a-request"):
        logging.getLogger("core.tests").warning("Inside")
    logging.getLogger("core.tests").warning("Outside")

    assert [line["request_id"] for line in written()] == ["number-of-a-request", ""]


def test_unknown_method_is_not_written_as_it_came(written):
    Client().generic(SECRET.upper(), "/")

    assert requests_of(written())[0]["method"] == "other"


def test_developer_reads_plain_lines():
    record = logging.LogRecord("core", logging.WARNING, "", 1, "The %s is down", ("queue",), None)
    formatter = PlainLines("%(levelname)s %(name)s: %(message)s")

    bare = formatter.format(record)
    record.request_id = "0f9d3a52c7e24d1b"

    assert bare == "WARNING core: The queue is down"
    assert formatter.format(record) == "[0f9d3a52] WARNING core: The queue is down"


@pytest.mark.django_db(transaction=True)
def test_number_of_a_request_goes_along_to_whoever_does_its_work(written):
    engagement = ready_engagement()
    client = as_user(engagement.lead_consultant)

    response = submit(client, reverse("engagements:engagement_submit", args=[engagement.reference]), {"message": ""})

    done = [line for line in written() if line["logger"] == "core.outbox"]
    assert {line["request_id"] for line in done} == {response["X-Request-ID"]}
    assert set(OutboxEntry.objects.values_list("request_id", flat=True)) == {response["X-Request-ID"]}
    outbox.try_again(OutboxEntry.objects.first())
    assert written()[-1]["request_id"] == response["X-Request-ID"]
