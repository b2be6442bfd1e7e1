"""How long a plan has waited and on whom, in words (P10)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.utils.formats import date_format
from django.utils.timezone import localdate

from core.text import counted, joined
from engagements.enums import VersionOutcome
from engagements.models import ClientLead, Decision
from engagements.policies.turns import to_decide_now

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from engagements.models import Engagement


@dataclass(frozen=True)
class Turn:
    """Who is on one plan in review, for whom has been decided, and for whom it waits now."""

    leads: list[ClientLead]
    decided: frozenset[int]
    now: list[ClientLead]


def turns_of(engagements: Iterable[Engagement]) -> dict[int, Turn]:
    """Return for each of some engagements whose turn it is to decide, by its key; one query for all of them."""
    rows = {engagement.pk: engagement for engagement in engagements}
    decisions = Decision.objects.filter(client_lead=OuterRef("pk"), version__outcome=VersionOutcome.WAITING)
    leads = ClientLead.objects.current().with_people().filter(engagement__in=rows).annotate(has_decided=Exists(decisions))
    found: dict[int, list[ClientLead]] = defaultdict(list)
    decided: dict[int, set[int]] = defaultdict(set)
    for lead in leads:
        found[lead.engagement_id].append(lead)
        if lead.has_decided:
            decided[lead.engagement_id].add(lead.pk)
    return {
        pk: Turn(found[pk], frozenset(decided[pk]), to_decide_now(row.signing_order, found[pk], decided[pk]))
        for pk, row in rows.items()
    }


def waiting_words(submitted_at: datetime, due_on: date | None, leads: Sequence[ClientLead], *, on: date) -> str:
    """Say to those who wrote a plan how long it has been with the client, for whom it waits now and by when they are asked."""
    sentences = [f"With the client {waited_for(submitted_at, on=on)}."]
    if leads:
        sentences.append(f"Waiting for {joined([str(lead) for lead in leads])}.")
    if due_on:
        sentences.append(f"Asked to decide by {due_words(due_on, on=on)}.")
    return " ".join(sentences)


def waited_for(submitted_at: datetime, *, on: date) -> str:
    """Say how long a plan has been with the client: "for 9 days"."""
    days = (on - localdate(submitted_at)).days
    return f"for {counted(days, 'day')}" if days > 0 else "since today"


def due_words(due_on: date, *, on: date) -> str:
    """Write a due date and, once it has passed, how late it is: "3 April 2017: 2 days late"."""
    days = (on - due_on).days
    late = f": {counted(days, 'day')} late" if days > 0 else ", today" if days == 0 else ""
    return f"{date_format(due_on, 'DATE_FORMAT')}{late}"
