"""A visitor of the whole site: requests go through the gate and Django as a server would hand them over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlencode

from django.core.signals import request_finished, request_started
from django.db import close_old_connections

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

FORM = "application/x-www-form-urlencoded"


@contextmanager
def one_connection() -> Iterator[None]:
    """A request stays on the connection of its test, which is in a transaction; so does Django's own test client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


@dataclass(frozen=True)
class Reply:
    """An answer as it leaves the process."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str:
        return ", ".join(value for header, value in self.headers if header.lower() == name.lower())

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def title(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.text, re.DOTALL)
        assert found
        return found[1].strip()

    @property
    def everything(self) -> bytes:
        """Status, headers and body in one piece, to be compared."""
        return repr((self.status, self.headers)).encode() + self.body


@dataclass
class Visitor:
    """Somebody with a browser that keeps no cookie; whoever gets one fails the test."""

    app: WSGIApplication
    headers: dict[str, str] = field(default_factory=dict)
    environ: dict[str, Any] = field(default_factory=dict)

    def get(self, url: str, method: str = "GET", **headers: str) -> Reply:
        return self.send(method, url, b"", {}, headers)

    def post(self, url: str, data: Mapping[str, Any] | bytes = b"", kind: str = FORM, **headers: str) -> Reply:
        body = data if isinstance(data, bytes) else urlencode(data).encode()
        return self.send("POST", url, body, {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body))}, headers)

    def send(
        self, method: str, url: str, body: bytes, more: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> Reply:
        """`url` is escaped or not; `more` are keys of the WSGI environ."""
        path, _, query = url.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1:8000",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
        }
        environ |= {f"HTTP_{name.upper()}": value for name, value in {**self.headers, **(headers or {})}.items()}
        reply = self._answer(environ | self.environ | dict(more))
        assert not SimpleCookie(reply["Set-Cookie"]), f"{method} {path} set a cookie"
        return reply

    def _answer(self, environ: dict[str, Any]) -> Reply:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Any:
            started.append((status, headers))

        with one_connection():
            result = self.app(environ, start_response)
            body = b"".join(result)
            if hasattr(result, "close"):
                result.close()
        status, headers = started[-1]
        return Reply(int(status[:3]), headers, body)
