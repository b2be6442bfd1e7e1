"""The brief: one composition of an engagement, and everything that is made from it."""

from engagements.documents.brief import Brief
from engagements.documents.compose import compose_brief, load_brief
from engagements.documents.differences import Change, Operation, apply_changes, differences
from engagements.documents.encoding import UnreadableBrief, content_hash, from_json, to_json
from engagements.documents.news import news_for
from engagements.documents.pack import Pack, pack_html, render_pack
from engagements.documents.render import brief_html, render_brief, render_signed
from engagements.documents.sections import Section, planned_key, sections_of
from engagements.documents.stamp import (
    Agreement,
    Signature,
    Stamp,
    Start,
    address_of,
    edition_of,
    left_since,
    signatures,
    stamp_draft,
    stamp_version,
)
from engagements.documents.word import render_word

__all__ = [
    "Agreement",
    "Brief",
    "Change",
    "Operation",
    "Pack",
    "Section",
    "Signature",
    "Stamp",
    "Start",
    "UnreadableBrief",
    "address_of",
    "apply_changes",
    "brief_html",
    "compose_brief",
    "content_hash",
    "differences",
    "edition_of",
    "from_json",
    "left_since",
    "load_brief",
    "news_for",
    "pack_html",
    "planned_key",
    "render_brief",
    "render_pack",
    "render_signed",
    "render_word",
    "sections_of",
    "signatures",
    "stamp_draft",
    "stamp_version",
    "to_json",
]
