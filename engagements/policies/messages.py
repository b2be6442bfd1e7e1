"""Whom a message is for at this moment, when it is tried again, and which reminders are due (P10, P35)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.utils import timezone

from accounts.enums import REGIONAL_ROLES, Role
from accounts.models import User
from core.refusals import Blocker
from engagements.enums import (
    REMINDER_DAYS_BEFORE,
    REMINDER_HOUR,
    EngagementStatus,
    MessageKind,
    MessageStatus,
    VersionOutcome,
)
from engagements.models import ClientLead, Message, PlanVersion
from engagements.policies.signing import read_signing, signing_blockers
from engagements.policies.turns import to_decide_now

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

# Nobody's try takes longer: a mail server that does not answer is given up after seconds.
_LONGEST_TRY = timedelta(minutes=2)


@dataclass(frozen=True)
class Reminder:
    """A message that is due because a day has come, about one signatory of one version; `again` names the deputy whom it asks."""

    kind: MessageKind
    version: PlanVersion
    client_lead: ClientLead
    again: str = ""

    @property
    def key(self) -> str:
        """Return the key under which it is written once."""
        return message_key(self.kind, self.version, self.client_lead, again=self.again)


def message_key(kind: MessageKind, version: PlanVersion, client_lead: ClientLead | None, *, again: str = "") -> str:
    """Return the key of a message, which the database takes once; `again` tells apart those that may be written more than once."""
    return f"{kind}:{version.pk}:{client_lead.pk if client_lead else ''}:{again}"


def recipient_of(message: Message) -> User | None:
    """Return whom a message is for now, or none where nobody needs it any more: it is asked when the message is sent (P35)."""
    lead = message.client_lead
    if message.kind == MessageKind.CHANGES_WANTED:
        return _who_answers(message)
    if lead is None:
        return None
    if message.kind == MessageKind.LINK_AGAIN:
        return lead.user if _can_read(lead) else None
    return _who_decides(message, lead)


def _who_answers(message: Message) -> User | None:
    """Return the lead consultant of today, as long as the plan has not been submitted again.

    Where they have left, it is the first of the team, else of the regional admins: somebody is told.
    """
    engagement = message.engagement
    is_last = not engagement.versions.filter(number__gt=message.version.number).exists()
    is_open = engagement.status == EngagementStatus.CO_DESIGN and is_last
    if not is_open:
        return None
    lead = engagement.lead_consultant
    if lead.is_active and lead.is_regional:
        return lead
    region = engagement.lead_region
    team = engagement.team.active().filter(role__in=REGIONAL_ROLES).order_by("full_name", "pk")
    admins: QuerySet[User] = User.objects.consultants_of(region).filter(role=Role.REGIONAL_ADMIN)
    return team.first() or admins.first()


def _can_read(lead: ClientLead) -> bool:
    """Tell whether a client lead is on the engagement now and may read what was shared."""
    is_shared = lead.engagement.shared_at is not None
    return is_shared and lead.removed_at is None and lead.user.is_active and lead.user.is_stp_lead


def _who_decides(message: Message, lead: ClientLead) -> User | None:
    """Return the signatory whose decision is asked for, or their deputy: as long as the version waits for them, and they may decide."""
    signing = read_signing(message.engagement)
    if signing.version is None or signing.version.pk != message.version_id:
        return None
    asked = next((row for row in signing.waits_for if row.pk == lead.pk), None)
    if asked is not None and message.kind == MessageKind.DEPUTY_ASKED:
        asked = next((row for row in signing.leads if row.deputy_for_id == lead.pk), None)
    if asked is None or signing_blockers(message.engagement, lead, asked.user, signing.leads):
        return None
    return asked.user


def sending_blockers(message: Message, now: datetime) -> list[Blocker]:
    """Return why a message cannot be tried again: it has gone, nobody needs it any more, or it may be on its way at this moment."""
    if message.status not in (MessageStatus.WAITING, MessageStatus.FAILED):
        return [Blocker("This message has gone already, or is not needed any more.")]
    is_fresh = message.tried_at is not None and now - message.tried_at < _LONGEST_TRY
    if message.status == MessageStatus.WAITING and is_fresh:
        return [Blocker("We are sending this message just now. Look here again in two minutes.")]
    return []


def unsent_reason(message: Message, *, has_decided: bool) -> str:
    """Return in words why a message could not go to anybody; nothing where nobody waits for it any more."""
    engagement, lead = message.engagement, message.client_lead
    if message.kind == MessageKind.CHANGES_WANTED:
        us = engagement.lead_consultant
        has_left = not (us.is_active and us.is_regional)
        return "nobody of the team can be written to" if has_left and engagement.status == EngagementStatus.CO_DESIGN else ""
    is_waiting = message.version.outcome == VersionOutcome.WAITING and not has_decided
    if lead is None or lead.removed_at is not None or not is_waiting:
        return ""
    if not lead.user.is_active:
        return f"the account of {lead} is closed"
    return "" if lead.user.is_stp_lead else f"{lead} is not an STP lead any more"


def due_reminders(now: datetime) -> list[Reminder]:
    """Return the reminders that are due and have not been written: some days before the due date, and from the day after it on.

    Only those are reminded whose turn it is and who were asked before today; with the second reminder goes a message to the
    deputy. Days are days in England.
    """
    today = timezone.localdate(now)
    if timezone.localtime(now).hour < REMINDER_HOUR:
        return []
    leads = Prefetch("engagement__client_leads", ClientLead.objects.current().with_people())
    versions = list(
        PlanVersion.objects.filter(outcome=VersionOutcome.WAITING, due_on__lte=today + timedelta(days=REMINDER_DAYS_BEFORE))
        .select_related("engagement")
        .prefetch_related("decisions", leads)
        .order_by("pk")
    )
    written = Message.objects.filter(version__in=versions).order_by("created_at", "pk")
    moments = {(row.version_id, row.client_lead_id, row.kind): row.created_at for row in written}
    keys = {row.key for row in written}
    return [
        reminder
        for version in versions
        for lead in _asked_now(version)
        if timezone.localdate(_asked_at(version, lead, moments)) < today
        for reminder in _reminders(version, lead, is_late=version.due_on is not None and version.due_on < today)
        if reminder.key not in keys
    ]


def _asked_now(version: PlanVersion) -> Sequence[ClientLead]:
    """Return the signatories whose turn it is; takes a version with its decisions and the current leads of its engagement."""
    decided = {decision.client_lead_id for decision in version.decisions.all()}
    return to_decide_now(version.engagement.signing_order, list(version.engagement.client_leads.all()), decided)


def _asked_at(version: PlanVersion, lead: ClientLead, moments: dict[tuple[int, int | None, str], datetime]) -> datetime:
    """Return when a signatory was asked to decide."""
    return moments.get((version.pk, lead.pk, MessageKind.DECISION_ASKED), version.submitted_at)


def _reminders(version: PlanVersion, lead: ClientLead, *, is_late: bool) -> list[Reminder]:
    """Return the reminders that a signatory who has not decided calls for; each of their deputies is asked once."""
    if not is_late:
        return [Reminder(MessageKind.DECISION_DUE, version, lead)]
    deputies = [row.user_id for row in version.engagement.client_leads.all() if row.deputy_for_id == lead.pk]
    asked = [Reminder(MessageKind.DEPUTY_ASKED, version, lead, again=str(pk)) for pk in deputies]
    return [Reminder(MessageKind.DECISION_OVERDUE, version, lead), *asked]
