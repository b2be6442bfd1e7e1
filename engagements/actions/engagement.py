"""Writes to the engagement itself: logging it, its title and client, its facets' clarity, who leads it."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.actions import hold_people
from core import records
from core.refusals import ActionRefused, Blocker, refuse_if
from engagements import policies
from engagements.models import Engagement

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from accounts.models import User


def lock_engagement(engagement: Engagement) -> Engagement:
    """Read the engagement again and hold it until the transaction ends."""
    return Engagement.objects.select_for_update(of=("self",)).get(pk=engagement.pk)


def lock_for_editing(engagement: Engagement) -> Engagement:
    """Hold the engagement, and refuse where its state does not allow changes."""
    locked = lock_engagement(engagement)
    refuse_if(policies.editing_blockers(locked))
    return locked


@transaction.atomic
def create_engagement(*, values: Mapping[str, Any], by: User) -> Engagement:
    """Log an engagement in the person's own region, led by them, with the next reference of that region."""
    logged_by = hold_people(people=[by], by=by)[by.pk]
    region = logged_by.region if logged_by.is_active else None
    if region is None:
        raise ActionRefused([Blocker("Only people of an LDP region can log an engagement.")])
    number = records.next_number(f"engagement:{region.code}")
    engagement = Engagement(reference=f"{region.code}-{number:04d}", lead_region=region, lead_consultant=by)
    return records.add(engagement, values, by=by, trail=attrgetter("trail"))


@transaction.atomic
def change_engagement(
    *,
    engagement: Engagement,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> Engagement:
    """Change the title, the client, the team, how the plan is signed, or what is said of a facet and how clear it is."""
    # Held before the engagement, so that nobody's account is closed while they are given work.
    joining = hold_people(people=values["team"], by=by).values() if values.get("team") else ()
    locked = lock_for_editing(engagement)
    refuse_if(policies.joining_blockers(joining, already=locked.team.all()))
    return records.change(locked, values, by=by, trail=locked.trail, seen=seen, overwrite=overwrite)


@transaction.atomic
def reassign_engagement(
    *,
    engagement: Engagement,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> Engagement:
    """Give the engagement another lead consultant, whatever its state: work goes on when people leave.

    The team is the other consultants, so the new lead is no longer on it.
    """
    lead = values.get("lead_consultant")
    lead = hold_people(people=[lead], by=by)[lead.pk] if lead else None
    locked = lock_engagement(engagement)
    refuse_if(policies.leading_blockers(locked, lead) if lead else [])
    others = [person for person in locked.team.all() if person != lead]
    values = {**values, "team": others} if lead else values
    return records.change(locked, values, by=by, trail=locked.trail, seen=seen, overwrite=overwrite)
