"""The directory app."""

from django.apps import AppConfig

from core.fixtures import Fixture, register_fixtures


class DirectoryConfig(AppConfig):
    """LDP regions and their contacts, STP footprints, vanguard and pioneer sites, organisations."""

    name = "directory"

    def ready(self) -> None:
        """Register the app's fixtures."""
        register_fixtures(
            Fixture("directory.Region", key=("slug",)),
            Fixture("directory.ContactPoint", key=("region", "kind", "value"), links={"region": "slug"}),
            Fixture("directory.Footprint", key=("number",), links={"lead_region": "slug"}),
            Fixture("directory.Site", key=("kind", "name"), links={"footprints": "number"}),
            Fixture("directory.Organisation", key=("ods_code",), links={"footprints": "number"}),
        )
