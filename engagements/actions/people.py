"""Writes to who is on an engagement from the client's side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.actions import change_job_title, find_or_add_stp_lead, revoke_invitations
from core import audit, records
from core.refusals import ActionRefused, Blocker, refuse_if
from directory.actions import hold_organisation
from engagements import policies
from engagements.actions import messages
from engagements.actions.engagement import lock_engagement, lock_for_editing
from engagements.models import ClientLead, Engagement

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from accounts.models import User

_GONE = Blocker("Somebody has taken this client lead off the engagement already.")


@transaction.atomic
def name_client_lead(*, engagement: Engagement, values: Mapping[str, Any], by: User) -> ClientLead:
    """Name a leader of the client; somebody without an account gets one and signs in by a code sent to their address.

    While a plan is in review only a deputy can be named. Somebody who was on the engagement before is on it again.
    """
    organisation = hold_organisation(values=values, by=by).get("organisation")
    person = {name: values[name] for name in ("email", "full_name", "job_title")}
    # Accounts are held before engagements, everywhere; where the naming is refused, the account is not added either.
    user = find_or_add_stp_lead(values=person | {"organisation": organisation}, by=by)
    locked = lock_engagement(engagement)
    deputy_for = values.get("deputy_for")
    if deputy_for is not None:
        deputy_for = ClientLead.objects.get(pk=deputy_for.pk)
    refuse_if(policies.naming_deputy_blockers(locked, deputy_for, is_signatory=values["is_signatory"]))
    kept = {
        "organisation": organisation,
        "is_signatory": values["is_signatory"],
        "deputy_for": deputy_for,
        "position": 1 + (locked.client_leads.aggregate(last=Max("position"))["last"] or 0),
        "removed_at": None,
    }
    gone = locked.client_leads.filter(user=user, removed_at__isnull=False).first()
    if gone is None:
        return records.add(ClientLead(engagement=locked, user=user), kept, by=by, trail=locked.trail)
    return records.change(gone, kept, by=by, trail=locked.trail, verb="brought back")


@transaction.atomic
def change_client_lead(
    *,
    lead: ClientLead,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> ClientLead:
    """Change what a client lead does and for whom they speak; the deputy of somebody who signs no more only reads."""
    named = hold_organisation(values=values, by=by, named=lead.organisation_id)
    locked = lock_for_editing(lead.engagement)
    held = locked.client_leads.current().select_related("user", "engagement").filter(pk=lead.pk).first()
    if held is None:
        raise ActionRefused([_GONE])
    kept: dict[str, Any] = {name: named[name] for name in ("organisation", "is_signatory", "deputy_for") if name in named}
    if kept.get("deputy_for") is not None:
        kept["deputy_for"] = ClientLead.objects.get(pk=kept["deputy_for"].pk)
    part: dict[str, Any] = {"is_signatory": held.is_signatory, "deputy_for": held.deputy_for} | kept
    refuse_if(policies.changing_lead_blockers(held, part["deputy_for"], is_signatory=part["is_signatory"]))
    if values.get("job_title", held.user.job_title) != held.user.job_title:
        refuse_if(policies.job_title_blockers(held))
        said = {"job_title": values["job_title"]}
        change_job_title(person=held.user, values=said, by=by, trail=locked.trail, seen=seen, overwrite=overwrite)
    changed = records.change(held, kept, by=by, trail=locked.trail, seen=seen, overwrite=overwrite)
    if not changed.is_signatory:
        _free_deputies(changed, by=by)
    return changed


def _free_deputies(lead: ClientLead, *, by: User) -> None:
    """Let the deputy of somebody who signs no more be a client lead who reads."""
    for deputy in lead.deputies.current().select_related("user"):
        records.change(deputy, {"deputy_for": None}, by=by, trail=lead.engagement.trail)


@transaction.atomic
def remove_client_lead(*, lead: ClientLead, by: User, values: Mapping[str, Any] | None = None) -> None:
    """Take a client lead off an engagement, in review too: they lose access at once, and what they said stays.

    Where the plan waits for signatories one after the other, the next of them is asked.
    """
    locked = lock_engagement(lead.engagement)
    signing = policies.read_signing(locked)
    leaving = locked.client_leads.select_related("user").get(pk=lead.pk)
    refuse_if(policies.leaving_blockers(signing, leaving))
    _free_deputies(leaving, by=by)
    leaving.removed_at, leaving.deputy_for = timezone.now(), None
    leaving.save(update_fields=["removed_at", "deputy_for"])
    revoke_invitations(trail=locked.trail, person=leaving.user, by=by)
    audit.record("removed", leaving, by=by, trail=locked.trail)
    left = policies.read_signing(locked)
    if left.version is not None:
        messages.ask_to_decide(left.version, left.waits_for)


@transaction.atomic
def move_client_lead(*, lead: ClientLead, is_up: bool, by: User) -> None:
    """Move a signatory one place up or down in the order of signing; at the end of the list nothing happens.

    Those who sign come first, then everybody else in the order they had.
    """
    locked = lock_for_editing(lead.engagement)
    rows = sorted(locked.client_leads.current().with_people(), key=lambda row: not row.is_signatory)
    signatories = [row.pk for row in rows if row.is_signatory]
    if lead.pk not in {row.pk for row in rows}:
        raise ActionRefused([_GONE])
    if lead.pk not in signatories:
        raise ActionRefused([Blocker("Only somebody who signs the plan has a place in the order.")])
    place = signatories.index(lead.pk)
    other = place - 1 if is_up else place + 1
    if not 0 <= other < len(signatories):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for number, row in enumerate(rows, start=1):
        if row.position != number:
            row.position = number
            row.save(update_fields=["position"])
    audit.record("moved up" if is_up else "moved down", lead, by=by, trail=locked.trail)
