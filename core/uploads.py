"""Files that somebody sends, though no form of the portal asks for one."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class RefusedFiles(FileUploadHandler):
    """Passes over every file: none is kept in memory or on the disk, however long it is."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Pass over a file before its first byte."""
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never called: what comes of a file is passed over."""

    def file_complete(self, file_size: int) -> None:
        """Return that there is no such file."""
