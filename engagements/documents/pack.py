"""Several briefs as one PDF for a meeting: a cover, a contents page, then every brief on pages of its own (P33)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from core import pdf
from engagements.documents.render import STYLESHEET

if TYPE_CHECKING:
    from datetime import date

    from engagements.documents.brief import Brief
    from engagements.documents.stamp import Stamp

TEMPLATE = "engagements/pack_document.html"
ARTICLE = "engagements/brief/article.html"
PACK_STYLESHEET = "styles/pack.css"
# An attribute that names a place within a brief. What people typed cannot look like one: its quotation marks are escaped.
NAMED_PLACE = re.compile(r'\s(id|aria-labelledby|href)="(#?)([a-z][a-z0-9-]*)"')


@dataclass(frozen=True)
class Pack:
    """Plans to take to a meeting, and what the cover says of them."""

    title: str
    holds: str
    reader: str
    day: date
    plans: tuple[tuple[Brief, Stamp], ...]


@dataclass(frozen=True)
class PackPlan:
    """One plan of a pack as it is printed: its place, its brief and its pages."""

    anchor: str
    brief: Brief
    stamp: Stamp
    article: SafeString


def pack_html(pack: Pack) -> str:
    """Return the printed pack as HTML."""
    plans = [_plan(number, brief, stamp) for number, (brief, stamp) in enumerate(pack.plans, start=1)]
    return render_to_string(TEMPLATE, {"pack": pack, "plans": plans, "is_print": True})


def render_pack(pack: Pack) -> bytes:
    """Return a pack as a PDF; raise `core.pdf.PdfError` where that cannot be done. The same values give the same bytes."""
    return pdf.render_pdf(pack_html(pack), stylesheet=STYLESHEET, also=PACK_STYLESHEET)


def _plan(number: int, brief: Brief, stamp: Stamp) -> PackPlan:
    """Print one brief, with the names of its places set apart from those of the others."""
    anchor = f"plan-{number}"
    context = {"brief": brief, "stamp": stamp, "is_draft": stamp.is_draft, "is_print": True}
    article = NAMED_PLACE.sub(rf' \1="\2{anchor}-\3"', render_to_string(ARTICLE, context))
    return PackPlan(anchor, brief, stamp, SafeString(article))
