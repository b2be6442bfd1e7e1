"""Where plans name an organisation, and which of them are not changed any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from directory.policies import Mention
from engagements.enums import EngagementStatus
from engagements.models import ClientLead, Engagement, ParticipantGroup

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from directory.policies import Sought

# What is said of a plan that keeps the organisation which was named in it.
_STAYS = {
    EngagementStatus.IN_REVIEW: "in review",
    EngagementStatus.AGREED: "agreed",
    EngagementStatus.IN_DELIVERY: "in delivery",
    EngagementStatus.IN_EVALUATION: "in evaluation",
    EngagementStatus.CLOSED: "closed",
    EngagementStatus.WITHDRAWN: "withdrawn",
}
_OVER = (EngagementStatus.CLOSED, EngagementStatus.WITHDRAWN)


def plans_with_organisation(sought: Sought, user: Any) -> list[Mention]:
    """Return the groups and client leads of an organisation; only a plan in co-design can name another one instead."""
    groups, leads = sought.rows(ParticipantGroup, "organisation"), sought.rows(ClientLead, "organisation")
    if sought.is_held:
        _hold(groups, leads)
    rows = [*groups.select_related("engagement"), *leads.select_related("engagement", "user")]
    visible = Engagement.objects.visible_to(user).filter(pk__in={row.engagement_id for row in rows})
    seen = set(visible.values_list("pk", flat=True)) if rows else set()
    return [_mention(row, is_seen=row.engagement_id in seen) for row in rows]


def _hold(*rows: QuerySet[Any]) -> None:
    """Hold the plans that records belong to, so that none is submitted or changed until the transaction ends."""
    keys = {key for part in rows for key in part.values_list("engagement", flat=True)}
    list(Engagement.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))


def _mention(row: ParticipantGroup | ClientLead, *, is_seen: bool) -> Mention:
    """Tell of one group or client lead."""
    engagement = row.engagement
    status = EngagementStatus(engagement.status)
    is_group = isinstance(row, ParticipantGroup)
    page = "people_detail" if is_group else "team_detail"
    return Mention(
        record=row,
        field="organisation",
        kind="Groups of participants" if is_group else "Client leads",
        words=f"{row} in {engagement.reference} {engagement.title}",
        url=reverse(f"engagements:{page}", args=[engagement.reference]),
        trail=engagement.trail,
        stays=_STAYS.get(status, ""),
        whole="" if status in _OVER else engagement.trail,
        is_seen=is_seen,
    )
