"""Holding accounts, so that nobody is given work, a role or a closed account at the same moment twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from accounts.enums import Role
from accounts.models import User

if TYPE_CHECKING:
    from collections.abc import Collection


@transaction.atomic
def hold_people(*, people: Collection[User], by: User | None, with_national_admins: bool = False) -> dict[int, User]:
    """Read accounts again and hold them until the transaction ends, by key; whoever holds an engagement too takes this first.

    Rows that merely name a person are written meanwhile: only who takes an account itself up waits.
    """
    wanted = Q(pk__in=[person.pk for person in people])
    if with_national_admins:
        wanted |= Q(role=Role.NATIONAL_ADMIN)
    held = User.objects.filter(wanted).select_for_update(of=("self",), no_key=True).order_by("pk")
    return {person.pk: person for person in held}
