"""Who may have a document made while they wait for the page: few at once, and each person one, so that nobody keeps the others from theirs."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.core.cache import cache

from core.pdf.faults import Busy

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES_EACH_PROCESS = 2
# A process that dies gives no place back: a little longer than a document and the one before it may take.
HELD_SECONDS = 130

logger = logging.getLogger(__name__)
_places = threading.BoundedSemaphore(PLACES_EACH_PROCESS)


@contextmanager
def place_for(person: int) -> Iterator[None]:
    """Hold a place for one person's document; raise `Busy` where there is none."""
    if not _places.acquire(blocking=False):
        raise Busy
    try:
        with _only_one_of(person):
            yield
    finally:
        _places.release()


@contextmanager
def _only_one_of(person: int) -> Iterator[None]:
    """Hold the one place that a person has in all processes together, or in this one while the shared cache is away.

    A place that was taken before the cache went away and given back meanwhile is free once its seconds are over.
    """
    key = f"pdf-place-{person}"
    try:
        is_free = cache.add(key, True, timeout=HELD_SECONDS)
    except Exception as error:  # noqa: BLE001 - each cache has errors of its own, and none is worth a brief
        logger.warning("The cache cannot be asked who is printing: %s", type(error).__name__)
        is_free = True
    if not is_free:
        raise Busy("Another PDF is being made for you. Please try again in a moment.")
    try:
        yield
    finally:
        _give_back(key)


def _give_back(key: str) -> None:
    """Let the person have another document made."""
    try:
        cache.delete(key)
    except Exception as error:  # noqa: BLE001 - as above; the place is free again after a while
        logger.warning("The cache cannot be told who has printed: %s", type(error).__name__)
