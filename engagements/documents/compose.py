"""One reading of an engagement into a brief; every output is made from what this returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from directory.enums import ContactKind
from engagements import policies
from engagements.documents import brief as parts
from engagements.enums import Facet, Finding, FundingCertainty, SigningOrder
from engagements.models import Criterion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from decimal import Decimal

    from accounts.models import User
    from directory.models import ContactPoint
    from engagements.models import ClientLead, Engagement, ParticipantGroup, Place, PlannedIntervention, Priority, Purpose
    from framework.models import ForwardViewStep


def load_brief(engagement: Engagement) -> parts.Brief:
    """Read the whole plan of an engagement and compose its brief."""
    engagement.load_plan()
    criteria = list(Criterion.objects.order_by("position", "pk"))
    contacts = list(engagement.lead_region.contact_points.order_by("position", "pk"))
    return compose_brief(engagement, criteria=criteria, contacts=contacts)


def compose_brief(engagement: Engagement, *, criteria: Sequence[Criterion], contacts: Iterable[ContactPoint]) -> parts.Brief:
    """Compose the brief of an engagement whose plan has been loaded, without reading the database.

    The same plan gives the same brief in whatever order its facets were filled in: what lies in another facet is named, never
    numbered by its row.
    """
    findings = policies.work_out_criteria(engagement, criteria)
    numbers = {priority.pk: number for number, priority in enumerate(engagement.priorities.all(), start=1)}
    groups = {group.pk: _group(group) for group in engagement.groups.all()}
    # Read through the reverse relation: measures belong to the app above this one.
    measures: list[Any] = [row for row in engagement.measures.all() if row.dropped_on is None]
    return parts.Brief(
        reference=engagement.reference,
        title=engagement.title,
        client=engagement.client,
        client_kind=engagement.get_client_kind_display() if engagement.client_kind else "",
        areas=tuple(area.name for area in engagement.areas()),
        region=parts.Region(
            name=engagement.lead_region.name,
            contacts=tuple(parts.Contact(ContactKind(point.kind), point.value, point.label) for point in contacts),
        ),
        lead=_person(engagement.lead_consultant),
        team=tuple(_person(user) for user in engagement.team.all()),
        client_leads=_client_leads(engagement.client_leads.all()),
        signing_order=SigningOrder(engagement.signing_order),
        people=_words(engagement, Facet.PEOPLE),
        place=_words(engagement, Facet.PLACE),
        purpose=_words(engagement, Facet.PURPOSE),
        priorities=_words(engagement, Facet.PRIORITIES),
        groups=tuple(groups.values()),
        places=tuple(_place(place) for place in engagement.places.all()),
        purposes=tuple(_purpose(purpose) for purpose in engagement.purposes.all()),
        priority_list=tuple(_priority(priority, numbers[priority.pk]) for priority in engagement.priorities.all()),
        criteria=tuple(parts.CriterionText(criterion.slug, criterion.short_name, criterion.text) for criterion in criteria),
        planned=tuple(
            _planned(
                planned,
                number=number,
                audience=[groups[group.pk].full_name for group in planned.audience.all()],
                serves=[numbers[priority.pk] for priority in planned.serves.all()],
                findings=findings[planned.pk],
                measures=[measure for measure in measures if measure.planned_intervention_id == planned.pk],
            )
            for number, planned in enumerate(engagement.planned_interventions.all(), start=1)
        ),
        other_measures=tuple(_measure(measure) for measure in measures if measure.planned_intervention_id is None),
    )


def _person(user: User) -> parts.Person:
    return parts.Person(user.full_name, user.job_title)


def _client_leads(leads: Iterable[ClientLead]) -> tuple[parts.ClientLead, ...]:
    names = {lead.pk: lead.user.full_name for lead in leads}
    return tuple(
        parts.ClientLead(
            name=lead.user.full_name,
            job_title=lead.user.job_title,
            organisation=lead.organisation.name if lead.organisation else "",
            is_signatory=lead.is_signatory,
            deputy_for=names.get(lead.deputy_for_id, "") if lead.deputy_for_id else "",
        )
        for lead in leads
    )


def _words(engagement: Engagement, facet: Facet) -> parts.FacetWords:
    return parts.FacetWords(facet, engagement.clarity_of(facet), engagement.words_on(facet))


def _group(group: ParticipantGroup) -> parts.Group:
    return parts.Group(
        name=group.name,
        organisation=group.organisation.name if group.organisation else "",
        sector=group.sector_name,
        headcount=group.headcount,
        why_them=group.why_them,
    )


def _place(place: Place) -> parts.Place:
    return parts.Place(
        name=place.name,
        level=place.get_level_display() if place.level else "",
        area=place.footprint.name if place.footprint else "",
        site=place.site.name if place.site else "",
        site_kind=str(place.site.get_kind_display()) if place.site else "",
        care_model=place.site.new_care_model if place.site else "",
        note=place.note,
    )


def _purpose(purpose: Purpose) -> parts.Purpose:
    return parts.Purpose(
        statement=purpose.statement,
        real_work_issue=purpose.real_work_issue,
        steps=_steps(purpose.forward_view_steps.all()),
        strategy_title=purpose.strategy_title,
        strategy_section=purpose.strategy_section,
        strategy_confirmed_by=purpose.strategy_confirmed_by,
        strategy_confirmed_on=_day(purpose.strategy_confirmed_on),
    )


def _priority(priority: Priority, number: int) -> parts.Priority:
    return parts.Priority(
        number=number,
        statement=priority.statement,
        level_now=priority.get_level_now_display() if priority.level_now else "",
        level_wanted=priority.get_level_wanted_display() if priority.level_wanted else "",
        roles=tuple(role.text for role in priority.roles.all()),
        behaviours=tuple(behaviour.text for behaviour in priority.behaviours.all()),
    )


def _planned(
    planned: PlannedIntervention,
    *,
    number: int,
    audience: Iterable[str],
    serves: Iterable[int],
    findings: Iterable[policies.CriterionFinding],
    measures: Iterable[Any],
) -> parts.Planned:
    provider = planned.provider
    return parts.Planned(
        number=number,
        title=planned.title,
        menu_name=planned.menu_name,
        menu_summary=planned.menu_summary,
        co_designed=planned.co_designed,
        audience=tuple(audience),
        serves=tuple(serves),
        roles=tuple(role.text for role in planned.roles.all()),
        behaviours=tuple(behaviour.text for behaviour in planned.behaviours.all()),
        focus=planned.get_focus_display() if planned.focus else "",
        steps=_steps(planned.forward_view_steps.all()),
        preparatory_percent=planned.preparatory_percent,
        route=planned.get_sourcing_route_display() if planned.sourcing_route else "",
        route_reason=planned.route_reason,
        provider=planned.provider_name,
        provider_kind=str(provider.get_kind_display()) if provider else "",
        provider_interest=provider.declared_interest if provider else "",
        starts_on=_day(planned.starts_on),
        ends_on=_day(planned.ends_on),
        sessions=planned.sessions,
        places=planned.places,
        is_no_cost=planned.is_no_cost,
        estimated_cost=_money(planned.cost),
        funding=tuple(
            parts.Funding(line.source, _money(line.amount), FundingCertainty(line.certainty))
            for line in planned.funding_lines.all()
        ),
        expected_impact=planned.expected_impact,
        results=tuple(_result(finding) for finding in findings),
        measures=tuple(_measure(measure) for measure in measures),
    )


def _result(finding: policies.CriterionFinding) -> parts.Result:
    return parts.Result(
        slug=finding.slug,
        name=finding.short_name,
        worked_out=Finding(finding.worked_out),
        finding=Finding(finding.finding),
        evidence=tuple(finding.evidence),
        is_overruled=finding.is_overruled,
        reason=finding.reason,
        reason_by=finding.reason_by,
        reason_on=_day(finding.reason_at),
        is_out_of_date=finding.is_out_of_date,
    )


def _measure(measure: Any) -> parts.Measure:
    return parts.Measure(
        outcome=measure.outcome,
        level=measure.get_level_display() if measure.level else "",
        kirkpatrick=measure.get_kirkpatrick_display() if measure.kirkpatrick else "",
        kind=measure.get_kind_display() if measure.kind else "",
        unit=measure.unit,
        baseline=measure.baseline,
        baseline_on=_day(measure.baseline_on),
        no_baseline_reason=measure.no_baseline_reason,
        target=measure.target,
        due_on=_day(measure.due_on),
        direction=measure.get_direction_display() if measure.direction else "",
        method=measure.method,
        data_source=measure.data_source,
        owner=measure.owner,
        collected_from=measure.collected_from,
        other_influences=measure.other_influences,
        agreed_with=measure.agreed_with,
        agreed_on=_day(measure.agreed_on),
    )


def _steps(steps: Iterable[ForwardViewStep]) -> tuple[parts.Step, ...]:
    return tuple(parts.Step(step.name, str(step.get_kind_display())) for step in steps)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}"
