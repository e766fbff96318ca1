"""What became of every signature: the crowd's own count against rows, mails and the number that is shown."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg

from config.rehearsal.crowd import Tally
from config.rehearsal.mail_sink import MailSink

BOOKS: Final = """
SELECT (SELECT count(*) FROM signature), (SELECT count(*) FROM signature WHERE state = 1),
       (SELECT coalesce(sum(n), 0) FROM petition_tally WHERE kind = 'total'),
       (SELECT count(*) FROM leaf_queue), (SELECT count(*) FROM signature WHERE mail_due_at IS NOT NULL),
       (SELECT count(*) FROM mailbox_mail WHERE sending_at IS NULL AND refused_at IS NULL)
"""
COUNTED: Final = "SELECT coalesce(sum(n), 0)::bigint FROM petition_tally WHERE kind = 'total'"


@dataclass(frozen=True)
class Books:
    """Rows, confirmed rows, the number shown, what waits to be counted, and what waits to be mailed."""

    stored: int
    confirmed: int
    counted: int
    uncounted: int
    unmailed: int

    def __sub__(self, before: Books) -> Books:
        return Books(
            self.stored - before.stored,
            self.confirmed - before.confirmed,
            self.counted - before.counted,
            self.uncounted,
            self.unmailed,
        )


def read_books(database: psycopg.Connection[Any]) -> Books:
    """As they are now."""
    row = database.execute(BOOKS).fetchone()
    assert row is not None
    stored, confirmed, counted, uncounted, due, claimed = map(int, row)
    return Books(stored, confirmed, counted, uncounted, due + claimed)


@dataclass
class Lag:
    """How far the number that is shown is behind: sampled while the crowd confirms."""

    before: int
    samples: list[tuple[float, int]] = field(default_factory=list)

    def sample(self, database: psycopg.Connection[Any]) -> None:
        """Note what is counted now."""
        row = database.execute(COUNTED).fetchone()
        assert row is not None
        self.samples.append((time.perf_counter(), int(row[0]) - self.before))

    def longest(self, confirmed: dict[str, float]) -> float:
        """Seconds for which a confirmed signature was not counted yet, at worst, as far as the samples tell."""
        times = sorted(confirmed.values())
        waits = [at - times[counted] for at, counted in self.samples if counted < len(times) and times[counted] < at]
        return max(waits, default=0.0)


@dataclass(frozen=True)
class Outcome:
    """What is left to explain. A healthy rehearsal has zeros throughout; `unmailed_people` got no mail at all."""

    lost: int
    uncounted: int
    miscounted: int
    unmailed_people: int
    mailed_twice: int

    @property
    def clean(self) -> bool:
        """Whether everything that was accepted is stored, mailed once and counted."""
        return not any((self.lost, self.uncounted, self.miscounted, self.unmailed_people, self.mailed_twice))


def outcome(tally: Tally, sink: MailSink, change: Books) -> Outcome:
    """Compare what the crowd was told with what the books say, once nothing waits any more."""
    return Outcome(
        lost=max(0, len(tally.accepted) - change.stored),
        uncounted=max(0, len(tally.confirmed) - change.confirmed),
        miscounted=abs(change.confirmed - change.counted),
        unmailed_people=len(tally.accepted.keys() - sink.mails.keys()),
        mailed_twice=sum(1 for mails in sink.mails.values() if mails > 1),
    )
