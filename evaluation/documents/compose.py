"""One reading of engagements into a report, in a number of queries that does not grow with them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Prefetch, Subquery, prefetch_related_objects
from django.utils.timezone import localdate

from core.reading import Relation, prefetch_in_one_query
from engagements.enums import DecisionOutcome, EngagementStatus, VersionOutcome
from engagements.models import Decision, ParticipantGroup, PlannedIntervention, PlanVersion
from evaluation import policies
from evaluation.documents.charts import chart_of
from evaluation.documents.report import Account, Done, Heard, Measured, Report, Told, Use
from evaluation.models import Learning

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from accounts.models import User
    from engagements.models import Engagement


def load_report(engagement: Engagement, user: User, *, on: date) -> Report:
    """Read one engagement into a report on a day, as far as a person may read what was learned."""
    return _report([engagement], user, on=on, title=engagement.title)


def load_report_together(engagements: Sequence[Engagement], user: User, *, on: date, title: str, period: str) -> Report:
    """Read several engagements into one report on a day."""
    return _report(engagements, user, on=on, title=title, period=period, is_together=True)


def _report(engagements: Sequence[Engagement], user: User, *, on: date, **said: Any) -> Report:
    """Compose a report. Of feedback it tells what is told of whole forms."""
    _read(engagements, on=on)
    learned: dict[int, list[Told]] = defaultdict(list)
    rows = Learning.objects.visible_to(user).filter(engagement__in=engagements).order_by("pk")
    for row in rows.select_related("planned_intervention"):
        # A client reads what an admin has accepted, in the admin's words.
        text = row.evidence if user.is_stp_lead else row.worked
        learned[row.engagement_id].append(Told(row, text, policies.readers_of(row)))
    agreed = _agreed(engagements)
    accounts = tuple(_account(row, learned=learned[row.pk], agreed=agreed[row.pk], on=on) for row in engagements)
    told = [row for account in accounts for heard in account.heard for row in heard.summary.confidence]
    return Report(
        day=on,
        accounts=accounts,
        tally=policies.tally_of(measured.progress for account in accounts for measured in account.measured),
        uses=_uses(accounts),
        confidence=policies.confidence_over(told),
        reader=user.full_name,
        is_for_client=user.is_stp_lead,
        **said,
    )


def _read(engagements: Sequence[Engagement], *, on: date) -> None:
    """Read all that a report is made of beside what was learned; nothing of forms that are open."""
    planned_rows = PlannedIntervention.objects.select_related("intervention", "provider").order_by("position", "pk")
    prefetch_related_objects(
        engagements,
        Prefetch("planned_interventions", planned_rows),
        "places__footprint",
        "places__site__footprints",
        Prefetch("groups", ParticipantGroup.objects.select_related("organisation").order_by("pk")),
    )
    planned = [row for engagement in engagements for row in engagement.planned_interventions.all()]
    prefetch_in_one_query(
        [
            Relation(engagements, "purposes"),
            Relation(engagements, "priorities", lambda row: (row.position, row.pk)),
            Relation(engagements, "status_changes"),
            Relation(engagements, "measures"),
            Relation(planned, "delivered_sessions", lambda row: (row.held_on, row.pk)),
            Relation(planned, "feedback_forms"),
        ]
    )
    measures: list[Any] = [row for engagement in engagements for row in _measures(engagement)]
    closed = [form for row in planned for form in _forms(row) if form.is_closed(on)]
    prefetch_in_one_query(
        [
            Relation(measures, "results", lambda row: (row.due_on, row.pk)),
            Relation(measures, "earlier_targets", lambda row: (row.replaced_at, row.pk)),
            Relation(closed, "answers"),
        ]
    )


def _account(engagement: Engagement, *, learned: Iterable[Told], agreed: Iterable[Decision], on: date) -> Account:
    """Compose what one engagement asked, did, changed and learned."""
    rows = [policies.progress_of(row, row.results.all(), row.earlier_targets.all()) for row in _measures(engagement)]
    measured: dict[int | None, list[Measured]] = defaultdict(list)
    for row in rows:
        measured[row.measure.planned_intervention_id].append(Measured(row, chart_of(row)))
    return Account(
        engagement=engagement,
        areas=tuple(area.name for area in engagement.areas()),
        groups=tuple(engagement.groups.all()),
        purposes=tuple(engagement.purposes.all()),
        priorities=tuple(engagement.priorities.all()),
        done=tuple(
            Done(number, planned, _sessions(planned), tuple(measured[planned.pk]), _heard(planned, on=on))
            for number, planned in enumerate(engagement.planned_interventions.all(), start=1)
        ),
        untied=tuple(measured[None]),
        learned=tuple(learned),
        agreed=tuple(agreed),
        closed_on=_closed_on(engagement),
    )


def _agreed(engagements: Iterable[Engagement]) -> dict[int, list[Decision]]:
    """Return who agreed to the version of each engagement that was signed last, in the order in which they did."""
    signed = PlanVersion.objects.filter(engagement=OuterRef("version__engagement"), outcome=VersionOutcome.AGREED)
    last = signed.order_by("-number").values("pk")[:1]
    decisions = Decision.objects.filter(
        version__engagement__in=engagements, outcome=DecisionOutcome.AGREED, version=Subquery(last)
    )
    found: dict[int, list[Decision]] = defaultdict(list)
    for row in decisions.select_related("version").defer("version__document").order_by("at", "pk"):
        found[row.version.engagement_id].append(row)
    return found


def _closed_on(engagement: Engagement) -> date | None:
    """Return the day on which an engagement was closed."""
    moves = [row.at for row in engagement.status_changes.all() if row.to_status == EngagementStatus.CLOSED]
    return localdate(moves[-1]) if moves else None


def _measures(engagement: Any) -> Sequence[Any]:
    """Return the measures of an engagement, which its own app does not know."""
    found: Sequence[Any] = engagement.measures.all()
    return found


def _sessions(planned: Any) -> tuple[Any, ...]:
    """Return the sessions of a planned intervention."""
    return tuple(planned.delivered_sessions.all())


def _forms(planned: Any) -> Sequence[Any]:
    """Return the forms of feedback on a planned intervention."""
    found: Sequence[Any] = planned.feedback_forms.all()
    return found


def _heard(planned: Any, *, on: date) -> tuple[Heard, ...]:
    """Return what may be told of each form that was closed."""
    closed = [form for form in _forms(planned) if form.is_closed(on)]
    summaries = [(form, policies.summary_of(form, form.answers.all(), on=on)) for form in closed]
    return tuple(Heard(form, summary) for form, summary in summaries if summary is not None)


def _uses(accounts: Iterable[Account]) -> tuple[Use, ...]:
    """Put together what each intervention came to, by its name on the menu; all that was made for one engagement stands together, last."""
    found: dict[tuple[str, int], list[tuple[Account, Done]]] = defaultdict(list)
    for account in accounts:
        for row in account.done:
            item = row.planned.intervention
            found[(item.name, item.pk) if item else ("", 0)].append((account, row))
    return tuple(
        Use(
            name=name,
            engagements=len({account.engagement.pk for account, _ in rows}),
            sessions=sum(len(row.sessions) for _, row in rows),
            tally=policies.tally_of(measured.progress for _, row in rows for measured in row.measured),
        )
        for (name, _), rows in sorted(found.items(), key=lambda pair: (not pair[0][0], pair[0]))
    )
