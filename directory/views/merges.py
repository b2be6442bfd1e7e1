"""Pages on which admins merge duplicates, and undo it (P37)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.forms import PortalForm
from core.pages import form_page
from core.reading import MAX_ID_DIGITS
from core.refusals import ActionRefused
from directory import actions, forms, policies
from directory.models import Organisation, OrganisationMerge
from directory.views.organisations import about, load_organisation, require_keeper

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest

# What the address says where the other one of the two is kept.
OTHER = "other"


@require_http_methods(["GET", "POST"])
def organisation_merge(request: PortalRequest, pk: int) -> HttpResponse:
    """Find the other one of two that are the same, show what merging would do to every value and mention, and merge."""
    organisation = load_organisation(request, pk)
    other = _other(request)
    keeps_other = request.GET.get("keep") == OTHER
    context = about(organisation) | {"keeps_other": keeps_other, "is_chosen": other is not None}
    if other is None:
        return TemplateResponse(request, "directory/organisation_merge.html", context | _candidates(request, organisation))
    kept, dropped = (other, organisation) if keeps_other else (organisation, other)
    blockers = policies.merging_blockers(kept, dropped)
    preview = policies.merge_preview(kept, dropped, request.user)

    def merge(**how: object) -> OrganisationMerge:
        return actions.merge_organisation(organisation=kept, dropped=dropped, by=request.user, **how)  # type: ignore[arg-type]

    return form_page(
        request,
        form=forms.MergeForm(request.POST or None, preview=preview),
        save=merge,
        template="directory/organisation_merge.html",
        done=kept.get_absolute_url(),
        context=context
        | {
            "kept": kept,
            "dropped": dropped,
            "preview": preview,
            "blockers": blockers,
            "search_url": f"{request.path}?keep={OTHER}" if keeps_other else request.path,
            "swap_url": f"{request.path}?with={other.pk}" + ("" if keeps_other else f"&keep={OTHER}"),
        },
    )


@require_http_methods(["GET", "POST"])
def organisation_merge_undo(request: PortalRequest, pk: int) -> HttpResponse:
    """Say what undoing a merge restores and what stays, then undo it."""
    require_keeper(request)
    merge = get_object_or_404(OrganisationMerge.objects.select_related("kept", "dropped", "by"), pk=pk)
    blockers = policies.undoing_merge_blockers(merge)
    preview = None
    try:
        preview = policies.undo_preview(merge, request.user)
    except ActionRefused as refusal:
        blockers = [*blockers, *refusal.blockers]

    def undo(**_: object) -> None:
        actions.undo_organisation_merge(merge=merge, by=request.user)

    return form_page(
        request,
        form=PortalForm(request.POST or None),
        save=undo,
        template="directory/organisation_merge_undo.html",
        done=merge.kept.get_absolute_url(),
        context=about(merge.kept) | {"merge": merge, "preview": preview, "blockers": blockers},
    )


def _other(request: PortalRequest) -> Organisation | None:
    """Return the other organisation that the address names, or none where none has been chosen yet."""
    key = request.GET.get("with", "")
    if not key:
        return None
    if not (key.isascii() and key.isdigit()) or len(key) > MAX_ID_DIGITS:
        raise Http404
    return get_object_or_404(Organisation.objects.select_related("merged_into"), pk=key)


def _candidates(request: PortalRequest, organisation: Organisation) -> dict[str, object]:
    """Return the organisations that may be the same as one: those of a like name, or those that a search finds."""
    filters = forms.OrganisationSearchForm.read(request.GET)
    text = filters.chosen.get("q", "")
    texts = [text] if text else [organisation.name, *organisation.other_name_list]
    standing = Organisation.objects.filter(merged_into=None).exclude(pk=organisation.pk)
    keep = f"&keep={OTHER}" if request.GET.get("keep") == OTHER else ""
    return {
        "filters": filters,
        "text": text,
        "candidates": [(row, f"{request.path}?with={row.pk}{keep}") for row in standing.matching(*texts)],
        "merge_url": reverse("directory:organisation_merge", args=[organisation.pk]),
        "keep": OTHER if keep else "",
    }
