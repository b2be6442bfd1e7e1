"""Every write to the domains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from core import records
from core.refusals import refuse_if
from framework import policies
from framework.actions.reasons import TRAIL, reason_of
from framework.models import Domain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from django.contrib.auth.base_user import AbstractBaseUser


@transaction.atomic
def change_domain(
    *,
    domain: Domain,
    values: Mapping[str, Any],
    by: AbstractBaseUser,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> Domain:
    """Change the name or the aim of a domain; its address and its place stay."""
    locked = Domain.objects.select_for_update(of=("self",), no_key=True).get(pk=domain.pk)
    kept = {name: values[name] for name in ("name", "aim") if name in values}
    refuse_if(policies.naming_blockers(locked, kept.get("name", locked.name)))
    return records.change(locked, kept, by=by, trail=TRAIL, seen=seen, overwrite=overwrite, notes=reason_of(values))
