"""What waits on a person on open engagements, and who can take it over (P11)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from accounts.enums import REGIONAL_ROLES, Role
from accounts.models import User
from accounts.policies import NOBODY, OpenWork
from core.models import AuditEvent
from core.refusals import Blocker
from core.text import counted
from engagements.enums import CLIENT_VERBS, OPEN_STATUSES, EngagementStatus, VersionOutcome
from engagements.models import ClientLead, Decision, Engagement
from engagements.policies.signing import HELPED_TO_WRITE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from django.db.models import QuerySet

    from accounts.policies import WorkSource
    from engagements.models import PlanVersion

LEADS, LEADS_IN_REVIEW = "Engagements they lead", "Plans in review that they answer for"
ON_TEAM = "Teams they are on"
DECIDES, SIGNS, DEPUTY, READS = (
    "Reviews that wait for their decision",
    "Plans they sign",
    "Signatories whose deputy they are",
    "Plans they read",
)


@dataclass(frozen=True)
class Shown:
    """What whoever hands work over may read and change of some engagements."""

    by: User
    person: User
    visible: frozenset[int]

    def can_change(self, engagement: Engagement) -> bool:
        """Tell whether they may say who works on an engagement: national admins anywhere, regional admins in their own region."""
        return self.by.is_national_admin or (self.by.is_admin and self.by.region_id == engagement.lead_region_id)

    def name(self, engagement: Engagement) -> str:
        """Call an engagement by its title where they may read it."""
        return str(engagement) if engagement.pk in self.visible else _by_reference(engagement)

    def url(self, engagement: Engagement) -> str:
        """Return the address of an engagement where they may read it."""
        return engagement.get_absolute_url() if engagement.pk in self.visible else ""


def _by_reference(engagement: Engagement) -> str:
    """Call an engagement by what tells nothing of it."""
    return f"{engagement.reference}, an engagement of {engagement.lead_region}"


def shown_to(by: User, person: User, engagements: Iterable[Engagement]) -> Shown:
    """Return what whoever hands work over may read of some engagements; one query where some are of another region."""
    rows = {engagement.pk: engagement for engagement in engagements}
    own = {pk for pk, row in rows.items() if by.is_national_admin or row.lead_region_id == by.region_id}
    others = rows.keys() - own
    seen = Engagement.objects.visible_to(by).filter(pk__in=others).values_list("pk", flat=True) if others else ()
    return Shown(by, person, frozenset(own | set(seen)))


def names_of_work(references: Collection[str], user: User) -> dict[str, tuple[str, str]]:
    """Return the title and the address of those of some engagements that a person may read, by reference."""
    rows = Engagement.objects.visible_to(user).filter(reference__in=references)
    return {row.reference: (str(row), row.get_absolute_url()) for row in rows}


def clients_of(region_pk: int) -> QuerySet[User]:
    """Return the STP leads who work with one region alone: all they are named on is led by it, or else what they were named on last."""
    named = ClientLead.objects.current().filter(user=OuterRef("pk"))
    last = ClientLead.objects.filter(user=OuterRef("pk"), removed_at__isnull=False).order_by("-removed_at", "-pk")
    rows: QuerySet[User] = User.objects.filter(role=Role.STP_LEAD).annotate(
        left_region=Subquery(last.values("engagement__lead_region")[:1])
    )
    here = Exists(named.filter(engagement__lead_region=region_pk))
    elsewhere = Exists(named.exclude(engagement__lead_region=region_pk))
    return rows.filter((here & ~elsewhere) | (~Exists(named) & Q(left_region=region_pk)))


def colleagues_in(regions: Collection[int], *, without: User) -> dict[int, list[User]]:
    """Return the people at work in some regions but one, by region and name: who can take over the work of a colleague."""
    found: dict[int, list[User]] = defaultdict(list)
    people = User.objects.active().filter(role__in=REGIONAL_ROLES, region__in=regions).exclude(pk=without.pk)
    for person in people.order_by("full_name", "pk") if regions else ():
        found[person.region_id or 0].append(person)
    return found


def work_of_colleague(person: User, by: User, source: WorkSource) -> list[OpenWork]:
    """Return the open engagements that a person leads or is on the team of."""
    open_comments = Count(
        "versions__comments", filter=Q(versions__comments__answer_to=None, versions__comments__resolved_at=None), distinct=True
    )
    rows = Engagement.objects.for_person(person).filter(status__in=OPEN_STATUSES).with_people().annotate(comments=open_comments)
    engagements = list(rows.order_by("reference", "pk"))
    shown = shown_to(by, person, engagements)
    regions = {row.lead_region_id for row in engagements} | ({person.region_id} if person.region_id and engagements else set())
    colleagues = colleagues_in(regions, without=person)
    led = [_led(row, shown, source, colleagues) for row in engagements if row.lead_consultant_id == person.pk]
    teams = [_team_place(row, shown, source, colleagues) for row in engagements if row.lead_consultant_id != person.pk]
    return sorted(led, key=lambda work: work.kind != LEADS_IN_REVIEW) + teams


def _led(engagement: Engagement, shown: Shown, source: WorkSource, colleagues: dict[int, list[User]]) -> OpenWork:
    """Return an engagement that a person leads: its lead comes from its own region (`leading_blockers`)."""
    is_in_review = engagement.status == EngagementStatus.IN_REVIEW
    can_change = shown.can_change(engagement)
    return OpenWork(
        key=f"lead-{engagement.pk}",
        kind=LEADS_IN_REVIEW if is_in_review else LEADS,
        sentence=shown.name(engagement),
        reference=engagement.reference,
        part="lead consultant",
        source=source,
        subject=engagement,
        url=shown.url(engagement),
        note=_note(engagement),
        candidates=tuple(colleagues[engagement.lead_region_id]) if can_change else (),
        barred="" if can_change else f"Only a regional admin of {engagement.lead_region} or a national admin can hand this over.",
        needs_region=True,
        needs_ldp=True,
    )


def _team_place(engagement: Engagement, shown: Shown, source: WorkSource, colleagues: dict[int, list[User]]) -> OpenWork:
    """Return a place on a team. Whoever may not change the engagement can take their own person off it, and name nobody."""
    can_change = shown.can_change(engagement)
    own = colleagues[shown.person.region_id or 0]
    of_region = colleagues[engagement.lead_region_id]
    people = {person.pk: person for person in (*own, *of_region)} if can_change else {}
    note = _note(engagement) if can_change else f"They are taken off it. {engagement.lead_region} chooses who follows."
    return OpenWork(
        key=f"team-{engagement.pk}",
        kind=ON_TEAM,
        sentence=shown.name(engagement),
        reference=engagement.reference,
        part="place on the team",
        source=source,
        subject=engagement,
        url=shown.url(engagement),
        note=note,
        candidates=tuple(people.values()),
        suggested="" if can_change else NOBODY,
        can_be_nobody=True,
        needs_ldp=True,
    )


def _note(engagement: Engagement) -> str:
    """Say where an engagement stands, and how many comments wait for an answer."""
    comments = getattr(engagement, "comments", 0)
    waiting = f"{counted(comments, 'comment')} not settled" if comments else ""
    return ", ".join(part for part in (str(EngagementStatus(engagement.status).label), waiting) if part)


def work_of_client(person: User, by: User, source: WorkSource) -> list[OpenWork]:
    """Return what a person does for the client on open engagements: decides, signs, stands in for somebody, or reads."""
    decisions = Decision.objects.filter(client_lead=OuterRef("pk"), version__outcome=VersionOutcome.WAITING)
    mine = ClientLead.objects.current().filter(user=person, engagement__status__in=OPEN_STATUSES)
    parts = list(
        mine.select_related("engagement__lead_region", "organisation", "deputy_for__user")
        .annotate(has_decided=Exists(decisions))
        .order_by("engagement__reference", "pk")
    )
    if not parts:
        return []
    engagements = {part.engagement_id: part.engagement for part in parts}
    shown = shown_to(by, person, engagements.values())
    leads = list(ClientLead.objects.current().filter(engagement__in=engagements).with_people())
    writers = writers_of(engagements.values())
    works = [_part(part, shown, source, leads, writers[part.engagement_id]) for part in parts]
    return sorted(works, key=lambda work: [DECIDES, SIGNS, DEPUTY, READS].index(work.kind))


def _part(part: ClientLead, shown: Shown, source: WorkSource, leads: Sequence[ClientLead], writers: set[int]) -> OpenWork:
    """Return one part of a client lead, with those who can take it over: first their deputy, who does so unless another is chosen."""
    engagement = part.engagement
    kind = _kind_of(part)
    others = [row for row in leads if row.user_id != part.user_id and row.user.is_active and row.user.is_stp_lead]
    here = {row.user_id: row for row in others if row.engagement_id == engagement.pk}
    deputy = next((row.user for row in here.values() if row.deputy_for_id == part.pk), None)
    can_follow = [
        row.user
        for row in sorted(others, key=lambda row: (row.deputy_for_id != part.pk, row.user.full_name, row.user_id))
        if not (row.user_id in writers and kind != READS)
        and not _is_taken(here.get(row.user_id), part)
        and not (kind == READS and row.user_id in here)
    ]
    can_change = shown.can_change(engagement)
    return OpenWork(
        key=f"part-{part.pk}",
        kind=kind,
        sentence=shown.name(engagement),
        reference=engagement.reference,
        part=_said(part),
        source=source,
        subject=part,
        url=shown.url(engagement),
        note=_part_note(part),
        candidates=tuple({person.pk: person for person in can_follow}.values()) if can_change else (),
        suggested=(deputy or "") if kind != READS else NOBODY,
        can_be_new=can_change,
        can_be_nobody=not part.is_signatory,
        barred="" if can_change else f"Only a regional admin of {engagement.lead_region} or a national admin can hand this over.",
    )


def _kind_of(part: ClientLead) -> str:
    """Return under which heading a part stands."""
    if not part.is_signatory:
        return DEPUTY if part.deputy_for_id else READS
    is_asked = part.engagement.status == EngagementStatus.IN_REVIEW and not getattr(part, "has_decided", False)
    return DECIDES if is_asked else SIGNS


def _said(part: ClientLead) -> str:
    """Say what a part is, as the history of the person tells it: without anybody's name."""
    if part.is_signatory:
        return "signs the plan"
    return "deputy of a signatory" if part.deputy_for_id else "reads the plan"


def _part_note(part: ClientLead) -> str:
    """Say where the plan stands, and for whom a deputy stands in."""
    status = str(EngagementStatus(part.engagement.status).label)
    if part.deputy_for_id:
        return f"{status}, deputy for {part.deputy_for}"
    return f"{status}, decided already" if part.is_signatory and getattr(part, "has_decided", False) else status


def _is_taken(own: ClientLead | None, part: ClientLead) -> bool:
    """Tell whether somebody has a part of their own in the plan, which they would lose."""
    return own is not None and (own.is_signatory or own.deputy_for_id not in (None, part.pk))


def writers_of(engagements: Iterable[Engagement]) -> dict[int, set[int]]:
    """Return for each of some engagements, by its key, who helped to write it: nobody of them signs it."""
    rows = {engagement.trail: engagement for engagement in engagements}
    found = {row.pk: {row.lead_consultant_id} for row in rows.values()}
    written = AuditEvent.objects.filter(trail__in=rows, actor__isnull=False).exclude(verb__in=CLIENT_VERBS)
    for trail, actor in written.order_by().values_list("trail", "actor_id").distinct():
        found[rows[trail].pk].add(actor)
    team = Engagement.team.through.objects.filter(engagement__in=found).values_list("engagement_id", "user_id")
    for engagement, member in team:
        found[engagement].add(member)
    return found


def taking_over_blockers(part: ClientLead, to: User, leads: Sequence[ClientLead], writers: Collection[int]) -> list[Blocker]:
    """Return why a person cannot take over the part of a client lead. Takes the current leads, and who helped to write the plan."""
    if not (to.is_active and to.is_stp_lead):
        return [Blocker(f"{to} cannot be a client lead. Choose somebody from the client’s side.")]
    if to.pk == part.user_id:
        return [Blocker(f"{to} has this part already. Choose somebody else.")]
    speaks = part.is_signatory or part.deputy_for_id is not None
    if speaks and to.pk in writers:
        return [Blocker(HELPED_TO_WRITE)]
    own = next((row for row in leads if row.user_id == to.pk), None)
    if speaks and _is_taken(own, part):
        has = "signs this plan" if own and own.is_signatory else "is the deputy of somebody else on this plan"
        return [Blocker(f"{to} {has} already. Choose somebody else.")]
    return []


def has_taken_over(lead: ClientLead, version: PlanVersion) -> bool:
    """Tell whether a signatory has the part of somebody else whom a version names and who has left it since: they have the same place.

    Whoever got their own part back has taken over nothing.
    """
    if version.document["client_leads"][lead.position - 1]["name"] == lead.user.full_name:
        return False
    left = ClientLead.objects.filter(engagement=lead.engagement_id, position=lead.position, removed_at__gte=version.submitted_at)
    return left.exclude(pk=lead.pk).exists()
