"""Notices removals: a number that changes whenever something must vanish from public pages at once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import connections

logger = logging.getLogger("upstander.page_cache")


class RemovalWatch:
    """Reads ``generation`` every ``seconds`` in a thread of its own and calls ``on_change`` when the number is new.

    A read that fails is logged once by the type of its error, and tried again; until it works nothing is called.
    The first number counts as new, since nobody knows what was before it.
    """

    def __init__(self, generation: Callable[[], int], on_change: Callable[[], None], seconds: float) -> None:
        self._generation, self._on_change, self._seconds = generation, on_change, seconds
        self._known: int | None = None
        self._failing_with: str | None = None
        self._stop = threading.Event()
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Starts the thread unless it runs. Called at a request, so that it runs in the process that serves."""
        if self._thread is not None:
            return
        with self._start:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="removals", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Ends the thread for good."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._poll()
            self._stop.wait(self._seconds)

    def _poll(self) -> None:
        try:
            number = self._read()
        except Exception as error:
            self._report(type(error).__name__)
            return
        self._failing_with = None
        if number != self._known:
            self._known = number
            self._on_change()

    def _read(self) -> int:
        try:
            return self._generation()
        finally:
            connections.close_all()  # back to the pool: a thread must not keep one while it sleeps

    def _report(self, kind: str) -> None:
        if kind != self._failing_with:
            logger.warning("The number of removals cannot be read (%s); kept pages are served meanwhile", kind)
        self._failing_with = kind
