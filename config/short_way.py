"""The short way: views that ask nobody who they are run without sessions, accounts, messages and CSRF.

Django runs its whole list of middleware for every request. A signature needs none of what staff need, and at a peak
that list costs more than sealing and storing together. A view opts in with ``@for_anyone``; by that it promises to read
no cookie, and in return its request gets only what every answer of ours gets: the headers, the language of its path,
the check of its host. All other requests go the whole way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, cast

from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIRequest, get_path_info
from django.core.signals import request_finished
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation

from config.security import SecurityHeaders, headers_of_every_answer, leave_no_trace

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

REMEMBERED: Final = 4096
REMEMBERED_LENGTH: Final = 1024

AtOnce = Callable[..., str | None]
"""Takes a request, the language of its path and what the path names; see ``at_once``."""

V = TypeVar("V", bound=Callable[..., Any])


def for_anyone(view: V) -> V:
    """Declares that a view reads no session, user, message or CSRF token, and answers whole with an HttpResponse.

    Its requests then take the short way, if their path begins with a language. It must be the outermost decorator,
    and the view ``csrf_exempt``, since nothing checks a token here.
    """
    view.for_anyone = True  # type: ignore[attr-defined]
    return view


def at_once(act: AtOnce) -> Callable[[V], V]:
    """Declares that ``act`` may do the whole work of a post to this view, with no form and no response made.

    It returns the address that a 303 then leads to, as the view itself would answer; or None, having done nothing,
    and the view is run. No language is active while it works, so it tells nobody anything.
    """

    def declared(view: V) -> V:
        view.at_once = act  # type: ignore[attr-defined]
        return view

    return declared


class Found(NamedTuple):
    """The marked view that a path leads to, and the language that the path begins with."""

    match: ResolverMatch
    language: str
    at_once: AtOnce | None


class ShortWay:
    """A WSGI application that answers for views marked ``@for_anyone`` and hands everything else to ``app``."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app, self._security = app, SecurityHeaders(run_view)
        self._answer = cast(Callable[[HttpRequest], HttpResponse], convert_exception_to_response(self._guarded))
        self._known: dict[str, Found | None] = {}
        self._redirects: dict[tuple[str | None, str], list[tuple[str, str]]] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer by the one way or the other."""
        found = self._find(environ)
        if found is None:
            return self._app(environ, start_response)
        request = WSGIRequest(environ)
        request.resolver_match = found.match
        request.LANGUAGE_CODE = found.language
        try:
            if where := self._done_at_once(request, found):
                return self._see_other(request, where, start_response)
            translation.activate(found.language)
            response = self._answer(request)
            leave_no_trace(request, response)
            self._security.log_failure(request, response)
            start_response(f"{response.status_code} {response.reason_phrase}", self._all_headers(request, response))
            return [response.content]
        finally:
            request.close()
            if connection.connection is not None:
                request_finished.send(sender=ShortWay)  # gives the thread's database connection back

    def _done_at_once(self, request: WSGIRequest, found: Found) -> str | None:
        """Where to go after what was done at once; what fails in it is logged, and the view has its turn."""
        if found.at_once is None or request.method != "POST":
            return None
        try:
            return found.at_once(request, found.language, *found.match.args, **found.match.kwargs)
        except Exception as problem:
            self._security.process_exception(request, problem)
            return None

    def _see_other(self, request: WSGIRequest, where: str, start_response: StartResponse) -> list[bytes]:
        """The redirect that a view answers a post with, made once per language but for its address."""
        kind = request.scheme, request.LANGUAGE_CODE
        headers = self._redirects.get(kind)
        if headers is None:
            response = HttpResponseRedirect("/", status=303, headers={"Cache-Control": "no-store"})
            headers = [header for header in self._all_headers(request, response) if header[0] != "Location"]
            self._redirects[kind] = headers
        start_response(f"{HTTPStatus.SEE_OTHER} {HTTPStatus.SEE_OTHER.phrase}", [*headers, ("Location", where)])
        return [b""]

    def _guarded(self, request: HttpRequest) -> HttpResponse:
        """The view's answer; what it raises is logged by its kind before Django makes a page of it."""
        try:
            return run_view(request)
        except Exception as problem:
            self._security.process_exception(request, problem)
            raise

    def _find(self, environ: WSGIEnvironment) -> Found | None:
        """What a path leads to depends on the path alone, so it is remembered, unless it is somebody's own link."""
        path = environ.get("PATH_INFO", "")
        try:
            return self._known[path]
        except KeyError:
            found = marked_at(get_path_info(environ) or "/")
        if found is not None and "token" not in found.match.kwargs and len(path) <= REMEMBERED_LENGTH:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[path] = found
        return found

    def _all_headers(self, request: WSGIRequest, response: HttpResponse) -> list[tuple[str, str]]:
        """The response's own and, where it has not set them, those of every answer."""
        own = response.headers
        ours = headers_of_every_answer(request.scheme or "http").items()
        headers = [*own.items(), *(header for header in ours if header[0] not in own)]
        headers.append(("Content-Length", str(len(response.content))))
        if "Content-Language" not in own:
            headers.append(("Content-Language", request.LANGUAGE_CODE))
        return headers + [("Set-Cookie", cookie.output(header="")) for cookie in response.cookies.values()]


def run_view(request: HttpRequest) -> HttpResponse:
    """Check the host (400 by DisallowedHost) and run the view that was found."""
    request.get_host()
    view, args, kwargs = request.resolver_match  # type: ignore[misc]  # set by `ShortWay`
    answer: HttpResponse = view(request, *args, **kwargs)
    return answer


def marked_at(path: str) -> Found | None:
    """The view a path leads to, if it is marked. Django's language prefix matches the active language only."""
    language = translation.get_language_from_path(path)
    if language is None:
        return None
    with translation.override(language):
        try:
            match = resolve(path)
        except Resolver404:
            return None
    if not getattr(match.func, "for_anyone", False):
        return None
    return Found(match, language, getattr(match.func, "at_once", None))
