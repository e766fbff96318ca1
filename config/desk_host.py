"""Where staff work: below /desk/ and /accounts/, and on a host of their own if the operator names one.

With `UPSTANDER_DESK_HOST` the public hosts know nothing of a desk: its addresses lead there to the page of any address
that leads nowhere, no cookie is read or set, and no more is let in than from anybody. The desk's host has only the
desk; what it links to on the public site is answered by a redirect to `UPSTANDER_ORIGIN`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.http.request import split_domain_port
from django.utils.encoding import escape_uri_path, iri_to_uri

from config.security import refusal_headers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STAFF_PATHS: Final = ("/desk/", "/accounts/")
"""Only these need to know who asks; everything else is the same for everyone and sets no cookie."""
ON_EVERY_HOST: Final = ("/static/", "/healthz", "/metrics")


def is_desk_host(environ: WSGIEnvironment) -> bool:
    """Whether a request names the desk's own host. The port is the proxy's affair."""
    if not settings.DESK_HOST:
        return False  # asked of every page that leaves the cache
    return bool(split_domain_port(environ.get("HTTP_HOST", ""))[0] == settings.DESK_HOST)


def is_for_staff(environ: WSGIEnvironment) -> bool:
    """Whether a request is for a page of staff on a host that has these."""
    return environ.get("PATH_INFO", "").startswith(STAFF_PATHS) and (not settings.DESK_HOST or is_desk_host(environ))


class DeskHost:
    """A WSGI application that lets only the desk through to ``app`` on the desk's own host."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Hand it on, or send a reader to the public site. What is posted to a public address is refused."""
        path = environ.get("PATH_INFO", "") or "/"
        if not is_desk_host(environ) or path.startswith((*STAFF_PATHS, *ON_EVERY_HOST)):
            return self._app(environ, start_response)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return _answer(environ, start_response, HTTPStatus.NOT_FOUND)
        to = "/desk/" if path in ("/", "/desk", "/accounts") else public_address(environ)
        return _answer(environ, start_response, HTTPStatus.FOUND, to)


def public_address(environ: WSGIEnvironment) -> str:
    """The same address on the public site."""
    path = escape_uri_path(environ.get("PATH_INFO", "").encode("latin-1").decode())
    query = iri_to_uri(environ.get("QUERY_STRING", ""))
    return f"{settings.ORIGIN}{path}{'?' if query else ''}{query}"


class HiddenDesk:
    """Middleware that takes the desk's addresses from the public hosts, if it has a host of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, knowing only the addresses of this host."""
        if settings.DESK_HOST and not is_desk_host(request.META):
            request.urlconf = "config.public_urls"
        return self.get_response(request)


class StaffSessions(SessionMiddleware):
    """Sessions for staff pages alone. On a public page the session is empty and nothing is ever sent."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Send a session's cookie on staff pages alone."""
        return super().process_response(request, response) if is_for_staff(request.META) else response

    def process_request(self, request: HttpRequest) -> None:
        """Read a session on staff pages alone."""
        if is_for_staff(request.META):
            super().process_request(request)
        else:
            request.session = self.SessionStore(None)


def _answer(
    environ: WSGIEnvironment, start_response: StartResponse, status: HTTPStatus, to: str = ""
) -> Iterable[bytes]:
    body = f"{status.value} {status.phrase}\n".encode()
    headers = refusal_headers(environ, "text/plain", len(body))
    if to:
        headers["Location"] = to
    start_response(f"{status.value} {status.phrase}", list(headers.items()))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
