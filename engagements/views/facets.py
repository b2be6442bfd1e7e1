"""Pages of the four facets: four equal ways in, none of them first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.pages import form_page, post_action
from engagements import actions, forms, permissions, policies
from engagements.enums import Facet
from engagements.models import ParticipantGroup, Place, Priority, Purpose
from engagements.views.entries import entry_page, removal_page
from engagements.views.loading import load_editable, load_working
from engagements.views.removed import keep_words_of_removed
from engagements.views.review import threads_on

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest

_RELATIONS = {Facet.PEOPLE: "groups", Facet.PLACE: "places", Facet.PURPOSE: "purposes", Facet.PRIORITIES: "priorities"}


def _facet_page(request: PortalRequest, reference: str, facet: Facet) -> HttpResponse:
    """Show what one facet holds, what the client said, and what does not fit."""
    engagement = load_working(request, reference).load_plan()
    blockers = policies.editing_blockers(engagement)
    url = _facet_url(reference, facet)
    context = {
        "engagement": engagement,
        "facet": facet,
        "clarity": engagement.clarity_of(facet),
        "words": engagement.words_on(facet),
        "entries": getattr(engagement, _RELATIONS[facet]).all(),
        "can_edit": not blockers and permissions.can_edit_engagement(request.user, engagement),
        "blockers": blockers,
        "remarks": [remark for remark in policies.contradictions(engagement) if remark.url == url],
        "threads": threads_on(engagement, facet.value),
        "questions": policies.questions_after(engagement, facet) if "after" in request.GET else [],
    }
    return TemplateResponse(request, f"engagements/{facet}_detail.html", context)


def _facet_url(reference: str, facet: Facet) -> str:
    """Return the address of one facet's page."""
    return reverse(f"engagements:{facet}_detail", args=[reference])


@require_safe
def people_detail(request: PortalRequest, reference: str) -> HttpResponse:
    """Show who must be in the work."""
    return _facet_page(request, reference, Facet.PEOPLE)


@require_safe
def place_detail(request: PortalRequest, reference: str) -> HttpResponse:
    """Show where the work happens."""
    return _facet_page(request, reference, Facet.PLACE)


@require_safe
def purpose_detail(request: PortalRequest, reference: str) -> HttpResponse:
    """Show what the work is for."""
    return _facet_page(request, reference, Facet.PURPOSE)


@require_safe
def priorities_detail(request: PortalRequest, reference: str) -> HttpResponse:
    """Show what must change first."""
    return _facet_page(request, reference, Facet.PRIORITIES)


@require_http_methods(["GET", "POST"])
def facet_edit(request: PortalRequest, reference: str, facet: str) -> HttpResponse:
    """Say how clear a facet is and write down the client's own words."""
    if facet not in Facet.values:
        raise Http404
    chosen = Facet(facet)
    engagement = load_editable(request, reference)
    url = _facet_url(reference, chosen)
    return form_page(
        request,
        form=forms.FACET_FORMS[chosen](request.POST or None, instance=load_editable(request, reference)),
        save=partial(actions.change_engagement, engagement=engagement, by=request.user),
        template="engagements/facet_edit.html",
        done=url,
        context={"engagement": engagement, "facet": chosen, "blockers": policies.editing_blockers(engagement), "back": url},
    )


@require_http_methods(["GET", "POST"])
def participant_group_create(request: PortalRequest, reference: str) -> HttpResponse:
    """Add a group of people."""
    entry = ParticipantGroup(engagement=load_editable(request, reference))
    form = forms.ParticipantGroupForm(request.POST or None, instance=entry)
    done = _facet_url(reference, Facet.PEOPLE)
    return entry_page(request, entry=entry, form=form, template="participant_group_create", done=done)


@require_http_methods(["GET", "POST"])
@keep_words_of_removed(ParticipantGroup, create="engagements:participant_group_create")
def participant_group_edit(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Change a group of people."""
    engagement = load_editable(request, reference)
    entry = get_object_or_404(engagement.groups.select_related("organisation", "engagement"), pk=pk)
    form = forms.ParticipantGroupForm(request.POST or None, instance=entry)
    done = _facet_url(reference, Facet.PEOPLE)
    return entry_page(request, entry=entry, form=form, template="participant_group_edit", done=done)


@require_http_methods(["GET", "POST"])
def participant_group_remove(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Remove a group of people."""
    entry = get_object_or_404(load_editable(request, reference).groups, pk=pk)
    return removal_page(request, entry=entry, template="participant_group_remove", done=_facet_url(reference, Facet.PEOPLE))


@require_http_methods(["GET", "POST"])
def place_create(request: PortalRequest, reference: str) -> HttpResponse:
    """Add a place."""
    entry = Place(engagement=load_editable(request, reference))
    form = forms.PlaceForm(request.POST or None, instance=entry)
    return entry_page(request, entry=entry, form=form, template="place_create", done=_facet_url(reference, Facet.PLACE))


@require_http_methods(["GET", "POST"])
@keep_words_of_removed(Place, create="engagements:place_create")
def place_edit(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Change a place."""
    engagement = load_editable(request, reference)
    entry = get_object_or_404(engagement.places.select_related("footprint", "site", "engagement"), pk=pk)
    form = forms.PlaceForm(request.POST or None, instance=entry)
    return entry_page(request, entry=entry, form=form, template="place_edit", done=_facet_url(reference, Facet.PLACE))


@require_http_methods(["GET", "POST"])
def place_remove(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Remove a place."""
    entry = get_object_or_404(load_editable(request, reference).places.select_related("footprint", "site"), pk=pk)
    return removal_page(request, entry=entry, template="place_remove", done=_facet_url(reference, Facet.PLACE))


@require_http_methods(["GET", "POST"])
def purpose_create(request: PortalRequest, reference: str) -> HttpResponse:
    """Add a purpose."""
    entry = Purpose(engagement=load_editable(request, reference))
    form = forms.PurposeForm(request.POST or None, instance=entry)
    return entry_page(request, entry=entry, form=form, template="purpose_create", done=_facet_url(reference, Facet.PURPOSE))


@require_http_methods(["GET", "POST"])
@keep_words_of_removed(Purpose, create="engagements:purpose_create")
def purpose_edit(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Change a purpose."""
    engagement = load_editable(request, reference)
    entry = get_object_or_404(engagement.purposes.select_related("engagement").prefetch_related("forward_view_steps"), pk=pk)
    form = forms.PurposeForm(request.POST or None, instance=entry)
    return entry_page(request, entry=entry, form=form, template="purpose_edit", done=_facet_url(reference, Facet.PURPOSE))


@require_http_methods(["GET", "POST"])
def purpose_remove(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Remove a purpose."""
    entry = get_object_or_404(load_editable(request, reference).purposes, pk=pk)
    return removal_page(request, entry=entry, template="purpose_remove", done=_facet_url(reference, Facet.PURPOSE))


@require_http_methods(["GET", "POST"])
def priority_create(request: PortalRequest, reference: str) -> HttpResponse:
    """Add a priority."""
    entry = Priority(engagement=load_editable(request, reference))
    form = forms.PriorityForm(request.POST or None, instance=entry)
    return entry_page(request, entry=entry, form=form, template="priority_create", done=_facet_url(reference, Facet.PRIORITIES))


@require_http_methods(["GET", "POST"])
@keep_words_of_removed(Priority, create="engagements:priority_create")
def priority_edit(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Change a priority."""
    engagement = load_editable(request, reference)
    entry = get_object_or_404(engagement.priorities.select_related("engagement").prefetch_related("roles", "behaviours"), pk=pk)
    form = forms.PriorityForm(request.POST or None, instance=entry)
    return entry_page(request, entry=entry, form=form, template="priority_edit", done=_facet_url(reference, Facet.PRIORITIES))


@require_http_methods(["GET", "POST"])
def priority_remove(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Remove a priority."""
    entry = get_object_or_404(load_editable(request, reference).priorities, pk=pk)
    return removal_page(request, entry=entry, template="priority_remove", done=_facet_url(reference, Facet.PRIORITIES))


@require_POST
def priority_move(request: PortalRequest, reference: str, pk: int, direction: str) -> HttpResponse:
    """Move a priority up or down."""
    entry = get_object_or_404(load_editable(request, reference).priorities, pk=pk)
    move = partial(actions.move_entry, entry=entry, is_up=direction == "up", by=request.user)
    return post_action(request, act=move, done=_facet_url(reference, Facet.PRIORITIES))
