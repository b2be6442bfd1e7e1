"""Every write to the national menu: what stands on it, what left it and what took its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone

from core import audit, records
from core.refusals import refuse_if
from core.text import joined
from interventions import policies
from interventions.actions.offers import offers_trail
from interventions.actions.words import change_words, next_place
from interventions.models import Intervention, RegionalOffer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from accounts.models import User

TRAIL = "menu"
# What the parts of a split intervention start from, beside a name and a summary of their own.
_KEPT_IN_PARTS = ("main_domain", "other_domains", "description", "suits", "typical_length", "roles", "behaviours")
_KEPT_IN_OFFERS = ("availability", "notes", "lead_time_weeks", "cost_from", "cost_to", "contact", "providers")


@transaction.atomic
def add_intervention(*, values: Mapping[str, Any], by: User) -> Intervention:
    """Put a new intervention on the national menu, last in its domain."""
    made = Intervention(slug=policies.free_slug(values["name"]), position=next_place(values["main_domain"]))
    return records.add(made, values, by=by, trail=TRAIL)


@transaction.atomic
def change_intervention(
    *,
    intervention: Intervention,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> Intervention:
    """Change what the menu says of an intervention: a new version, and plans keep the one they were made from (P38)."""
    locked = _lock(intervention)
    return change_words(locked, values, by=by, trail=TRAIL, seen=seen, overwrite=overwrite)


@transaction.atomic
def retire_intervention(*, intervention: Intervention, values: Mapping[str, Any], by: User) -> Intervention:
    """Take an intervention off the menu, and say why and what takes its place; wherever it was used it stays."""
    locked = _lock(intervention)
    refuse_if(policies.retiring_blockers(locked, reason=values["reason"], successors=values["successors"]))
    return _take_off(locked, verb="retired", reason=values["reason"], successors=list(values["successors"]), by=by)


@transaction.atomic
def reinstate_intervention(*, intervention: Intervention, by: User) -> Intervention:
    """Bring a retired intervention back to its place on the menu; what took its place stays there too."""
    locked = _lock(intervention)
    refuse_if(policies.reinstating_blockers(locked))
    changes = [_change("retired_reason", "why it was retired", old=locked.retired_reason)]
    locked.retired_at, locked.retired_reason = None, ""
    locked.save(update_fields=["retired_at", "retired_reason"])
    audit.record("brought back", locked, by=by, trail=TRAIL, changes=changes)
    return locked


@transaction.atomic
def split_intervention(*, intervention: Intervention, values: Mapping[str, Any], by: User) -> list[Intervention]:
    """Put two or more in the place of an intervention, each starting from its text, and retire it.

    Regions offer each part as they offered the whole, and providers deliver each: nothing drops out of what is said of a region.
    Nobody has checked that of the parts yet.
    """
    locked = _lock(intervention)
    parts = values["parts"]
    refuse_if(policies.splitting_blockers(locked, reason=values["reason"], names=[part["name"] for part in parts]))
    shared = {name: _value_of(locked, name) for name in _KEPT_IN_PARTS}
    made = []
    for part in parts:
        new = Intervention(slug=policies.free_slug(part["name"]), region=locked.region, position=locked.position)
        made.append(records.add(new, shared | part, by=by, trail=TRAIL))
    for offer in locked.offers.select_related("region").order_by("pk"):
        said = {name: _value_of(offer, name) for name in _KEPT_IN_OFFERS}
        for new in made:
            said |= {"region": offer.region, "intervention": new}
            records.add(RegionalOffer(), said, by=by, trail=offers_trail(offer.region))
    for provider in locked.providers.select_for_update(of=("self",)).order_by("pk"):
        delivers = [*provider.interventions.all(), *made]
        records.change(provider, {"interventions": delivers}, by=by, trail="providers")
    _take_off(locked, verb="split", reason=values["reason"], successors=made, by=by)
    return made


def _take_off(locked: Intervention, *, verb: str, reason: str, successors: Iterable[Intervention], by: User) -> Intervention:
    """Retire a locked intervention. Its words stay as they are, so that this makes no version."""
    locked.retired_at, locked.retired_reason = timezone.now(), reason
    locked.save(update_fields=["retired_at", "retired_reason"])
    locked.successors.set(successors)
    places = joined([str(row) for row in successors])
    changes = [_change("retired_reason", "why", new=reason)]
    changes += [_change("successors", "what takes its place", new=places)] if places else []
    audit.record(verb, locked, by=by, trail=TRAIL, changes=changes)
    return locked


def _change(field: str, label: str, *, old: str = "", new: str = "") -> audit.FieldChange:
    """Tell one change of what no version holds."""
    return {"field": field, "label": label, "old": old[: records.MAX_AUDIT_TEXT], "new": new[: records.MAX_AUDIT_TEXT]}


def _lock(intervention: Intervention) -> Intervention:
    """Read an intervention again and hold it."""
    rows: models.QuerySet[Intervention] = Intervention.objects.select_for_update(of=("self",))
    return rows.get(pk=intervention.pk)


def _value_of(record: Intervention | RegionalOffer, name: str) -> Any:
    """Return one field of a record as a new one takes it."""
    value = getattr(record, name)
    return list(value.all()) if record._meta.get_field(name).many_to_many else value
