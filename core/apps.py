"""The core app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """What every app stands on: audit trail, form drafts, refusals, the form pack."""

    name = "core"
