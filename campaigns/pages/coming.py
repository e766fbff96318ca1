"""The next demonstrations, as pages of campaigns and places mention them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from campaigns.demonstrations.upcoming import EventRow, upcoming_rows

MENTIONED: Final = 3
"""How many a page mentions that is about something else."""


def next_demonstrations(campaigns: Collection[int], lang: str, limit: int = MENTIONED) -> list[EventRow]:
    """The public demonstrations of these campaigns that are still to come, the next first; one query."""
    return upcoming_rows(lang, campaigns=campaigns, limit=limit)
