"""What measures still lack before a plan can go to review, and what their values have to look like (P46)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator

from accounts.policies import NOBODY, OpenWork
from core.refusals import Blocker
from core.text import joined
from engagements.enums import OPEN_STATUSES
from engagements.models import ClientLead, Engagement
from engagements.policies import colleagues_in, shown_to
from evaluation.enums import MAX_QUOTED, MeasureKind
from evaluation.models import Measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from accounts.models import User
    from accounts.policies import WorkSource
    from engagements.models import PlannedIntervention
    from engagements.policies import Shown

# ASCII only: a result has to be compared with these values later.
_NUMBER = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", re.ASCII)
# What stands between the names of several owners of one measure.
_JOINS_BEFORE = re.compile(r"(\s*[,;&/+]\s*|\s+and\s+|^\s*and\s+)+$", re.IGNORECASE)
_JOINS_AFTER = re.compile(r"^(\s*[,;&/+]\s*(and\s+)?|\s+and\s+)+", re.IGNORECASE)
_YES_NO = re.compile(r"yes|no", re.IGNORECASE)
_FORMS = {
    MeasureKind.NUMBER: (_NUMBER, "a number, like 42 or 3.5"),
    MeasureKind.SCALE: (_NUMBER, "a number on the scale, like 3 or 3.5"),
    MeasureKind.YES_NO: (_YES_NO, "yes or no"),
}


def expected_form(kind: str, value: str) -> str:
    """Return in words what a baseline or target of this kind has to be, or nothing where it is so, is empty or may be anything."""
    pattern, words = _FORMS.get(kind, (None, ""))  # type: ignore[call-overload]  # an unknown or empty kind has no form
    return words if value and pattern and not pattern.fullmatch(value.strip()) else ""


def number_of(value: str) -> Decimal | None:
    """Return the number that a value states, or nothing where it states none."""
    return Decimal(value.strip().replace(",", "")) if _NUMBER.fullmatch(value.strip()) else None


def missing_parts(measure: Measure) -> list[str]:
    """Return what one measure lacks to be complete: a baseline or the reason for none, a target and a date."""
    found = []
    if not measure.has_baseline:
        found.append("a baseline or the reason for none")
    if not measure.target:
        found.append("a target")
    if measure.due_on is None:
        found.append("a date for the target")
    # A form refuses these beside the field; two people's changes that merged can still bring them about.
    for name, value in (("baseline", measure.baseline), ("target", measure.target)):
        words = expected_form(measure.kind, value)
        if words:
            found.append(f"a {name} that is {words}")
    return found


def measure_blockers(engagement: Engagement) -> list[Blocker]:
    """Return what the measures of a loaded plan still lack, each with the address where it can be put right.

    Each planned intervention needs a measure, each measure a planned intervention, a baseline or the reason for none, a
    target and a date (DESIGN, "States").
    """
    measures: list[Measure] = list(engagement.measures.all())
    titles = {planned.pk: planned.title for planned in engagement.planned_interventions.all()}
    measured = {measure.planned_intervention_id for measure in measures}
    create = reverse("evaluation:measure_create", args=[engagement.reference])
    found = [
        Blocker(f"{title}: add at least one measure", f"{create}?for={pk}") for pk, title in titles.items() if pk not in measured
    ]
    for measure in measures:
        url = reverse("evaluation:measure_edit", args=[engagement.reference, measure.pk])
        title = titles.get(measure.planned_intervention_id or 0, "Measures")
        if measure.planned_intervention_id is None:
            found.append(Blocker(f"{title}: say which intervention {quoted(measure)} belongs to", url))
        missing = missing_parts(measure)
        if missing:
            found.append(Blocker(f"{title}: {quoted(measure)} still needs {joined(missing)}", url))
    return found


def tying_blockers(planned: PlannedIntervention | None, plan: Iterable[PlannedIntervention]) -> list[Blocker]:
    """Return why a measure cannot be tied to an intervention: it is not, or no longer, in this plan."""
    if planned is None or planned in plan:
        return []
    return [Blocker("That intervention is not in this plan any more. Choose another one, or tie the measure later.")]


def quoted(measure: Measure) -> str:
    """Quote a measure by the beginning of its outcome, on one line."""
    return f"“{Truncator(' '.join(measure.outcome.split())).chars(MAX_QUOTED)}”"


def owned_in_words(owner: str, name: str) -> re.Match[str] | None:
    """Find a person's whole name in what a measure says of its owner, whatever stands beside it."""
    words = r"\s+".join(re.escape(word) for word in name.split())
    return re.search(rf"(?<!\w){words}(?!\w)", owner, re.IGNORECASE) if words else None


def owner_after(owner: str, name: str, successor: str) -> str:
    """Return what a measure says of its owner once somebody else collects it, or nobody does; what stands beside the name stays."""
    found = owned_in_words(owner, name)
    if found is None:
        return owner
    before, after = owner[: found.start()], owner[found.end() :]
    if successor:
        return f"{before}{successor}{after}".strip()
    last, first = _JOINS_BEFORE.search(before), _JOINS_AFTER.match(after)
    before, after, join = _JOINS_BEFORE.sub("", before).strip(), _JOINS_AFTER.sub("", after).strip(), first or last
    return f"{before}{join.group() if join else ' '}{after}" if before and after else before or after


def measures_owned_by(person: User, by: User, source: WorkSource) -> list[OpenWork]:
    """Return the measures of open engagements that name a person as their owner.

    A measure names its owner in words. A name stands for this person on what they work on, sign or read, and in their own region.
    """
    near = Q(lead_consultant=person) | Q(team=person) | Q(client_leads__user=person)
    near |= Q(lead_region=person.region_id) if person.region_id else Q()
    engagements = Engagement.objects.filter(near, status__in=OPEN_STATUSES).order_by().values("pk")
    first = person.full_name.split()[:1]
    named = Measure.objects.filter(engagement__in=engagements, owner__icontains=first[0] if first else person.full_name)
    rows = named.select_related("engagement__lead_region", "engagement__lead_consultant").order_by("engagement__reference", "pk")
    measures = [row for row in rows if owned_in_words(row.owner, person.full_name)]
    shown = shown_to(by, person, [row.engagement for row in measures])
    regions = {row.engagement.lead_region_id for row in measures}
    people: dict[int, list[User]] = dict(colleagues_in(regions, without=person))
    leads = (
        ClientLead.objects.current().filter(engagement__in=[row.engagement_id for row in measures])
        if person.is_stp_lead
        else None
    )
    clients = [lead for lead in leads.with_people() if lead.user_id != person.pk and lead.user.is_active] if leads else []
    return [
        _owned(
            row,
            shown,
            source,
            [
                *(lead.user for lead in clients if lead.engagement_id == row.engagement_id),
                *people.get(row.engagement.lead_region_id, ()),
            ],
        )
        for row in measures
    ]


def _owned(measure: Measure, shown: Shown, source: WorkSource, people: Sequence[User]) -> OpenWork:
    """Return one measure that a person owns. Whoever may not change its engagement takes the name out, and writes no other in."""
    engagement = measure.engagement
    can_change, is_visible = shown.can_change(engagement), engagement.pk in shown.visible
    what = f"{engagement.reference}: {quoted(measure)}" if is_visible else f"A measure of {shown.name(engagement)}"
    note = "" if can_change else f"Their name is taken out. {engagement.lead_region} chooses who collects it."
    return OpenWork(
        key=f"measure-{measure.pk}",
        kind="Measures they collect",
        sentence=what,
        reference=engagement.reference,
        part="a measure",
        source=source,
        subject=measure,
        url=reverse("evaluation:measure_list", args=[engagement.reference]) if is_visible else "",
        note=note,
        candidates=tuple({person.pk: person for person in people}.values()) if can_change else (),
        suggested="" if can_change else NOBODY,
        can_be_new=can_change and shown.person.is_stp_lead,
        can_be_nobody=True,
    )
