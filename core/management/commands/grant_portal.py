"""Let an account of PostgreSQL run the portal."""

import re
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from core import append_only


class Command(BaseCommand):
    """Give an account what the portal needs, and no right to change or remove what is append only."""

    help = "Run as the owner of the tables after each migrate (after a restore it is done): lets another account run the portal, and never change the audit trail."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the account's name."""
        parser.add_argument(
            "role", nargs="?", default=settings.RUNS_AS, help="the account that web and workers use; it must not own the tables"
        )

    def handle(self, *args: Any, role: str, **options: Any) -> None:
        """Grant, all or nothing."""
        if not role:
            self.stdout.write("The portal runs as the owner of its tables: there is nothing to grant.")
            return
        if connection.vendor != "postgresql":
            raise CommandError("There are accounts on PostgreSQL only.")
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", role):
            raise CommandError("Name an account in small letters, digits and underscores.")
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in append_only.grants(role, connection.introspection.table_names(cursor)):
                cursor.execute(statement)
        self.stdout.write(f"{role} may run the portal, and only add to {', '.join(append_only.TABLES)}.")
