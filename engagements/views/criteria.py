"""Pages of the five useful criteria: the matrix, and what a person writes about one finding."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.pages import form_page
from engagements import actions, forms, permissions, policies
from engagements.enums import SectionSlug
from engagements.models import Criterion, CriterionCheck
from engagements.views.loading import load_editable, load_working
from engagements.views.review import threads_on

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest


def _criteria_url(reference: str) -> str:
    """Return the address of the matrix."""
    return reverse("engagements:criteria_detail", args=[reference])


@require_safe
def criteria_detail(request: PortalRequest, reference: str) -> HttpResponse:
    """Show the planned interventions against the five criteria, with the evidence for each finding."""
    engagement = load_working(request, reference).load_plan()
    criteria = list(Criterion.objects.order_by("position", "pk"))
    findings = policies.work_out_criteria(engagement, criteria)
    blockers = policies.editing_blockers(engagement)
    context = {
        "engagement": engagement,
        "criteria": criteria,
        "rows": [
            (
                planned,
                [(found, policies.facts_page(engagement, planned, found.slug)) for found in findings[planned.pk]],
            )
            for planned in engagement.planned_interventions.all()
        ],
        "can_edit": not blockers and permissions.can_edit_engagement(request.user, engagement),
        "blockers": blockers,
        "threads": threads_on(engagement, SectionSlug.CRITERIA.value),
    }
    return TemplateResponse(request, "engagements/criteria_detail.html", context)


@require_http_methods(["GET", "POST"])
def criterion_check_edit(request: PortalRequest, reference: str, pk: int, slug: str) -> HttpResponse:
    """Overrule a finding with a reason, or say why it is not met."""
    engagement = load_editable(request, reference).load_plan()
    criterion = get_object_or_404(Criterion, slug=slug)
    planned = next((row for row in engagement.planned_interventions.all() if row.pk == pk), None)
    if planned is None:
        raise Http404
    finding = policies.work_out_criteria(engagement, [criterion])[pk][0]
    check = next((row for row in planned.criterion_checks.all() if row.criterion_id == criterion.pk), None)
    return form_page(
        request,
        form=forms.CriterionCheckForm(request.POST or None, instance=check or CriterionCheck()),
        save=partial(actions.write_criterion_reason, planned=planned, criterion=criterion, by=request.user),
        template="engagements/criterion_check_edit.html",
        done=_criteria_url(reference),
        context={
            "engagement": engagement,
            "planned": planned,
            "criterion": criterion,
            "finding": finding,
            "facts": policies.facts_page(engagement, planned, slug),
            "has_check": check is not None,
            "blockers": policies.editing_blockers(engagement),
            "back": _criteria_url(reference),
        },
    )


@require_http_methods(["GET", "POST"])
def criterion_check_remove(request: PortalRequest, reference: str, pk: int, slug: str) -> HttpResponse:
    """Take back an overrule or a reason."""
    engagement = load_editable(request, reference)
    checks = CriterionCheck.objects.filter(planned_intervention__engagement=engagement, planned_intervention__pk=pk)
    check = get_object_or_404(checks.select_related("criterion", "planned_intervention__engagement"), criterion__slug=slug)
    return form_page(
        request,
        form=forms.ConfirmForm(request.POST or None),
        save=partial(actions.withdraw_criterion_reason, check=check, by=request.user),
        template="engagements/criterion_check_remove.html",
        done=_criteria_url(reference),
        context={
            "engagement": engagement,
            "check": check,
            "blockers": policies.editing_blockers(engagement),
            "back": _criteria_url(reference),
        },
    )
