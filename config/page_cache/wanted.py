"""What a request for a public page comes down to: which page, which host, which encoding.

Every answer here depends on the request and the code alone, so it is remembered, up to a fixed amount of memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from django.conf import settings
from django.core.handlers.wsgi import get_path_info
from django.http.request import split_domain_port, validate_host
from django.urls import Resolver404, resolve
from django.utils import translation

from config.page_cache.declaration import PublicPage
from config.page_cache.pages import preferred_encoding

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

REMEMBERED: Final = 4096
"""How many requests, and how many paths, are remembered; each of at most REMEMBERED_LENGTH characters."""
REMEMBERED_LENGTH: Final = 1024
LONGEST_HOST: Final = 255 + len(":65535")
USUAL_PORTS: Final = {"http": 80, "https": 443}

Request = tuple[str | None, ...]
"""All that a look-up reads of a request: see ``request_of``."""

K = TypeVar("K")
V = TypeVar("V")


class PageKey(NamedTuple):
    """What tells two pages apart. ``path`` is PATH_INFO as the server gave it, ``query`` the canonical one."""

    scheme: str
    host: str
    path: str
    query: str


class Wanted(NamedTuple):
    """A page somebody asked for. ``head`` is set where only the headers are wanted."""

    key: PageKey
    page: PublicPage
    route: str
    encoding: str
    head: bool


class HostRefused(Exception):
    """The request names no host of ours."""


def request_of(environ: WSGIEnvironment) -> Request:
    """The part of a request that decides which page it wants, unparsed."""
    return (
        environ["REQUEST_METHOD"],
        environ["wsgi.url_scheme"],
        environ.get("HTTP_HOST"),
        environ.get("PATH_INFO"),
        environ.get("QUERY_STRING"),
        environ.get("HTTP_ACCEPT_ENCODING"),
    )


class Wishes:
    """Tells what requests want. ``hosts`` is in the syntax of ALLOWED_HOSTS."""

    def __init__(self, hosts: Sequence[str]) -> None:
        self._hosts = hosts
        self._known: dict[Request, Wanted] = {}
        self._routes: dict[str, tuple[PublicPage, str] | None] = {}
        self.known = self._known.get
        """What a request seen before wants, or None: one look-up."""

    def __len__(self) -> int:
        return max(len(self._known), len(self._routes))

    def understand(self, request: Request, environ: WSGIEnvironment) -> Wanted | None:
        """What a request wants; None if it is not for a public page. Raises HostRefused."""
        declared = self._declared(environ) if environ["REQUEST_METHOD"] in ("GET", "HEAD") else None
        if declared is None:
            return None
        page, route = declared
        scheme = environ["wsgi.url_scheme"]
        host = canonical_host(scheme, environ.get("HTTP_HOST", ""), self._hosts)
        query = page.canonical_query(environ.get("QUERY_STRING", ""))
        key = PageKey(scheme, host, environ.get("PATH_INFO") or "/", query)
        encoding = preferred_encoding(environ.get("HTTP_ACCEPT_ENCODING"))
        wanted = Wanted(key, page, route, encoding, environ["REQUEST_METHOD"] == "HEAD")
        if sum(len(part or "") for part in request) <= REMEMBERED_LENGTH:
            _remember(self._known, request, wanted)
        return wanted

    def _declared(self, environ: WSGIEnvironment) -> tuple[PublicPage, str] | None:
        path = environ.get("PATH_INFO", "")
        try:
            return self._routes[path]
        except KeyError:
            declared = declared_at(get_path_info(environ) or "/")
            if len(path) <= REMEMBERED_LENGTH:
                _remember(self._routes, path, declared)
            return declared


def _remember(memory: dict[K, V], key: K, value: V) -> None:
    if len(memory) >= REMEMBERED:
        memory.clear()  # what is in use comes back at once; a flood of odd requests costs no book-keeping
    memory[key] = value


def declared_at(path: str) -> tuple[PublicPage, str] | None:
    """The declaration of the view a path leads to and the name of its route; None where there is none.

    Resolved in the language that the path begins with, since Django's language prefix matches the active one only.
    """
    with translation.override(translation.get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            match = resolve(path)
        except Resolver404:
            return None
    page = getattr(match.func, "public_page", None)
    return (page, match.view_name or match.route) if isinstance(page, PublicPage) else None


def canonical_host(scheme: str, header: str, hosts: Sequence[str]) -> str:
    """The host a Host header names, in lower case, without the port the scheme implies. Raises HostRefused."""
    domain, port = split_domain_port(header) if len(header) <= LONGEST_HOST else ("", "")
    if not domain or not validate_host(domain, hosts):
        raise HostRefused
    number = int(port or USUAL_PORTS.get(scheme, 0))
    if number > 65535:
        raise HostRefused
    return domain if number == USUAL_PORTS.get(scheme) else f"{domain}:{number}"
