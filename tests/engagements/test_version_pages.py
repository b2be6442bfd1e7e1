"""Every version that was submitted keeps a page and a PDF of its own, whatever has become of the plan since."""

from pathlib import Path

import pytest
from django.urls import reverse

from core.pdf import PdfError
from directory.models import Region
from engagements import actions, documents
from engagements.enums import EngagementStatus
from engagements.models import BriefFile, PlanVersion
from tests.engagements.brief_samples import pages_of, reread, text_of_word
from tests.engagements.situations import engagement_at
from tests.factories.accounts import ConsultantFactory, StpLeadFactory
from tests.factories.engagements import ClientLeadFactory, EngagementFactory, PlanVersionFactory
from tests.helpers import as_user, soup, text_of

pytestmark = pytest.mark.django_db
MAX_QUERIES = 12
VIEWS = ["version_detail", "version_download", "version_word"]


def url(engagement, view="version_detail", number=1):
    return reverse(f"engagements:{view}", args=[engagement.reference, number])


@pytest.fixture
def agreed(django_capture_on_commit_callbacks):
    """Return an agreed engagement whose signed brief has been stored."""
    with django_capture_on_commit_callbacks(execute=True):
        return engagement_at(EngagementStatus.AGREED)


@pytest.fixture
def reopened(agreed):
    """Return an engagement that was signed, reopened and submitted again with other people."""
    by = agreed.lead_consultant
    actions.revise_engagement(engagement=agreed, values={"reason": "A new partner"}, by=by)
    agreed.groups.update(name="Named in the second version")
    actions.submit_engagement(engagement=reread(agreed), values={"message": ""}, by=by)
    return reread(agreed)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("number", [0, 2, 10**30])
def test_version_that_was_never_submitted_is_not_found(agreed, view, number):
    assert as_user(agreed.lead_consultant).get(url(agreed, view, number)).status_code == 404


@pytest.mark.parametrize("view", VIEWS)
def test_version_of_another_engagement_is_not_found(agreed, view):
    other = EngagementFactory(lead_region=agreed.lead_region)

    assert as_user(agreed.lead_consultant).get(url(other, view)).status_code == 404


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("stranger", ["of another region", "not named"])
def test_version_is_not_found_by_strangers(agreed, view, stranger):
    makers = {
        "of another region": lambda: ConsultantFactory(region=Region.objects.get(slug="london")),
        "not named": StpLeadFactory,
    }

    assert as_user(makers[stranger]()).get(url(agreed, view)).status_code == 404


@pytest.mark.parametrize("view", VIEWS)
def test_version_may_only_be_read(agreed, view):
    assert as_user(agreed.lead_consultant).post(url(agreed, view)).status_code in (400, 405)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("who", ["consultant", "client"])
def test_version_takes_few_queries(agreed, view, who, django_assert_max_num_queries):
    client = as_user(agreed.lead_consultant if who == "consultant" else agreed.client_leads.get().user)

    with django_assert_max_num_queries(MAX_QUERIES):
        client.get(url(agreed, view))


@pytest.mark.parametrize("who", ["consultant", "client"])
def test_p12_signed_version_stays_in_reach_after_the_next_was_submitted(reopened, who, monkeypatch):
    client = as_user(reopened.lead_consultant if who == "consultant" else reopened.client_leads.get().user)
    stored = Path(BriefFile.objects.get().file.path).read_bytes()
    monkeypatch.setattr(documents, "render_brief", lambda *args: pytest.fail("It was rendered again."))

    page, download = client.get(url(reopened)), client.get(url(reopened, "version_download"))

    assert "Named in the second version" not in text_of(page)
    assert PlanVersion.objects.get(number=1).content_hash in text_of(page)
    assert "This is a draft" not in text_of(page)
    assert download.content == stored
    assert "version 1.pdf" in download["Content-Disposition"]
    assert "no-store" in download["Cache-Control"]


def test_p12_signed_version_stays_in_reach_while_the_plan_is_reopened(agreed):
    stored = Path(BriefFile.objects.get().file.path).read_bytes()
    actions.revise_engagement(engagement=agreed, values={"reason": "A new partner"}, by=agreed.lead_consultant)

    download = as_user(agreed.lead_consultant).get(url(agreed, "version_download"))

    assert download.content == stored


def test_version_that_waits_is_made_as_a_draft(reopened):
    client = as_user(reopened.client_leads.get().user)

    page, download = client.get(url(reopened, number=2)), client.get(url(reopened, "version_download", 2))

    assert "Named in the second version" in text_of(page)
    assert all("DRAFT" in text for text in pages_of(download.content))
    assert "version 2 draft.pdf" in download["Content-Disposition"]


@pytest.mark.parametrize("number", [1, 2], ids=["signed", "waiting"])
def test_p13_printed_address_shows_the_fingerprint_to_whoever_may_open_it(reopened, client, number):
    version = PlanVersion.objects.get(number=number)
    is_signed = number == 1
    reader = client if is_signed else as_user(reopened.client_leads.get().user)
    address = documents.stamp_version(version, version.decisions.all()).address

    response = reader.get(address[address.index("/engagements/") :])

    assert version.content_hash in text_of(response)
    assert ("Signed and current" in text_of(response)) is is_signed


@pytest.mark.parametrize(("words", "view"), [("Download as PDF", "version_download"), ("Download as Word", "version_word")])
def test_version_page_leads_to_its_own_files(reopened, words, view):
    page = soup(as_user(reopened.lead_consultant).get(url(reopened)))

    assert page.find("a", string=words)["href"] == url(reopened, view)


def test_version_that_waits_is_a_draft_in_word_too(reopened):
    client = as_user(reopened.client_leads.get().user)

    first, second = client.get(url(reopened, "version_word")), client.get(url(reopened, "version_word", 2))

    assert "version 1.docx" in first["Content-Disposition"]
    assert "version 2 draft.docx" in second["Content-Disposition"]
    assert "Namedinthesecondversion" not in text_of_word(first.content)
    assert "Namedinthesecondversion" in text_of_word(second.content)


@pytest.mark.parametrize("who", ["consultant", "client"])
def test_review_leads_to_every_version(reopened, who):
    client = as_user(reopened.lead_consultant if who == "consultant" else reopened.client_leads.get().user)

    page = soup(client.get(reverse("engagements:review_detail", args=[reopened.reference])))

    found = {link["href"] for link in page.select("section[aria-labelledby=versions-heading] a")}
    assert found >= {url(reopened, view, number) for view in VIEWS[:2] for number in (1, 2)}
    assert f"{url(reopened, 'version_compare', 2)}?since=1" in found


@pytest.mark.parametrize("view", VIEWS)
def test_version_that_cannot_be_read_is_said_calmly(view):
    version = PlanVersionFactory(engagement__shared=True)
    lead = ClientLeadFactory(engagement=version.engagement, user=StpLeadFactory())

    response = as_user(lead.user).get(url(version.engagement, view, version.number))

    assert response.status_code == 503
    assert "cannot be read" in text_of(response)
    assert "Read the brief as a page" not in text_of(response)


def test_version_whose_pdf_fails_leads_to_its_page(reopened, monkeypatch):
    def broken(*args):
        raise PdfError("The PDF could not be made.")

    monkeypatch.setattr(documents, "render_brief", broken)

    response = as_user(reopened.lead_consultant).get(url(reopened, "version_download", 2))

    assert response.status_code == 503
    assert soup(response).find("a", string="Read the brief as a page")["href"] == url(reopened, number=2)
