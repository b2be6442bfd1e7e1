"""Whose accounts an admin keeps, and what they may give: nobody grants more than they hold (P17)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse

from accounts.enums import REGIONAL_ROLES, STAFF_ROLES, Role
from accounts.models import User
from core.refusals import Blocker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.db.models import QuerySet

    from accounts.models import UserQuerySet
    from directory.models import Region

    ClientFinder = Callable[[int], QuerySet[User]]

_client_finders: list[ClientFinder] = []

NOT_GIVEN = "You can give the roles of consultant and regional admin, in your own region."
NOT_A_ROLE = "Choose a role from the list."
NOT_FOR_CLIENTS = "An STP lead is named on an engagement and has no other role."
OWN_ROLE = "You cannot change your own role or region. Ask another admin."
OWN_ACCOUNT = "You cannot close your own account. Ask another admin."
LAST_ADMIN = "The portal needs a national admin, and this is the last one. Make somebody else a national admin first."
TAKEN = "Somebody with this email address has an account already."


def register_clients(find: ClientFinder) -> None:
    """Let an upper app say which STP leads work with one region alone; it joins in its `apps.py`."""
    if find not in _client_finders:
        _client_finders.append(find)


def people_kept_by(user: User) -> UserQuerySet:
    """Return whose accounts somebody keeps: national admins everybody's.

    Regional admins keep those of the people of their own region, and of STP leads who work with that region alone.
    """
    everybody: UserQuerySet = User.objects.all()
    if not user.is_active or not user.is_admin:
        return everybody.none()
    if user.is_national_admin:
        return everybody
    if user.region_id is None:
        return everybody.none()
    kept = Q(role__in=REGIONAL_ROLES, region=user.region_id)
    for find in _client_finders:
        kept |= Q(role=Role.STP_LEAD, pk__in=find(user.region_id).values("pk"))
    return everybody.filter(kept)


def granting_blockers(by: User, *, role: str, region: Region | None) -> list[Blocker]:
    """Return why somebody cannot give a role in a region: they would give more than they hold."""
    if role not in STAFF_ROLES:
        return [Blocker(NOT_A_ROLE)]
    if by.is_active and by.is_national_admin:
        return []
    is_own = region is not None and region.pk == by.region_id
    if by.is_active and by.role == Role.REGIONAL_ADMIN and role in REGIONAL_ROLES and is_own:
        return []
    return [Blocker(NOT_GIVEN)]


def fields_open_to(by: User, person: User) -> set[str]:
    """Return what somebody may change of a person whom they keep. An address is an identity: national admins alone change it."""
    names = {"full_name", "job_title"}
    names |= {"organisation"} if person.is_stp_lead else set()
    if by.pk != person.pk and not person.is_stp_lead:
        names |= {"role", "region"} if by.is_national_admin else {"role"}
    return names | ({"email"} if by.is_national_admin else set())


def changing_blockers(person: User, values: Mapping[str, Any], by: User) -> list[Blocker]:
    """Return why somebody cannot change a person so, whatever their open work."""
    found = []
    if names := sorted(values.keys() - fields_open_to(by, person)):
        if person.is_stp_lead and {"role", "region"} & set(names):
            found.append(Blocker(NOT_FOR_CLIENTS))
        elif person.pk == by.pk and {"role", "region"} & set(names):
            found.append(Blocker(OWN_ROLE))
        else:
            labels = [str(getattr(User._meta.get_field(name), "verbose_name", name)) for name in names]
            found.append(Blocker(f"You cannot change this of {person}: {', '.join(labels)}."))
    elif {"role", "region"} & values.keys():
        role, region = values.get("role", person.role), values.get("region", person.region)
        found += granting_blockers(by, role=role, region=region)
        if person.is_national_admin and role != Role.NATIONAL_ADMIN:
            found += last_admin_blockers(person)
    return found


def last_admin_blockers(person: User) -> list[Blocker]:
    """Return why a person cannot stop being a national admin: nobody else is one. Takes a person whose account is held."""
    others = User.objects.national_admins().exclude(pk=person.pk)
    is_last = person.is_national_admin and person.is_active and not others.exists()
    return [Blocker(LAST_ADMIN)] if is_last else []


def closing_blockers(person: User, by: User) -> list[Blocker]:
    """Return why somebody cannot close the account of a person whom they keep, whatever their open work."""
    if not person.is_active:
        return [Blocker(f"The account of {person} is closed already.", _url_of(person))]
    if person.pk == by.pk:
        return [Blocker(OWN_ACCOUNT)]
    return last_admin_blockers(person)


def opening_blockers(person: User, by: User) -> list[Blocker]:
    """Return why somebody cannot open a closed account again: it is open, or they would give more than they hold."""
    if person.is_active:
        return [Blocker(f"The account of {person} is open already.", _url_of(person))]
    return [] if person.is_stp_lead else granting_blockers(by, role=person.role, region=person.region)


def inviting_blockers(email: str, by: User) -> list[Blocker]:
    """Return why nobody can be invited under an address: it is taken. Who has it is said only to those who keep that person."""
    known: User | None = User.objects.with_email(email).first()
    if known is None:
        return []
    if people_kept_by(by).filter(pk=known.pk).exists():
        state = "" if known.is_active else ", and their account is closed"
        return [Blocker(f"This is the email address of {known}, {known.get_role_display()}{state}.", _url_of(known))]
    return [Blocker(TAKEN)]


def sending_blockers(person: User) -> list[Blocker]:
    """Return why a person cannot be sent a link to the portal."""
    if not person.is_active:
        return [Blocker(f"The account of {person} is closed. Open it again first.", _url_of(person))]
    if person.is_stp_lead:
        return [Blocker("An STP lead is sent a link by each plan that is shared with them.")]
    return []


def _url_of(person: User) -> str:
    """Return the address of the page of a person."""
    return reverse("accounts:person_edit", args=[person.pk])
