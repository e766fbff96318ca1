"""Counting what abuse does, without keeping who did it.

A counter is named by a keyed hash, HMAC-SHA256(key of the day, parts)[:8]. The day is the database's UTC day; its key
is made in the database once and goes with the day: whoever first asks for a new one empties both tables with TRUNCATE,
which unlinks their files, where DELETE would leave the old key on the disk. Both tables are unlogged (PostgreSQL
manual, CREATE TABLE, UNLOGGED): they are in no write-ahead log and on no replica, and a crash empties them. Accepted:
whoever was near a limit then starts anew.

Every process keeps the key of the day in memory and throws it away when the database's day ends.
"""

from __future__ import annotations

import hmac
import os
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.db import DatabaseError, connection, models, transaction
from django.db.models import Q
from django.db.models.functions import Length

models.BinaryField.register_lookup(Length)

KEY_BYTES: Final = 32
HASH_BYTES: Final = 8
WHOLE_DAY: Final = -1  # the `hour` of a counter that counts a day
MOST: Final = 2**31 - 1

FIND = """
SELECT k.day, k.key,
       extract(epoch FROM (k.day + 1)::timestamp - (now() AT TIME ZONE 'UTC'))::float8
FROM limit_key k WHERE k.day = (now() AT TIME ZONE 'UTC')::date
"""
MAKE = """
INSERT INTO limit_key (day, key) VALUES ((now() AT TIME ZONE 'UTC')::date, %s) ON CONFLICT (day) DO NOTHING
"""
RAISE = """
INSERT INTO limit_count AS c (day, kind, hash, hour, n)
SELECT (now() AT TIME ZONE 'UTC')::date, %(kind)s, d.hash, -1, least(d.n, 2147483647)
FROM unnest(%(hashes)s::bytea[], %(ns)s::bigint[]) AS d (hash, n) ORDER BY d.hash
ON CONFLICT (day, kind, hash, hour) DO UPDATE SET n = least(c.n::bigint + EXCLUDED.n, 2147483647)
RETURNING hash, n
"""
TODAY = """
SELECT hash, n FROM limit_count
WHERE day = (now() AT TIME ZONE 'UTC')::date AND kind = %(kind)s AND hash = ANY(%(hashes)s::bytea[]) AND hour = -1
"""
LOCK_PATIENCE = "SET LOCAL lock_timeout = '1s'"  # a dump holds every table's lock for as long as it runs


class LimitKey(models.Model):
    """The key of the present day."""

    day = models.DateField(primary_key=True)
    key = models.BinaryField(max_length=KEY_BYTES)

    class Meta:
        db_table = "limit_key"
        constraints = [models.CheckConstraint(condition=Q(key__length=KEY_BYTES), name="limit_key_length")]

    def __str__(self) -> str:
        return str(self.day)


class LimitCount(models.Model):
    """How often something happened today, or in one hour of today (UTC). `hash` says what, to who holds the key."""

    pk = models.CompositePrimaryKey("day", "kind", "hash", "hour")
    day = models.DateField()
    kind = models.CharField(max_length=20)
    hash = models.BinaryField(max_length=HASH_BYTES)
    hour = models.SmallIntegerField()
    n = models.IntegerField()

    class Meta:
        db_table = "limit_count"
        constraints = [
            models.CheckConstraint(condition=Q(hash__length=HASH_BYTES), name="limit_count_hash"),
            models.CheckConstraint(condition=Q(hour__range=(WHOLE_DAY, 23)), name="limit_count_hour"),
            models.CheckConstraint(condition=Q(n__gte=0), name="limit_count_n"),
        ]

    def __str__(self) -> str:
        return self.kind


@dataclass(frozen=True, slots=True)
class DayKey:
    """The key of a day and when that day ends, by this process's own clock that nobody sets."""

    day: date
    key: bytes = field(repr=False)
    ends: float

    @property
    def is_over(self) -> bool:
        """Whether the database's day has ended since."""
        return time.monotonic() >= self.ends

    def hash(self, *parts: bytes) -> bytes:
        """Eight bytes that stand for these parts today. Parts are told apart by their lengths."""
        message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.digest(self.key, message, "sha256")[:HASH_BYTES]


_known: DayKey | None = None
_guard = threading.Lock()


def day_hash(*parts: bytes) -> bytes:
    """Eight bytes that stand for these parts in every process until the database's UTC day ends.

    Asks the database once a day. Raises DatabaseError where it is away then.
    """
    return day_key().hash(*parts)


def raise_counter(kind: str, hash: bytes, by: int = 1) -> int:
    """Add to a counter of the day and return its new total, over all processes: one statement.

    Call it outside a transaction: a rollback would take back what was tried. Raises DatabaseError.
    """
    return raise_counters(kind, {hash: by})[hash]


def raise_counters(kind: str, by: Mapping[bytes, int]) -> dict[bytes, int]:
    """The same for several counters of one kind at once."""
    return _counters(RAISE, kind, list(by), ns=list(by.values())) if by else {}


def counters_today(kind: str, hashes: Collection[bytes]) -> dict[bytes, int]:
    """What these counters of the day stand at; one that nobody has raised is left out. Raises DatabaseError."""
    return _counters(TODAY, kind, list(hashes)) if hashes else {}


def _counters(statement: str, kind: str, hashes: list[bytes], **more: list[int]) -> dict[bytes, int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"kind": kind, "hashes": hashes, **more})
        return {bytes(hash): int(n) for hash, n in cursor.fetchall()}


def day_key() -> DayKey:
    """The key of the present day, made if nobody has made it yet. Raises DatabaseError."""
    global _known
    known = _known
    if known is None or known.is_over:
        with _guard:
            known = _known
            if known is None or known.is_over:
                known = _known = _stored() or _made()
    return known


def known_day_key() -> DayKey | None:
    """The same, if this process knows it already: asks nobody."""
    known = _known
    return None if known is None or known.is_over else known


def forget_day_key() -> None:
    """Ask the database next time: the key is not the stored one any more."""
    global _known
    _known = None


def clear_past_days() -> None:
    """Leave nothing of an earlier day, whether or not anybody asked for a key today. For the worker's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM limit_key WHERE day < (now() AT TIME ZONE 'UTC')::date)")
        (stale,) = cursor.fetchone()
    if stale:
        _turn_day()


def _stored() -> DayKey | None:
    with connection.cursor() as cursor:
        cursor.execute(FIND)
        row = cursor.fetchone()
    return None if row is None else DayKey(row[0], bytes(row[1]), time.monotonic() + row[2])


def _made() -> DayKey:
    """Of any number of processes at midnight, one makes the key and the others wait for it or find it."""
    try:
        _turn_day()
    except DatabaseError:  # the tables are locked: what is old goes at the worker's next minute
        with connection.cursor() as cursor:
            cursor.execute(MAKE, [os.urandom(KEY_BYTES)])
    return _stored() or _made()


@transaction.atomic
def _turn_day() -> None:
    """Empty the tables of every earlier day; today's key, if there is one, stays."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_PATIENCE)
        cursor.execute("LOCK TABLE limit_key IN ACCESS EXCLUSIVE MODE")
        today = _stored()
        cursor.execute("SELECT count(*) FROM limit_key")
        (keys,) = cursor.fetchone()
        if today is not None and keys == 1:
            return
        cursor.execute("TRUNCATE limit_key")
        if today is None:
            cursor.execute("TRUNCATE limit_count")
        else:
            cursor.execute("DELETE FROM limit_count WHERE day < %s", [today.day])
        cursor.execute(MAKE, [os.urandom(KEY_BYTES) if today is None else today.key])
