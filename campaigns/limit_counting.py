"""Counts of this hour in the memory of each process, shared through the database once a second.

Counting asks nobody: a process adds in memory, and `share` sends what was added in one statement that answers with the
totals of all processes, and reads those of what it met lately. While the database is away, counting goes on with what
the process knows; what waits to be sent is sent later. The first two of a count are not sent at all, so that most
networks, from which one person signs, leave no trace even in the table that lives a day. So a limit may be passed by
what comes within a second, and by two in each process.

Before a process has learnt the key of the day it counts under one of its own, and starts anew with the real one.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection

from campaigns.limits import KEY_BYTES, DayKey, day_key, forget_day_key, known_day_key

SHARED_FROM: Final = 3
MOST_LEARNT: Final = 1000  # counts a second that are read, the latest first
IDLE_SECONDS: Final = 60.0  # nothing is read while nothing comes
MOST_KEPT: Final = 200_000  # counts in memory; past this the oldest are forgotten
DAY_SECONDS: Final = 86_400

SHARE = """
INSERT INTO limit_count AS c (day, kind, hash, hour, n)
SELECT k.day, d.kind, d.hash, d.hour, d.n
FROM limit_key k,
     unnest(%(kinds)s::text[], %(hashes)s::bytea[], %(hours)s::smallint[], %(ns)s::int[]) AS d (kind, hash, hour, n)
WHERE k.day = (now() AT TIME ZONE 'UTC')::date AND sha256(k.key) = %(key)s::bytea
ORDER BY d.kind, d.hash, d.hour
ON CONFLICT (day, kind, hash, hour) DO UPDATE SET n = least(c.n::bigint + EXCLUDED.n, 2147483647)
RETURNING c.kind, c.hash, c.hour, c.n
"""
LEARN = """
SELECT c.kind, c.hash, c.hour, c.n
FROM limit_key k JOIN limit_count c ON c.day = k.day
JOIN unnest(%(kinds)s::text[], %(hashes)s::bytea[], %(hours)s::smallint[]) AS d (kind, hash, hour)
     ON c.kind = d.kind AND c.hash = d.hash AND c.hour = d.hour
WHERE k.day = (now() AT TIME ZONE 'UTC')::date AND sha256(k.key) = %(key)s::bytea
"""


@dataclass(slots=True)
class _Count:
    shared: int = 0  # the last known total of all processes
    waiting: int = 0  # counted here and not sent yet

    @property
    def total(self) -> int:
        return self.shared + self.waiting


Name = tuple[str, bytes, int]


@dataclass(frozen=True, slots=True)
class Names:
    """What stands for some counts, in the hour and under the key that it was made with."""

    key: bytes = field(repr=False)
    hour: int
    names: tuple[Name, ...] = field(repr=False)


class Counts:
    """Counts of the present hour. One object serves all threads of a process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._key = _own_key()
        self._hour = _hour(self._key)
        self._counts: OrderedDict[Name, _Count] = OrderedDict()
        self._added_at = -IDLE_SECONDS

    def named(self, *wanted: tuple[str, tuple[bytes, ...]]) -> Names:
        """Names of counts of the present hour, each given as its kind and the parts of what is counted. They serve to
        look and to count, since a hash costs more than both."""
        with self._guard:
            key, hour = self._key_now(), self._hour
        return Names(key.key, hour, tuple((kind, key.hash(*parts), hour) for kind, parts in wanted))

    def totals(self, names: Names) -> list[int]:
        """How often each was counted in its hour, as far as this process knows."""
        with self._guard:
            found = [self._counts.get(name) for name in names.names]
        return [0 if count is None else count.total for count in found]

    def add(self, names: Names) -> None:
        """Count each once more; nothing once their hour or day has ended."""
        with self._guard:
            if self._key_now().key != names.key or self._hour != names.hour:
                return
            for name in names.names:
                count = self._counts.setdefault(name, _Count())
                self._counts.move_to_end(name)
                count.waiting += 1
            self._added_at = time.monotonic()
            while len(self._counts) > MOST_KEPT:
                self._counts.popitem(last=False)

    def seconds_left(self) -> int:
        """Until the present hour ends and its counts with it; at least one."""
        with self._guard:
            left = self._key_now().ends - time.monotonic()
        return max(1, int(left % 3600))

    def share(self) -> None:
        """Send what was added and take the totals of all processes. Raises DatabaseError; nothing is lost by it."""
        key = day_key()
        sent, met = self._take(), self._met_lately()
        try:
            totals = _shared(key, sent) if sent else {}
        except BaseException:
            self._settle(sent, {})
            raise
        if sent and not totals:  # a crash of the database has emptied the tables: another key is made
            forget_day_key()
        self._settle({} if totals else sent, totals)
        if others := [name for name in met if name not in totals]:
            self._settle({}, _learnt(key, others))

    def forget(self) -> None:
        """Start anew."""
        with self._guard:
            self._counts.clear()
            self._key = _own_key()

    def _take(self) -> dict[Name, int]:
        with self._guard:
            self._key_now()
            sent = {
                name: count.waiting
                for name, count in self._counts.items()
                if count.waiting and count.total >= SHARED_FROM
            }
            for name in sent:
                self._counts[name].shared += sent[name]
                self._counts[name].waiting = 0
        return sent

    def _met_lately(self) -> list[Name]:
        with self._guard:
            if time.monotonic() - self._added_at > IDLE_SECONDS:
                return []
            return list(itertools.islice(reversed(self._counts), MOST_LEARNT))

    def _settle(self, unsent: dict[Name, int], totals: dict[Name, int]) -> None:
        with self._guard:
            for name, n in unsent.items():
                if (count := self._counts.get(name)) is not None:
                    count.shared -= n
                    count.waiting += n
            for name, total in totals.items():
                if (count := self._counts.get(name)) is not None:
                    count.shared = total

    def _key_now(self) -> DayKey:
        """With the guard held: the key to count under. Another key names everything anew and another hour counts
        anew, so what was counted goes."""
        known = known_day_key()
        if known is None:
            known = _own_key() if self._key.is_over else self._key
        hour = _hour(known)
        if hour != self._hour or known.key != self._key.key:
            self._counts.clear()
        self._key, self._hour = known, hour
        return known


def _hour(key: DayKey) -> int:
    """0 to 23, by how much of the database's day is left."""
    return max(0, min(23, 23 - int((key.ends - time.monotonic()) // 3600)))


def _own_key() -> DayKey:
    """A key that only this process has, for the time before it knows the day's; its day is the process's own."""
    now = datetime.now(UTC)
    left = DAY_SECONDS - (now - now.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
    return DayKey(now.date(), os.urandom(KEY_BYTES), time.monotonic() + left)


def _shared(key: DayKey, sent: dict[Name, int]) -> dict[Name, int]:
    return _totals(SHARE, key, list(sent), ns=list(sent.values()))


def _learnt(key: DayKey, names: list[Name]) -> dict[Name, int]:
    return _totals(LEARN, key, names)


def _totals(statement: str, key: DayKey, names: list[Name], **more: list[int]) -> dict[Name, int]:
    kinds, hashes, hours = (list(part) for part in zip(*names, strict=True))
    named: Mapping[str, Any] = {"kinds": kinds, "hashes": hashes, "hours": hours, **more}
    with connection.cursor() as cursor:
        cursor.execute(statement, {**named, "key": hashlib.sha256(key.key).digest()})
        return {(kind, bytes(hash), hour): n for kind, hash, hour, n in cursor.fetchall()}


counts: Final = Counts()
