"""Reading TopoJSON: shapes as rings of longitude and latitude, with shared lines simplified alike on both sides.

The TopoJSON Format Specification, sections 2.1.4 (arcs, delta-encoded) and 4 (arc indexes; ~i is arc i backwards).
Simplifying is Visvalingam and Whyatt's: the point that spans the smallest triangle with its neighbours goes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Point = tuple[float, float]
Ring = list[Point]


def shapes(
    topology: dict[str, Any], project: Callable[[Point], Point], smallest: float
) -> Iterator[tuple[str, list[Ring]]]:
    """Each country by its number, or its name where it has none, with its rings, the edges of holes among them.

    Lines lose the points whose triangle covers less than `smallest` square units of the plane that `project` leads to.
    """
    arcs = [_simplified(arc, project, smallest) for arc in _decoded(topology)]
    for country in topology["objects"]["countries"]["geometries"]:
        polygons = [country["arcs"]] if country["type"] == "Polygon" else country["arcs"]
        rings = [_ring(ring, arcs) for polygon in polygons for ring in polygon]
        yield country.get("id") or country["properties"]["name"], rings


def _decoded(topology: dict[str, Any]) -> Iterator[Ring]:
    (scale_x, scale_y), (left, bottom) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + left, y * scale_y + bottom))
        yield points


def _ring(indexes: list[int], arcs: list[Ring]) -> Ring:
    ring: Ring = []
    for index in indexes:
        line = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring += line if not ring else line[1:]
    return ring


def _simplified(line: Ring, project: Callable[[Point], Point], smallest: float) -> Ring:
    """The line with its ends, and at least four points where it closes upon itself."""
    flat = [project(point) for point in line]
    kept = list(range(len(line)))
    fewest = 4 if line[0] == line[-1] else 2
    while len(kept) > fewest:
        areas = [_triangle(flat[a], flat[b], flat[c]) for a, b, c in zip(kept, kept[1:], kept[2:], strict=False)]
        least = min(areas)
        if least >= smallest:
            break
        del kept[areas.index(least) + 1]
    return [line[index] for index in kept]


def _triangle(a: Point, b: Point, c: Point) -> float:
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2
