"""Every write to leadership roles, behaviours and Forward View steps: rows whose words never change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from core import audit, records
from core.refusals import Blocker, refuse_if
from framework import policies
from framework.actions.reasons import TRAIL, reason_of
from framework.models import Behaviour, Domain, ForwardViewStep, LeadershipRole, Succeeding

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from django.contrib.auth.base_user import AbstractBaseUser

    from core.audit import FieldChange

# The rows of the printed tables are numbered below: a fixture and the portal never mean different things by one number.
LAST_PRINTED_ROW = 100

R = TypeVar("R", bound=Succeeding)

_WENT_BACK: list[FieldChange] = [{"field": "reason", "label": "Reason", "old": "", "new": "Went back to an earlier wording"}]


@transaction.atomic
def add_role(*, domain: Domain, values: Mapping[str, Any], by: AbstractBaseUser) -> LeadershipRole:
    """Add a leadership role to a domain, in the last place."""
    locked = Domain.objects.select_for_update(of=("self",), no_key=True).get(pk=domain.pk)
    last = locked.roles.aggregate(last=Max("row"))["last"] or 0
    return _add(LeadershipRole(domain=locked, row=max(last, LAST_PRINTED_ROW) + 1), values, by=by)


@transaction.atomic
def add_behaviour(*, domain: Domain, values: Mapping[str, Any], by: AbstractBaseUser) -> Behaviour:
    """Add a behaviour to a domain, in the last place."""
    locked = Domain.objects.select_for_update(of=("self",), no_key=True).get(pk=domain.pk)
    last = locked.behaviours.aggregate(last=Max("row"))["last"] or 0
    return _add(Behaviour(domain=locked, row=max(last, LAST_PRINTED_ROW) + 1), values, by=by)


@transaction.atomic
def add_step(*, values: Mapping[str, Any], by: AbstractBaseUser) -> ForwardViewStep:
    """Add a Forward View step, in the last place among those of its kind."""
    taken = set(ForwardViewStep.objects.values_list("code", flat=True))
    code = policies.free_slug(values["name"], taken, or_else="step")
    return _add(ForwardViewStep(code=code, position=_last_place(values["kind"])), values, by=by)


@transaction.atomic
def change_row(
    *,
    row: R,
    values: Mapping[str, Any],
    by: AbstractBaseUser,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> R:
    """Put a row with other words in the place of one, which is retired and stays readable where it was chosen (P38).

    Changes the latest wording of the lineage: whoever started from one that was replaced meanwhile is shown both.
    """
    latest = _lock_latest(row)
    refuse_if(policies.retired_blockers(latest))
    words = _words_in(latest, values)
    changed = records.changed_fields(latest, words, seen=seen, overwrite=overwrite)
    if not changed:
        return latest
    return _succeed(latest, {name: words[name] for name in changed}, by=by, verb="changed", reason=reason_of(values))


@transaction.atomic
def retire_row(*, row: R, values: Mapping[str, Any], by: AbstractBaseUser) -> R:
    """Offer a row no longer; what chose it keeps it."""
    latest = _lock_latest(row)
    refuse_if(policies.retiring_blockers(latest))
    latest.retired_at = timezone.now()
    latest.save(update_fields=["retired_at"])
    audit.record("retired", latest, by=by, trail=TRAIL, changes=reason_of(values))
    return latest


@transaction.atomic
def restore_row(*, row: R, by: AbstractBaseUser) -> R:
    """Use one wording of a lineage again, in a new row; the last wording of a retired one is simply brought back."""
    latest = _lock_latest(row)
    words = {name: getattr(row, name) for name in _WORDS[type(row)]}
    is_latest = words == {name: getattr(latest, name) for name in words}
    refuse_if([Blocker("These words are in use already.")] if is_latest and latest.retired_at is None else [])
    if not is_latest:
        return _succeed(latest, words, by=by, verb="changed", reason=_WENT_BACK)
    refuse_if(policies.wording_blockers(latest, words))
    latest.retired_at = None
    latest.save(update_fields=["retired_at"])
    audit.record("brought back", latest, by=by, trail=TRAIL)
    return latest


# What people can change of each kind of row.
_WORDS: dict[type[Succeeding], tuple[str, ...]] = {
    LeadershipRole: ("text",),
    Behaviour: ("text",),
    ForwardViewStep: ("name", "description", "kind"),
}


def _words_in(row: Succeeding, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return of some values what people can change of a row."""
    return {name: values[name] for name in _WORDS[type(row)] if name in values}


def _lock_latest(row: R) -> R:
    """Lock a lineage by its first row, and return its latest wording.

    The key is not locked: nobody who chooses the row at this moment has to wait.
    """
    rows: Any = type(row)._default_manager
    rows.select_for_update(of=("self",), no_key=True).get(pk=row.lineage)
    latest: R = rows.in_lineage(row.lineage).first()
    return latest


def _add(row: R, values: Mapping[str, Any], *, by: AbstractBaseUser) -> R:
    """Add the first row of a lineage."""
    words = _words_in(row, values)
    refuse_if(policies.wording_blockers(row, words))
    return records.add(row, words, by=by, trail=TRAIL, notes=reason_of(values))


def _succeed(old: R, words: Mapping[str, Any], *, by: AbstractBaseUser, verb: str, reason: list[FieldChange]) -> R:
    """Make the row that follows another in its place, and let what must go along do so."""
    refuse_if(policies.wording_blockers(old, words))
    told = records.describe(old, words)
    if old.retired_at is None:
        old.retired_at = timezone.now()
        old.save(update_fields=["retired_at"])
    new = type(old)(replaces=old, first_id=old.lineage)
    for field in old._meta.concrete_fields:
        if field.editable and not field.primary_key:
            setattr(new, field.attname, getattr(old, field.attname))
    if isinstance(new, ForwardViewStep) and words.get("kind", new.kind) != new.kind:
        new.position = _last_place(words["kind"])
    records.add(new, words, by=by, trail=TRAIL, verb=verb, notes=[*told, *reason])
    for follow in policies.followers():
        follow(old=old, new=new, by=by)
    return new


def _last_place(kind: str) -> int:
    """Return the place after the last Forward View step of one kind."""
    last: int = ForwardViewStep.objects.filter(kind=kind).aggregate(last=Max("position"))["last"] or 0
    return last + 1
