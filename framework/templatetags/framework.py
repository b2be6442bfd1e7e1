"""The drawing of the four domains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import template

if TYPE_CHECKING:
    from collections.abc import Iterable

    from framework.models import Domain

register = template.Library()

LINE_HEIGHT = 31
LETTERS_IN_LINE = 14


@dataclass(frozen=True)
class Place:
    """Where one circle and its words stand, in units of the drawing (640 by 640)."""

    x: int
    y: int
    label_x: int
    label_y: int


# Top, right, bottom, left: read clockwise, as the domains are listed.
PLACES = (Place(320, 175, 320, 112), Place(465, 320, 527, 320), Place(320, 465, 320, 535), Place(175, 320, 113, 320))


@dataclass(frozen=True)
class Circle:
    """One domain as a circle that overlaps its neighbours, with its name in lines of (words, height)."""

    domain: Domain
    place: Place
    lines: list[tuple[str, int]]


@register.inclusion_tag("framework/domain_wheel.html")
def domain_wheel(domains: Iterable[Domain]) -> dict[str, object]:
    """Draw the four domains as interlocking circles, each a link to its page."""
    circles = [Circle(domain, place, _lines(domain.name, place.label_y)) for domain, place in zip(domains, PLACES, strict=False)]
    return {"circles": circles}


def _lines(name: str, middle: int) -> list[tuple[str, int]]:
    """Break a name into short lines around a height."""
    lines = [""]
    for word in name.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and len(longer) > LETTERS_IN_LINE:
            lines.append(word)
        else:
            lines[-1] = longer
    top = middle - (len(lines) - 1) * LINE_HEIGHT // 2
    return [(line, top + number * LINE_HEIGHT) for number, line in enumerate(lines)]
