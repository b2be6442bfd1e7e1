"""Which people belong to an organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from accounts.models import User
from accounts.policies.keeping import people_kept_by
from directory.policies import Mention

if TYPE_CHECKING:
    from directory.policies import Sought


def people_of_organisation(sought: Sought, user: Any) -> list[Mention]:
    """Return the people who are entered under an organisation; an admin is told those whose accounts they keep."""
    rows = sought.rows(User, "organisation").order_by("pk")
    people = list(rows.select_for_update(of=("self",), no_key=True) if sought.is_held else rows)
    told = people_kept_by(user).filter(pk__in=[person.pk for person in people])
    seen = set(told.values_list("pk", flat=True)) if people else set()
    return [
        Mention(
            record=person,
            field="organisation",
            kind="People",
            words=f"{person.full_name}, {person.email}",
            url=reverse("accounts:person_edit", args=[person.pk]),
            trail="accounts",
            is_seen=person.pk in seen,
        )
        for person in people
    ]
