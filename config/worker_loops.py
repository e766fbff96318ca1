"""The worker's loops: each in a thread of its own, watched, and tried again after a failure.

A failure is expected (a mail server restarts, a database moves) and costs nothing but time: every loop takes its work
from tables, in steps that leave nothing behind when they break off. So any number of workers may run, and any of them
may be killed.
"""

from __future__ import annotations

import contextlib
import logging
import random
import threading
import time
from collections.abc import Callable, Sequence

from django.db import Error as DatabaseTrouble
from django.db import connections

from campaigns.failure_kinds import kind_of
from campaigns.worker_state import LoopName, report_failure, report_work

logger = logging.getLogger("upstander.worker")

REPORT_SECONDS = 10.0
FIRST_BACK_OFF = 0.5
LONGEST_BACK_OFF = 30.0
END_SECONDS = 2.0
# A mail server may take its time to answer for what it was sent, and cutting that off may lose the mail.
LONGEST_END_SECONDS = 10.0


def _nothing() -> None:
    """Most loops leave nothing open."""


def _breakable() -> bool:
    """Most loops may be cut off anywhere."""
    return False


class Loop:
    """One kind of work, done again and again. `step` returns whether there may be more of it at once."""

    def __init__(
        self,
        name: LoopName,
        step: Callable[[], bool],
        rest: float,
        close: Callable[[], None] = _nothing,
        must_finish: Callable[[], bool] = _breakable,
    ) -> None:
        self.name, self._step, self._rest, self._close, self.must_finish = name, step, rest, close, must_finish
        self._failures = 0
        self._reported_at = -REPORT_SECONDS

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop."""
        while not stop.is_set():
            stop.wait(self._pass())
        self._close()

    def _pass(self) -> float:
        """One step; returns how long to rest after it, in seconds."""
        try:
            more = self._step()
            self._worked()
        except Exception as problem:
            return self._failed(problem)
        finally:
            connections.close_all()  # back to the pool: a thread must not keep one while it rests
        return 0.0 if more else self._rest

    def _worked(self) -> None:
        if self._failures:
            logger.info("The %s works again after %d failures", self.name, self._failures)
        if self._failures or time.monotonic() - self._reported_at >= REPORT_SECONDS:
            report_work(self.name)
            self._reported_at = time.monotonic()
        self._failures = 0

    def _failed(self, problem: Exception) -> float:
        self._failures += 1
        kind = kind_of(problem)
        if self._failures == 1:
            logger.warning("The %s fails and is tried again: %s", self.name, kind)
        with contextlib.suppress(DatabaseTrouble):  # where the database is away, /healthz says that itself
            report_failure(self.name, kind)
        return back_off(self._failures)


def back_off(failures: int) -> float:
    """Seconds until the next try: doubled each time up to a bound, spread so that workers do not come together."""
    return min(FIRST_BACK_OFF * 2.0 ** min(failures - 1, 10), LONGEST_BACK_OFF) * random.uniform(0.5, 1)  # noqa: S311


def run_until(asked_to_end: Callable[[], None], loops: Sequence[Loop], stop: threading.Event) -> None:
    """Run each loop in a thread of its own until `asked_to_end` returns, then end them, in about a second."""
    threads = {threading.Thread(target=loop.run, args=[stop], name=loop.name, daemon=True): loop for loop in loops}
    for thread in threads:
        thread.start()
    asked_to_end()
    stop.set()
    asked = time.monotonic()
    while running := [loop for thread, loop in threads.items() if thread.is_alive()]:
        waited = time.monotonic() - asked
        if waited > LONGEST_END_SECONDS or (waited > END_SECONDS and not any(loop.must_finish() for loop in running)):
            names = ", ".join(loop.name for loop in running)
            logger.warning("Cut off while ending: %s. What they left undone is taken up again", names)
            return
        time.sleep(0.02)
