"""What a person may ask of the directory."""

from __future__ import annotations

from core.filters import FilterForm, SearchField


class AreaSearchForm(FilterForm):
    """A search for the LDP of an STP area."""

    q = SearchField(
        label="Name or number of your STP area, or of a vanguard or pioneer site",
        help_text="For example Lincolnshire, 13 or Salford. Earlier and later names work too.",
    )


class OrganisationSearchForm(FilterForm):
    """A search for an organisation by name or ODS code."""

    q = SearchField(label="Organisation")
