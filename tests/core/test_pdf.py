"""A PDF is made whole or not at all, the same each time, and fetches nothing."""

import gc
import io

import pytest
from django.contrib.staticfiles import finders
from pypdf import PdfReader
from weasyprint import CSS, HTML
from weasyprint.urls import FatalURLFetchingError

from core import pdf

STYLESHEET = "styles/brief.css"
PAGE = '<!DOCTYPE html><html lang="en-GB"><head><title>A page</title>{}</head><body>{}</body></html>'


def test_document_holds_its_text_and_says_what_it_is():
    made = pdf.render_pdf(PAGE.format("", "<h1>Plain words</h1>"), stylesheet=STYLESHEET)

    reader = PdfReader(io.BytesIO(made))
    assert "Plain words" in reader.pages[0].extract_text()
    assert reader.metadata.title == "A page"


def test_same_document_gives_the_same_bytes_after_another_one():
    one, other = PAGE.format("", "<p>One</p>"), PAGE.format("", "<p>Καλημέρα 你好</p>")

    first = pdf.render_pdf(one, stylesheet=STYLESHEET)
    pdf.render_pdf(other, stylesheet=STYLESHEET)

    assert pdf.render_pdf(one, stylesheet=STYLESHEET) == first


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/a.svg",
        "file:///etc/passwd",
        "data:image/svg+xml,<svg/>",
        "portal:../../../etc/passwd",
        "portal:missing.svg",
        "portal:draft.svg?x",
        "javascript:alert(1)",
    ],
)
def test_fetcher_refuses_every_address_but_our_own_pictures(address):
    with pytest.raises(ValueError, match="fetches nothing"):
        pdf.OwnPicturesOnly().fetch(address)


def test_fetcher_reads_our_own_picture():
    answer = pdf.OwnPicturesOnly()("portal:draft.svg")

    assert answer.read().startswith(b"<svg")
    assert answer.content_type == "image/svg+xml"


def test_hostile_markup_fetches_nothing_and_attaches_nothing(tmp_path, monkeypatch):
    secret = tmp_path / "secret.txt"
    secret.write_text("canary")
    asked = []
    fetch = pdf.OwnPicturesOnly.fetch

    def recording(self, url, headers=None):
        asked.append(url)
        return fetch(self, url, headers)

    monkeypatch.setattr(pdf.OwnPicturesOnly, "fetch", recording)
    body = (
        f'<img src="https://example.com/x.png" alt="x"><a rel="attachment" href="{secret.as_uri()}">x</a>'
        f'<link rel="attachment" href="{secret.as_uri()}"><link rel="stylesheet" href="{secret.as_uri()}">'
        f'<object data="{secret.as_uri()}"></object><embed src="https://example.com/e">'
        '<style>@import "https://example.com/i.css"; p { background: url(https://example.com/b.png) }'
        "@font-face { font-family: x; src: url(https://example.com/f.woff) } p { font-family: x }</style><p>Words</p>"
        f'<svg xmlns="http://www.w3.org/2000/svg"><title>x</title><image href="{secret.as_uri()}"/></svg>'
    )

    made = pdf.render_pdf(PAGE.format("", body), stylesheet=STYLESHEET)

    assert asked
    assert b"canary" not in made
    assert not PdfReader(io.BytesIO(made)).attachments


@pytest.mark.parametrize("fault", [FatalURLFetchingError("no"), RuntimeError("no"), MemoryError()])
def test_fault_inside_becomes_a_sentence(monkeypatch, fault):
    def broken(*args, **kwargs):
        raise fault

    monkeypatch.setattr(pdf.HTML, "write_pdf", broken)

    with pytest.raises(pdf.PdfError, match="could not be made"):
        pdf.render_pdf(PAGE.format("", ""), stylesheet=STYLESHEET)

    assert gc.isenabled()
    assert not pdf._one_at_a_time.locked()


def test_missing_stylesheet_becomes_a_sentence():
    with pytest.raises(pdf.PdfError, match="could not be made"):
        pdf.render_pdf(PAGE.format("", ""), stylesheet="styles/none.css")


def test_garbage_collector_stays_off_where_it_was_off():
    gc.disable()
    try:
        pdf.render_pdf(PAGE.format("", ""), stylesheet=STYLESHEET)

        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.parametrize(
    "body",
    [
        '<h1>One</h1><p dir="auto">Words<br/>and more</p><ol><li>a</li><li>b<ul><li>c</li></ul></li></ol>',
        '<table><caption>Rows</caption><thead><tr><th scope="col">A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>',
        '<blockquote><p>Said</p></blockquote><h2>Two</h2><p><a href="https://example.com">Link</a> <strong>b</strong> <em>i</em></p>',
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9"><title>Dot</title><circle r="4"/></svg>',
    ],
    ids=["text", "table", "quotation", "drawing"],
)
def test_quick_way_gives_the_same_document_as_the_renderer_alone(body):
    html = PAGE.format("", body)
    fetcher = pdf.OwnPicturesOnly()
    styles = CSS(filename=finders.find(STYLESHEET), url_fetcher=fetcher)

    alone = HTML(string=html, url_fetcher=fetcher).write_pdf(stylesheets=[styles], pdf_variant=pdf.VARIANT)

    assert pdf.render_pdf(html, stylesheet=STYLESHEET) == alone


@pytest.mark.parametrize(
    "body", ["<p>One<br>two", "<p>a&nbsp;b</p>", "<p>\x0bOne two</p>"], ids=["unclosed", "entity", "control"]
)
def test_html_that_is_no_xml_is_read_as_well(body):
    made = pdf.render_pdf(PAGE.format("", body), stylesheet=STYLESHEET)

    assert PdfReader(io.BytesIO(made)).pages[0].extract_text()
