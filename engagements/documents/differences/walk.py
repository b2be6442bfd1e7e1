"""The comparison of two briefs: a walk over the tables of words, one change for each sentence.

The changes come in the order of the sections, and their operations lead from the older document to the newer in that same order.
So a path counts the items of a list as they stand when its turn has come: what is taken out or moved goes first, then each item
in its new place, so that the items before it already stand where they belong.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from engagements.documents.differences.alignment import align
from engagements.documents.differences.changes import Change, Operation, Path, Step
from engagements.documents.differences.quoting import capitalised, listed
from engagements.documents.differences.things import Part, Parts
from engagements.documents.differences.words import (
    GROUPS,
    MEASURES,
    OTHER_MEASURES,
    PLANNED,
    PRIORITIES,
    RESULTS,
    SECTIONS,
    finding_words,
)
from engagements.documents.sections import planned_key
from engagements.enums import SectionSlug

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from engagements.documents.brief import Brief, Measure, Planned
    from engagements.documents.differences.sayings import Saying
    from engagements.documents.differences.things import Thing

# What the interventions say of other sections, and which section they follow in it.
_FOLLOWING = {SectionSlug.PEOPLE: "audience", SectionSlug.PRIORITIES: "serves"}


@dataclass(frozen=True)
class _Said:
    """One sentence with its operations; `place` is that of the item it speaks of in the newer list, none for the list itself."""

    sentence: str
    operations: tuple[Operation, ...]
    place: int | None = None
    is_structural: bool = False


@dataclass(frozen=True)
class _Here:
    """Where the walk has come to: the path, what stands there as a sentence calls it, and the newer brief."""

    brief: Brief
    path: Path = ()
    name: str = ""

    @property
    def of(self) -> str:
        """Return what a part of this belongs to, as a sentence says it."""
        return f" for {self.name}" if self.name else ""

    def at(self, *path: str | int, thing: Thing, item: Any) -> _Here:
        """Return the place of a thing below this one."""
        name = thing.called.format(name=thing.quoted_name(item), of=self.of)
        return _Here(self.brief, (*self.path, *path), name)


def differences(old: Brief, new: Brief) -> tuple[Change, ...]:
    """Return what moved from one brief to another, in the order of the newer one's sections; nothing where they are equal."""
    followed = _follow(old, new)
    pairs = _aligned(PLANNED.thing, followed, new.planned)
    here = _Here(new)
    planned = _list(PLANNED, followed, new.planned, here, pairs)
    at_the_top = planned_key(new.planned[0].number) if new.planned else SectionSlug.CLIENT.value

    changes = []
    for slug in (SectionSlug.CLIENT, SectionSlug.PEOPLE, SectionSlug.PLACE, SectionSlug.PURPOSE, SectionSlug.PRIORITIES):
        said = list(_entries(SECTIONS[slug], old, new, here))
        if field := _FOLLOWING.get(slug):
            said = _with_riders(said, _followers(field, old, followed, pairs))
        changes += _changes(slug.value, said)
        if slug.value == at_the_top:
            changes += _changes(slug.value, planned)
    if new.planned:
        for item in planned:
            changes += _changes(at_the_top if item.place is None else planned_key(new.planned[item.place].number), [item])
    before = {place: old.planned[there] for place, there in pairs.items()}
    for slug, apart in ((SectionSlug.CRITERIA, _results), (SectionSlug.MEASURES, _measures)):
        changes += _changes(slug.value, apart(old, before, here))
    return tuple(changes)


def _changes(section: str, said: Iterable[_Said]) -> list[Change]:
    return [Change(section, item.sentence, item.operations) for item in said]


def _entries(entries: Iterable[Saying | Part | Parts], old: Any, new: Any, here: _Here) -> Iterator[_Said]:
    """Say what differs between two things of one kind."""
    for entry in entries:
        if isinstance(entry, Part):
            before, after = getattr(old, entry.field), getattr(new, entry.field)
            yield from _entries(entry.thing.sayings, before, after, here.at(entry.field, thing=entry.thing, item=after))
        elif isinstance(entry, Parts):
            yield from _list(entry, getattr(old, entry.field), getattr(new, entry.field), here)
        elif operations := _settings(entry.fields, old, new, here.path):
            yield _Said(entry.tell(here.name, old, new, here.brief), operations)


def _list(parts: Parts, old: Sequence[Any], new: Sequence[Any], here: _Here, pairs: dict[int, int] | None = None) -> list[_Said]:
    """Say what was taken out of a list, whether the rest was put in another order, and then of each item what became of it."""
    thing, path = parts.thing, (*here.path, parts.field)
    pairs = _aligned(thing, old, new) if pairs is None else pairs
    said = [*_removals(parts, old, pairs, here), *_order(parts, new, pairs, here)]
    is_steady = not said and len(pairs) == len(new)
    renumbered: list[Operation] = []
    for place, item in enumerate(new):
        there = here.at(parts.field, place, thing=thing, item=item)
        if place not in pairs:
            sentence = _about(parts.added, thing, item, here)
            said.append(_Said(sentence, (Operation(Step.INSERT, there.path, _bare(thing, item)),), place, is_structural=True))
            continue
        before = old[pairs[place]]
        said += [replace(one, place=place) for one in _entries(thing.sayings, before, item, there)]
        if thing.number and (operations := _settings(thing.number.fields, before, item, (*path, place))):
            if is_steady:
                said.append(_Said(thing.number.tell(there.name, before, item, here.brief), operations, place))
            else:
                renumbered += operations
    return _with_riders(said, renumbered)


def _removals(parts: Parts, old: Sequence[Any], pairs: dict[int, int], here: _Here) -> Iterator[_Said]:
    kept = set(pairs.values())
    gone = [place for place in range(len(old)) if place not in kept]
    for earlier, place in enumerate(gone):
        operation = Operation(Step.REMOVE, (*here.path, parts.field, place - earlier))
        yield _Said(_about(parts.removed, parts.thing, old[place], here), (operation,), is_structural=True)


def _order(parts: Parts, new: Sequence[Any], pairs: dict[int, int], here: _Here) -> Iterator[_Said]:
    """Say that what was kept stands in another order."""
    order = [pairs[place] for place in sorted(pairs)]
    if order != sorted(order):
        ranks = {there: rank for rank, there in enumerate(sorted(order))}
        operation = Operation(Step.REORDER, (*here.path, parts.field), tuple(ranks[there] for there in order))
        names = listed([parts.thing.quoted_name(item) for item in new])
        yield _Said(f"The order of the {parts.all.format(of=here.of)} is now: {names}.", (operation,), is_structural=True)


def _results(old: Brief, before: dict[int, Planned], here: _Here) -> Iterator[_Said]:
    """Say what moved among the criteria and their findings; those of a new intervention are said together."""
    yield from _entries(SECTIONS[SectionSlug.CRITERIA], old, here.brief, here)
    for place, item in enumerate(here.brief.planned):
        there = here.at(PLANNED.field, place, thing=PLANNED.thing, item=item)
        if place in before:
            yield from _list(RESULTS, before[place].results, item.results, there)
        elif item.results:
            names: dict[str, list[str]] = defaultdict(list)
            for result in item.results:
                names[finding_words(result)].append(RESULTS.thing.quoted_name(result))
            found = "; ".join(f"{listed(criteria)} {finding}" for finding, criteria in names.items())
            operation = Operation(Step.SET, (*there.path, RESULTS.field), _as_json(item.results))
            yield _Said(f"The findings on {there.name} were added: {found}.", (operation,))


def _measures(old: Brief, before: dict[int, Planned], here: _Here) -> Iterator[_Said]:
    """Say what moved among the measures: first what was tied to another intervention, then those of each, then the others."""
    new = here.brief
    owners = [
        _Owner(
            MEASURES,
            here.at(PLANNED.field, place, thing=PLANNED.thing, item=item),
            list(before[place].measures) if place in before else [],
            item.measures,
        )
        for place, item in enumerate(new.planned)
    ]
    owners.append(_Owner(OTHER_MEASURES, here, list(old.other_measures), new.other_measures))
    yield from _ties(owners)
    for owner in owners:
        yield from _list(owner.parts, owner.held, owner.wanted, owner.here)


@dataclass(frozen=True)
class _Owner:
    """What measures belong to: an intervention, or nothing yet. `held` is the older list as it stands by now."""

    parts: Parts
    here: _Here
    held: list[Measure]
    wanted: tuple[Measure, ...]

    def path(self, place: int) -> Path:
        """Return the path of one of its measures."""
        return (*self.here.path, self.parts.field, place)


def _ties(owners: list[_Owner]) -> Iterator[_Said]:
    """Say which measures are now tied to something else, and hand them over: they keep their words and may have changed besides."""
    aligned = [_aligned(owner.parts.thing, owner.held, owner.wanted) for owner in owners]
    come: dict[str, deque[tuple[_Owner, int]]] = defaultdict(deque)
    for owner, pairs in zip(owners, aligned, strict=True):
        for place, measure in enumerate(owner.wanted):
            if place not in pairs:
                come[measure.outcome].append((owner, place))
    leaving = [
        (owner, measure)
        for owner, pairs in zip(owners, aligned, strict=True)
        for place, measure in enumerate(owner.held)
        if place not in pairs.values()
    ]
    for source, measure in leaving:
        if come[measure.outcome]:
            target, wanted = come[measure.outcome].popleft()
            there, place = source.held.index(measure), min(wanted, len(target.held))
            source.held.remove(measure)
            target.held.insert(place, measure)
            operations = (
                Operation(Step.REMOVE, source.path(there)),
                Operation(Step.INSERT, target.path(place), _as_json(measure)),
            )
            name = MEASURES.thing.quoted_name(measure)
            yield _Said(_tied(name, source.here.name, target.here.name), operations)


def _tied(name: str, old: str, new: str) -> str:
    """Say what a measure is tied to."""
    if not new:
        return f"The measure {name} is no longer tied to {old}."
    return f"The measure {name} is now tied to {new} instead of {old}." if old else f"The measure {name} is now tied to {new}."


def _follow(old: Brief, new: Brief) -> tuple[Planned, ...]:
    """Return the older interventions with their audience and priorities under the names and numbers of the newer brief."""
    groups = _successors(GROUPS, old.groups, new.groups, lambda group: group.full_name)
    priorities = _successors(PRIORITIES, old.priority_list, new.priority_list, lambda priority: priority.number)
    return tuple(
        replace(item, audience=_succeed(item.audience, *groups), serves=_succeed(item.serves, *priorities))
        for item in old.planned
    )


def _successors(
    parts: Parts, old: Sequence[Any], new: Sequence[Any], key: Callable[[Any], Any]
) -> tuple[dict[Any, Any], dict[Any, int]]:
    """Return under which key each item of a list is now known, none where it went, and in which order they stand."""
    if old == new:
        return {}, {}
    pairs = _aligned(parts.thing, old, new)
    successors = dict.fromkeys(map(key, old)) | {key(old[there]): key(new[place]) for place, there in pairs.items()}
    return successors, {key(item): place for place, item in enumerate(new)}


def _succeed(keys: tuple[Any, ...], successors: dict[Any, Any], order: dict[Any, int]) -> tuple[Any, ...]:
    """Return keys as they are now, in the order in which they now stand."""
    now = [key for key in (successors.get(key, key) for key in keys) if key is not None]
    return tuple(sorted(now, key=lambda key: order.get(key, len(order))))


def _followers(field: str, old: Brief, followed: Sequence[Planned], pairs: dict[int, int]) -> list[Operation]:
    """Return what one field of the interventions becomes by nothing but new names and numbers elsewhere."""
    return [
        operation
        for place in sorted(pairs.values())
        for operation in _settings((field,), old.planned[place], followed[place], (PLANNED.field, place))
    ]


def _with_riders(said: list[_Said], riders: Sequence[Operation]) -> list[_Said]:
    """Let the last sentence by which a list changed carry what follows from it."""
    if not riders:
        return said
    last = max((place for place, one in enumerate(said) if one.is_structural), default=len(said) - 1)
    return [replace(one, operations=(*one.operations, *riders)) if place == last else one for place, one in enumerate(said)]


def _aligned(thing: Thing, old: Sequence[Any], new: Sequence[Any]) -> dict[int, int]:
    """Return for each place in a newer list that has one the place of the same item in the older."""
    names = [field.name for field in fields(thing.kind) if thing.number is None or field.name not in thing.number.fields]
    return align(
        old,
        new,
        content=lambda item: tuple(getattr(item, name) for name in names),
        name=lambda item: getattr(item, thing.known_by) if thing.known_by else thing.name_of(item),
        is_known_by_name=bool(thing.known_by),
    )


def _settings(names: Iterable[str], old: Any, new: Any, path: Path) -> tuple[Operation, ...]:
    """Return what sets the fields that differ."""
    return tuple(
        Operation(Step.SET, (*path, name), _as_json(getattr(new, name)))
        for name in names
        if getattr(old, name) != getattr(new, name)
    )


def _about(template: str, thing: Thing, item: Any, here: _Here) -> str:
    """Say that an item came or went."""
    return capitalised(template.format(name=thing.quoted_name(item), of=here.of, more=thing.more(item)))


def _bare(thing: Thing, item: Any) -> Any:
    """Return an item as JSON, its lists empty that another section speaks of."""
    return _as_json(item) | {parts.field: [] for parts in thing.apart}


def _as_json(value: Any) -> Any:
    """Return a value as the document holds it."""
    return json.loads(json.dumps(value, default=asdict))
