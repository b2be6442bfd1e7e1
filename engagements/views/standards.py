"""The five useful criteria as their keepers see them: the guidance on each, and what became of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.history import history_page, version_page
from core.pages import form_page
from engagements import actions, forms, permissions
from engagements.models import Criterion

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest


def _load_criterion(request: PortalRequest, slug: str) -> Criterion:
    """Return a criterion to whoever keeps it."""
    if not permissions.can_keep_criteria(request.user):
        raise PermissionDenied
    return get_object_or_404(Criterion, slug=slug)


def _context(criterion: Criterion, *further: tuple[str, str]) -> dict[str, object]:
    """Return what the pages of one criterion show around their own."""
    url = reverse("engagements:criterion_list")
    crumbs = [("Home", reverse("home")), ("Manage", reverse("manage")), ("Criteria", url), *further]
    return {"crumbs": crumbs, "criterion": criterion, "name": str(criterion), "back": f"{url}#{criterion.slug}"}


@require_safe
def criterion_list(request: PortalRequest) -> HttpResponse:
    """Show the five criteria with the guidance on each."""
    if not permissions.can_keep_criteria(request.user):
        raise PermissionDenied
    context = {
        "crumbs": [("Home", reverse("home")), ("Manage", reverse("manage"))],
        "criteria": Criterion.objects.order_by("position", "pk"),
    }
    return TemplateResponse(request, "engagements/criterion_list.html", context)


@require_http_methods(["GET", "POST"])
def criterion_edit(request: PortalRequest, slug: str) -> HttpResponse:
    """Change the guidance on a criterion."""
    criterion = _load_criterion(request, slug)
    context = _context(criterion)
    return form_page(
        request,
        # A form changes its record while it checks it: what the page calls the criterion is what is saved.
        form=forms.CriterionForm(request.POST or None, instance=_load_criterion(request, slug)),
        save=partial(actions.change_criterion, criterion=criterion, by=request.user),
        template="engagements/criterion_edit.html",
        done=str(context["back"]),
        context=context,
    )


@require_safe
def criterion_history(request: PortalRequest, slug: str) -> HttpResponse:
    """Tell what became of the guidance on a criterion."""
    criterion = _load_criterion(request, slug)
    return history_page(request, criterion, template="engagements/criterion_history.html", context=_context(criterion))


@require_http_methods(["GET", "POST"])
def criterion_version(request: PortalRequest, slug: str, number: int) -> HttpResponse:
    """Show one version of a criterion, and go back to it."""
    criterion = _load_criterion(request, slug)
    history = reverse("engagements:criterion_history", args=[slug])
    return version_page(
        request,
        criterion,
        number,
        change=partial(actions.change_criterion, criterion=criterion, by=request.user),
        template="engagements/criterion_version.html",
        done=history,
        context=_context(criterion, ("History", history)),
    )
