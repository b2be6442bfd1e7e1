"""Pages of the engagement itself: logging it, its workspace, its title and client, who is writing in it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from core.models import AuditEvent, FormDraft
from core.pages import form_page
from core.sessions import heartbeat
from engagements import actions, forms, permissions, policies
from engagements.enums import BEGUN_STATUSES
from engagements.models import Engagement
from engagements.views.loading import load_editable, load_engagement, load_working
from engagements.views.review import changes_wanted, read_submitted

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest

RECENT_EVENTS = 5
WRITING_NOW = timedelta(minutes=10)


@require_http_methods(["GET", "POST"])
def engagement_create(request: PortalRequest) -> HttpResponse:
    """Log an engagement on one short page."""
    if not permissions.can_create_engagement(request.user):
        raise PermissionDenied
    form = forms.EngagementForm(request.POST or None, instance=Engagement())
    return form_page(
        request,
        form=form,
        save=partial(actions.create_engagement, by=request.user),
        template="engagements/engagement_create.html",
        done=Engagement.get_absolute_url,
    )


@require_safe
def engagement_detail(request: PortalRequest, reference: str) -> HttpResponse:
    """Show the workspace: the compass, what is done, what is missing, who is on it and what happened."""
    engagement = load_engagement(request, reference)
    if not permissions.can_read_working_engagement(request.user, engagement):
        return redirect("engagements:review_detail", reference=reference)
    engagement.load_plan()
    submitted = read_submitted(engagement, request.user)
    blockers = policies.missing_blockers(engagement, submitted.criteria)
    context = {
        "engagement": engagement,
        "can_edit": permissions.can_edit_engagement(request.user, engagement),
        "is_in_co_design": not policies.editing_blockers(engagement),
        "has_begun": engagement.status in BEGUN_STATUSES,
        "tasks": policies.progress(engagement, blockers),
        "compass": policies.compass(engagement),
        "next_step": policies.next_step(engagement, blockers),
        "blockers": blockers,
        "remarks": policies.contradictions(engagement),
        "changes_wanted": changes_wanted(submitted) if not policies.editing_blockers(engagement) else [],
        "threads": [thread for thread in submitted.threads if not thread.comment.is_resolved],
        "in_force": submitted.in_force_beside(engagement),
        "events": AuditEvent.objects.for_trail(engagement.trail)[:RECENT_EVENTS],
    }
    return TemplateResponse(request, "engagements/engagement_detail.html", context)


@require_http_methods(["GET", "POST"])
def engagement_edit(request: PortalRequest, reference: str) -> HttpResponse:
    """Change the title and the client."""
    engagement = load_editable(request, reference)
    context = {"engagement": engagement, "blockers": policies.editing_blockers(engagement), "back": engagement.get_absolute_url()}
    return form_page(
        request,
        form=forms.EngagementForm(request.POST or None, instance=load_editable(request, reference)),
        save=partial(actions.change_engagement, engagement=engagement, by=request.user),
        template="engagements/engagement_edit.html",
        done=engagement.get_absolute_url(),
        context=context,
    )


@heartbeat
@require_safe
def presence_list(request: PortalRequest, reference: str) -> HttpResponse:
    """Say who else is writing in this engagement now: people with words on its pages that they have not saved yet (P03)."""
    engagement = load_working(request, reference)
    drafts = FormDraft.objects.below(engagement.get_absolute_url()).exclude(user=request.user)
    recent = drafts.filter(updated_at__gte=timezone.now() - WRITING_NOW)
    prefetch_related_objects([engagement], "team")
    # Anybody can keep a draft under any address; only those who may change the engagement are in it.
    inside = [draft for draft in recent if permissions.can_edit_engagement(draft.user, engagement)]
    return TemplateResponse(request, "engagements/presence_list.html", {"drafts": inside[:RECENT_EVENTS]})
