"""Writes to what a plan is made of: groups, places, purposes, priorities, planned interventions, funding lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models, transaction

from core import audit, records
from core.refusals import ActionRefused, Blocker, refuse_if
from directory.actions import hold_organisation
from engagements import policies
from engagements.actions.engagement import lock_for_editing
from engagements.enums import Clarity, Facet, StartedFrom
from engagements.models import (
    Engagement,
    FundingLine,
    ParticipantGroup,
    Place,
    PlannedIntervention,
    Priority,
    Purpose,
)
from interventions.models import Intervention
from interventions.policies import choosing_blockers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from accounts.models import User

Entry = ParticipantGroup | Place | Purpose | Priority | PlannedIntervention | FundingLine
E = TypeVar("E", bound=Entry)
Ordered = Priority | PlannedIntervention


@transaction.atomic
def add_entry(*, entry: E, values: Mapping[str, Any], by: User) -> E:
    """Add an entry to a plan; the first one says where the conversation started, and its facet is now in progress."""
    held = hold_organisation(values=values, by=by)
    engagement = lock_for_editing(engagement_of(entry))
    if isinstance(entry, Priority | PlannedIntervention):
        last = type(entry).objects.filter(engagement=engagement).aggregate(last=models.Max("position"))["last"]
        entry.position = (last or 0) + 1
    if isinstance(entry, PlannedIntervention) and entry.intervention_id is not None:
        menu_item = _lock_menu_item(entry.intervention_id)
        refuse_if(choosing_blockers(menu_item))
        for name, word in _menu_words(menu_item).items():
            setattr(entry, name, word)
    added = records.add(entry, held, by=by, trail=engagement.trail)
    note_progress(engagement, _start_of(entry), getattr(entry, "FACET", None))
    return added


def _menu_words(menu_item: Intervention | None) -> dict[str, Any]:
    """Return what a plan keeps of what the menu says now, whatever it says later (P38)."""
    if menu_item is None:
        return {}
    return {"menu_name": menu_item.name, "menu_summary": menu_item.summary, "menu_version": menu_item.version}


@transaction.atomic
def change_entry(
    *,
    entry: E,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> E:
    """Change an entry field by field, beside whatever a colleague changed meanwhile."""
    held = hold_organisation(values=values, by=by, named=getattr(entry, "organisation_id", None))
    engagement = lock_for_editing(engagement_of(entry))
    return records.change(_lock(entry), held, by=by, trail=engagement.trail, seen=seen, overwrite=overwrite)


@transaction.atomic
def refresh_menu_words(*, planned: PlannedIntervention, by: User) -> PlannedIntervention:
    """Take over into a plan what the menu says of its intervention today."""
    engagement = lock_for_editing(planned.engagement)
    locked = _lock(planned)
    if locked.intervention_id is not None:
        locked.intervention = _lock_menu_item(locked.intervention_id)
    refuse_if(policies.refreshing_blockers(locked))
    words = _menu_words(locked.intervention)
    return records.change(locked, words, by=by, trail=engagement.trail, verb="took over the words of the menu for")


@transaction.atomic
def remove_entry(*, entry: Entry, by: User, values: Mapping[str, Any] | None = None) -> None:
    """Remove an entry that nothing else in the plan uses; what it said stays in the history."""
    engagement = lock_for_editing(engagement_of(entry))
    locked = _lock(entry)
    refuse_if(policies.entry_removing_blockers(locked))
    if isinstance(locked, PlannedIntervention):
        _remove_what_hangs_on(locked, by=by, trail=engagement.trail)
    records.remove(locked, by=by, trail=engagement.trail)


@transaction.atomic
def move_entry(*, entry: Ordered, is_up: bool, by: User) -> None:
    """Move a priority or planned intervention one place up or down; at the end of the list nothing happens."""
    engagement = lock_for_editing(entry.engagement)
    rows: list[Ordered] = list(type(entry).objects.filter(engagement=engagement).order_by("position", "pk"))
    place = next((number for number, row in enumerate(rows) if row.pk == entry.pk), None)
    if place is None:
        raise ActionRefused([Blocker("Somebody has removed this meanwhile.")])
    other = place - 1 if is_up else place + 1
    if not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for number, row in enumerate(rows, start=1):
        if row.position != number:
            row.position = number
            row.save(update_fields=["position"])
    audit.record("moved up" if is_up else "moved down", entry, by=by, trail=engagement.trail)


def engagement_of(entry: Entry) -> Engagement:
    """Return the engagement that an entry belongs to."""
    return entry.planned_intervention.engagement if isinstance(entry, FundingLine) else entry.engagement


def note_progress(engagement: Engagement, start: StartedFrom | None, facet: Facet | None) -> None:
    """Note on a held engagement what its conversation started from, and that a facet has begun."""
    fields = []
    if start and not engagement.started_from:
        engagement.started_from = start
        fields.append("started_from")
    if facet and engagement.clarity_of(facet) == Clarity.NOT_STARTED:
        setattr(engagement, f"{facet}_clarity", Clarity.IN_PROGRESS)
        fields.append(f"{facet}_clarity")
    if fields:
        engagement.save(update_fields=fields)


def _lock(entry: E) -> E:
    """Read an entry again and hold it; refuse where somebody has removed it meanwhile."""
    rows: models.QuerySet[E] = type(entry)._default_manager.all()  # type: ignore[assignment]  # of the entry's own kind
    locked = rows.select_for_update(of=("self",)).filter(pk=entry.pk).first()
    if locked is None:
        raise ActionRefused([Blocker("Somebody has removed this meanwhile. What you typed is still here: add it again.")])
    return locked


def _lock_menu_item(pk: int) -> Intervention:
    """Read an intervention of the menu again and hold it, so that nobody retires or rewrites it meanwhile."""
    rows: models.QuerySet[Intervention] = Intervention.objects.select_for_update(of=("self",))
    return rows.get(pk=pk)


def _start_of(entry: Entry) -> StartedFrom | None:
    """Return what a conversation started from, if this is its first entry."""
    if isinstance(entry, PlannedIntervention):
        return StartedFrom.INTERVENTION
    return None if isinstance(entry, FundingLine) else StartedFrom(entry.FACET.value)


def _remove_what_hangs_on(planned: PlannedIntervention, *, by: User, trail: str) -> None:
    """Remove the funding and the criterion reasons of a planned intervention."""
    for row in (*planned.funding_lines.order_by("pk"), *planned.criterion_checks.order_by("pk")):
        records.remove(row, by=by, trail=trail)
