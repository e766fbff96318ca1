"""Headers of every answer, whoever makes it: Django's middleware, or what stands in front of Django.

Content Security Policy Level 3 (W3C): nothing runs or loads but what this origin serves, without `unsafe-*`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.security import SecurityMiddleware

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("upstander.requests")

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=(), browsing-topics=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
# Of a page that is dangerous to be seen with: the browser keeps no copy, and tells nobody where a reader comes from.
NO_TRACE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
Handler = Callable[[HttpRequest], HttpResponseBase]


class SecurityHeaders:
    """Adds the headers above where a view has not set a stricter one, and logs failures by route name."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with the headers added."""
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        leave_no_trace(request, response)
        self.log_failure(request, response)
        return response

    def log_failure(self, request: HttpRequest, response: HttpResponseBase) -> None:
        """Name the route of an answer that admits a failure."""
        if response.status_code >= 500:
            match = request.resolver_match
            log.error("route %s answered %d", match.view_name if match else "-", response.status_code)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Name the route and the kind of failure; the text of an exception can hold what somebody typed."""
        if isinstance(exception, Http404 | PermissionDenied | BadRequest | SuspiciousOperation):
            return  # answers, not failures
        match = request.resolver_match
        frame = exception.__traceback__
        while frame and frame.tb_next:
            frame = frame.tb_next
        where = f"{frame.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{frame.tb_lineno}" if frame else "-"
        log.error("route %s failed: %s at %s", match.view_name if match else "-", type(exception).__name__, where)


def leave_no_trace(request: HttpRequest, response: HttpResponseBase) -> None:
    """The headers of a page that is dangerous to be seen with, where the view or the frame marked the request."""
    if getattr(request, "leaves_no_trace", False):
        for name, value in NO_TRACE.items():
            response.headers[name] = value


@cache
def headers_of_every_answer(scheme: str) -> Mapping[str, str]:
    """What the middleware adds to an answer that sets nothing itself; for answers that are made without it."""
    request = WSGIRequest({"REQUEST_METHOD": "GET", "wsgi.url_scheme": scheme, "wsgi.input": BytesIO()})
    response = HttpResponse()
    del response.headers["Content-Type"]
    SecurityMiddleware(lambda _: response).process_response(request, response)
    SecurityHeaders(lambda _: response)(request)
    return dict(response.items())


def refusal_headers(environ: WSGIEnvironment, kind: str, length: int) -> dict[str, str]:
    """The headers of an answer to a request that Django never sees: nobody keeps it, and no other site hears of it."""
    own = {"Content-Type": f"{kind}; charset=utf-8", "Content-Length": str(length)}
    return {**headers_of_every_answer(environ["wsgi.url_scheme"]), **NO_TRACE, **own}


def behind_tls(app: WSGIApplication) -> WSGIApplication:
    """Tell the application that it is reached by https, which the proxy in front of it has ended.

    Only used when the site's public address is an https one, so no request header needs to be believed.
    """

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.url_scheme"] = "https"
        return app(environ, start_response)

    return application
