"""Whether the numbers agree: rows and their stubs, what waits, the log's leaves, and the tallies that are shown.

Everything is read from one snapshot (PostgreSQL manual, 13.2.2, repeatable read), so traffic makes no false alarm.
This counts rows, for a nightly look at the books; no number that is shown comes from here.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

# Each statement gives petition, what should be equal, the number the books say, and the number found; only
# differences are returned. A removal whose leaf is gone still stands in the tallies until the sequencer takes it.
_TALLIES = """
    WITH books AS (
        SELECT petition_id, n, country, lang FROM leaf_row WHERE counted
        UNION ALL
        SELECT q.petition_id, q.n, q.country, q.lang FROM leaf_queue q
        WHERE q.kind = 'remove' AND NOT EXISTS (
            SELECT FROM leaf_row l WHERE l.petition_id = q.petition_id AND l.entry_index = q.target)
    ), expected AS (
        SELECT petition_id, kind, key, sum(n) AS n
        FROM books, LATERAL (VALUES ('total', ''), ('country', country), ('lang', lang)) v(kind, key)
        WHERE key IS NOT NULL GROUP BY petition_id, kind, key
    )
    SELECT petition_id, concat_ws(' ', 'tally', kind, nullif(key, '')), coalesce(e.n, 0), coalesce(t.n, 0)
    FROM expected e FULL JOIN petition_tally t USING (petition_id, kind, key)
    WHERE coalesce(e.n, 0) <> coalesce(t.n, 0)
"""
_UNBOOKED = """
    SELECT s.petition_id, 'confirmed signatures that are not in the log once', 0, count(*)
    FROM signature s LEFT JOIN leaf_row l ON l.signature_id = s.id LEFT JOIN leaf_queue q ON q.signature_id = s.id
    WHERE s.state = 1 AND NOT CASE q.kind WHEN 'sign' THEN l.signature_id IS NULL WHEN 'restore' THEN l.counted IS FALSE
                                          WHEN 'remove' THEN false ELSE l.counted IS TRUE END
    GROUP BY s.petition_id
"""
_UNSIGNED = """
    SELECT petition_id, 'counted entries without a confirmed signature', 0, count(*)
    FROM leaf_row l LEFT JOIN leaf_queue q USING (petition_id, signature_id)
    WHERE l.counted AND l.signature_id IS NOT NULL AND q.kind IS DISTINCT FROM 'remove'
      AND NOT EXISTS (SELECT FROM signature s
                      WHERE s.id = l.signature_id AND s.petition_id = l.petition_id AND s.state = 1)
    GROUP BY petition_id
"""
_QUEUED = """
    SELECT petition_id, 'waiting entries without their signature', 0, count(*)
    FROM leaf_queue q
    WHERE q.signature_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM signature s WHERE s.id = q.signature_id AND s.petition_id = q.petition_id
                                                AND s.state = CASE q.kind WHEN 'remove' THEN 2 ELSE 1 END)
    GROUP BY petition_id
"""
_HEADS = """
    SELECT petition_id, 'size of the log', max(entry_index) + 1, coalesce(max(size), 0)
    FROM leaf_row LEFT JOIN ledger_head USING (petition_id)
    GROUP BY petition_id HAVING max(entry_index) >= coalesce(max(size), 0)
"""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Two numbers of a petition that should be the same."""

    petition_id: int
    what: str
    expected: int
    found: int

    def __str__(self) -> str:
        return f"petition {self.petition_id}: {self.what}: {self.found}, should be {self.expected}"


def check_counts() -> list[Mismatch]:
    """Every disagreement, by petition; an empty list when all is well."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")  # one processor is enough for it
        found = []
        for statement in (_TALLIES, _UNBOOKED, _UNSIGNED, _QUEUED, _HEADS):
            cursor.execute(statement)
            found += [Mismatch(row[0], row[1], int(row[2]), int(row[3])) for row in cursor.fetchall()]
    return sorted(found, key=lambda mismatch: (mismatch.petition_id, mismatch.what))
