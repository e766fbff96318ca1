"""When waiting entries leave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.petitions.lingering import Departure, Queue, departure
from campaigns.petitions.petitions import Linger

NOW = datetime(2026, 3, 1, 14, 20, 5, tzinfo=UTC)
HOUR = datetime(2026, 3, 1, 14, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("linger", "queue", "leaves"),
    [
        (Linger.NORMAL, Queue(1, ago(seconds=0.9), 0), None),
        (Linger.NORMAL, Queue(1, ago(seconds=1), 0), Departure(NOW)),
        (Linger.NORMAL, Queue(7, ago(seconds=0.1), 0), None),
        (Linger.NORMAL, Queue(8, ago(seconds=0.1), 0), Departure(NOW)),
        (Linger.CAREFUL, Queue(7, ago(seconds=59), 0), None),
        (Linger.CAREFUL, Queue(8, ago(seconds=1), 0), Departure(NOW)),
        (Linger.CAREFUL, Queue(1, ago(seconds=60), 0), Departure(NOW)),
        # eight since the hour began wait for the next one; eight from before it leave, and only those
        (Linger.SAFE, Queue(50, ago(minutes=20), 0), None),
        (Linger.SAFE, Queue(50, ago(minutes=25), 7), None),
        (Linger.SAFE, Queue(50, ago(minutes=25), 8), Departure(HOUR, removals=False)),
        (Linger.SAFE, Queue(1, ago(hours=14), 1), None),
        (Linger.SAFE, Queue(1, ago(hours=15), 0), Departure(MIDNIGHT)),
    ],
)
def test_entries_wait_for_company(linger: Linger, queue: Queue, leaves: Departure | None) -> None:
    assert departure(linger, queue, NOW) == leaves
