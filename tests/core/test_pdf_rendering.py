"""What the child does with one document: it fetches nothing and attaches nothing, and prints as the renderer alone would."""

import gc
import io
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from pypdf import PdfReader
from weasyprint import CSS, HTML

from core.pdf import rendering

STYLESHEET = "styles/brief.css"
PAGE = '<!DOCTYPE html><html lang="en-GB"><head><title>A page</title>{}</head><body>{}</body></html>'


@pytest.fixture
def printer():
    return rendering.Printer(map(Path, settings.STATICFILES_DIRS))


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
def test_fetcher_refuses_every_address_but_our_own_pictures(printer, address):
    with pytest.raises(ValueError, match="fetches nothing"):
        printer.fetcher.fetch(address)


def test_fetcher_reads_our_own_picture(printer):
    answer = printer.fetcher("portal:draft.svg")

    assert answer.read().startswith(b"<svg")
    assert answer.content_type == "image/svg+xml"


def test_hostile_markup_fetches_nothing_and_attaches_nothing(printer, tmp_path, monkeypatch):
    secret = tmp_path / "secret.txt"
    secret.write_text("canary")
    asked = []
    fetch = rendering.OwnPicturesOnly.fetch

    def recording(self, url, headers=None):
        asked.append(url)
        return fetch(self, url, headers)

    monkeypatch.setattr(rendering.OwnPicturesOnly, "fetch", recording)
    body = (
        f'<img src="https://example.com/x.png" alt="x"><a rel="attachment" href="{secret.as_uri()}">x</a>'
        f'<link rel="attachment" href="{secret.as_uri()}"><link rel="stylesheet" href="{secret.as_uri()}">'
        f'<object data="{secret.as_uri()}"></object><embed src="https://example.com/e">'
        '<style>@import "https://example.com/i.css"; p { background: url(https://example.com/b.png) }'
        "@font-face { font-family: x; src: url(https://example.com/f.woff) } p { font-family: x }</style><p>Words</p>"
        f'<svg xmlns="http://www.w3.org/2000/svg"><title>x</title><image href="{secret.as_uri()}"/></svg>'
    )

    made = printer.render(PAGE.format("", body), [STYLESHEET])

    assert asked
    assert b"canary" not in made
    assert not PdfReader(io.BytesIO(made)).attachments


def test_garbage_collector_stays_off_where_it_was_off(printer):
    gc.disable()
    try:
        printer.render(PAGE.format("", ""), [STYLESHEET])

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
def test_quick_way_gives_the_same_document_as_the_renderer_alone(printer, body):
    html = PAGE.format("", body)
    styles = CSS(filename=finders.find(STYLESHEET), url_fetcher=printer.fetcher)

    alone = HTML(string=html, url_fetcher=printer.fetcher).write_pdf(stylesheets=[styles], pdf_variant=rendering.VARIANT)

    assert printer.render(html, [STYLESHEET]) == alone


def test_garbage_collector_is_on_again_after_a_fault(printer):
    with pytest.raises(FileNotFoundError):
        printer.render(PAGE.format("", ""), ["styles/none.css"])

    assert gc.isenabled()


def test_printer_made_warm_has_read_every_printed_style(printer):
    printer.warm_up()

    assert set(printer.parsed) == {"styles/brief.css", "styles/pack.css", "styles/print.css", "styles/report.css"}
