"""Writes to people's accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from accounts import policies
from accounts.actions.holding import hold_people
from accounts.actions.invitations import revoke_every_invitation, send_invitation
from accounts.actions.security import forget_sessions
from accounts.enums import CLOSED_ACCOUNT, REGIONAL_ROLES, REOPENED_ACCOUNT, SIGNED_OUT, Role
from accounts.models import User
from core import audit, records
from core.refusals import Blocker, refuse_if
from directory.actions import hold_organisation

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@transaction.atomic
def add_person(*, values: Mapping[str, Any], by: User | None = None) -> User:
    """Open an account without a password; only the first one of an installation is opened by nobody."""
    person = User()
    person.set_unusable_password()
    return records.add(person, {**values, "email": values["email"].strip().lower()}, by=by, trail="accounts")


@transaction.atomic
def find_or_add_stp_lead(*, values: Mapping[str, Any], by: User) -> User:
    """Return the STP lead of an address; without an account they get one and sign in by a code sent to that address.

    An address of somebody who cannot be a client, or who is known by another name, is refused.
    """
    # Held, so that their account is not closed while they are named.
    known: User | None = User.objects.with_email(values["email"]).select_for_update(of=("self",), no_key=True).first()
    if known is None:
        fresh = User(role=Role.STP_LEAD)
        fresh.set_unusable_password()
        return records.add(fresh, {**values, "email": values["email"].lower()}, by=by, trail="accounts")
    refuse_if(policies.naming_blockers(known, full_name=values["full_name"]))
    return known


@transaction.atomic
def change_job_title(
    *,
    person: User,
    values: Mapping[str, Any],
    by: User,
    trail: str,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> User:
    """Change the job title under which an STP lead reads and signs; the trail is that of what they are named on."""
    locked: User = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    refuse_if([] if locked.is_stp_lead else [Blocker(f"{locked} is not an STP lead any more, so their job is not changed here.")])
    return records.change(locked, values, by=by, trail=trail, seen=seen, overwrite=overwrite)


@transaction.atomic
def create_person(*, values: Mapping[str, Any], by: User) -> User:
    """Open an account for a colleague and send them a link to the portal; nobody gives more than they hold (P17)."""
    giver = hold_people(people=[by], by=by)[by.pk]
    region = values.get("region") if giver.is_national_admin else values.get("region", giver.region)
    region = region if values["role"] in REGIONAL_ROLES else None
    refuse_if(policies.granting_blockers(giver, role=values["role"], region=region))
    refuse_if(policies.inviting_blockers(values["email"], giver))
    said = {name: values[name] for name in ("full_name", "email", "job_title", "role")}
    person = add_person(values=said | {"region": region}, by=by)
    send_invitation(person=person, by=by)
    return person


@transaction.atomic
def change_person(
    *,
    person: User,
    values: Mapping[str, Any],
    by: User,
    seen: Mapping[str, str] | None = None,
    overwrite: Collection[str] = (),
) -> User:
    """Change what a person is called, does and may do, as far as whoever changes it holds that themselves (P17).

    Whoever takes on a national role leaves their region. An address is an identity: with a new one, whoever read the old one is signed
    out, and no link that was sent there leads anywhere any more.
    """
    # Before people are held: whoever merges organisations holds those first.
    values = hold_organisation(values=values, by=by, named=person.organisation_id)
    held = hold_people(people=[person, by], by=by, with_national_admins=True)
    kept, giver = held[person.pk], held[by.pk]
    if values.get("role", kept.role) not in REGIONAL_ROLES and kept.region_id is not None:
        values = {**values, "region": None}
    said = {name: value for name, value in values.items() if name != "region" or giver.is_national_admin or value != kept.region}
    if "email" in said:
        said["email"] = said["email"].strip().lower()
    refuse_if(policies.changing_blockers(kept, said, giver))
    if "email" in said and said["email"] != kept.email.lower():
        refuse_if(policies.inviting_blockers(said["email"], giver))
    role, region = said.get("role", kept.role), said.get("region", kept.region)
    is_leaving_ldps = kept.is_regional and role not in REGIONAL_ROLES
    if region != kept.region or is_leaving_ldps:
        refuse_if(policies.staying_blockers(kept, policies.open_work_of(kept, giver), is_leaving_ldps=is_leaving_ldps))
    address, held_role = kept.email, kept.role
    changed = records.change(kept, said, by=by, trail="accounts", seen=seen, overwrite=overwrite)
    if changed.email.lower() != address.lower():
        _sign_out(changed, by=by)
    elif changed.role != held_role:
        # With another role nothing goes on as it was: they sign in again, with the second factor that the new one asks for.
        forget_sessions(person=changed, by=by)
    return changed


def _sign_out(person: User, *, by: User) -> None:
    """End every session of a person, take away the password, and let no link or former address lead to the account any more."""
    person.set_unusable_password()
    person.save(update_fields=["password"])
    # Addresses that the sign-in package has noted: mail to one of them would still carry a code.
    EmailAddress.objects.filter(user=person).delete()
    # Whoever the address belongs to now may come from the sign-in service of their organisation as somebody else.
    SocialAccount.objects.filter(user=person).delete()
    forget_sessions(person=person, by=by)
    revoke_every_invitation(person=person, by=by)
    audit.record(SIGNED_OUT, person, by=by, trail="accounts")


@transaction.atomic
def deactivate_person(*, person: User, by: User, values: Mapping[str, Any] | None = None) -> None:
    """Close the account of somebody with no open work: they are signed out, and no link leads them anywhere any more."""
    held = hold_people(people=[person, by], by=by, with_national_admins=True)
    kept, closer = held[person.pk], held[by.pk]
    refuse_if(policies.closing_blockers(kept, closer))
    refuse_if(policies.open_work_blockers(kept, policies.open_work_of(kept, closer)))
    kept.is_active = False
    kept.save(update_fields=["is_active"])
    revoke_every_invitation(person=kept, by=by)
    audit.record(CLOSED_ACCOUNT, kept, by=by, trail="accounts")


@transaction.atomic
def reactivate_person(*, person: User, by: User, values: Mapping[str, Any] | None = None) -> None:
    """Open a closed account again: they sign in by a code as before, and nothing that was handed over comes back."""
    held = hold_people(people=[person, by], by=by)
    kept = held[person.pk]
    refuse_if(policies.opening_blockers(kept, held[by.pk]))
    # A session ends with the password that it began with: what was open on a machine when the account was closed stays closed. Until
    # here the session is known by it, so that what was being typed there can be kept for the team.
    kept.set_unusable_password()
    kept.is_active = True
    kept.save(update_fields=["password", "is_active"])
    audit.record(REOPENED_ACCOUNT, kept, by=by, trail="accounts")
