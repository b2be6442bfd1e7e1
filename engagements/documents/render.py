"""The brief as a document: its HTML and the PDF made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from core import pdf
from engagements.documents.encoding import from_json
from engagements.documents.stamp import stamp_version

if TYPE_CHECKING:
    from engagements.documents.brief import Brief
    from engagements.documents.stamp import Stamp
    from engagements.models import PlanVersion

TEMPLATE = "engagements/brief_document.html"
STYLESHEET = "styles/brief.css"


def brief_html(brief: Brief, stamp: Stamp) -> str:
    """Return the printed brief as HTML."""
    return render_to_string(TEMPLATE, {"brief": brief, "stamp": stamp, "is_draft": stamp.is_draft, "is_print": True})


def render_brief(brief: Brief, stamp: Stamp) -> bytes:
    """Return the brief as a PDF; raise `core.pdf.PdfError` where that cannot be done. The same values give the same bytes."""
    return pdf.render_pdf(brief_html(brief, stamp), stylesheet=STYLESHEET)


def render_signed(version: PlanVersion) -> bytes:
    """Return a submitted version as a PDF, with the decisions taken on it."""
    return render_brief(from_json(version.document), stamp_version(version, version.decisions.order_by("at", "pk")))
