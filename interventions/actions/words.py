"""The step that every intervention takes when its words are changed, whether the whole menu or one region keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Max

from core import records
from core.refusals import refuse_if
from interventions import policies
from interventions.models import Intervention

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from accounts.models import User
    from framework.models import Domain


def change_words(
    locked: Intervention,
    values: Mapping[str, Any],
    *,
    by: User,
    trail: str,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> Intervention:
    """Change what is said of an intervention under lock: a new version. One that comes to another domain stands last there."""
    refuse_if(policies.changing_blockers(locked))
    domain = locked.main_domain_id
    changed = records.change(
        locked, policies.in_todays_words(values, of=locked), by=by, trail=trail, seen=seen, overwrite=overwrite
    )
    if changed.main_domain_id != domain:
        changed.position = next_place(changed.main_domain)
        changed.save(update_fields=["position"])
    return changed


def next_place(domain: Domain) -> int:
    """Return the place after the last in the printed order of a domain."""
    return (Intervention.objects.filter(main_domain=domain).aggregate(last=Max("position"))["last"] or 0) + 1
