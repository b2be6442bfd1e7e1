"""Who can see and do what on one engagement, and why, in words (P18).

The rules themselves stand in `EngagementQuerySet.visible_to` and in `permissions`; a test holds what is said here to them, for
every kind of person.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.enums import REGIONAL_ROLES, Role
from core.text import joined
from directory.models import Region
from engagements.enums import SigningOrder
from engagements.policies.signing import HELPED_TO_WRITE, authors_of, lead_to_decide_for

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from accounts.models import User
    from engagements.models import ClientLead, Engagement

READ = "Read everything. They cannot change anything."
CLIENT_READ = "Read the plan and its brief, and comment on them."
WRITE = "Read and change everything, submit the plan and recall it."


@dataclass(frozen=True)
class AccessRow:
    """One person, or one group of people, with what they may do and the reason."""

    who: str
    about: str
    may: str
    why: str
    can_see: bool = True
    can_edit: bool = False
    can_decide: bool = False
    person: User | None = None
    roles: tuple[Role, ...] = ()
    region: Region | None = None

    def covers(self, user: User) -> bool:
        """Tell whether the row speaks of a person. A group is of people whose account is open."""
        if self.person is not None:
            return self.person.pk == user.pk
        return user.is_active and user.role in self.roles and (self.region is None or user.region_id == self.region.pk)


@dataclass(frozen=True)
class TouchedRegion:
    """A region other than the lead region whose areas an engagement names."""

    region: Region
    areas: list[str]


def touched_regions(engagement: Engagement) -> list[TouchedRegion]:
    """Return the other regions that lead or share an area which Place names, itself or through a site."""
    rows = engagement.places.values_list(
        "footprint__name",
        "footprint__lead_region",
        "footprint__other_regions",
        "site__footprints__name",
        "site__footprints__lead_region",
        "site__footprints__other_regions",
    ).order_by()
    areas: dict[int, set[str]] = defaultdict(set)
    for name, leads, shares, name_by_site, leads_by_site, shares_by_site in rows:
        for region, area in ((leads, name), (shares, name), (leads_by_site, name_by_site), (shares_by_site, name_by_site)):
            if region:
                areas[region].add(area)
    return regions_of(engagement, areas)


def regions_of(engagement: Engagement, areas: Mapping[int, Collection[str]]) -> list[TouchedRegion]:
    """Return regions other than the lead region by name. Takes the names of the areas of each region, by its key."""
    others = areas.keys() - {engagement.lead_region_id}
    known = Region.objects.filter(pk__in=others).order_by("name", "pk") if others else ()
    return [TouchedRegion(region, sorted(areas[region.pk])) for region in known]


def access_table(
    engagement: Engagement,
    touched: Iterable[TouchedRegion],
    *,
    team: Iterable[User] | None = None,
    client_leads: Iterable[ClientLead] | None = None,
) -> list[AccessRow]:
    """Return who can see and do what, named people first. Takes an engagement with its team and client leads.

    Whoever reads the table may be shown another team and other client leads than are on the engagement now.
    """
    named = engagement.team.all() if team is None else team
    team = [person for person in named if person.pk != engagement.lead_consultant_id]
    leads = [
        lead for lead in (engagement.client_leads.all() if client_leads is None else client_leads) if lead.removed_at is None
    ]
    authors = {engagement.lead_consultant_id, *(member.pk for member in engagement.team.all()), *authors_of(engagement)}
    return [
        _colleague_row(
            engagement.lead_consultant, f"{WRITE} Hand the work over to another lead consultant.", "They are the lead consultant."
        ),
        *(_colleague_row(person, WRITE, "They are on the team.") for person in team),
        *(_client_row(engagement, lead, leads, authors) for lead in leads),
        *_group_rows(engagement, touched),
    ]


def _colleague_row(person: User, may: str, why: str) -> AccessRow:
    """Return the row of somebody who is on the engagement from the side of the LDPs."""
    is_at_work = person.is_active and person.is_regional
    if not is_at_work:
        may, why = _may_no_more(person), _why_no_more(person, why)
    return AccessRow(str(person), person.job_title, may, why, can_see=is_at_work, can_edit=is_at_work, person=person)


def _client_row(engagement: Engagement, lead: ClientLead, leads: Sequence[ClientLead], authors: Collection[int]) -> AccessRow:
    """Return the row of a client lead: nothing until the plan has been submitted once."""
    person = lead.user
    about = ", ".join(part for part in (person.job_title, lead.organisation.name if lead.organisation else "") if part)
    why = _why_named(engagement, lead, leads)
    is_at_work = person.is_active and person.is_stp_lead
    can_see = is_at_work and engagement.shared_at is not None
    whose = lead_to_decide_for(person, leads)
    decides = whose is not None and whose.is_signatory
    has_written = person.pk in authors
    if not is_at_work:
        may, why = _may_no_more(person), _why_no_more(person, why)
    elif not can_see:
        may = "Nothing yet. They can read the plan once it has been submitted for the first time."
    elif decides and has_written:
        may = f"{CLIENT_READ} {HELPED_TO_WRITE}"
    elif whose is not None and decides:
        may = f"{CLIENT_READ} {_deciding(engagement, lead, whose)}"
    else:
        may = CLIENT_READ
    can_decide = can_see and decides and not has_written
    return AccessRow(str(person), about, may, why, can_see=can_see, can_decide=can_decide, person=person)


def _why_named(engagement: Engagement, lead: ClientLead, leads: Sequence[ClientLead]) -> str:
    """Say as what a client lead is named, with their place where the signatories are asked one after the other."""
    if lead.is_signatory:
        signatories = [row.pk for row in leads if row.is_signatory]
        place = ""
        if engagement.signing_order == SigningOrder.IN_ORDER and len(signatories) > 1:
            place = f", number {signatories.index(lead.pk) + 1} of the {len(signatories)} who are asked one after the other"
        return f"They are a client lead who signs the plan{place}."
    deputy_for = next((row for row in leads if row.pk == lead.deputy_for_id), None)
    return f"They are a client lead and the deputy of {deputy_for}." if deputy_for else "They are a client lead."


def _deciding(engagement: Engagement, lead: ClientLead, whose: ClientLead) -> str:
    """Say when a person can decide, and for whom where it is not for themselves."""
    is_own = lead.pk == whose.pk
    turn = ""
    if engagement.signing_order == SigningOrder.IN_ORDER:
        turn = " and it is their turn" if is_own else f" and it is the turn of {whose}"
    instead = "" if is_own else f", in place of {whose}"
    return f"While it is in review{turn}, agree to it or ask for changes{instead}."


def _group_rows(engagement: Engagement, touched: Iterable[TouchedRegion]) -> list[AccessRow]:
    """Return the rows of people who are not named on the engagement."""
    region = engagement.lead_region
    admins, consultants = (Role.REGIONAL_ADMIN,), (Role.CONSULTANT,)
    return [
        AccessRow(
            f"Regional admins of {region}",
            "",
            f"{WRITE} Give it to another lead consultant.",
            f"The engagement belongs to {region}, and they look after the region’s work.",
            can_edit=True,
            roles=admins,
            region=region,
        ),
        AccessRow(f"Consultants of {region}", "", READ, f"The engagement belongs to {region}.", roles=consultants, region=region),
        *(
            AccessRow(
                f"Consultants and regional admins of {other.region}",
                "",
                READ,
                f"Place names {joined(other.areas)}, which their region leads or shares.",
                roles=REGIONAL_ROLES,
                region=other.region,
            )
            for other in touched
        ),
        AccessRow("National admins", "", READ, "They see the work of the whole country.", roles=(Role.NATIONAL_ADMIN,)),
    ]


def _may_no_more(person: User) -> str:
    """Say what is left to somebody who is named and has another role now, or none."""
    return "Only what their role in the portal allows." if person.is_active else "Nothing any more."


def _why_no_more(person: User, why: str) -> str:
    """Say why being named gives nothing any more."""
    reason = "they have another role in the portal now" if person.is_active else "their account is closed"
    return f"{why.removesuffix('.')}, and {reason}."
