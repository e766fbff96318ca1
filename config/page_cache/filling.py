"""How the page cache asks the application for a page: the request it makes up, and the answer it gets.

The environ is made anew from a short list (PEP 3333) instead of taking things out of the visitor's: what is not listed
cannot reach the view.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from config.page_cache.pages import HeaderList
from config.page_cache.wanted import PageKey

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

OF_THE_SERVER: Final = (
    "GATEWAY_INTERFACE",
    "SCRIPT_NAME",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "SERVER_SOFTWARE",
)


def filling_environ(environ: WSGIEnvironment, key: PageKey) -> WSGIEnvironment:
    """A GET for this page that is the same whoever asks: of ``environ`` only what tells of the server is taken."""
    fresh: WSGIEnvironment = {name: environ[name] for name in OF_THE_SERVER if name in environ}
    fresh |= {name: value for name, value in environ.items() if name.startswith("wsgi.")}
    fresh.pop("wsgi.file_wrapper", None)
    fresh |= {
        "REQUEST_METHOD": "GET",
        "HTTP_HOST": key.host,
        "PATH_INFO": key.path,
        "QUERY_STRING": key.query,
        "wsgi.url_scheme": key.scheme,
        "wsgi.input": io.BytesIO(),
    }
    return fresh


@dataclass(slots=True)
class Answer:
    """What the application answered. ``body`` is None where it is longer than asked for; ``rest`` then is all of it."""

    status: str
    headers: HeaderList
    body: bytes | None
    rest: Remainder | None = None

    @property
    def code(self) -> int:
        """The status code."""
        return int(self.status[:3])

    def value(self, name: str) -> str:
        """All values of a header joined by commas, in lower case."""
        return ", ".join(value for header, value in self.headers if header.lower() == name).lower()

    def close(self) -> None:
        """Ends an answer that is not sent after all."""
        if self.rest is not None:
            self.rest.close()

    def send(self, start_response: StartResponse, *, head: bool) -> Iterable[bytes]:
        """Hands the answer on as it is, without the body to HEAD."""
        start_response(self.status, self.headers)
        if head:
            self.close()
            return []
        return [self.body] if self.rest is None else self.rest  # type: ignore[list-item]


class Remainder:
    """A long body: the chunks that were read already, then the others as they come."""

    def __init__(self, chunks: list[bytes], others: Iterator[bytes], source: Iterable[bytes]) -> None:
        self._chunks, self._others, self._source = chunks, others, source

    def __iter__(self) -> Iterator[bytes]:
        yield from self._chunks
        yield from self._others

    def close(self) -> None:
        """Closes the application's iterable, as a server would (it gives database connections back)."""
        _close(self._source)


def ask(app: WSGIApplication, environ: WSGIEnvironment, max_bytes: int) -> Answer:
    """Runs the application and reads up to ``max_bytes`` of its body. What it raises passes through."""
    started: list[tuple[str, HeaderList]] = []
    chunks: list[bytes] = []

    def start_response(status: str, headers: HeaderList, exc_info: Any = None, /) -> Callable[[bytes], object]:
        started.append((status, headers))
        return chunks.append

    source = app(environ, start_response)
    others = iter(source)
    try:
        fits = _read(others, chunks, max_bytes)
        status, headers = started[-1]
    except BaseException:
        _close(source)
        raise
    if not fits:
        return Answer(status, headers, None, Remainder(chunks, others, source))
    _close(source)
    return Answer(status, headers, b"".join(chunks))


def _read(others: Iterator[bytes], chunks: list[bytes], max_bytes: int) -> bool:
    size = 0
    for chunk in others:
        chunks.append(chunk)
        size += len(chunk)
        if size > max_bytes:
            return False
    return True


def _close(source: Iterable[bytes]) -> None:
    close = getattr(source, "close", None)
    if close is not None:
        close()


def why_not_public(answer: Answer) -> str | None:
    """Names the header by which a response cannot be the same for everyone, or None."""
    if answer.value("set-cookie"):
        return "Set-Cookie"
    varies = {name.strip() for name in answer.value("vary").split(",")} - {"", "accept-encoding"}
    return f"Vary: {', '.join(sorted(varies))}" if varies else None
