"""A change between two briefs: where a reader finds it, how it is said, and what it does to the document."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Path = tuple[str | int, ...]


class Step(Enum):
    """What an operation does at its path; a path to a list item counts from 0, as the list then stands."""

    SET = "set"
    INSERT = "insert"
    REMOVE = "remove"
    # The value says for each place which item of the list comes to stand there.
    REORDER = "reorder"


@dataclass(frozen=True)
class Operation:
    """One step from the older document to the newer."""

    step: Step
    path: Path
    value: Any = None


@dataclass(frozen=True)
class Change:
    """One thing that moved. The section is a key of the newer brief's sections."""

    section: str
    sentence: str
    operations: tuple[Operation, ...]


def apply_changes(document: Mapping[str, Any], changes: Iterable[Change]) -> dict[str, Any]:
    """Return what an older document becomes by the changes to a newer one, in their order."""
    changed = deepcopy(dict(document))
    for change in changes:
        for operation in change.operations:
            _apply(changed, operation)
    return changed


def _apply(document: Any, operation: Operation) -> None:
    """Carry out one operation on a document."""
    *way, last = operation.path
    holder = document
    for key in way:
        holder = holder[key]
    if operation.step is Step.SET:
        holder[last] = deepcopy(operation.value)
    elif operation.step is Step.INSERT:
        holder.insert(last, deepcopy(operation.value))
    elif operation.step is Step.REMOVE:
        del holder[last]
    else:
        holder[last] = [holder[last][index] for index in operation.value]
