"""Whether the portal is ready to serve: what it stands on is asked, each thing for a few seconds at most.

An effect that is late, a shared cache and a worker that are away are said and do not stop the pages: nobody would be served better by their absence.
"""

from __future__ import annotations

import asyncio
import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.cache import caches
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from health_check.base import HealthCheck
from health_check.checks import Cache, Database, Storage
from health_check.exceptions import ServiceUnavailable, ServiceWarning

from core.models import OutboxEntry

if TYPE_CHECKING:
    from health_check.base import HealthCheckResult

# After this long, nobody is working the outbox off.
LATE_AFTER = timedelta(minutes=5)
READY, LATE, FAILING = "ready", "late", "failing"


@dataclasses.dataclass
class Outbox(HealthCheck):
    """What was due long ago is still waiting."""

    def run(self) -> None:
        """Look for an effect that nobody has taken up."""
        try:
            with connection.temporary_connection():
                is_late = OutboxEntry.objects.due(timezone.now() - LATE_AFTER).exists()
        except DatabaseError as error:
            raise ServiceUnavailable("The outbox cannot be read") from error
        if is_late:
            raise ServiceWarning("Effects are late")


@dataclasses.dataclass
class SharedCacheCheck(Cache):
    """The cache keeps what it is given, and all processes share it."""

    async def run(self) -> None:
        """Look whether each process goes on with a cache of its own."""
        await super().run()
        if getattr(caches[self.alias], "away", False):
            raise ServiceWarning("The shared cache is away")


class _Seen:
    """What was found once and stays so while this process runs."""

    is_migrated = False


@dataclasses.dataclass
class Migrations(HealthCheck):
    """The tables are as this code needs them."""

    def run(self) -> None:
        """Look for a migration that has not been applied."""
        if _Seen.is_migrated:
            return
        try:
            with connection.temporary_connection():
                executor = MigrationExecutor(connection)
                waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError as error:
            raise ServiceUnavailable("The migrations cannot be read") from error
        if waiting:
            raise ServiceUnavailable("Migrations are waiting")
        _Seen.is_migrated = True


CHECKS: dict[str, type[HealthCheck]] = {
    "database": Database,
    "cache": SharedCacheCheck,
    "storage": Storage,
    "outbox": Outbox,
    "migrations": Migrations,
}


def states() -> dict[str, str]:
    """Return what became of each check: `ready`, `late` or `failing`, and never why. The reason stands in the log."""
    pool = ThreadPoolExecutor(len(CHECKS) + 1, thread_name_prefix="health")
    try:
        # In a thread of its own, where no event loop is running yet.
        found = pool.submit(asyncio.run, _ask_all(pool)).result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return {name: _said(result) for name, result in zip(CHECKS, found, strict=True)}


async def _ask_all(pool: ThreadPoolExecutor) -> list[HealthCheckResult]:
    """Ask everything at the same time."""
    return await asyncio.gather(*(check().get_result(pool) for check in CHECKS.values()))


def _said(result: HealthCheckResult) -> str:
    """Return a result in one word."""
    if result.error is None:
        return READY
    return LATE if isinstance(result.error, ServiceWarning) else FAILING
