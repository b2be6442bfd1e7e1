"""Who may do what with measures and results: whoever may change the plan they belong to, and who collects a measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engagements import permissions
from engagements.enums import EngagementStatus
from evaluation import policies

if TYPE_CHECKING:
    from accounts.models import User
    from engagements.models import Engagement
    from evaluation.models import Measure

# While a plan is written, its client reads what was submitted and nothing else.
_SHOWN_TO_CLIENTS = (
    EngagementStatus.AGREED,
    EngagementStatus.IN_DELIVERY,
    EngagementStatus.IN_EVALUATION,
    EngagementStatus.CLOSED,
)


def can_create_measure(user: User, engagement: Engagement) -> bool:
    """The engagement's lead consultant and team, and the regional admins of its lead region."""
    return permissions.can_edit_engagement(user, engagement)


def can_edit_measure(user: User, measure: Measure) -> bool:
    """The same people; removing a measure is theirs as well."""
    return permissions.can_edit_engagement(user, measure.engagement)


def can_read_results(user: User, engagement: Engagement) -> bool:
    """Whoever reads its working pages, and its client leads as long as the plan stands as it was agreed."""
    if permissions.can_read_working_engagement(user, engagement):
        return True
    return permissions.can_comment_engagement(user, engagement) and engagement.status in _SHOWN_TO_CLIENTS


def can_keep_results(user: User, engagement: Engagement) -> bool:
    """Whoever may change the engagement: when measures are collected, their targets, and which are dropped."""
    return permissions.can_edit_engagement(user, engagement)


def can_collect_result(user: User, measure: Measure) -> bool:
    """Whoever may change the engagement, and the client lead whom the measure names as the one who collects it."""
    if permissions.can_edit_engagement(user, measure.engagement):
        return True
    return can_read_results(user, measure.engagement) and user.is_stp_lead and policies.is_owner(user, measure)


def can_keep_feedback(user: User, engagement: Engagement) -> bool:
    """Whoever may change the engagement asks for feedback; everybody who reads its results reads what came of it."""
    return permissions.can_edit_engagement(user, engagement)
