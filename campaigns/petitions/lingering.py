"""When a petition's waiting entries may leave: who watches the count must not see who just confirmed.

The timing of a count is visible to everyone. Entries therefore leave in shuffled batches, and the riskier it is to be
known as a signer, the longer they wait for company:

- normal: once 8 wait or the oldest waited a second;
- careful: once 8 wait or the oldest waited a minute;
- safe: at the full hour if 8 that add were waiting by then, else at midnight UTC. Removals leave at midnight only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.petitions.petitions import Linger

COMPANY = 8
PATIENCE = {Linger.NORMAL: timedelta(seconds=1), Linger.CAREFUL: timedelta(seconds=60)}


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for one petition. `adding_before_hour` counts what adds and was there when this hour began."""

    entries: int
    oldest: datetime
    adding_before_hour: int


@dataclass(frozen=True, slots=True)
class Departure:
    """Which entries leave now: those queued up to a moment (None: all), and whether removals are among them."""

    before: datetime | None = None
    removals: bool = True


def departure(linger: Linger, queue: Queue, now: datetime) -> Departure | None:
    """What may leave at this moment; None if everything goes on queue."""
    if linger != Linger.SAFE:
        ready = queue.entries >= COMPANY or queue.oldest <= now - PATIENCE[linger]
        return Departure(now) if ready else None
    midnight = hour_of(now).replace(hour=0)
    if queue.oldest < midnight:
        return Departure(midnight)
    if queue.adding_before_hour >= COMPANY:
        return Departure(hour_of(now), removals=False)
    return None


def hour_of(moment: datetime) -> datetime:
    """The full hour that a moment belongs to."""
    return moment.replace(minute=0, second=0, microsecond=0)
