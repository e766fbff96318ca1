"""Regions of the world and the numbers of countries, as the United Nations' M49 and ISO 3166-1 give them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from babel import Locale

_LIST = Path(__file__).parent / "data" / "regions.txt"
WORLD: Final = "001"


def _rows() -> list[list[str]]:
    lines = _LIST.read_text(encoding="ascii").splitlines()
    return [line.split() for line in lines if not line.startswith("#")]


NUMBERS: Final = {code: number for code, number, _region in _rows()}
"""The three-digit number of each code of ISO 3166-1."""

REGIONS: Final = {code: region for code, _number, region in _rows()}
"""The M49 number of the region that each code belongs to."""


def region_name(region: str, lang: str) -> str:
    """What a region is called in a language, by CLDR."""
    return Locale(lang).territories.get(region) or region
