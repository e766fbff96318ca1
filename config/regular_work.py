"""Work that a web process does every second in a thread of its own, beside its requests."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import connections

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger("upstander.regular_work")


class RegularWork:
    """Does each act every ``seconds``. One that fails is logged once by the type of its error, and tried again; it
    keeps no other from its turn."""

    def __init__(self, acts: Sequence[Callable[[], object]], *, seconds: float, name: str) -> None:
        self._acts, self._seconds, self._name = acts, seconds, name
        self._failing: dict[int, str] = {}
        self._stop = threading.Event()
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Starts the thread unless it runs. Called at a request, so that it runs in the process that serves."""
        if self._thread is not None:
            return
        with self._start:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Ends the thread for good."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            for number, act in enumerate(self._acts):
                self._do(number, act)
            connections.close_all()  # back to the pool: a thread must not keep one while it sleeps
            self._stop.wait(self._seconds)

    def _do(self, number: int, act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as error:
            kind = type(error).__name__
            if self._failing.get(number) != kind:
                logger.warning("Regular work (%s, %d) fails and is tried again: %s", self._name, number, kind)
            self._failing[number] = kind
        else:
            self._failing.pop(number, None)


def started_at_request(app: WSGIApplication, works: Sequence[RegularWork]) -> WSGIApplication:
    """The application, which starts each work when the first request comes."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        for work in works:
            work.start()
        return app(environ, start_response)

    return application
