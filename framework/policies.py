"""When the framework can be changed, and who is told when the words of a row become others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.text import slugify

from core.refusals import Blocker
from framework.models import Domain, Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from framework.models import Succeeding

    Follower = Callable[..., None]

# As long as the column of an address; a number may follow.
MAX_SLUG = 50

_followers: list[Follower] = []


def register_follower(follow: Follower) -> None:
    """Let an upper app go along when a row is replaced by one with other words; it joins in its `apps.py`.

    It is called as `follow(old=..., new=..., by=...)` within the transaction of the change.
    """
    if follow not in _followers:
        _followers.append(follow)


def followers() -> list[Follower]:
    """Return what goes along when a row is replaced."""
    return list(_followers)


def retired_blockers(row: Succeeding | Resource) -> list[Blocker]:
    """Tell why a row cannot be changed: it was retired."""
    if row.retired_at is None:
        return []
    return [Blocker(f"This {row._meta.verbose_name} was retired. Bring it back first, from its history.")]


def retiring_blockers(row: Succeeding | Resource) -> list[Blocker]:
    """Tell why a row cannot be retired: somebody has done so already."""
    return [] if row.retired_at is None else [Blocker(f"Somebody has retired this {row._meta.verbose_name} already.")]


def wording_blockers(row: Succeeding, values: Mapping[str, Any]) -> list[Blocker]:
    """Tell why a row cannot carry these words: another row beside it says the same."""
    name = "text" if hasattr(row, "text") else "name"
    said = values.get(name, getattr(row, name))
    beside: Any = type(row)._default_manager.filter(**{"retired_at": None, f"{name}__iexact": said})
    beside = beside.exclude(pk=row.lineage).exclude(first=row.lineage) if row.pk else beside
    if hasattr(row, "domain_id"):
        beside = beside.filter(domain=row.domain_id)
    if not beside.exists():
        return []
    return [Blocker(f"There is a {row._meta.verbose_name} with these words already. Choose other words.")]


def naming_blockers(record: Domain | Resource, name: str) -> list[Blocker]:
    """Tell why a domain or resource cannot have this name: another has it."""
    others: Any = type(record)._default_manager.filter(name__iexact=name).exclude(pk=record.pk)
    if isinstance(record, Resource):
        others = others.filter(retired_at=None)
    if not others.exists():
        return []
    return [Blocker(f"There is a {record._meta.verbose_name} with this name already. Choose another name.")]


def free_slug(name: str, taken: Collection[str], *, or_else: str) -> str:
    """Make a short name for addresses out of a name that nothing else has."""
    base = slugify(name)[: MAX_SLUG - 6].strip("-") or or_else
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
