"""Pages of what a region offers beside the national menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.history import history_page, version_page
from core.pages import form_page, post_action
from core.reading import Relation, prefetch_in_one_query
from interventions import actions, forms, policies
from interventions.models import Intervention
from interventions.views.loading import load_extra, load_kept_region, offer_crumbs, offers_url

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest
    from directory.models import Region


@require_http_methods(["GET", "POST"])
def extra_create(request: PortalRequest, region: str) -> HttpResponse:
    """Put an intervention beside the national menu, and go on to say how it is offered."""
    kept = load_kept_region(request, region)
    return form_page(
        request,
        form=forms.ExtraForm(request.POST or None, instance=Intervention(region=kept)),
        save=partial(actions.add_extra, region=kept, by=request.user),
        template="interventions/extra_create.html",
        done=lambda extra: reverse("interventions:offer_edit", args=[kept.slug, extra.slug]),
        context={"crumbs": offer_crumbs(request, kept), "region": kept, "back": offers_url(kept)},
    )


@require_http_methods(["GET", "POST"])
def extra_edit(request: PortalRequest, region: str, slug: str) -> HttpResponse:
    """Change what a region's extra is and develops."""
    kept = load_kept_region(request, region)
    extra = load_extra(kept, slug)
    prefetch_in_one_query([Relation([extra], "roles"), Relation([extra], "behaviours")])
    name, blockers = extra.name, policies.changing_blockers(extra)
    context = {"crumbs": offer_crumbs(request, kept), "region": kept, "slug": slug, "name": name, "blockers": blockers}
    if blockers and request.method == "GET":
        return TemplateResponse(request, "interventions/extra_edit.html", {**context, "form": None})
    return form_page(
        request,
        form=forms.ExtraForm(request.POST or None, instance=extra),
        save=partial(actions.change_extra, extra=extra, by=request.user),
        template="interventions/extra_edit.html",
        done=offers_url(kept),
        context=context | {"back": offers_url(kept)},
    )


@require_http_methods(["GET", "POST"])
def extra_retire(request: PortalRequest, region: str, slug: str) -> HttpResponse:
    """Ask why, then take an extra off the region's menu."""
    kept = load_kept_region(request, region)
    extra = load_extra(kept, slug)
    return form_page(
        request,
        form=forms.ExtraRetireForm(request.POST or None),
        save=partial(actions.retire_extra, extra=extra, by=request.user),
        template="interventions/extra_retire.html",
        done=offers_url(kept),
        context={
            "crumbs": _crumbs(request, kept, extra),
            "region": kept,
            "name": extra.name,
            "blockers": policies.retiring_blockers(extra),
            "back": offers_url(kept),
        },
    )


@require_POST
def extra_reinstate(request: PortalRequest, region: str, slug: str) -> HttpResponse:
    """Bring a retired extra back onto the region's menu."""
    kept = load_kept_region(request, region)
    bring_back = partial(actions.reinstate_extra, extra=load_extra(kept, slug), by=request.user)
    return post_action(request, act=bring_back, done=offers_url(kept))


@require_safe
def extra_history(request: PortalRequest, region: str, slug: str) -> HttpResponse:
    """Tell who changed a region's extra."""
    kept = load_kept_region(request, region)
    extra = load_extra(kept, slug)
    context = {"crumbs": _crumbs(request, kept, extra), "region": kept, "intervention": extra}
    return history_page(request, extra, template="interventions/extra_history.html", context=context)


@require_http_methods(["GET", "POST"])
def extra_version(request: PortalRequest, region: str, slug: str, number: int) -> HttpResponse:
    """Show what a region's extra once was, with a way back to it."""
    kept = load_kept_region(request, region)
    extra = load_extra(kept, slug)
    history = reverse("interventions:extra_history", args=[kept.slug, slug])
    return version_page(
        request,
        extra,
        number,
        change=partial(actions.change_extra, extra=extra, by=request.user) if not policies.changing_blockers(extra) else None,
        template="interventions/extra_version.html",
        done=history,
        context={
            "crumbs": [*_crumbs(request, kept, extra), ("History", history)],
            "region": kept,
            "intervention": extra,
        },
    )


def _crumbs(request: PortalRequest, region: Region, extra: Intervention) -> list[tuple[str, str]]:
    """Return the way to a page below an extra."""
    edit = reverse("interventions:extra_edit", args=[region.slug, extra.slug])
    return offer_crumbs(request, region, (extra.name, edit))
