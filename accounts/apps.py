"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who sign in, their role and region."""

    name = "accounts"

    def ready(self) -> None:
        """Tell the directory which people belong to an organisation."""
        # Policies know models, which are loaded only now.
        from accounts.policies import people_of_organisation  # noqa: PLC0415 - as said above
        from directory.policies import register_mentions  # noqa: PLC0415 - as said above

        register_mentions(people_of_organisation, of=["accounts.User.organisation"])
