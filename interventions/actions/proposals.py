"""Every write to what regions propose for the national menu."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from core import audit, records
from core.refusals import ActionRefused, Blocker, refuse_if
from core.said import field_value
from interventions import policies, tasks
from interventions.actions.national import add_intervention, change_intervention
from interventions.enums import ProposalOutcome
from interventions.models import Intervention, MenuProposal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from accounts.models import User


@transaction.atomic
def add_proposal(
    *,
    intervention: Intervention | None,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> MenuProposal:
    """Propose a change of the national menu, or a new intervention for it; only what differs is kept, with the reason."""
    today = None
    if intervention is not None:
        today = Intervention.objects.select_for_update(of=("self",)).get(pk=intervention.pk)
    differing = policies.differing_values(today, values, seen)
    refuse_if(policies.proposing_blockers(today, differing))
    proposal = MenuProposal(
        region=by.region,
        intervention=today,
        intervention_version=today.version if today else None,
        values=differing,
        by=by,
    )
    return records.add(proposal, {"reason": values["reason"]}, by=by, trail=_trail(proposal))


@transaction.atomic
def withdraw_proposal(*, proposal: MenuProposal, by: User) -> None:
    """Take a proposal back that nobody has answered."""
    locked = _lock_open(proposal)
    _answer(locked, ProposalOutcome.WITHDRAWN, by=by)


@transaction.atomic
def accept_proposal(
    *,
    proposal: MenuProposal,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> MenuProposal:
    """Write to the menu what was proposed, as edited, and tell the region; it was changed where anything else than that is written."""
    locked = _lock_open(proposal)
    said = {name: value for name, value in values.items() if name != "answer"}
    wanted = policies.proposed_values(locked)
    if locked.is_new or locked.intervention is None:
        before: dict[str, Any] = {name: [] if name in policies.TO_MANY else "" for name in policies.PROPOSED_FIELDS}
        saved = add_intervention(values=said, by=by)
        locked.intervention = saved
    else:
        before = _stands(locked.intervention)
        saved = change_intervention(intervention=locked.intervention, values=said, by=by, seen=seen, overwrite=overwrite)
    after, as_proposed = _stands(saved), before | wanted
    if after == before != as_proposed:
        raise ActionRefused([Blocker("Nothing of the proposal is left. Decline it instead, and say why.")])
    outcome = ProposalOutcome.ACCEPTED if after == as_proposed else ProposalOutcome.ACCEPTED_WITH_CHANGES
    _answer(locked, outcome, by=by, answer=values.get("answer", ""))
    tasks.send_proposal_answer.delay_on_commit(locked.pk)
    return locked


@transaction.atomic
def decline_proposal(*, proposal: MenuProposal, values: Mapping[str, Any], by: User) -> MenuProposal:
    """Leave the menu as it is, and tell the region why."""
    locked = _lock_open(proposal)
    if not values["answer"].strip():
        raise ActionRefused([Blocker("Say why the proposal is declined.")])
    _answer(locked, ProposalOutcome.DECLINED, by=by, answer=values["answer"])
    tasks.send_proposal_answer.delay_on_commit(locked.pk)
    return locked


def _lock_open(proposal: MenuProposal) -> MenuProposal:
    """Return a proposal that nobody has answered, held until the transaction ends."""
    rows = MenuProposal.objects.select_for_update(of=("self",)).select_related("intervention", "region", "answered_by")
    locked = rows.get(pk=proposal.pk)
    refuse_if(policies.answering_blockers(locked))
    return locked


def _answer(proposal: MenuProposal, outcome: ProposalOutcome, *, by: User, answer: str = "") -> None:
    """Write what became of a proposal."""
    proposal.outcome, proposal.answer = outcome, answer
    proposal.answered_by, proposal.answered_at = by, timezone.now()
    proposal.save(update_fields=["outcome", "answer", "answered_by", "answered_at", "intervention"])
    changes: list[audit.FieldChange] = [{"field": "answer", "label": "answer", "old": "", "new": answer}] if answer else []
    audit.record(_VERBS[outcome], proposal, by=by, trail=_trail(proposal), changes=changes)


_VERBS = {
    ProposalOutcome.ACCEPTED: "accepted",
    ProposalOutcome.ACCEPTED_WITH_CHANGES: "accepted with changes",
    ProposalOutcome.DECLINED: "declined",
    ProposalOutcome.WITHDRAWN: "took back",
}


def _stands(intervention: Intervention) -> dict[str, Any]:
    """Return what the menu says of an intervention, field by field, as a proposal keeps it."""
    return {name: field_value(intervention, name) for name in policies.PROPOSED_FIELDS}


def _trail(proposal: MenuProposal) -> str:
    """Return the trail of one region's proposals."""
    return f"proposals:{proposal.region_id}"
