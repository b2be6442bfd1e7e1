"""What goes between a process and its rendering child, and what it may take: each frame is four bytes of length and then the content."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum

LENGTH_BYTES = 4
MIB = 1024 * 1024


class Answer(bytes, Enum):
    """The first byte of what the child answers."""

    PDF = b"P"
    TOO_LARGE = b"L"
    TOO_LONG = b"T"
    FAULT = b"F"


@dataclass(frozen=True)
class Limits:
    """What one document may take: seconds until the child stops by itself, seconds until it is stopped, and its memory."""

    soft_seconds: float = 30
    hard_seconds: float = 60
    memory_bytes: int = 512 * MIB
    html_bytes: int = 16 * MIB


def framed(content: bytes) -> bytes:
    """Return a content as it is sent."""
    return len(content).to_bytes(LENGTH_BYTES) + content


def length_in(head: bytes) -> int:
    """Return how many bytes follow."""
    return int.from_bytes(head)


def read_exactly(descriptor: int, count: int) -> bytes:
    """Read so many bytes, or fewer where the other side has gone."""
    parts = []
    while count and (part := os.read(descriptor, min(count, MIB))):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def write_all(descriptor: int, content: bytes) -> None:
    """Write everything."""
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
