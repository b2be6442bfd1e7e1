"""Writes to the criteria themselves: the guidance beside them, which is the portal's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from core import records
from engagements.models import Criterion

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from accounts.models import User

TRAIL = "criteria"


@transaction.atomic
def change_criterion(
    *,
    criterion: Criterion,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> Criterion:
    """Change the guidance on a criterion; its words and its name are the framework document's and stay."""
    locked = Criterion.objects.select_for_update(of=("self",), no_key=True).get(pk=criterion.pk)
    kept = {name: values[name] for name in ("guidance",) if name in values}
    return records.change(locked, kept, by=by, trail=TRAIL, seen=seen, overwrite=overwrite)
