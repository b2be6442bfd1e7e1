"""Who reads which edition of the brief, as a page and as a PDF."""

import hashlib
import io
from pathlib import Path

import pytest
from django.urls import reverse
from docx import Document

from core.pdf import PdfError, place_for
from directory.models import Region
from engagements import actions, documents
from engagements.enums import EngagementStatus
from engagements.models import BriefFile, PlanVersion
from tests.engagements.brief_samples import full_engagement, pages_of, reread, text_of_word
from tests.engagements.situations import engagement_at, ready_engagement
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, StpLeadFactory
from tests.factories.engagements import BriefFileFactory, ClientLeadFactory, EngagementFactory, PlanVersionFactory
from tests.helpers import THE_SESSION, as_user, soup, text_of

pytestmark = pytest.mark.django_db
MAX_QUERIES = 12 + THE_SESSION
VIEWS = ["brief_detail", "brief_download", "brief_word"]


def url(engagement, view="brief_detail"):
    return reverse(f"engagements:{view}", args=[engagement.reference])


@pytest.fixture
def agreed(django_capture_on_commit_callbacks):
    """Return an agreed engagement whose signed brief has been stored."""
    with django_capture_on_commit_callbacks(execute=True):
        return engagement_at(EngagementStatus.AGREED)


@pytest.mark.parametrize("view", VIEWS)
def test_brief_of_an_unknown_reference_is_not_found(view):
    response = as_user(ConsultantFactory()).get(reverse(f"engagements:{view}", args=["EM-0000"]))

    assert response.status_code == 404


@pytest.mark.parametrize("view", VIEWS)
def test_brief_of_another_region_is_not_found(view):
    stranger = ConsultantFactory(region=Region.objects.get(slug="london"))

    assert as_user(stranger).get(url(EngagementFactory(), view)).status_code == 404


@pytest.mark.parametrize("view", VIEWS)
def test_brief_may_only_be_read(view):
    engagement = EngagementFactory()

    assert as_user(engagement.lead_consultant).post(url(engagement, view)).status_code in (400, 405)


@pytest.mark.parametrize("view", VIEWS)
def test_brief_takes_few_queries(view, django_assert_max_num_queries):
    engagement = full_engagement()
    client = as_user(engagement.lead_consultant)

    # A file that is taken along is told in the audit trail as well.
    with django_assert_max_num_queries(MAX_QUERIES + (view != "brief_detail")):
        client.get(url(engagement, view))


@pytest.mark.parametrize("view", VIEWS)
def test_version_takes_few_queries(view, agreed, django_assert_max_num_queries):
    client = as_user(agreed.client_leads.get().user)

    with django_assert_max_num_queries(MAX_QUERIES):
        client.get(url(agreed, view))


def test_consultant_reads_the_working_draft_as_a_page():
    engagement = full_engagement()

    response = as_user(engagement.lead_consultant).get(url(engagement))

    text = text_of(response)
    assert response.status_code == 200
    for words in ("This is a draft", "Title of the engagement", "Reason for the overrule", "Target of the measure", "£12,345.67"):
        assert words in text


def test_page_holds_the_same_words_as_the_pdf():
    engagement = full_engagement()
    client = as_user(engagement.lead_consultant)

    page = set(text_of(client.get(url(engagement))).split())
    printed = set(" ".join(pages_of(client.get(url(engagement, "brief_download")).content)).split())

    assert len(page & printed) / len(printed) > 0.9


def test_contents_lead_to_the_sections_of_the_page():
    engagement = full_engagement()

    page = soup(as_user(engagement.lead_consultant).get(url(engagement)))

    targets = [link["href"].removeprefix("#") for link in page.select(".brief-contents a")]
    assert len(targets) == 11
    assert all(page.find(id=target) for target in targets)
    ids = [element["id"] for element in page.select("[id]")]
    assert len(ids) == len(set(ids))


def test_download_is_a_pdf_that_nobody_keeps():
    engagement = full_engagement()

    response = as_user(engagement.lead_consultant).get(url(engagement, "brief_download"))

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{engagement.reference} brief draft.pdf"'
    assert "no-store" in response["Cache-Control"]
    assert all("DRAFT" in page for page in pages_of(response.content))


def test_word_file_is_a_draft_too_and_nobody_keeps_it():
    engagement = full_engagement()

    response = as_user(engagement.lead_consultant).get(url(engagement, "brief_word"))

    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert response["Content-Disposition"] == f'attachment; filename="{engagement.reference} brief draft.docx"'
    assert "no-store" in response["Cache-Control"]
    assert "DRAFT" in Document(io.BytesIO(response.content)).sections[0].header.paragraphs[0].text


@pytest.mark.parametrize(("words", "view"), [("Download as PDF", "brief_download"), ("Download as Word", "brief_word")])
def test_page_leads_to_both_files(words, view):
    engagement = EngagementFactory()

    page = soup(as_user(engagement.lead_consultant).get(url(engagement)))

    assert page.find("a", string=words)["href"] == url(engagement, view)


def test_client_gets_as_word_what_was_submitted(agreed):
    actions.revise_engagement(engagement=agreed, values={"reason": "A new partner"}, by=agreed.lead_consultant)
    agreed.groups.update(name="Written after it was reopened")

    to_client = as_user(agreed.client_leads.get().user).get(url(agreed, "brief_word"))
    to_consultant = as_user(agreed.lead_consultant).get(url(agreed, "brief_word"))

    assert "version 1.docx" in to_client["Content-Disposition"]
    assert "Writtenafteritwasreopened" not in text_of_word(to_client.content)
    assert "Writtenafteritwasreopened" in text_of_word(to_consultant.content)


def test_national_admin_reads_the_draft():
    assert as_user(NationalAdminFactory()).get(url(EngagementFactory())).status_code == 200


def test_client_reads_what_was_submitted_and_never_the_working_draft():
    engagement = engagement_at(EngagementStatus.IN_REVIEW)
    by = engagement.lead_consultant
    submitted = documents.content_hash(documents.load_brief(reread(engagement)))
    actions.recall_engagement(engagement=engagement, by=by)
    engagement.groups.update(name="Written after it was recalled")
    client = as_user(engagement.client_leads.get().user)

    page, download = client.get(url(engagement)), client.get(url(engagement, "brief_download"))

    assert submitted in text_of(page)
    assert "Written after it was recalled" not in text_of(page)
    assert "Written after it was recalled" in text_of(as_user(by).get(url(engagement)))
    assert all("DRAFT" in text for text in pages_of(download.content))
    assert "version 1 draft.pdf" in download["Content-Disposition"]


@pytest.mark.parametrize(("view", "status"), [("brief_detail", 200), ("brief_download", 404), ("brief_word", 404)])
def test_client_is_told_when_nothing_was_submitted(view, status):
    engagement = EngagementFactory(shared=True)
    lead = ClientLeadFactory(engagement=engagement, user=StpLeadFactory())

    response = as_user(lead.user).get(url(engagement, view))

    assert response.status_code == status
    assert "Nothing has been submitted to you yet" in text_of(response)
    assert "Read the brief as a page" not in text_of(response)


def test_waiting_version_asks_its_signatory_to_decide():
    engagement = engagement_at(EngagementStatus.IN_REVIEW)
    lead = engagement.client_leads.get().user

    text = text_of(as_user(lead).get(url(engagement)))

    assert f"{lead.full_name} : please read this plan" in text


def test_p12_signed_brief_is_served_byte_for_byte(agreed, monkeypatch):
    stored = BriefFile.objects.get()
    monkeypatch.setattr(documents, "render_brief", lambda *args: pytest.fail("It was rendered again."))
    client = as_user(agreed.lead_consultant)

    first, second = client.get(url(agreed, "brief_download")), client.get(url(agreed, "brief_download"))

    assert first.content == second.content == Path(stored.file.path).read_bytes()
    assert hashlib.sha256(first.content).hexdigest() == stored.sha256
    assert "version 1.pdf" in first["Content-Disposition"]
    assert not any("DRAFT" in page for page in pages_of(first.content))


def test_p12_client_keeps_the_signed_brief_while_the_plan_is_revised(agreed):
    stored = Path(BriefFile.objects.get().file.path).read_bytes()
    actions.revise_engagement(engagement=agreed, values={"reason": "A new partner"}, by=agreed.lead_consultant)

    to_client = as_user(agreed.client_leads.get().user).get(url(agreed, "brief_download"))
    to_consultant = as_user(agreed.lead_consultant).get(url(agreed, "brief_download"))

    assert to_client.content == stored
    assert to_consultant.content != stored


def test_signed_brief_that_is_not_stored_yet_is_the_same_when_made_at_once(agreed):
    stored = BriefFile.objects.get()
    content = Path(stored.file.path).read_bytes()
    stored.delete()

    assert as_user(agreed.lead_consultant).get(url(agreed, "brief_download")).content == content


def test_missing_file_is_said_calmly(agreed):
    Path(BriefFile.objects.get().file.path).unlink()

    response = as_user(agreed.lead_consultant).get(url(agreed, "brief_download"))

    assert response.status_code == 503
    assert "try again later" in text_of(response)


def test_fault_in_the_making_is_said_calmly_and_sends_no_part(monkeypatch):
    def broken(*args):
        raise PdfError("The PDF could not be made.")

    engagement = ready_engagement()
    monkeypatch.setattr(documents, "render_brief", broken)

    response = as_user(engagement.lead_consultant).get(url(engagement, "brief_download"))

    assert response.status_code == 503
    assert response["Content-Type"].startswith("text/html")
    assert "The PDF could not be made." in text_of(response)
    assert soup(response).find("a", string="Read the brief as a page")["href"] == url(engagement)


def test_file_that_is_not_the_one_signed_is_not_sent(agreed):
    Path(BriefFile.objects.get().file.path).write_bytes(b"%PDF-1.7 cut sho")

    response = as_user(agreed.lead_consultant).get(url(agreed, "brief_download"))

    assert response.status_code == 503
    assert "cannot be opened at the moment" in text_of(response)


def test_s22_second_pdf_of_one_person_is_told_to_wait_and_a_stored_one_is_not(agreed):
    draft, reader = ready_engagement(), agreed.lead_consultant
    draft_reader = draft.lead_consultant

    with place_for(draft_reader.pk), place_for(reader.pk):
        busy = as_user(draft_reader).get(url(draft, "brief_download"))
        stored = as_user(reader).get(url(agreed, "brief_download"))

    assert (busy.status_code, busy["Retry-After"]) == (503, "5")
    assert "try again in a moment" in text_of(busy)
    assert stored.status_code == 200
    assert as_user(draft_reader).get(url(draft, "brief_download")).status_code == 200


@pytest.mark.parametrize("view", VIEWS)
def test_version_that_cannot_be_read_is_said_calmly(view):
    version = PlanVersionFactory(engagement__shared=True)
    lead = ClientLeadFactory(engagement=version.engagement, user=StpLeadFactory())

    response = as_user(lead.user).get(url(version.engagement, view))

    assert response.status_code == 503
    assert "cannot be read" in text_of(response)
    assert "Read the brief as a page" not in text_of(response)


def test_signed_file_is_sent_even_where_the_document_cannot_be_read_any_more():
    stored = BriefFileFactory(version__engagement__shared=True)
    lead = ClientLeadFactory(engagement=stored.version.engagement, user=StpLeadFactory())

    response = as_user(lead.user).get(url(stored.version.engagement, "brief_download"))

    assert response.content == b"%PDF-1.7"


def test_latest_version_is_the_one_that_is_read(agreed):
    old = PlanVersion.objects.get()
    brief = documents.from_json(old.document)
    newer = PlanVersionFactory(engagement=agreed, number=2, document=documents.to_json(brief), content_hash="f" * 64)

    assert newer.content_hash in text_of(as_user(agreed.client_leads.get().user).get(url(agreed)))
