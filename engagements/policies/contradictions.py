"""What does not fit together in a plan, pointed out in words. Nothing here bars a step: the person decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from core.text import joined
from engagements.enums import ClientKind

if TYPE_CHECKING:
    from engagements.models import Engagement, PlannedIntervention, Priority


@dataclass(frozen=True)
class Remark:
    """One thing that does not fit, and the page where it can be looked at."""

    sentence: str
    url: str


def contradictions(engagement: Engagement) -> list[Remark]:
    """Return what does not fit together in a loaded engagement."""
    return [
        *_place_and_people(engagement),
        *_place_and_client(engagement),
        *_priorities_and_plan(engagement),
        *_people_and_places_offered(engagement),
        *_purpose_and_plan(engagement),
    ]


def _url(engagement: Engagement, view: str) -> str:
    """Return the address of one page of the engagement."""
    return reverse(f"engagements:{view}", args=[engagement.reference])


def _place_and_people(engagement: Engagement) -> list[Remark]:
    """Compare the areas that Place names with those the people's organisations belong to."""
    areas = {area.pk: area for area in engagement.areas()}
    homes = [
        (group.organisation.name, {area.pk for area in group.organisation.footprints.all()})
        for group in engagement.groups.all()
        if group.organisation and group.organisation.footprints.all()
    ]
    if not areas or not homes:
        return []
    covered = set().union(*(where for _, where in homes))
    empty = sorted(area.name for pk, area in areas.items() if pk not in covered)
    outside = sorted({name for name, where in homes if not where & areas.keys()})
    found = []
    if empty and len(areas) > 1:
        present = sorted(area.name for pk, area in areas.items() if pk in covered)
        from_where = f"People come from {joined(present)} only" if present else "no organisation under People belongs to them"
        found.append(f"Place names {joined(sorted(a.name for a in areas.values()))}, and {_lower(from_where)}.")
    elif empty:
        found.append(f"Place names {empty[0]}, and no organisation under People belongs to it.")
    if outside:
        verb = "belongs" if len(outside) == 1 else "belong"
        found.append(f"{joined(outside)} {verb} to an STP area that Place does not name.")
    return [Remark(sentence, _url(engagement, "people_detail")) for sentence in found]


def _place_and_client(engagement: Engagement) -> list[Remark]:
    """Compare the kind of client with how many areas Place names."""
    areas = sorted(area.name for area in engagement.areas())
    kind = engagement.client_kind
    if kind == ClientKind.SEVERAL_STPS and len(areas) == 1:
        sentence = f"The client is more than one STP area, and Place names only {areas[0]}."
    elif kind in (ClientKind.WHOLE_STP, ClientKind.PART_OF_STP) and len(areas) > 1:
        sentence = f"The client is one STP area or part of one, and Place names {joined(areas)}."
    else:
        return []
    return [Remark(sentence, _url(engagement, "place_detail"))]


def _priorities_and_plan(engagement: Engagement) -> list[Remark]:
    """Find priorities that nothing serves, and interventions that develop nothing their priorities ask for."""
    planned_rows = list(engagement.planned_interventions.all())
    served = {priority.pk for planned in planned_rows for priority in planned.serves.all()}
    priorities = {priority.pk: priority for priority in engagement.priorities.all()}
    unserved = [priority for pk, priority in priorities.items() if planned_rows and pk not in served]
    found = [f"No planned intervention serves the priority “{_short(priority.statement)}”." for priority in unserved]
    asked_for = {pk: _roles_and_behaviours(priority) for pk, priority in priorities.items()}
    for planned in planned_rows:
        wanted = set().union(*(asked_for[row.pk] for row in planned.serves.all()))
        developed = _roles_and_behaviours(planned)
        if wanted and developed and not wanted & developed:
            found.append(f"{planned.title} develops none of the roles and behaviours that its priorities ask for.")
    return [Remark(sentence, _url(engagement, "plan_detail")) for sentence in found]


def _roles_and_behaviours(row: Priority | PlannedIntervention) -> set[tuple[str, int]]:
    """Return what a priority asks for, or a planned intervention develops, by lineage."""
    roles = {("role", role.lineage) for role in row.roles.all()}
    return roles | {("behaviour", behaviour.lineage) for behaviour in row.behaviours.all()}


def _people_and_places_offered(engagement: Engagement) -> list[Remark]:
    """Compare the number of places with the number of people an intervention is for."""
    found = []
    for planned in engagement.planned_interventions.all():
        counts = [group.headcount for group in planned.audience.all()]
        if planned.places and counts and None not in counts:
            people = sum(count or 0 for count in counts)
            if planned.places > people:
                found.append(f"{planned.title} has {planned.places} places for an audience of {people}.")
    return [Remark(sentence, _url(engagement, "plan_detail")) for sentence in found]


def _purpose_and_plan(engagement: Engagement) -> list[Remark]:
    """Find Forward View steps that Purpose names and no planned intervention brings nearer."""
    planned_rows = list(engagement.planned_interventions.all())
    reached = {step.lineage for planned in planned_rows for step in planned.forward_view_steps.all()}
    wanted = {step.lineage: step.name for purpose in engagement.purposes.all() for step in purpose.forward_view_steps.all()}
    missed = [name for lineage, name in wanted.items() if lineage not in reached]
    if not reached or not missed:
        return []
    verb = "brings" if len(planned_rows) == 1 else "bring"
    subject = "The plan" if len(planned_rows) == 1 else "The planned interventions"
    sentence = f"Purpose names {joined(missed)}, and {_lower(subject)} {verb} other steps nearer."
    return [Remark(sentence, _url(engagement, "purpose_detail"))]


def _lower(sentence: str) -> str:
    """Return a sentence as the second half of another; the names of the facets keep their capital."""
    return sentence if sentence.startswith("People") else sentence[:1].lower() + sentence[1:]


def _short(text: str) -> str:
    """Return the beginning of a long text."""
    limit = 80
    return text if len(text) <= limit else f"{text[:limit].rstrip()}…"
