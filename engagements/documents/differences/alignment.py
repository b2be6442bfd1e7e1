"""Which item of an older list has become which of a newer one: items of a brief carry nothing that tells them apart."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

# How many pairs are compared in full: 200 items that were all renamed with 200 others.
MAX_COMPARED = 40_000


def align(
    old: Sequence[Any],
    new: Sequence[Any],
    *,
    content: Callable[[Any], tuple[Any, ...]],
    name: Callable[[Any], Hashable],
    is_known_by_name: bool,
) -> dict[int, int]:
    """Return for each place in the newer list that has one the place of the same item in the older.

    Equal items first, then those of the same name, then the most alike; where items are known by their names, never the last.
    """
    contents = [content(item) for item in old], [content(item) for item in new]
    pairs = _same(contents[0], contents[1])
    by_name: dict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, items, met in ((0, old, set(pairs.values())), (1, new, set(pairs))):
        for place, item in enumerate(items):
            if place not in met and name(item):
                by_name[name(item)][side].append(place)
    for named_old, named_new in by_name.values():
        pairs |= _closest(named_old, named_new, contents, is_same_name=True)
    if not is_known_by_name:
        met_old = set(pairs.values())
        rest = [place for place in range(len(old)) if place not in met_old], [p for p in range(len(new)) if p not in pairs]
        pairs |= _closest(rest[0], rest[1], contents, is_same_name=False)
    return pairs


def _same(old: Sequence[Hashable], new: Sequence[Hashable]) -> dict[int, int]:
    """Pair equal items in their order."""
    places: dict[Hashable, deque[int]] = defaultdict(deque)
    for place, item in enumerate(old):
        places[item].append(place)
    return {place: places[item].popleft() for place, item in enumerate(new) if places.get(item)}


def _closest(
    old: list[int], new: list[int], contents: tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]], *, is_same_name: bool
) -> dict[int, int]:
    """Pair the items at some places, the most alike first; without a name in common they must be alike for the most part."""
    if len(old) * len(new) > MAX_COMPARED:
        return dict(zip(new, old, strict=False)) if is_same_name else {}
    found = []
    for there in old:
        for here in new:
            alike, filled = _likeness(contents[0][there], contents[1][here])
            if is_same_name or (alike > 1 and 2 * alike >= filled):
                found.append((-alike, abs(there - here), there, here))
    pairs: dict[int, int] = {}
    taken = set()
    for _, _, there, here in sorted(found):
        if here not in pairs and there not in taken:
            pairs[here] = there
            taken.add(there)
    return pairs


def _likeness(old: tuple[Any, ...], new: tuple[Any, ...]) -> tuple[int, int]:
    """Return how many fields are filled in the same, and how many are filled in at all."""
    alike = filled = 0
    for before, after in zip(old, new, strict=True):
        if before or after:
            filled += 1
            alike += before == after
    return alike, filled
