"""How the worker's loops are doing, for whoever watches the installation: one row per loop, whoever runs it.

A row says when the loop last did its work and, while it fails, since when and with what kind of error. Never the
error's text: it can quote a value.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F
from django.db.models.functions import Coalesce, Least, Now
from django.utils import timezone

MOST_FAILURES = 1_000_000


class LoopName(enum.StrEnum):
    """The loops of the worker. `expiry` is the clock's hourly job: personal data that nobody confirmed goes. `books` is
    its nightly one: rows, log and numbers are compared, and fail it where they disagree."""

    MAILER = "mailer"
    SEQUENCER = "sequencer"
    CLOCK = "clock"
    EXPIRY = "expiry"
    BOOKS = "books"


# The first two report every ten seconds when all is well, the clock every minute.
SILENT_AFTER = {
    LoopName.MAILER: timedelta(minutes=2),
    LoopName.SEQUENCER: timedelta(minutes=2),
    LoopName.CLOCK: timedelta(minutes=3),
    LoopName.EXPIRY: timedelta(hours=3),
    LoopName.BOOKS: timedelta(days=2),
}


class LoopCondition(enum.StrEnum):
    """`silent` means that no worker has reported for a while: most likely none runs."""

    RUNNING = "running"
    FAILING = "failing"
    SILENT = "silent"


class WorkerLoop(models.Model):
    """The latest report about one loop."""

    name = models.CharField(max_length=20, primary_key=True)
    worked_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    problem = models.CharField(max_length=80, blank=True)

    class Meta:
        db_table = "worker_loop"

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class LoopState:
    """What to tell about a loop. `worked_at`: its last good work, None if there never was any."""

    name: LoopName
    condition: LoopCondition
    worked_at: datetime | None
    problem: str


def report_work(name: LoopName) -> None:
    """The loop has just done its work."""
    _report(name, worked_at=Now(), failing_since=None, failures=0, problem="")


def report_failure(name: LoopName, problem: str) -> None:
    """The loop has just failed; `problem` names the kind of error."""
    _report(
        name,
        failing_since=Coalesce(F("failing_since"), Now()),
        failures=Least(F("failures") + 1, MOST_FAILURES),
        problem=problem[:80],
    )


def loop_states(now: datetime | None = None) -> list[LoopState]:
    """Every loop there should be, whether it ever reported or not."""
    now = now or timezone.now()
    rows = WorkerLoop.objects.in_bulk([name.value for name in LoopName])
    return [_state(name, rows.get(name.value), now) for name in LoopName]


def worked_within(name: LoopName, age: timedelta) -> bool:
    """Whether the loop's last report is a good one and not older than this."""
    return WorkerLoop.objects.filter(name=name.value, failures=0, worked_at__gt=timezone.now() - age).exists()


def has_reported(name: LoopName) -> bool:
    """Whether it ever did its work or failed to."""
    return WorkerLoop.objects.filter(name=name.value).exists()


def _state(name: LoopName, row: WorkerLoop | None, now: datetime) -> LoopState:
    if row is None:
        return LoopState(name, LoopCondition.SILENT, None, "")
    if row.failures:
        return LoopState(name, LoopCondition.FAILING, row.worked_at, row.problem)
    silent = row.worked_at is None or now - row.worked_at > SILENT_AFTER[name]
    return LoopState(name, LoopCondition.SILENT if silent else LoopCondition.RUNNING, row.worked_at, "")


def _report(name: LoopName, **changes: object) -> None:
    row = WorkerLoop.objects.filter(name=name.value)
    if not row.update(**changes):
        WorkerLoop.objects.bulk_create([WorkerLoop(name=name.value)], ignore_conflicts=True)
        row.update(**changes)
