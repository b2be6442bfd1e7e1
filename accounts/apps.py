"""The accounts app, and what it hears of from the sign-in package."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.auth import logout


class AccountsConfig(AppConfig):
    """People who sign in, their role and region."""

    name = "accounts"

    def ready(self) -> None:
        """Tell the directory which people belong to an organisation; hear of sign-ins, and of passwords and second factors that change."""
        # Policies know models, which are loaded only now.
        from allauth.account import signals as passwords  # noqa: PLC0415 - as said above
        from allauth.mfa import signals as factors  # noqa: PLC0415 - as said above

        from accounts.policies import people_of_organisation  # noqa: PLC0415 - as said above
        from directory.policies import register_mentions  # noqa: PLC0415 - as said above

        register_mentions(people_of_organisation, of=["accounts.User.organisation"])
        for signal in (passwords.password_changed, passwords.password_set, passwords.password_reset):
            signal.connect(_password_changed)
        passwords.user_logged_in.connect(_signed_in)
        factors.authenticator_added.connect(_factor_added)
        factors.authenticator_removed.connect(_factor_removed)
        factors.authenticator_reset.connect(_codes_made)


def _password_changed(*, request: Any, user: Any, **kwargs: Any) -> None:
    """Pass on that somebody has a new password."""
    _tell("PASSWORD", request, user)


def _signed_in(*, request: Any, user: Any, **kwargs: Any) -> None:
    """Keep by what the sign-in service of their organisation knows somebody, now that they have signed in from there."""
    from accounts.actions import connect_identity  # noqa: PLC0415 - it knows models, which are loaded after this module
    from accounts.policies import person_of_identity  # noqa: PLC0415 - as said above
    from core.oidc import TO_KEEP, Identity  # noqa: PLC0415 - as said above
    from core.sessions import go_on  # noqa: PLC0415 - as said above

    key, found = request.session.pop(TO_KEEP, ("", {}))
    if key != str(user.pk):
        return
    identity = Identity(**found)
    kept = connect_identity(person=user, identity=identity, by=user)
    if kept is not None:
        go_on(request, kept)
    elif person_of_identity(identity) != user:
        # Somebody else was let in as them while they stood before the second factor.
        logout(request)


def _factor_added(*, request: Any, user: Any, authenticator: Any, **kwargs: Any) -> None:
    """Pass on that somebody has set up a second factor; the recovery codes made with it are told of by it."""
    from core.second_factor import note_set_up  # noqa: PLC0415 - it knows models, which are loaded after this module

    if authenticator.type != authenticator.Type.RECOVERY_CODES:
        note_set_up(request, kind=authenticator.type)
        _tell("APP_ADDED" if authenticator.type == authenticator.Type.TOTP else "PASSKEY_ADDED", request, user)


def _factor_removed(*, request: Any, user: Any, authenticator: Any, **kwargs: Any) -> None:
    """Pass on that somebody has removed a second factor; their recovery codes go with the last one."""
    if authenticator.type != authenticator.Type.RECOVERY_CODES:
        _tell("APP_REMOVED" if authenticator.type == authenticator.Type.TOTP else "PASSKEY_REMOVED", request, user)


def _codes_made(*, request: Any, user: Any, **kwargs: Any) -> None:
    """Pass on that somebody has made new recovery codes."""
    _tell("CODES_MADE", request, user)


def _tell(change: str, request: Any, user: Any) -> None:
    """Carry out the one action of all of these, and let the session in which it was done go on under a new key."""
    from accounts.actions import note_security_change  # noqa: PLC0415 - as said above
    from accounts.enums import SecurityChange  # noqa: PLC0415 - as said above
    from core.sessions import go_on  # noqa: PLC0415 - as said above

    kept = note_security_change(person=user, change=SecurityChange[change], by=user)
    if request.user.is_authenticated and request.user.pk == kept.pk:
        go_on(request, kept)
