"""Who signs a plan, whose turn it is, and what bars a decision (P07, P09, P11, P12, P15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from core.models import AuditEvent
from core.refusals import Blocker
from core.text import date_and_time, joined
from engagements.enums import CLIENT_VERBS, MAX_DAYS_TO_DECIDE, DecisionOutcome, EngagementStatus, VersionOutcome
from engagements.policies.turns import to_decide_now, undecided

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from accounts.models import User
    from engagements.models import ClientLead, Engagement, PlanVersion, StatusChange

HELPED_TO_WRITE = "Nobody signs a plan that they helped to write."


def lead_to_decide_for(user: User, leads: Iterable[ClientLead]) -> ClientLead | None:
    """Return the signatory for whom a person decides: themselves, or the one whose deputy they are. Takes current leads."""
    rows = list(leads)
    mine = next((lead for lead in rows if lead.user_id == user.pk), None)
    if mine is None or mine.is_signatory:
        return mine
    return next((lead for lead in rows if lead.pk == mine.deputy_for_id), None)


def authors_of(engagement: Engagement) -> set[int]:
    """Return everybody who has ever written in a plan, whatever their role is now: the trail knows them."""
    written = AuditEvent.objects.filter(trail=engagement.trail, actor__isnull=False).exclude(verb__in=CLIENT_VERBS)
    return set(written.order_by().values_list("actor_id", flat=True).distinct())


@dataclass(frozen=True)
class Signing:
    """How the signing of one engagement stands: the version submitted last, who is on the plan now and who has decided.

    `last_change` is the move by which the plan last left review, or was withdrawn.
    """

    engagement: Engagement
    version: PlanVersion | None
    last_change: StatusChange | None
    leads: tuple[ClientLead, ...]
    decided: frozenset[int]

    @property
    def is_waiting(self) -> bool:
        """Tell whether signatories are asked to decide."""
        in_review = self.engagement.status == EngagementStatus.IN_REVIEW
        return in_review and self.version is not None and self.version.outcome == VersionOutcome.WAITING

    @property
    def waits_for(self) -> list[ClientLead]:
        """Return whom the plan waits for now."""
        return to_decide_now(self.engagement.signing_order, self.leads, self.decided) if self.is_waiting else []


def read_signing(engagement: Engagement, leads: Iterable[ClientLead] | None = None) -> Signing:
    """Read how the signing of an engagement stands; current leads that a page has read already are taken as they are."""
    version = engagement.versions.order_by("-number").first()
    decided = version.decisions.order_by().values_list("client_lead_id", flat=True) if version else ()
    return Signing(
        engagement=engagement,
        version=version,
        last_change=engagement.status_changes.ending_a_review().select_related("by").order_by("-at", "-pk").first(),
        leads=tuple(engagement.client_leads.current().with_people() if leads is None else leads),
        decided=frozenset(decided),
    )


def signing_blockers(engagement: Engagement, lead: ClientLead, by: User, leads: Sequence[ClientLead]) -> list[Blocker]:
    """Return why a person cannot decide for a signatory, whatever the state of the plan. Takes the current leads."""
    whose = lead_to_decide_for(by, leads)
    # As they were read with the leads: a role may have changed since the person signed in.
    is_client = any(row.user_id == by.pk and row.user.is_active and row.user.is_stp_lead for row in leads)
    if not is_client or whose is None or whose.pk != lead.pk or not whose.is_signatory:
        return [Blocker(f"Only {lead} or their deputy can take this decision.")]
    if by.pk in authors_of(engagement) | {engagement.lead_consultant_id, *(member.pk for member in engagement.team.all())}:
        return [Blocker(HELPED_TO_WRITE)]
    return []


def deciding_blockers(
    signing: Signing, lead: ClientLead, by: User, *, content_hash: str, number: str | None = None
) -> list[Blocker]:
    """Return why a person cannot decide for a signatory on the version they were shown.

    Nothing waits any more, they may not, they were shown another version, it is decided, or others come first. `number` is that
    of the version they were shown, where the page said it: a plan recalled and submitted again as it was has the same hash.
    """
    if signing.is_waiting:
        barred = signing_blockers(signing.engagement, lead, by, signing.leads)
        if barred:
            return barred
    return turn_blockers(signing, lead, by, content_hash=content_hash, number=number)


def turn_blockers(signing: Signing, lead: ClientLead, by: User, *, content_hash: str, number: str | None = None) -> list[Blocker]:
    """Return why somebody who may decide for a signatory cannot do so now: the state of the plan bars it."""
    if not signing.is_waiting or signing.version is None:
        return [Blocker(f"{what_happened(signing)} There is nothing to decide now.")]
    if signing.version.content_hash != content_hash or number not in (None, str(signing.version.number)):
        return [Blocker("The plan has changed since you opened it. Read the new version before you decide.")]
    if lead.pk in signing.decided:
        whose = "You have" if by.pk == lead.user_id else f"{lead} or their deputy has"
        return [Blocker(f"{whose} decided on this version already.")]
    if lead.pk not in {row.pk for row in signing.waits_for}:
        return [Blocker(f"It is not your turn yet. {joined([str(row) for row in signing.waits_for])} decides first.")]
    return []


def due_date_blockers(due_on: date, *, today: date) -> list[Blocker]:
    """Return why signatories cannot be asked to decide by a date."""
    if due_on < today:
        return [Blocker("The date to decide by has passed. Choose today or a later day.")]
    if due_on > today + timedelta(days=MAX_DAYS_TO_DECIDE):
        return [Blocker("The date to decide by is more than a year away. Choose an earlier day.")]
    return []


def saying_blockers(outcome: str, *, has_comment: bool, has_section: bool, has_commented: bool) -> list[Blocker]:
    """Return what a wish for changes still lacks: a comment on at least one section (P07)."""
    if outcome != DecisionOutcome.CHANGES_WANTED or has_commented or (has_comment and has_section):
        return []
    return [Blocker("Say what you want changed, and which part of the plan it is about.")]


def commenting_blockers(
    engagement: Engagement, version: PlanVersion, last_number: int, *, number: str | None = None
) -> list[Blocker]:
    """Return why a version cannot be commented on: it is not the last, or it is settled other than by a wish for changes.

    `number` is that of the version that the person was shown, where the page said it.
    """
    if number not in (None, str(version.number)):
        return [Blocker("The plan has changed since you opened it. Your words are kept here: read the new version first.")]
    is_open = engagement.status in (EngagementStatus.IN_REVIEW, EngagementStatus.CO_DESIGN)
    is_unsettled = version.outcome in (VersionOutcome.WAITING, VersionOutcome.CHANGES_WANTED)
    if is_open and is_unsettled and version.number == last_number:
        return []
    return [Blocker(f"Version {version.number} is not open for comments any more. Open the review to see where the plan stands.")]


def leaving_blockers(signing: Signing, lead: ClientLead) -> list[Blocker]:
    """Return why a client lead cannot be taken off: they are off already, or the version that waits could then never be agreed."""
    if lead.removed_at is not None:
        return [Blocker("Somebody has taken this client lead off the engagement already.")]
    if not signing.is_waiting or not lead.is_signatory:
        return []
    if lead.pk in signing.decided:
        return [Blocker(f"{lead} has decided on the version that waits, so their name stays on it until it is settled.")]
    if len(undecided(signing.leads, signing.decided)) > 1:
        return []
    name_deputy = reverse("engagements:client_lead_create", args=[signing.engagement.reference])
    if signing.decided:
        return [Blocker(f"{lead} is the last who has not decided. Name a deputy who decides in their place.", name_deputy)]
    return [
        Blocker(
            f"{lead} is the only one who signs. Name a deputy for them, or recall the plan and name somebody else.", name_deputy
        )
    ]


def answering_blockers(engagement: Engagement) -> list[Blocker]:
    """Return why comments cannot be answered, settled or reopened: the work has ended."""
    if engagement.status in (EngagementStatus.CLOSED, EngagementStatus.WITHDRAWN):
        label = EngagementStatus(engagement.status).label.lower()
        return [Blocker(f"The engagement is {label}. What was said about it can be read and not changed.")]
    return []


def early_start_blockers(
    engagement: Engagement, *, has_started: bool, was_signed: bool, reason: str | None = None
) -> list[Blocker]:
    """Return why a start before sign-off cannot be recorded; `reason` is none as long as nobody was asked for it (P10).

    Once a version has been signed work goes on under it, also while the next one is written.
    """
    if has_started:
        return [Blocker("A start before sign-off has been recorded already.")]
    if was_signed:
        return [Blocker("A version of this plan has been signed, so work has its sign-off.")]
    if engagement.status not in (EngagementStatus.CO_DESIGN, EngagementStatus.IN_REVIEW):
        return [Blocker("Only work on a plan that is not agreed yet can start before sign-off.")]
    if reason is not None and not reason.strip():
        return [Blocker("Enter why work starts before sign-off.")]
    return []


def what_happened(signing: Signing) -> str:
    """Say what became of the version that a person meant to decide on, by whom and when."""
    version, last = signing.version, signing.last_change
    if version is None or last is None:
        return "Nothing has been submitted yet."
    settled = date_and_time(version.settled_at or last.at)
    is_withdrawn = last.to_status == EngagementStatus.WITHDRAWN
    if is_withdrawn or version.outcome == VersionOutcome.RECALLED:
        verb = "withdrew" if is_withdrawn else "recalled"
        return f"{last.by} {verb} this plan on {date_and_time(last.at)}."
    if version.outcome == VersionOutcome.CHANGES_WANTED:
        return f"{last.by} asked for changes to version {version.number} on {settled}."
    return f"All signatories agreed to version {version.number} on {settled}."
