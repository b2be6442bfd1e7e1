"""Whose name a measure carries: the people who collect it, and what becomes of it when one of them leaves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse

from accounts.policies import NOBODY, OpenWork
from engagements.enums import OPEN_STATUSES
from engagements.models import ClientLead, Engagement
from engagements.policies import colleagues_in, shown_to
from evaluation.models import Measure
from evaluation.policies.measures import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import User
    from accounts.policies import WorkSource
    from engagements.policies import Shown

# What stands between the names of several owners of one measure.
_JOINS_BEFORE = re.compile(r"(\s*[,;&/+]\s*|\s+and\s+|^\s*and\s+)+$", re.IGNORECASE)
_JOINS_AFTER = re.compile(r"^(\s*[,;&/+]\s*(and\s+)?|\s+and\s+)+", re.IGNORECASE)


def owned_in_words(owner: str, name: str) -> re.Match[str] | None:
    """Find a person's whole name in what a measure says of its owner, whatever stands beside it."""
    words = r"\s+".join(re.escape(word) for word in name.split())
    return re.search(rf"(?<![\w-]){words}(?![\w-])", owner, re.IGNORECASE) if words else None


def is_owner(person: User, measure: Measure) -> bool:
    """Tell whether a measure names a person as the one who collects it."""
    return owned_in_words(measure.owner, person.full_name) is not None


def owner_after(owner: str, name: str, successor: str) -> str:
    """Return what a measure says of its owner once somebody else collects it, or nobody does; what stands beside the name stays."""
    found = owned_in_words(owner, name)
    if found is None:
        return owner
    before, after = owner[: found.start()], owner[found.end() :]
    if successor:
        return f"{before}{successor}{after}".strip()
    last, first = _JOINS_BEFORE.search(before), _JOINS_AFTER.match(after)
    before, after, join = _JOINS_BEFORE.sub("", before).strip(), _JOINS_AFTER.sub("", after).strip(), first or last
    return f"{before}{join.group() if join else ' '}{after}" if before and after else before or after


def measures_owned_by(person: User, by: User, source: WorkSource) -> list[OpenWork]:
    """Return the measures of open engagements that name a person as their owner.

    A measure names its owner in words. A name stands for this person on what they work on, sign or read, and in their own region.
    """
    near = Q(lead_consultant=person) | Q(team=person) | Q(client_leads__user=person)
    near |= Q(lead_region=person.region_id) if person.region_id else Q()
    engagements = Engagement.objects.filter(near, status__in=OPEN_STATUSES).order_by().values("pk")
    first = person.full_name.split()[:1]
    named = Measure.objects.filter(
        engagement__in=engagements, dropped_on=None, owner__icontains=first[0] if first else person.full_name
    )
    rows = named.select_related("engagement__lead_region", "engagement__lead_consultant").order_by("engagement__reference", "pk")
    measures = [row for row in rows if owned_in_words(row.owner, person.full_name)]
    shown = shown_to(by, person, [row.engagement for row in measures])
    regions = {row.engagement.lead_region_id for row in measures}
    people: dict[int, list[User]] = dict(colleagues_in(regions, without=person))
    leads = (
        ClientLead.objects.current().filter(engagement__in=[row.engagement_id for row in measures])
        if person.is_stp_lead
        else None
    )
    clients = [lead for lead in leads.with_people() if lead.user_id != person.pk and lead.user.is_active] if leads else []
    return [
        _owned(
            row,
            shown,
            source,
            [
                *(lead.user for lead in clients if lead.engagement_id == row.engagement_id),
                *people.get(row.engagement.lead_region_id, ()),
            ],
        )
        for row in measures
    ]


def _owned(measure: Measure, shown: Shown, source: WorkSource, people: Sequence[User]) -> OpenWork:
    """Return one measure that a person owns. Whoever may not change its engagement takes the name out, and writes no other in."""
    engagement = measure.engagement
    can_change, is_visible = shown.can_change(engagement), engagement.pk in shown.visible
    what = f"{engagement.reference}: {quoted(measure)}" if is_visible else f"A measure of {shown.name(engagement)}"
    note = "" if can_change else f"Their name is taken out. {engagement.lead_region} chooses who collects it."
    return OpenWork(
        key=f"measure-{measure.pk}",
        kind="Measures they collect",
        sentence=what,
        reference=engagement.reference,
        part="a measure",
        source=source,
        subject=measure,
        url=reverse("evaluation:measure_list", args=[engagement.reference]) if is_visible else "",
        note=note,
        candidates=tuple({person.pk: person for person in people}.values()) if can_change else (),
        suggested="" if can_change else NOBODY,
        can_be_new=can_change and shown.person.is_stp_lead,
        can_be_nobody=True,
    )
