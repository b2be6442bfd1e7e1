"""How a sentence quotes what people typed, and how it writes sums, dates and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.text import joined, kept_apart, plain
from engagements.documents import telling

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_NAME = 80
MAX_QUOTED = 160
MAX_LISTED = 6
# How much shorter than allowed a quotation may become so that it ends with a word.
_MAX_LOST = 20
# How much of what stayed the same stands before the first difference, at least and at most.
_LEAD = (20, 50)


def quoted(text: str, limit: int = MAX_NAME) -> str:
    """Quote the beginning of a text; nothing for nothing."""
    return _in_marks(_cut(plain(text), limit))


def named(text: str) -> str:
    """Quote a name, and say so where there is none."""
    return quoted(text) or "“(no name yet)”"


def quoted_pair(old: str, new: str, limit: int) -> tuple[str, str]:
    """Quote two texts from where a reader sees that they differ."""
    texts = plain(old), plain(new)
    pairs = enumerate(zip(*texts, strict=False))
    same = next((place for place, (one, other) in pairs if one != other), min(map(len, texts)))
    if same <= limit - _MAX_LOST - _LEAD[0] or texts[0] == texts[1]:
        return quoted(texts[0], limit), quoted(texts[1], limit)
    least, most = _LEAD
    start = texts[0].rfind(" ", same - most, same - least) + 1 or same - least
    before, after = (_in_marks("…" + _cut(text[start:], limit)) for text in texts)
    return before, after


def listed(names: Sequence[str]) -> str:
    """Join names as in a sentence, the first few of many."""
    rest = len(names) - MAX_LISTED
    return joined([*names[:MAX_LISTED], f"{rest} more"] if rest > 1 else names)


def pounds(amount: str) -> str:
    """Write a sum such as "4000.00" as "£4,000"; nothing for nothing."""
    return telling.pounds(amount) if amount else ""


def day(iso: str) -> str:
    """Write a date such as "2017-04-03" as "3 April 2017"; nothing for nothing."""
    return telling.day(iso) if iso else ""


def capitalised(sentence: str) -> str:
    """Return a sentence with a capital letter at its start."""
    return f"{sentence[:1].upper()}{sentence[1:]}"


def _cut(text: str, limit: int) -> str:
    """Return the beginning of a text, cut at a word where there is one."""
    if len(text) <= limit:
        return text
    end = text.rfind(" ", limit - _MAX_LOST, limit + 1)
    return f"{text[: end if end > 0 else limit]}…"


def _in_marks(text: str) -> str:
    """Put a text in quotation marks; writing from right to left is kept apart from the sentence around it."""
    return f"“{kept_apart(text)}”" if text else ""
