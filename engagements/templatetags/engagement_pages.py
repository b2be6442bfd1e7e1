"""What every page of an engagement shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse

from engagements import policies
from engagements.enums import AGREED_STATUSES

if TYPE_CHECKING:
    from decimal import Decimal

    from engagements.models import Engagement

register = template.Library()


@register.filter
def pounds(amount: Decimal | None) -> str:
    """Write a sum of money, or nothing where there is none."""
    return "" if amount is None else policies.pounds(amount)


_PAGES = [
    ("engagements:engagement_detail", "Workspace"),
    ("engagements:people_detail", "People"),
    ("engagements:place_detail", "Place"),
    ("engagements:purpose_detail", "Purpose"),
    ("engagements:priorities_detail", "Priorities"),
    ("evaluation:similar_list", "Like this elsewhere"),
    ("engagements:plan_detail", "Plan"),
    ("engagements:criteria_detail", "Criteria"),
    ("evaluation:measure_list", "Measures"),
    ("engagements:team_detail", "Who is on it"),
    ("engagements:review_detail", "Review"),
    ("engagements:brief_detail", "Brief"),
    ("evaluation:timeline_list", "Timeline"),
    ("evaluation:result_list", "Results"),
    ("evaluation:feedback_form_list", "Feedback"),
    ("evaluation:learning_list", "Learning"),
    ("evaluation:report_detail", "Evaluation report"),
    ("engagements:history_list", "History"),
]
_FOR_CLIENTS = {"Review", "Brief", "Timeline", "Results", "Feedback", "Evaluation report"}
# What comes after the plan: its client finds it there once the plan is agreed.
_ONCE_AGREED = {"Timeline", "Results", "Feedback", "Evaluation report"}


@register.inclusion_tag("components/engagement_navigation.html", takes_context=True)
def engagement_navigation(context: dict[str, Any], engagement: Engagement) -> dict[str, Any]:
    """List the pages of one engagement that the person can open, with the present one marked."""
    path = context["request"].path
    is_client = context["request"].user.is_stp_lead
    items = []
    for view, name in _PAGES:
        if is_client and (name not in _FOR_CLIENTS or (name in _ONCE_AGREED and engagement.status not in AGREED_STATUSES)):
            continue
        url = reverse(view, args=[engagement.reference])
        is_current = path == url or (name != "Workspace" and path.startswith(url))
        items.append({"name": name, "url": url, "is_current": is_current})
    return {"items": items, "reference": engagement.reference}
