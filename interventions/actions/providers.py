"""Every write to who delivers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from core import audit, records
from core.refusals import ActionRefused, Blocker, refuse_if
from interventions import policies
from interventions.models import Provider

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from accounts.models import User

_TRAIL = "providers"


@transaction.atomic
def add_provider(*, values: Mapping[str, Any], by: User) -> Provider:
    """Add a provider to the directory, with the regions and interventions it works in; a regional admin's works in their region."""
    own = {"regions": [by.region]} if by.is_regional else {}
    return records.add(Provider(), {**values, **own}, by=by, trail=_TRAIL)


@transaction.atomic
def change_provider(
    *,
    provider: Provider,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> Provider:
    """Change what is said of a provider.

    Of its regions a regional admin moves only their own in or out, whatever else was posted; what other regions rely on
    too is said by national admins alone.
    """
    locked = _lock(provider)
    values = dict(values)
    if by.is_regional and "regions" in values:
        values["regions"] = policies.own_region_changed(locked, values["regions"], by)
        # Nobody else's choice of regions is undone by theirs, so there is nothing to clash over.
        seen = None if seen is None else {name: mark for name, mark in seen.items() if name != "regions"}
    refuse_if(policies.keeping_provider_blockers(locked, values, by))
    return records.change(locked, values, by=by, trail=_TRAIL, seen=seen, overwrite=overwrite)


@transaction.atomic
def retire_provider(*, provider: Provider, by: User, values: Mapping[str, Any] | None = None) -> None:
    """Offer a provider no longer; plans and offers that use it keep it."""
    locked = _lock(provider)
    refuse_if(policies.retiring_provider_blockers(locked))
    _set_active(locked, is_active=False)
    audit.record("retired", locked, by=by, trail=_TRAIL)


@transaction.atomic
def reinstate_provider(*, provider: Provider, by: User) -> None:
    """Offer a retired provider again."""
    locked = _lock(provider)
    refuse_if(policies.reinstating_provider_blockers(locked))
    _set_active(locked, is_active=True)
    audit.record("brought back", locked, by=by, trail=_TRAIL)


@transaction.atomic
def remove_provider(*, provider: Provider, by: User, values: Mapping[str, Any] | None = None) -> None:
    """Remove a provider that nothing uses; what it said stays in the trail."""
    locked = _lock(provider)
    refuse_if(policies.removing_provider_blockers(locked))
    records.remove(locked, by=by, trail=_TRAIL)


def _lock(provider: Provider) -> Provider:
    """Return the provider as it stands, held until the transaction ends."""
    locked = Provider.objects.select_for_update(of=("self",)).filter(pk=provider.pk).first()
    if locked is None:
        raise ActionRefused([Blocker("Somebody has removed this provider meanwhile.")])
    return locked


def _set_active(provider: Provider, *, is_active: bool) -> None:
    """Write whether a provider can be chosen."""
    provider.is_active = is_active
    provider.save(update_fields=["is_active"])
