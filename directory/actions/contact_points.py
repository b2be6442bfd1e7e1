"""Every write to the contact points of a region. Each holds the region's row, so that two people change one list one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from core import audit, records
from core.refusals import ActionRefused, Blocker, refuse_if
from directory import policies
from directory.models import ContactPoint, Region

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from django.contrib.auth.base_user import AbstractBaseUser


@transaction.atomic
def add_contact_point(*, region: Region, values: Mapping[str, Any], by: AbstractBaseUser) -> ContactPoint:
    """Add a contact point below the others; whoever adds it has checked it today."""
    points = _locked(region)
    refuse_if(policies.doubling_blockers(values["kind"], values["value"], points))
    point = ContactPoint(
        region=region,
        position=max((other.position for other in points), default=0) + 1,
        last_checked_on=timezone.localdate(),
        last_checked_by_id=by.pk,
    )
    return records.add(point, values, by=by, trail=region.contacts_trail)


@transaction.atomic
def change_contact_point(
    *,
    point: ContactPoint,
    values: Mapping[str, Any],
    by: AbstractBaseUser,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> ContactPoint:
    """Change a contact point, by hand or back to an earlier version; a new number or address was checked on the day it was written."""
    points = _locked(point.region)
    locked = _one_of(points, point)
    before = locked.kind, locked.value
    changed = records.change(locked, values, by=by, trail=point.region.contacts_trail, seen=seen, overwrite=overwrite)
    if (changed.kind, changed.value) != before:
        refuse_if(policies.doubling_blockers(changed.kind, changed.value, [other for other in points if other.pk != point.pk]))
        _note_checked(changed, by)
    return changed


@transaction.atomic
def remove_contact_point(*, point: ContactPoint, by: AbstractBaseUser) -> None:
    """Take a contact point away; what it said stays in the history of its region."""
    locked = _one_of(_locked(point.region), point)
    records.remove(locked, by=by, trail=point.region.contacts_trail)


@transaction.atomic
def move_contact_point(*, point: ContactPoint, is_up: bool, by: AbstractBaseUser) -> None:
    """Move a contact point one place up or down; at its end of the list it stays."""
    points = _locked(point.region)
    place = points.index(_one_of(points, point))
    other = place - 1 if is_up else place + 1
    if 0 <= other < len(points):
        moved = points[place]
        points[place], points[other] = points[other], points[place]
        _renumber(points)
        audit.record("moved up" if is_up else "moved down", moved, by=by, trail=point.region.contacts_trail)


@transaction.atomic
def order_contact_points(*, region: Region, order: Sequence[int], by: AbstractBaseUser, seen: str | None = None) -> None:
    """Put the contact points of a region in an order of their primary keys; refused where the list is no longer the one that was seen."""
    points = _locked(region)
    refuse_if(policies.seen_blockers(points, seen) or policies.ordering_blockers(points, order))
    by_key = {point.pk: point for point in points}
    ordered = [by_key[key] for key in order]
    if ordered != points:
        _renumber(ordered)
        was, now = ("; ".join(str(point) for point in row)[: records.MAX_AUDIT_TEXT] for row in (points, ordered))
        change: audit.FieldChange = {"field": "order", "label": "order", "old": was, "new": now}
        label = f"the contact points of {region}"
        audit.record("reordered", region, by=by, trail=region.contacts_trail, changes=[change], label=label)


@transaction.atomic
def check_contact_point(*, point: ContactPoint, by: AbstractBaseUser, seen: str | None = None) -> None:
    """Say that a contact point is right, as it was seen."""
    locked = _one_of(_locked(point.region), point)
    refuse_if(policies.seen_blockers([locked], seen))
    _say_checked(locked, by)


@transaction.atomic
def check_contacts(*, region: Region, by: AbstractBaseUser, seen: str | None = None) -> None:
    """Say that all contact points of a region are right, as they were seen."""
    points = _locked(region)
    refuse_if(policies.seen_blockers(points, seen))
    for point in points:
        _say_checked(point, by)


def _locked(region: Region) -> list[ContactPoint]:
    """Hold a region and return its contact points in their order."""
    Region.objects.select_for_update().get(pk=region.pk)
    return list(region.contact_points.select_related("region").in_order())


def _one_of(points: Sequence[ContactPoint], point: ContactPoint) -> ContactPoint:
    """Return a contact point as it stands now; refused where somebody has removed it meanwhile."""
    found = next((row for row in points if row.pk == point.pk), None)
    if found is None:
        raise ActionRefused([Blocker(policies.REMOVED_MEANWHILE)])
    return found


def _renumber(points: Sequence[ContactPoint]) -> None:
    """Give contact points their numbers from one on, in the order given."""
    for place, point in enumerate(points, 1):
        if point.position != place:
            point.position = place
            point.save(update_fields=["position"])


def _say_checked(point: ContactPoint, by: AbstractBaseUser) -> None:
    """Keep that somebody has checked a contact point today, and say so in the trail."""
    _note_checked(point, by)
    audit.record("checked", point, by=by, trail=point.region.contacts_trail)


def _note_checked(point: ContactPoint, by: AbstractBaseUser) -> None:
    """Keep who checked a contact point last, today."""
    point.last_checked_on = timezone.localdate()
    point.last_checked_by_id = by.pk
    point.save(update_fields=["last_checked_on", "last_checked_by"])
