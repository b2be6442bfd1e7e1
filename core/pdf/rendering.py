"""HTML to tagged PDF, within the process that calls it and without fetching anything: what the child process does.

Fonts and stylesheets are read once for each process. Nothing here needs Django or its settings: the child gets neither.
"""

from __future__ import annotations

import gc
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from weasyprint import CSS, HTML, cssselect2
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

VARIANT = "pdf/ua-1"
BASE_STYLESHEET = "styles/print.css"
# A stylesheet names our own pictures so: url(portal:draft.svg) is images/draft.svg.
OWN_PICTURE = re.compile(r"portal:([a-z-]+\.svg)")
# Has every weight and kind of letter that a document has, so that the fonts are at hand before the first one.
SAMPLE = """<!DOCTYPE html><html lang="en-GB"><head><title>Sample</title></head><body><h1>Sample</h1><p>Plain <strong>strong</strong>
<em>said</em> <a href="https://example.org">linked</a></p><ul><li>One</li></ul><table><caption>Rows</caption><thead><tr>
<th scope="col">A</th></tr></thead><tbody><tr><th scope="row">B</th></tr><tr><td>1</td></tr></tbody></table></body></html>"""


class OwnPicturesOnly(URLFetcher):
    """A fetcher that reads our own pictures and refuses every address: a document holds all that it shows."""

    _fail_on_errors = False

    def __init__(self, folders: Iterable[Path]) -> None:
        """Leave out the openers of the parent class: they read certificates and settings for requests that are never made."""
        self.folders = list(folders)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Return one of our pictures, or refuse."""
        match = OWN_PICTURE.fullmatch(url)
        path = _found(self.folders, f"images/{match[1]}") if match else None
        if path is None:
            raise ValueError("A document fetches nothing.")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "image/svg+xml"})


class PrintedHTML(HTML):
    """A document of our own templates.

    They are written as well-formed XML, which the standard library reads in no time; anything else is read by the renderer's own
    parser. Every print starts from our base styles.
    """

    def __init__(self, html: str, fetcher: URLFetcher, base: CSS) -> None:
        """Read the document."""
        self.base = base
        try:
            # The markup is ours and what people typed is escaped in it: it declares no entities.
            root = ElementTree.fromstring(html)  # noqa: S314
        except ElementTree.ParseError:
            super().__init__(string=html, url_fetcher=fetcher)
            return
        self.base_url = None
        self.url_fetcher = fetcher
        self.media_type = "print"
        self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        """Return the styles that stand below those of the document."""
        return [self.base]


class Printer:
    """Makes PDFs of HTML and of the stylesheets and pictures in some folders, one at a time: Pango's fonts are not shared by threads."""

    def __init__(self, folders: Iterable[Path]) -> None:
        """Find the installed fonts."""
        self.folders = list(folders)
        self.fetcher = OwnPicturesOnly(self.folders)
        self.fonts = FontConfiguration()
        self.parsed: dict[str, CSS] = {}

    def render(self, html: str, stylesheets: Iterable[str]) -> bytes:
        """Return a whole PDF/UA-1 document; the same HTML, stylesheets and installed fonts give the same bytes."""
        with _without_collecting():
            document = PrintedHTML(html, self.fetcher, self.styles(BASE_STYLESHEET))
            styles = [self.styles(name) for name in stylesheets]
            pdf: bytes = document.write_pdf(font_config=self.fonts, stylesheets=styles, pdf_variant=VARIANT)
        return pdf

    def warm_up(self) -> None:
        """Read every printed style and the fonts, by printing a sample."""
        names = sorted(f"styles/{path.name}" for folder in self.folders for path in (folder / "styles").glob("*.css"))
        self.render(SAMPLE, [name for name in names if name != BASE_STYLESHEET])

    def styles(self, name: str) -> CSS:
        """Read one of our stylesheets, once."""
        if name not in self.parsed:
            path = _found(self.folders, name)
            if path is None:
                raise FileNotFoundError(name)
            self.parsed[name] = CSS(filename=path, url_fetcher=self.fetcher, font_config=self.fonts)
        return self.parsed[name]


def _found(folders: Iterable[Path], name: str) -> Path | None:
    """Return the first file of a name in some folders."""
    return next((path for folder in folders if (path := folder / name).is_file()), None)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Put the garbage collector off until a render is over: looking through its many objects takes a quarter of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
