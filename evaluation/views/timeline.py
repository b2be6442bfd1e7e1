"""Pages of the timeline: what was delivered, measured, said and decided, and the sessions that took place."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from core.forms import PortalForm
from core.pages import form_page
from evaluation import actions, forms, permissions, policies
from evaluation.models import DeliveredSession
from evaluation.views.loading import load_results

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest
    from engagements.models import Engagement, PlannedIntervention


@require_safe
def timeline_list(request: PortalRequest, reference: str) -> HttpResponse:
    """Show what happened, intervention by intervention."""
    engagement = load_results(request, reference)
    blockers = policies.delivering_blockers(engagement)
    context = {
        "engagement": engagement,
        "timelines": policies.timelines_of(engagement, on=timezone.localdate()),
        "can_keep": not blockers and permissions.can_keep_results(request.user, engagement),
    }
    return TemplateResponse(request, "evaluation/timeline_list.html", context)


@require_http_methods(["GET", "POST"])
def session_create(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Write down that a session took place."""
    engagement = _load_kept(request, reference)
    planned: PlannedIntervention = get_object_or_404(engagement.planned_interventions, pk=pk)
    planned.engagement = engagement
    form = forms.DeliveredSessionForm(request.POST or None, instance=DeliveredSession(planned_intervention=planned))
    save = partial(actions.add_session, planned=planned, by=request.user)
    return _form_page(request, planned, form=form, save=save, template="session_create", done=_address_of)


@require_http_methods(["GET", "POST"])
def session_edit(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Correct what was written of a session."""
    session = _load_session(request, reference, pk)
    form = forms.DeliveredSessionForm(request.POST or None, instance=session)
    save = partial(actions.change_session, session=session, by=request.user)
    return _form_page(
        request, session.planned_intervention, form=form, save=save, template="session_edit", done=_address_of, pk=pk
    )


@require_http_methods(["GET", "POST"])
def session_remove(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Ask, then remove a session."""
    session = _load_session(request, reference, pk)
    form = PortalForm(request.POST or None)
    save = partial(actions.remove_session, session=session, by=request.user)
    planned = session.planned_intervention
    return _form_page(request, planned, form=form, save=save, template="session_remove", held_on=session.held_on)


def _load_kept(request: PortalRequest, reference: str) -> Engagement:
    """Return an engagement whose sessions the person keeps."""
    engagement = load_results(request, reference)
    if not permissions.can_keep_results(request.user, engagement):
        raise PermissionDenied
    return engagement


def _load_session(request: PortalRequest, reference: str, pk: int) -> DeliveredSession:
    """Return a session that the person keeps."""
    engagement = _load_kept(request, reference)
    found = DeliveredSession.objects.filter(planned_intervention__engagement=engagement)
    session: DeliveredSession = get_object_or_404(found.select_related("planned_intervention"), pk=pk)
    session.planned_intervention.engagement = engagement
    return session


def _form_page(
    request: PortalRequest,
    planned: PlannedIntervention,
    *,
    form: PortalForm,
    save: Any,
    template: str,
    done: Any = "",
    **context: object,
) -> HttpResponse:
    """Show a form about a session of one planned intervention."""
    engagement = planned.engagement
    back = _list_url(engagement)
    shown = {
        "engagement": engagement,
        "planned": planned,
        "blockers": policies.delivering_blockers(engagement),
        "back": back,
        **context,
    }
    return form_page(request, form=form, save=save, template=f"evaluation/{template}.html", done=done or back, context=shown)


def _list_url(engagement: Engagement) -> str:
    """Return the address of the timeline."""
    return reverse("evaluation:timeline_list", args=[engagement.reference])


def _address_of(session: DeliveredSession) -> str:
    """Return the place of a session on the timeline."""
    return f"{_list_url(session.planned_intervention.engagement)}#session-{session.pk}"
