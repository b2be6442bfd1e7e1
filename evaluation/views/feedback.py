"""Pages of the feedback of one engagement: what is asked, the links and cards, and what came of it once it is closed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import PortalForm
from core.pages import form_page, post_action
from engagements.models import PlannedIntervention
from evaluation import actions, forms, permissions, policies
from evaluation.models import FeedbackForm
from evaluation.views.loading import load_results

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from core.refusals import Blocker
    from core.requests import PortalRequest
    from engagements.models import Engagement


@dataclass(frozen=True)
class FormRow:
    """One form as the list shows it: where it stands, and what came of it once it is closed."""

    form: FeedbackForm
    is_open: bool
    is_closed: bool
    summary: policies.FeedbackSummary | None


@require_safe
def feedback_form_list(request: PortalRequest, reference: str) -> HttpResponse:
    """Show by planned intervention what is asked, and what came of it once it is closed."""
    engagement = load_results(request, reference)
    can_keep = permissions.can_keep_feedback(request.user, engagement)
    kept = FeedbackForm.objects.filter(planned_intervention__engagement=engagement).order_by("created_at", "pk")
    # Whoever does not keep them reads what came of them, and not what is being prepared.
    shown = kept if can_keep else kept.filter(opened_at__isnull=False)
    planned_rows = PlannedIntervention.objects.filter(engagement=engagement).order_by("position", "pk")
    forms_shown = list(shown)
    # Nobody reads the answers of a form that is open.
    prefetch_related_objects([form for form in forms_shown if form.is_closed(timezone.localdate())], "answers")
    rows = [_row(form) for form in forms_shown]
    blockers = policies.feedback_blockers(engagement)
    context = {
        "engagement": engagement,
        "groups": [
            (planned, [row for row in rows if row.form.planned_intervention_id == planned.pk]) for planned in planned_rows
        ],
        "can_keep": can_keep and not blockers,
        "blockers": blockers,
    }
    return TemplateResponse(request, "evaluation/feedback_form_list.html", context)


@require_http_methods(["GET", "POST"])
def feedback_form_create(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Prepare a form for one planned intervention."""
    engagement = _load_kept(request, reference)
    planned: PlannedIntervention = get_object_or_404(engagement.planned_interventions, pk=pk)
    planned.engagement = engagement
    form = forms.FeedbackSetupForm(request.POST or None, instance=FeedbackForm(planned_intervention=planned))
    save = partial(actions.add_feedback_form, planned=planned, by=request.user)
    return _form_page(request, planned, form=form, save=save, template="feedback_form_create", done=_detail_url)


@require_safe
def feedback_form_detail(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Show one form: what it asks, how it is answered, and what came of it."""
    engagement = load_results(request, reference)
    form = _find(request, engagement, pk)
    can_keep = permissions.can_keep_feedback(request.user, engagement) and not policies.feedback_blockers(engagement)
    row = _row(form)
    link = form.links.filter(number=0, revoked_at=None).order_by("-pk").first() if row.is_open and can_keep else None
    context = {
        "engagement": engagement,
        "planned": form.planned_intervention,
        "row": row,
        "questions": form.questions or policies.questions_of(form),
        "behaviours": form.behaviours or policies.behaviours_of(form.planned_intervention),
        "address": policies.feedback_url(link) if link else "",
        "is_on_brief": link is not None and policies.is_on_brief(form, timezone.localdate()),
        "can_keep": can_keep,
        "blockers": policies.asking_blockers(form, timezone.localdate()) if form.opened_at is None else [],
        "back": _list_url(engagement),
    }
    return TemplateResponse(request, "evaluation/feedback_form_detail.html", context)


@require_http_methods(["GET", "POST"])
def feedback_form_edit(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Change what a form will ask."""
    found = _load_form(request, reference, pk)
    form = forms.FeedbackSetupForm(request.POST or None, instance=found)
    save = partial(actions.change_feedback_form, form=found, by=request.user)
    blockers = policies.changing_form_blockers(found)
    planned = found.planned_intervention
    return _form_page(
        request, planned, form=form, save=save, template="feedback_form_edit", done=_detail_url, blockers=blockers, pk=pk
    )


@require_http_methods(["GET", "POST"])
def feedback_form_remove(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Ask, then remove a form that was never opened."""
    found = _load_form(request, reference, pk)
    planned = found.planned_intervention
    save = partial(actions.remove_feedback_form, form=found, by=request.user)
    done = _list_url(planned.engagement)
    blockers = policies.changing_form_blockers(found)
    form = PortalForm(request.POST or None)
    return _form_page(request, planned, form=form, save=save, template="feedback_form_remove", done=done, blockers=blockers)


@require_POST
def feedback_form_open(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Take answers from now on."""
    form = _load_form(request, reference, pk)
    return post_action(request, act=partial(actions.open_feedback_form, form=form, by=request.user), done=_detail_url(form))


@require_http_methods(["GET", "POST"])
def feedback_form_extend(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Set another last day."""
    found = _load_form(request, reference, pk)
    form = forms.FeedbackExtendForm(request.POST or None, instance=found)
    save = partial(actions.extend_feedback_form, form=found, by=request.user)
    blockers = policies.open_form_blockers(found, timezone.localdate())
    planned = found.planned_intervention
    return _form_page(
        request, planned, form=form, save=save, template="feedback_form_extend", done=_detail_url, blockers=blockers
    )


@require_http_methods(["GET", "POST"])
def feedback_form_close(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Ask, then take no more answers."""
    found = _load_form(request, reference, pk)
    save = partial(actions.close_feedback_form, form=found, by=request.user)
    blockers = policies.open_form_blockers(found, timezone.localdate())
    form = PortalForm(request.POST or None)
    planned = found.planned_intervention
    context: dict[str, Any] = {"blockers": blockers, "pk": pk, "enough": found.min_answers}
    return _form_page(request, planned, form=form, save=save, template="feedback_form_close", done=_detail_url, **context)


@require_POST
def feedback_link_renew(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Make new links, so that the old ones lead nowhere."""
    form = _load_form(request, reference, pk)
    renew = partial(actions.renew_feedback_link, form=form, by=request.user)
    return post_action(request, act=renew, done=_detail_url(form))


@require_safe
def feedback_cards(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Show the cards to print: one for a table, or one for each person. It does not say which were used."""
    form = _load_form(request, reference, pk)
    if not form.is_open(timezone.localdate()):
        raise Http404
    # In no order, so that nobody can hand them out in one that they know.
    links = form.links.filter(revoked_at=None).order_by("token_hash")
    context = {
        "engagement": form.planned_intervention.engagement,
        "planned": form.planned_intervention,
        "form_shown": form,
        "cards": [(link.number, policies.feedback_url(link)) for link in links],
        "back": _detail_url(form),
    }
    return TemplateResponse(request, "evaluation/feedback_cards.html", context)


def _load_kept(request: PortalRequest, reference: str) -> Engagement:
    """Return an engagement whose feedback the person keeps."""
    engagement = load_results(request, reference)
    if not permissions.can_keep_feedback(request.user, engagement):
        raise PermissionDenied
    return engagement


def _load_form(request: PortalRequest, reference: str, pk: int) -> FeedbackForm:
    """Return a form that the person keeps."""
    return _find(request, _load_kept(request, reference), pk)


def _find(request: PortalRequest, engagement: Engagement, pk: int) -> FeedbackForm:
    """Return a form of an engagement; one that is being prepared only to those who keep it."""
    found = FeedbackForm.objects.filter(planned_intervention__engagement=engagement)
    if not permissions.can_keep_feedback(request.user, engagement):
        found = found.filter(opened_at__isnull=False)
    form: FeedbackForm = get_object_or_404(found.select_related("planned_intervention"), pk=pk)
    form.planned_intervention.engagement = engagement
    return form


def _row(form: FeedbackForm) -> FormRow:
    """Return one form as pages show it."""
    today = timezone.localdate()
    is_closed = form.is_closed(today)
    summary = policies.summary_of(form, list(form.answers.all()), on=today) if is_closed else None
    return FormRow(form, form.is_open(today), is_closed, summary)


def _form_page(
    request: PortalRequest,
    planned: PlannedIntervention,
    *,
    form: PortalForm,
    save: Callable[..., object],
    template: str,
    done: str | Callable[[FeedbackForm], str],
    blockers: list[Blocker] | None = None,
    **context: object,
) -> HttpResponse:
    """Show a form about the feedback on one planned intervention; what bars it stands in its place."""
    engagement = planned.engagement
    shown = {
        "engagement": engagement,
        "planned": planned,
        "blockers": policies.feedback_blockers(engagement) or blockers or [],
        "back": _list_url(engagement),
        **context,
    }
    return form_page(request, form=form, save=save, template=f"evaluation/{template}.html", done=done, context=shown)


def _list_url(engagement: Engagement) -> str:
    """Return the address of the feedback of an engagement."""
    return reverse("evaluation:feedback_form_list", args=[engagement.reference])


def _detail_url(form: FeedbackForm) -> str:
    """Return the address of one form."""
    reference = form.planned_intervention.engagement.reference
    return reverse("evaluation:feedback_form_detail", args=[reference, form.pk])
