"""The core app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """What every app stands on: audit trail, form drafts, refusals, the form pack."""

    name = "core"

    def ready(self) -> None:
        """Hear of who signs in and out."""
        # Models are loaded only now.
        from allauth.mfa import signals as factors  # noqa: PLC0415 - as said above
        from django.contrib.auth import signals  # noqa: PLC0415 - as said above

        from core import signing  # noqa: PLC0415 - as said above

        signals.user_logged_in.connect(signing.note_signed_in)
        signals.user_logged_out.connect(signing.note_signed_out)
        signals.user_login_failed.connect(signing.note_refused)
        factors.authentication_failed.connect(signing.note_factor_refused)
