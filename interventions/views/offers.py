"""Pages on which a region says what it offers of the menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.history import history_page, version_page
from core.pages import form_page, post_action
from core.records import mark_of
from core.text import counted
from interventions import actions, forms, policies
from interventions.enums import MAX_DAYS_UNCHECKED, Availability
from interventions.models import Intervention, RegionalOffer
from interventions.views.loading import load_ever_on_menu, load_kept_region, load_on_menu, offer_crumbs, offers_url

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest
    from directory.models import Region
    from interventions.policies import OfferShown


@require_safe
def offer_list(request: PortalRequest) -> HttpResponse:
    """Let a national admin choose a region; send a regional admin to their own."""
    if not request.user.is_admin:
        raise PermissionDenied
    if not request.user.is_national_admin:
        return redirect(offers_url(request.user.region))
    context = {
        "crumbs": [("Home", reverse("home")), ("Manage", reverse("manage"))],
        "summaries": policies.region_summaries(timezone.localdate()),
    }
    return TemplateResponse(request, "interventions/offer_list.html", context)


@require_http_methods(["GET", "POST"])
def region_offer_list(request: PortalRequest, region: str) -> HttpResponse:
    """Show all that a region says of the menu, and say the same of several interventions at once."""
    kept = load_kept_region(request, region)
    every = Intervention.objects.ever_on_the_menu(kept).select_related("main_domain")
    menu = [row for row in every if row.retired_at is None]
    shown = policies.offers_shown(menu, kept)
    form = forms.OffersTogetherForm(request.POST or None, shown=shown)
    return form_page(
        request,
        form=form,
        save=lambda values: actions.change_offers(
            region=kept,
            interventions=form.cleaned_data["chosen"],
            values=values,
            by=request.user,
            seen=form.merge["seen"],
        ),
        template="interventions/region_offer_list.html",
        done=partial(_say_how_many, request, form, offers_url(kept)),
        context=_overview(kept, shown)
        | {
            "crumbs": offer_crumbs(request, kept)[:-1],
            "region": kept,
            "retired_extras": [row for row in every if row.retired_at is not None and row.region_id],
        },
    )


def _overview(region: Region, shown: list[OfferShown]) -> dict[str, Any]:
    """Return the offers of a region by domain, the national ones apart from its extras, and how many there are of each kind."""
    today = timezone.localdate()
    national = [row for row in shown if row.offer.intervention.region_id is None]
    domains = {row.offer.intervention.main_domain for row in national}
    columns = [
        (domain, [(row, row.is_due(today)) for row in national if row.offer.intervention.main_domain == domain])
        for domain in sorted(domains, key=lambda domain: domain.position)
    ]
    extras = [(row, row.is_due(today)) for row in shown if row.offer.intervention.region_id]
    in_order = [*(pair for _, rows in columns for pair in rows), *extras]
    return {
        "columns": columns,
        "extras": extras,
        "days": MAX_DAYS_UNCHECKED,
        "first_due": next((row.offer.intervention.slug for row, is_due in in_order if is_due), ""),
        "count": len(national),
        "counts": [
            (kind.label.lower(), sum(row.offer.availability == kind for row in national if row.is_stated))
            for kind in Availability
        ],
        "unsaid": sum(not row.is_stated for row in shown),
        "due": sum(row.is_due(today) for row in shown),
    }


def _say_how_many(request: PortalRequest, form: forms.OffersTogetherForm, done: str, changed: list[RegionalOffer]) -> str:
    """Say how many offers were changed, and go on."""
    chosen = len(form.cleaned_data["chosen"])
    same = chosen - len(changed)
    if not changed:
        messages.info(request, "Nothing changed: what you ticked says this already.")
    elif same:
        messages.success(request, f"{counted(len(changed), 'offer')} changed. {same} said this already.")
    else:
        messages.success(request, f"{counted(len(changed), 'offer')} changed.")
    return done


@require_http_methods(["GET", "POST"])
def offer_edit(request: PortalRequest, region: str, slug: str) -> HttpResponse:
    """Say what a region offers of one intervention; a preview shows what others will read, and saves nothing."""
    kept = load_kept_region(request, region)
    intervention = load_on_menu(kept, slug)
    offer = RegionalOffer.objects.filter(region=kept, intervention=intervention).select_related("last_checked_by").first()
    offer = offer or policies.unstated_offer(intervention, kept)
    offer.region, offer.intervention = kept, intervention
    form = forms.OfferForm(request.POST or None, instance=offer)
    context = {
        "crumbs": offer_crumbs(request, kept),
        "region": kept,
        "intervention": intervention,
        "is_stated": offer.pk is not None,
        "mark": mark_of([offer]),
        "checked_on": offer.last_checked_on,
        "checked_by": offer.last_checked_by,
        "back": offers_url(kept),
    }
    if "preview" in request.POST:
        shown = form.previewed if form.is_valid() else None
        return TemplateResponse(
            request, "interventions/offer_edit.html", {**context, "form": form, "draft": None, "preview": shown}
        )
    return form_page(
        request,
        form=form,
        save=partial(actions.save_offer, region=kept, intervention=intervention, by=request.user),
        template="interventions/offer_edit.html",
        done=offers_url(kept),
        context=context,
    )


@require_POST
def offer_check(request: PortalRequest, region: str, slug: str) -> HttpResponse:
    """Say with one click that an offer is true today, as it was shown."""
    kept = load_kept_region(request, region)
    intervention, seen = load_on_menu(kept, slug), request.GET.get("seen")
    check = partial(actions.check_offer, region=kept, intervention=intervention, by=request.user, seen=seen)
    return post_action(request, act=check, done=f"{offers_url(kept)}#{slug}")


@require_safe
def offer_history(request: PortalRequest, region: str, slug: str) -> HttpResponse:
    """Tell who changed what a region offers of one intervention."""
    kept = load_kept_region(request, region)
    offer = _load_offer(kept, slug)
    context = {"crumbs": _history_crumbs(request, kept, offer), "region": kept, "intervention": offer.intervention}
    return history_page(request, offer, template="interventions/offer_history.html", context=context)


@require_http_methods(["GET", "POST"])
def offer_version(request: PortalRequest, region: str, slug: str, number: int) -> HttpResponse:
    """Show what a region offered of one intervention once, with a way back to it."""
    kept = load_kept_region(request, region)
    offer = _load_offer(kept, slug)
    history = reverse("interventions:offer_history", args=[kept.slug, slug])
    is_open = not policies.offer_blockers(offer.intervention, kept)
    change = partial(actions.save_offer, region=kept, intervention=offer.intervention, by=request.user) if is_open else None
    return version_page(
        request,
        offer,
        number,
        change=change,
        template="interventions/offer_version.html",
        done=history,
        context={
            "crumbs": [*_history_crumbs(request, kept, offer), ("History", history)],
            "region": kept,
            "intervention": offer.intervention,
        },
    )


def _load_offer(region: Region, slug: str) -> RegionalOffer:
    """Return what a region has said of an intervention, also of one that is retired by now."""
    intervention = load_ever_on_menu(region, slug)
    offer = get_object_or_404(RegionalOffer, region=region, intervention=intervention)
    offer.region, offer.intervention = region, intervention
    return offer


def _history_crumbs(request: PortalRequest, region: Region, offer: RegionalOffer) -> list[tuple[str, str]]:
    """Return the way to the history of an offer; that of a retired intervention has no page to be changed on."""
    name, slug = offer.intervention.name, offer.intervention.slug
    if offer.intervention.retired_at is not None:
        return offer_crumbs(request, region)
    return offer_crumbs(request, region, (name, reverse("interventions:offer_edit", args=[region.slug, slug])))
