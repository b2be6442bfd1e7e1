"""Stored files that are whole or not there: nobody reads half a file, whatever happened while it was written."""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.files.storage import FileSystemStorage, storages

if TYPE_CHECKING:
    from datetime import datetime

    from django.core.files import File

PART = ".part"


class WholeFileStorage(FileSystemStorage):
    """A folder in which a file appears under its name only once all of it is on the disk.

    What is stored under a name that is taken by the same bytes is that file: work that was cut short between the file and its row is done
    again without a second file. Other bytes get a name of their own.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return the name itself where it fits: whether it is taken is seen when the file is there."""
        if max_length is not None and len(name) > max_length:
            return super().get_available_name(name, max_length)
        return name

    def _save(self, name: str, content: File[bytes]) -> str:
        """Write a file beside its place and put it there when it is whole."""
        part = f"{name}.{uuid.uuid4().hex}{PART}"
        part_path = Path(self.path(part))
        try:
            # The package of types leaves this method out.
            super()._save(part, content)  # type: ignore[misc]
            _write_through(part_path)
            return self._put_in_place(part_path, name)
        finally:
            part_path.unlink(missing_ok=True)

    def _put_in_place(self, part: Path, name: str) -> str:
        """Give a whole file its name, or another where that is taken by other bytes; return which."""
        while True:
            try:
                # A link refuses a name that is taken, at one moment for all who ask.
                os.link(part, self.path(name))
            except FileExistsError:
                if Path(self.path(name)).read_bytes() == part.read_bytes():
                    return name
                name = super().get_available_name(name)
            else:
                _write_through(part.parent)
                return name


def remove_parts(*, before: datetime) -> None:
    """Remove what was left of files whose writer was killed before a moment. A store elsewhere keeps no parts."""
    storage = storages["default"]
    parts = Path(storage.location).rglob(f"*{PART}") if isinstance(storage, WholeFileStorage) else ()
    for part in parts:
        # Its writer may be done with it at this very moment; what cannot be removed must not keep the others.
        with suppress(OSError):
            if part.is_file() and part.stat().st_mtime < before.timestamp():
                part.unlink()


def _write_through(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
