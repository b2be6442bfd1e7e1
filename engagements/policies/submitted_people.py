"""Who is on an engagement as a client reads it: as the version submitted last names them, with deputies named in review (P18)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Q

from accounts.enums import Role
from core.models import AuditEvent
from directory.models import Footprint, Organisation
from engagements.enums import WRITING_STATUSES
from engagements.policies.access import TouchedRegion, regions_of, touched_regions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from accounts.models import User
    from engagements.models import ClientLead, Engagement


@dataclass(frozen=True)
class PeopleShown:
    """The people of an engagement as one reader is shown them.

    `since` is the number of the version after which others may have been named who are not shown; none where all are shown.
    """

    leads: list[ClientLead]
    team: list[User]
    touched: list[TouchedRegion]
    since: int | None = None


def people_shown(engagement: Engagement, reader: User) -> PeopleShown:
    """Return the people of an engagement for one reader: to a client those whom the version submitted last names.

    Takes an engagement with its people. Client leads are changed in memory and are to be shown, never saved.
    """
    version = engagement.versions.order_by("-number").first() if reader.is_stp_lead else None
    if version is None:
        leads = list(engagement.client_leads.all())
        _tie_deputies(leads, leads)
        return PeopleShown(leads, list(engagement.team.all()), touched_regions(engagement))
    document: Mapping[str, Any] = version.document if isinstance(version.document, dict) else {}
    return PeopleShown(
        leads=_leads(engagement, document, reader, _changed_since(engagement, version.settled_at)),
        team=_team(engagement, document),
        touched=_touched(engagement, document),
        since=version.number if engagement.status in WRITING_STATUSES else None,
    )


def _changed_since(engagement: Engagement, settled_at: datetime | None) -> set[int]:
    """Return the client leads who were named, or given another part, since a version was settled."""
    if settled_at is None:
        return set()
    verbs = ("added", "brought back", "changed", "gave a part to")
    told = AuditEvent.objects.filter(
        trail=engagement.trail, subject_type="engagements.clientlead", verb__in=verbs, at__gt=settled_at
    )
    return set(told.order_by().values_list("subject_id", flat=True))


def _leads(engagement: Engagement, document: Mapping[str, Any], reader: User, changed: set[int]) -> list[ClientLead]:
    """Return the client leads whom a version names, in its order and with their part in it, then deputies named in review.

    Whoever has left is not there any more. A reader who was named since sees themselves, without a part.
    """
    rows: list[ClientLead] = sorted(engagement.client_leads.all(), key=lambda row: row.pk in changed)
    named: list[ClientLead] = []
    deputies: list[tuple[ClientLead, str]] = []
    for entry in _entries(document, "client_leads"):
        row = next((row for row in rows if str(row) == entry.get("name")), None)
        if row is None:
            continue
        rows.remove(row)
        named.append(row)
        deputies.append((row, str(entry.get("deputy_for") or "")))
        row.is_signatory, row.deputy_for = bool(entry.get("is_signatory")), None
        organisation = str(entry.get("organisation") or "")
        row.organisation = Organisation(name=organisation) if organisation else None
        row.user.job_title = str(entry.get("job_title") or "")
    for deputy, name in deputies:
        deputy.deputy_for = next((row for row in named if name and str(row) == name), None)
    own = [row for row in rows if row.user_id == reader.pk and row.pk in changed]
    for row in own:
        row.is_signatory, row.deputy_for = False, None
    in_review = [row for row in rows if row.pk not in changed]
    _tie_deputies(in_review, named)
    return [*named, *in_review, *own]


def _tie_deputies(deputies: Iterable[ClientLead], leads: Iterable[ClientLead]) -> None:
    """Let each deputy reach the signatory who was read beside them."""
    known = {lead.pk: lead for lead in leads}
    for deputy in deputies:
        if deputy.deputy_for_id in known:
            deputy.deputy_for = known[deputy.deputy_for_id]


def _team(engagement: Engagement, document: Mapping[str, Any]) -> list[User]:
    """Return the team that a version names; whoever has left it since is somebody of that name and job."""
    known = {person.full_name: person for person in engagement.team.all()}
    found: list[User] = []
    for entry in _entries(document, "team"):
        name = str(entry.get("name") or "")
        if name == engagement.lead_consultant.full_name:
            continue
        person: User = known.get(name) or get_user_model()(full_name=name, role=Role.CONSULTANT)
        person.job_title = str(entry.get("job_title") or "")
        found.append(person)
    return found


def _touched(engagement: Engagement, document: Mapping[str, Any]) -> list[TouchedRegion]:
    """Return the other regions that lead or share an area which the places of a version name, themselves or through a site."""
    places = _entries(document, "places")
    areas, sites = ({str(place[name]) for place in places if place.get(name)} for name in ("area", "site"))
    rows = Footprint.objects.filter(Q(name__in=areas) | Q(sites__name__in=sites)).order_by()
    found: dict[int, set[str]] = defaultdict(set)
    for name, leads, shares in rows.values_list("name", "lead_region", "other_regions"):
        for region in (leads, shares):
            if region:
                found[region].add(name)
    return regions_of(engagement, found)


def _entries(document: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return a list of a document, empty where there is none."""
    value = document.get(name)
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
