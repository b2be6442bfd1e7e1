"""The brief as a Word file: real headings, tables and fields, whose it is and DRAFT where it is one (P31)."""

import io
from datetime import date
from zipfile import ZipFile

import pytest
from django.db import transaction
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engagements import documents
from engagements.documents.word.sheet import written
from tests.engagements.brief_samples import full_engagement, reread, signed_version, squeezed, text_of_word
from tests.engagements.situations import engagement_at
from tests.engagements.test_documents_pdf import HOSTILE, SCRIPTS, hostile_engagement
from tests.factories.accounts import ConsultantFactory
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory, PurposeFactory
from tests.factories.evaluation import MeasureFactory

pytestmark = pytest.mark.django_db


def draft_word(engagement, on=date(2017, 2, 1)):
    """Return the engagement's draft as a Word file."""
    brief = documents.load_brief(reread(engagement))
    return documents.render_word(brief, documents.stamp_draft(engagement, brief, on=on))


def version_word(version, **stamp):
    """Return a submitted version as a Word file."""
    decisions = version.decisions.order_by("at", "pk")
    return documents.render_word(documents.from_json(version.document), documents.stamp_version(version, decisions, **stamp))


def opened(file):
    return Document(io.BytesIO(file))


def headings(document, level):
    return [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == f"Heading {level}"]


@pytest.fixture(scope="module")
def files(django_db_setup, django_db_blocker):
    """Write the same engagement once as a draft and once as signed."""
    with django_db_blocker.unblock(), transaction.atomic():
        engagement = full_engagement()
        made = {"draft": draft_word(engagement), "signed": version_word(signed_version(engagement))}
        transaction.set_rollback(True)
    return made


def test_word_file_says_draft_on_every_page_of_a_draft_only(files):
    headers = {kind: opened(file).sections[0].header for kind, file in files.items()}

    assert "DRAFT" in headers["draft"].paragraphs[0].text
    assert "DRAFT" not in headers["signed"].paragraphs[0].text
    for file in files.values():
        (section,) = opened(file).sections
        assert not section.different_first_page_header_footer
        assert "Title of the engagement" in section.header.paragraphs[0].text


def test_word_file_numbers_its_pages_by_fields(files):
    footer = opened(files["draft"]).sections[0].footer.paragraphs[0]._p

    fields = [field.get(qn("w:instr")) for field in footer.iter(qn("w:fldSimple"))]

    assert fields == ["PAGE", "NUMPAGES"]


def test_word_file_declares_title_language_author_and_size(files):
    document = opened(files["signed"])
    properties, section = document.core_properties, document.sections[0]

    assert properties.title.startswith("EM-")
    assert "Title of the engagement – brief, version 3" in properties.title
    assert properties.language == "en-GB"
    assert properties.author == "Region of the brief"
    assert {lang.get(qn("w:val")) for lang in document.styles.element.iter(qn("w:lang"))} == {"en-GB"}
    # Word keeps lengths in twentieths of a point.
    assert abs(section.page_width - Mm(210)) < Mm(0.1)
    assert abs(section.page_height - Mm(297)) < Mm(0.1)


def test_word_file_has_the_headings_of_the_brief_in_its_order(files):
    document = opened(files["draft"])

    assert [p.text for p in document.paragraphs if p.style.name == "Title"] == ["Title of the engagement"]
    assert headings(document, 1) == [
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
    assert headings(document, 2).count("1. First planned") == 2
    assert headings(document, 3) == ["Outcome sought"] * 3


def test_header_rows_of_tables_are_repeated_and_rows_stay_whole(files):
    tables = opened(files["draft"]).tables
    with_columns = [table for table in tables if table.style.name == "Brief Table"]

    assert len(with_columns) > 8
    for table in with_columns:
        assert [row._tr.find(f".//{qn('w:tblHeader')}") is not None for row in table.rows] == [
            number == 0 for number in range(len(table.rows))
        ]
    assert all(row._tr.find(f".//{qn('w:cantSplit')}") is not None for table in tables for row in table.rows)


def test_reason_that_is_owed_is_a_gap_in_a_draft_only(files):
    assert "Reasonnotyetwritten" in text_of_word(files["draft"])
    assert "Reasonnotyetwritten" not in text_of_word(files["signed"])


def test_compass_is_written_in_words(files):
    (compass,) = [table for table in opened(files["draft"]).tables if table.cell(0, 0).text == "Part of the compass"]

    rows = [[cell.text for cell in row.cells] for row in compass.rows[1:]]

    assert rows == [
        ["People", "Clear", "2 groups"],
        ["Place", "In progress", "3 places"],
        ["Purpose", "Not started", "1 purpose"],
        ["Priorities", "Not started", "1 priority"],
        ["Planned", "", "2 interventions"],
    ]


def test_links_lead_to_mail_websites_and_the_check_only(files):
    relations = opened(files["signed"]).part.rels.values()

    addresses = {relation.target_ref for relation in relations if relation.is_external}

    assert {"mailto:ldp@example.nhs.uk", "https://www.example.nhs.uk"} < addresses
    assert any("/engagements/check/" in address for address in addresses)
    assert all(address.startswith(("https://", "http://", "mailto:")) for address in addresses)


def test_p13_last_section_tells_who_agreed_for_whom_and_how_to_verify():
    version = signed_version(full_engagement())

    text = text_of_word(version_word(version))

    last = text[text.rindex("Whoagreedwhat,andwhen") :]
    for words in (
        "Agreed to this plan20 December 2017, 10:11am",
        "by Deputy Lead, Deputy’s job, Organisation of the deputy, on behalf of Absent Lead",
        f"Fingerprint (SHA-256){version.content_hash}",
        f"/engagements/check/{version.content_hash}/",
        "without signing in",
    ):
        assert squeezed(words) in last


def test_waiting_version_asks_by_name_and_says_who_left():
    version = signed_version(full_engagement(), outcome="waiting", settled_at=None)
    version.decisions.all().delete()

    text = text_of_word(version_word(version, left=frozenset({3})))

    assert "ClientLead:pleasereadthisplan" in text
    assert "Decideby24December2017." in text
    assert "Notdecidedyet" in text
    assert "Nolongerontheplan" in text


def test_wish_for_changes_is_said_in_words():
    version = signed_version(full_engagement(), outcome="changes_wanted", decision="changes_wanted")

    assert "Wantschanges" in text_of_word(version_word(version))


def test_empty_plan_says_in_a_draft_what_is_not_agreed():
    engagement = EngagementFactory(client="")

    text = text_of_word(draft_word(engagement))

    assert text.count("Notyetagreed") >= 12
    assert "Whoagreedwhat,andwhenNotyetagreed" in text


def test_what_is_half_known_is_written_as_it_is():
    engagement = EngagementFactory()
    planned = PlannedInterventionFactory(engagement=engagement, estimated_cost=4000, starts_on=date(2017, 6, 7))
    PlannedInterventionFactory(engagement=engagement, ends_on=date(2017, 6, 8))
    PurposeFactory(engagement=engagement, strategy_title="Title of the strategy")
    PurposeFactory(engagement=engagement)
    MeasureFactory(engagement=engagement, planned_intervention=planned, kirkpatrick="results", level="", collected_from="all")

    draft = text_of_word(draft_word(engagement))
    agreed = text_of_word(version_word(signed_version(engagement)))

    assert "Funding:Notyetagreed" in draft
    assert "TitleofthestrategyNotyetconfirmed" in draft
    assert "Notyetconfirmed" not in agreed
    assert "Notyetagreed" not in agreed
    for words in ("From7June2017", "Until8June2017", "Kirkpatricklevel4.Results", "Fromall"):
        assert words in agreed


def test_s6_hostile_text_is_written_as_text():
    together = " ".join(HOSTILE)

    text = text_of_word(draft_word(hostile_engagement(together[:200], together)))

    assert text.count(squeezed(together)) >= 12


def test_words_of_every_script_are_written_from_their_own_side():
    engagement = EngagementFactory(title="Scripts", purpose_words="\n\n".join(SCRIPTS.values()))

    document = opened(draft_word(engagement))

    from_right = {p.text for p in document.paragraphs if p._p.find(f".//{qn('w:bidi')}") is not None}
    assert from_right == {SCRIPTS["Arabic"], SCRIPTS["Hebrew"]}
    assert all(any(words in p.text for p in document.paragraphs) for words in SCRIPTS.values())


def test_lines_of_a_text_stay_lines_and_paragraphs_stay_paragraphs():
    engagement = EngagementFactory(purpose_words="First line\r\nsecond line\r\n\r\nNew paragraph")

    texts = [p.text for p in opened(draft_word(engagement)).paragraphs if p.style.name == "Quote"]

    assert texts == ["In the client’s own words", "First line\nsecond line", "New paragraph"]


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"], ids=repr)
def test_character_that_xml_cannot_hold_does_not_stop_the_file(character):
    engagement = EngagementFactory()
    engagement.title = f"Before{character}after"
    brief = documents.load_brief(engagement)

    file = documents.render_word(
        brief, documents.stamp_draft(engagement, documents.load_brief(reread(engagement)), on=date(2017, 2, 1))
    )

    assert "Before\ufffdafter" in text_of_word(file)
    assert "Before\ufffdafter" in opened(file).core_properties.title


@given(st.text(st.characters(exclude_categories=[]), max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_can_be_written(text):
    document = Document()

    document.add_paragraph(written(text))

    document.save(io.BytesIO())


def test_same_brief_gives_the_same_bytes_and_no_picture():
    version = signed_version(full_engagement())

    first, second = version_word(version), version_word(version)

    assert first == second
    assert not [name for name in ZipFile(io.BytesIO(first)).namelist() if name.endswith((".jpeg", ".png"))]


def test_national_plan_with_a_long_title_keeps_a_title_that_word_can_hold():
    engagement = EngagementFactory(title="W" * 200, lead_consultant=ConsultantFactory())

    assert len(opened(draft_word(engagement)).core_properties.title) <= 255


def test_agreed_plan_asks_nobody_to_sign():
    version = engagement_at("agreed").versions.get()

    text = text_of_word(version_word(version))

    assert "Thisplanisagreed." in text
    assert "Notdecidedyet" not in text
