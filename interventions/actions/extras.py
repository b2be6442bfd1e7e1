"""Every write to what a region offers beside the national menu."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from core import audit, records
from core.refusals import refuse_if
from directory.models import Region
from interventions import policies
from interventions.actions.offers import offers_trail
from interventions.actions.words import change_words, next_place
from interventions.models import Intervention

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from accounts.models import User


@transaction.atomic
def add_extra(*, region: Region, values: Mapping[str, Any], by: User) -> Intervention:
    """Put an intervention beside the national menu of one region, the last in its domain."""
    place = next_place(values["main_domain"])
    extra = Intervention(region=region, slug=policies.free_slug(values["name"]), position=place)
    return records.add(extra, values, by=by, trail=offers_trail(region))


@transaction.atomic
def change_extra(
    *,
    extra: Intervention,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> Intervention:
    """Change what is said of a region's extra; its address stays."""
    locked, region = _lock(extra)
    return change_words(locked, values, by=by, trail=offers_trail(region), seen=seen, overwrite=overwrite)


@transaction.atomic
def retire_extra(*, extra: Intervention, values: Mapping[str, Any], by: User) -> Intervention:
    """Take a region's extra off its menu and say why; plans that use it keep it."""
    locked, region = _lock(extra)
    reason = values["retired_reason"]
    refuse_if(policies.retiring_blockers(locked, reason=reason))
    _move(locked, retired_at=timezone.now(), reason=reason)
    audit.record("retired", locked, by=by, trail=offers_trail(region), changes=[_reason(new=reason)])
    return locked


@transaction.atomic
def reinstate_extra(*, extra: Intervention, by: User) -> Intervention:
    """Bring a retired extra back onto its region's menu."""
    locked, region = _lock(extra)
    refuse_if(policies.reinstating_blockers(locked))
    reason = _reason(old=locked.retired_reason)
    _move(locked, retired_at=None, reason="")
    audit.record("brought back", locked, by=by, trail=offers_trail(region), changes=[reason])
    return locked


def _move(locked: Intervention, *, retired_at: datetime | None, reason: str) -> None:
    """Retire an extra under lock or bring it back. Its words stay as they are, so that this makes no version."""
    locked.retired_at, locked.retired_reason = retired_at, reason
    locked.save(update_fields=["retired_at", "retired_reason"])


def _reason(*, old: str = "", new: str = "") -> audit.FieldChange:
    """Tell why an extra was retired, which no version holds."""
    shown = records.MAX_AUDIT_TEXT
    return {"field": "retired_reason", "label": "why it was retired", "old": old[:shown], "new": new[:shown]}


def _lock(extra: Intervention) -> tuple[Intervention, Region]:
    """Return an extra under lock, and its region."""
    locked = Intervention.objects.select_for_update(of=("self",)).get(pk=extra.pk, region__isnull=False)
    return locked, Region.objects.get(extra_interventions=locked)
