"""What may be done with a provider, and where it is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.refusals import Blocker
from core.said import comparable, field_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from accounts.models import User
    from directory.models import Region
    from interventions.models import Provider, RegionalOffer

    PlansFinder = Callable[[Provider, User], Iterable["ProviderUse"]]

NATIONAL_ADMINS_CHANGE_IT = "It works beyond your region, so only national admins can change what is said of it."

_plan_finders: list[PlansFinder] = []


@dataclass(frozen=True)
class ProviderUse:
    """One place where a provider is named: a plan or an offer, as one person may see it."""

    label: str
    url: str
    note: str = ""


def register_plans_finder(find: PlansFinder) -> None:
    """Let an upper app say which plans name a provider, to a person who may see them; it joins in its `apps.py`."""
    if find not in _plan_finders:
        _plan_finders.append(find)


def plans_using(provider: Provider, user: User) -> list[ProviderUse]:
    """Return the open plans that name a provider, as far as a person may see them."""
    return [use for find in _plan_finders for use in find(provider, user)]


def offers_using(provider: Provider, user: User) -> list[RegionalOffer]:
    """Return what regions offer with a provider: to a regional person their own region's."""
    offers = provider.offers.select_related("region", "intervention").order_by("region__name", "intervention__name", "pk")
    return list(offers if user.is_national_admin else offers.filter(region=user.region_id))


def is_provider_used(provider: Provider) -> bool:
    """Tell whether any plan or offer names a provider, whoever may see it."""
    return provider.planned_interventions.exists() or provider.offers.exists()


def keeping_provider_blockers(provider: Provider, values: Mapping[str, Any], by: User) -> list[Blocker]:
    """Say why a regional admin cannot change this of a provider: it works beyond their region, or would work nowhere."""
    if by.is_national_admin:
        return []
    regions = {region.pk for region in provider.regions.all()}
    differing = {name for name, value in values.items() if comparable(value) != field_value(provider, name)}
    if regions != {by.region_id} and differing - {"regions"}:
        return [Blocker(NATIONAL_ADMINS_CHANGE_IT)]
    if not regions and "regions" in differing:
        return [Blocker("It works across the whole country already. Only national admins can change where it works.")]
    if "regions" in differing and not values["regions"]:
        return [Blocker("It works nowhere else. Retire it instead, so that plans that use it keep it.")]
    return []


def retiring_provider_blockers(provider: Provider) -> list[Blocker]:
    """Say why a provider cannot be retired."""
    return [] if provider.is_active else [Blocker(f"{provider} is retired already.")]


def reinstating_provider_blockers(provider: Provider) -> list[Blocker]:
    """Say why a provider cannot be brought back."""
    return [Blocker(f"{provider} is in use already.")] if provider.is_active else []


def removing_provider_blockers(provider: Provider) -> list[Blocker]:
    """Say why a provider cannot be removed: what plans and offers use is retired, so that they keep it."""
    if is_provider_used(provider):
        return [Blocker("Plans or offers use this provider, so it cannot be removed. Retire it instead: they keep it.")]
    return []


def own_region_changed(provider: Provider, chosen: Iterable[Region], by: User) -> list[Region]:
    """Return the regions of a provider where a regional admin chose: theirs in or out, every other as it was."""
    others = [region for region in provider.regions.all() if region.pk != by.region_id]
    return others + [region for region in chosen if region.pk == by.region_id]
