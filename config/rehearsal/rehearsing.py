"""One rehearsal from start to end: sign, mail, confirm, count."""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import psycopg

from config.rehearsal.books import Books, Lag, Outcome, outcome, read_books
from config.rehearsal.crowd import Crowd
from config.rehearsal.mail_sink import MailSink
from config.rehearsal.stack import LOOPBACK, Stack

SAMPLE_SECONDS: Final = 0.25
DRAIN_SECONDS: Final = 120
Disturbance = Callable[[Stack], Awaitable[None]]


@dataclass(frozen=True)
class Figures:
    """What a rehearsal measured. Rates a second, times in milliseconds, `count_lag` in seconds."""

    asked: float
    accepted: int
    accepted_rate: float
    p50: float
    p95: float
    p99: float
    confirmed: int
    confirm_p99: float
    count_lag: float
    failures: int
    broken: int
    outcome: Outcome

    @property
    def clean(self) -> bool:
        """Whether nothing failed and nothing is missing."""
        return self.outcome.clean and not self.failures and not self.broken


def rehearse(
    var: Path,
    seconds: float,
    rate: float,
    disturb: Disturbance | None = None,
    *,
    host: str = LOOPBACK,
    workers: int = 1,
) -> Figures:
    """Run a rehearsal in a folder of its own, and end whatever it started. Raises StackFailed.

    `disturb` is run beside the crowd again and again, and always to its end.
    """
    plan = _Plan(seconds, rate, disturb, host)
    with ThreadPoolExecutor(1) as own:  # the caller's thread may have an event loop at work already
        return own.submit(asyncio.run, _rehearse(plan, lambda mail_port: Stack(var, mail_port, workers))).result()


def last_run(var: Path) -> dict[str, Any] | None:
    """The figures of the rehearsal before; None if there was none."""
    try:
        found: dict[str, Any] = json.loads((var / "last-rehearsal.json").read_text())
    except (OSError, ValueError):
        return None
    return found


def keep_run(var: Path, figures: Figures) -> None:
    """For the next one to compare with."""
    (var / "last-rehearsal.json").write_text(json.dumps({**asdict(figures), "at": time.time()}))


@dataclass(frozen=True)
class _Plan:
    seconds: float
    rate: float
    disturb: Disturbance | None
    host: str


async def _rehearse(plan: _Plan, made: Callable[[int], Stack]) -> Figures:
    crowd: Crowd | None = None
    sink = MailSink(lambda address, link: crowd.mailed(address, link) if crowd else None)
    stack = made(await sink.start())
    try:
        await asyncio.to_thread(stack.start)
        text = await asyncio.to_thread(stack.wait_until_serving)
        crowd = Crowd(stack.port, text, plan.rate, host=plan.host)
        return await _run(stack, sink, crowd, plan)
    finally:
        await asyncio.to_thread(stack.stop)
        sink.stop()


async def _run(stack: Stack, sink: MailSink, crowd: Crowd, plan: _Plan) -> Figures:
    before = await asyncio.to_thread(_books, stack)
    lag = Lag(before.counted)
    beside = [asyncio.create_task(crowd.confirm()), asyncio.create_task(_sample(stack, lag))]
    signing = asyncio.create_task(crowd.sign_for(plan.seconds))
    began = time.perf_counter()
    try:
        while plan.disturb is not None and not signing.done():
            await plan.disturb(stack)
        await signing
        took = time.perf_counter() - began
        change = await _drained(stack, crowd, before)
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
    return _figures(crowd, sink, lag, took, change)


async def _sample(stack: Stack, lag: Lag) -> None:
    """A database that is away is asked again: somebody may be ending it on purpose."""
    while True:
        with contextlib.suppress(psycopg.Error):
            database = await asyncio.to_thread(stack.database)
            with database:
                while True:
                    await asyncio.to_thread(lag.sample, database)
                    await asyncio.sleep(SAMPLE_SECONDS)
        await asyncio.sleep(SAMPLE_SECONDS)


async def _drained(stack: Stack, crowd: Crowd, before: Books) -> Books:
    """Wait until every mail has left, every button is pressed and every entry is counted, or time is over."""
    deadline = time.perf_counter() + DRAIN_SECONDS
    change, still = read_nothing(), 0
    while time.perf_counter() < deadline and still < 3:
        await asyncio.sleep(1)
        with contextlib.suppress(psycopg.Error):
            now = (await asyncio.to_thread(_books, stack)) - before
            rests = not now.unmailed and not now.uncounted and now == change and crowd.pending == 0
            change, still = now, still + 1 if rests else 0
    return change


def read_nothing() -> Books:
    """Books of which nothing was read yet."""
    return Books(-1, -1, -1, -1, -1)


def _books(stack: Stack) -> Books:
    with stack.database() as database:
        return read_books(database)


def _figures(crowd: Crowd, sink: MailSink, lag: Lag, took: float, change: Books) -> Figures:
    tally = crowd.tally
    signed = tally.sign_times or [float("nan")]
    pressed = tally.confirm_times or [float("nan")]
    return Figures(
        asked=crowd.rate,
        accepted=len(tally.accepted),
        accepted_rate=len(tally.accepted) / took,
        p50=statistics.median(signed),
        p95=percentile(signed, 95),
        p99=percentile(signed, 99),
        confirmed=len(tally.confirmed),
        confirm_p99=percentile(pressed, 99),
        count_lag=lag.longest(tally.confirmed),
        failures=sum(tally.failures.values()),
        broken=tally.broken,
        outcome=outcome(tally, sink, change),
    )


def percentile(values: list[float], part: int) -> float:
    """The value under which `part` percent of them lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * part // 100)]
