"""Which engagements a report of several takes in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from core.filters import FilterForm

if TYPE_CHECKING:
    from collections.abc import Iterable

UNDER_WAY = "under-way"


class ReportFilterForm(FilterForm):
    """All engagements, those under way, or those that were closed within twelve months from an April on."""

    period = forms.ChoiceField(label="Which engagements", required=False)

    def __init__(self, *args: Any, years: Iterable[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.periods = {
            UNDER_WAY: "Those under way",
            **{str(year): f"Closed from April {year} to March {year + 1}" for year in years},
        }
        field: Any = self.fields["period"]
        field.choices = [("", "All that have begun"), *self.periods.items()]

    @property
    def sentence(self) -> str:
        """Say in words which engagements are taken in."""
        chosen = self.chosen
        return self.periods[chosen["period"]] if chosen else "All that have begun"
