"""The framework app."""

from django.apps import AppConfig

from core.fixtures import Fixture, register_fixtures


class FrameworkConfig(AppConfig):
    """Domains of systems leadership, leadership roles, behaviours, Forward View steps and resources."""

    name = "framework"

    def ready(self) -> None:
        """Register the app's fixtures."""
        register_fixtures(
            Fixture("framework.Domain", key=("slug",)),
            Fixture("framework.LeadershipRole", key=("domain", "row"), links={"domain": "slug"}),
            Fixture("framework.Behaviour", key=("domain", "row", "position"), links={"domain": "slug"}),
            Fixture("framework.ForwardViewStep", key=("code",)),
            Fixture("framework.Resource", key=("slug",)),
        )
