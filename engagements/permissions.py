"""Who may do what on an engagement (DESIGN section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.enums import Role
from engagements import policies

if TYPE_CHECKING:
    from accounts.models import User
    from engagements.models import ClientLead, Comment, Engagement


def can_create_engagement(user: User) -> bool:
    """Consultants and regional admins."""
    return user.is_active and user.is_regional


def can_read_working_engagement(user: User, engagement: Engagement) -> bool:
    """Everybody who sees it but the client, who reads what was submitted to them instead."""
    return user.is_active and not user.is_stp_lead


def can_edit_engagement(user: User, engagement: Engagement) -> bool:
    """Its lead consultant and team, and the regional admins of its lead region."""
    if not user.is_active or not user.is_regional:
        return False
    if user.role == Role.REGIONAL_ADMIN and user.region_id == engagement.lead_region_id:
        return True
    return _is_on_team(user, engagement)


def can_reassign_engagement(user: User, engagement: Engagement) -> bool:
    """The regional admins of its lead region, and its lead consultant."""
    is_admin_here = user.role == Role.REGIONAL_ADMIN and user.region_id == engagement.lead_region_id
    return user.is_active and user.is_regional and (is_admin_here or engagement.lead_consultant_id == user.pk)


def can_decide_engagement(user: User, engagement: Engagement) -> bool:
    """The signatories named on it and their deputies, but nobody who helped to write it, whatever their role is now."""
    leads = _current(engagement)
    lead = policies.lead_to_decide_for(user, leads)
    return lead is not None and not policies.signing_blockers(engagement, lead, user, leads)


def can_comment_engagement(user: User, engagement: Engagement) -> bool:
    """The client leads who are named on it now."""
    return user.is_active and user.is_stp_lead and any(lead.user_id == user.pk for lead in _current(engagement))


def can_answer_engagement(user: User, engagement: Engagement) -> bool:
    """Whoever may change it, and the client leads who are named on it now."""
    return can_edit_engagement(user, engagement) or can_comment_engagement(user, engagement)


def can_reopen_comment(user: User, comment: Comment) -> bool:
    """Whoever may change its engagement, and the client lead who made it."""
    engagement = comment.version.engagement
    return can_edit_engagement(user, engagement) or (comment.author_id == user.pk and can_comment_engagement(user, engagement))


def can_keep_criteria(user: User) -> bool:
    """National admins."""
    return user.is_active and user.is_national_admin


def _current(engagement: Engagement) -> list[ClientLead]:
    """Return the client leads who are on an engagement now, as they were read with it."""
    return [lead for lead in engagement.client_leads.all() if lead.removed_at is None]


def _is_on_team(user: User, engagement: Engagement) -> bool:
    """Tell whether a person leads an engagement or is on its team, whatever their role is now."""
    return engagement.lead_consultant_id == user.pk or any(member.pk == user.pk for member in engagement.team.all())
