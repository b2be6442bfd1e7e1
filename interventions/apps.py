"""The interventions app."""

from django.apps import AppConfig

from core.fixtures import Fixture, register_fixtures


class InterventionsConfig(AppConfig):
    """The menu, regional offers, providers and advice on what to choose."""

    name = "interventions"

    def ready(self) -> None:
        """Register the app's fixtures, and what the menu does when the framework is given other words."""
        # Actions know models, which are loaded only now.
        from framework.policies import register_follower  # noqa: PLC0415 - as said above
        from interventions.actions import follow_wording  # noqa: PLC0415 - as said above

        register_fixtures(
            Fixture(
                "interventions.Intervention",
                key=("slug",),
                links={"main_domain": "slug", "other_domains": "slug", "roles": "text", "behaviours": "text"},
            )
        )
        register_follower(follow_wording)
