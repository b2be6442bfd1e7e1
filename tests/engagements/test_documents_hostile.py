"""A brief made of hostile markup in every field is printed, fetches nothing, and says exactly what was typed (S6, S7).

The shape of a brief says where words stand: a field that is added to it is filled here by itself.
"""

import dataclasses
import io
import re
import threading
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen
from xml.etree import ElementTree
from zipfile import ZipFile

import pikepdf
import pytest
from django.conf import settings
from docx import Document
from weasyprint import HTML

from core.pdf import rendering
from directory.enums import ContactKind
from engagements import documents
from engagements.documents import brief as parts
from engagements.documents import stamp as stamps
from engagements.enums import DecisionOutcome, Finding
from tests.engagements.brief_samples import squeezed, text_of_pdf, text_of_word
from tests.engagements.brief_values import PLAN

STYLESHEET = "styles/brief.css"
# {site} is a server that must not be asked, {file} a file that must not be read.
VECTORS = [
    "<img src={site}/img>",
    "<img src=//{host}/bare>",
    "<img src={file}>",
    "<img srcset='{site}/srcset 2x'>",
    "<picture><source srcset={site}/picture><img></picture>",
    "<input type=image src={site}/input>",
    "<iframe src={site}/iframe></iframe>",
    "<iframe src={file}></iframe>",
    "<object data={site}/object></object>",
    "<object data={file} type=text/plain></object>",
    "<embed src={site}/embed>",
    "<audio src={site}/audio></audio>",
    "<video poster={site}/poster src={file}></video>",
    "<link rel=stylesheet href={site}/css>",
    "<link rel=attachment href={file}>",
    "<link rel=icon href={site}/icon>",
    "<a rel=attachment href={file}>x</a>",
    "<a href={file}>x</a>",
    "<a href=javascript:alert(1)>x</a>",
    "<base href={site}/base/>",
    "<meta http-equiv=refresh content='0;url={site}/refresh'>",
    "<meta name=author content=Mallory>",
    "<title>Mallory</title>",
    "<style>@import '{site}/import';</style>",
    "<style>p{{background:url({site}/bg)}}</style>",
    "<style>p::before{{content:url({file})}}</style>",
    "<style>@font-face{{font-family:f;src:url({site}/font)}}p{{font-family:f}}</style>",
    "<style>li{{list-style-image:url({site}/list)}}</style>",
    "<style>p{{cursor:url({site}/cursor),auto}}</style>",
    "<style>@page{{@top-left{{content:url({site}/margin)}}}}</style>",
    "<style>*{{display:none}}</style>",
    "<p style='background-image:url({site}/inline)'>x",
    "<p style='border-image:url({site}/border) 1'>x",
    "<svg><image href='{site}/svg'/></svg>",
    "<svg xmlns:xlink='http://www.w3.org/1999/xlink'><use xlink:href='{file}#a'/></svg>",
    "<svg><style>*{{fill:url({site}/fill)}}</style></svg>",
    '<img src=\'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"><image href="{site}/nested"/></svg>\'>',
    "<img src='data:text/html,<script>alert(1)</script>'>",
    "<body background={site}/body>",
    "<table background={site}/table><tr><td background={site}/cell>",
    "<font face=x size=7 color=red>",
    "<!DOCTYPE a [<!ENTITY x SYSTEM '{file}'>]>&x;",
    "<?xml-stylesheet href='{site}/pi'?>",
    "<![CDATA[<img src={site}/cdata>]]>",
    "<!-- --><img src={site}/comment><!--",
    "</td></table></article></body></html><img src={site}/after>",
    "<script src={site}/script></script>",
    "url({site}/text) @import '{site}/text';",
    "&lt;img src={site}/twice&gt; &amp;amp; &#x3C;b&#62; &nbsp; &bogus;",
    "{{{{ brief.title }}}} {{% include '/etc/passwd' %}}",
    "%PDF-1.7 1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>",
    ")/JS(app.alert(1))/S/URI/URI(http://{host}/",
]
CANARY = "zzcanaryzz"


@dataclasses.dataclass
class Trap:
    """A server and a file that nothing may ask for, and the words that ask."""

    words: str
    raw: list
    asked: list


@pytest.fixture(scope="module")
def trap(tmp_path_factory):
    """Listen on this machine, and lay out a file; keep what is asked for."""
    asked = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        do_POST = do_HEAD = do_GET  # noqa: N815 - the name that the server asks for

        def log_message(self, *args):
            pass

    secret = tmp_path_factory.mktemp("trap") / "secret.txt"
    secret.write_text(CANARY)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    host = f"127.0.0.1:{server.server_port}"
    raw = [vector.format(site=f"http://{host}", host=host, file=secret.as_uri()) for vector in VECTORS]
    yield Trap(" ".join(raw), raw, asked)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def fetched(monkeypatch):
    """Keep every address that a print asks its fetcher for; it is made in this process."""
    addresses = []
    fetch = rendering.OwnPicturesOnly.fetch

    def recording(self, url, headers=None):
        addresses.append(url)
        return fetch(self, url, headers)

    monkeypatch.setattr(rendering.OwnPicturesOnly, "fetch", recording)
    return addresses


def printer():
    return rendering.Printer(map(Path, settings.STATICFILES_DIRS))


# Not typed by anybody: sums, days, the portal's own addresses and fingerprints, outcomes, and slugs by which rows are found.
NOT_TYPED = {"amount", "estimated_cost", "slug", "address", "content_hash", "outcome"}


def is_typed(name):
    """Tell whether a text of this name is somebody's words."""
    return name not in NOT_TYPED and not name.endswith("_on")


class Filling:
    """Fills every text of a value with its own number and words after it: all there are, or so many of them by turns."""

    def __init__(self, vectors, each=0):
        self.vectors, self.each, self.places, self.said = vectors, each or len(vectors), [], []

    def fill(self, value, name="", place=""):
        """Return a value of the same shape, all of whose texts are filled; `places` says where each number stands."""
        if dataclasses.is_dataclass(value):
            kind = type(value).__name__
            kept = {f.name: self.fill(getattr(value, f.name), f.name, f"{kind}.{f.name}") for f in fields(value)}
            return replace(value, **kept)
        if isinstance(value, tuple):
            return tuple(self.fill(item, name, place) for item in value)
        if type(value) is not str or not value or not is_typed(name):
            return value
        number = len(self.places)
        turned = [self.vectors[(number * self.each + step) % len(self.vectors)] for step in range(self.each)]
        self.places.append(place)
        self.said.append(f"zz{number}~ {' '.join(turned)} ~zz")
        return self.said[-1]


STAMP = stamps.Stamp(
    is_draft=False,
    status="Agreed",
    day=date(2017, 2, 1),
    content_hash="a" * 64,
    address="https://portal.example/engagements/EM-0042/brief/",
    version=3,
    message="Please read",
    submitted_by="Priya Nair",
    submitted_at=datetime(2017, 1, 3, tzinfo=UTC),
    outcome="agreed",
    decisions=(
        stamps.Agreement(
            number=1,
            name="Ann Moss",
            job_title="Director",
            organisation="Hospitals",
            outcome=DecisionOutcome.AGREED,
            at=datetime(2017, 1, 4, tzinfo=UTC),
            comment="Yes",
            on_behalf_of="Somebody",
        ),
    ),
    early_start=stamps.Start(at=datetime(2017, 1, 5, tzinfo=UTC), by="Tom Hale", reason="Because"),
)


def plan_with_everything():
    """Return a brief with one of everything that a plan can hold."""
    planned = PLAN.planned[0]
    result = replace(
        planned.results[0], finding=Finding.NOT_MET, is_overruled=True, reason="R", reason_by="B", reason_on="2017-02-02"
    )
    website = parts.Contact(ContactKind.WEBSITE, "www.example.nhs.uk", "Pages")
    baseless = replace(planned.measures[0], baseline="", baseline_on="", no_baseline_reason="Nobody counted")
    return replace(
        PLAN,
        region=replace(PLAN.region, contacts=(*PLAN.region.contacts, website)),
        client_leads=PLAN.client_leads[:2],
        groups=PLAN.groups[:1],
        place=replace(PLAN.place, words="W"),
        purpose=replace(PLAN.purpose, words="W"),
        priorities=replace(PLAN.priorities, words="W"),
        planned=(replace(planned, results=(result,), provider_interest="I"),),
        other_measures=(baseless,),
    )


def filled(trap, each=0):
    """Return a brief and its stamp with a vector in every text, and what was filled in."""
    filling = Filling(trap.raw, each)
    return filling.fill(plan_with_everything()), filling.fill(STAMP), filling


def plain():
    """Return the same brief and stamp with harmless words."""
    filling = Filling(["words"])
    return filling.fill(plan_with_everything()), filling.fill(STAMP)


def skeleton(html):
    """Return the elements of a document with the names of their attributes, and what is made of addresses."""
    return [(part.tag, sorted(part.attrib), part.get("src"), part.get("class")) for part in ElementTree.fromstring(html).iter()]  # noqa: S314 - our own markup


def own_links(brief, stamp):
    """Return every address that a brief may lead to: the portal's, where those who took part answer, and the contacts of the region."""
    contacts = {contact.url for contact in brief.region.contacts if contact.url}
    return {stamp.address, stamp.check_url, *(stamp.feedback_url(planned.number) for planned in brief.planned), *contacts}


def test_s6_every_text_of_a_brief_and_its_stamp_is_filled(trap):
    shown = [kind for module in (parts, stamps) for kind in vars(module).values() if dataclasses.is_dataclass(kind)]
    # What the portal works out of a brief and its stamp, and keeps in neither.
    shown.remove(stamps.Signature)
    texts = {
        f"{kind.__name__}.{name}"
        for kind in shown
        for name, hint in kind.__annotations__.items()
        if hint in ("str", "tuple[str, ...]") and is_typed(name)
    }

    *_, filling = filled(trap)

    assert set(filling.places) == texts
    assert len(VECTORS) >= 33


def test_s6_no_vector_in_any_field_becomes_part_of_the_printed_page(trap):
    brief, stamp, filling = filled(trap)

    html = documents.brief_html(brief, stamp)

    assert skeleton(html) == skeleton(documents.brief_html(*plain()))
    text = squeezed("".join(ElementTree.fromstring(html).itertext())).casefold()  # noqa: S314 - our own markup
    assert [
        place for place, said in zip(filling.places, filling.said, strict=True) if squeezed(said).casefold() not in text
    ] == []


def test_s6_no_vector_becomes_part_of_a_pack(trap):
    brief, stamp, _ = filled(trap)
    pack = documents.Pack(trap.raw[0], trap.words, trap.words, date(2017, 2, 1), ((brief, stamp), (brief, stamp)))
    harmless = replace(pack, title="a", holds="b", reader="c", plans=(plain(), plain()))

    assert skeleton(documents.pack_html(pack)) == skeleton(documents.pack_html(harmless))


def test_s6_s7_a_brief_of_vectors_is_printed_as_text_and_fetches_nothing(trap, fetched):
    brief, stamp, filling = filled(trap, each=1)
    html = documents.brief_html(brief, stamp)

    made = printer().render(html, [STYLESHEET])

    assert fetched == trap.asked == []
    text = text_of_pdf(made).casefold()
    assert [
        place for place, said in zip(filling.places, filling.said, strict=True) if squeezed(said).casefold() not in text
    ] == []
    assert {vector for said in filling.said for vector in trap.raw if vector in said} == set(trap.raw)
    with pikepdf.open(io.BytesIO(made)) as document:
        assert_inert(document)
        links = [a for page in document.pages for a in page.get("/Annots", [])]
        assert {str(link.Subtype) for link in links} == {"/Link"}
        addresses = {str(link.A.URI) for link in links if "/A" in link}
        assert stamp.address in addresses <= own_links(brief, stamp)
        # The title is what was typed, whole, and nothing else of the document was named by anybody.
        assert str(document.docinfo["/Title"]) == ElementTree.fromstring(html).findtext("head/title")  # noqa: S314 - our own markup
        assert set(document.docinfo.keys()) <= OWN_METADATA, document.docinfo.keys()
        with document.open_metadata() as metadata:
            assert squeezed(brief.title) in squeezed(metadata["dc:title"])
            assert "Mallory" not in str(metadata.get("dc:creator", ""))


OWN_METADATA = {"/Title", "/Producer"}


def assert_inert(document):
    """Expect a document that does nothing by itself, carries nothing along, and holds no word of the file that was laid out."""
    assert not {"/OpenAction", "/AA", "/AcroForm", "/AF"} & set(document.Root.keys())
    assert not {"/JavaScript", "/EmbeddedFiles"} & set(document.Root.get("/Names", {}).keys())
    assert not list(document.attachments)
    for part in document.objects:
        if isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            assert str(part.get("/S", "")) not in ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE")
            assert str(part.get("/Type", "")) not in ("/EmbeddedFile", "/Filespec")
        if isinstance(part, pikepdf.Stream) and part.get("/Subtype") != "/Image":
            assert CANARY.encode() not in part.read_bytes()


def test_s6_vectors_that_became_markup_would_fetch_nothing_either(trap, fetched):
    """Where our templates failed, the printer itself would still refuse; so it would with hints of presentation on."""
    press = printer()

    for vector in trap.raw:
        html = f'<!DOCTYPE html><html lang="en-GB"><head><title>x</title></head><body><p>Words</p>{vector}</body></html>'
        made = [press.render(html, [STYLESHEET])]
        if re.search("background|font", vector):
            made.append(HTML(string=html, url_fetcher=press.fetcher).write_pdf(presentational_hints=True))
        for pdf in made:
            with pikepdf.open(io.BytesIO(pdf)) as document:
                assert_inert(document)

    assert len(set(fetched)) >= 15
    assert trap.asked == []


def test_the_trap_notices_who_asks(trap):
    """What counts nothing proves nothing."""
    address = re.search(r"http://[^/]+", trap.raw[0]).group()

    with pytest.raises(HTTPError, match="404"):
        urlopen(f"{address}/asked")  # noqa: S310 - our own server

    assert trap.asked == ["/asked"]
    trap.asked.clear()


def test_s6_s7_a_word_file_of_vectors_is_text_and_carries_nothing_along(trap):
    brief, stamp, filling = filled(trap)

    file = documents.render_word(brief, stamp)

    assert trap.asked == []
    text = text_of_word(file).casefold()
    assert [
        place for place, said in zip(filling.places, filling.said, strict=True) if squeezed(said).casefold() not in text
    ] == []
    document = Document(io.BytesIO(file))
    outside = [relation for part in document.part.package.iter_parts() for relation in part.rels.values() if relation.is_external]
    assert stamp.address in {relation.target_ref for relation in outside} <= own_links(brief, stamp)
    assert all(relation.reltype.endswith("/hyperlink") for relation in outside)
    with ZipFile(io.BytesIO(file)) as parted, ZipFile(io.BytesIO(documents.render_word(*plain()))) as harmless:
        assert parted.namelist() == harmless.namelist()
        for name in parted.namelist():
            if name.endswith(".xml"):
                assert elements(parted.read(name)) == elements(harmless.read(name)), name


def elements(xml):
    """Return which elements a part of a Word file is made of; a line break is made of a line break, and nothing else of words."""
    return {part.tag for part in ElementTree.fromstring(xml).iter()}  # noqa: S314 - our own markup
