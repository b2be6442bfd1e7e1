"""Which fixtures there are: each app registers its own in `apps.py`, before any model is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.apps import apps

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Fixture:
    """One fixture file: its model, the fields that name a row, and how relations are written.

    `links` maps a relation of the model to the field by which the fixture names the related rows, such as a domain by its
    slug.
    """

    model: str
    key: tuple[str, ...]
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Return the place of the file below the fixtures folder: `framework/leadership_role.json`."""
        model = apps.get_model(self.model)
        return f"{model._meta.app_label}/{_snake(model.__name__)}.json"


_fixtures: list[Fixture] = []


def register_fixtures(*fixtures: Fixture) -> None:
    """Add fixtures to what `load_reference` loads, in this order."""
    _fixtures.extend(fixture for fixture in fixtures if fixture not in _fixtures)


def registered() -> list[Fixture]:
    """Return every fixture, those of lower apps first."""
    return list(_fixtures)


def _snake(name: str) -> str:
    """Return a class name in lower case with underscores."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
