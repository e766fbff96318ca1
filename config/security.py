"""Headers of every answer, and who gets a session.

Content Security Policy Level 3 (W3C): nothing runs or loads but what this origin serves, without `unsafe-*`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponseBase

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
# Only these need to know who asks; everything else is the same for everyone and sets no cookie.
STAFF_PATHS = ("/desk/", "/accounts/")

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


class StaffSessions(SessionMiddleware):
    """Sessions for staff pages alone. On a public page the session is empty and nothing is ever sent."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Send a session's cookie on staff pages alone."""
        if not request.path_info.startswith(STAFF_PATHS):
            return response
        return super().process_response(request, response)

    def process_request(self, request: HttpRequest) -> None:
        """Read a session on staff pages alone."""
        if request.path_info.startswith(STAFF_PATHS):
            super().process_request(request)
        else:
            request.session = self.SessionStore(None)


def behind_tls(app: WSGIApplication) -> WSGIApplication:
    """Tell the application that it is reached by https, which the proxy in front of it has ended.

    Only used when the site's public address is an https one, so no request header needs to be believed.
    """

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.url_scheme"] = "https"
        return app(environ, start_response)

    return application
