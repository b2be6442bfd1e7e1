"""What is asked of a client lead on the review page, in words, and how much time is left (P06, P10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.timezone import localtime

from core.text import counted, joined
from engagements.enums import DecisionOutcome, EngagementStatus
from engagements.policies.progress import client_next_step
from engagements.policies.signing import deciding_blockers, lead_to_decide_for, what_happened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from accounts.models import User
    from engagements.models import ClientLead, Decision
    from engagements.policies.signing import Signing


def asked_of(signing: Signing, user: User, decisions: Sequence[Decision], *, on: date) -> tuple[list[str], bool]:
    """Say to a client lead what is asked of them, in sentences, and tell whether they are asked to decide now.

    `decisions` are those on the version submitted last.
    """
    lead = lead_to_decide_for(user, signing.leads)
    if not signing.is_waiting or signing.version is None:
        return _after_review(signing, user, decisions), False
    if lead is None:
        return [client_next_step(signing.engagement), "You can comment on it."], False
    decision = next((row for row in decisions if row.client_lead_id == lead.pk), None)
    if decision is not None:
        return [_has_decided(decision, user, signing)], False
    due = [time_left(signing.version.due_on, on=on)] if signing.version.due_on else []
    barred = deciding_blockers(signing, lead, user, content_hash=signing.version.content_hash)
    if barred:
        return [*(blocker.sentence for blocker in barred), "You can read the plan and comment on it."], False
    return [_request(lead, user, signing.version.due_on), *due], True


def time_left(due_on: date, *, on: date) -> str:
    """Say how much time is left until a day, or for how long it has passed."""
    days = (due_on - on).days
    if days == 0:
        return "Today is the last day."
    return f"{counted(days, 'day')} left." if days > 0 else f"{counted(-days, 'day')} late."


def asked_words(days: int) -> str:
    """Say for how many days somebody has been asked to decide."""
    return f"Asked {counted(days, 'day')} ago" if days > 0 else "Asked today"


def _request(lead: ClientLead, user: User, due_on: date | None) -> str:
    """Ask for a decision; a deputy is told for whom."""
    for_whom = "" if lead.user_id == user.pk else f" for {lead}, as their deputy,"
    by = f" by {date_format(due_on, 'DATE_FORMAT')}" if due_on else ""
    return f"Please agree to this plan{for_whom} or ask for changes{by}."


def _has_decided(decision: Decision, user: User, signing: Signing) -> str:
    """Say who decided and when, and for whom the plan still waits."""
    waits_for = [str(lead) for lead in signing.waits_for]
    if decision.decided_by_id == user.pk and not decision.on_behalf_of:
        return client_next_step(signing.engagement, agreed_at=decision.at, waits_for=waits_for)
    who = "You" if decision.decided_by_id == user.pk else decision.name
    for_whom = f" for {decision.on_behalf_of}" if decision.on_behalf_of else ""
    when = date_format(localtime(decision.at), "DATE_FORMAT")
    return f"{who} agreed to this plan{for_whom} on {when}. It still waits for {joined(waits_for)}."


def _after_review(signing: Signing, user: User, decisions: Sequence[Decision]) -> list[str]:
    """Say what became of the plan, by whom and when, and that nothing is asked now."""
    step = client_next_step(signing.engagement)
    version, status = signing.version, signing.engagement.status
    if version is None or status not in (EngagementStatus.CO_DESIGN, EngagementStatus.WITHDRAWN):
        return [step]
    wanted = next((row for row in decisions if row.outcome == DecisionOutcome.CHANGES_WANTED), None)
    if wanted is not None and status == EngagementStatus.CO_DESIGN:
        who = "You" if wanted.decided_by_id == user.pk else wanted.name
        when = date_format(localtime(wanted.at), "DATE_FORMAT")
        return [f"{who} asked for changes to version {version.number} on {when}.", step]
    return [what_happened(signing), step]
