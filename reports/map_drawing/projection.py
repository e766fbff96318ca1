"""From the globe to the sheet: Equal Earth, so that no country looks larger than it is, turned to keep Russia whole.

B. Šavrič, T. Patterson and B. Jenny, "The Equal Earth map projection", International Journal of Geographical
Information Science 33(3), 2019. The sheet is `WIDTH` units wide; y grows downwards, as in SVG.
"""

from __future__ import annotations

from math import asin, cos, pi, radians, sin, sqrt
from typing import Final

from reports.map_drawing.topology import Point, Ring

WIDTH: Final = 1200
MIDDLE: Final = 11.0
"""The longitude in the middle: the seam, opposite, runs through the Bering Strait and crosses no large land."""
TOP, BOTTOM = 84.0, -57.0
A: Final = (1.340264, -0.081106, 0.000893, 0.003796)


def _plane(turned: float, latitude: float) -> Point:
    theta = asin(sqrt(3) / 2 * sin(radians(latitude)))
    slope = A[0] + 3 * A[1] * theta**2 + 7 * A[2] * theta**6 + 9 * A[3] * theta**8
    x = 2 * sqrt(3) * radians(turned) * cos(theta) / (3 * slope)
    return x, theta * (A[0] + A[1] * theta**2 + theta**6 * (A[2] + A[3] * theta**2))


_HALF: Final = 2 * pi / (sqrt(3) * A[0])
_UNIT: Final = WIDTH / (2 * _HALF)
_ABOVE: Final = _plane(0, TOP)[1]
HEIGHT: Final = round((_ABOVE - _plane(0, BOTTOM)[1]) * _UNIT)


def turned(longitude: float) -> float:
    """Degrees from the middle, from -180 to 180."""
    return (longitude - MIDDLE + 180) % 360 - 180


def on_sheet(point: Point) -> Point:
    """Where a longitude and latitude lies on the sheet."""
    return _at((turned(point[0]), point[1]))


def rings_on_sheet(ring: Ring) -> list[Ring]:
    """A ring of longitudes and latitudes on the sheet: cut in two where it crosses the seam."""
    unrolled = _unrolled([(turned(x), y) for x, y in ring])
    parts = [[(x - shift, y) for x, y in _between(unrolled, shift - 180, shift + 180)] for shift in (-360, 0, 360)]
    return [[_at(point) for point in part] for part in parts if len(part) > 2]


def _at(point: Point) -> Point:
    x, y = _plane(*point)
    return (x + _HALF) * _UNIT, (_ABOVE - y) * _UNIT


def _unrolled(ring: Ring) -> Ring:
    """Without jumps: a step of more than half the globe was one across the seam."""
    line = [ring[0]]
    for x, y in ring[1:]:
        before = line[-1][0]
        line.append((x + 360 * round((before - x) / 360), y))
    return line


def _between(ring: Ring, left: float, right: float) -> Ring:
    """What of a ring lies between two meridians (Sutherland and Hodgman)."""
    return _clipped(_clipped(ring, left, 1), right, -1)


def _clipped(ring: Ring, edge: float, side: int) -> Ring:
    kept: Ring = []
    for (ax, ay), (bx, by) in zip(ring[-1:] + ring[:-1], ring, strict=True):
        a_in, b_in = (ax - edge) * side >= 0, (bx - edge) * side >= 0
        if a_in != b_in:
            kept.append((edge, ay + (by - ay) * (edge - ax) / (bx - ax)))
        if b_in:
            kept.append((bx, by))
    return kept
