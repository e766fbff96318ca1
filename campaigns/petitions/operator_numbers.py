"""Numbers about signing for whoever runs the site: how much waits, and how much there is, never whose.

A number that is asked for every few seconds and kept is a clock of when people sign. Petitions in safe mode are in none
that moves with a signature; only mail that has waited for ten minutes shows there, since then something is wrong.
Nothing here reads the signatures one by one: what waits has partial indexes, what counts has tallies.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import connection
from django.db.models import Count, Sum
from django.utils import timezone

from campaigns.petitions.flood_incidents import OVER_AFTER, FloodIncident
from campaigns.petitions.petitions import Petition
from campaigns.petitions.tallies import PetitionTally, TallyKind

STEP: Final = timedelta(minutes=10)

MAILS = """
SELECT count(*) FILTER (WHERE NOT p.safe_mode), extract(epoch FROM now() - min(w.since))::float8
FROM (SELECT petition_id, mail_due_at AS since FROM signature WHERE mail_due_at <= now()
      UNION ALL
      SELECT petition_id, claimed_at FROM mailbox_mail WHERE sending_at IS NULL AND refused_at IS NULL) w
JOIN petition p ON p.id = w.petition_id
"""
LEAVES = """
SELECT count(*), extract(epoch FROM now() - min(q.queued_at))::float8
FROM leaf_queue q JOIN petition p ON p.id = q.petition_id AND p.linger <> 'safe'
"""
ROWS = """
SELECT relname, reltuples::bigint FROM pg_class
WHERE oid = ANY(ARRAY['signature', 'mailbox_mail', 'leaf_row']::regclass[]) AND reltuples >= 0 ORDER BY relname
"""


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many wait, and how many seconds the oldest has waited."""

    length: int
    seconds: float


def waiting_mails() -> Backlog:
    """Mails of signatures that could leave now. The age is in steps of ten minutes, safe mode included."""
    found = _backlog(MAILS)
    return Backlog(found.length, in_steps(found.seconds))


def waiting_leaves() -> Backlog:
    """Confirmed signatures, withdrawals and the like that count and log do not show yet."""
    return _backlog(LEAVES)


def in_steps(seconds: float) -> float:
    """An age rounded down to ten minutes."""
    return seconds - seconds % STEP.total_seconds()


def counted() -> int:
    """The sum of the public counts, but for safe mode."""
    loud = Petition.objects.filter(safe_mode=False).values("pk")
    found = PetitionTally.objects.filter(kind=TallyKind.TOTAL, petition_id__in=loud).aggregate(n=Sum("n"))
    return found["n"] or 0


def rows_by_estimate() -> dict[str, int]:
    """How many rows PostgreSQL thinks there are, by table: as of the last time it looked."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS)
        return dict(cursor.fetchall())


def floods() -> dict[str, int]:
    """How many floods were seen within the hour, by kind."""
    now = FloodIncident.objects.filter(last_at__gt=timezone.now() - OVER_AFTER)
    return dict(now.values_list("kind").annotate(n=Count("pk")))


def _backlog(statement: str) -> Backlog:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        length, seconds = cursor.fetchone()
    return Backlog(length, max(0.0, seconds or 0.0))
