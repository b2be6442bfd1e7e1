"""Pages of the plan: advice on the menu, planned interventions, their funding."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import drafts
from core.pages import post_action
from core.reading import Relation, prefetch_in_one_query
from engagements import actions, documents, forms, permissions, policies
from engagements.enums import SectionSlug
from engagements.models import FundingLine, PlannedIntervention
from engagements.views.entries import entry_page, removal_page
from engagements.views.loading import load_editable, load_working
from engagements.views.removed import keep_words_of_removed
from engagements.views.review import read_threads
from interventions.enums import Availability
from interventions.models import Intervention, RegionalOffer
from interventions.permissions import can_read_offers
from interventions.policies import (
    Need,
    all_successors_on_the_menu,
    choosing_blockers,
    offer_shown,
    rank_interventions,
    weights_of,
)

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest
    from engagements.models import Engagement
    from engagements.views.review import Thread


def _plan_url(reference: str) -> str:
    """Return the address of the plan."""
    return reverse("engagements:plan_detail", args=[reference])


def _load_planned(request: PortalRequest, reference: str, pk: int) -> PlannedIntervention:
    """Return one planned intervention that the person may change, with all that it links to."""
    engagement = load_editable(request, reference)
    planned: PlannedIntervention = get_object_or_404(
        engagement.planned_interventions.select_related("intervention", "provider"), pk=pk
    )
    planned.engagement = engagement
    names = ("audience", "serves", "roles", "behaviours", "forward_view_steps", "funding_lines")
    prefetch_in_one_query([Relation([planned], name) for name in names])
    return planned


@require_safe
def plan_detail(request: PortalRequest, reference: str) -> HttpResponse:
    """Show the planned interventions in their order."""
    engagement = load_working(request, reference).load_plan()
    blockers = policies.editing_blockers(engagement)
    url = _plan_url(reference)
    planned_rows = list(engagement.planned_interventions.all())
    said, elsewhere = _threads_by_planned(engagement, planned_rows)
    retired = [row.intervention for row in planned_rows if row.intervention and row.intervention.retired_at]
    after = all_successors_on_the_menu(retired)
    context = {
        "engagement": engagement,
        "planned_interventions": planned_rows,
        "rows": [(planned, said[planned.pk], after.get(planned.intervention_id or 0, [])) for planned in planned_rows],
        "newer": {planned.pk for planned in planned_rows if policies.is_menu_newer(planned)},
        "threads": elsewhere,
        "can_edit": not blockers and permissions.can_edit_engagement(request.user, engagement),
        "blockers": blockers,
        "remarks": [remark for remark in policies.contradictions(engagement) if remark.url == url],
    }
    return TemplateResponse(request, "engagements/plan_detail.html", context)


def _threads_by_planned(
    engagement: Engagement, planned_rows: list[PlannedIntervention]
) -> tuple[dict[int, list[Thread]], list[Thread]]:
    """Return what was said about each planned intervention and is not settled, and what about some that are gone.

    They are known by their titles, as places in the plan shift; one that has another title now keeps what was said at its place.
    """
    said: dict[int, list[Thread]] = {planned.pk: [] for planned in planned_rows}
    titles = {planned.title: planned for planned in planned_rows}
    places = {documents.planned_key(number): planned for number, planned in enumerate(planned_rows, start=1)}
    elsewhere: list[Thread] = []
    for thread in read_threads(engagement):
        if thread.comment.section.startswith(SectionSlug.PLANNED):
            planned = titles.get(thread.comment.section_title) or places.get(thread.comment.section)
            (said[planned.pk] if planned else elsewhere).append(thread)
    return said, elsewhere


def _needs(engagement: Engagement) -> list[Need]:
    """Return what each priority asks for, in whatever words it was chosen."""
    priorities = engagement.priorities.order_by("position", "pk")
    prefetch_in_one_query([Relation(list(priorities), "roles"), Relation(list(priorities), "behaviours")])
    return [
        Need(
            label=str(priority),
            roles=frozenset(role.lineage for role in priority.roles.all()),
            behaviours=frozenset(behaviour.lineage for behaviour in priority.behaviours.all()),
        )
        for priority in priorities
    ]


@require_safe
def advice_list(request: PortalRequest, reference: str) -> HttpResponse:
    """Rank the menu for this engagement, with every reason beside its rank."""
    engagement = load_working(request, reference)
    menu = list(Intervention.objects.on_the_menu(engagement.lead_region).select_related("main_domain"))
    prefetch_in_one_query([Relation(menu, "roles"), Relation(menu, "behaviours")])
    offers = {row.intervention_id: row for row in RegionalOffer.objects.filter(region=engagement.lead_region)}
    needs = _needs(engagement)
    availability = {pk: Availability(row.availability) for pk, row in offers.items()}
    advice = rank_interventions(menu, needs, availability, weights_of(menu))
    said = {pk: offer_shown(row) for pk, row in offers.items()}
    context = {
        "engagement": engagement,
        "needs": needs,
        "wanted": sum(need.size for need in needs),
        "advice": advice,
        "rows": [(row, said.get(row.intervention.pk)) for row in advice],
        "can_read_offers": can_read_offers(request.user),
        "can_edit": not policies.editing_blockers(engagement) and permissions.can_edit_engagement(request.user, engagement),
    }
    return TemplateResponse(request, "engagements/advice_list.html", context)


def _start_from(menu_item: Intervention) -> dict[str, object]:
    """Return what a planned intervention takes over from the menu."""
    prefetch_in_one_query([Relation([menu_item], "roles"), Relation([menu_item], "behaviours")])
    return {"title": menu_item.name, "roles": menu_item.roles.all(), "behaviours": menu_item.behaviours.all()}


@require_http_methods(["GET", "POST"])
def planned_intervention_create(request: PortalRequest, reference: str) -> HttpResponse:
    """Plan an intervention, from the menu or bespoke."""
    engagement = load_editable(request, reference)
    slug = request.GET.get("from", "").replace("\x00", "")
    menu_item = Intervention.objects.ever_on_the_menu(engagement.lead_region).filter(slug=slug).first() if slug else None
    if slug and (menu_item is None or menu_item.retired_at is not None):
        return _plan_without_menu(request, reference, menu_item)
    entry = PlannedIntervention(engagement=engagement, intervention=menu_item)
    start = _start_from(menu_item) if menu_item else {}
    form = forms.PlannedInterventionForm(request.POST or None, instance=entry, initial=start)
    name = "planned_intervention_create"
    return entry_page(request, entry=entry, form=form, template=name, done=_plan_url(reference), menu_item=menu_item)


def _plan_without_menu(request: PortalRequest, reference: str, retired: Intervention | None) -> HttpResponse:
    """Say that the menu does not hold what the address names, and go on to a bespoke one with whatever was typed."""
    name = "engagements:planned_intervention_create"
    url = reverse(name, args=[reference])
    if retired is None:
        messages.warning(request, "That intervention is not on the menu. You can plan a bespoke one here.")
    for blocker in choosing_blockers(retired) if retired else ():
        messages.warning(request, blocker.sentence)
    if request.method == "POST":
        # Its own address keeps it apart from another new entry that the person has begun.
        url = f"{url}?typed={retired.slug if retired else 'bespoke'}"
        drafts.keep(user=request.user, form=name, subject=url, data=drafts.typed(request.POST))
        messages.warning(request, "What you typed is kept here.")
    return redirect(url)


@require_http_methods(["GET", "POST"])
@keep_words_of_removed(PlannedIntervention, create="engagements:planned_intervention_create")
def planned_intervention_edit(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Change a planned intervention; its funding stands beside it."""
    entry = _load_planned(request, reference, pk)
    lines = entry.funding_lines.all()
    form = forms.PlannedInterventionForm(request.POST or None, instance=entry)
    name = "planned_intervention_edit"
    return entry_page(request, entry=entry, form=form, template=name, done=_plan_url(reference), pk=entry.pk, funding_lines=lines)


@require_http_methods(["GET", "POST"])
def planned_intervention_remove(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Remove a planned intervention with its funding."""
    entry = get_object_or_404(load_editable(request, reference).planned_interventions, pk=pk)
    return removal_page(request, entry=entry, template="planned_intervention_remove", done=_plan_url(reference))


@require_POST
def menu_words_refresh(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Take over what the menu says today of a planned intervention."""
    planned = get_object_or_404(load_editable(request, reference).planned_interventions, pk=pk)
    refresh = partial(actions.refresh_menu_words, planned=planned, by=request.user)
    return post_action(request, act=refresh, done=_plan_url(reference))


@require_POST
def planned_intervention_move(request: PortalRequest, reference: str, pk: int, direction: str) -> HttpResponse:
    """Move a planned intervention up or down."""
    entry = get_object_or_404(load_editable(request, reference).planned_interventions, pk=pk)
    move = partial(actions.move_entry, entry=entry, is_up=direction == "up", by=request.user)
    return post_action(request, act=move, done=_plan_url(reference))


@require_http_methods(["GET", "POST"])
def funding_line_create(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Add a sum of money towards a planned intervention."""
    planned = get_object_or_404(load_editable(request, reference).planned_interventions, pk=pk)
    entry = FundingLine(planned_intervention=planned)
    form = forms.FundingLineForm(request.POST or None, instance=entry)
    url = _plan_url(reference)
    return entry_page(request, entry=entry, form=form, template="funding_line_create", done=url, planned=str(planned))


@require_http_methods(["GET", "POST"])
@keep_words_of_removed(FundingLine, create="engagements:funding_line_create")
def funding_line_edit(request: PortalRequest, reference: str, pk: int, line_pk: int) -> HttpResponse:
    """Change a sum of money."""
    entry = _load_line(request, reference, pk, line_pk)
    form = forms.FundingLineForm(request.POST or None, instance=entry)
    planned = str(entry.planned_intervention)
    url = _plan_url(reference)
    return entry_page(request, entry=entry, form=form, template="funding_line_edit", done=url, planned=planned, pk=pk)


@require_http_methods(["GET", "POST"])
def funding_line_remove(request: PortalRequest, reference: str, pk: int, line_pk: int) -> HttpResponse:
    """Remove a sum of money."""
    entry = _load_line(request, reference, pk, line_pk)
    return removal_page(request, entry=entry, template="funding_line_remove", done=_plan_url(reference))


def _load_line(request: PortalRequest, reference: str, pk: int, line_pk: int) -> FundingLine:
    """Return one funding line that the person may change."""
    engagement = load_editable(request, reference)
    lines = FundingLine.objects.filter(planned_intervention__engagement=engagement, planned_intervention__pk=pk)
    return get_object_or_404(lines.select_related("planned_intervention__engagement"), pk=line_pk)
