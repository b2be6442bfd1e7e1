"""Every write to what a region offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from core import audit, records
from core.refusals import ActionRefused, Blocker, refuse_if
from directory.models import Region
from interventions import policies
from interventions.models import RegionalOffer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from accounts.models import User
    from interventions.models import Intervention

# Which offer it is, and what is no column of it: neither is written as it was sent.
_NOT_SAID = {"region", "intervention", "is_checked"}


@transaction.atomic
def add_offer(*, values: Mapping[str, Any], by: User) -> RegionalOffer:
    """Say what one region offers of one intervention."""
    return records.add(RegionalOffer(), values, by=by, trail=offers_trail(values["region"]))


@transaction.atomic
def save_offer(
    *,
    region: Region,
    intervention: Intervention,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> RegionalOffer:
    """Say what a region offers of an intervention, for the first time or anew; `is_checked` says that all of it is true today.

    Where two people say it for the first time at once, the second is laid beside the first: both texts are shown.
    """
    _lock(region)
    return _save(region, intervention, values, by=by, seen=seen, overwrite=overwrite)


@transaction.atomic
def check_offer(*, region: Region, intervention: Intervention, by: User, seen: str | None = None) -> RegionalOffer:
    """Say that what stands there is true today, as it was seen; where nothing was said yet, it is said to be on request."""
    _lock(region)
    marks = {} if seen is None else {str(intervention.pk): seen}
    refuse_if(policies.seen_blockers([_as_it_stands(region, intervention)], marks, step="check"))
    return _save(region, intervention, {"is_checked": True}, by=by)


@transaction.atomic
def change_offers(
    *,
    region: Region,
    interventions: Iterable[Intervention],
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
) -> list[RegionalOffer]:
    """Say the same of several interventions at once; what is left empty stays as it is. Return those that are not as they were.

    All is refused where one of them was changed since its mark (by primary key of the intervention) was `seen`.
    """
    said = {name: value for name, value in values.items() if value is not None and value is not False and value != ""}
    if not said:
        raise ActionRefused([Blocker("Choose what to change: the availability, the notice, the contact, or “checked today”.")])
    _lock(region)
    chosen = list(interventions)
    refuse_if(policies.seen_blockers([_as_it_stands(region, row) for row in chosen], seen or {}, step="change"))
    changed = []
    for intervention in chosen:
        before = _state(_find(region, intervention))
        offer = _save(region, intervention, said, by=by)
        if _state(offer) != before:
            changed.append(offer)
    return changed


def offers_trail(region: Region) -> str:
    """Return the trail in which all that a region says of its menu is told."""
    return f"offers:{region.pk}"


def _lock(region: Region) -> None:
    """Let one person at a time write what a region offers: the row of an offer may not be there to be locked."""
    Region.objects.select_for_update(of=("self",)).get(pk=region.pk)


def _find(region: Region, intervention: Intervention) -> RegionalOffer | None:
    """Return the offer of a region that holds its lock, if it has said anything."""
    return RegionalOffer.objects.select_for_update(of=("self",)).filter(region=region, intervention=intervention).first()


def _as_it_stands(region: Region, intervention: Intervention) -> RegionalOffer:
    """Return what a region that holds its lock says of an intervention, or what is read where it has said nothing."""
    offer = _find(region, intervention) or policies.unstated_offer(intervention, region)
    offer.intervention = intervention
    return offer


def _state(offer: RegionalOffer | None) -> tuple[object, ...]:
    """Return what tells whether an offer was changed or checked."""
    return (offer.version, offer.last_checked_on, offer.last_checked_by_id) if offer else ()


def _save(
    region: Region,
    intervention: Intervention,
    values: Mapping[str, Any],
    *,
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> RegionalOffer:
    """Add or change the one offer that a region has of an intervention, and check it where that is said."""
    intervention = type(intervention).objects.get(pk=intervention.pk)
    refuse_if(policies.offer_blockers(intervention, region))
    said = {name: value for name, value in values.items() if name not in _NOT_SAID}
    trail = offers_trail(region)
    offer = _find(region, intervention)
    known = set(offer.providers.all()) if offer else set()
    if offer is None:
        offer = records.add(policies.unstated_offer(intervention, region), said, by=by, trail=trail)
    else:
        offer = records.change(offer, said, by=by, trail=trail, seen=seen, overwrite=overwrite)
    if "providers" in said:
        refuse_if(policies.naming_blockers(region, set(offer.providers.all()) - known))
    if values.get("is_checked"):
        _check(offer, by=by)
    return offer


def _check(offer: RegionalOffer, *, by: User) -> None:
    """Note that an offer is true today, once for each person and day."""
    today = timezone.localdate()
    if (offer.last_checked_on, offer.last_checked_by_id) == (today, by.pk):
        return
    offer.last_checked_on, offer.last_checked_by = today, by
    offer.save(update_fields=["last_checked_on", "last_checked_by"])
    audit.record("checked", offer, by=by, trail=offers_trail(offer.region))
