"""Who may do what with measures: whoever may change the plan they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engagements import permissions

if TYPE_CHECKING:
    from accounts.models import User
    from engagements.models import Engagement
    from evaluation.models import Measure


def can_create_measure(user: User, engagement: Engagement) -> bool:
    """The engagement's lead consultant and team, and the regional admins of its lead region."""
    return permissions.can_edit_engagement(user, engagement)


def can_edit_measure(user: User, measure: Measure) -> bool:
    """The same people; removing a measure is theirs as well."""
    return permissions.can_edit_engagement(user, measure.engagement)
