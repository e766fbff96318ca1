"""The shapes of the world map, as `reports.map_drawing` drew them: one for each place that it can show."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_DRAWN = Path(__file__).parent / "data" / "world_map.json"


@dataclass(frozen=True)
class Shape:
    """One place on the sheet: the path data of its land, or the middle of the circle that stands for it."""

    code: str
    lines: str
    x: int
    y: int
    disputed: bool
    """Whether who owns or governs it is disputed: it is hatched."""


def _read() -> tuple[int, int, dict[str, Shape]]:
    drawn: dict[str, Any] = json.loads(_DRAWN.read_text(encoding="ascii"))
    disputed = set(drawn["disputed"])
    land = [Shape(code, lines, 0, 0, code in disputed) for code, lines in drawn["lines"].items()]
    circles = [Shape(code, "", x, y, code in disputed) for code, (x, y) in drawn["circles"].items()]
    width, height = drawn["size"]
    return width, height, {shape.code: shape for shape in [*land, *circles]}


_read_once = _read()
WIDTH: Final = _read_once[0]
HEIGHT: Final = _read_once[1]
SHAPES: Final = _read_once[2]
"""By code, those with land first: a circle lies on top of the land around it."""
