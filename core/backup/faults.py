"""What may go wrong with a back-up, in words for whoever runs it."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class BackupError(Exception):
    """A back-up or a restore that cannot be carried out; says why, and what to do."""


@contextmanager
def room_on(place: Path, *, then: str = "Nothing was kept.") -> Iterator[None]:
    """Say in words that a disk is full or may not be written to, and how things stand then."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise BackupError(f"There is no room left in {place}. {then}") from error
        raise BackupError(f"{place} could not be written to: {error.strerror}.") from error
