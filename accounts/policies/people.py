"""What an account allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.refusals import Blocker

if TYPE_CHECKING:
    from accounts.models import User


def naming_blockers(known: User, *, full_name: str) -> list[Blocker]:
    """Return why the person of an address cannot be named as a client lead under a name.

    Nobody who works for an LDP can be a client. A name that differs from the known one would be lost without a word.
    """
    if not known.is_stp_lead or not known.is_active:
        return [
            Blocker("This address belongs to somebody who cannot be a client lead. A client lead comes from the client's side.")
        ]
    if known.full_name.casefold().split() != full_name.casefold().split():
        return [Blocker("This address belongs to somebody of another name. Check the name and the address.")]
    return []
