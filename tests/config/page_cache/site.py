"""A tiny site behind a real page cache, for the tests of the cache: its views, its URLconf and a client."""

from __future__ import annotations

import gzip
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import brotli  # type: ignore[import-untyped]
from django.conf.urls.i18n import i18n_patterns
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path
from django.utils.translation import get_language

from config.page_cache import PageCache, bounded_int, one_of, public_page

HOSTS = ["testserver", ".example.org"]
PAGE = "/en/petitions/spyware/"
LONG = "<p>Spyware is sold to those who watch.</p>" * 200


@dataclass
class Scene:
    """What the views do in the running test, and how often each ran."""

    runs: Counter[str] = field(default_factory=Counter)
    text: str = LONG
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cookie: bool = False
    error: Exception | None = None
    gate: threading.Event | None = None
    entered: threading.Event = field(default_factory=threading.Event)


scene = Scene()


def _answer(name: str) -> HttpResponse:
    scene.runs[name] += 1
    now = Scene(text=scene.text, status=scene.status, headers=dict(scene.headers), cookie=scene.cookie)
    error = scene.error
    scene.entered.set()
    if scene.gate is not None:
        assert scene.gate.wait(10)
    if error is not None:
        raise error
    response = HttpResponse(now.text, status=now.status, headers=now.headers)
    if now.cookie:
        response.set_cookie("who", "you")
    return response


@public_page(2)
def petition(request: HttpRequest, slug: str) -> HttpResponse:
    """The page most tests ask for; a POST answers what was posted."""
    if request.method == "POST":
        scene.runs["post"] += 1
        return JsonResponse({"posted": request.POST.dict(), "query": request.META["QUERY_STRING"]})
    if slug == "missing":
        scene.runs["missing"] += 1
        raise Http404
    return _answer("petition")


@public_page(2, {"page": bounded_int(1, 500), "stage": one_of("open", "closed"), "words": str.strip})
def mirror(request: HttpRequest) -> HttpResponse:
    """Everything a view can learn of who asks."""
    scene.runs["mirror"] += 1
    seen = {name: value for name, value in request.META.items() if isinstance(value, str)}
    return JsonResponse({"meta": seen, "get": request.GET.dict(), "cookies": request.COOKIES, "lang": get_language()})


@public_page(2, no_store=True)
def safe(request: HttpRequest) -> HttpResponse:
    """A page no browser may keep."""
    if scene.status == 404:
        scene.runs["safe"] += 1
        raise Http404
    return _answer("safe")


@public_page(2, max_bytes=4096)
def small(request: HttpRequest) -> HttpResponse:
    """A page that must stay small to be kept."""
    return _answer("small")


@public_page(2)
def stream(request: HttpRequest) -> StreamingHttpResponse:
    """More than the cache keeps."""

    def chunks() -> Iterator[bytes]:
        for _ in range(20):
            scene.runs["chunk"] += 1
            yield b"x" * 65536

    scene.runs["stream"] += 1
    return StreamingHttpResponse(chunks())


def private(request: HttpRequest) -> HttpResponse:
    """A view that declared nothing: it sees the request as it came."""
    scene.runs["private"] += 1
    return JsonResponse({"cookies": request.COOKIES, "query": request.META["QUERY_STRING"]})


urlpatterns = [
    path("private/", private),
    *i18n_patterns(
        path("petitions/<str:slug>/", petition, name="petition"),
        path("mirror/", mirror),
        path("safe/", safe),
        path("small/", small),
        path("stream/", stream),
    ),
]


@dataclass
class Clock:
    """Seconds that pass only when a test says so."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Reply:
    """A response as the client sees it."""

    code: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body, decoded by its Content-Encoding."""
        decode = {"br": brotli.decompress, "gzip": gzip.decompress}.get(self.headers.get("Content-Encoding", ""), bytes)
        return bytes(decode(self.body)).decode()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)


@dataclass
class Visitor:
    """Sends requests to a page cache as a server would."""

    cache: PageCache

    def get(self, url: str = PAGE, more: dict[str, Any] | None = None, **headers: str) -> Reply:
        """Asks for a page. ``more`` are keys of the environ (None: without), keyword arguments headers."""
        return self._send(self.environ(url, more, **headers))

    def post(self, url: str, body: bytes, **headers: str) -> Reply:
        """Posts a form."""
        form = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body))}
        return self.get(url, {"REQUEST_METHOD": "POST", "wsgi.input": BytesIO(body), **form}, **headers)

    def environ(self, url: str, more: dict[str, Any] | None = None, **headers: str) -> dict[str, Any]:
        """A request as a server describes it (PEP 3333)."""
        where, _, query = url.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": where.encode().decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "testserver",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
        }
        environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        environ |= more or {}
        return {name: value for name, value in environ.items() if value is not None}

    def _send(self, environ: dict[str, Any]) -> Reply:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Any:
            started.append((status, headers))

        result = self.cache(environ, start_response)
        content = b"".join(result)
        if hasattr(result, "close"):
            result.close()
        status, headers = started[0]
        assert len({name.lower() for name, _ in headers}) == len(headers), "a header was sent twice"
        return Reply(int(status[:3]), dict(headers), content)


@contextmanager
def connections_left_open() -> Iterator[None]:
    """Django's handler would look whether connections that are open still work, which no test without a database may,
    and close that of a test; Django's own test client holds it off in the same way."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def build(**options: Any) -> Visitor:
    """A visitor of the tiny site."""
    return Visitor(PageCache(WSGIHandler(), hosts=HOSTS, **options))
