"""The printed brief: tagged, titled, bookmarked, paginated, with DRAFT where it is one (P32). Text that was typed stays text."""

import io
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from pypdf import PdfReader

from core.pdf import rendering
from directory.enums import ContactKind
from engagements import documents
from engagements.enums import Finding
from engagements.models import PlanVersion
from tests.engagements.brief_samples import (
    draft_pdf,
    full_engagement,
    pages_of,
    reread,
    signed_version,
    squeezed,
    structure_of,
    text_of_pdf,
)
from tests.factories.directory import ContactPointFactory, RegionFactory
from tests.factories.engagements import (
    ClientLeadFactory,
    CriterionCheckFactory,
    EarlyStartFactory,
    EngagementFactory,
    FundingLineFactory,
    ParticipantGroupFactory,
    PlaceFactory,
    PlannedInterventionFactory,
    PlanVersionFactory,
    PriorityFactory,
    PurposeFactory,
)
from tests.factories.evaluation import MeasureFactory

pytestmark = pytest.mark.django_db

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=https://example.com/x.png onerror=alert(1)>",
    "<a href='javascript:alert(1)'>press</a>",
    "</td></table><style>*{display:none}</style>",
    "<link rel=attachment href=file:///etc/passwd>",
    "{{ brief.title }} {% now 'Y' %}",
    "&lt;b&gt; &amp;amp; ]]> <!-- --",
    "javascript:alert(1)",
]
SCRIPTS = {
    "Arabic": "قيادة النظم",
    "Hebrew": "מנהיגות",
    "Chinese": "系统领导力",
    "Japanese": "リーダーシップ",
    "Greek": "Ηγεσία",
    "Polish": "Współpraca",
    "Hindi": "नेतृत्व",
}


@pytest.fixture(scope="module")
def prints(django_db_setup, django_db_blocker):
    """Print the same engagement once as a draft and once as signed."""
    with django_db_blocker.unblock(), transaction.atomic():
        engagement = full_engagement()
        made = {"draft": draft_pdf(engagement), "signed": documents.render_signed(signed_version(engagement))}
        transaction.set_rollback(True)
    return made


def test_draft_says_draft_on_every_page_and_a_signed_brief_on_none(prints):
    assert all("DRAFT" in page for page in pages_of(prints["draft"]))
    assert not any("DRAFT" in page for page in pages_of(prints["signed"]))


@pytest.mark.parametrize("kind", ["draft", "signed"])
def test_every_page_has_its_number_and_reference(prints, kind):
    pages = pages_of(prints[kind])

    assert len(pages) > 4
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert "EM-9" in page


@pytest.mark.parametrize("kind", ["draft", "signed"])
def test_document_declares_its_language_title_and_standard(prints, kind):
    with pikepdf.open(io.BytesIO(prints[kind])) as document:
        root = document.Root
        metadata = document.open_metadata()

        assert str(root.Lang) == "en-GB"
        assert bool(root.MarkInfo.Marked)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert "Title of the engagement" in metadata["dc:title"]
        assert metadata["pdfuaid:part"] == "1"
        assert all(str(page.Tabs) == "/S" for page in document.pages)


def test_structure_is_complete_and_well_formed(prints):
    structure = structure_of(prints["draft"])
    kinds = {kind for kind, _, _ in structure}

    assert {"/H1", "/H2", "/H3", "/P", "/Table", "/TR", "/TH", "/TD", "/L", "/LI", "/Figure", "/Link", "/BlockQuote"} <= kinds
    for kind, element, parent in structure:
        if kind == "/Figure":
            assert "Start Anywhere compass. People: clear, 2 groups." in str(element["/Alt"])
        if kind == "/LI":
            assert parent == "/L"
        if kind in ("/TH", "/TD"):
            assert parent == "/TR"
        if kind == "/TR":
            assert parent in ("/Table", "/THead", "/TBody")
    assert [kind for kind, _, _ in structure].count("/H1") == 1


def test_every_cell_of_a_table_points_to_its_headers(prints):
    cells = [element for kind, element, _ in structure_of(prints["draft"]) if kind == "/TD"]

    assert cells
    assert all("/Headers" in str(dict(cell["/A"].items()).keys()) or "/Headers" in cell["/A"] for cell in cells)


def test_links_say_where_they_lead(prints):
    with pikepdf.open(io.BytesIO(prints["draft"])) as document:
        links = [a for page in document.pages for a in page.get("/Annots", []) if a.Subtype == "/Link"]
        addresses = {str(link.A.URI) for link in links}

        assert all(str(link.Contents) for link in links)

    assert {"mailto:ldp@example.nhs.uk", "https://www.example.nhs.uk"} <= addresses
    assert any(address.endswith("/brief/") for address in addresses)


def test_bookmarks_follow_the_order_of_the_brief(prints):
    outline = [item.title for item in PdfReader(io.BytesIO(prints["draft"])).outline[1] if not isinstance(item, list)]

    assert outline == [
        "Summary",
        "Where the conversation stands",
        "People",
        "Place",
        "Purpose",
        "Priorities",
        "Interventions",
        "The five useful criteria",
        "Measures of success",
        "Your Leadership Development Partner",
        "Who agreed what, and when",
    ]


@pytest.mark.parametrize("kind", ["draft", "signed"])
def test_fonts_are_embedded(prints, kind):
    with pikepdf.open(io.BytesIO(prints[kind])) as document:
        fonts = [font for page in document.pages for font in page.Resources.Font.values()]
        descriptors = [font.DescendantFonts[0].FontDescriptor for font in fonts if "/DescendantFonts" in font]

        assert len(descriptors) == len(fonts)
        assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys()) for descriptor in descriptors)


def test_p13_last_page_tells_who_agreed_for_whom_when_and_how_to_verify():
    engagement = full_engagement()
    version = signed_version(engagement)

    last = squeezed(pages_of(documents.render_signed(version))[-1])

    for words in (
        "Client Lead",
        "Client lead’s job",
        "Organisation of the lead",
        "20 December 2017, 10:11am",
        "by Deputy Lead, Deputy’s job, Organisation of the deputy, on behalf of Absent Lead",
        "Version 3",
        f"Fingerprint {version.content_hash}",
        f"/engagements/check/{version.content_hash}/",
        engagement.reference,
    ):
        assert squeezed(words) in last


def test_p10_version_says_by_when_to_decide_and_that_work_had_started():
    engagement = full_engagement()
    version = signed_version(engagement, outcome="waiting", settled_at=None)
    version.decisions.all().delete()

    text = text_of_pdf(documents.render_signed(version))

    assert "Decideby24December2017." in text
    assert squeezed("1 November 2017, 9:00am, recorded by Recorder Reason for the early start") in text


def test_p12_what_happens_after_the_signatures_changes_no_byte():
    engagement = EngagementFactory()
    lead = ClientLeadFactory(engagement=engagement)
    version = signed_version(engagement)
    signed = documents.render_signed(version)
    EarlyStartFactory(engagement=engagement)
    ClientLeadFactory._meta.model.objects.filter(pk=lead.pk).update(removed_at=timezone.now(), position=7)
    signed_version(engagement, number=4, content_hash="f" * 64)

    again = documents.render_signed(PlanVersion.objects.get(pk=version.pk))

    assert again == signed


def test_same_brief_gives_the_same_bytes():
    engagement = full_engagement()

    assert draft_pdf(engagement) == draft_pdf(engagement)


def test_draft_says_what_is_not_agreed_and_a_signed_brief_leaves_it_out():
    engagement = EngagementFactory()
    PlannedInterventionFactory(engagement=engagement, estimated_cost=500)
    MeasureFactory(engagement=engagement, planned_intervention=engagement.planned_interventions.get())
    PurposeFactory(engagement=engagement, strategy_title="Half a strategy")
    ParticipantGroupFactory(engagement=engagement)

    draft = text_of_pdf(draft_pdf(engagement))
    signed = text_of_pdf(documents.render_signed(signed_version(engagement)))

    assert draft.count("Notyetagreed") > 5
    assert "Notyetagreed" not in signed
    assert "Notyetconfirmed" in draft


def test_printed_html_is_read_the_quick_way():
    engagement = full_engagement()
    brief = documents.load_brief(engagement)

    html = documents.brief_html(brief, documents.stamp_draft(engagement, brief, on=date(2017, 2, 1)))

    assert ElementTree.fromstring(html).tag == "html"  # noqa: S314 - our own markup


def test_empty_engagement_prints():
    text = text_of_pdf(draft_pdf(EngagementFactory()))

    assert "Notyetagreed" in text
    assert "Inthemiddle" not in text


def test_finding_without_its_reason_is_named_in_a_draft():
    engagement = EngagementFactory()
    PlannedInterventionFactory(engagement=engagement, preparatory_percent=10)

    assert "Reasonnotyetwritten" in text_of_pdf(draft_pdf(engagement))


def test_overrule_whose_facts_have_changed_says_so():
    check = CriterionCheckFactory(overruled_to=Finding.MET, worked_out=Finding.PARTLY)

    assert "Thefactshavechanged" in text_of_pdf(draft_pdf(check.planned_intervention.engagement))


def test_version_that_waits_asks_its_signatories_by_name():
    engagement = full_engagement()
    brief = documents.load_brief(engagement)
    version = PlanVersionFactory(engagement=engagement, document=documents.to_json(brief))

    text = text_of_pdf(documents.render_signed(version))

    assert "ClientLeadandAbsentLead:pleasereadthisplan" in text
    assert "Notdecidedyet" in text


@pytest.mark.parametrize("order", [("starts_on",), ("ends_on",), ()], ids=["from", "until", "none"])
def test_half_known_dates_are_printed_as_they_are(order):
    planned = PlannedInterventionFactory(**dict.fromkeys(order, date(2017, 6, 7)))

    text = text_of_pdf(draft_pdf(planned.engagement))

    expected = {"starts_on": "From7June2017", "ends_on": "Until7June2017"}
    assert all(expected[name] in text for name in order)


def hostile_engagement(name, words):
    """Save an engagement with the same name in every short text and the same words in every long one."""
    said = dict.fromkeys(("people_words", "place_words", "purpose_words", "priorities_words"), words)
    engagement = EngagementFactory(title=name, client=name, **said)
    group = ParticipantGroupFactory(engagement=engagement, name=name, why_them=words)
    PlaceFactory(engagement=engagement, name=name, note=words)
    strategy = {"strategy_title": name, "strategy_section": name}
    PurposeFactory(engagement=engagement, statement=words, real_work_issue=words, **strategy)
    priority = PriorityFactory(engagement=engagement, statement=words)
    planned = PlannedInterventionFactory(
        engagement=engagement,
        title=name,
        co_designed=words,
        route_reason=words,
        expected_impact=words,
        other_provider=name,
        audience=[group],
        serves=[priority],
        estimated_cost=1,
    )
    FundingLineFactory(planned_intervention=planned, source=name)
    CriterionCheckFactory(planned_intervention=planned, reason=words, overruled_to=Finding.MET)
    MeasureFactory(engagement=engagement, planned_intervention=planned, outcome=words, method=words, unit=name, target=name)
    ClientLeadFactory(engagement=engagement, user__full_name=name[:150], user__job_title=name[:150])
    return reread(engagement)


@pytest.fixture
def asked(monkeypatch):
    """Record every address that a render asks for; it is made in this process."""
    addresses = []
    fetch = rendering.OwnPicturesOnly.fetch

    def recording(self, url, headers=None):
        addresses.append(url)
        return fetch(self, url, headers)

    monkeypatch.setattr(rendering.OwnPicturesOnly, "fetch", recording)
    printer = rendering.Printer(map(Path, settings.STATICFILES_DIRS))
    monkeypatch.setattr("core.pdf.press.render", printer.render)
    return addresses


def test_s6_s7_hostile_text_is_printed_as_text_and_fetches_nothing(asked):
    together = " ".join(HOSTILE)
    engagement = hostile_engagement(together[:200], together)
    ContactPointFactory(region=engagement.lead_region, kind=ContactKind.WEBSITE, value=HOSTILE[0])

    made = draft_pdf(engagement)

    reader = PdfReader(io.BytesIO(made))
    text = text_of_pdf(made)
    assert text.count(squeezed(together)) >= 12
    assert text.count(squeezed(together[:100])) >= 20
    assert squeezed(together[:200]) in squeezed(reader.metadata.title)
    assert set(asked) == {"portal:draft.svg"}
    assert not reader.attachments
    links = [a.get_object() for page in reader.pages for a in page.get("/Annots", [])]
    assert all(link["/A"]["/URI"].startswith(("https://", "http://", "mailto:")) for link in links)


def test_every_script_is_printed_and_found_again():
    engagement = EngagementFactory(title="Scripts", purpose_words="\n".join(SCRIPTS.values()))

    text = squeezed("".join(pages_of(draft_pdf(engagement))))

    for name, words in SCRIPTS.items():
        assert set(squeezed(words)) <= set(text), name


def test_emoji_and_combining_marks_do_not_stop_the_print():
    words = "👩🏽‍⚕️ 🧭 e\u0301e\u0302 Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘ end of words"

    assert "endofwords" in text_of_pdf(draft_pdf(hostile_engagement(words, words)))


def test_digits_are_printed_in_the_font_of_the_text():
    made = draft_pdf(EngagementFactory(purpose_words="0123456789 £ # * ©"))

    with pikepdf.open(io.BytesIO(made)) as document:
        names = {str(font.BaseFont) for page in document.pages for font in page.Resources.Font.values()}

    assert not any("Emoji" in name for name in names)


def test_four_thousand_characters_without_a_space_stay_on_the_page():
    engagement = EngagementFactory(title="W" * 200, purpose_words="x" * 4000)
    ParticipantGroupFactory(engagement=engagement, name="g" * 200, why_them="y" * 4000)

    made = draft_pdf(engagement)

    text = text_of_pdf(made)
    assert text.count("x") >= 4000
    assert text.count("y") >= 4000


def test_many_rows_break_over_pages_with_their_header_repeated():
    engagement = EngagementFactory()
    ParticipantGroupFactory.create_batch(120, engagement=engagement, why_them="They know the place.")

    pages = pages_of(draft_pdf(engagement))

    with_rows = [page for page in pages if "They know the place." in page]
    assert len(with_rows) > 2
    assert all("Why them" in page for page in with_rows)


def test_region_without_contacts_prints():
    assert "Regionalone" in text_of_pdf(draft_pdf(EngagementFactory(lead_region=RegionFactory(name="Region alone"))))
