"""Who signs a plan on the review page: what they decided, or whose turn it is and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from engagements import policies
from engagements.enums import SigningOrder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from engagements.documents import Brief
    from engagements.models import ClientLead, Decision
    from engagements.policies import Signing


@dataclass(frozen=True)
class Signatory:
    """One signatory: what was decided for them, or what the plan waits for."""

    name: str
    about: str
    state: str
    deputy: str = ""
    note: str = ""
    decision: Decision | None = None
    has_successor: bool = False


def signatories_to_be(leads: Iterable[ClientLead]) -> list[Signatory]:
    """Return who will be asked to sign a plan that has not been submitted."""
    deputies = {lead.deputy_for_id: str(lead) for lead in leads if lead.deputy_for_id}
    return [
        Signatory(
            str(lead),
            _about(lead.user.job_title, lead.organisation.name if lead.organisation else ""),
            "",
            deputies.get(lead.pk, ""),
        )
        for lead in leads
        if lead.is_signatory
    ]


def signatories_of(brief: Brief | None, signing: Signing, decisions: Sequence[Decision]) -> list[Signatory]:
    """Return the signatories of a submitted version as its document names them, with deputies named since while it waits."""
    by_number = {decision.number: decision for decision in decisions}
    if brief is None:
        return [_who_decided(decision, signing.leads) for decision in decisions]
    current = {lead.position: lead for lead in signing.leads} if signing.is_waiting else {}
    deputies = {lead.deputy_for_id: str(lead) for lead in signing.leads if lead.deputy_for_id}
    rows = []
    for number, named in enumerate(brief.client_leads, start=1):
        if number in by_number:
            rows.append(_who_decided(by_number[number], signing.leads))
        elif named.is_signatory:
            lead = current.get(number)
            state, note = _standing(signing, lead, decisions)
            if _has_successor(lead, named.name, signing):
                note = f"{lead} decides in their place. {note}".strip()
            written = next((row.name for row in brief.client_leads if row.deputy_for == named.name), "")
            deputy = deputies.get(lead.pk, "") if lead else ("" if signing.is_waiting else written)
            rows.append(Signatory(named.name, _about(named.job_title, named.organisation), state, deputy, note))
    return rows


def _has_successor(lead: ClientLead | None, name: str, signing: Signing) -> bool:
    """Tell whether the part of somebody whom the version names is another's by now; asked of those of another name only."""
    if lead is None or signing.version is None or str(lead) == name:
        return False
    return policies.has_taken_over(lead, signing.version)


def _who_decided(decision: Decision, leads: Iterable[ClientLead]) -> Signatory:
    """Return a signatory for whom a decision was taken: by themselves, by their deputy, or by who has their part now."""
    now = next((lead for lead in leads if lead.pk == decision.client_lead_id), None)
    is_successor = bool(decision.on_behalf_of) and now is not None and now.user_id == decision.decided_by_id
    name = decision.on_behalf_of or decision.name
    about = "" if decision.on_behalf_of else _about(decision.job_title, decision.organisation)
    return Signatory(name, about, decision.outcome, decision=decision, has_successor=is_successor)


def _standing(signing: Signing, lead: ClientLead | None, decisions: Sequence[Decision]) -> tuple[str, str]:
    """Return how it stands with a signatory who has not decided, and since when it waits for them (P10)."""
    if not signing.is_waiting or signing.version is None:
        return "", ""
    if lead is None:
        return "left", ""
    if lead.pk not in {row.pk for row in signing.waits_for}:
        return "later", ""
    is_in_order = signing.engagement.signing_order == SigningOrder.IN_ORDER
    earlier = [decision.at for decision in decisions] if is_in_order else []
    return "waiting", _waited(max([signing.version.submitted_at, *earlier]))


def _waited(since: datetime) -> str:
    """Say for how long a decision has been waited for."""
    return policies.asked_words((timezone.localdate() - timezone.localdate(since)).days)


def _about(job_title: str, organisation: str) -> str:
    """Return what somebody does, and where."""
    return ", ".join(part for part in (job_title, organisation) if part)
