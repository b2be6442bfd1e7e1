"""HTML to tagged PDF, made in a child process with limits on its time and memory (docs/decisions/rendering.md)."""

from __future__ import annotations

from core.pdf.client import press
from core.pdf.faults import Busy, ChildDied, PdfError, TookTooLong, TooLarge
from core.pdf.places import place_for

__all__ = ["Busy", "ChildDied", "PdfError", "TooLarge", "TookTooLong", "place_for", "press", "render_pdf"]


def render_pdf(html: str, *, stylesheet: str, also: str = "") -> bytes:
    """Return a whole PDF/UA-1 document of HTML and one or two of our stylesheets; raise `PdfError` where that cannot be done.

    The same HTML, stylesheets and installed fonts give the same bytes: nothing in them depends on the time or the process.
    """
    return press.render(html, [name for name in (stylesheet, also) if name])
