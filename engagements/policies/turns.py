"""Whose turn it is to decide on a version (P15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engagements.enums import SigningOrder

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from engagements.models import ClientLead


def undecided(leads: Sequence[ClientLead], decided: Collection[int]) -> list[ClientLead]:
    """Return the signatories who are on the plan and have not decided, in the order in which they sign.

    `decided` holds the keys of the client leads for whom a decision was taken.
    """
    waiting = [lead for lead in leads if lead.is_signatory and lead.removed_at is None and lead.pk not in decided]
    return sorted(waiting, key=lambda lead: (lead.position, lead.pk))


def to_decide_now(signing_order: str, signatories: Sequence[ClientLead], decided: Collection[int]) -> list[ClientLead]:
    """Return whom the plan waits for now: all who have not decided or, where they sign in order, the first of them."""
    waiting = undecided(signatories, decided)
    return waiting[:1] if signing_order == SigningOrder.IN_ORDER else waiting
