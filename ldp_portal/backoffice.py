"""How Django's admin is started: as the portal's own back office."""

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    """Django's admin with the site that is open to national admins alone."""

    default_site = "core.backoffice.BackOffice"
