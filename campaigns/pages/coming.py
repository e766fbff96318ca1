"""The next demonstrations of the campaigns on a page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ReadDemonstration:
    """A demonstration as a row of a list, in the form that `_event_row.html` takes."""

    campaign_id: int
    place_code: str
    title: str
    url: str
    starts: datetime
    zone: str
    area: str
    status: str
    facts: list[str]


def next_demonstrations(campaigns: Collection[int], lang: str) -> list[ReadDemonstration]:
    """The public demonstrations of these campaigns that are still to come, the next first; one query."""
    return []
