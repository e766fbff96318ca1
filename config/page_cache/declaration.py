"""How a view opts in to the page cache: ``@public_page`` and the parameters its page depends on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, Final, ParamSpec, TypeVar
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase

PAGE_BYTES: Final = 512 * 1024
"""The most one page may take in memory, all its encodings together."""
LONGEST_QUERY: Final = 4096
LONGEST_VALUE: Final = 200

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
ParamParser = Callable[[str], str | None]


@dataclass(frozen=True)
class PublicPage:
    """What a view declares about its response; see ``public_page``."""

    fresh_seconds: int
    params: Mapping[str, ParamParser]
    no_store: bool
    max_bytes: int

    def canonical_query(self, raw: str) -> str:
        """The declared parameters of a WSGI query string, parsed, in the order of their declaration."""
        if not self.params or len(raw) > LONGEST_QUERY:
            return ""
        text = raw.encode("latin-1", "replace").decode("utf-8", "replace")
        given = dict(parse_qsl(text))  # the last of several wins, as in Django
        parsed = [(name, parse(given[name])) for name, parse in self.params.items() if name in given]
        return urlencode([(name, value) for name, value in parsed if value and len(value) <= LONGEST_VALUE])


def public_page(
    fresh_seconds: int,
    params: Mapping[str, ParamParser] | None = None,
    *,
    no_store: bool = False,
    max_bytes: int = PAGE_BYTES,
) -> Callable[[Callable[Concatenate[HttpRequest, P], R]], Callable[Concatenate[HttpRequest, P], R]]:
    """Declares that a view's answer to GET is the same bytes for everyone, so that the page cache may keep it.

    ``params`` maps each query parameter the page depends on to a function that returns its canonical value, or None
    to drop it; the view never sees any other. ``no_store`` keeps the page in the process only and tells everybody
    else not to; where that depends on the row, set ``Cache-Control: no-store`` on the response instead. A response
    that says ``private``, a 404 that says ``no-store``, and one over ``max_bytes`` (at most 512 kB, all encodings
    together) are not kept. Other methods than GET and HEAD reach the view untouched.
    """
    page = PublicPage(fresh_seconds, params or {}, no_store, min(max_bytes, PAGE_BYTES))

    def declare(view: Callable[Concatenate[HttpRequest, P], R]) -> Callable[Concatenate[HttpRequest, P], R]:
        @wraps(view)
        def declared(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if request.method in ("GET", "HEAD"):  # also where no cache stands before us, as in tests of the view
                request.META["QUERY_STRING"] = page.canonical_query(request.META.get("QUERY_STRING", ""))
                request.GET = QueryDict(request.META["QUERY_STRING"])
            response = view(request, *args, **kwargs)
            if page.no_store:
                response.headers["Cache-Control"] = "no-store"
            return response

        declared.public_page = page  # type: ignore[attr-defined]
        return declared

    return declare


def bounded_int(low: int, high: int) -> ParamParser:
    """A parameter that is a whole number from ``low`` to ``high``; anything else is dropped."""

    def parse(value: str) -> str | None:
        if len(value) > 12 or not value.isdecimal() or not low <= int(value) <= high:
            return None
        return str(int(value))

    return parse


def one_of(*choices: str) -> ParamParser:
    """A parameter that is one of these words; anything else is dropped."""
    return lambda value: value if value in choices else None
