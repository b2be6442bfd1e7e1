"""What the state of an engagement allows: each policy returns the reasons against a step, none when all is well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.refusals import Blocker
from core.text import joined
from engagements.enums import NEXT_STATUSES, EngagementStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from engagements.models import Engagement, PlanVersion

    ClosingCheck = Callable[[Engagement], list[Blocker]]
    ClosingRemarks = Callable[[Engagement], list[str]]

_closing_checks: list[ClosingCheck] = []
_closing_remarks: list[ClosingRemarks] = []


def register_closing_check(check: ClosingCheck, *, remarks: ClosingRemarks) -> None:
    """Let an upper app add what it asks for before an engagement closes, and what closing means for it; it joins in its `apps.py`."""
    if check not in _closing_checks:
        _closing_checks.append(check)
        _closing_remarks.append(remarks)


_NOT_EDITABLE = {
    EngagementStatus.IN_REVIEW: "The plan is in review. Recall it before you change anything.",
    EngagementStatus.AGREED: "The plan is agreed. Reopen it as a new version before you change anything.",
    EngagementStatus.IN_DELIVERY: "The plan is in delivery. Reopen it as a new version before you change anything.",
    EngagementStatus.IN_EVALUATION: "The plan is in evaluation and cannot be changed any more.",
    EngagementStatus.CLOSED: "The engagement is closed and cannot be changed any more.",
    EngagementStatus.WITHDRAWN: "The engagement was withdrawn. Reinstate it before you change anything.",
}


def editing_blockers(engagement: Engagement) -> list[Blocker]:
    """Return why the plan cannot be changed: only a plan in co-design can."""
    status = EngagementStatus(engagement.status)
    return [Blocker(_NOT_EDITABLE[status], engagement.get_absolute_url())] if status in _NOT_EDITABLE else []


def recalling_blockers(engagement: Engagement, version: PlanVersion | None) -> list[Blocker]:
    """Return why the plan cannot be recalled: it is not in review, or somebody has decided already."""
    if engagement.status != EngagementStatus.IN_REVIEW or version is None:
        return [Blocker("Only a plan in review can be recalled.")]
    decided = [decision.name for decision in version.decisions.all()]
    return [Blocker(f"{joined(decided)} decided already, so the plan cannot be recalled.")] if decided else []


def revising_blockers(engagement: Engagement, *, reason: str | None = None) -> list[Blocker]:
    """Return why the plan cannot be reopened as a new version; `reason` is none as long as nobody was asked for it."""
    if engagement.status not in (EngagementStatus.AGREED, EngagementStatus.IN_DELIVERY):
        return [Blocker("Only a plan that is agreed or in delivery can be reopened.")]
    return _blockers_without(reason, "Enter why a new version is needed.")


def delivery_blockers(engagement: Engagement) -> list[Blocker]:
    """Return why delivery cannot start."""
    return _blockers_before(engagement, EngagementStatus.IN_DELIVERY, "Delivery starts once all signatories have agreed.")


def evaluation_blockers(engagement: Engagement) -> list[Blocker]:
    """Return why the evaluation cannot start."""
    return _blockers_before(engagement, EngagementStatus.IN_EVALUATION, "The evaluation starts after delivery.")


def closing_blockers(engagement: Engagement) -> list[Blocker]:
    """Return why the engagement cannot be closed: it is not in evaluation, or something is still to be said."""
    barred = _blockers_before(engagement, EngagementStatus.CLOSED, "An engagement is closed after its evaluation.")
    return barred or [blocker for check in _closing_checks for blocker in check(engagement)]


def closing_remarks(engagement: Engagement) -> list[str]:
    """Return what somebody should know before they close an engagement."""
    return [remark for find in _closing_remarks for remark in find(engagement)]


def withdrawing_blockers(engagement: Engagement, *, reason: str | None = None) -> list[Blocker]:
    """Return why the engagement cannot be withdrawn; `reason` is none as long as nobody was asked for it."""
    barred = _blockers_before(engagement, EngagementStatus.WITHDRAWN, "Only an open engagement can be withdrawn.")
    return barred or _blockers_without(reason, "Enter why the work stops.")


def reinstating_blockers(engagement: Engagement) -> list[Blocker]:
    """Return why the engagement cannot be reinstated."""
    if engagement.status == EngagementStatus.WITHDRAWN:
        return []
    return [Blocker("Only a withdrawn engagement can be reinstated.")]


def _blockers_before(engagement: Engagement, status: EngagementStatus, sentence: str) -> list[Blocker]:
    """Return the sentence where the state table does not know the move."""
    return [] if status in NEXT_STATUSES[EngagementStatus(engagement.status)] else [Blocker(sentence)]


def _blockers_without(reason: str | None, sentence: str) -> list[Blocker]:
    """Return the sentence where a reason was asked for and none was given."""
    return [Blocker(sentence)] if reason is not None and not reason.strip() else []
