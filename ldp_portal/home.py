"""The home page: what the portal is for, or what waits on the person who has signed in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, When, Window
from django.db.models.functions import RowNumber
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from accounts.enums import Role
from core.models import FormDraft
from core.text import joined
from engagements import policies
from engagements.enums import RUNNING_STATUSES, Clarity, EngagementStatus, Facet, VersionOutcome
from engagements.models import Engagement, PlanVersion
from engagements.permissions import can_create_engagement
from evaluation.policies import due_results_of
from framework.models import Domain
from ldp_portal.waiting import waiting_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from accounts.models import User
    from engagements.models import ClientLead

MAX_ROWS = 10
MAX_DRAFTS = 5


@dataclass(frozen=True)
class Row:
    """One engagement: where it stands and what comes next, in words."""

    engagement: Engagement
    step: str
    colour: str


@dataclass(frozen=True)
class Section:
    """Some of a person's engagements under one heading, with the way to the rest."""

    slug: str
    heading: str
    rows: list[Row]
    more_url: str = ""


@dataclass(frozen=True)
class DraftRow:
    """Words typed into a form and not saved yet."""

    draft: FormDraft
    what: str
    where: str


@dataclass(frozen=True)
class Work:
    """All that the home page of a signed-in person shows."""

    sections: list[Section]
    counts: list[dict[str, Any]] = field(default_factory=list)
    counts_heading: str = ""


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show a person their work, what waits on them first; show anybody else what the portal is for."""
    user: Any = request.user
    if not user.is_authenticated:
        return TemplateResponse(request, "ldp_portal/home_public.html", {"domains": Domain.objects.in_order()})
    waiting = waiting_for(user) if user.is_admin else []
    work = _client_work(user) if user.is_stp_lead else _national_work(user) if user.is_national_admin else _own_work(user)
    context = {
        "work": work,
        "is_empty": not any(section.rows for section in work.sections),
        "drafts": [
            _draft_row(draft) for draft in FormDraft.objects.filter(user=user).order_by("-updated_at", "-pk")[:MAX_DRAFTS]
        ],
        "can_create": can_create_engagement(user),
        "waiting_count": len(waiting),
        "due_results": due_results_of(user, on=localdate()),
        "max_rows": MAX_ROWS,
    }
    return TemplateResponse(request, "ldp_portal/home.html", context)


def _own_work(user: User) -> Work:
    """Return the work of a consultant or regional admin: what they can carry on with, what waits on the client, the rest."""
    mine = _with_progress(Engagement.objects.visible_to(user).for_person(user))
    co_design, under_way = _first_of_both(mine)
    region: Any = user.region
    of_region = Engagement.objects.visible_to(user).filter(lead_region=region)
    # A regional admin keeps the region's work moving, whoever leads it.
    heading, watched, narrowed = (
        (f"Waiting for clients of {region.name}", _with_progress(of_region), {"region": region.slug})
        if user.role == Role.REGIONAL_ADMIN
        else ("Waiting for the client", mine, {"lead": "mine"})
    )
    in_review = watched.filter(status=EngagementStatus.IN_REVIEW).order_by("submitted_at", "pk")
    return Work(
        [
            _section("co-design", "To carry on with", co_design, _step, status=EngagementStatus.CO_DESIGN, lead="mine"),
            _waiting_section(heading, in_review, **narrowed),
            _section("under-way", "Agreed and under way", under_way, _step, lead="mine"),
        ],
        counts=_counts(of_region, region=region.slug),
        counts_heading=f"All engagements led by {region.name}",
    )


def _national_work(user: User) -> Work:
    """Return what a national admin sees: plans in review, the longest waiting first, and the country in numbers."""
    seen = Engagement.objects.visible_to(user)
    in_review = _with_progress(seen).filter(status=EngagementStatus.IN_REVIEW).order_by("submitted_at", "pk")
    return Work(
        [_waiting_section("Waiting for clients, the longest first", in_review)],
        counts=_counts(seen),
        counts_heading="All engagements of the country",
    )


def _client_work(user: User) -> Work:
    """Return the plans that wait for an STP lead's decision, then the others shared with them.

    A deputy is asked where the signatory is. Of plans that are signed in order, those wait for whom it is the turn. Nobody is named
    on so many plans that all in review could not be read at once.
    """
    seen = _with_progress(Engagement.objects.visible_to(user))
    in_review = list(seen.filter(status=EngagementStatus.IN_REVIEW).order_by("submitted_at", "pk"))
    turns = policies.turns_of(in_review)
    signs = {pk: policies.lead_to_decide_for(user, turn.leads) for pk, turn in turns.items()}
    to_decide = [x for x in in_review if signs[x.pk] in turns[x.pk].now]
    asked = {x.pk for x in to_decide}
    settled = list(seen.exclude(status=EngagementStatus.IN_REVIEW).order_by("-created_at", "-pk")[: MAX_ROWS + 1])
    policies.show_as_submitted(user, [*in_review, *settled])
    others = sorted((*(x for x in in_review if x.pk not in asked), *settled), key=lambda x: (x.created_at, x.pk), reverse=True)
    today = localdate()
    return Work(
        [
            _section(
                "to-decide", "Waiting for your decision", to_decide, lambda x: _decide_step(x, signs[x.pk], user=user, on=today)
            ),
            _section(
                "shared",
                "Other plans shared with you",
                others,
                lambda x: _other_step(x, turns.get(x.pk), signs.get(x.pk), user=user),
            ),
        ]
    )


def _with_progress(engagements: QuerySet[Engagement]) -> Any:
    """Read with each engagement how its latest version fares."""
    latest = PlanVersion.objects.filter(engagement=OuterRef("pk")).order_by("-number")
    return engagements.select_related("lead_region", "lead_consultant").annotate(
        outcome=Subquery(latest.values("outcome")[:1]),
        submitted_at=Subquery(latest.values("submitted_at")[:1]),
        due_on=Subquery(latest.values("due_on")[:1]),
    )


def _first_of_both(mine: Any) -> tuple[list[Engagement], list[Engagement]]:
    """Return the first of the plans in co-design, those that came back before the others, and of those under way; one query."""
    order = [F("outcome").asc(nulls_last=True), F("created_at").desc(), F("pk").desc()]
    in_co_design = Q(status=EngagementStatus.CO_DESIGN)
    place = Window(RowNumber(), partition_by=Case(When(in_co_design, then=0), default=1), order_by=order)
    both = mine.filter(in_co_design | Q(status__in=RUNNING_STATUSES)).annotate(place=place)
    found = list(both.filter(place__lte=MAX_ROWS + 1).order_by("place", "pk"))
    return (
        [row for row in found if row.status == EngagementStatus.CO_DESIGN],
        [row for row in found if row.status != EngagementStatus.CO_DESIGN],
    )


def _section(slug: str, heading: str, engagements: Any, step: Callable[[Any], str], **filters: str) -> Section:
    """Return the first rows of a list, and the address of the whole list where there are more."""
    found = list(engagements[: MAX_ROWS + 1])
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    more_url = f"{reverse('engagements:engagement_list')}?{query}" if len(found) > MAX_ROWS else ""
    rows = [Row(x, step(x), EngagementStatus(x.status).colour) for x in found[:MAX_ROWS]]
    return Section(slug, heading, rows, more_url)


def _waiting_section(heading: str, in_review: Any, **filters: str) -> Section:
    """Return the plans that are with their clients: for how long, on whom they wait and by when they were asked (P10)."""
    found = list(in_review[: MAX_ROWS + 1])
    turns = policies.turns_of(found)
    today = localdate()
    return _section(
        "in-review",
        heading,
        found,
        lambda x: policies.waiting_words(x.submitted_at, x.due_on, turns[x.pk].now, on=today),
        status=EngagementStatus.IN_REVIEW,
        **filters,
    )


def _step(engagement: Any) -> str:
    """Say where one plan stands and what comes next, from what the list has read."""
    if engagement.status != EngagementStatus.CO_DESIGN:
        return policies.next_step(engagement, [])
    if engagement.outcome == VersionOutcome.CHANGES_WANTED:
        return "The client wants changes. Read the comments, then submit again."
    unclear = [str(facet.label) for facet in Facet if engagement.clarity_of(facet) != Clarity.CLEAR]
    submitted = "Not yet submitted." if engagement.shared_at is None else "New version not yet submitted."
    return f"{submitted} Still to make clear: {', '.join(unclear)}." if unclear else f"{submitted} All four facets are clear."


def _decide_step(engagement: Any, lead: ClientLead | None, *, user: User, on: date) -> str:
    """Say to a signatory, or to their deputy, what is asked of them and by when."""
    sent = date_format(localdate(engagement.submitted_at), "DATE_FORMAT")
    due = f" Decide by {policies.due_words(engagement.due_on, on=on)}." if engagement.due_on else ""
    if lead and lead.user_id != user.pk:
        return f"Sent to {lead} on {sent}.{due} You can decide as their deputy: agree to the plan, or ask for changes."
    return f"Sent on {sent}.{due} {policies.client_next_step(engagement, is_to_decide=True)}"


def _other_step(engagement: Any, turn: policies.Turn | None, lead: ClientLead | None, *, user: User) -> str:
    """Say to a client lead who is not asked to decide now where a plan stands, and whether they will be."""
    if turn and lead and lead.is_signatory and lead.pk not in turn.decided:
        deputy = "" if lead.user_id == user.pk else f"You are deputy for {lead}. "
        return f"{deputy}Not your turn yet: {joined([str(row) for row in turn.now])} decides first."
    return policies.client_next_step(engagement)


def _counts(engagements: QuerySet[Engagement], **filters: str) -> list[dict[str, Any]]:
    """Count engagements by status, each with the address of its list."""
    found = dict(engagements.order_by().values_list("status").annotate(Count("pk")))
    query = "".join(f"&{name}={value}" for name, value in filters.items())
    list_url = reverse("engagements:engagement_list")
    return [
        {"label": status.label, "count": found.get(status, 0), "url": f"{list_url}?status={status}{query}"}
        for status in EngagementStatus
    ]


def _draft_row(draft: FormDraft) -> DraftRow:
    """Name a form by the address at which it was typed."""
    entity, _, verb = draft.form.rpartition(":")[2].rpartition("_")
    thing = entity.replace("_", " ") or "form"
    parts = draft.subject.partition("?")[0].strip("/").split("/")
    where = parts[1] if len(parts) > 2 and parts[0] == "engagements" else ""
    return DraftRow(draft, f"A new {thing}" if verb == "create" else f"Changes: {thing}", where)
