"""The parts that every page with a form or a button shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils import timezone

from core import drafts, keys, sessions

if TYPE_CHECKING:
    from core.forms import PortalForm

register = template.Library()


def _posting(context: dict[str, Any]) -> dict[str, Any]:
    """Return what every form that posts needs."""
    return {"request": context["request"], "csrf_token": context.get("csrf_token", ""), "action_key": keys.new_key()}


@register.simple_tag(takes_context=True)
def session_left(context: dict[str, Any]) -> sessions.TimeLeft:
    """Return how long the session of the page's reader still lasts."""
    return sessions.time_left(context["request"].session, timezone.now())


@register.inclusion_tag("components/portal_form.html", takes_context=True)
def portal_form(
    context: dict[str, Any],
    form: PortalForm,
    submit: str = "Save",
    cancel: str = "",
    action: str = "",
    preview: str = "",
    name: str = "",
) -> dict[str, Any]:
    """Write a form with its draft, its one-time key and its buttons. `cancel` and `action` are addresses.

    `preview` is the label of a second button, which posts `preview` beside the fields. `name` is the id by which controls elsewhere on the
    page belong to the form.
    """
    return _posting(context) | {
        "form": form,
        # The layout has shown the errors of the page's own form above the heading.
        "summarised_form": context.get("form"),
        "submit": submit,
        "cancel": cancel,
        "action": action,
        "preview": preview,
        "name": name,
        "draft": None if action else context.get("draft"),
        "left_words": [] if action else context.get("left_words", []),
        "draft_form": context["request"].resolver_match.view_name,
        "draft_subject": action or drafts.subject_of(context["request"]),
        "draft_owner": context["request"].user.pk,
    }


@register.inclusion_tag("components/post_button.html", takes_context=True)
def post_button(
    context: dict[str, Any], url: str, label: str, about: str = "", kind: str = "secondary", seen: object = ""
) -> dict[str, Any]:
    """Write a button that posts. `about` says for a screen reader which row it acts on; `seen` is posted as what the page was made from."""
    return _posting(context) | {"url": url, "label": label, "about": about, "kind": kind, "seen": seen}
