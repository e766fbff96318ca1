"""Where our map departs from its source, which draws what is controlled on the ground: named, so that it can be argued.

A shape of its own is none that anybody is said to own: it is filled as its own code is, never as a neighbour's.
"""

from __future__ import annotations

from typing import Final

OWN_SHAPES: Final = {
    "Kosovo": "XK",
    "N. Cyprus": "X-NCYPRUS",
    "Siachen Glacier": "X-SIACHEN",
    "Somaliland": "X-SOMALILAND",
}
"""Shapes that the source knows by a name and no number."""

TAKEN_OUT: Final = {
    "X-CRIMEA": ("RU", (32.0, 44.0, 37.0, 47.0)),
    "GF": ("FR", (-55.0, 2.0, -51.0, 6.5)),
    "GP": ("FR", (-62.0, 15.7, -60.9, 16.7)),
    "MQ": ("FR", (-61.4, 14.2, -60.7, 15.0)),
    "RE": ("FR", (55.0, -21.6, 56.0, -20.7)),
    "YT": ("FR", (44.9, -13.2, 45.5, -12.4)),
    "SJ": ("NO", (-10.0, 70.5, 35.0, 81.5)),
}
"""Rings that the source counts to another shape: of which, and between which west, south, east and north.

A ring is taken out when all of it lies between these.
"""

DISPUTED: Final = ("EH", "XK", "X-CRIMEA", "X-NCYPRUS", "X-SIACHEN", "X-SOMALILAND")
"""Hatched: who owns or governs these is disputed."""

POINTS: Final = {
    "BQ": (-68.27, 12.18),
    "BV": (3.36, -54.42),
    "CC": (96.83, -12.17),
    "CX": (105.65, -10.49),
    "GI": (-5.35, 36.14),
    "TK": (-171.83, -9.2),
    "TV": (179.2, -8.52),
}
"""Longitude and latitude of small places that the source does not have; drawn as circles."""

LEFT_OUT: Final = ("AQ", "UM")
"""Nobody lives there, and the whole of the lower edge would be theirs."""
