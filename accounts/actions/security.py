"""Writes to how somebody signs in: their sessions and their second factor (S11, S12)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt, encrypt
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import policies, tasks
from accounts.actions.holding import hold_people
from accounts.enums import SIGNED_OUT, SecurityChange
from core import audit
from core.refusals import refuse_if
from core.sessions import end_sessions_of

if TYPE_CHECKING:
    from accounts.models import User
    from core.oidc import Identity

# What of a second factor is kept locked: of an app its secret, of recovery codes what they are made from.
_LOCKED = ("secret", "seed")


@transaction.atomic
def end_sessions(*, person: User, by: User) -> User:
    """Sign a person out everywhere: what any browser still holds is known by nothing any more."""
    kept = hold_people(people=[person], by=by)[person.pk]
    forget_sessions(person=kept, by=by)
    audit.record(SIGNED_OUT, kept, by=by, trail="accounts")
    return kept


@transaction.atomic
def forget_sessions(*, person: User, by: User) -> None:
    """End every session of a person whose account is held, as a part of what changes it."""
    person.session_mark = uuid.uuid4().hex
    person.save(update_fields=["session_mark"])
    end_sessions_of(person)


@transaction.atomic
def end_session(*, person: User, mark: str, by: User) -> bool:
    """Sign a person out in the one browser that a page names; tell whether it was still signed in."""
    is_ended = bool(mark) and end_sessions_of(person, mark=mark) > 0
    if is_ended:
        audit.record("ended a session of", person, by=by, trail="accounts")
    return is_ended


@transaction.atomic
def note_security_change(*, person: User, change: SecurityChange, by: User) -> User:
    """Tell of what has changed about how a person signs in, and end their sessions; the page they did it on begins a new one."""
    kept = hold_people(people=[person], by=by)[person.pk]
    forget_sessions(person=kept, by=by)
    audit.record(str(change.label), kept, by=by, trail="accounts")
    tasks.send_security_notice.delay_on_commit(kept.pk, change.value, uuid.uuid4().hex)
    return kept


@transaction.atomic
def reset_second_factor(*, person: User, by: User) -> User:
    """Take a lost second factor away from a person, who is signed out and sets up a new one; nobody resets more than they hold (P17)."""
    held = hold_people(people=[person, by], by=by)
    kept = held[person.pk]
    refuse_if(policies.resetting_blockers(kept, held[by.pk]))
    Authenticator.objects.filter(user=kept).delete()
    return note_security_change(person=kept, change=SecurityChange.FACTOR_RESET, by=by)


@transaction.atomic
def connect_identity(*, person: User, identity: Identity, by: User) -> User | None:
    """Keep by what the sign-in service of their organisation knows a person, the first time that they sign in there.

    Return the person with their new session mark; none where it is kept already, or where they are not known by it any more.
    """
    kept = hold_people(people=[person], by=by)[person.pk]
    if policies.service_link_of(kept) is not None or policies.person_of_identity(identity) != kept:
        return None
    SocialAccount.objects.create(user=kept, provider=settings.OIDC_ISSUER, uid=identity.subject)
    return note_security_change(person=kept, change=SecurityChange.SERVICE_CONNECTED, by=by)


@transaction.atomic
def disconnect_identity(*, person: User, by: User) -> User | None:
    """Forget by what the sign-in service of their organisation knows a person; the next time they sign in there, it is kept anew."""
    kept = hold_people(people=[person], by=by)[person.pk]
    link = policies.service_link_of(kept)
    if link is None:
        return None
    link.delete()
    return note_security_change(person=kept, change=SecurityChange.SERVICE_DISCONNECTED, by=by)


@transaction.atomic
def relock_second_factors(*, by: User | None) -> tuple[int, int]:
    """Lock the secrets of all second factors with the key of today: they work as before.

    Return how many there were, and how many are left as they are because no key that is known here opens them.
    """
    count = unreadable = 0
    for factor in Authenticator.objects.select_for_update().order_by("pk"):
        try:
            locked = {name: encrypt(decrypt(factor.data[name])) for name in _LOCKED if name in factor.data}
        except ValidationError:
            unreadable += 1
            continue
        if locked:
            factor.data |= locked
            factor.save(update_fields=["data"])
            count += 1
    return count, unreadable
