"""Handing over the work of somebody who leaves: all of it in one step, or none (P11)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from django.db import transaction

from accounts import policies
from accounts.actions.holding import hold_people
from accounts.actions.people import deactivate_person, find_or_add_stp_lead
from accounts.enums import HANDED_OVER
from accounts.models import User
from accounts.policies import NEW, NOBODY
from core import audit
from core.refusals import ActionRefused, Blocker, refuse_if
from directory.actions import hold_organisation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.policies import OpenWork

UNCHOSEN = "Choose who takes this over."


@dataclass(frozen=True)
class _Successors:
    """Who takes over what, as it was chosen."""

    successor: User | str
    choices: Mapping[str, User | str]
    fresh: User | None

    def of(self, work: OpenWork) -> User | None:
        """Return who takes over one piece of work, or none where it needs nobody; refused where nobody was chosen who can."""
        if work.barred:
            raise ActionRefused([Blocker(work.barred, work.url)])
        if work.can_be_nobody and not work.candidates and not work.can_be_new:
            # Nobody of here can follow, whoever takes over the rest.
            return None
        chosen = self.choices.get(work.key) or self.successor
        if chosen == NOBODY and work.can_be_nobody:
            return None
        if chosen == NEW and work.can_be_new and self.fresh is not None:
            return self.fresh
        if not isinstance(chosen, User):
            raise ActionRefused([Blocker(UNCHOSEN)])
        known = next((person for person in work.candidates if person.pk == chosen.pk), None)
        if known is None:
            raise ActionRefused([Blocker(f"{chosen} cannot take this over. Choose somebody else.")])
        return known


def _successors(values: Mapping[str, Any], *, by: User) -> _Successors:
    """Return who takes over what; somebody new gets an account first, so that all that is theirs can go to them."""
    successor, choices = values.get("successor") or "", values.get("choices", {})
    fresh = None
    if NEW in (successor, *choices.values()):
        said = values.get("new") or {}
        is_named = said.get("full_name") and said.get("email")
        refuse_if([] if is_named else [Blocker("Enter the name and the email address of the new person.", part=NEW)])
        fresh = find_or_add_stp_lead(values=said, by=by)
    return _Successors(successor, choices, fresh)


@transaction.atomic
def hand_over_work(*, person: User, values: Mapping[str, Any], by: User) -> User:
    """Hand over all the open work of a person and, unless they stay, close their account.

    `values` hold `successor` and, by the key of each piece of work, `choices`: a person, `NEW`, `NOBODY` or nothing, which means the
    successor of all; `new` describes somebody without an account; `shown` are the keys of what the page showed; `close` says that they
    have left. If one piece cannot move, nothing does, and each reason names its piece.
    """
    named = (values.get("successor"), *values.get("choices", {}).values())
    if NEW in named:
        # Before people are held: whoever merges organisations holds those first.
        values = {**values, "new": hold_organisation(values=values.get("new") or {}, by=by)}
    chosen = [to for to in named if isinstance(to, User)]
    held = hold_people(people=[person, by, *chosen], by=by, with_national_admins=True)
    kept, giver = held[person.pk], held[by.pk]
    is_closing = bool(values.get("close"))
    refuse_if(policies.closing_blockers(kept, giver) if is_closing else [])
    found = policies.open_work_of(kept, giver)
    refuse_if(policies.unseen_blockers(found, values.get("shown", ())))
    refuse_if([] if found or is_closing else [Blocker(f"{kept} has no open work any more, so nothing was handed over.")])
    moved = _move_all(found, _successors(values, by=by), person=kept, by=by)
    if moved:
        audit.record(HANDED_OVER, kept, by=by, trail="accounts", changes=[_told(work, to) for work, to in moved])
    if is_closing:
        deactivate_person(person=kept, by=by)
    return kept


def _move_all(found: list[OpenWork], successors: _Successors, *, person: User, by: User) -> list[tuple[OpenWork, User | None]]:
    """Hand over every piece of work; where some cannot move, say of each why."""
    moved: list[tuple[OpenWork, User | None]] = []
    refusals: list[Blocker] = []
    for work in found:
        try:
            with transaction.atomic():
                to = successors.of(work)
                work.source.move(work, person=person, to=to, by=by)
        except ActionRefused as refusal:
            refusals += [replace(blocker, part=work.key) for blocker in refusal.blockers]
        else:
            moved.append((work, to))
    refuse_if(refusals)
    return moved


def _told(work: OpenWork, to: User | None) -> audit.FieldChange:
    """Tell one piece that moved by its reference and what part it was; the rest is read by whoever may read it (S5)."""
    said = {
        "field": work.key,
        "label": work.reference,
        "old": "",
        "new": work.part,
        "kind": work.kind,
        "to": to.pk if to else None,
    }
    return cast("audit.FieldChange", said)
