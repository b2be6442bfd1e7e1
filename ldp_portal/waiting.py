"""What waits on an admin: all of it counted in one query, the most pressing first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.text import counted
from directory.enums import CHECKED_FOR_DAYS
from directory.models import ContactPoint, Region
from engagements.enums import OPEN_STATUSES
from engagements.models import ClientLead, Engagement, PlannedIntervention
from evaluation.models import Learning
from interventions.enums import MAX_DAYS_UNCHECKED
from interventions.models import Intervention, MenuProposal, RegionalOffer

if TYPE_CHECKING:
    from datetime import date

# For how long an answer to a proposal is news.
ANSWERED_DAYS = 30
# How many of the engagements that nobody carries on are named one by one.
MAX_NAMED = 10


@dataclass(frozen=True)
class Waiting:
    """One kind of thing that waits: how much of it in words, why it matters, and the page where it is dealt with."""

    slug: str
    count: int
    what: str
    why: str
    url: str


def waiting_for(user: User) -> list[Waiting]:
    """Return what waits on an admin, the most pressing first; what waits on nobody is left out."""
    found = _of_the_country() if user.is_national_admin else _of_region(user)
    return [row for row in found if row.count]


def left_behind(user: User) -> list[Any]:
    """Return the open engagements that somebody who has left is still named on, the oldest first, with how they are."""
    return list(_left_behind(_led_for(user)).select_related("lead_region", "lead_consultant").order_by("pk")[:MAX_NAMED])


def _of_region(user: User) -> list[Waiting]:
    """Return what waits on the admin of one region; the region itself is read along, once for the whole page."""
    region = Region(pk=user.region_id)
    today = timezone.localdate()
    menu = Intervention.objects.on_the_menu(region)
    offers = RegionalOffer.objects.filter(region=region)
    answered = MenuProposal.objects.filter(region=region, answered_at__gte=timezone.now() - timedelta(days=ANSWERED_DAYS))
    never_in = User.objects.active().filter(region=region, last_login=None)
    counts = _counts(
        Region.objects.filter(pk=region.pk),
        left=_left_behind(_led_for(user)),
        contacts=ContactPoint.objects.to_check(today).filter(region=region),
        never_stated=menu.exclude(pk__in=offers.values("intervention")),
        unchecked=_stale_offers(today).filter(region=region),
        never_in=never_in,
        answered=answered,
        learning=Learning.objects.filter(engagement__lead_region=region).waiting(),
    )
    user.region = region = counts["region"]
    return [
        _left(counts["left"]),
        Waiting(
            "learning",
            counts["learning"],
            f"{counted(counts['learning'], 'piece')} of learning to answer",
            "Teams that closed an engagement propose it as evidence for the menu.",
            _url("evaluation:learning_proposal_list"),
        ),
        Waiting(
            "contacts",
            counts["contacts"],
            f"{counted(counts['contacts'], 'contact')} to check",
            f"Not checked for {CHECKED_FOR_DAYS} days or longer. The public sees when each was checked last.",
            _url("directory:contact_point_list", region.slug),
        ),
        Waiting(
            "never-stated",
            counts["never_stated"],
            f"{counted(counts['never_stated'], 'intervention')} of which you have said nothing",
            "Everybody reads “On request” until you say whether you offer it.",
            _url("interventions:region_offer_list", region.slug),
        ),
        Waiting(
            "unchecked",
            counts["unchecked"],
            f"{counted(counts['unchecked'], 'offer')} to check",
            f"Not checked for {MAX_DAYS_UNCHECKED} days or longer. Consultants plan with what stands there.",
            _url("interventions:region_offer_list", region.slug),
        ),
        Waiting(
            "never-in",
            counts["never_in"],
            f"{counted(counts['never_in'], 'person', 'people')} who {_has(counts['never_in'])} never signed in",
            "They were invited to work here. Send the invitation again, or close the account.",
            _url("accounts:person_list"),
        ),
        Waiting(
            "answered",
            counts["answered"],
            f"{counted(counts['answered'], 'answer')} to what you proposed",
            f"The national menu: answered in the last {ANSWERED_DAYS} days.",
            _url("interventions:proposal_list"),
        ),
    ]


def _of_the_country() -> list[Waiting]:
    """Return what waits on a national admin."""
    today = timezone.localdate()
    retired = Intervention.objects.filter(retired_at__isnull=False)
    in_open_plans = PlannedIntervention.objects.filter(intervention=OuterRef("pk"), engagement__status__in=OPEN_STATUSES)
    counts = _counts(
        Region.objects.order_by("pk")[:1],
        proposals=MenuProposal.objects.filter(outcome=""),
        left=_left_behind(Engagement.objects.all()),
        contacts=Region.objects.filter(Exists(ContactPoint.objects.to_check(today).filter(region=OuterRef("pk")))),
        unchecked=Region.objects.filter(Exists(_stale_offers(today).filter(region=OuterRef("pk")))),
        retired=retired.filter(Exists(in_open_plans)),
    )
    return [
        Waiting(
            "proposals",
            counts["proposals"],
            f"{counted(counts['proposals'], 'proposal')} to answer",
            "A region proposes to change the national menu. Accept it, change it or decline it with a reason.",
            _url("interventions:proposal_list"),
        ),
        _left(counts["left"]),
        Waiting(
            "contacts",
            counts["contacts"],
            f"{counted(counts['contacts'], 'region')} with contacts to check",
            f"Something there was not checked for {CHECKED_FOR_DAYS} days or longer.",
            _url("directory:contact_point_list"),
        ),
        Waiting(
            "unchecked",
            counts["unchecked"],
            f"{counted(counts['unchecked'], 'region')} with offers to check",
            f"Something there was not checked for {MAX_DAYS_UNCHECKED} days or longer.",
            _url("interventions:offer_list"),
        ),
        Waiting(
            "retired",
            counts["retired"],
            f"{counted(counts['retired'], 'retired intervention')} in open plans",
            "Those plans keep it as it was. See what replaces it, and whether their consultants know.",
            _url("interventions:menu_list"),
        ),
    ]


def _left(count: int) -> Waiting:
    """Return the engagements that name somebody who has left; they are listed below."""
    return Waiting(
        "left",
        count,
        f"{counted(count, 'open engagement')} with somebody who has left",
        "Their account is closed and work is still in their name. Give it to somebody else.",
        "#left",
    )


def _led_for(user: User) -> QuerySet[Engagement]:
    """Return the engagements that an admin keeps moving."""
    return Engagement.objects.all() if user.is_national_admin else Engagement.objects.filter(lead_region=user.region_id)


def _left_behind(engagements: QuerySet[Engagement]) -> QuerySet[Engagement]:
    """Narrow to open engagements whose lead, a member of the team or a client lead has a closed account."""
    team: Any = Engagement.team.through
    members = team.objects.filter(engagement=OuterRef("pk"), user__is_active=False)
    clients = ClientLead.objects.current().filter(engagement=OuterRef("pk"), user__is_active=False)
    gone = Q(lead_consultant__is_active=False) | Exists(members) | Exists(clients)
    return engagements.filter(gone, status__in=OPEN_STATUSES).annotate(
        is_lead_gone=Q(lead_consultant__is_active=False), is_member_gone=Exists(members), is_client_gone=Exists(clients)
    )


def _stale_offers(on: date) -> QuerySet[RegionalOffer]:
    """Return what regions say of interventions on the menu and nobody has checked for long, or ever."""
    unchecked = Q(last_checked_on=None) | Q(last_checked_on__lt=on - timedelta(days=MAX_DAYS_UNCHECKED))
    return RegionalOffer.objects.filter(unchecked, intervention__retired_at=None)


def _counts(one_region: QuerySet[Region], **found: QuerySet[Any]) -> dict[str, Any]:
    """Count several lists in one query, which also reads the one region that it asks."""
    number = Func(F("pk"), function="COUNT", output_field=IntegerField())
    columns = {f"n_{name}": Subquery(rows.order_by().annotate(number=number).values("number")) for name, rows in found.items()}
    (region,) = one_region.annotate(**columns)
    return {name: getattr(region, f"n_{name}") for name in found} | {"region": region}


def _has(count: int) -> str:
    """Return the verb that goes with a count."""
    return "has" if count == 1 else "have"


def _url(name: str, *args: object) -> str:
    """Return the address of a page of an app."""
    return reverse(name, args=args)
