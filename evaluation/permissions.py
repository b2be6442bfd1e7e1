"""Who may do what with measures and results: whoever may change the plan they belong to, and who collects a measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.enums import Role
from engagements import permissions
from engagements.enums import AGREED_STATUSES
from evaluation import policies

if TYPE_CHECKING:
    from accounts.models import User
    from engagements.models import Engagement
    from evaluation.models import Learning, Measure


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
    return permissions.can_comment_engagement(user, engagement) and engagement.status in AGREED_STATUSES


def can_keep_results(user: User, engagement: Engagement) -> bool:
    """Whoever may change the engagement: when measures are collected, their targets, and which are dropped."""
    return permissions.can_edit_engagement(user, engagement)


def can_collect_result(user: User, measure: Measure) -> bool:
    """Whoever may change the engagement, and the colleague or client lead whom the measure names as the one who collects it."""
    if permissions.can_edit_engagement(user, measure.engagement):
        return True
    is_named = not user.is_national_admin and policies.is_owner(user, measure)
    return is_named and can_read_results(user, measure.engagement)


def can_keep_feedback(user: User, engagement: Engagement) -> bool:
    """Whoever may change the engagement asks for feedback; everybody who reads its results reads what came of it."""
    return permissions.can_edit_engagement(user, engagement)


def can_write_learning(user: User, engagement: Engagement) -> bool:
    """Whoever may change the engagement."""
    return permissions.can_edit_engagement(user, engagement)


def can_answer_learning(user: User, learning: Learning) -> bool:
    """The regional admins of the engagement's lead region, and national admins."""
    is_admin_here = user.role == Role.REGIONAL_ADMIN and user.region_id == learning.engagement.lead_region_id
    return user.is_active and (user.is_national_admin or is_admin_here)
