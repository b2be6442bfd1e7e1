"""The five useful criteria, worked out from the plan with the evidence for each finding (framework, "Useful Criteria").

Everything here is a function of an engagement whose plan has been loaded; nothing is read from the database.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format

from core.refusals import Blocker
from directory.enums import Sector
from engagements.enums import (
    MIN_ORGANISATIONS,
    PREPARATORY_LIMIT_PERCENT,
    CriterionSlug,
    Finding,
    Focus,
    FundingCertainty,
)
from framework.enums import StepKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from engagements.models import Criterion, CriterionCheck, Engagement, PlannedIntervention

    Worked = tuple[Finding, list[str]]


@dataclass(frozen=True)
class CriterionFinding:
    """What one criterion comes to for one planned intervention, and why."""

    criterion: Criterion
    worked_out: Finding
    finding: Finding
    evidence: list[str]
    is_overruled: bool
    reason: str
    reason_by: str
    reason_at: date | None
    is_out_of_date: bool

    @property
    def slug(self) -> str:
        """Return the criterion's short code."""
        return self.criterion.slug

    @property
    def short_name(self) -> str:
        """Return the criterion's name on a narrow column."""
        return self.criterion.short_name

    @property
    def text(self) -> str:
        """Return the criterion word for word."""
        return self.criterion.text

    @property
    def needs_reason(self) -> bool:
        """Tell whether the finding is "not met" and nobody has written why yet."""
        return self.finding == Finding.NOT_MET and not self.reason


def work_out_criteria(engagement: Engagement, criteria: Iterable[Criterion]) -> dict[int, list[CriterionFinding]]:
    """Return the findings for each planned intervention (primary key), in the order of the criteria."""
    rows = list(criteria)
    return {
        planned.pk: [_find(engagement, planned, criterion) for criterion in rows]
        for planned in engagement.planned_interventions.all()
    }


def reason_blockers(finding: CriterionFinding, overruled_to: str) -> list[Blocker]:
    """Return why nothing can be written about a finding: a reason belongs to "not met" or to an overrule."""
    if overruled_to == finding.worked_out:
        return [Blocker("It works out as this already, so there is nothing to overrule.")]
    if not overruled_to and finding.worked_out != Finding.NOT_MET:
        return [Blocker("A reason is needed only where the finding is “not met” or you overrule it.")]
    return []


def _find(engagement: Engagement, planned: PlannedIntervention, criterion: Criterion) -> CriterionFinding:
    """Work out one criterion and lay what a person wrote beside it."""
    worked_out, evidence = _RULES[CriterionSlug(criterion.slug)](engagement, planned)
    check: CriterionCheck | None = next((c for c in planned.criterion_checks.all() if c.criterion_id == criterion.pk), None)
    is_overruled = bool(check and check.overruled_to)
    finding = Finding(check.overruled_to) if check and check.overruled_to else worked_out
    # A reason for "not met" says nothing any more once the criterion is met.
    shown = check if check and (is_overruled or finding == Finding.NOT_MET) else None
    return CriterionFinding(
        criterion=criterion,
        worked_out=worked_out,
        finding=finding,
        evidence=evidence,
        is_overruled=is_overruled,
        reason=shown.reason if shown else "",
        reason_by=str(shown.by) if shown else "",
        reason_at=timezone.localdate(shown.at) if shown else None,
        is_out_of_date=bool(is_overruled and check and check.worked_out != worked_out),
    )


def _forward_view(engagement: Engagement, planned: PlannedIntervention) -> Worked:
    """Met with a gap or service step and less than half preparatory work; partly with enablers only or half or more."""
    steps = list(planned.forward_view_steps.all())
    share = planned.preparatory_percent
    direct = [step for step in steps if step.kind != StepKind.ENABLER]
    evidence = [f"{StepKind(step.kind).label}: {step.name}" for step in steps] or ["No Forward View step is linked yet"]
    evidence.append("The share of preparatory work is not given yet" if share is None else f"{share}% of the work is preparatory")
    if not steps:
        return (Finding.NOT_YET_KNOWN if share is None else Finding.NOT_MET), evidence
    if not direct or (share is not None and share >= PREPARATORY_LIMIT_PERCENT):
        return Finding.PARTLY, evidence
    return (Finding.NOT_YET_KNOWN if share is None else Finding.MET), evidence


def _workforce_strategy(engagement: Engagement, planned: PlannedIntervention) -> Worked:
    """Met with a strategy and section confirmed by a named person; partly where they are named and not confirmed."""
    purposes = list(engagement.purposes.all())
    confirmed = next((p for p in purposes if p.is_strategy_confirmed), None)
    if confirmed and confirmed.strategy_confirmed_on:
        when = date_format(confirmed.strategy_confirmed_on, "DATE_FORMAT")
        evidence = [
            f"{confirmed.strategy_title}, {confirmed.strategy_section}",
            f"Confirmed by {confirmed.strategy_confirmed_by} on {when}",
        ]
        return Finding.MET, evidence
    named = next((p for p in purposes if p.is_strategy_named), None)
    if named:
        return Finding.PARTLY, [f"{named.strategy_title}, {named.strategy_section}", "Nobody has confirmed the link yet"]
    titled = next((p for p in purposes if p.strategy_title), None)
    if titled:
        return Finding.NOT_YET_KNOWN, [titled.strategy_title, "The section of the strategy is not given yet"]
    return Finding.NOT_YET_KNOWN, ["No workforce strategy is named under Purpose yet"]


def _multi_organisational(engagement: Engagement, planned: PlannedIntervention) -> Worked:
    """Met with two or more organisations in the audience; multi-agency where they come from two or more sectors."""
    groups = list(planned.audience.all())
    if not groups:
        return Finding.NOT_YET_KNOWN, ["No audience is chosen yet"]
    by_sector: dict[str, set[str]] = defaultdict(set)
    for group in groups:
        if group.organisation:
            by_sector[group.known_sector].add(group.organisation.name)
    evidence = [f"{Sector(sector).label}: {', '.join(sorted(names))}" for sector, names in sorted(by_sector.items())]
    nameless = [group.name for group in groups if not group.organisation]
    if nameless:
        evidence.append(f"No organisation is named for {', '.join(nameless)}")
    if sum(map(len, by_sector.values())) >= MIN_ORGANISATIONS:
        kind = "Multi-agency" if len(by_sector) >= MIN_ORGANISATIONS else "Multi-organisational, within one sector"
        return Finding.MET, [kind, *evidence]
    return (Finding.NOT_YET_KNOWN if nameless else Finding.NOT_MET), evidence


def _leadership_focus(engagement: Engagement, planned: PlannedIntervention) -> Worked:
    """Met where a focus is chosen and a role or behaviour is developed; partly with one of the two."""
    developed = [str(item) for item in (*planned.roles.all(), *planned.behaviours.all())]
    evidence = [
        f"Focus on {Focus(planned.focus).label.lower()}" if planned.focus else "No focus is chosen yet",
        f"Develops: {'; '.join(developed)}" if developed else "No leadership role or behaviour is chosen yet",
    ]
    if planned.focus and developed:
        return Finding.MET, evidence
    return (Finding.PARTLY if planned.focus or developed else Finding.NOT_YET_KNOWN), evidence


def _affordable(engagement: Engagement, planned: PlannedIntervention) -> Worked:
    """Met where confirmed money covers the cost; partly where it takes money agreed in principle."""
    cost = planned.cost
    if cost is None:
        return Finding.NOT_YET_KNOWN, ["The cost is not estimated yet"]
    if cost == 0:
        return Finding.MET, ["There is no cost"]
    lines = list(planned.funding_lines.all())
    evidence = [f"Cost {pounds(cost)}"]
    evidence += [f"{line.source}: {pounds(line.amount)}, {FundingCertainty(line.certainty).label.lower()}" for line in lines]
    if not lines:
        return Finding.NOT_YET_KNOWN, [*evidence, "No funding is named yet"]
    sums = [(line.amount, line.certainty) for line in lines]
    short = shortfall(cost, sums)
    in_principle = _total(sums, FundingCertainty.IN_PRINCIPLE)
    if not short:
        return Finding.MET, evidence
    if in_principle >= short:
        return Finding.PARTLY, [*evidence, f"{pounds(short)} is agreed in principle only"]
    likely = f", of which {pounds(in_principle)} is agreed in principle" if in_principle else ""
    return Finding.NOT_MET, [*evidence, f"Shortfall {pounds(short)}{likely}"]


def shortfall(cost: Decimal, sums: Iterable[tuple[Decimal, str]]) -> Decimal:
    """Return the part of a cost that confirmed money does not cover; each sum comes with how certain it is."""
    return max(cost - _total(sums, FundingCertainty.CONFIRMED), Decimal(0))


def pounds(amount: Decimal) -> str:
    """Write a sum of money: £4,000, or £4,000.50 where there are pence."""
    return f"£{amount:,.0f}" if amount == amount.to_integral_value() else f"£{amount:,.2f}"


def _total(sums: Iterable[tuple[Decimal, str]], certainty: FundingCertainty) -> Decimal:
    """Add up the sums of one degree of certainty."""
    return sum((amount for amount, its_own in sums if its_own == certainty), Decimal(0))


_RULES: dict[CriterionSlug, Callable[[Engagement, PlannedIntervention], Worked]] = {
    CriterionSlug.FORWARD_VIEW: _forward_view,
    CriterionSlug.WORKFORCE_STRATEGY: _workforce_strategy,
    CriterionSlug.MULTI_ORGANISATIONAL: _multi_organisational,
    CriterionSlug.LEADERSHIP_FOCUS: _leadership_focus,
    CriterionSlug.AFFORDABLE: _affordable,
}
