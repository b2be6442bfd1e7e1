"""The clock by which a story is told: an engagement closed last month was logged last year."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Self
from unittest import mock

from django.utils import timezone

if TYPE_CHECKING:
    from datetime import date, tzinfo

START_OF_DAY = time(8, 40)
# No two days of a story start at the same minute.
MINUTES_TO_START, STRIDE = 400, 137
BETWEEN_STEPS = timedelta(minutes=4)
SATURDAY = 5


class Clock:
    """While it is entered, Django takes its moment for now, so that history, versions and decisions carry the days of the story."""

    def __init__(self) -> None:
        self.today = timezone.localdate()
        self.moment = timezone.now()

    def __enter__(self) -> Self:
        """Put the clock in the place of the machine's."""
        clock = self

        class Then(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # no need of the subclass
                return clock.moment.astimezone(tz)

        self._patch = mock.patch.object(timezone, "datetime", Then)
        self._patch.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Give the machine's clock back."""
        self._patch.stop()

    def start(self, days_ago: float) -> None:
        """Begin a story in the hours of a working day."""
        day = self.today - timedelta(days=max(1, round(days_ago)))
        day -= timedelta(days=max(0, day.weekday() - SATURDAY + 1))
        minutes = day.toordinal() * STRIDE % MINUTES_TO_START
        self.moment = timezone.make_aware(datetime.combine(day, START_OF_DAY)) + timedelta(minutes=minutes)

    def wait_until(self, days_ago: float) -> None:
        """Go on to a working day, or to a moment later where that has passed already."""
        earliest = self.moment + BETWEEN_STEPS
        self.start(days_ago)
        self.moment = max(earliest, self.moment)

    def tick(self) -> None:
        """Let a few minutes pass between two steps."""
        self.moment += BETWEEN_STEPS

    def day(self, in_days: int) -> date:
        """Return the working day that lies so many days ahead, or back."""
        day = self.today + timedelta(days=in_days)
        return day + timedelta(days=(7 - day.weekday()) if day.weekday() >= SATURDAY else 0)
