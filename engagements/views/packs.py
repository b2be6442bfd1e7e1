"""Meeting packs: the current plans of one STP area, or those that wait for one person, in one PDF (P33)."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from core.downloads import attached, say_when
from core.pdf import Busy, PdfError, place_for
from core.text import counted
from directory.models import Footprint
from engagements import documents, policies
from engagements.enums import ENDED_STATUSES, MAX_PACK_PLANS, WRITING_STATUSES, EngagementStatus
from engagements.models import ClientLead, Decision, Engagement, Place, PlanVersion
from engagements.views.editions import read_edition, reads_working_draft

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.requests import PortalRequest
    from engagements.documents import Brief, Stamp
    from engagements.models.engagement import EngagementQuerySet

CANNOT_READ = "One of these plans cannot be read any more by this release of the portal. Please tell the lead consultant."

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PackRow:
    """One pack that can be made, or the list of its plans where they are too many."""

    name: str
    count: int
    url: str
    list_url: str

    @property
    def is_too_large(self) -> bool:
        """Tell whether there are more plans than one pack holds."""
        return self.count > MAX_PACK_PLANS


@dataclass(frozen=True)
class PackSection:
    """Packs of one kind."""

    slug: str
    heading: str
    column: str
    rows: list[PackRow]


@require_safe
def pack_list(request: PortalRequest) -> HttpResponse:
    """Show the packs that can be made of the plans that a person may read."""
    user = request.user
    current = _current(user)
    heading = "Waiting for your decision" if user.is_stp_lead else "Waiting for one person"
    sections = [
        PackSection("waiting", heading, "Person", _person_rows(current, user)),
        PackSection("areas", "All current plans of one STP area", "STP area", _area_rows(current, user)),
    ]
    crumbs = [("Engagements", reverse("engagements:engagement_list"))]
    context = {"crumbs": crumbs, "sections": [section for section in sections if section.rows], "max_plans": MAX_PACK_PLANS}
    return TemplateResponse(request, "engagements/pack_list.html", context)


@require_safe
def pack_area_download(request: PortalRequest, number: int) -> HttpResponse:
    """Send the current plans of one STP area as one PDF."""
    area = get_object_or_404(Footprint, number=number)
    plans = _plans_in(area, request.user)
    holds = f"All current plans in the STP area {area.name}"
    return _file(request, plans, area, title=area.name, holds=holds, list_url=_list_of_area(area))


@require_safe
def pack_person_download(request: PortalRequest, pk: int) -> HttpResponse:
    """Send the plans that wait for one person's decision as one PDF."""
    waiting = _waiting_plans(_current(request.user), request.user)
    person, plans = next(((person, plans) for person, plans in waiting.items() if person.pk == pk), (None, []))
    holds = f"All plans that wait for the decision of {person}"
    return _file(request, plans, person, title=f"Waiting for {person}", holds=holds, list_url=_list_in_review())


def _current(user: User) -> EngagementQuerySet:
    """Return the engagements under way of which there is an edition that a person may read."""
    submitted = Q(Exists(PlanVersion.objects.filter(engagement=OuterRef("pk"))))
    has_edition = submitted if user.is_stp_lead else submitted | Q(status__in=WRITING_STATUSES)
    return Engagement.objects.visible_to(user).exclude(status__in=ENDED_STATUSES).filter(has_edition)


def _waiting_plans(current: EngagementQuerySet, user: User) -> dict[User, list[Engagement]]:
    """Return the plans that wait for each person now, by name; to an STP lead only what waits for them or whom they stand in for."""
    in_review = list(current.filter(status=EngagementStatus.IN_REVIEW).with_people().order_by("title", "pk"))
    policies.show_as_submitted(user, in_review)
    found: dict[User, list[Engagement]] = defaultdict(list)
    turns = policies.turns_of(in_review)
    for plan in in_review:
        turn = turns[plan.pk]
        if user.is_stp_lead:
            if policies.lead_to_decide_for(user, turn.leads) in turn.now:
                found[user].append(plan)
        else:
            for lead in turn.now:
                found[lead.user].append(plan)
    return dict(sorted(found.items(), key=lambda pair: (pair[0].full_name, pair[0].pk)))


def _person_rows(current: EngagementQuerySet, user: User) -> list[PackRow]:
    """Count the plans that wait for each person."""
    return [
        PackRow(person.full_name, len(plans), reverse("engagements:pack_person_download", args=[person.pk]), _list_in_review())
        for person, plans in _waiting_plans(current, user).items()
    ]


def _plans_in(area: Footprint, user: User) -> list[Engagement]:
    """Return the current plans of one STP area by title, as a person reads them: a client as they were submitted."""
    current = _current(user).with_people()
    if not user.is_stp_lead:
        return list(current.for_footprint(area.number).order_by("title", "pk"))
    plans = list(current)
    submitted = policies.submitted_of(plans)
    policies.show_as_submitted(user, plans, submitted)
    return sorted((row for row in plans if area.name in submitted[row.pk].areas), key=lambda row: (row.title, row.pk))


def _area_rows(current: EngagementQuerySet, user: User) -> list[PackRow]:
    """Count the current plans of each STP area: to a client those that the version submitted last names."""
    found: dict[int, set[int]] = defaultdict(set)
    if user.is_stp_lead:
        keys = dict(Footprint.objects.values_list("name", "pk"))
        for plan, said in policies.submitted_of(current.order_by()).items():
            for name in keys.keys() & set(said.areas):
                found[keys[name]].add(plan)
    else:
        # Named itself or else through a site (`Engagement.areas`).
        places = Place.objects.filter(engagement__in=current.order_by().values("pk"))
        for plan, named, by_site in places.values_list("engagement", "footprint", "site__footprints").order_by():
            if area := named or by_site:
                found[area].add(plan)
    return [
        PackRow(row.name, len(found[row.pk]), reverse("engagements:pack_area_download", args=[row.number]), _list_of_area(row))
        for row in Footprint.objects.filter(pk__in=found).order_by("name", "pk")
    ]


def _list_of_area(area: Footprint) -> str:
    return f"{reverse('engagements:engagement_list')}?area={area.number}"


def _list_in_review() -> str:
    return f"{reverse('engagements:engagement_list')}?status={EngagementStatus.IN_REVIEW}"


def _file(
    request: PortalRequest, plans: Sequence[Engagement], about: Any, *, title: str, holds: str, list_url: str
) -> HttpResponse:
    """Send plans as one PDF, whole or not at all; where they are too many or it fails, lead to them one by one."""
    if not plans:
        raise Http404
    if len(plans) > MAX_PACK_PLANS:
        sentence = f"{counted(len(plans), 'plan')} are too many for one pack, which holds up to {MAX_PACK_PLANS}."
        return _say(request, sentence, list_url, status=409)
    user, today = request.user, timezone.localdate()
    try:
        editions = tuple(_editions(user, plans))
        pack = documents.Pack(title=title, holds=holds, reader=user.full_name, day=today, plans=editions)
        with place_for(user.pk):
            content = documents.render_pack(pack)
    except documents.UnreadableBrief:
        logger.exception("A plan of the pack %s cannot be read.", title)
        return _say(request, CANNOT_READ, list_url, status=503)
    except PdfError as fault:
        logger.warning("The pack %s cannot be made: %s", title, type(fault).__name__)
        sentence = str(fault) if isinstance(fault, Busy) else "The pack could not be made. Nothing is lost."
        return say_when(_say(request, sentence, list_url, status=503), fault)
    name = f"Meeting pack {title} {today:%Y-%m-%d}.pdf"
    holds = ", ".join(plan.reference for plan in plans)
    return attached(request, content, content_type="application/pdf", name=name, about=about, holds=holds)


def _editions(user: User, plans: Iterable[Engagement]) -> Iterable[tuple[Brief, Stamp]]:
    """Read each plan in the edition that a person gets as its brief.

    Submitted versions are read together. A working draft is a dozen queries of its own, of which there are at most
    `MAX_PACK_PLANS`: a plan is read in one way only, by `load_brief`, so that no output can differ from another.
    """
    submitted = {plan.pk for plan in plans if not reads_working_draft(user, plan)}
    newest = PlanVersion.objects.filter(engagement=OuterRef("engagement")).order_by("-number").values("pk")[:1]
    versions: dict[int, Any] = {
        version.engagement_id: version
        for version in PlanVersion.objects.filter(engagement__in=submitted, pk=Subquery(newest))
        .select_related("engagement__early_start")
        .prefetch_related(
            Prefetch("decisions", Decision.objects.order_by("at", "pk")),
            Prefetch("engagement__client_leads", ClientLead.objects.current()),
        )
    }
    for plan in plans:
        if plan.pk not in submitted:
            yield read_edition(plan, None)
            continue
        version = versions[plan.pk]
        left = documents.left_since(version, version.engagement.client_leads.all())
        stamp = documents.stamp_version(version, version.decisions.all(), left=left)
        yield documents.from_json(version.document), stamp


def _say(request: PortalRequest, sentence: str, list_url: str, *, status: int) -> HttpResponse:
    """Show one calm sentence in place of the pack, with the way to the plans one by one."""
    return TemplateResponse(
        request, "engagements/pack_unavailable.html", {"sentence": sentence, "list_url": list_url}, status=status
    )
