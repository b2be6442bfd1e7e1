"""Every write to STP areas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from core import records
from core.refusals import refuse_if
from directory import policies
from directory.models import Footprint

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from django.contrib.auth.base_user import AbstractBaseUser


@transaction.atomic
def change_footprint(
    *,
    footprint: Footprint,
    values: Mapping[str, Any],
    by: AbstractBaseUser,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> Footprint:
    """Change which regions an STP area belongs to and what else it is called; who sees the plans that touch it follows at once.

    What two people changed at the same moment is looked at together: the lead region is never among the others too.
    """
    locked = Footprint.objects.select_for_update(of=("self",)).get(pk=footprint.pk)
    changed = records.change(locked, values, by=by, trail="areas", seen=seen, overwrite=overwrite)
    refuse_if(policies.sharing_blockers(changed.lead_region, list(changed.other_regions.all())))
    return changed
