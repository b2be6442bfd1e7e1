"""Which engagements a report of several takes in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms

from core.filters import FilterForm

if TYPE_CHECKING:
    from collections.abc import Iterable

NOT_CLOSED = "not_closed"
ALL = "All that have begun"


class ReportFilterForm(FilterForm):
    """All engagements, those that are not closed, or those that were closed within twelve months from an April on."""

    period = forms.ChoiceField(label="Which engagements", required=False)

    def __init__(self, *args: Any, years: Iterable[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        closed = {str(year): f"Closed from April {year} to March {year + 1}" for year in years}
        self.periods = {NOT_CLOSED: "Those that are not closed", **closed}
        field: Any = self.fields["period"]
        field.choices = [("", ALL), *self.periods.items()]

    @property
    def sentence(self) -> str:
        """Say in words which engagements are taken in."""
        return self.periods[self.chosen["period"]] if self.chosen else ALL

    @property
    def short(self) -> str:
        """Name the choice in the name of a file: "2016-17", or nothing where all are taken in."""
        period = self.chosen.get("period", "")
        return f"{period}-{(int(period) + 1) % 100:02}" if period.isdigit() else period.replace("_", " ")

    @property
    def query(self) -> str:
        """Return the choice as it stands in an address."""
        return f"?{urlencode(self.chosen)}" if self.chosen else ""

    def takes_in(self, year: int | None) -> bool:
        """Tell whether an engagement is taken in, by the year in which it was closed."""
        period = self.chosen.get("period", "")
        return not period or period == (NOT_CLOSED if year is None else str(year))
