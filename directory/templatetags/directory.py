"""The map of England in tiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import template

if TYPE_CHECKING:
    from collections.abc import Iterable

    from directory.models import Footprint, Region

register = template.Library()

TILE = 100


@dataclass(frozen=True)
class Tile:
    """One STP area on the map, in units of the drawing."""

    area: Footprint
    x: int
    y: int
    middle: int
    number_y: int
    code_y: int


@register.inclusion_tag("directory/tile_map.html")
def tile_map(areas: Iterable[Footprint], regions: Iterable[Region]) -> dict[str, object]:
    """Draw one tile for each STP area about where it lies, with its number and the code of its lead region."""
    tiles = [
        Tile(
            area=area,
            x=area.tile_column * TILE,
            y=area.tile_row * TILE,
            middle=area.tile_column * TILE + TILE // 2,
            number_y=area.tile_row * TILE + 44,
            code_y=area.tile_row * TILE + 80,
        )
        for area in areas
    ]
    width = max((tile.x for tile in tiles), default=0) + TILE
    height = max((tile.y for tile in tiles), default=0) + TILE
    return {"tiles": tiles, "width": width, "height": height, "regions": regions, "size": TILE - 4}
