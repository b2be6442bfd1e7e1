"""Who can lead an engagement, who can work on it and who can speak for the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.refusals import Blocker
from core.text import joined
from engagements.enums import EngagementStatus, SigningOrder
from engagements.policies.moves import editing_blockers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from accounts.models import User
    from engagements.models import ClientLead, Engagement


def leading_blockers(engagement: Engagement, person: User) -> list[Blocker]:
    """Return why a person cannot lead an engagement: its lead comes from its own region and is at work there."""
    if person.is_active and person.is_regional and person.region_id == engagement.lead_region_id:
        return []
    return [Blocker(f"{person} cannot lead this engagement. Choose somebody who works for {engagement.lead_region}.")]


def joining_blockers(people: Iterable[User], already: Iterable[User]) -> list[Blocker]:
    """Return why people cannot join a team: only those who work for an LDP can, and whoever is on it may stay."""
    known = {person.pk for person in already}
    strangers = [person for person in people if person.pk not in known and not (person.is_active and person.is_regional)]
    return [Blocker(f"{person} does not work for an LDP and cannot join the team.") for person in strangers]


def naming_deputy_blockers(engagement: Engagement, deputy_for: ClientLead | None, *, is_signatory: bool) -> list[Blocker]:
    """Return why a client lead cannot be named: in review only a deputy can, since the plan itself is frozen (P11)."""
    if deputy_for is None:
        return editing_blockers(engagement)
    if is_signatory:
        return [Blocker("A deputy signs in place of somebody else. Choose one of the two.")]
    if deputy_for.engagement_id != engagement.pk or not deputy_for.is_signatory or deputy_for.removed_at is not None:
        return [Blocker("Choose a signatory of this plan whose deputy they are.")]
    return [] if engagement.status == EngagementStatus.IN_REVIEW else editing_blockers(engagement)


def changing_lead_blockers(lead: ClientLead, deputy_for: ClientLead | None, *, is_signatory: bool) -> list[Blocker]:
    """Return why a client lead cannot get another part in the plan: nobody is their own deputy, or that of a reader."""
    if deputy_for is not None and deputy_for.pk == lead.pk:
        return [Blocker("Nobody can be their own deputy. Choose another signatory.")]
    return naming_deputy_blockers(lead.engagement, deputy_for, is_signatory=is_signatory)


def without_deputy(leads: Iterable[ClientLead]) -> list[ClientLead]:
    """Return the signatories who have no deputy yet. Takes the current leads."""
    rows = list(leads)
    taken = {lead.deputy_for_id for lead in rows}
    return [lead for lead in rows if lead.is_signatory and lead.pk not in taken]


def naming_lead_blockers(engagement: Engagement, leads: Iterable[ClientLead]) -> list[Blocker]:
    """Return why nobody can be named as a client lead: in review there must be a signatory who has no deputy yet (P11)."""
    if engagement.status != EngagementStatus.IN_REVIEW:
        return editing_blockers(engagement)
    if without_deputy(leads):
        return []
    return [Blocker("While the plan is in review only a deputy can be named, and every signatory has one.")]


def asked_in_words(signing_order: str, leads: Sequence[ClientLead]) -> str:
    """Say in which order the signatories are asked to decide (P15). Takes the current leads in their order."""
    names = [str(lead) for lead in leads if lead.is_signatory]
    if len(names) < 2:
        return ""
    if signing_order == SigningOrder.PARALLEL:
        return f"{joined(names)} are asked at the same time."
    return f"{names[0]} is asked first, then {', then '.join(names[1:])}. Each is asked once the one before has agreed."


def job_title_blockers(lead: ClientLead) -> list[Blocker]:
    """Return why a client lead's job title cannot be changed from one engagement: it stands on others too."""
    others = lead.user.client_leads.filter(removed_at=None).exclude(engagement=lead.engagement)
    if not others.exists():
        return []
    return [Blocker(f"{lead} is named on other engagements too, so their job title cannot be changed from this one.")]
