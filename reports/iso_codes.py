"""The codes that a place may have: those of ISO 3166-1 (alpha-2), or our own, which start with X-."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_LIST = Path(__file__).parent / "data" / "iso_3166_1.txt"

OWN_CODE: Final = r"^X-[A-Z0-9]{1,10}$"
"""A code of ours, as a regular expression that Python and PostgreSQL read alike."""


def _assigned() -> tuple[str, ...]:
    lines = _LIST.read_text(encoding="ascii").splitlines()
    return tuple(code for line in lines if not line.startswith("#") for code in line.split())


ISO_CODES: Final = _assigned()
"""The assigned codes and XK, in alphabetical order."""
