"""Writes `reports/data/world_map.json`: for each code, the lines of its shape, or the place of its circle."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from reports.map_drawing.policy import DISPUTED, LEFT_OUT, OWN_SHAPES, POINTS, TAKEN_OUT
from reports.map_drawing.projection import HEIGHT, WIDTH, on_sheet, rings_on_sheet
from reports.map_drawing.topology import Point, Ring, shapes
from reports.regions import NUMBERS

SOURCE: Final = Path(__file__).parent / "source" / "countries-50m.json.gz"
DRAWN: Final = Path(__file__).parents[1] / "data" / "world_map.json"
SMALLEST_TRIANGLE: Final = 0.5
SMALLEST_ISLAND: Final = 2.0
"""Square units that an island beside a larger part covers at least."""
NARROWEST: Final = 7
"""Units: what is smaller in both directions becomes a circle."""


def main() -> None:
    """Draw, and write."""
    DRAWN.write_text(json.dumps(drawn(), ensure_ascii=True, indent=0, sort_keys=True) + "\n", encoding="ascii")


def drawn() -> dict[str, Any]:
    """What the file holds."""
    found = {code: [part for ring in rings for part in rings_on_sheet(ring)] for code, rings in _by_code().items()}
    found = {code: rings for code, rings in found.items() if code not in LEFT_OUT}
    points = {code: on_sheet(point) for code, point in POINTS.items()}
    points |= {code: _middle(max(rings, key=_area)) for code, rings in found.items() if _is_small(rings)}
    return {
        "size": [WIDTH, HEIGHT],
        "disputed": sorted(DISPUTED),
        "lines": {code: lines(rings) for code, rings in found.items() if code not in points},
        "circles": {code: [round(x), round(y)] for code, (x, y) in points.items()},
    }


def _by_code() -> dict[str, list[Ring]]:
    topology = json.loads(gzip.decompress(SOURCE.read_bytes()))
    codes = {number: code for code, number in NUMBERS.items()} | OWN_SHAPES
    found: dict[str, list[Ring]] = defaultdict(list)
    for name, rings in shapes(topology, on_sheet, SMALLEST_TRIANGLE):
        if name not in codes:
            continue
        for ring in rings:
            found[_owner(codes[name], ring)].append(ring)
    return found


def _owner(code: str, ring: Ring) -> str:
    """The code itself, unless the ring is one that we take out of it."""
    for part, (whole, (west, south, east, north)) in TAKEN_OUT.items():
        if whole == code and all(west <= x <= east and south <= y <= north for x, y in ring):
            return part
    return code


def lines(rings: list[Ring]) -> str:
    """Path data in whole units, relative (SVG 2, section 9.3); without islands that nobody would see."""
    largest = max(rings, key=_area)
    return "".join(_path(ring) for ring in rings if ring is largest or _area(ring) >= SMALLEST_ISLAND)


def _path(ring: Ring) -> str:
    points = [(round(x), round(y)) for x, y in ring]
    points = [point for before, point in zip([None, *points], points, strict=False) if point != before]
    if points[0] == points[-1]:
        points.pop()
    if len(points) < 3:
        return ""
    steps = [(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(points)]
    (x, y), tail = points[0], "".join(_number(value) for step in steps for value in step)
    return f"M{x}{_number(y)}l{tail.lstrip()}z"


def _number(value: int) -> str:
    """A number after another: a minus parts them, else a space does."""
    return str(value) if value < 0 else f" {value}"


def _is_small(rings: list[Ring]) -> bool:
    xs, ys = zip(*max(rings, key=_area), strict=True)
    return bool(max(xs) - min(xs) < NARROWEST and max(ys) - min(ys) < NARROWEST)


def _area(ring: Ring) -> float:
    return abs(_twice_signed_area(ring)) / 2


def _twice_signed_area(ring: Ring) -> float:
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True))


def _middle(ring: Ring) -> Point:
    xs, ys = zip(*ring, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


if __name__ == "__main__":
    main()
