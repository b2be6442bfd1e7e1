"""HTML to tagged PDF, within the process and without fetching anything.

Fonts and the print stylesheet are read once for each process. Pango's fonts are not safe to share between threads, and two renders in
two threads take longer than one after the other, so a process renders one document at a time.
"""

from __future__ import annotations

import gc
import re
import threading
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from django.contrib.staticfiles import finders
from weasyprint import CSS, HTML, cssselect2
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIANT = "pdf/ua-1"
BASE_STYLESHEET = "styles/print.css"
# A stylesheet names our own pictures so: url(portal:draft.svg) is static/images/draft.svg.
OWN_PICTURE = re.compile(r"portal:([a-z-]+\.svg)")

_one_at_a_time = threading.Lock()


class PdfError(Exception):
    """Raised when a document cannot be made; says so in a sentence fit for the page."""


class OwnPicturesOnly(URLFetcher):
    """A fetcher that reads our own pictures and refuses every address: a document holds all that it shows."""

    _fail_on_errors = False

    def __init__(self) -> None:
        """Leave out the openers of the parent class: they read certificates and settings for requests that are never made."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Return one of our pictures, or refuse."""
        match = OWN_PICTURE.fullmatch(url)
        path = finders.find(f"images/{match[1]}") if match else None
        if path is None:
            raise ValueError("A document fetches nothing.")
        return URLFetcherResponse(url, Path(path).read_bytes(), {"Content-Type": "image/svg+xml"})


class PrintedHTML(HTML):
    """A document of our own templates.

    They are written as well-formed XML, which the standard library reads in no time; anything else is read by the renderer's own
    parser. Every print starts from our base styles.
    """

    def __init__(self, html: str) -> None:
        """Read the document."""
        try:
            # The markup is ours and what people typed is escaped in it: it declares no entities.
            root = ElementTree.fromstring(html)  # noqa: S314
        except ElementTree.ParseError:
            super().__init__(string=html, url_fetcher=OwnPicturesOnly())
            return
        self.base_url = None
        self.url_fetcher = OwnPicturesOnly()
        self.media_type = "print"
        self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        """Return the styles that stand below those of the document."""
        return [_parsed(BASE_STYLESHEET)]


def render_pdf(html: str, *, stylesheet: str, also: str = "") -> bytes:
    """Return a whole PDF/UA-1 document of HTML and one or two of our stylesheets; raise `PdfError` where that cannot be done.

    The same HTML, stylesheets and installed fonts give the same bytes: nothing in them depends on the time or the process.
    """
    try:
        with _one_at_a_time, _without_collecting():
            document = PrintedHTML(html)
            styles = [_parsed(name) for name in (stylesheet, also) if name]
            pdf: bytes = document.write_pdf(font_config=_fonts(), stylesheets=styles, pdf_variant=VARIANT)
    # The last is no Exception to Python: without its name it would end the worker.
    except (Exception, FatalURLFetchingError) as fault:
        raise PdfError("The PDF could not be made. Nothing is lost: the same brief can be read as a page.") from fault
    return pdf


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


@cache
def _fonts() -> FontConfiguration:
    """Find the installed fonts, once for each process."""
    return FontConfiguration()


@cache
def _parsed(stylesheet: str) -> CSS:
    """Read one of our stylesheets, once for each process."""
    path = finders.find(stylesheet)
    if path is None:
        raise FileNotFoundError(stylesheet)
    return CSS(filename=path, url_fetcher=OwnPicturesOnly(), font_config=_fonts())
