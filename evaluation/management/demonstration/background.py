"""What stands before any engagement: people, organisations, providers and what the regions offer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.actions import add_person
from accounts.enums import DEMONSTRATION_DOMAIN, Role
from directory.actions import add_organisation
from interventions.actions import add_offer, add_provider

if TYPE_CHECKING:
    from pathlib import Path

    from accounts.models import User
    from evaluation.management.demonstration.clock import Clock
    from evaluation.management.demonstration.known import Known

DAYS_AGO = 820


@transaction.atomic
def load_background(folder: Path, known: Known, clock: Clock) -> list[str]:
    """Add what is not there yet, in the name of the national admin, and say how much it was."""
    clock.start(DAYS_AGO)
    people = _read(folder, "people")
    national = next(person for person in people if person.get("role") == Role.NATIONAL_ADMIN)
    added = [_add_person(national, known, clock, by=None)]
    by = known.people[national["key"]]
    organisations = [row for row in _read(folder, "organisations") if row["name"] not in known.organisations]
    for row in organisations:
        known.organisations[row["name"]] = add_organisation(values=known.values(row, clock), by=by)
    added += [_add_person(row, known, clock, by=by) for row in people]
    providers = [row for row in _read(folder, "providers") if row["name"] not in known.providers]
    for row in providers:
        known.providers[row["name"]] = add_provider(values=known.values(row, clock), by=by)
    offers = [_add_offer(row, known, clock, by=by) for row in _read(folder, "offers")]
    counts = {"organisations": len(organisations), "people": sum(added), "providers": len(providers), "offers": sum(offers)}
    return [f"{kind}: {count} added" for kind, count in counts.items()]


def _read(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return the rows of one file."""
    rows: list[dict[str, Any]] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return rows


def _add_person(row: dict[str, Any], known: Known, clock: Clock, *, by: User | None) -> bool:
    """Add a person whose address is not known; say whether it was so."""
    key = row["key"]
    if key in known.people:
        return False
    values = {name: value for name, value in row.items() if name != "key"} | {"email": f"{key}@{DEMONSTRATION_DOMAIN}"}
    known.people[key] = add_person(values=known.values(values, clock), by=by)
    return True


def _add_offer(row: dict[str, Any], known: Known, clock: Clock, *, by: User) -> bool:
    """Add what a region offers, unless it has been said before; say whether it was so."""
    values = known.values(row, clock)
    if known.was_added("interventions.regionaloffer", f"{values['intervention']} in {values['region']}"):
        return False
    add_offer(values=values, by=by)
    return True
