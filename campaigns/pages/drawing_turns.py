"""Turns for what costs a processor a while to draw: pictures and PDF. Few at a time; who waits too long is sent off."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpResponse


class NoTurn(Exception):
    """All turns are taken, and nobody gave one back in time."""


class Turns:
    """At most `most` threads of this process at once; others wait up to `patience` seconds, then get NoTurn.

    So a crowd that asks for many different pictures takes some threads of a process for a while, never all its time.
    """

    def __init__(self, most: int, patience: float) -> None:
        self._free, self._patience = threading.BoundedSemaphore(most), patience

    @contextmanager
    def one(self) -> Iterator[None]:
        """Holds a turn while the block runs."""
        if not self._free.acquire(timeout=self._patience):
            raise NoTurn
        try:
            yield
        finally:
            self._free.release()


def come_back_later() -> HttpResponse:
    """503 that says when to ask again."""
    words = "This file is being made for many others right now. Ask again in ten seconds.\n"
    headers = {"Content-Type": "text/plain; charset=utf-8", "Retry-After": "10", "Cache-Control": "no-store"}
    return HttpResponse(words, status=503, headers=headers)
