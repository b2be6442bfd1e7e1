"""The pages on which admins keep the portal true, as a list beside each of them."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse

register = template.Library()

# The name of each section, its address, and for whom it is: regional admins find their own region's, national admins every region's.
SECTIONS = [
    ("Overview", "manage", {"regional_admin", "national_admin"}),
    ("What we offer", "interventions:offer_list", {"regional_admin", "national_admin"}),
    ("Providers", "interventions:provider_list", {"regional_admin", "national_admin"}),
    ("Contacts", "directory:contact_point_list", {"regional_admin", "national_admin"}),
    ("People", "accounts:person_list", {"regional_admin", "national_admin"}),
    ("Organisations", "directory:organisation_list", {"regional_admin", "national_admin"}),
    ("National menu", "interventions:menu_list", {"regional_admin", "national_admin"}),
    ("Proposals", "interventions:proposal_list", {"regional_admin", "national_admin"}),
    ("Learning", "evaluation:learning_proposal_list", {"regional_admin", "national_admin"}),
    ("Framework", "framework:framework_list", {"national_admin"}),
    ("Criteria", "engagements:criterion_list", {"national_admin"}),
    ("STP areas", "directory:footprint_list", {"national_admin"}),
    ("Status", "status", {"national_admin"}),
]


@register.inclusion_tag("components/manage_navigation.html", takes_context=True)
def manage_navigation(context: dict[str, Any]) -> dict[str, Any]:
    """List the pages for admins that the person may open, marking where they are."""
    request = context["request"]
    items = []
    for name, address, roles in SECTIONS:
        if request.user.role not in roles:
            continue
        try:
            url = reverse(address)
        except NoReverseMatch:
            continue
        is_current = request.path == url or (address != "manage" and request.path.startswith(url))
        items.append({"name": name, "url": url, "is_current": is_current})
    return {"items": items}
