"""How a brief writes its facts, on the page and in print alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.template import Context
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString

from engagements import documents
from engagements.documents import telling

if TYPE_CHECKING:
    from engagements.documents import Brief, Signature, Stamp
    from engagements.documents.brief import Planned

register = template.Library()
register.filter(telling.pounds)
register.filter(telling.day)
register.simple_tag(telling.compass_facets)
register.simple_tag(telling.reasons_of)
register.simple_tag(telling.asked_of)


@register.filter
def prose(text: str) -> SafeString:
    """Write what a person typed in paragraphs, in its own direction; nothing for nothing."""
    if not text.strip():
        return SafeString("")
    return format_html(
        '<div class="brief-prose" dir="auto">{}</div>', SafeString(linebreaks(text, autoescape=True).replace("<br>", "<br/>"))
    )


@register.simple_block_tag(takes_context=True)
def facts(context: Context, content: SafeString) -> SafeString:
    """Wrap rows of facts: a list of terms on the page, a table in print, where terms have no tag of their own."""
    if context.get("is_print"):
        return format_html('<table class="facts"><tbody>{}</tbody></table>', content)
    return format_html('<dl class="nhsuk-summary-list">{}</dl>', content)


@register.simple_block_tag(takes_context=True)
def fact(context: Context, content: SafeString, name: str, is_wanted: bool = False) -> SafeString:
    """Write one row of facts: nothing where there is no fact, except that a draft says so of a fact that is wanted."""
    if not content.strip():
        if not is_wanted:
            return SafeString("")
        content = SafeString('<span class="brief-gap">Not yet agreed</span>')
    if context.get("is_print"):
        return format_html('<tr><th scope="row">{}</th><td>{}</td></tr>', name, content)
    return format_html(
        '<div class="nhsuk-summary-list__row">'
        '<dt class="nhsuk-summary-list__key">{}</dt><dd class="nhsuk-summary-list__value">{}</dd></div>',
        name,
        content,
    )


@register.simple_tag
def feedback_url(stamp: Stamp, planned: Planned) -> str:
    """Return the address at which those who took part in a planned intervention say what they think."""
    return stamp.feedback_url(planned.number)


@register.simple_tag
def signatures_of(brief: Brief, stamp: Stamp) -> list[Signature]:
    """Return the client leads with their decisions, signatories first."""
    return documents.signatures(brief, stamp)
