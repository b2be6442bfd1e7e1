"""Pages of the measures of one engagement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, prefetch_related_objects
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.forms import PortalForm
from core.pages import form_page
from core.reading import MAX_ID_DIGITS
from engagements.enums import SectionSlug
from engagements.models import PlannedIntervention
from engagements.policies import editing_blockers
from engagements.views.loading import load_working
from engagements.views.removed import keep_words_of_removed
from engagements.views.review import threads_on
from evaluation import actions, forms, permissions, policies
from evaluation.models import Measure, MeasureSuggestion
from interventions.policies import suggested_measures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.http import HttpResponse

    from core.requests import PortalRequest
    from engagements.models import Engagement


@dataclass(frozen=True)
class MeasureRow:
    """One measure as the list shows it, with what it still lacks and what is odd about it."""

    measure: Measure
    missing: list[str]
    remarks: list[str]


@dataclass(frozen=True)
class MeasureGroup:
    """The measures of one planned intervention, and what else its menu item suggests."""

    planned: PlannedIntervention
    rows: list[MeasureRow]
    suggestions: list[MeasureSuggestion]


@require_safe
def measure_list(request: PortalRequest, reference: str) -> HttpResponse:
    """Show the measures by planned intervention, what they lack and what to start from."""
    engagement = load_working(request, reference)
    _load_measures(engagement)
    blockers = editing_blockers(engagement)
    measures = list(engagement.measures.all())
    planned_rows = list(engagement.planned_interventions.all())
    suggested = suggested_measures([planned.intervention for planned in planned_rows if planned.intervention])
    context = {
        "engagement": engagement,
        "groups": [_group(planned, measures, suggested) for planned in planned_rows],
        "untied": _rows(measure for measure in measures if measure.planned_intervention_id is None),
        "missing": policies.measure_blockers(engagement),
        "threads": threads_on(engagement, SectionSlug.MEASURES.value),
        "can_edit": not blockers and permissions.can_create_measure(request.user, engagement),
        "blockers": blockers,
    }
    return TemplateResponse(request, "evaluation/measure_list.html", context)


@require_http_methods(["GET", "POST"])
def measure_create(request: PortalRequest, reference: str) -> HttpResponse:
    """Add a measure, for a planned intervention and from a suggestion where the address names them."""
    engagement = load_working(request, reference)
    if not permissions.can_create_measure(request.user, engagement):
        raise PermissionDenied
    planned, suggestion, notices = _starting_points(request, engagement)
    form = forms.MeasureForm(
        request.POST or None,
        instance=Measure(engagement=engagement),
        initial={"planned_intervention": planned} if planned else {},
        suggestion=suggestion,
    )
    context = {"planned": planned, "suggestion": suggestion, "notices": notices}
    return form_page(
        request,
        form=form,
        save=partial(actions.add_measure, engagement=engagement, by=request.user),
        template="evaluation/measure_create.html",
        done=_address_in_list,
        context=_shared_context(engagement) | context,
    )


@require_http_methods(["GET", "POST"])
@keep_words_of_removed(Measure, create="evaluation:measure_create")
def measure_edit(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Change a measure."""
    measure = _load_editable(request, reference, pk)
    # The form changes its record while it checks it: what the page says beside it is what is saved.
    context = {"pk": pk, "planned": measure.planned_intervention}
    return form_page(
        request,
        form=forms.MeasureForm(request.POST or None, instance=measure),
        save=partial(actions.change_measure, measure=measure, by=request.user),
        template="evaluation/measure_edit.html",
        done=_address_in_list,
        context=_shared_context(measure.engagement) | context,
    )


@require_http_methods(["GET", "POST"])
def measure_remove(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Ask, then remove a measure."""
    measure = _load_editable(request, reference, pk)
    return form_page(
        request,
        form=PortalForm(request.POST or None),
        save=partial(actions.remove_measure, measure=measure, by=request.user),
        template="evaluation/measure_remove.html",
        done=_list_url(measure.engagement),
        context=_shared_context(measure.engagement) | {"outcome": measure.outcome},
    )


def _load_measures(engagement: Engagement) -> None:
    """Read the planned interventions of an engagement and its measures."""
    prefetch_related_objects(
        [engagement],
        Prefetch("planned_interventions", PlannedIntervention.objects.select_related("intervention").order_by("position", "pk")),
        Prefetch("measures", Measure.objects.order_by("pk")),
    )


def _load_editable(request: PortalRequest, reference: str, pk: int) -> Measure:
    """Return a measure that the person may change."""
    engagement = load_working(request, reference)
    measure = get_object_or_404(engagement.measures.select_related("planned_intervention"), pk=pk)
    if not permissions.can_edit_measure(request.user, measure):
        raise PermissionDenied
    return measure


def _shared_context(engagement: Engagement) -> dict[str, object]:
    """Return what every form page of a measure shows."""
    return {"engagement": engagement, "blockers": editing_blockers(engagement), "back": _list_url(engagement)}


def _list_url(engagement: Engagement) -> str:
    """Return the address of the measures of a plan."""
    return reverse("evaluation:measure_list", args=[engagement.reference])


def _rows(measures: Iterable[Measure]) -> list[MeasureRow]:
    """Put what each measure lacks beside it."""
    kept = [measure for measure in measures if measure.dropped_on is None]
    return [MeasureRow(row, policies.missing_parts(row), policies.remarks_on_target(row, row.baseline)) for row in kept]


def _group(
    planned: PlannedIntervention, measures: Iterable[Measure], suggested: Mapping[int, list[MeasureSuggestion]]
) -> MeasureGroup:
    """Return one planned intervention with its measures and the suggestions that none of them has taken up."""
    rows = _rows(measure for measure in measures if measure.planned_intervention_id == planned.pk)
    taken = {row.measure.outcome for row in rows}
    known = suggested[planned.intervention_id] if planned.intervention_id is not None else []
    return MeasureGroup(planned, rows, [suggestion for suggestion in known if suggestion.outcome not in taken])


def _starting_points(
    request: PortalRequest, engagement: Engagement
) -> tuple[PlannedIntervention | None, MeasureSuggestion | None, list[str]]:
    """Return what the address asks to start from, and a sentence for each part of it that is not to be had."""
    planned = suggestion = None
    notices = []
    if "for" in request.GET:
        plan = engagement.planned_interventions.select_related("intervention").order_by("pk")
        planned = next((row for row in plan if str(row.pk) == request.GET["for"]), None)
        if planned is None:
            notices.append("The intervention in the address is not in this plan. You can choose one below.")
    if "from" in request.GET:
        known = MeasureSuggestion.objects.filter(pk=_number(request.GET["from"])).first()
        suggestion = known if known and (planned is None or known in _suggestions_for(planned)) else None
        if suggestion is None:
            notices.append("The suggestion in the address does not belong here, so the form starts empty.")
    return planned, suggestion, notices


def _suggestions_for(planned: PlannedIntervention) -> list[MeasureSuggestion]:
    """Return the measures to start from that the menu has for one planned intervention."""
    menu_item = planned.intervention
    return suggested_measures([menu_item])[menu_item.pk] if menu_item else []


def _number(typed: str) -> int:
    """Read the number of a row from an address; 0, which no row has, where it is none."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= MAX_ID_DIGITS else 0


def _address_in_list(measure: Measure) -> str:
    """Return where a measure stands in the list of its plan."""
    return f"{_list_url(measure.engagement)}#measure-{measure.pk}"
