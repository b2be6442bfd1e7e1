"""What may stand in a text, and how a page writes times, names and counts."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

ALLOWED_CONTROLS = {"\n", "\r", "\t"}
NONCHARACTERS = {"\ufffe", "\uffff"}
SHOWN_BEFORE = 20
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# What turns the direction of the writing around it, or cannot be seen at all.
_UNSEEN = re.compile("[\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# What turns the direction of the writing around it, however it is shown.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
# White space but what is refused as a control character.
_SPACES = re.compile(r"(?:(?![\x0b\x0c\x1c-\x1f\x85])\s)+")
# Categories of what shows nothing by itself, and letters and signs that are drawn as nothing.
_SHOWING_NOTHING = {"Cf", "Mn", "Zl", "Zp", "Zs"}
_BLANKS = set("\u115f\u1160\u2800\u3164\uffa0")
_RIGHT_TO_LEFT = {"R", "AL", "AN"}


def joined(names: Sequence[str]) -> str:
    """Join names as in a sentence: "Boston, Lincoln and Spalding"; nothing for none."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def upright(text: str) -> str:
    """Return a text without what turns the direction of the writing around it, or cannot be seen."""
    return _UNSEEN.sub("", text)


def plain(text: str) -> str:
    """Return a text as one line."""
    return " ".join(upright(_CONTROLS.sub(" ", text)).split())


def on_one_line(text: str) -> str:
    """Return what was typed into a field of one line, without line breaks; nothing where nothing of it can be seen."""
    line = _SPACES.sub(" ", text).strip(" ")
    return line if any(_can_be_seen(character) for character in line) else ""


def _can_be_seen(character: str) -> bool:
    """Tell whether a character shows by itself."""
    return unicodedata.category(character) not in _SHOWING_NOTHING and character not in _BLANKS


def kept_apart(text: str) -> str:
    """Return a text that leaves the sentence around it as it is, where it holds writing from right to left."""
    is_turned = any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text)
    return f"\u2068{text}\u2069" if is_turned else text


def inline(text: object) -> str:
    """Return a name or title as it stands within a sentence that is no HTML: on its line, and without turning the text around it."""
    return kept_apart(plain(str(text)))


def counted(count: int, one: str, many: str = "") -> str:
    """Write a number with its noun: "1 group", "2 groups"; `many` where the plural takes more than an s."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def clock_time(moment: datetime) -> str:
    """Write the time of a moment: "2:05pm"."""
    return _without_stops(moment, "TIME_FORMAT")


def date_and_time(moment: datetime) -> str:
    """Write the day and time of a moment: "3 April 2017, 2:05pm"."""
    return _without_stops(moment, "DATETIME_FORMAT")


def _without_stops(moment: datetime, name: str) -> str:
    """Write a moment in one of the settings' formats. Django knows "p.m." only, the NHS writes "pm"."""
    return date_format(timezone.localtime(moment) if timezone.is_aware(moment) else moment, name).replace(".", "")


def refuse_unreachable(email: str) -> None:
    """Raise a `ValidationError` where no email can be sent to an address, because its domain cannot be written for the network."""
    try:
        email.rpartition("@")[2].encode("idna")
    except UnicodeError:
        raise ValidationError("No email can be sent to this address. Check what stands after the @.") from None


def refuse_unprintable(value: str) -> None:
    """Raise a `ValidationError` that says where a text holds a character that cannot be printed."""
    for place, character in enumerate(value):
        is_control = unicodedata.category(character) in {"Cc", "Cs"} and character not in ALLOWED_CONTROLS
        if is_control or character in NONCHARACTERS:
            before = value[max(0, place - SHOWN_BEFORE) : place].strip()
            where = f"after “{before}”" if before else "at the start"
            raise ValidationError(
                f"There is a hidden character {where} that cannot be printed. Delete it there and type the words again."
            )


def refuse_turning(value: str, *, label: str) -> None:
    """Raise a `ValidationError` where a line holds a character that cannot be seen and turns the writing around it."""
    if _TURNING.search(value):
        raise ValidationError(f"“{label}” has a character that cannot be seen. Type it again.")
