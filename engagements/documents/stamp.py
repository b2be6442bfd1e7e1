"""What is said about a brief rather than in it: draft or version, who agreed and when, how to verify it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from engagements.documents.brief import Brief
from engagements.documents.encoding import content_hash
from engagements.enums import FINGERPRINT_START, DecisionOutcome, EngagementStatus, VersionOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from engagements.models import ClientLead, Decision, EarlyStart, Engagement, PlanVersion


@dataclass(frozen=True)
class Agreement:
    """What was decided for one signatory, by whom and when.

    The number is the signatory's place among the client leads of the brief, from 1. Where a deputy decided, the name, role and
    organisation are the deputy's, and the signatory is named beside them.
    """

    number: int
    name: str
    job_title: str
    organisation: str
    outcome: DecisionOutcome
    at: datetime
    comment: str
    on_behalf_of: str = ""

    @property
    def is_agreed(self) -> bool:
        """Tell whether the signatory agreed."""
        return self.outcome == DecisionOutcome.AGREED


@dataclass(frozen=True)
class Start:
    """That work began before the plan was signed, and why (P10)."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class Stamp:
    """The state in which a brief left the portal. It is no part of what is hashed and signed."""

    is_draft: bool
    status: str
    day: date
    content_hash: str
    address: str
    version: int | None = None
    message: str = ""
    submitted_by: str = ""
    submitted_at: datetime | None = None
    outcome: str = ""
    decisions: tuple[Agreement, ...] = ()
    due_on: date | None = None
    early_start: Start | None = None
    # The numbers of client leads who have left the plan while this version waits.
    left: frozenset[int] = frozenset()
    # Whether it says where those who took part answer: once agreed, unless it is older than that.
    has_feedback_code: bool = False

    @property
    def edition(self) -> str:
        """Name the edition in a few words."""
        return _edition(self.version, is_draft=self.is_draft)

    @property
    def is_waiting(self) -> bool:
        """Tell whether signatories are asked to decide."""
        return self.outcome == VersionOutcome.WAITING

    def feedback_url(self, number: int) -> str:
        """Return the address at which those who took part in a planned intervention, by its number in the brief, say what they think.

        It leads to the questions while they are open. It is made of what the brief says, so that a signed one never changes.
        """
        key = self.content_hash[:FINGERPRINT_START]
        return f"{settings.PORTAL_ADDRESS}{reverse('evaluation:feedback_plan', args=[key, number])}"

    @property
    def check_url(self) -> str:
        """Return the address at which anybody can type in a fingerprint."""
        return f"{settings.PORTAL_ADDRESS}{reverse('engagements:brief_check')}"


@dataclass(frozen=True)
class Signature:
    """A client lead with what was decided for them, if anything was; where a deputy decided, the decision names the deputy."""

    name: str
    job_title: str
    organisation: str
    is_signatory: bool
    deputy_for: str
    has_left: bool
    decision: Agreement | None


def stamp_draft(engagement: Engagement, brief: Brief, *, on: date) -> Stamp:
    """Stamp a brief that is still being written."""
    return Stamp(
        is_draft=True,
        status=str(EngagementStatus(engagement.status).label),
        day=on,
        content_hash=content_hash(brief),
        address=address_of(engagement),
        early_start=_early_start(engagement),
    )


def stamp_version(version: PlanVersion, decisions: Iterable[Decision], *, left: frozenset[int] = frozenset()) -> Stamp:
    """Stamp a submitted version: a draft until every signatory has agreed.

    Nothing here depends on today, nor on what somebody is called now, so that a version always gives the same document. `left` is
    what `left_since` returns.
    """
    is_agreed = version.outcome == VersionOutcome.AGREED
    return Stamp(
        is_draft=not is_agreed,
        status=str(VersionOutcome(version.outcome).label),
        day=timezone.localdate(version.settled_at or version.submitted_at),
        content_hash=version.content_hash,
        address=address_of(version.engagement, version),
        version=version.number,
        message=version.message,
        submitted_by=version.submitted_by_name,
        submitted_at=version.submitted_at,
        outcome=version.outcome,
        decisions=tuple(_agreement(decision) for decision in decisions),
        due_on=version.due_on,
        early_start=_early_start(version.engagement, before=version.settled_at),
        left=left,
        has_feedback_code=is_agreed and version.has_feedback_code,
    )


def left_since(version: PlanVersion, leads: Iterable[ClientLead]) -> frozenset[int]:
    """Return the numbers of those whom a waiting version names and who have left the plan since it was submitted.

    Takes the current client leads: submission has numbered them in `position` as the brief has them. A version that was settled
    does not ask who is on the plan now.
    """
    if version.outcome != VersionOutcome.WAITING:
        return frozenset()
    named = len(version.document.get("client_leads", ()))
    return frozenset(range(1, named + 1)) - {lead.position for lead in leads}


def signatures(brief: Brief, stamp: Stamp) -> list[Signature]:
    """Return the client leads, signatories first and in the order in which they sign, each with their decision.

    A decision stands as it was made: by name, role and organisation of that day, also when the person has left the plan since.
    Whom an agreed version has no decision of left before the others completed the signatures.
    """
    decided = {decision.number: decision for decision in stamp.decisions}
    rows = []
    for number, lead in enumerate(brief.client_leads, start=1):
        decision = decided.get(number)
        is_missing = number in stamp.left or (lead.is_signatory and stamp.outcome == VersionOutcome.AGREED)
        who = decision if decision and not decision.on_behalf_of else lead
        rows.append(
            Signature(
                name=who.name,
                job_title=who.job_title,
                organisation=who.organisation,
                is_signatory=lead.is_signatory or decision is not None,
                deputy_for="" if decision else lead.deputy_for,
                has_left=decision is None and is_missing,
                decision=decision,
            )
        )
    return sorted(rows, key=lambda row: not row.is_signatory)


def edition_of(version: PlanVersion | None) -> str:
    """Name the edition that a version is: "Version 2" or "Version 2, draft"; without one "Draft"."""
    if version is None:
        return _edition(None, is_draft=True)
    return _edition(version.number, is_draft=version.outcome != VersionOutcome.AGREED)


def address_of(engagement: Engagement, version: PlanVersion | None = None) -> str:
    """Return the full address at which a brief can be verified.

    That of a signed version is open to anybody who holds it; that of any other stands behind the sign-in, and stays when others
    follow.
    """
    if version is None:
        path = reverse("engagements:brief_detail", args=[engagement.reference])
    elif version.outcome == VersionOutcome.AGREED:
        path = reverse("engagements:brief_check", args=[version.content_hash])
    else:
        path = reverse("engagements:version_detail", args=[engagement.reference, version.number])
    return f"{settings.PORTAL_ADDRESS}{path}"


def _edition(number: int | None, *, is_draft: bool) -> str:
    if number is None:
        return "Draft"
    return f"Version {number}, draft" if is_draft else f"Version {number}"


def _agreement(decision: Decision) -> Agreement:
    return Agreement(
        number=decision.number,
        name=decision.name,
        job_title=decision.job_title,
        organisation=decision.organisation,
        outcome=DecisionOutcome(decision.outcome),
        at=decision.at,
        comment=decision.comment,
        on_behalf_of=decision.on_behalf_of,
    )


def _early_start(engagement: Engagement, *, before: datetime | None = None) -> Start | None:
    """Return the start before sign-off; a settled version says only what had been recorded by then, and so never changes."""
    start: EarlyStart | None = getattr(engagement, "early_start", None)
    if start is None or (before is not None and start.at > before):
        return None
    return Start(start.at, start.by_name, start.reason)
