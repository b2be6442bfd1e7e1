"""What a person may ask of the menu."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from django import forms

from core.filters import FilterForm, SearchField

if TYPE_CHECKING:
    from collections.abc import Iterable

    from directory.models import Region
    from framework.models import Behaviour, LeadershipRole

MAX_OPTION_LENGTH = 90


class MenuFilterForm(FilterForm):
    """The search and filters of the menu."""

    q = SearchField(label="Words")
    role = forms.TypedChoiceField(label="Leadership role", required=False, coerce=int, empty_value=None)
    behaviour = forms.TypedChoiceField(label="Behaviour", required=False, coerce=int, empty_value=None)
    region = forms.ChoiceField(label="Region", required=False)

    def __init__(
        self,
        *args: Any,
        roles: Iterable[LeadershipRole] = (),
        behaviours: Iterable[Behaviour] = (),
        regions: Iterable[Region] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.regions = {region.slug: region for region in regions}
        named = [(slug, region.name) for slug, region in self.regions.items()]
        self.fields["region"].choices = [("", "Any region"), *named]  # type: ignore[attr-defined]
        self.texts = {"role": {x.lineage: x.text for x in roles}, "behaviour": {x.lineage: x.text for x in behaviours}}
        self.fields["role"].choices = [("", "Any leadership role"), *_by_domain(roles)]  # type: ignore[attr-defined]
        self.fields["behaviour"].choices = [("", "Any behaviour"), *_by_domain(behaviours)]  # type: ignore[attr-defined]

    @property
    def chosen_region(self) -> Region | None:
        """Return the region that the menu is narrowed to."""
        return self.regions.get(self.chosen.get("region", ""))

    @property
    def words(self) -> dict[str, Any]:
        """Return the filters by what an intervention itself is."""
        return {name: value for name, value in self.chosen.items() if name != "region"}

    @property
    def sentence(self) -> list[str]:
        """Say in words what the menu is narrowed to, joined by "and" (P24)."""
        chosen = self.chosen
        said = [f"with “{chosen['q']}”"] if "q" in chosen else []
        said += [
            f"that develop the {name} “{self.texts[field][chosen[field]]}”"
            for field, name in (("role", "leadership role"), ("behaviour", "behaviour"))
            if field in chosen
        ]
        return said + ([f"offered or on request in {self.chosen_region}"] if self.chosen_region else [])


def _by_domain(rows: Iterable[LeadershipRole | Behaviour]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Group choices under the names of their domains; the rows come in order, with their domains.

    An address names a row by its lineage, so that it leads to the same interventions whatever the words become.
    """
    return [
        (domain, [(row.lineage, _shortened(row.text)) for row in group])
        for domain, group in groupby(rows, key=lambda row: row.domain.name)
    ]


def _shortened(text: str) -> str:
    """Keep an option to a length that a phone can show."""
    return text if len(text) <= MAX_OPTION_LENGTH else f"{text[:MAX_OPTION_LENGTH].rsplit(' ', 1)[0]}…"
