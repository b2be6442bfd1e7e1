"""The chart of one measure, as numbers that a page draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evaluation import policies
from evaluation.enums import MeasureKind

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from evaluation.policies import Progress

# The drawing, in its own units: wide enough for a phone's column, with room for the words at its edges.
WIDTH, HEIGHT = 320, 150
LEFT, RIGHT, TOP, BOTTOM = 12, 12, 26, 28
MIN_POINTS = 2


@dataclass(frozen=True)
class Point:
    """One value on its day, and where it is drawn."""

    day: date
    value: str
    x: float
    y: float

    @property
    def label_y(self) -> float:
        """Return where the value is written: above its point."""
        return round(self.y - 8, 1)


@dataclass(frozen=True)
class Chart:
    """The values of one measure over time, with the line of its target; the table beside it holds the same."""

    points: tuple[Point, ...]
    target: str
    target_y: float | None
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def line(self) -> str:
        """Return the line through the points, as SVG writes it."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)


def chart_of(progress: Progress) -> Chart | None:
    """Return the chart of a measure in numbers, or nothing where there are fewer than two values to draw."""
    if progress.measure.kind not in (MeasureKind.NUMBER, MeasureKind.SCALE):
        return None
    values = _values(progress)
    if len(values) < MIN_POINTS:
        return None
    target = policies.number_of(progress.measure.target)
    numbers = [number for _, number, _ in values] + ([target] if target is not None else [])
    low, high = min(numbers), max(numbers)
    first, last = values[0][0], values[-1][0]
    points = tuple(Point(day, written, _x(day, first, last), _y(number, low, high)) for day, number, written in values)
    return Chart(points, progress.measure.target, None if target is None else _y(target, low, high))


def _values(progress: Progress) -> list[tuple[date, Decimal, str]]:
    """Return day, number and text of each value, in the order of the days."""
    found = []
    start = policies.number_of(progress.measure.baseline)
    if start is not None and progress.measure.baseline_on:
        found.append((progress.measure.baseline_on, start, progress.measure.baseline))
    for result in progress.results:
        number = policies.number_of(result.value)
        if number is not None and result.collected_on:
            found.append((result.collected_on, number, result.value))
    return sorted(found, key=lambda row: row[0])


def _x(day: date, first: date, last: date) -> float:
    """Return how far to the right a day is drawn."""
    span = (last - first).days or 1
    return round(LEFT + (day - first).days / span * (WIDTH - LEFT - RIGHT), 1)


def _y(number: Decimal, low: Decimal, high: Decimal) -> float:
    """Return how far down a number is drawn: larger ones stand higher."""
    share = float((number - low) / (high - low)) if high > low else 0.5
    return round(TOP + (1 - share) * (HEIGHT - TOP - BOTTOM), 1)
