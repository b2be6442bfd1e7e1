"""The one gate: what is still missing before a plan can go to review (DESIGN, "States"; P14, P46)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from core.refusals import Blocker
from engagements.enums import EngagementStatus, Facet, Finding
from engagements.policies.criteria import work_out_criteria
from engagements.policies.facts import facts_page
from engagements.policies.progress import content_count
from engagements.policies.signing import authors_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engagements.models import ClientLead, Criterion, Engagement, PlannedIntervention
    from engagements.policies.criteria import CriterionFinding

    SubmissionCheck = Callable[[Engagement], list[Blocker]]

_EMPTY_FACETS = {
    Facet.PEOPLE: "People: add at least one group",
    Facet.PLACE: "Place: add at least one place",
    Facet.PURPOSE: "Purpose: say what the work is for",
    Facet.PRIORITIES: "Priorities: add at least one priority",
}
_further_checks: list[SubmissionCheck] = []


def register_submission_check(check: SubmissionCheck) -> None:
    """Let an upper app add what it asks for before submission; it joins in its `apps.py`."""
    if check not in _further_checks:
        _further_checks.append(check)


def submission_blockers(engagement: Engagement, criteria: Iterable[Criterion]) -> list[Blocker]:
    """Return everything that bars submission: a status other than co-design, or what is still missing."""
    if engagement.status != EngagementStatus.CO_DESIGN:
        return [Blocker("Only a plan in co-design can be submitted.", engagement.get_absolute_url())]
    return missing_blockers(engagement, criteria) + _author_blockers(engagement)


def missing_blockers(engagement: Engagement, criteria: Iterable[Criterion]) -> list[Blocker]:
    """Return what a plan still lacks whatever its status, each with the address where it can be put right.

    Takes an engagement whose plan has been loaded. "Not met" and overrules do not bar submission; a "not met" without a
    reason does.
    """
    found = [
        Blocker(sentence, reverse(f"engagements:{facet}_detail", args=[engagement.reference]))
        for facet, sentence in _EMPTY_FACETS.items()
        if not content_count(engagement, facet)
    ]
    planned_rows = list(engagement.planned_interventions.all())
    if not planned_rows:
        found.append(
            Blocker("Plan: add at least one intervention", reverse("engagements:plan_detail", args=[engagement.reference]))
        )
    findings = work_out_criteria(engagement, criteria)
    for planned in planned_rows:
        found += _planned_blockers(engagement, planned, findings[planned.pk])
    for check in _further_checks:
        found += check(engagement)
    return found + _signatory_blockers(engagement)


def _signatory_blockers(engagement: Engagement) -> list[Blocker]:
    """Return what is missing among the signatories: there is none, or one who cannot sign in as a client any more."""
    signatories = _signatories(engagement)
    if not signatories:
        return [Blocker("Client leads: name at least one person who signs the plan", _team_url(engagement))]
    return [
        Blocker(f"Client leads: {lead} cannot sign in as a client any more. Name somebody else", _team_url(engagement))
        for lead in signatories
        if not lead.user.is_active or not lead.user.is_stp_lead
    ]


def _author_blockers(engagement: Engagement) -> list[Blocker]:
    """Return which signatories have helped to write the plan, whatever they are now: nobody signs what they wrote."""
    authors = authors_of(engagement)
    return [
        Blocker(f"Client leads: {lead} helped to write this plan. Name somebody else who signs", _team_url(engagement))
        for lead in _signatories(engagement)
        if lead.user_id in authors
    ]


def _signatories(engagement: Engagement) -> list[ClientLead]:
    return [lead for lead in engagement.client_leads.all() if lead.is_signatory]


def _team_url(engagement: Engagement) -> str:
    return reverse("engagements:team_detail", args=[engagement.reference])


def _planned_blockers(engagement: Engagement, planned: PlannedIntervention, findings: list[CriterionFinding]) -> list[Blocker]:
    """Return what one planned intervention still lacks."""
    url = reverse("engagements:planned_intervention_edit", args=[engagement.reference, planned.pk])
    missing = [
        ("choose who it is for", not planned.audience.all()),
        ("choose a priority it serves", not planned.serves.all()),
        ("choose how it is sourced", not planned.sourcing_route),
        ("enter the cost, or say that there is none", not planned.is_cost_known),
        ("enter the expected impact", not planned.expected_impact),
    ]
    found = [Blocker(f"{planned.title}: {what}", url) for what, is_missing in missing if is_missing]
    if planned.cost and not planned.funding_lines.all():
        found.append(
            Blocker(
                f"{planned.title}: say where the money comes from",
                reverse("engagements:funding_line_create", args=[engagement.reference, planned.pk]),
            )
        )
    for finding in findings:
        if finding.finding == Finding.NOT_YET_KNOWN:
            facts = facts_page(engagement, planned, finding.slug)
            found.append(Blocker(f"{planned.title}: “{finding.short_name}” is not yet known", facts.url, part="criteria"))
        elif finding.needs_reason:
            page = reverse("engagements:criterion_check_edit", args=[engagement.reference, planned.pk, finding.slug])
            found.append(Blocker(f"{planned.title}: say why “{finding.short_name}” is not met", page))
    return found
