"""Tags of the NHS form pack, the page layout and the components with a body."""

from datetime import datetime

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from core.fieldparts import FieldParts, parts_of, problems_of
from core.text import clock_time, date_and_time, inline, upright

register = template.Library()


@register.simple_tag
def field_parts(field: BoundField) -> FieldParts:
    """Return what the NHS field templates print for one bound field."""
    return parts_of(field)


@register.simple_tag
def form_problems(form: object) -> list[tuple[str, str]]:
    """List the form's errors in reading order, each with the id of the control that repairs it, or none."""
    return problems_of(form)


@register.simple_tag(takes_context=True)
def form_of_page(context: Context) -> object:
    """Return the page's form, or nothing on a page without one."""
    return context.get("form")


@register.filter
def button_classes(classes: str) -> str:
    """Drop the classes of another design system that crispy's own buttons carry."""
    return " ".join(name for name in classes.split() if name.startswith(("nhsuk-", "app-")))


@register.filter
def moment(value: object) -> str:
    """Say when something happened: "at 2:02pm" today, else with the date; text is left as it is."""
    if not isinstance(value, datetime):
        return str(value)
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    time = clock_time(local)
    if local.date() == timezone.localdate():
        return f"at {time}"
    return f"on {date_format(local, 'DATE_FORMAT')} at {time}"


register.filter(clock_time)
register.filter(date_and_time)
register.filter(inline)
register.filter(upright)


@register.inclusion_tag("layouts/navigation_item.html", takes_context=True)
def navigation_item(context: Context, label: str, name: str) -> dict[str, object]:
    """Show one section in the header, marked when the page is inside it; a section that is not installed is left out."""
    try:
        url = reverse(name)
    except NoReverseMatch:
        return {"label": label, "url": "", "current": False}
    path = context["request"].path if "request" in context else ""
    return {
        "label": label,
        "url": url,
        "current": path == url or (url != "/" and path.startswith(url)),
    }


@register.simple_tag
def page_query(query: object, page: int) -> str:
    """Write the address of another page of a list, keeping its search and filters."""
    values = query.copy() if hasattr(query, "copy") else {}
    values["page"] = page
    return f"?{values.urlencode()}" if hasattr(values, "urlencode") else f"?page={page}"


@register.simple_tag
def page_numbers(page: Page) -> list[int | str]:
    """Return the numbers of a list's pages around the one shown, with an ellipsis where some are left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@register.simple_block_tag
def inset(content: SafeString) -> SafeString:
    """Set something apart from the text around it."""
    return render_to_string("components/inset.html", {"content": content})


@register.simple_block_tag
def warning_callout(content: SafeString, heading: str, level: int = 2) -> SafeString:
    """Warn of something that must not be overlooked."""
    return render_to_string("components/warning_callout.html", {"content": content, "heading": heading, "level": level})


@register.simple_block_tag
def card(content: SafeString, heading: str, url: str = "", level: int = 2) -> SafeString:
    """Show one thing of several on a card; with an address the whole card is the link."""
    return render_to_string("components/card.html", {"content": content, "heading": heading, "url": url, "level": level})


@register.simple_block_tag
def details(content: SafeString, summary: str, is_open: bool = False) -> SafeString:
    """Fold away what only some readers need."""
    return render_to_string("components/details.html", {"content": content, "summary": summary, "open": is_open})


@register.simple_block_tag
def table(content: SafeString, caption: str, id: str) -> SafeString:
    """Wrap the head and body of a table, so that a wide one scrolls within itself."""
    return render_to_string("components/table.html", {"content": content, "caption": caption, "id": id})
