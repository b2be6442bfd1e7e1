"""Pages of the results of one engagement: what is collected when, what it showed, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import PortalForm
from core.pages import form_page, post_action
from engagements.models import PlannedIntervention
from evaluation import actions, documents, forms, permissions, policies
from evaluation.models import Measure, Result
from evaluation.views.loading import load_results

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from core.refusals import Blocker
    from core.requests import PortalRequest
    from engagements.models import Engagement


@dataclass(frozen=True)
class ProgressRow:
    """One measure as the page shows it: its progress, its chart, and what may be done with it."""

    progress: policies.Progress
    chart: documents.Chart | None
    rows: list[tuple[Result, bool, list[str]]]
    can_collect: bool
    remarks: list[str]


@require_safe
def result_list(request: PortalRequest, reference: str) -> HttpResponse:
    """Show each measure with what its collections showed, by planned intervention."""
    engagement = load_results(request, reference)
    found = policies.progress_in(engagement)
    has_collections = any(progress.results for progress in found)
    blockers = policies.recording_blockers(engagement, has_collections=has_collections)
    can_keep = not blockers and permissions.can_keep_results(request.user, engagement)
    shown = [(progress.measure.planned_intervention_id, _row(request, progress, is_open=not blockers)) for progress in found]
    planned_rows = PlannedIntervention.objects.filter(engagement=engagement).order_by("position", "pk")
    context = {
        "engagement": engagement,
        "groups": [(planned, [row for planned_pk, row in shown if planned_pk == planned.pk]) for planned in planned_rows],
        "untied": [row for planned_pk, row in shown if planned_pk is None],
        "blockers": blockers,
        "can_keep": can_keep,
        "has_collections": has_collections,
        "can_plan": can_keep and any(not row.results and row.measure.dropped_on is None for row in found),
    }
    return TemplateResponse(request, "evaluation/result_list.html", context)


@require_POST
def results_plan(request: PortalRequest, reference: str) -> HttpResponse:
    """Add the usual collections of the measures that have none."""
    engagement = _load_kept(request, reference)
    plan = partial(actions.plan_results, engagement=engagement, by=request.user)
    return post_action(request, act=plan, done=_list_url(engagement))


@require_http_methods(["GET", "POST"])
def result_create(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Add a collection of a measure."""
    measure = _load_measure(request, reference, pk)
    form = forms.ResultForm(request.POST or None, instance=Result(measure=measure))
    save = partial(actions.add_result, measure=measure, by=request.user)
    return _form_page(request, measure, form=form, save=save, template="result_create", done=_address_of)


@require_http_methods(["GET", "POST"])
def result_edit(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Change when a collection is due."""
    result = _load_result(request, reference, pk)
    _refuse_unless(permissions.can_keep_results(request.user, result.measure.engagement))
    context: dict[str, Any] = {"pk": pk, "name": result.get_moment_display(), "is_collected": result.is_collected}
    form = forms.ResultForm(request.POST or None, instance=result)
    save = partial(actions.change_result, result=result, by=request.user)
    return _form_page(request, result.measure, form=form, save=save, template="result_edit", done=_address_of, **context)


@require_http_methods(["GET", "POST"])
def result_collect(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Write down what a collection showed."""
    result = _load_result(request, reference, pk)
    context = {"pk": pk, "name": result.get_moment_display(), "due_on": result.due_on, "is_collected": result.is_collected}
    form = forms.ResultCollectForm(
        request.POST or None,
        instance=result,
        baseline=policies.progress_of(result.measure, result.measure.results.all()).baseline,
        is_for_team=permissions.can_keep_results(request.user, result.measure.engagement),
    )
    save = partial(actions.collect_result, result=result, by=request.user)
    blockers = policies.dropped_blockers(result.measure)
    return _form_page(
        request, result.measure, form=form, save=save, template="result_collect", done=_address_of, blockers=blockers, **context
    )


@require_http_methods(["GET", "POST"])
def result_miss(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Say that a collection does not take place."""
    result = _load_result(request, reference, pk)
    form = forms.ResultMissForm(request.POST or None, instance=result)
    save = partial(actions.miss_result, result=result, by=request.user)
    context = {"pk": pk, "name": result.get_moment_display()}
    blockers = policies.result_removing_blockers(result)
    return _form_page(
        request, result.measure, form=form, save=save, template="result_miss", done=_address_of, blockers=blockers, **context
    )


@require_http_methods(["GET", "POST"])
def result_remove(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Ask, then remove a collection without a result."""
    result = _load_result(request, reference, pk)
    _refuse_unless(permissions.can_keep_results(request.user, result.measure.engagement))
    save = partial(actions.remove_result, result=result, by=request.user)
    context = {"name": result.get_moment_display(), "due_on": result.due_on}
    blockers = policies.result_losing_blockers(result)
    form = PortalForm(request.POST or None)
    done = _list_url(result.measure.engagement)
    return _form_page(
        request, result.measure, form=form, save=save, template="result_remove", done=done, blockers=blockers, **context
    )


@require_http_methods(["GET", "POST"])
def measure_retarget(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Set another target for a measure that is under way."""
    measure = _load_measure(request, reference, pk)
    form = forms.MeasureRetargetForm(request.POST or None, instance=measure)
    save = partial(actions.retarget_measure, measure=measure, by=request.user)
    blockers = policies.dropped_blockers(measure)
    done = _address_in_list(measure)
    return _form_page(request, measure, form=form, save=save, template="measure_retarget", done=done, blockers=blockers)


@require_http_methods(["GET", "POST"])
def measure_drop(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Stop collecting a measure, with the reason."""
    measure = _load_measure(request, reference, pk)
    form = forms.MeasureDropForm(request.POST or None)
    save = partial(actions.drop_measure, measure=measure, by=request.user)
    blockers = policies.dropped_blockers(measure)
    done = _address_in_list(measure)
    return _form_page(request, measure, form=form, save=save, template="measure_drop", done=done, blockers=blockers)


@require_POST
def measure_restore(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Take a dropped measure up again."""
    measure = _load_measure(request, reference, pk)
    restore = partial(actions.restore_measure, measure=measure, by=request.user)
    return post_action(request, act=restore, done=_address_in_list(measure))


@require_http_methods(["GET", "POST"])
def contribution_edit(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Say what else may have caused what a measure shows."""
    measure = _load_measure(request, reference, pk)
    context: dict[str, Any] = {"other_influences": measure.other_influences}
    form = forms.ContributionForm(request.POST or None, instance=measure)
    save = partial(actions.write_contribution, measure=measure, by=request.user)
    done = _address_in_list(measure)
    return _form_page(request, measure, form=form, save=save, template="contribution_edit", done=done, **context)


def _load_kept(request: PortalRequest, reference: str) -> Engagement:
    """Return an engagement whose results the person keeps."""
    engagement = load_results(request, reference)
    _refuse_unless(permissions.can_keep_results(request.user, engagement))
    return engagement


def _load_measure(request: PortalRequest, reference: str, pk: int) -> Measure:
    """Return a measure whose targets and collections the person keeps."""
    engagement = _load_kept(request, reference)
    measure: Measure = get_object_or_404(engagement.measures.select_related("planned_intervention"), pk=pk)
    measure.engagement = engagement
    return measure


def _load_result(request: PortalRequest, reference: str, pk: int) -> Result:
    """Return a collection that the person may write down."""
    engagement = load_results(request, reference)
    found = Result.objects.filter(measure__engagement=engagement).select_related("measure__planned_intervention")
    result: Result = get_object_or_404(found, pk=pk)
    result.measure.engagement = engagement
    _refuse_unless(permissions.can_collect_result(request.user, result.measure))
    return result


def _refuse_unless(is_allowed: bool) -> None:
    """Refuse what a person may see and not do."""
    if not is_allowed:
        raise PermissionDenied


def _row(request: PortalRequest, progress: policies.Progress, *, is_open: bool) -> ProgressRow:
    """Return one measure as the page shows it."""
    today = timezone.localdate()
    measure = progress.measure
    can_collect = is_open and measure.dropped_on is None and permissions.can_collect_result(request.user, measure)
    rows = [(row, row.is_overdue(today), policies.remarks_on(row, progress) if can_collect else []) for row in progress.results]
    remarks = policies.remarks_on_target(measure, progress.baseline) if can_collect else []
    return ProgressRow(progress, documents.chart_of(progress), rows, can_collect, remarks)


def _form_page(
    request: PortalRequest,
    measure: Measure,
    *,
    form: PortalForm,
    save: Callable[..., object],
    template: str,
    done: str | Callable[[Result], str],
    blockers: list[Blocker] | None = None,
    **context: object,
) -> HttpResponse:
    """Show a form about one measure; what bars it stands in its place."""
    engagement = measure.engagement
    has_collections = measure.results.exists()
    barred = policies.recording_blockers(engagement, has_collections=has_collections) or blockers or []
    shown = {
        "engagement": engagement,
        "outcome": str(measure),
        "planned": measure.planned_intervention,
        "blockers": barred,
        "back": _list_url(engagement),
        **context,
    }
    return form_page(request, form=form, save=save, template=f"evaluation/{template}.html", done=done, context=shown)


def _list_url(engagement: Engagement) -> str:
    """Return the address of the results of an engagement."""
    return reverse("evaluation:result_list", args=[engagement.reference])


def _address_in_list(measure: Measure) -> str:
    """Return where a measure stands in the list."""
    return f"{_list_url(measure.engagement)}#measure-{measure.pk}"


def _address_of(result: Result) -> str:
    """Return where the measure of a collection stands in the list."""
    return _address_in_list(result.measure)
