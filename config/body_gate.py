"""A gate before Django's parser: what is too long, or is no text, is answered here and never parsed.

Django reads a broken escape as U+FFFD and goes on, so a damaged name would be stored; and a NUL that reaches
PostgreSQL fails there, as if it were our fault. What gets past this gate is bounded in length and decodes. A form of
the web (WHATWG URL, 5.1) is checked as a whole: its separators are ASCII, so it is UTF-8 exactly if its parts are.
"""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterable, Mapping
from functools import cache
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language_from_path, override

from config.desk_host import STAFF_PATHS, is_for_staff
from config.security import refusal_headers

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

FORM: Final = "application/x-www-form-urlencoded"
FILES: Final = "multipart/form-data"
JSON: Final = "application/json"
KILOBYTE: Final = 1024
MEGABYTE: Final = 1024 * 1024

Allowance = Mapping[str, int]
"""Which kinds of body are read, and how many bytes of each."""

PUBLIC: Final[Allowance] = {FORM: 64 * KILOBYTE}
STAFF: Final[Allowance] = {FORM: MEGABYTE, FILES: 16 * MEGABYTE}
REPORTS: Final[Allowance] = {JSON: MEGABYTE, FORM: MEGABYTE}
ALLOWANCES: Final[Mapping[str, Allowance]] = {**dict.fromkeys(STAFF_PATHS, STAFF), "/hooks/mail/": REPORTS}

BOUNDARY: Final = re.compile(
    r""";\s*boundary=("?)(?P<value>[0-9A-Za-z'()+_,./:=?-]{1,70})\1(?=\s*(?:;|$))""", re.IGNORECASE
)
BODILESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
CHUNK: Final = 64 * KILOBYTE
KEPT_IN_MEMORY: Final = MEGABYTE
"""A longer body waits in a temporary file; public forms are far shorter, so what they hold never touches a disk."""
DISCARDED: Final = 16 * MEGABYTE
DISCARD_SECONDS: Final = 10


class Refused(Exception):
    """The request goes no further; `status` is the answer."""

    def __init__(self, status: HTTPStatus) -> None:
        self.status = status


class BodyGate:
    """A WSGI application that lets only readable requests through to ``app``.

    400: NUL or invalid UTF-8 in path, query or form, or a length that is wrong. 413: more than is allowed, by its
    Content-Length or found while reading. 415: a kind of body that this path does not take. ``allowances`` maps the
    beginning of a path to what it takes; every other path takes ``PUBLIC``.
    """

    def __init__(self, app: WSGIApplication, allowances: Mapping[str, Allowance] = ALLOWANCES) -> None:
        self._app, self._allowances = app, allowances

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a refusal, or hand the request on with its body in memory and its true length."""
        kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        forget_parameters(environ, kind)
        try:
            refuse_unreadable_address(environ)
            if environ["REQUEST_METHOD"] not in BODILESS:
                self._take_body(environ, kind)
        except Refused as refusal:
            return answer(environ, start_response, refusal.status)
        return self._app(environ, start_response)

    def _take_body(self, environ: WSGIEnvironment, kind: str) -> None:
        length = declared_length(environ)
        allowance = self._allowance(environ)
        if length == 0:
            body: IO[bytes] = io.BytesIO()
        elif kind in allowance:
            body = read(environ, length, allowance[kind])
        else:
            discard(environ, DISCARDED if length is None else length)
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        if kind == FORM and not is_text(unquote_to_bytes(body.read())):
            raise Refused(HTTPStatus.BAD_REQUEST)
        environ["CONTENT_LENGTH"] = str(body.seek(0, io.SEEK_END))
        body.seek(0)
        environ["wsgi.input"] = body

    def _allowance(self, environ: WSGIEnvironment) -> Allowance:
        path = environ.get("PATH_INFO", "")
        for beginning, allowance in self._allowances.items():
            if path.startswith(beginning) and (allowance is not STAFF or is_for_staff(environ)):
                return allowance
        return PUBLIC


def forget_parameters(environ: WSGIEnvironment, kind: str) -> None:
    """Leave of a Content-Type its kind alone, and of a body of files the boundary (RFC 2046, 5.1.1).

    Django reads even the address by a charset that is named there, and fails on an odd one or an odd way to write it.
    What is let through is UTF-8, whatever it claims.
    """
    claimed = environ.get("CONTENT_TYPE", "")
    boundary = BOUNDARY.search(claimed) if kind == FILES else None
    environ["CONTENT_TYPE"] = f'{kind}; boundary="{boundary["value"]}"' if boundary else kind


def refuse_unreadable_address(environ: WSGIEnvironment) -> None:
    """A path or query with NUL or invalid UTF-8 names nothing of ours. PATH_INFO holds bytes as Latin-1 (PEP 3333)."""
    path: str = environ.get("PATH_INFO", "")
    query: str = environ.get("QUERY_STRING", "")
    if (not path.isascii() or "\0" in path) and not is_text(path.encode("latin-1", "replace")):
        raise Refused(HTTPStatus.BAD_REQUEST)
    if query and not is_text(unquote_to_bytes(query.encode("latin-1", "replace"))):
        raise Refused(HTTPStatus.BAD_REQUEST)


def is_text(data: bytes) -> bool:
    """Whether these bytes are UTF-8 without NUL."""
    if b"\0" in data:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def declared_length(environ: WSGIEnvironment) -> int | None:
    """The Content-Length; None where a body comes without one, in chunks. Raises Refused for what is no number."""
    text = environ.get("CONTENT_LENGTH") or ""
    if not text:
        return None if environ.get("HTTP_TRANSFER_ENCODING") else 0
    if not (text.isascii() and text.isdigit()):
        raise Refused(HTTPStatus.BAD_REQUEST)
    return int(text[:18])  # more digits than any limit has, so what they say beyond does not matter


def read(environ: WSGIEnvironment, length: int | None, most: int) -> IO[bytes]:
    """The whole body, ready to be read again. Raises Refused where it is longer than ``most`` or ends too early."""
    if length is not None and length > most:
        discard(environ, length)
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    source, wanted, size = environ["wsgi.input"], most + 1 if length is None else length, 0
    body = io.BytesIO() if wanted <= KEPT_IN_MEMORY else SpooledTemporaryFile[bytes](max_size=KEPT_IN_MEMORY)
    while size < wanted and (chunk := source.read(min(CHUNK, wanted - size))):
        size += body.write(chunk)
    if size > most:
        discard(environ, DISCARDED)
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if length is not None and size < length:
        raise Refused(HTTPStatus.BAD_REQUEST)
    body.seek(0)
    return body


def discard(environ: WSGIEnvironment, length: int) -> None:
    """Read what nobody wants, within bounds of bytes and seconds.

    A browser reads no answer before it has sent its body: closed on earlier, it would show "connection reset" instead
    of our page (RFC 9112, 9.6).
    """
    source, until = environ["wsgi.input"], time.monotonic() + DISCARD_SECONDS
    left = min(length, DISCARDED)
    while left > 0 and time.monotonic() < until and (chunk := source.read(min(CHUNK, left))):
        left -= len(chunk)


def answer(environ: WSGIEnvironment, start_response: StartResponse, status: HTTPStatus) -> list[bytes]:
    """The refusal as a page in the language that the path begins with."""
    page = refusal_page(status, get_language_from_path(environ.get("PATH_INFO", "")) or settings.LANGUAGE_CODE)
    headers = refusal_headers(environ, "text/html", len(page))
    start_response(f"{status.value} {status.phrase}", list(headers.items()))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [page]


@cache
def refusal_page(status: HTTPStatus, language: str) -> bytes:
    """The page of a status in one language; it shows nothing of the request, so it is made once."""
    with override(language):
        return render_to_string(f"{status.value}.html", {"demo": settings.DEMO}).encode()
