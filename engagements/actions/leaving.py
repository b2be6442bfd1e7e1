"""Writes by which the work of somebody who leaves goes on with somebody else (P11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from accounts.actions import hold_people, revoke_invitations
from core import audit, records
from core.refusals import ActionRefused, Blocker, refuse_if
from engagements import policies
from engagements.actions import messages
from engagements.actions.engagement import lock_engagement, reassign_engagement
from engagements.enums import EngagementStatus
from engagements.models import ClientLead, Decision

if TYPE_CHECKING:
    from accounts.models import User
    from accounts.policies import OpenWork
    from engagements.models import Engagement
    from engagements.policies import Signing


@transaction.atomic
def hand_over_team_place(*, engagement: Engagement, person: User, to: User | None, by: User) -> None:
    """Give a place on a team to a colleague, whatever the state of the plan; whoever leads it or is on the team needs none."""
    held = hold_people(people=[to], by=by)[to.pk] if to else None
    locked = lock_engagement(engagement)
    team = list(locked.team.all())
    if held is not None:
        refuse_if(policies.joining_blockers([held], already=team))
    stays = [member for member in team if member.pk != person.pk]
    if held is not None and held.pk != locked.lead_consultant_id and held not in stays:
        stays.append(held)
    records.change(locked, {"team": stays}, by=by, trail=locked.trail)


@transaction.atomic
def hand_over_client_lead(*, lead: ClientLead, to: User | None, by: User) -> ClientLead | None:
    """Give the part of a client lead to somebody else, in review too: their place in the order, and their deputy, come with it.

    What was decided stays as it was decided; where nothing was, the successor is asked once it is their turn. The links of whoever
    had the part lead nowhere any more. Nobody who helped to write the plan becomes a signatory. Without a successor, a deputy or a
    reader is taken off.
    """
    held = hold_people(people=[to], by=by)[to.pk] if to else None
    locked = lock_engagement(lead.engagement)
    signing = policies.read_signing(locked)
    part = next((row for row in signing.leads if row.pk == lead.pk), None)
    if part is None:
        raise ActionRefused([Blocker("Somebody has taken this client lead off the engagement already.")])
    refuse_if(_barred(part, held, signing))
    deputy = next((row for row in signing.leads if row.deputy_for_id == part.pk), None)
    _take_off(part, deputy, by=by)
    followed = _put_on(part, held, locked, by=by) if held else None
    if followed is not None and part.is_signatory:
        _hand_over_signing(part, followed, deputy, signing, by=by)
    revoke_invitations(trail=locked.trail, person=part.user, by=by)
    said: list[audit.FieldChange] = [
        {"field": "user", "label": "client lead", "old": str(part), "new": str(held) if held else "Nobody"}
    ]
    audit.record("handed over the part of", part, by=by, trail=locked.trail, changes=said)
    now = policies.read_signing(locked)
    if now.version is not None:
        messages.ask_to_decide(now.version, now.waits_for)
    return followed


def _barred(part: ClientLead, to: User | None, signing: Signing) -> list[Blocker]:
    """Return why a part cannot go to somebody, or to nobody."""
    if to is None:
        return [Blocker(f"Somebody has to sign in place of {part}. Choose who.")] if part.is_signatory else []
    writers = policies.writers_of([signing.engagement])[signing.engagement.pk]
    return policies.taking_over_blockers(part, to, signing.leads, writers)


def _take_off(part: ClientLead, deputy: ClientLead | None, *, by: User) -> None:
    """Take whoever leaves off the engagement; their deputy stands in for nobody, until somebody follows."""
    if deputy is not None:
        deputy.deputy_for = None
        deputy.save(update_fields=["deputy_for"])
    row = ClientLead.objects.select_for_update(of=("self",)).get(pk=part.pk)
    row.removed_at, row.deputy_for = timezone.now(), None
    row.save(update_fields=["removed_at", "deputy_for"])


def _put_on(part: ClientLead, to: User, engagement: Engagement, *, by: User) -> ClientLead:
    """Give a person the part and the place of another; whoever only read the plan, or was on it before, is on it with that part."""
    own = engagement.client_leads.filter(user=to).first()
    if own is not None and own.removed_at is None and not part.is_signatory and part.deputy_for_id is None:
        return own
    kept = {
        "is_signatory": part.is_signatory,
        "deputy_for": ClientLead.objects.get(pk=part.deputy_for_id) if part.deputy_for_id else None,
        "position": part.position,
        "removed_at": None,
    }
    if own is not None:
        verb = "gave a part to" if own.removed_at is None else "brought back"
        return records.change(own, kept, by=by, trail=engagement.trail, verb=verb)
    organisation = to.organisation or part.organisation
    fresh = ClientLead(engagement=engagement, user=to, organisation=organisation)
    return records.add(fresh, kept, by=by, trail=engagement.trail)


def _hand_over_signing(part: ClientLead, followed: ClientLead, deputy: ClientLead | None, signing: Signing, *, by: User) -> None:
    """Let what hangs on a signing part hang on the successor's: the deputy, the order, what was decided on the version that waits."""
    if deputy is not None and deputy.pk != followed.pk:
        records.change(deputy, {"deputy_for": followed}, by=by, trail=signing.engagement.trail)
    if signing.is_waiting:
        Decision.objects.filter(version=signing.version, client_lead=part).update(client_lead=followed)
    elif signing.engagement.status == EngagementStatus.CO_DESIGN:
        order = [followed.pk if row.pk == part.pk else row.pk for row in signing.leads if row.pk != followed.pk]
        for number, pk in enumerate(order, start=1):
            ClientLead.objects.filter(pk=pk).exclude(position=number).update(position=number)
    leads = list(signing.engagement.client_leads.current().with_people())
    refuse_if(policies.signing_blockers(signing.engagement, followed, followed.user, leads))


class EngagementWork:
    """The open work of a person on engagements, for the step that hands it over."""

    def find(self, person: User, by: User) -> list[OpenWork]:
        """Return what a person leads, the teams they are on, and what they do for the client."""
        return [*policies.work_of_colleague(person, by, self), *policies.work_of_client(person, by, self)]

    def move(self, work: OpenWork, *, person: User, to: User | None, by: User) -> None:
        """Hand one piece over by the action that it asks for."""
        kind, _, _ = work.key.partition("-")
        if kind == "part":
            hand_over_client_lead(lead=work.subject, to=to, by=by)
        elif kind == "team":
            hand_over_team_place(engagement=work.subject, person=person, to=to, by=by)
        else:
            reassign_engagement(engagement=work.subject, values={"lead_consultant": to}, by=by)
