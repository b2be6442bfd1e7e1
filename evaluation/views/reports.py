"""The evaluation report: of one engagement, of the STP area or the region that several lie in; as a page and as a PDF."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.downloads import attached, say_when
from core.pdf import Busy, PdfError, TookTooLong, TooLarge, place_for
from core.text import counted
from directory.models import Footprint, Region
from engagements.enums import AGREED_STATUSES, EngagementStatus
from engagements.models import Engagement, Place, StatusChange
from evaluation import documents, forms, policies
from evaluation.enums import MAX_REPORTED
from evaluation.views.loading import load_results

if TYPE_CHECKING:
    from django.db.models import Model

    from accounts.models import User
    from core.requests import PortalRequest
    from engagements.models.engagement import EngagementQuerySet

FAILED = "The PDF could not be made. Nothing is lost, and the page holds the same words."
TOO_LONG = "The PDF would be too long. Choose a shorter time, or one STP area; the page holds the same words."

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReportRow:
    """One area or region that there is a report of."""

    name: str
    count: int
    url: str


@dataclass(frozen=True)
class Scope:
    """An area or a region, those of its engagements that a person may read, and the addresses of their report."""

    about: Model
    name: str
    engagements: EngagementQuerySet
    page_url: str
    file_url: str


@require_safe
def report_detail(request: PortalRequest, reference: str) -> HttpResponse:
    """Show what one engagement asked, did, changed and learned."""
    engagement = load_results(request, reference)
    blockers = policies.reporting_blockers(engagement)
    report = None if blockers else documents.load_report(engagement, request.user, on=timezone.localdate())
    context = {"engagement": engagement, "report": report, "blockers": blockers, "is_print": False}
    return TemplateResponse(request, "evaluation/report_detail.html", context)


@require_safe
def report_download(request: PortalRequest, reference: str) -> HttpResponse:
    """Send the report of one engagement as a PDF."""
    engagement = load_results(request, reference)
    if policies.reporting_blockers(engagement):
        raise Http404
    report = documents.load_report(engagement, request.user, on=timezone.localdate())
    page_url = reverse("evaluation:report_detail", args=[reference])
    return _file(request, report, engagement, named=reference, page_url=page_url)


@require_safe
def report_list(request: PortalRequest) -> HttpResponse:
    """Show the areas and regions that there is a report of for a person."""
    begun = _begun(request.user)
    sections = [("regions", "LDP regions", _region_rows(begun)), ("areas", "STP areas", _area_rows(begun))]
    crumbs = [("Engagements", reverse("engagements:engagement_list"))]
    context = {"sections": [section for section in sections if section[2]], "crumbs": crumbs}
    return TemplateResponse(request, "evaluation/report_list.html", context)


@require_safe
def report_area_detail(request: PortalRequest, number: int) -> HttpResponse:
    """Show what the engagements in one STP area came to together."""
    return _page(request, _area(request.user, number), "evaluation/report_area_detail.html")


@require_safe
def report_area_download(request: PortalRequest, number: int) -> HttpResponse:
    """Send the report of one STP area as a PDF."""
    return _file_together(request, _area(request.user, number))


@require_safe
def report_region_detail(request: PortalRequest, slug: str) -> HttpResponse:
    """Show what the engagements that one region leads came to together."""
    return _page(request, _region(request.user, slug), "evaluation/report_region_detail.html")


@require_safe
def report_region_download(request: PortalRequest, slug: str) -> HttpResponse:
    """Send the report of one region as a PDF."""
    return _file_together(request, _region(request.user, slug))


def _begun(user: User) -> EngagementQuerySet:
    """Return the engagements whose work has begun and whose results a person may read: a client as long as the plan stands as it was agreed."""
    begun = Engagement.objects.visible_to(user).begun()
    return begun.filter(status__in=AGREED_STATUSES) if user.is_stp_lead else begun


def _area(user: User, number: int) -> Scope:
    """Return one STP area; where a person may read nothing in it, there is none."""
    area = get_object_or_404(Footprint, number=number)
    urls = [reverse(f"evaluation:report_area_{verb}", args=[number]) for verb in ("detail", "download")]
    return _scope(area, area.name, _begun(user).for_footprint(number), urls)


def _region(user: User, slug: str) -> Scope:
    """Return one region; where a person may read nothing of it, there is none."""
    region = get_object_or_404(Region, slug=slug)
    urls = [reverse(f"evaluation:report_region_{verb}", args=[slug]) for verb in ("detail", "download")]
    return _scope(region, region.name, _begun(user).filter(lead_region=region), urls)


def _scope(about: Model, name: str, engagements: EngagementQuerySet, urls: list[str]) -> Scope:
    """Return what a report of several is of; 404 where there is nothing to tell."""
    if not engagements.exists():
        raise Http404
    page_url, file_url = urls
    return Scope(about, name, engagements, page_url, file_url)


def _region_rows(begun: EngagementQuerySet) -> list[ReportRow]:
    """Count the engagements of each region."""
    found = Counter(begun.order_by().values_list("lead_region", flat=True))
    return [
        ReportRow(region.name, found[region.pk], reverse("evaluation:report_region_detail", args=[region.slug]))
        for region in Region.objects.filter(pk__in=found).order_by("name", "pk")
    ]


def _area_rows(begun: EngagementQuerySet) -> list[ReportRow]:
    """Count the engagements of each STP area: named itself or else through a site (`Engagement.areas`)."""
    places = Place.objects.filter(engagement__in=begun.order_by().values("pk"))
    rows = places.values_list("engagement", "footprint", "site__footprints").order_by()
    found = Counter(area for _, area in {(engagement, named or by_site) for engagement, named, by_site in rows})
    return [
        ReportRow(area.name, found[area.pk], reverse("evaluation:report_area_detail", args=[area.number]))
        for area in Footprint.objects.filter(pk__in=found).order_by("name", "pk")
    ]


def _chosen(request: PortalRequest, scope: Scope) -> tuple[forms.ReportFilterForm, list[int]]:
    """Return the filter that an address asks for, and the keys of the engagements that it leaves."""
    closings = StatusChange.objects.filter(engagement=OuterRef("pk"), to_status=EngagementStatus.CLOSED).order_by("-at", "-pk")
    found = scope.engagements.order_by("pk").annotate(closed_at=Subquery(closings.values("at")[:1]))
    years = {pk: policies.year_of(closed_at) for pk, closed_at in found.values_list("pk", "closed_at")}
    filters = forms.ReportFilterForm.read(request.GET, years=sorted({year for year in years.values() if year}, reverse=True))
    return filters, [pk for pk, year in years.items() if filters.takes_in(year)]


def _together(request: PortalRequest, scope: Scope, filters: forms.ReportFilterForm, chosen: list[int]) -> documents.Report:
    """Read several engagements into one report, by title."""
    rows = list(scope.engagements.filter(pk__in=chosen).with_people().order_by("title", "pk"))
    today = timezone.localdate()
    return documents.load_report_together(rows, request.user, on=today, title=scope.name, period=filters.sentence)


def _page(request: PortalRequest, scope: Scope, template: str) -> HttpResponse:
    """Show the report of several engagements, or why there is none."""
    filters, chosen = _chosen(request, scope)
    refused = _refused(scope, len(chosen))
    context = {
        "scope": scope,
        "is_print": False,
        "filters": filters,
        "report": None if refused else _together(request, scope, filters, chosen),
        "sentence": refused,
        "crumbs": [
            ("Engagements", reverse("engagements:engagement_list")),
            ("Evaluation reports", reverse("evaluation:report_list")),
        ],
    }
    return TemplateResponse(request, template, context)


def _file_together(request: PortalRequest, scope: Scope) -> HttpResponse:
    """Send the report of several engagements as a PDF."""
    filters, chosen = _chosen(request, scope)
    page_url = f"{scope.page_url}{filters.query}"
    if refused := _refused(scope, len(chosen)):
        return _say(request, refused, page_url=page_url, status=409)
    report = _together(request, scope, filters, chosen)
    named = f"{scope.name} {filters.short}".rstrip()
    holds = ", ".join(account.engagement.reference for account in report.accounts)
    return _file(request, report, scope.about, named=named, page_url=page_url, holds=holds)


def _refused(scope: Scope, count: int) -> str:
    """Say why so many engagements make no report, or nothing where they do."""
    if not count:
        return "No engagement fits this choice."
    if count <= MAX_REPORTED:
        return ""
    narrower = "a shorter time" if isinstance(scope.about, Footprint) else "a shorter time, or one STP area"
    return f"{counted(count, 'engagement')} are too many for one report, which holds up to {MAX_REPORTED}. Choose {narrower}."


def _file(
    request: PortalRequest, report: documents.Report, about: Model, *, named: str, page_url: str, holds: str = ""
) -> HttpResponse:
    """Send a report as a PDF, whole or not at all; where that fails, lead to the page."""
    if request.method == "HEAD":
        # Whoever asks for the headers alone has nothing made.
        return HttpResponse(content_type="application/pdf")
    try:
        with place_for(request.user.pk):
            content = documents.render_report(report)
    except PdfError as fault:
        logger.warning("The report of %s cannot be made: %s", named, type(fault).__name__)
        is_long = report.is_together and isinstance(fault, TooLarge | TookTooLong)
        sentence = str(fault) if isinstance(fault, Busy) else TOO_LONG if is_long else FAILED
        return say_when(_say(request, sentence, page_url=page_url, status=503), fault)
    name = f"Evaluation report {named} {report.day:%Y-%m-%d}.pdf"
    return attached(request, content, content_type="application/pdf", name=name, about=about, holds=holds)


def _say(request: PortalRequest, sentence: str, *, page_url: str, status: int) -> HttpResponse:
    """Show one calm sentence in place of the PDF, with the way to the page."""
    context = {"sentence": sentence, "page_url": page_url}
    return TemplateResponse(request, "evaluation/report_unavailable.html", context, status=status)
