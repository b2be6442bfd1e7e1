"""The list of engagements: search, filters and order in the address."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from core.models import AuditEvent
from directory.models import Footprint, Region
from engagements import permissions, policies
from engagements.enums import ROWS_EACH_PAGE, EngagementStatus
from engagements.forms import EngagementFilterForm
from engagements.models import Engagement, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.http import HttpResponse

    from core.requests import PortalRequest

# How closely a search found a row, in words (P25).
CLOSENESS_WORDS = {
    0: "The reference itself",
    1: "The reference or title starts with it",
    2: "All the words, somewhere in the title, the client or the place",
}


@dataclass(frozen=True)
class Row:
    """One engagement of the list, with its areas in words, the colour of its status and how long it has been in review."""

    engagement: Any
    areas: str
    colour: str
    waited: str


@dataclass(frozen=True)
class RowGroup:
    """Rows that were found in the same way."""

    label: str
    rows: list[Row]


@require_safe
def engagement_list(request: PortalRequest) -> HttpResponse:
    """Show the engagements that a person may see, narrowed to what the address asks for."""
    user = request.user
    areas = list(Footprint.objects.order_by("name", "pk"))
    filters = EngagementFilterForm.read(
        request.GET,
        regions=Region.objects.order_by("name", "pk"),
        areas=areas,
        user=user,
        colleagues=User.objects.consultants_of(user.region_id) if user.is_regional else (),
    )
    visible = Engagement.objects.visible_to(user)
    submitted = policies.submitted_of(visible) if user.is_stp_lead else {}
    found = filters.narrow(visible, submitted).with_people().annotate(last_change=_last_change())
    page = Paginator(found, ROWS_EACH_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    policies.show_as_submitted(user, shown, submitted)
    names = {pk: set(said.areas) for pk, said in submitted.items()} if user.is_stp_lead else _area_names(shown, areas)
    context = {
        "filters": filters,
        "shown_filters": filters.shown,
        "page": page,
        "groups": _grouped(_rows(shown, names), is_search=bool(filters.search)),
        "count": page.paginator.count,
        "can_create": permissions.can_create_engagement(user),
        "list_url": reverse("engagements:engagement_list"),
    }
    return TemplateResponse(request, "engagements/engagement_list.html", context)


def _last_change() -> Subquery:
    """Return when something was last done to the engagement of a row."""
    trail = Concat(Value("engagement:"), Cast(OuterRef("pk"), CharField()))
    return Subquery(AuditEvent.objects.filter(trail=trail).order_by("-at").values("at")[:1])


def _area_names(engagements: Iterable[Any], areas: Iterable[Footprint]) -> dict[int, set[str]]:
    """Return for each engagement the areas that Place names, itself or else through a site (`Engagement.areas`), by its key."""
    names = {area.pk: area.name for area in areas}
    places = Place.objects.filter(engagement__in=[engagement.pk for engagement in engagements])
    found: dict[int, set[str]] = defaultdict(set)
    for engagement, named, by_site in places.values_list("engagement", "footprint", "site__footprints").order_by():
        found[engagement] |= {names[area] for area in (named or by_site,) if area}
    return found


def _rows(engagements: Iterable[Any], areas: Mapping[int, set[str]]) -> list[Row]:
    """Put to each engagement its areas, the colour of its status and how long it has been in review."""
    today = timezone.localdate()
    return [
        Row(
            engagement=x,
            areas=", ".join(sorted(areas.get(x.pk, ()))),
            colour=EngagementStatus(x.status).colour,
            waited=policies.waited_for(x.waiting_since, on=today) if x.waiting_since else "",
        )
        for x in engagements
    ]


def _grouped(rows: Iterable[Row], *, is_search: bool) -> list[RowGroup]:
    """Part the rows of a search by how they were found; without a search they are one group."""
    if not is_search:
        return [RowGroup("", list(rows))]
    return [
        RowGroup(CLOSENESS_WORDS[closeness], list(group))
        for closeness, group in groupby(rows, key=lambda row: row.engagement.closeness)
    ]
