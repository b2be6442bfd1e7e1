"""A meeting pack as one PDF: its contents lead to every plan, names in it are unique, each plan keeps its own margins (P33)."""

import io
import re
from collections import Counter
from datetime import date
from itertools import pairwise

import pikepdf
import pytest
from django.db import transaction
from pypdf import PdfReader

from core.pdf import PdfError
from engagements import documents
from tests.engagements.brief_samples import (
    draft_pdf,
    full_engagement,
    pages_of,
    reread,
    signed_version,
    squeezed,
    structure_of,
)
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory, PurposeFactory

pytestmark = pytest.mark.django_db
TITLES = ["Title of the engagement", "Second plan", 'Third: <b>“quoted” id="summary"</b> & more']


def edition(engagement):
    brief = documents.load_brief(reread(engagement))
    return brief, documents.stamp_draft(engagement, brief, on=date(2017, 2, 1))


def pack_of(*editions):
    return documents.Pack(title="Lincolnshire", holds="All of it", reader="Ann Reader", day=date(2017, 2, 3), plans=editions)


@pytest.fixture(scope="module")
def pack(django_db_setup, django_db_blocker):
    """Return a pack of one signed plan and two drafts."""
    with django_db_blocker.unblock(), transaction.atomic():
        first = full_engagement()
        version = signed_version(first)
        stamp = documents.stamp_version(version, version.decisions.order_by("at", "pk"))
        second, third = (EngagementFactory(title=title) for title in TITLES[1:])
        for number in (1, 2):
            PlannedInterventionFactory(engagement=second, estimated_cost=number)
        PurposeFactory(engagement=third, statement='see id="summary" and href="#people"')
        made = pack_of((documents.from_json(version.document), stamp), edition(second), edition(third))
        transaction.set_rollback(True)
    return made


@pytest.fixture(scope="module")
def made(pack):
    return documents.render_pack(pack)


def first_pages(made):
    """Return on which page each plan begins, by the kind that stands above its title."""
    return [number for number, page in enumerate(pages_of(made), start=1) if "Systems leadership brief" in page]


def test_p33_cover_says_what_is_in_the_pack_and_for_whom(made):
    cover = squeezed(pages_of(made)[0])

    for words in ("Meeting pack", "Lincolnshire", "All of it", "Plans3", "Made for Ann Reader", "3 February 2017"):
        assert squeezed(words) in cover


def test_p33_contents_list_every_plan_with_its_page(made):
    contents = squeezed(pages_of(made)[1])
    starts = first_pages(made)

    assert len(starts) == 3
    places = [contents.index(squeezed(title)) for title in TITLES]
    assert places == sorted(places)
    rows = [contents[start:end] for start, end in zip(places, [*places[1:], len(contents)], strict=True)]
    editions = ("Version3Agreed", "DraftCo-design", "DraftCo-design")
    for row, number, words in zip(rows, starts, editions, strict=True):
        assert f"{words}{number}" in row


def test_links_of_the_contents_lead_to_the_pages_they_name(made):
    reader = PdfReader(io.BytesIO(made))
    starts = first_pages(made)
    with pikepdf.open(io.BytesIO(made)) as document:
        targets = Counter(
            str(link.Dest) for link in document.pages[1].get("/Annots", []) if link.Subtype == "/Link" and "/Dest" in link
        )
        assert all(str(link.Contents) for link in document.pages[1].get("/Annots", []) if link.Subtype == "/Link")

    # The title and the number of each plan; a title over two lines is two links.
    assert set(targets) == {"plan-1", "plan-2", "plan-3"}
    pages = {name: reader.get_destination_page_number(target) + 1 for name, target in reader.named_destinations.items()}
    assert [pages[f"plan-{number}"] for number in (1, 2, 3)] == starts


def test_names_within_a_pack_are_unique(pack):
    html = documents.pack_html(pack)

    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) > 30
    assert len(ids) == len(set(ids))
    assert "plan-1-summary" in ids
    assert all(name in ids for names in re.findall(r' aria-labelledby="([^"]*)"', html) for name in names.split())
    assert all(name in ids for name in re.findall(r' href="#([^"]*)"', html))


def test_words_that_look_like_a_name_are_printed_as_they_were_typed(made):
    assert squeezed('see id="summary" and href="#people"') in squeezed("".join(pages_of(made)))
    assert squeezed(TITLES[2]) in squeezed("".join(pages_of(made)))


def test_draft_stands_on_every_page_of_a_draft_and_on_no_other(made):
    pages = pages_of(made)
    signed, first_draft, _ = first_pages(made)

    assert not any("DRAFT" in page for page in pages[: first_draft - 1])
    assert all("DRAFT" in page for page in pages[first_draft - 1 :])
    assert signed == 3


def test_every_plan_has_its_own_running_title_and_pages_count_through(made):
    pages = pages_of(made)
    starts = [*first_pages(made), len(pages) + 1]

    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
    for title, (start, end) in zip(TITLES, pairwise(starts), strict=True):
        assert all(f"· {title}"[:30] in page for page in pages[start - 1 : end - 1])


def test_pack_declares_its_language_title_and_standard(made):
    with pikepdf.open(io.BytesIO(made)) as document:
        metadata = document.open_metadata()

        assert str(document.Root.Lang) == "en-GB"
        assert bool(document.Root.MarkInfo.Marked)
        assert metadata["dc:title"] == "Lincolnshire – 3 February 2017"
        assert metadata["pdfuaid:part"] == "1"
        assert all(str(page.Tabs) == "/S" for page in document.pages)


def test_structure_of_a_pack_is_well_formed(made):
    structure = structure_of(made)

    for kind, _, parent in structure:
        if kind == "/LI":
            assert parent == "/L"
        if kind in ("/TH", "/TD"):
            assert parent == "/TR"
    # The pack, then each of its plans.
    assert [kind for kind, _, _ in structure].count("/H1") == 4


def test_bookmarks_go_from_the_pack_to_plans_to_sections(made):
    outline = PdfReader(io.BytesIO(made)).outline

    assert [item.title for item in outline if not isinstance(item, list)] == ["Lincolnshire", *TITLES]
    sections = [item for item in outline if isinstance(item, list)]
    assert [item.title for item in sections[0]] == ["Contents"]
    assert [item.title for item in sections[2] if not isinstance(item, list)][:2] == ["Summary", "Where the conversation stands"]


def test_same_pack_gives_the_same_bytes(pack, made):
    assert documents.render_pack(pack) == made


def test_a_plan_reads_in_a_pack_as_it_does_alone():
    engagement = EngagementFactory(title="Alone")

    alone = squeezed("".join(pages_of(draft_pdf(engagement))))
    together = squeezed("".join(pages_of(documents.render_pack(pack_of(edition(engagement))))[2:]))

    plain = re.compile(r"Page\d+of\d+|EM-\d+·Alone")
    assert plain.sub("", together) == plain.sub("", alone)


def test_fault_in_the_making_is_told(pack, monkeypatch):
    monkeypatch.setattr("engagements.documents.pack.PACK_STYLESHEET", "styles/none.css")

    with pytest.raises(PdfError):
        documents.render_pack(pack)
