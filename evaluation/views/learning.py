"""Pages of what was learned: written in the engagement, answered by an admin, read in the library."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from core.forms import PortalForm
from core.pages import form_page
from engagements.views.loading import load_editable, load_working
from evaluation import actions, forms, permissions, policies
from evaluation.enums import Strength
from evaluation.models import Learning
from framework.models import Behaviour, Domain, LeadershipRole
from interventions.models import Intervention
from interventions.policies import Weight

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse

    from core.requests import PortalRequest
    from engagements.models import Engagement, PlannedIntervention

ROWS_EACH_PAGE = 20


@require_safe
def learning_list(request: PortalRequest, reference: str) -> HttpResponse:
    """Show what was learned from an engagement, with what became of it."""
    engagement = load_working(request, reference)
    blockers = policies.learning_blockers(engagement)
    rows = Learning.objects.filter(engagement=engagement).select_related("planned_intervention", "accepted_by").order_by("pk")
    context = {
        "engagement": engagement,
        "rows": [(row, policies.readers_of(row)) for row in rows],
        "planned_interventions": engagement.planned_interventions.order_by("position", "pk"),
        "blockers": blockers,
        "can_edit": not blockers and permissions.can_write_learning(request.user, engagement),
    }
    return TemplateResponse(request, "evaluation/learning_list.html", context)


@require_safe
def similar_list(request: PortalRequest, reference: str) -> HttpResponse:
    """Show the engagements elsewhere that are most like one that is being scoped."""
    engagement = load_working(request, reference)
    rows = policies.similar_to(engagement, request.user)
    has_needs = bool(rows) or engagement.priorities.exclude(roles=None, behaviours=None).exists()
    context = {"engagement": engagement, "rows": rows, "has_needs": has_needs}
    return TemplateResponse(request, "evaluation/similar_list.html", context)


@require_http_methods(["GET", "POST"])
def learning_create(request: PortalRequest, reference: str) -> HttpResponse:
    """Write what was learned, from what the records say of the intervention that the address names."""
    engagement = load_editable(request, reference)
    rows = engagement.planned_interventions.order_by("position", "pk")
    planned = next((row for row in rows if str(row.pk) == request.GET.get("for")), None)
    drawn = _drawn(planned, engagement)
    initial = {"planned_intervention": planned, "worked": "\n".join(sentence.text for sentence in drawn)} if planned else {}
    form = forms.LearningForm(request.POST or None, instance=Learning(engagement=engagement), initial=initial)
    save = partial(actions.add_learning, engagement=engagement, by=request.user)
    return _form_page(request, engagement, form=form, save=save, template="learning_create", drawn=drawn)


@require_http_methods(["GET", "POST"])
def learning_edit(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Change what was learned."""
    learning = _load_learning(request, reference, pk)
    drawn = _drawn(learning.planned_intervention, learning.engagement)
    form = forms.LearningForm(request.POST or None, instance=learning)
    save = partial(actions.change_learning, learning=learning, by=request.user)
    return _form_page(request, learning.engagement, form=form, save=save, template="learning_edit", drawn=drawn, pk=pk)


@require_http_methods(["GET", "POST"])
def learning_remove(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Ask, then remove what was written."""
    learning = _load_learning(request, reference, pk)
    save = partial(actions.remove_learning, learning=learning, by=request.user)
    form = PortalForm(request.POST or None)
    return _form_page(request, learning.engagement, form=form, save=save, template="learning_remove", worked=learning.worked)


@require_safe
def learning_proposal_list(request: PortalRequest) -> HttpResponse:
    """Show an admin what is proposed as evidence."""
    if not request.user.is_admin:
        raise PermissionDenied
    rows = Learning.objects.visible_to(request.user).waiting()
    if not request.user.is_national_admin:
        rows = rows.filter(engagement__lead_region=request.user.region_id)
    crumbs = [("Home", reverse("home")), ("Manage", reverse("manage"))]
    page = Paginator(_with_places(rows), ROWS_EACH_PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(request, "evaluation/learning_proposal_list.html", {"page": page, "crumbs": crumbs})


@require_http_methods(["GET", "POST"])
def learning_accept(request: PortalRequest, pk: int) -> HttpResponse:
    """Take what was learned into the menu's evidence."""
    learning = _load_proposed(request, pk)
    form = forms.LearningAcceptForm(request.POST or None, initial={"evidence": learning.evidence})
    save = partial(actions.accept_learning, learning=learning, by=request.user)
    return _answer_page(request, learning, form=form, save=save, template="learning_accept")


@require_http_methods(["GET", "POST"])
def learning_decline(request: PortalRequest, pk: int) -> HttpResponse:
    """Leave what was learned where it was written."""
    learning = _load_proposed(request, pk)
    form = forms.LearningDeclineForm(request.POST or None)
    save = partial(actions.decline_learning, learning=learning, by=request.user)
    return _answer_page(request, learning, form=form, save=save, template="learning_decline")


@login_not_required
@require_safe
def library_list(request: HttpRequest) -> HttpResponse:
    """Show what was learned across the country, as far as the reader may read it."""
    user: Any = request.user
    told = Learning.objects.visible_to(user).accepted()
    menu = list(Intervention.objects.on_the_menu())
    # What was learned of an intervention outlives its place on the menu, and regions have some of their own (P38).
    others = Intervention.objects.exclude(pk__in=[row.pk for row in menu])
    menu += others.filter(pk__in=told.order_by().values("planned_intervention__intervention")).order_by("name", "pk")
    filters = forms.LibraryFilterForm.read(
        request.GET,
        domains=Domain.objects.in_order(),
        menu=menu,
        roles=LeadershipRole.objects.current().in_order(),
        behaviours=Behaviour.objects.current().in_order(),
    )
    chosen = dict(filters.chosen)
    strength = chosen.pop("strength", "")
    weights = policies.weights_of(menu)
    found = told.found_by(**chosen)
    if strength:
        enough = [pk for pk, weight in weights.items() if weight.is_enough]
        is_enough = Q(planned_intervention__intervention__in=enough)
        found = found.filter(is_enough if strength == Strength.ENOUGH else ~is_enough)
    page = Paginator(_with_places(found), ROWS_EACH_PAGE).get_page(request.GET.get("page"))
    context = {
        "crumbs": [("Home", reverse("home"))],
        "filters": filters,
        "page": page,
        "rows": [(row, weights.get(_intervention_of(row), Weight())) for row in page],
        "is_inside": user.is_authenticated and not user.is_stp_lead,
        "all_url": reverse("evaluation:library_list"),
    }
    return TemplateResponse(request, "evaluation/library_list.html", context)


def _intervention_of(learning: Learning) -> int:
    """Return the key of the intervention of the menu from which something was learned; 0 for none."""
    return learning.menu_item.pk if learning.menu_item else 0


def _with_places(rows: Any) -> Any:
    """Read along from where each row comes."""
    return rows.select_related(
        "engagement__lead_region", "engagement__lead_consultant", "planned_intervention__intervention__main_domain"
    )


def _load_learning(request: PortalRequest, reference: str, pk: int) -> Learning:
    """Return what was learned from an engagement that the person may change."""
    engagement = load_editable(request, reference)
    learning: Learning = get_object_or_404(
        Learning.objects.filter(engagement=engagement).select_related("planned_intervention"), pk=pk
    )
    learning.engagement = engagement
    return learning


def _load_proposed(request: PortalRequest, pk: int) -> Learning:
    """Return what was proposed as evidence, to an admin who may answer."""
    learning: Learning = get_object_or_404(_with_places(Learning.objects.visible_to(request.user)), pk=pk)
    if not permissions.can_answer_learning(request.user, learning):
        raise PermissionDenied
    return learning


def _drawn(planned: PlannedIntervention | None, engagement: Engagement) -> list[policies.Drawn]:
    """Return what the records say of an intervention."""
    if planned is None:
        return []
    planned.engagement = engagement
    return policies.drawn_from(planned, on=timezone.localdate())


def _form_page(
    request: PortalRequest, engagement: Engagement, *, form: PortalForm, save: Any, template: str, **context: object
) -> HttpResponse:
    """Show a form about what was learned from an engagement."""
    back = reverse("evaluation:learning_list", args=[engagement.reference])
    shown = {"engagement": engagement, "blockers": policies.learning_blockers(engagement), "back": back, **context}
    return form_page(request, form=form, save=save, template=f"evaluation/{template}.html", done=back, context=shown)


def _answer_page(request: PortalRequest, learning: Learning, *, form: PortalForm, save: Any, template: str) -> HttpResponse:
    """Show a form by which an admin answers to proposed evidence."""
    back = reverse("evaluation:learning_proposal_list")
    shown: dict[str, Any] = {"learning": learning, "blockers": policies.answering_learning_blockers(learning), "back": back}
    shown["crumbs"] = [("Home", reverse("home")), ("Manage", reverse("manage")), ("Learning", back)]
    return form_page(request, form=form, save=save, template=f"evaluation/{template}.html", done=back, context=shown)
