"""What a clock calls for, run by procrastinate: each job once, however many workers there are.

The jobs are found by their name in the database; an argument of a job is a number or an id, never a person's data.
Their list stands in `config.worker_jobs`.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading

from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from campaigns.worker_state import LoopName, report_work

CONNECTIONS = 4  # one listens, the others fetch and settle jobs
AT_ONCE = 3  # a job that packs a report or checks the books takes its time; what is due each minute must not wait
GRACE_SECONDS = 5.0
GLANCE_SECONDS = 0.2


class ClockStopped(Exception):
    """Procrastinate's worker ended by itself; it is started again."""


def run_clock(stop: threading.Event) -> bool:
    """Run jobs until told to stop. Raises ClockStopped or the database's errors; nothing is lost by either."""
    report_work(LoopName.CLOCK)
    asyncio.run(_run(stop, _connector()))
    return False


def _connector() -> PsycopgConnector:
    """Past a pooler, since LISTEN needs a connection of its own; else where Django connects to."""
    if settings.DATABASE_DIRECT_URL:
        return PsycopgConnector(conninfo=settings.DATABASE_DIRECT_URL, min_size=1, max_size=CONNECTIONS)
    return PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=CONNECTIONS)


async def _run(stop: threading.Event, connector: PsycopgConnector) -> None:
    jobs = asyncio.create_task(_run_jobs(connector))
    while not jobs.done() and not stop.is_set():
        await asyncio.wait([jobs], timeout=GLANCE_SECONDS)
    if stop.is_set():
        jobs.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await jobs
    else:
        await jobs
        raise ClockStopped


async def _run_jobs(connector: PsycopgConnector) -> None:
    async with app.with_connector(connector).open_async() as working:
        await working.run_worker_async(
            concurrency=AT_ONCE,
            install_signal_handlers=False,
            delete_jobs="successful",
            shutdown_graceful_timeout=GRACE_SECONDS,
        )
