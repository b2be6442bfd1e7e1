"""Anybody who holds a signed brief can check it, and learns nothing else (P13)."""

import hashlib
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engagements.enums import EngagementStatus, VersionOutcome
from engagements.models import BriefFile
from tests.engagements.brief_samples import full_engagement, pages_of, signed_version, squeezed
from tests.engagements.situations import engagement_at
from tests.factories.engagements import BriefFileFactory, EngagementFactory, PlanVersionFactory
from tests.helpers import soup, text_of

pytestmark = pytest.mark.django_db

PAGE = reverse("engagements:brief_check")
INVENTED = "0123456789abcdef" * 4


def address(fingerprint):
    return reverse("engagements:brief_check", args=[fingerprint])


def answer(response):
    """Return the words of the answer, without the fingerprint that was asked for."""
    section = soup(response).select_one("section[aria-labelledby=answer]")
    return " ".join(section.get_text(" ").split()).partition(" Fingerprint checked:")[0]


def test_page_asks_anybody_for_a_fingerprint(client):
    response = client.get(PAGE)

    page = soup(response)
    form = page.select_one("main form")
    assert response.status_code == 200
    assert (form["method"], form["action"]) == ("get", PAGE)
    assert page.find("label", string=lambda words: "Fingerprint from the last page" in words)["for"] == form.textarea["id"]
    assert not page.select("section[aria-labelledby=answer]")
    assert "certutil -hashfile" in text_of(response)
    assert "shasum -a 256" in text_of(response)


def test_p13_signed_brief_is_known_by_the_address_on_its_last_page(client):
    version = signed_version(full_engagement())

    response = client.get(address(version.content_hash))

    assert answer(response).startswith(
        "Signed and current This is version 3, signed by all its signatories on 20 December 2017. No later version has been signed."
    )
    assert "Signed and current" in soup(response).title.get_text()
    assert soup(response).select_one("main form textarea").get_text().strip() == ""


def test_p13_fingerprint_may_be_typed_in_capitals_and_with_spaces(client):
    version = signed_version(full_engagement())
    typed = " ".join(version.content_hash[n : n + 8] for n in range(0, 64, 8)).upper()

    typed_answer = answer(client.get(PAGE, {"fingerprint": f" {typed}\n"}))

    assert typed_answer == answer(client.get(address(version.content_hash)))


def test_p13_file_is_known_by_its_own_fingerprint(client):
    file = BriefFileFactory(sha256="ab" * 32, version__number=2)

    by_file, by_words = client.get(address("ab" * 32)), client.get(address(file.version.content_hash))

    assert "nothing in the file has changed since it was signed" in answer(by_file)
    assert "check the fingerprint of the file itself" in answer(by_words)
    assert "This is version 2" in answer(by_file)
    assert "This is version 2" in answer(by_words)


def test_p13_brief_signed_in_the_portal_checks_out_by_its_last_page_and_by_its_file(client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        engagement_at(EngagementStatus.AGREED)
    pdf = Path(BriefFile.objects.get().file.path).read_bytes()
    (printed,) = set(re.findall(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", squeezed(pages_of(pdf)[-1])))

    by_page, by_file = client.get(address(printed)), client.get(address(hashlib.sha256(pdf).hexdigest()))
    forged = client.get(address(hashlib.sha256(pdf + b" ").hexdigest()))

    assert answer(by_page).startswith("Signed and current This is version 1")
    assert answer(by_file).startswith("Signed and current This is version 1")
    assert answer(forged).startswith("Not known")


def test_p13_replaced_brief_says_by_which_version_and_when(client):
    old = PlanVersionFactory(agreed=True, number=1, content_hash="a" * 64)
    second = PlanVersionFactory(agreed=True, number=2, engagement=old.engagement, content_hash="b" * 64)
    PlanVersionFactory(recalled=True, number=3, engagement=old.engagement, content_hash="c" * 64)
    PlanVersionFactory(agreed=True, number=4, engagement=old.engagement, content_hash="d" * 64)
    PlanVersionFactory(number=5, engagement=old.engagement, content_hash="e" * 64)
    PlanVersionFactory(agreed=True, number=9)

    said = [answer(client.get(address(letter * 64))) for letter in "abd"]

    day = f"{second.settled_at:%-d %B %Y}"
    assert f"It was replaced by version 2 on {day}. The one that was signed last is version 4." in said[0]
    assert f"It was replaced by version 4 on {day}." in said[1]
    assert "signed last" not in said[1]
    assert [words.partition(" This")[0] for words in said] == ["Signed and replaced", "Signed and replaced", "Signed and current"]


def test_words_that_were_signed_twice_are_known_by_the_later_version(client):
    first = PlanVersionFactory(agreed=True, number=1)
    PlanVersionFactory(agreed=True, number=2, engagement=first.engagement)

    assert "Signed and current This is version 2" in answer(client.get(address(first.content_hash)))


@pytest.mark.parametrize("outcome", [VersionOutcome.WAITING, VersionOutcome.RECALLED, VersionOutcome.CHANGES_WANTED])
def test_p13_what_was_not_signed_is_as_unknown_as_what_never_was(client, outcome):
    settled = {"settled_at": "2017-04-03T10:00Z"} if outcome != VersionOutcome.WAITING else {}
    version = PlanVersionFactory(outcome=outcome, content_hash="f" * 64, **settled)

    unsigned, invented = client.get(address(version.content_hash)), client.get(address(INVENTED))

    assert answer(unsigned) == answer(invented)
    assert answer(invented).startswith("Not known No signed brief has this fingerprint.")
    assert unsigned.status_code == invented.status_code == 200


def test_p13_check_reveals_nothing_of_the_plan(client):
    engagement = full_engagement()
    version = signed_version(engagement)

    words = client.get(address(version.content_hash)).content.decode()

    people = [lead.user.full_name for lead in engagement.client_leads.all()]
    for secret in (engagement.reference, engagement.title, engagement.client, engagement.lead_region.name, *people):
        assert secret not in words


def test_withdrawn_work_is_not_told_from_any_other(client):
    other = PlanVersionFactory(agreed=True, number=2, content_hash="a" * 64)
    withdrawn = EngagementFactory(status=EngagementStatus.WITHDRAWN)
    PlanVersionFactory(agreed=True, number=2, content_hash="b" * 64, engagement=withdrawn, settled_at=other.settled_at)

    assert answer(client.get(address("a" * 64))) == answer(client.get(address("b" * 64)))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter the fingerprint"),
        (INVENTED[:-1], "A fingerprint has 64 characters, and this has 63."),
        (f"{INVENTED[:-1]}g", "only digits and the letters a to f"),
        ("<script>alert(1)</script>", "only digits and the letters a to f"),
        ("a\x00b", "hidden character"),
        ("a" * 2_001, "2000 characters"),
    ],
    ids=["nothing", "short", "letter", "markup", "control", "long"],
)
def test_what_cannot_be_a_fingerprint_is_said_beside_the_field(client, typed, said):
    response = client.get(PAGE, {"fingerprint": typed})

    assert response.status_code == 200
    assert said in text_of(response)
    assert "<script>alert" not in response.content.decode()
    assert not soup(response).select("section[aria-labelledby=answer]")


def test_address_with_anything_else_in_it_is_answered_calmly(client):
    response = client.get(address("not a fingerprint"))

    assert response.status_code == 200
    assert "only digits and the letters a to f" in text_of(response)


def test_check_is_kept_by_nobody(client):
    for url in (PAGE, address(INVENTED)):
        response = client.get(url)

        assert response["Cache-Control"] == "no-store"
        assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_check_reads_as_often_whatever_the_answer(client):
    BriefFileFactory(version__content_hash="a" * 64, sha256="b" * 64)
    PlanVersionFactory(content_hash="c" * 64)
    counts = []

    for fingerprint in ("a" * 64, "b" * 64, "c" * 64, INVENTED):
        with CaptureQueriesContext(connection) as queries:
            client.get(address(fingerprint))
        counts.append(len(queries))

    assert counts == [1, 1, 1, 1]
