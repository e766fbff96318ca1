"""How many posts a process works on at once, so that pages stay up whatever is posted.

Public pages leave the page cache and pass by here. A post costs a hundred times more; if every thread of the server
held one, the next page would wait behind them. So a few posts run at once, since more would only take turns, some wait
in line, and beyond that a post is told at once that nothing was saved, with what was typed ready to be sent again.
Threads left over answer pages: the server must have more threads than RUNNING and WAITING together.

That posts had to wait is told to the worker, which then leaves for later what nobody waits for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from functools import cache
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language_from_path, override

from config.body_gate import FORM
from config.cross_site import is_from_elsewhere
from config.desk_host import is_for_staff
from config.security import refusal_headers

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

RUNNING: Final = 4
WAITING: Final = 20
PATIENCE_SECONDS: Final = 20.0
RETRY_SECONDS: Final = 5
LONGEST_KEPT: Final = 64 * 1024
MOST_FIELDS: Final = 50
KEPT: Final = "<!-- kept -->"
READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Line:
    """What a process knows of the line its posts stand in. Only posts that do not pass at once touch it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waited = self._refused = 0
        self._last = 0.0

    def waited(self) -> None:
        """A post had to wait for its turn."""
        with self._guard:
            self._waited, self._last = self._waited + 1, time.time()

    def refused(self) -> None:
        """A post found no place, or lost its patience."""
        with self._guard:
            self._refused, self._last = self._refused + 1, time.time()

    def numbers(self) -> dict[str, float]:
        """How many posts waited and were refused, and when the last did, in seconds since 1970; 0 if none has."""
        with self._guard:
            return {"posts_waited": self._waited, "posts_refused": self._refused, "posts_crowded_at": self._last}


class Admission:
    """A WSGI application that lets a bounded number of posts at a time through to ``app``, and reads always."""

    def __init__(
        self,
        app: WSGIApplication,
        *,
        running: int = RUNNING,
        waiting: int = WAITING,
        patience: float = PATIENCE_SECONDS,
        line: Line | None = None,
    ) -> None:
        self._app, self._patience, self._line = app, patience, line or Line()
        self._places = threading.Semaphore(running + waiting)
        self._turns = threading.Semaphore(running)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Hand it on when its turn comes, or answer 503."""
        if environ["REQUEST_METHOD"] in READS or is_for_staff(environ):
            return self._app(environ, start_response)
        if not self._places.acquire(blocking=False):
            return self._refuse(environ, start_response)
        try:
            if not self._takes_turn():
                return self._refuse(environ, start_response)
            try:
                return self._app(environ, start_response)
            finally:
                self._turns.release()
        finally:
            self._places.release()

    def _takes_turn(self) -> bool:
        if self._turns.acquire(blocking=False):
            return True
        self._line.waited()
        return self._turns.acquire(timeout=self._patience)

    def _refuse(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        self._line.refused()
        return busy(environ, start_response)


def busy(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """503 with the form as it was typed, cheap enough to be sent a thousand times a second."""
    language = get_language_from_path(environ.get("PATH_INFO", "")) or settings.LANGUAGE_CODE
    kept = kept_fields(environ)
    before, after = busy_page(language, keeps=kept is not None)
    page = b"".join([before, (kept or "").encode(), after])
    headers = {**refusal_headers(environ, "text/html", len(page)), "Retry-After": str(RETRY_SECONDS)}
    start_response(f"503 {HTTPStatus.SERVICE_UNAVAILABLE.phrase}", list(headers.items()))
    return [page]


def kept_fields(environ: WSGIEnvironment) -> str | None:
    """What was typed, as hidden fields; the address to send it to is that of the page.

    None of what another site made a browser send: the button of our page would send it in our name. And none of
    what has more fields than any form of ours: each makes the page longer than what it came in.
    """
    if environ.get("CONTENT_TYPE", "") not in {"", FORM} or _is_from_elsewhere(environ):
        return None
    body = environ["wsgi.input"].read(LONGEST_KEPT).decode("utf-8", "replace")
    try:
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return None
    return "".join(f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in pairs)


def _is_from_elsewhere(environ: WSGIEnvironment) -> bool:
    try:
        return is_from_elsewhere(WSGIRequest(environ))
    except DisallowedHost:
        return True


@cache
def busy_page(language: str, *, keeps: bool) -> tuple[bytes, bytes]:
    """The page around the kept fields, made once per language: it shows nothing of the request."""
    context = {"demo": settings.DEMO, "kept": KEPT, "keeps": keeps}
    with override(language):
        before, after = render_to_string("503_busy.html", context).split(KEPT)
    return before.encode(), after.encode()
