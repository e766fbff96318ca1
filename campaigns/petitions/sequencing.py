"""The sequencer: takes confirmed signatures from the queue, in shuffled batches, and moves count, tallies and log.

Everything a batch does is one transaction per petition under the lock of its `ledger_head`: entries leave the queue,
leaves appear, tallies move. A sequencer that is killed leaves the queue as it was; a second one skips the petitions
the first has in hand; one petition's failure stops only that one. Signature rows are neither locked nor written, so a
signer's next post never waits for this. Source: PostgreSQL manual, 13.3.2 (row locks) and SELECT, SKIP LOCKED.
"""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from campaigns.petitions.ledger_queue import Kind, LeafRow
from campaigns.petitions.lingering import Departure, Queue, departure
from campaigns.petitions.petitions import Linger
from campaigns.petitions.tallies import TOTAL, Tally, TallyKind, move

log = logging.getLogger("upstander.sequencer")

BATCH = 5000

DUE = """
SELECT q.petition_id, p.linger, count(*), min(q.queued_at),
       count(*) FILTER (WHERE q.kind <> 'remove' AND q.queued_at < date_trunc('hour', moment, 'UTC')), moment
FROM leaf_queue q JOIN petition p ON p.id = q.petition_id, coalesce(%(now)s::timestamptz, statement_timestamp()) moment
GROUP BY q.petition_id, p.linger, moment
"""
TAKE = """
DELETE FROM leaf_queue WHERE id IN (
    SELECT id FROM leaf_queue
    WHERE petition_id = %(petition)s AND queued_at <= coalesce(%(before)s::timestamptz, 'infinity')
      AND (%(removals)s::bool OR kind <> 'remove')
    ORDER BY id LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
RETURNING kind, signature_id, target, n, country, lang
"""
ADD = """
INSERT INTO leaf_row (petition_id, entry_index, signature_id, n, country, lang)
SELECT %s, * FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::text[], %s::text[])
"""
# A withdrawn leaf is gone already; what a moderator took out stays and counts no more.
REMOVE = "UPDATE leaf_row SET counted = false WHERE petition_id = %s AND entry_index = ANY(%s::bigint[])"
SETTLE = "UPDATE leaf_row SET counted = true, country = %s WHERE petition_id = %s AND entry_index = %s"
GROW = "UPDATE ledger_head SET size = size + %s, moved_at = now() WHERE petition_id = %s"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something taken from the queue."""

    kind: str
    signature_id: int | None
    target: int | None
    n: int
    country: str | None
    lang: str | None


def sequence_due(now: datetime | None = None) -> int:
    """One pass over the petitions with entries that may leave; how many left. `now` is the database's clock."""
    moved = 0
    for petition_id, leaving in _departures(now):
        try:
            moved += sequence(petition_id, leaving)
        except Exception as problem:  # one bad log stops only itself
            log.error("petition %d: its count and log did not move: %s", petition_id, type(problem).__name__)
            if not connection.is_usable():
                raise
    return moved


def sequence(petition_id: int, leaving: Departure | None = None) -> int:
    """Move what waits for one petition, whatever its linger if `leaving` is not given; how many entries left.

    Does nothing while another sequencer has the petition in hand.
    """
    moved = 0
    while taken := _batch(petition_id, leaving or Departure()):
        moved += taken
        if taken < BATCH:
            break
    return moved


def _departures(now: datetime | None) -> list[tuple[int, Departure]]:
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"now": now})
        rows = cursor.fetchall()
    found = [(row[0], departure(Linger(row[1]), Queue(*row[2:5]), row[5])) for row in rows]
    return [(petition_id, leaving) for petition_id, leaving in found if leaving is not None]


@transaction.atomic
def _batch(petition_id: int, leaving: Departure) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT size FROM ledger_head WHERE petition_id = %s FOR UPDATE SKIP LOCKED", [petition_id])
        head = cursor.fetchone()
        if head is None:
            return 0
        cursor.execute(
            TAKE,
            {"petition": petition_id, "before": leaving.before, "removals": leaving.removals, "batch": BATCH},
        )
        entries = [Entry(*row) for row in cursor.fetchall()]
    if entries:
        secrets.SystemRandom().shuffle(entries)
        _apply(petition_id, head[0], entries)
    return len(entries)


def _apply(petition_id: int, size: int, entries: list[Entry]) -> None:
    """Append the entries from index `size` on and move the numbers with them."""
    changes = _changes(petition_id, entries)  # before the leaves change: a move of country needs the old one
    logged = [entry for entry in entries if entry.kind != Kind.COUNTRY]
    added = [(size + i, entry) for i, entry in enumerate(logged) if entry.kind in (Kind.SIGN, Kind.PAPER)]
    removed = [entry.target for entry in entries if entry.kind == Kind.REMOVE]
    settled = [entry for entry in entries if entry.kind in (Kind.RESTORE, Kind.COUNTRY)]
    with connection.cursor() as cursor:
        cursor.execute(ADD, [petition_id, *_columns(added)])
        cursor.execute(REMOVE, [petition_id, removed])
        cursor.executemany(SETTLE, [(entry.country, petition_id, entry.target) for entry in settled])
        cursor.execute(GROW, [len(logged), petition_id])
    move(petition_id, changes)


def _columns(added: list[tuple[int, Entry]]) -> list[list[Any]]:
    return [
        [index for index, _entry in added],
        [entry.signature_id for _index, entry in added],
        [entry.n for _index, entry in added],
        [entry.country for _index, entry in added],
        [entry.lang for _index, entry in added],
    ]


def _changes(petition_id: int, entries: list[Entry]) -> Counter[Tally]:
    """What the entries add to each number."""
    changes: Counter[Tally] = Counter()
    for entry in entries:
        if entry.kind == Kind.COUNTRY:
            _count(changes, TallyKind.COUNTRY, _country_now(petition_id, entry), -entry.n)
            _count(changes, TallyKind.COUNTRY, entry.country, entry.n)
            continue
        number = -entry.n if entry.kind == Kind.REMOVE else entry.n
        changes[TOTAL] += number
        _count(changes, TallyKind.COUNTRY, entry.country, number)
        _count(changes, TallyKind.LANG, entry.lang, number)
    return changes


def _count(changes: Counter[Tally], kind: TallyKind, key: str | None, number: int) -> None:
    if key is not None:
        changes[kind, key] += number


def _country_now(petition_id: int, entry: Entry) -> str | None:
    leaves = LeafRow.objects.filter(petition_id=petition_id).values_list("country", flat=True)
    return leaves.get(entry_index=entry.target or 0)
