"""Every write to organisations but merging."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from core import records
from core.names import join_names, plain, split_names
from core.refusals import refuse_if
from directory import policies
from directory.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from django.contrib.auth.base_user import AbstractBaseUser

TRAIL = "directory"


@transaction.atomic
def add_organisation(*, values: Mapping[str, Any], by: AbstractBaseUser) -> Organisation:
    """Add an organisation, or return the one that has this name or is the only one that had it; one that has closed is refused."""
    known = list(Organisation.objects.active().named(values["name"])[:2])
    if len(known) != 1:
        closed = Organisation.objects.filter(is_active=False).named(values["name"])
        known = [row for row in closed if plain(row.name) == plain(values["name"])]
    if known:
        held = _successor(known[0])
        refuse_if(policies.naming_blockers(held))
        return held
    return create_organisation(values=values, by=by)


@transaction.atomic
def create_organisation(*, values: Mapping[str, Any], by: AbstractBaseUser) -> Organisation:
    """Add an organisation that nobody has added yet."""
    names = join_names(split_names(values.get("other_names", "")), without=values["name"])
    refuse_if(policies.length_blockers(names))
    return records.add(Organisation(), {**values, "other_names": names}, by=by, trail=TRAIL)


@transaction.atomic
def change_organisation(
    *,
    organisation: Organisation,
    values: Mapping[str, Any],
    by: AbstractBaseUser,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> Organisation:
    """Change an organisation; its earlier name stays among its other names, so that it is found by it."""
    locked = lock_organisation(organisation)
    refuse_if(policies.changing_organisation_blockers(locked))
    changed, known = dict(values), None if seen is None else dict(seen)
    is_list_untouched = "other_names" not in values or _is_as_seen(values["other_names"], seen)
    if "name" in values and plain(values["name"]) != plain(locked.name):
        # Whoever changes the name alone has not said anything of the other names, whatever a colleague does to them meanwhile.
        if is_list_untouched and known is not None:
            known.pop("other_names", None)
        names = split_names(locked.other_names if is_list_untouched else values["other_names"])
        changed["other_names"] = join_names([*names, locked.name], without=values["name"])
        refuse_if(policies.length_blockers(changed["other_names"]))
    return records.change(locked, changed, by=by, trail=TRAIL, seen=known, overwrite=overwrite)


@transaction.atomic
def close_organisation(*, organisation: Organisation, by: AbstractBaseUser) -> Organisation:
    """Mark an organisation as closed: nothing new can name it, and it stays readable where it stands."""
    locked = lock_organisation(organisation)
    refuse_if(policies.closing_organisation_blockers(locked))
    return records.change(locked, {"is_active": False}, by=by, trail=TRAIL, verb="marked as closed")


@transaction.atomic
def reopen_organisation(*, organisation: Organisation, by: AbstractBaseUser) -> Organisation:
    """Let a closed organisation be chosen again."""
    locked = lock_organisation(organisation)
    refuse_if(policies.reopening_organisation_blockers(locked))
    return records.change(locked, {"is_active": True}, by=by, trail=TRAIL, verb="reopened")


@transaction.atomic
def hold_organisation(*, values: Mapping[str, Any], by: AbstractBaseUser, named: int | None = None) -> dict[str, Any]:
    """Return values that name an organisation, with one that can be named, held until the transaction ends.

    One that was described as new is added. Where somebody has merged the chosen one meanwhile, the other is taken; where somebody has
    closed it, the choice is refused. What a record has `named` already it may go on naming. A transaction calls this before it holds
    anything else: merging holds organisations first.
    """
    held = dict(values)
    described = held.pop("new_organisation", None)
    if described:
        held["organisation"] = add_organisation(values=described, by=by)
    chosen = held.get("organisation")
    if chosen is not None and chosen.pk != named:
        held["organisation"] = _successor(chosen)
        refuse_if(policies.naming_blockers(held["organisation"]))
    return held


def lock_organisation(organisation: Organisation) -> Organisation:
    """Read an organisation again and hold it until the transaction ends."""
    return Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)


def _successor(organisation: Organisation) -> Organisation:
    """Hold an organisation against being merged, and return it or the one that it was merged into, however often."""
    rows = Organisation.objects.select_for_update(of=("self",), no_key=True)
    held = rows.get(pk=organisation.pk)
    while held.merged_into_id is not None:
        held = rows.get(pk=held.merged_into_id)
    return held


def _is_as_seen(names: str, seen: Mapping[str, str] | None) -> bool:
    """Tell whether other names are those that the person started from."""
    return seen is not None and seen.get("other_names", "").partition(" ")[0] == records.fingerprint(names)
