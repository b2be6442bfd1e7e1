"""What may be away for a while, the doorbell and the shared cache: pages go on without it, and it is left alone for some seconds each time."""

from __future__ import annotations

import logging
import time
from functools import cached_property, partial
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

# How long nobody in this process tries again what did not answer.
LEFT_ALONE_SECONDS = 5.0
# How long a page waits for an answer, and how often it asks: once more, since a connection may be from before a restart.
PATIENCE_SECONDS = 0.5
MORE_TRIES = 1
# How much a process keeps by itself meanwhile: more than anybody can ask for in that time to push out what is counted against them.
MOST_KEPT = 100_000


class Away:
    """Whether something did not answer a moment ago."""

    def __init__(self) -> None:
        """Take it to be there."""
        self.until = 0.0

    def __bool__(self) -> bool:
        """Tell whether it is left alone at this moment."""
        return time.monotonic() < self.until

    def note(self) -> None:
        """Leave it alone for a while."""
        self.until = time.monotonic() + LEFT_ALONE_SECONDS


class SharedCache(RedisCache):
    """The cache that all processes share. While it is away, each process counts and keeps for itself, so that every limit still bites."""

    away = Away()

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        """Wait for no answer longer than a page may."""
        patience = {
            "socket_connect_timeout": PATIENCE_SECONDS,
            "socket_timeout": PATIENCE_SECONDS,
            "retry": Retry(NoBackoff(), MORE_TRIES),
        }
        super().__init__(server, {**params, "OPTIONS": {**patience, **params.get("OPTIONS", {})}})

    # It answers to the same calls, whatever its type is called.
    @cached_property
    def _cache(self) -> _Either:  # type: ignore[override]
        return _Either(super()._cache, self.away)


class _Either:
    """What speaks to Redis; while that is away, the memory of this process, which takes keys as they are."""

    def __init__(self, shared: Any, away: Away) -> None:
        self._shared, self._away, self._is_own_in_use = shared, away, False
        self._own = LocMemCache(
            "while-redis-is-away",
            {"KEY_FUNCTION": lambda key, prefix, version: key, "OPTIONS": {"MAX_ENTRIES": MOST_KEPT}},
        )

    def __getattr__(self, name: str) -> Any:
        return partial(self._call, name)

    def _call(self, name: str, *args: Any) -> Any:
        if not self._away:
            try:
                answer = getattr(self._shared, name)(*args)
            except RedisError as error:
                logger.warning("The shared cache is away (%s): this process goes on with its own.", type(error).__name__)
                self._away.note()
            else:
                self._is_own_in_use = False
                return answer
        # What was kept when it was away the last time is of no use now.
        if not self._is_own_in_use:
            self._own.clear()
            self._is_own_in_use = True
        return getattr(self._own, name)(*args)
