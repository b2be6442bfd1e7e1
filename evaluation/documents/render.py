"""The evaluation report as a document: its HTML and the PDF made of it, in the brief's design."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from core import pdf
from engagements.documents.render import STYLESHEET

if TYPE_CHECKING:
    from evaluation.documents.report import Report

TEMPLATE = "evaluation/report_document.html"
REPORT_STYLESHEET = "styles/report.css"


def report_html(report: Report) -> str:
    """Return the printed report as HTML."""
    return render_to_string(TEMPLATE, {"report": report, "is_print": True})


def render_report(report: Report) -> bytes:
    """Return the report as a PDF; raise `core.pdf.PdfError` where that cannot be done. The same values give the same bytes."""
    return pdf.render_pdf(report_html(report), stylesheet=STYLESHEET, also=REPORT_STYLESHEET)
