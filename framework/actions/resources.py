"""Every write to the resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from core import audit, records
from core.refusals import Blocker, refuse_if
from framework import policies
from framework.actions.reasons import TRAIL, reason_of
from framework.models import Resource

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from django.contrib.auth.base_user import AbstractBaseUser

_FIELDS = ("name", "description", "address")


@transaction.atomic
def add_resource(*, values: Mapping[str, Any], by: AbstractBaseUser) -> Resource:
    """Add a resource, in the last place."""
    kept = {name: values[name] for name in _FIELDS}
    refuse_if(policies.naming_blockers(Resource(), kept["name"]))
    last = Resource.objects.aggregate(last=Max("position"))["last"] or 0
    slug = policies.free_slug(kept["name"], set(Resource.objects.values_list("slug", flat=True)), or_else="resource")
    return records.add(Resource(slug=slug, position=last + 1), kept, by=by, trail=TRAIL)


@transaction.atomic
def change_resource(
    *,
    resource: Resource,
    values: Mapping[str, Any],
    by: AbstractBaseUser,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> Resource:
    """Change what a resource is called, what it is and where it is found."""
    locked = _lock(resource)
    kept = {name: values[name] for name in _FIELDS if name in values}
    refuse_if(policies.retired_blockers(locked) or policies.naming_blockers(locked, kept.get("name", locked.name)))
    return records.change(locked, kept, by=by, trail=TRAIL, seen=seen, overwrite=overwrite)


@transaction.atomic
def retire_resource(*, resource: Resource, values: Mapping[str, Any], by: AbstractBaseUser) -> Resource:
    """Point a resource out no longer; its history stays."""
    locked = _lock(resource)
    refuse_if(policies.retiring_blockers(locked))
    locked.retired_at = timezone.now()
    locked.save(update_fields=["retired_at"])
    audit.record("retired", locked, by=by, trail=TRAIL, changes=reason_of(values))
    return locked


@transaction.atomic
def restore_resource(*, resource: Resource, by: AbstractBaseUser) -> Resource:
    """Point a retired resource out again."""
    locked = _lock(resource)
    refuse_if([] if locked.retired_at else [Blocker("Somebody has brought this resource back already.")])
    refuse_if(policies.naming_blockers(locked, locked.name))
    locked.retired_at = None
    locked.save(update_fields=["retired_at"])
    audit.record("brought back", locked, by=by, trail=TRAIL)
    return locked


def _lock(resource: Resource) -> Resource:
    """Lock a resource."""
    return Resource.objects.select_for_update(of=("self",)).get(pk=resource.pk)
