"""What the state of an intervention allows, and what follows from its place among those before and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify

from core.refusals import Blocker
from core.text import joined
from interventions.models import Intervention

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

# Words that stand in addresses where a slug could stand too.
_NO_SLUGS = {"new", "propose", "proposals"}
MAX_SLUG = 90
MIN_PARTS = 2


def changing_blockers(intervention: Intervention) -> list[Blocker]:
    """Return why the words of an intervention cannot be changed: it is retired."""
    if intervention.retired_at is None:
        return []
    return [Blocker(f"It was retired on {_day(intervention)}. Bring it back to the menu before you change it.")]


def retiring_blockers(
    intervention: Intervention, *, reason: str | None = None, successors: Iterable[Intervention] = ()
) -> list[Blocker]:
    """Return why an intervention cannot be retired; `reason` is none as long as nobody was asked for it."""
    if intervention.retired_at is not None:
        return [Blocker(f"It was retired already, on {_day(intervention)}.")]
    found = [Blocker("Enter why it is retired.")] if reason is not None and not reason.strip() else []
    chosen = [row.pk for row in successors]
    offered = Intervention.objects.on_the_menu(intervention.region).filter(pk__in=chosen).exclude(pk=intervention.pk)
    if chosen and offered.count() < len(set(chosen)):
        found.append(Blocker("Only another intervention that is on the menu can take its place. Look at the list again."))
    return found


def reinstating_blockers(intervention: Intervention) -> list[Blocker]:
    """Return why an intervention cannot be brought back: it is on the menu."""
    return [Blocker("It is on the menu already.")] if intervention.retired_at is None else []


def splitting_blockers(
    intervention: Intervention, *, reason: str | None = None, names: Sequence[str] | None = None
) -> list[Blocker]:
    """Return why an intervention cannot be split; the reason and the names are none as long as nobody was asked for them."""
    found = retiring_blockers(intervention, reason=reason)
    if names is not None and len({name.strip().lower() for name in names if name.strip()}) < max(MIN_PARTS, len(names)):
        found.append(Blocker("Give each part a name of its own. There must be two parts at least."))
    return found


def choosing_blockers(intervention: Intervention) -> list[Blocker]:
    """Return why a plan cannot take an intervention from the menu, and what it can take instead."""
    if intervention.retired_at is None:
        return []
    instead = joined([f"“{row}”" for row in successors_on_the_menu(intervention)])
    advice = f"You can choose {instead} instead, or plan a bespoke one." if instead else "You can plan a bespoke one instead."
    return [Blocker(f"“{intervention}” has not been on the menu since {_day(intervention)}. {advice}")]


def successors_on_the_menu(intervention: Intervention) -> list[Intervention]:
    """Return what takes the place of an intervention and can be chosen today; what took the place of a retired one counts too."""
    return all_successors_on_the_menu([intervention])[intervention.pk]


def all_successors_on_the_menu(interventions: Collection[Intervention]) -> dict[int, list[Intervention]]:
    """Return for each intervention (primary key) what takes its place and can be chosen today; one query, whatever stands in between."""
    if not interventions:
        return {}
    links = Intervention.successors.through.objects.select_related("to_intervention")
    after: dict[int, list[Intervention]] = {}
    for link in links.order_by("to_intervention__main_domain__position", "to_intervention__position", "to_intervention__pk"):
        after.setdefault(link.from_intervention_id, []).append(link.to_intervention)
    return {intervention.pk: _offered_after(intervention.pk, after) for intervention in interventions}


def suggested_measures(interventions: Collection[Intervention]) -> dict[int, list[Any]]:
    """Return the measures to start from for each intervention (primary key): its own, or else those of what it took the place of.

    Two queries, whatever stands in between.
    """
    links = Intervention.successors.through.objects.values_list("to_intervention_id", "from_intervention_id").order_by("pk")
    before: dict[int, list[int]] = {}
    for later, earlier in links:
        before.setdefault(later, []).append(earlier)
    lines = {row.pk: _line_of(row.pk, before) for row in interventions}
    wanted = {pk for line in lines.values() for step in line for pk in step}
    found: dict[int, list[Any]] = {}
    kind: Any = Intervention._meta.get_field("measure_suggestions").related_model
    for suggestion in kind.objects.filter(intervention__in=wanted).order_by("position", "pk"):
        found.setdefault(suggestion.intervention_id, []).append(suggestion)
    return {pk: _nearest(line, found) for pk, line in lines.items()}


def free_slug(name: str) -> str:
    """Return a word for the address of a new intervention that no other has, made from its name."""
    word = slugify(name)[:MAX_SLUG].strip("-") or "intervention"
    taken = _NO_SLUGS | set(Intervention.objects.filter(slug__startswith=word).values_list("slug", flat=True))
    number = 2
    slug = word
    while slug in taken:
        slug, number = f"{word}-{number}", number + 1
    return slug


def _offered_after(pk: int, after: dict[int, list[Intervention]]) -> list[Intervention]:
    """Return what took the place of an intervention and is on the menu; behind what was retired too, what took the place of that."""
    offered, seen, waiting = [], {pk}, [pk]
    while waiting:
        found = {row.pk: row for earlier in waiting for row in after.get(earlier, ()) if row.pk not in seen}
        seen |= found.keys()
        offered += [row for row in found.values() if row.retired_at is None]
        waiting = [row.pk for row in found.values() if row.retired_at is not None]
    return offered


def _line_of(pk: int, before: dict[int, list[int]]) -> list[list[int]]:
    """Return an intervention, what it took the place of, what that took the place of, and so on, each once."""
    line, seen = [[pk]], {pk}
    while True:
        step = [earlier for later in line[-1] for earlier in before.get(later, ()) if earlier not in seen]
        if not step:
            return line
        seen |= set(step)
        line.append(list(dict.fromkeys(step)))


def _nearest(line: list[list[int]], found: dict[int, list[Any]]) -> list[Any]:
    """Return what stands nearest in a line of interventions."""
    for step in line:
        rows = [row for pk in step for row in found.get(pk, ())]
        if rows:
            return rows
    return []


def _day(intervention: Intervention) -> str:
    """Write the day on which an intervention was retired."""
    return date_format(timezone.localtime(intervention.retired_at), "DATE_FORMAT") if intervention.retired_at else ""
