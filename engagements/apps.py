"""The engagements app."""

from django.apps import AppConfig

from core.fixtures import Fixture, register_fixtures


class EngagementsConfig(AppConfig):
    """The engagement: its scoping, plan, criteria, review and brief."""

    name = "engagements"

    def ready(self) -> None:
        """Register the app's fixtures, how a client lead is sent new links, which plans name a provider or an organisation, and what waits on a person."""
        # Actions know models, which are loaded only now.
        from accounts.policies import register_clients, register_open_work, register_work_names  # noqa: PLC0415 - as said above
        from accounts.tasks import register_link_sender  # noqa: PLC0415 - as said above
        from directory.policies import register_mentions  # noqa: PLC0415 - as said above
        from engagements.actions import EngagementWork, send_links_again  # noqa: PLC0415 - as said above
        from engagements.policies import (  # noqa: PLC0415 - as said above
            clients_of,
            names_of_work,
            plans_with_organisation,
            plans_with_provider,
        )
        from interventions.policies import register_plans_finder  # noqa: PLC0415 - as said above

        register_fixtures(Fixture("engagements.Criterion", key=("slug",)))
        register_link_sender(send_links_again)
        register_clients(clients_of)
        register_open_work(EngagementWork())
        register_work_names(names_of_work)
        register_plans_finder(plans_with_provider)
        register_mentions(
            plans_with_organisation,
            of=["engagements.ParticipantGroup.organisation", "engagements.ClientLead.organisation"],
        )
