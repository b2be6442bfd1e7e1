"""What admins have kept true: contacts and offers that were checked, a region's own interventions, proposals for the national menu."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import transaction

from directory.actions import check_contacts
from directory.models import ContactPoint
from interventions.actions import accept_proposal, add_extra, add_proposal, check_offer, decline_proposal

if TYPE_CHECKING:
    from pathlib import Path

    from evaluation.management.demonstration.clock import Clock
    from evaluation.management.demonstration.known import Known


@transaction.atomic
def load_upkeep(folder: Path, known: Known, clock: Clock) -> list[str]:
    """Tell what was not told before, the oldest first, and say how much it was."""
    told = json.loads((folder / "upkeep.json").read_text(encoding="utf-8"))
    steps = [
        *((row["days_ago"], _check_region, row) for row in told["checks"]),
        *((row["days_ago"], _add_extra, row) for row in told["extras"]),
        *((row["days_ago"], _add_proposal, row) for row in told["proposals"]),
    ]
    done = 0
    for days_ago, step, row in sorted(steps, key=lambda step: -step[0]):
        clock.start(days_ago)
        done += step(row, known, clock)
    return [f"steps of upkeep: {done} added"]


def _check_region(row: dict[str, Any], known: Known, clock: Clock) -> bool:
    """Let a regional admin check contacts, and the offers that they named, unless somebody has checked them before."""
    region, by = known.regions[row["region"]], known.people[row["by"]]
    if ContactPoint.objects.filter(region=region).exclude(last_checked_on=None).exists():
        return False
    check_contacts(region=region, by=by)
    for slug in row["offers"]:
        clock.tick()
        check_offer(region=region, intervention=known.interventions[slug], by=by)
    return True


def _add_extra(row: dict[str, Any], known: Known, clock: Clock) -> bool:
    """Add an intervention of one region, unless it was added before."""
    values = known.values(row["values"], clock)
    if known.was_added("interventions.intervention", values["name"]):
        return False
    add_extra(region=known.regions[row["region"]], values=values, by=known.people[row["by"]])
    return True


def _add_proposal(row: dict[str, Any], known: Known, clock: Clock) -> bool:
    """Propose a change and answer it, unless it was proposed before."""
    intervention, by = known.interventions[row["intervention"]], known.people[row["by"]]
    if known.was_added("interventions.menuproposal", f"for {intervention} by {by.region}"):
        return False
    values = {"reason": row["reason"], **row["values"]}
    proposal = add_proposal(intervention=intervention, values=values, by=by)
    answer = row.get("answer")
    if answer:
        clock.wait_until(answer["days_ago"])
        national = known.people[answer["by"]]
        said = {"answer": answer["answer"]}
        if answer["is_accepted"]:
            accept_proposal(proposal=proposal, values=answer["values"] | said, by=national)
        else:
            decline_proposal(proposal=proposal, values=said, by=national)
    return True
