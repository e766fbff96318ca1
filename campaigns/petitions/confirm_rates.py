"""Petitions whose mails hardly anybody answers: most likely somebody fills them with other people's addresses.

Once a minute the worker looks at what was signed between 70 and 10 minutes ago and mailed since (who signs needs some
minutes to read a mail), or at the latest of it where that is much. Where a hundred mails left and fewer than
`UPSTANDER_LIMIT_CONFIRMED` per cent led to a confirmation, the petition asks every post for more until that is over.
Networks cannot be judged so: which signature came from which is not known.

Rows are numbered in the order they come, so the hour is found by halving, without an index on the time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.utils import timezone

from campaigns.petitions.flood_incidents import FloodIncident, FloodKind, incident_of
from campaigns.petitions.signatures import Signature

OLDEST: Final = timedelta(minutes=70)
YOUNGEST: Final = timedelta(minutes=10)
FRESH: Final = timedelta(minutes=3)  # of a judgement; a worker that stopped leaves nobody judged for long
ENOUGH_MAILS: Final = 100
MOST_ROWS: Final = 50_000  # a rate is told by so many as by the millions of a viral hour

RATES = """
SELECT s.petition_id FROM signature s
WHERE s.id >= %(first)s AND s.id < %(end)s
  AND (s.state <> 0 OR EXISTS (
        SELECT FROM mailbox_mail m
        WHERE m.petition_id = s.petition_id AND m.email_key = s.email_key AND m.sent_at IS NOT NULL))
GROUP BY s.petition_id
HAVING count(*) >= %(enough)s AND count(*) FILTER (WHERE s.state <> 0) * 100 < count(*) * %(percent)s
"""

_unconfirmed: frozenset[int] = frozenset()


def judge_confirm_rates(now: datetime) -> list[int]:
    """The petitions that ask for more from now on; for the worker's clock."""
    if not settings.LIMIT_CONFIRMED:
        return []
    end = first_row_since(now - YOUNGEST)
    values = {"first": max(first_row_since(now - OLDEST), end - MOST_ROWS), "end": end}
    with connection.cursor() as cursor:
        cursor.execute(RATES, {**values, "enough": ENOUGH_MAILS, "percent": settings.LIMIT_CONFIRMED})
        found = [int(row[0]) for row in cursor.fetchall()]
    for petition_id in found:
        incident = incident_of(petition_id, FloodKind.UNCONFIRMED)
        FloodIncident.objects.filter(pk=incident).update(judged_at=now, last_at=now)
    return found


def learn_unconfirmed(now: datetime | None = None) -> None:
    """Take the latest judgement into this process. Raises DatabaseError; then the known one stays."""
    global _unconfirmed
    since = (now or timezone.now()) - FRESH
    _unconfirmed = frozenset(FloodIncident.objects.filter(judged_at__gt=since).values_list("petition_id", flat=True))


def is_unconfirmed(petition_id: int) -> bool:
    """Whether hardly any mail of the petition is answered. Asks nobody."""
    return petition_id in _unconfirmed


def forget_unconfirmed() -> None:
    """Know of none."""
    global _unconfirmed
    _unconfirmed = frozenset()


def first_row_since(moment: datetime) -> int:
    """The lowest id of a row made at or after a moment, or one past the last row."""
    newest = Signature.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    low, high = 1, newest + 1
    while low < high:
        middle = (low + high) // 2
        row = Signature.objects.filter(pk__gte=middle).order_by("pk").values_list("pk", "created_at").first()
        if row is None or row[1] >= moment:
            high = middle
        else:
            low = int(row[0]) + 1
    return low
