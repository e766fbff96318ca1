"""The page cache itself: what is sent from memory, who fills a page, and what may stand in while that is under way."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from config.page_cache.filling import Answer, ask, filling_environ, why_not_public
from config.page_cache.pages import Page, PageStore, make_page
from config.page_cache.removals import removal_watch
from config.page_cache.wanted import HostRefused, PageKey, Wanted, Wishes, request_of
from config.security import refusal_headers

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger("upstander.page_cache")

MEMORY_BYTES: Final = 64 * 1024 * 1024
PAGES: Final = 50_000
MISSING_BYTES: Final = 4 * 1024 * 1024
MISSING: Final = 1000
"""How many addresses that led nowhere are remembered, for MISSING_SECONDS each."""
MISSING_SECONDS: Final = 2
STALE_WHILE_RENEWED: Final = 60
STALE_WHILE_FAILING: Final = 300
SECONDS_BETWEEN_TRIES: Final = 1
RENEWALS: Final = 4
"""Threads that may renew at once; the others send stale copies, so a database that hangs cannot take every thread."""

HOST_REFUSED: Final = (
    b"400 Bad Request\n\n"
    b"This server does not answer for the host name in your request. Check the address you opened.\n"
    b"If you run this server, add the name to ALLOWED_HOSTS and restart it.\n"
)


class PageIsNotPublic(RuntimeError):
    """A view marked ``@public_page`` answered with a cookie or by who asked. Names the route."""


@dataclass(slots=True, eq=False)
class Fill:
    """One thread's run of a view. Who waits for it waits for ``done``."""

    done: threading.Event = field(default_factory=threading.Event)
    epoch: int = 0
    renews: bool = False


class PageCache:
    """A WSGI application that answers for the public pages of ``app``, a Django handler, and passes on the rest.

    ``hosts`` is a list in the syntax of ALLOWED_HOSTS; a public page asked of any other gets a 400. ``generation``
    returns a number that changes with each removal, ``release`` how many seconds it is to the next release, past which
    nobody may keep a page. ``strict`` raises PageIsNotPublic where otherwise an error is
    logged. ``patience`` is how many seconds a request waits for another that fills the page it wants; ``clock``
    counts seconds. Safe to call from any number of threads.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        hosts: Sequence[str],
        generation: Callable[[], int] | None = None,
        max_bytes: int = MEMORY_BYTES,
        strict: bool = False,
        release: Callable[[], float | None] = lambda: None,
        patience: float = 5.0,
        poll_seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app, self._strict, self._patience, self._clock = app, strict, patience, clock
        self._wishes, self._seconds_to_release = Wishes(hosts), release
        self._pages = PageStore(max_bytes, PAGES)
        self._missing = PageStore(MISSING_BYTES, MISSING)
        self._fills: dict[PageKey, Fill] = {}
        self._epoch = 0  # of the pages kept: what was read before the last removal must not be kept after it
        self._lock = threading.Lock()  # held for look-ups and moves only, never while the view runs
        self._kept = self._asked = self._stale = 0  # two threads may lose one: nobody needs them exact
        self._watch = removal_watch(generation, self.clear, poll_seconds) if generation else None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers from a fresh copy where there is one; everything else takes the longer way."""
        kept = self.send_kept(environ, start_response)
        return self._send(environ, start_response) if kept is None else kept

    def send_kept(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes] | None:
        """Answers with a fresh copy in two look-ups, if a request just like this one came through here before; else
        None, and nothing was done.

        That request passed whatever decides, by the method and the address alone, who may get here. So this may be
        asked before such gates.
        """
        wanted = self._wishes.known(request_of(environ))
        page = self._pages.get(wanted.key) if wanted is not None else None
        if wanted is None or page is None or page.fresh_until <= self._clock():
            return None
        self._kept += 1
        return page.send(environ, start_response, wanted.encoding, head=wanted.head)

    def _send(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = request_of(environ)
        wanted = self._wishes.known(request)
        try:
            wanted = wanted or self._wishes.understand(request, environ)
        except HostRefused:
            headers = refusal_headers(environ, "text/plain", len(HOST_REFUSED))
            start_response("400 Bad Request", list(headers.items()))
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [HOST_REFUSED]
        if wanted is None:
            return self._app(environ, start_response)
        if self._watch:
            self._watch.start()
        found = self._obtain(wanted, environ)
        if isinstance(found, Page):
            return found.send(environ, start_response, wanted.encoding, head=wanted.head)
        return found.send(start_response, head=wanted.head)

    def clear(self) -> None:
        """Forgets every page. What is being filled right now goes to who asked for it, and is not kept."""
        with self._lock:
            self._epoch += 1
            self._fills.clear()
            self._pages.clear()
            self._missing.clear()

    def numbers(self) -> dict[str, float]:
        """How many pages were sent from memory, asked of the application, and sent because it failed."""
        return {"pages_kept": self._kept, "pages_asked": self._asked, "pages_stale": self._stale}

    def close(self) -> None:
        """Ends the thread that polls for removals."""
        if self._watch:
            self._watch.stop()

    def _obtain(self, wanted: Wanted, environ: WSGIEnvironment) -> Page | Answer:
        mine = Fill()
        found = self._claim(wanted.key, mine)
        if isinstance(found, Fill) and found is not mine:
            found.done.wait(self._patience)
            found = self._claim(wanted.key, mine)
        if isinstance(found, Page):
            self._kept += 1
            return found
        try:  # in charge, or tired of waiting
            return self._fill(wanted, environ, mine)
        finally:
            self._release(wanted.key, mine)

    def _claim(self, key: PageKey, mine: Fill) -> Page | Fill:
        """A copy that may be sent now, else who fills this page: ``mine`` unless another thread does already."""
        with self._lock:
            now = self._clock()
            page = self._copy(key, now)
            fill = self._fills.get(key)
            if page is not None and (page.fresh_until > now or self._stands_in(page, fill, now)):
                return page
            mine.epoch, mine.renews = self._epoch, page is not None
            return self._fills.setdefault(key, mine)

    def _copy(self, key: PageKey, now: float) -> Page | None:
        page = self._pages.get(key)
        if page is not None and now - page.fresh_until <= STALE_WHILE_FAILING:
            return page
        page = self._missing.get(key)
        return page if page is not None and page.fresh_until > now else None

    def _stands_in(self, page: Page, fill: Fill | None, now: float) -> bool:
        if not page.is_failing and now - page.fresh_until > STALE_WHILE_RENEWED:
            return False
        return fill is not None or page.retry_at > now or sum(f.renews for f in self._fills.values()) >= RENEWALS

    def _release(self, key: PageKey, mine: Fill) -> None:
        with self._lock:
            if self._fills.get(key) is mine:
                del self._fills[key]
        mine.done.set()

    # --- Filling

    def _fill(self, wanted: Wanted, environ: WSGIEnvironment, mine: Fill) -> Page | Answer:
        started = self._clock()
        self._asked += 1
        try:
            answer = ask(self._app, filling_environ(environ, wanted.key), wanted.page.max_bytes)
        except Exception as error:
            page = self._stand_in(wanted.key)
            if page is None:
                raise
            logger.error("Route %s failed (%s); its last copy is served", wanted.route, type(error).__name__)
            return page
        if answer.code >= 500:
            page = self._stand_in(wanted.key)
            if page is not None:
                answer.close()
            return page or answer
        page = self._page_of(answer, wanted, started)
        self._keep(wanted, page, mine)
        return page or answer

    def _stand_in(self, key: PageKey) -> Page | None:
        """The copy to send because the view failed; marked, and kept so that the next second does not try again."""
        with self._lock:
            now = self._clock()
            page = self._copy(key, now)
            if page is None or page.fresh_until > now:
                return page
            self._stale += 1
            page = page.marked_stale(now + SECONDS_BETWEEN_TRIES)
            self._pages.put(key, page)
            return page

    def _page_of(self, answer: Answer, wanted: Wanted, started: float) -> Page | None:
        """The page to keep of this answer, or None. Its age counts from before the view read anything."""
        reason = why_not_public(answer)
        if reason:
            self._complain(answer, wanted.route, reason)
        if reason or answer.body is None or not is_kept(answer):
            return None
        found = answer.code == 200
        seconds = wanted.page.fresh_seconds if found else MISSING_SECONDS
        left = self._seconds_to_release()
        cut = left is not None and left < seconds
        if left is not None:
            seconds = min(seconds, int(left))
        control = f"public, max-age={seconds}"
        if found and not cut:
            control += ", stale-while-revalidate=10, stale-if-error=300"
        if wanted.page.no_store or "no-store" in answer.value("cache-control"):
            control = "no-store"
        return make_page(answer.status, answer.headers, answer.body, control, started + seconds)

    def _keep(self, wanted: Wanted, page: Page | None, mine: Fill) -> None:
        with self._lock:
            known = self._pages.get(wanted.key)
            if mine.epoch != self._epoch or (page and known and known.fresh_until > page.fresh_until):
                return  # read before a removal, or before what another thread has read
            self._pages.drop(wanted.key)
            self._missing.drop(wanted.key)
            if page is not None and page.weight <= wanted.page.max_bytes:
                (self._pages if page.status.startswith("200") else self._missing).put(wanted.key, page)

    def _complain(self, answer: Answer, route: str, reason: str) -> None:
        message = f"Route {route} is marked @public_page but answered with {reason}; it is not cached"
        if self._strict:
            answer.close()
            raise PageIsNotPublic(message)
        logger.error(message)


def is_kept(answer: Answer) -> bool:
    """Whether this kind of answer may be kept: a 200 or a 404, unless its own Cache-Control forbids it."""
    control = answer.value("cache-control")
    return "private" not in control and (answer.code == 200 or (answer.code == 404 and "no-store" not in control))
