"""Merging a duplicate into another organisation, and undoing it (P37)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from core import audit, records, versions
from core.refusals import ActionRefused, Blocker, refuse_if
from directory import policies
from directory.actions.organisations import TRAIL
from directory.models import Organisation, OrganisationMerge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.contrib.auth.base_user import AbstractBaseUser

    from directory.policies import Mention


@transaction.atomic
def merge_organisation(
    *, organisation: Organisation, dropped: Organisation, values: Mapping[str, Any], by: AbstractBaseUser
) -> OrganisationMerge:
    """Merge a duplicate into the organisation that is kept, as it was previewed.

    `values` say for each field with two values whose one stays, and with `preview` what was shown: where anything has changed since,
    nothing is done. What stands in a plan that is not changed any more goes on naming the duplicate, which stays there as closed.
    """
    kept, dropped = _lock_both(organisation, dropped)
    refuse_if(policies.merging_blockers(kept, dropped))
    preview = policies.merge_preview(kept, dropped, by, is_held=True)
    if values.get("preview") != preview.fingerprint:
        raise ActionRefused([Blocker(policies.CHANGED_MEANWHILE)])
    merged = policies.merged_values(kept, dropped, values)
    refuse_if(policies.length_blockers(merged["other_names"]))
    for row in (kept, dropped):
        versions.keep_first(row)
    before = {policies.KEPT: kept.version, policies.DROPPED: dropped.version, "was_open": dropped.is_active}
    has_given_code = bool(merged["ods_code"]) and merged["ods_code"] == dropped.ods_code
    closed = {"is_active": False, "merged_into": kept, **({"ods_code": ""} if has_given_code else {})}
    records.change(dropped, closed, by=by, trail=TRAIL, verb="merged as a duplicate")
    _change(kept, merged, by=by, verb="merged a duplicate into")
    moving = [mention for mention in preview.mentions if not mention.stays]
    _move(moving, to=kept, by=by)
    return OrganisationMerge.objects.create(
        kept=kept,
        dropped=dropped,
        before=before | {"after": kept.version},
        moved=[list(mention.address) for mention in moving],
        by_id=by.pk,
    )


@transaction.atomic
def undo_organisation_merge(*, merge: OrganisationMerge, by: AbstractBaseUser) -> OrganisationMerge:
    """Restore both organisations as they were before a merge, and move back what it moved.

    What somebody has changed since stays as it is, and so does what stands in a plan that is not changed any more.
    """
    _lock_both(merge.kept, merge.dropped)
    locked = OrganisationMerge.objects.select_for_update(of=("self",)).select_related("kept", "dropped").get(pk=merge.pk)
    refuse_if(policies.undoing_merge_blockers(locked))
    preview = policies.undo_preview(locked, by, is_held=True)
    _change(locked.kept, preview.values, by=by, verb="undid a merge into")
    records.change(locked.dropped, policies.duplicate_values(locked), by=by, trail=TRAIL, verb="undid the merge of")
    _move(preview.moving, to=locked.dropped, by=by)
    locked.undone_at = timezone.now()
    locked.save(update_fields=["undone_at"])
    return locked


def _lock_both(one: Organisation, other: Organisation) -> tuple[Organisation, Organisation]:
    """Hold two organisations, always in the same order, and return them as they are now."""
    # Nothing is read along: a row that was waited for would come with what stood beside it before.
    rows = Organisation.objects.select_for_update(of=("self",))
    held = {row.pk: row for row in rows.filter(pk__in={one.pk, other.pk}).order_by("pk")}
    return held[one.pk], held[other.pk]


def _change(organisation: Organisation, values: Mapping[str, Any], *, by: AbstractBaseUser, verb: str) -> None:
    """Change an organisation, and say what was done to it even where none of its values changes."""
    number = organisation.version
    records.change(organisation, values, by=by, trail=TRAIL, verb=verb)
    if organisation.version == number:
        audit.record(verb, organisation, by=by, trail=TRAIL)


def _move(mentions: Iterable[Mention], *, to: Organisation, by: AbstractBaseUser) -> None:
    """Let records name another organisation; each change stands in the history of what the record belongs to."""
    for mention in mentions:
        records.change(mention.record, {mention.field: to}, by=by, trail=mention.trail)
