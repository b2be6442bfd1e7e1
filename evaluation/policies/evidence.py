"""What closed engagements say of the interventions of the menu, for the next plan (P47)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.enums import Role
from engagements.enums import OPEN_STATUSES, ClientKind, EngagementStatus
from engagements.models import Engagement, PlannedIntervention
from engagements.policies import WaitingWork
from evaluation.enums import RESULT_STATUSES, MeasureStatus
from evaluation.models import Learning, Measure
from evaluation.policies.feedback import Confidence
from interventions.policies import ConfidenceChange, Evidence, Learned, Weight

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from accounts.models import User
    from interventions.models import Intervention


def weights_of(interventions: Collection[Intervention]) -> dict[int, Weight]:
    """Return how many measures of closed engagements had a result, and how many were met; one query.

    What was dropped or not collected is no result: it counts neither for nor against.
    """
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    measures = Measure.objects.filter(planned_intervention__intervention__in=[row.pk for row in interventions])
    rows = measures.filter(engagement__status=EngagementStatus.CLOSED, final_status__in=RESULT_STATUSES).order_by()
    for pk, status, count in rows.values_list("planned_intervention__intervention", "final_status").annotate(Count("pk")):
        counted[pk][status] = count
    return {pk: Weight(found.get(MeasureStatus.MET, 0), sum(found.values())) for pk, found in counted.items()}


def evidence_of(intervention: Intervention, user: User) -> Evidence:
    """Return what is known of one intervention, as far as a person may read it; two queries.

    Numbers are of the whole country and name nobody. What was learned is told as far as this person may read it.
    """
    planned = PlannedIntervention.objects.filter(
        intervention=intervention, engagement__in=Engagement.objects.begun().order_by().values("pk")
    ).order_by("pk")
    kinds: dict[int, str] = {}
    statuses: dict[int, str] = {}
    told: dict[int, list[dict[str, Any]]] = {}
    columns = ("engagement", "engagement__client_kind", "engagement__status", "measures", "measures__final_status")
    rows = planned.values_list(*columns, "feedback_forms", "feedback_forms__told")
    for engagement, kind, status, measure, final_status, form, form_told in rows:
        kinds[engagement] = kind
        if status == EngagementStatus.CLOSED:
            statuses |= {measure: final_status} if final_status in RESULT_STATUSES else {}
            told |= {form: form_told} if form_told else {}
    if not kinds:
        return Evidence()
    learned = Learning.objects.visible_to(user).accepted().filter(planned_intervention__intervention=intervention)
    return Evidence(
        used=len(kinds),
        places=tuple((str(kind.label), count) for kind in ClientKind if (count := list(kinds.values()).count(kind.value))),
        weight=Weight(sum(status == MeasureStatus.MET for status in statuses.values()), len(statuses)),
        confidence=confidence_over(Confidence(**row) for rows in told.values() for row in rows),
        learned=tuple(_learned(row, user) for row in learned.select_related("engagement__lead_region")),
    )


def new_evidence_for(person: User, since: date, until: date) -> list[WaitingWork]:
    """Return for a daily summary what was newly learned of interventions in the open plans that a person leads or is on the team of; two queries."""
    if person.is_stp_lead:
        return []
    mine = Engagement.objects.for_person(person).filter(status__in=OPEN_STATUSES).order_by().values("pk")
    plans = PlannedIntervention.objects.filter(engagement__in=mine, intervention__isnull=False)
    plans = plans.select_related("engagement__lead_region", "intervention")
    by_intervention: dict[int, list[PlannedIntervention]] = defaultdict(list)
    for planned in plans.order_by("engagement__reference", "pk"):
        if planned.intervention_id is not None:
            by_intervention[planned.intervention_id].append(planned)
    if not by_intervention:
        return []
    fresh = Learning.objects.visible_to(person).accepted().filter(planned_intervention__intervention__in=by_intervention)
    found = fresh.filter(accepted_at__date__gt=since, accepted_at__date__lte=until)
    return [
        WaitingWork(planned.engagement, f"New evidence on “{planned.intervention}”, which is in your plan", is_new=True)
        for pk in dict.fromkeys(found.values_list("planned_intervention__intervention", flat=True))
        for planned in by_intervention[pk]
    ]


def learning_for_digest(person: User, since: date, until: date) -> list[WaitingWork]:
    """Return for a daily summary what was proposed to a region's admin, and what an admin said to a team; two queries at most."""
    found = []
    if person.role == Role.REGIONAL_ADMIN:
        waiting = Learning.objects.filter(engagement__lead_region=person.region_id).waiting()
        for row in waiting.select_related("engagement__lead_region"):
            is_new = row.proposed_at is not None and since < localdate(row.proposed_at) <= until
            found.append(WaitingWork(row.engagement, "Answer what was learned: it is proposed as evidence", is_new))
    if not person.is_stp_lead:
        mine = Engagement.objects.for_person(person).order_by().values("pk")
        answered = Learning.objects.filter(engagement__in=mine).filter(
            Q(accepted_at__date__gt=since, accepted_at__date__lte=until)
            | Q(declined_at__date__gt=since, declined_at__date__lte=until)
        )
        for row in answered.select_related("engagement__lead_region", "planned_intervention").order_by("pk"):
            became = "stands as evidence" if row.accepted_at else "stays with the team"
            found.append(WaitingWork(row.engagement, f"What was learned from “{row.title}” {became}", is_new=True))
    return found


def confidence_over(rows: Iterable[Confidence]) -> tuple[ConfidenceChange, ...]:
    """Add up what whole forms tell of confidence, by the lineage of the behaviour: the mean change of everybody who said both."""
    people: dict[int, int] = defaultdict(int)
    change: dict[int, float] = defaultdict(float)
    text: dict[int, str] = {}
    for row in rows:
        if row.is_told:
            people[row.lineage] += row.count
            change[row.lineage] += row.count * (row.now - row.before)
            text[row.lineage] = row.text
    return tuple(ConfidenceChange(text[key], people[key], round(change[key] / people[key], 2)) for key in people)


def _learned(learning: Learning, user: User) -> Learned:
    """Return what was learned as the menu tells it: of which region it is, and for people of the LDPs where to read whom to ring."""
    engagement = learning.engagement
    is_inside = user.is_authenticated and not user.is_stp_lead
    return Learned(
        text=learning.evidence,
        for_whom=learning.for_whom,
        context=learning.context,
        to_watch=learning.to_watch,
        where=str(engagement.lead_region),
        url=f"{reverse('evaluation:library_list')}#learning-{learning.pk}" if is_inside else "",
    )
