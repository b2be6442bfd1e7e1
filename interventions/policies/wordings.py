"""The words of the framework that the menu goes by: always those of today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from framework.models import Behaviour, LeadershipRole
    from interventions.models import Intervention

_WORDED = ("roles", "behaviours")


def in_todays_words(values: Mapping[str, Any], *, of: Intervention) -> dict[str, Any]:
    """Return values of an intervention with leadership roles and behaviours in today's wording: an old version or tab names earlier ones.

    What was retired without anything in its place stays where the intervention names it now, and is not put in anew.
    """
    return {name: _of_today(value, getattr(of, name).all()) if name in _WORDED else value for name, value in values.items()}


def _of_today(
    rows: Iterable[LeadershipRole | Behaviour], known: Iterable[LeadershipRole | Behaviour]
) -> list[LeadershipRole | Behaviour]:
    """Put in the place of each row that was reworded the one that stands there now; leave out what was only retired and is not known."""
    named = list(rows)
    lineages = [row.lineage for row in named if row.retired_at]
    if not lineages:
        return named
    current = type(named[0]).objects.current().filter(Q(pk__in=lineages) | Q(first__in=lineages))
    today = {row.lineage: row for row in current}
    kept = [today.get(row.lineage, row) if row.retired_at else row for row in named]
    stays = {row.pk for row in known}
    return list(dict.fromkeys(row for row in kept if row.retired_at is None or row.pk in stays))
