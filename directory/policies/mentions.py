"""Where an organisation stands: upper apps tell which of their records name it, and which of those must stay as they are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol

from django.apps import apps
from django.db.models import CharField, Count, F, Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from django.db.models import Model, QuerySet

    from directory.models import Organisation

_finders: list[tuple[FindMentions, tuple[str, ...]]] = []


@dataclass(frozen=True)
class Mention:
    """One record that names an organisation in one of its fields.

    `kind` is the heading that it stands under and `words` say which it is. `stays` says why it cannot name another organisation any more,
    and `whole` which open plan it is part of; both are empty where there is none. What the person who asks may not see is counted, and
    neither told nor linked.
    """

    record: Model
    field: str
    kind: str
    words: str
    url: str
    trail: str
    stays: str = ""
    whole: str = ""
    is_seen: bool = True

    @property
    def address(self) -> tuple[str, str, int]:
        """Return what names this mention: the model, the field and the key of the record."""
        return (self.record._meta.label, self.field, self.record.pk)

    @property
    def named(self) -> int | None:
        """Return the key of the organisation that the record names."""
        key: int | None = getattr(self.record, f"{self.field}_id")
        return key


@dataclass(frozen=True)
class Sought:
    """Which mentions are sought: those of one organisation, or some by their keys. Held ones are locked with what they belong to."""

    organisation: Organisation | None = None
    addresses: Collection[tuple[str, str, int]] = ()
    is_held: bool = False

    def rows(self, model: type[Model], field: str) -> QuerySet[Any]:
        """Return the records of one model that are sought, by key."""
        rows: QuerySet[Any] = model._default_manager.order_by("pk")
        if self.organisation is not None:
            return rows.filter(**{field: self.organisation.pk})
        label = model._meta.label
        return rows.filter(pk__in=[pk for named, column, pk in self.addresses if (named, column) == (label, field)])


class FindMentions(Protocol):
    """How an upper app finds its mentions for somebody who asks."""

    def __call__(self, sought: Sought, user: Any) -> list[Mention]:
        """Return the mentions that are sought."""


@dataclass(frozen=True)
class MentionGroup:
    """The mentions of one kind: those that can be told, and how many more there are."""

    kind: str
    told: list[Mention]
    untold: int

    @property
    def count(self) -> int:
        """Return how many there are."""
        return len(self.told) + self.untold


def register_mentions(find: FindMentions, *, of: Sequence[str]) -> None:
    """Let an upper app say where it names organisations; it joins in its `apps.py`.

    `of` lists the fields that it answers for, such as "accounts.User.organisation".
    """
    if all(known is not find for known, _ in _finders):
        _finders.append((find, tuple(of)))


def mentioning_fields() -> list[tuple[str, str]]:
    """Return every field by which a record names an organisation, as the label of its model and its name."""
    return [(label, field) for _, covered in _finders for label, _, field in (path.rpartition(".") for path in covered)]


def mentions_of(organisation: Organisation, user: Any, *, is_held: bool = False) -> list[Mention]:
    """Return what names an organisation, as one person may see it."""
    return _find(Sought(organisation, is_held=is_held), user)


def mentions_at(addresses: Collection[tuple[str, str, int]], user: Any, *, is_held: bool = False) -> list[Mention]:
    """Return mentions by what names them, whichever organisation they name now; what was removed is missing."""
    return _find(Sought(addresses=addresses, is_held=is_held), user)


def _find(sought: Sought, user: Any) -> list[Mention]:
    """Ask the upper apps, the lowest first: people are held before plans wherever both are."""
    return [mention for find, _ in _finders for mention in find(sought, user)]


def mention_counts(organisations: Iterable[Organisation]) -> Mapping[int, int]:
    """Return in how many records each of some organisations is named, by its key, with one query."""
    keys = [organisation.pk for organisation in organisations]
    parts = [
        apps.get_model(label)
        ._default_manager.filter(**{f"{field}__in": keys})
        .order_by()
        .annotate(source=Value(f"{label}.{field}", output_field=CharField()), named=F(field))
        .values("source", "named")
        .annotate(count=Count("pk"))
        .values_list("source", "named", "count")
        for label, field in mentioning_fields()
    ]
    counts: Counter[int] = Counter()
    for _, named, count in parts[0].union(*parts[1:], all=True) if keys else ():
        counts[named] += count
    return counts


def open_plans(mentions: Iterable[Mention]) -> int:
    """Return in how many open plans an organisation is named."""
    return len({mention.whole for mention in mentions} - {""})


def grouped(mentions: Iterable[Mention]) -> list[MentionGroup]:
    """Part mentions by kind, in words only where the person who asks may see them."""
    kinds: dict[str, list[Mention]] = {}
    for mention in mentions:
        kinds.setdefault(mention.kind, []).append(mention)
    return [
        MentionGroup(
            kind,
            sorted((one for one in found if one.is_seen), key=attrgetter("words", "record.pk")),
            sum(not one.is_seen for one in found),
        )
        for kind, found in kinds.items()
    ]
