"""What regions say of the menu, as pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q

from core.records import mark_of
from core.refusals import Blocker
from core.text import joined
from directory.models import Region
from interventions.enums import AVAILABILITY_UNLESS_STATED, MAX_DAYS_UNCHECKED, Availability
from interventions.models import Intervention, Provider, RegionalOffer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date


@dataclass(frozen=True)
class OfferShown:
    """What one region says of one intervention, and who delivers it there; where nothing has been said it can be asked for."""

    offer: RegionalOffer
    providers: Sequence[Provider] = ()

    @property
    def is_stated(self) -> bool:
        """Tell whether the region has said anything."""
        return self.offer.pk is not None

    @property
    def mark(self) -> str:
        """Return a mark of what is said, which changes with it."""
        return mark_of([self.offer])

    @property
    def colour(self) -> str:
        """Return the colour of the word about the availability."""
        colours = {Availability.OFFERED: "green", Availability.NOT_OFFERED: "grey"}
        return colours.get(Availability(self.offer.availability), "white")

    def is_due(self, on: date) -> bool:
        """Tell whether a stated offer was never checked, or too long ago to rely on."""
        return self.is_stated and is_due(self.offer, on)


@dataclass(frozen=True)
class RegionSummary:
    """How much of the menu one region keeps true."""

    region: Region
    stated: int
    not_stated: int
    due: int


def is_due(offer: RegionalOffer, on: date) -> bool:
    """Tell whether an offer was never checked, or too long ago to rely on."""
    return offer.last_checked_on is None or offer.last_checked_on < on - timedelta(days=MAX_DAYS_UNCHECKED)


def offer_shown(offer: RegionalOffer, providers: Iterable[Provider] = ()) -> OfferShown:
    """Return an offer with those of its providers that still deliver, by name."""
    working = sorted((row for row in providers if row.is_active), key=lambda row: (row.name, row.pk))
    return OfferShown(offer, working)


def offers_shown(menu: Iterable[Intervention], region: Region) -> list[OfferShown]:
    """Return what one region says of each intervention of a menu, in two queries."""
    offers = RegionalOffer.objects.filter(region=region).select_related("last_checked_by")
    stated = {offer.intervention_id: offer for offer in offers}
    providers = _providers_of(regionaloffer__region=region)
    shown = []
    for intervention in menu:
        offer = stated.get(intervention.pk) or unstated_offer(intervention, region)
        offer.region, offer.intervention = region, intervention
        shown.append(offer_shown(offer, providers.get(offer.pk, ())))
    return shown


def offers_everywhere(intervention: Intervention) -> list[OfferShown]:
    """Return what each region says of an intervention, by name and in three queries; of an extra, its own region alone."""
    regions = Region.objects.order_by("name", "pk")
    if intervention.region_id:
        regions = regions.filter(pk=intervention.region_id)
    stated = {offer.region_id: offer for offer in intervention.offers.all()}
    providers = _providers_of(regionaloffer__intervention=intervention)
    shown = []
    for region in regions:
        offer = stated.get(region.pk) or unstated_offer(intervention, region)
        offer.region = region
        shown.append(offer_shown(offer, providers.get(offer.pk, ())))
    return shown


def _providers_of(**narrowed: Region | Intervention) -> dict[int, list[Provider]]:
    """Return the providers named on some offers (primary keys), in one query whether there are any or not."""
    found: dict[int, list[Provider]] = {}
    named: Any = RegionalOffer.providers.through
    for row in named.objects.filter(**narrowed).select_related("provider").order_by("provider__name", "pk"):
        found.setdefault(row.regionaloffer_id, []).append(row.provider)
    return found


def unstated_offer(intervention: Intervention, region: Region) -> RegionalOffer:
    """Return what is said of an intervention where its region has said nothing yet (unsaved)."""
    return RegionalOffer(intervention=intervention, region=region, availability=AVAILABILITY_UNLESS_STATED)


def region_summaries(on: date) -> list[RegionSummary]:
    """Return for each region how much of its menu has been said, and how much was not checked for long."""
    open_offers = Q(offers__intervention__retired_at=None)
    known = Q(offers__last_checked_on__gte=on - timedelta(days=MAX_DAYS_UNCHECKED))
    national = Intervention.objects.on_the_menu().count()
    extras = dict(Intervention.objects.extras().order_by().values_list("region").annotate(Count("pk")))
    regions = Region.objects.annotate(
        stated=Count("offers", filter=open_offers, distinct=True),
        checked=Count("offers", filter=open_offers & known, distinct=True),
    ).annotate(due=F("stated") - F("checked"))
    return [
        RegionSummary(region, region.stated, national + extras.get(region.pk, 0) - region.stated, region.due)
        for region in regions.order_by("name", "pk")
    ]


def offer_blockers(intervention: Intervention, region: Region) -> list[Blocker]:
    """Say why a region cannot say whether it offers an intervention."""
    if intervention.retired_at is not None:
        return [Blocker(f"“{intervention}” is retired: it is not on the menu any more.")]
    if intervention.region_id not in (None, region.pk):
        return [Blocker(f"“{intervention}” is an extra of another region.")]
    return []


def naming_blockers(region: Region, named: Iterable[Provider]) -> list[Blocker]:
    """Say why providers cannot be put into an offer of a region. None is named here: it may have nothing to do with the region any more."""
    keys = {row.pk for row in named}
    if len(keys) > Provider.objects.active().for_region(region).filter(pk__in=keys).distinct().count():
        gone = f"A provider in that version no longer works in {region}, so it cannot come back."
        return [Blocker(f"{gone} Change the offer by hand.")]
    return []


def seen_blockers(offers: Iterable[RegionalOffer], seen: Mapping[str, str], *, step: str) -> list[Blocker]:
    """Say which offers were changed since somebody saw them, so that they cannot speak for them.

    `seen` holds the mark of each by its intervention (primary key); whoever has no mark is taken to know it.
    """
    marks = [(offer.intervention, mark_of([offer])) for offer in offers]
    moved = [f"“{intervention}”" for intervention, mark in marks if seen.get(str(intervention.pk), mark) != mark]
    was, it = ("was", "it") if len(moved) == 1 else ("were", "them")
    return [Blocker(f"{joined(moved)} {was} changed since you opened this page. Look again, then {step} {it}.")] if moved else []
